"""From the signature to the release, on real documents: Đ10.2a, Đ10.3a, Đ10.3b, Đ10.3c, Đ12.1c, each by its clause."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pymupdf

from bdsigner.errors import ErrorCode
from bdsigner.model.legal_value import Clause, ClauseOutcome
from bdsigner.model.registered_document import DocumentState
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_candidate import ReleaseOrder
from bdsigner.model.signing_rules import Declaration, KindGroup
from bdsigner.model.verification import Verdict
from bdsigner.ports import NoDocumentRegister, Services
from bdsigner.usecases.judge_legal_value import judge_legal_value
from bdsigner.usecases.prepare_files import prepare_file
from bdsigner.usecases.register_export import release_evidence
from bdsigner.usecases.release_documents import (
    examine_for_release,
    list_documents,
    objections_to_release,
    release_document,
    review_document,
)
from tests.support.pki import SPECIALIST
from tests.usecases.clerk import BY_MAIL, CLERK, approve, hash_of, only, refusal, sign


def test_d10_3a_who_submitted_it_is_noted(services: Services, signed: Path) -> None:
    entered = only(services).signed
    assert entered is not None
    assert entered.submitted_by == "Phòng Tổng hợp"


def test_d10_3b_both_hashes_are_kept_of_what_was_converted(services: Services, tmp_path: Path) -> None:
    picture = tmp_path / "bản quét.png"
    pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 800, 1100)).save(picture)
    prepared = prepare_file(picture, services)
    sign(services, prepared.pdf, None)
    entered = only(services).signed
    assert entered is not None
    assert entered.converted_from is not None
    assert (entered.converted_from.name, entered.converted_from.sha256) == (picture.name, hash_of(picture))
    assert entered.source.sha256 == prepared.pdf_sha256


def test_d10_3c_review_then_release_with_channel_time_recipients_and_hash(services: Services, signed: Path) -> None:
    assert only(services).state is DocumentState.WAITING
    candidate = examine_for_release(signed, services)
    assert candidate.report.verdict is Verdict.VALID
    assert not candidate.is_changed
    assert candidate.title_lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert candidate.signer is not None
    assert (candidate.signer.title, candidate.written_name, candidate.doubts) == ("Chủ tịch", "Nguyễn Hoàng Ánh", ())
    approve(candidate, services)
    assert only(services).state is DocumentState.APPROVED

    document = release_document(examine_for_release(signed, services), BY_MAIL, services)

    assert document.state is DocumentState.RELEASED
    assert document.released is not None
    assert (document.released.channel, document.released.sender) == (BY_MAIL.channel, BY_MAIL.sender)
    assert document.released.recipients == BY_MAIL.recipients
    assert document.released.file.sha256 == hash_of(signed)
    assert services.register.read().first_broken is None


def test_d10_3c_no_release_without_review(services: Services, signed: Path) -> None:
    candidate = examine_for_release(signed, services)
    error = refusal(lambda: release_document(candidate, BY_MAIL, services))
    assert error.code is ErrorCode.REGULATION_RELEASE_UNREVIEWED
    assert error.facts["clause"] == "Đ10.3c"
    assert only(services).state is DocumentState.WAITING


def test_d10_3c_the_clerk_may_find_it_fit_and_release_it_in_one_go(services: Services, signed: Path) -> None:
    document = release_document(examine_for_release(signed, services), BY_MAIL, services, reviewer=CLERK)
    assert document.state is DocumentState.RELEASED
    assert document.review is not None
    assert document.review.reviewer == CLERK


def test_d10_3c_a_document_is_returned_with_a_reason_and_then_stays(services: Services, signed: Path) -> None:
    candidate = examine_for_release(signed, services)
    returned = ReviewVerdict.RETURN
    error = refusal(lambda: review_document(candidate, services, verdict=returned, reviewer=CLERK, reason=" "))
    assert error.code is ErrorCode.REGULATION_RETURN_UNREASONED
    review_document(candidate, services, verdict=returned, reviewer=CLERK, reason="Sai thẩm quyền")

    assert only(services).state is DocumentState.RETURNED
    after = examine_for_release(signed, services)
    error = refusal(lambda: release_document(after, BY_MAIL, services))
    assert (error.code, error.facts["reason"]) == (ErrorCode.REGULATION_RELEASE_RETURNED, "Sai thẩm quyền")


def test_d10_3c_the_three_ways_only_and_mail_from_an_official_mailbox(services: Services, signed: Path) -> None:
    approve(examine_for_release(signed, services), services)
    candidate = examine_for_release(signed, services)
    wrong = {
        ErrorCode.REGULATION_RELEASE_CHANNEL: replace(BY_MAIL, channel="zalo"),
        ErrorCode.REGULATION_RELEASE_MAILBOX: replace(BY_MAIL, sender="vanthu@gmail.com"),
        ErrorCode.REGULATION_RELEASE_RECIPIENTS: replace(BY_MAIL, recipients=()),
    }
    for code, order in wrong.items():
        assert refusal(lambda order=order: release_document(candidate, order, services)).code is code  # type: ignore[misc]
    portal = release_document(candidate, ReleaseOrder(channel="cong_thong_tin", sender="x@gmail.com"), services)
    assert portal.released is not None
    assert portal.released.sender == "", "the portal is no mailbox"


def test_d10_3c_a_file_changed_after_it_was_looked_at_is_not_decided_on(services: Services, signed: Path) -> None:
    candidate = examine_for_release(signed, services)
    signed.write_bytes(signed.read_bytes() + b"\n")
    assert refusal(lambda: approve(candidate, services)).code is ErrorCode.REGULATION_RELEASE_CHANGED
    error = refusal(lambda: release_document(candidate, BY_MAIL, services, reviewer=CLERK))
    assert error.code is ErrorCode.REGULATION_RELEASE_CHANGED
    assert only(services).state is DocumentState.WAITING


def test_d10_3c_a_change_since_signing_or_review_is_told(services: Services, signed: Path) -> None:
    approve(examine_for_release(signed, services), services)
    signed.write_bytes(signed.read_bytes() + b"\n")
    candidate = examine_for_release(signed, services)
    assert candidate.is_changed
    assert candidate.document is not None
    codes = [one.code for one in objections_to_release(candidate, BY_MAIL, services)]
    assert ErrorCode.REGULATION_RELEASE_CHANGED in codes or ErrorCode.REGULATION_RELEASE_BROKEN in codes


def test_d12_1b_a_broken_signature_is_not_released_and_can_be_returned(services: Services, signed: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[len(content) // 4] ^= 1
    signed.write_bytes(content)
    candidate = examine_for_release(signed, services)
    assert candidate.report.verdict is Verdict.INVALID
    assert refusal(lambda: approve(candidate, services)).code is ErrorCode.REGULATION_RELEASE_BROKEN
    review_document(candidate, services, verdict=ReviewVerdict.RETURN, reviewer=CLERK, reason="Chữ ký hỏng")
    assert only(services).state is DocumentState.RETURNED


def test_d10_2a_what_must_be_electronic_is_signed_before_release(services: Services, original: Path) -> None:
    kinds = tuple(replace(kind, must_be_electronic=True) for kind in services.profile.document_kinds)
    strict = replace(services, profile=replace(services.profile, document_kinds=kinds))
    candidate = examine_for_release(original, strict)
    error = refusal(lambda: release_document(candidate, BY_MAIL, strict, reviewer=CLERK))
    assert error.code is ErrorCode.REGULATION_RELEASE_UNSIGNED
    assert list_documents(services) == ()


def test_d10_2b_the_wrong_title_is_shown_to_the_clerk(services: Services, original: Path) -> None:
    """Signed as an internal paper, which Đ12.2 lets anybody sign, and then handed to the clerk as a decision."""
    elsewhere = replace(services, register=NoDocumentRegister())
    outcome = sign(elsewhere, original, Declaration(kind=KindGroup.INTERNAL), person=SPECIALIST)
    assert outcome.signed is not None, outcome.error
    candidate = examine_for_release(outcome.signed.target, services)
    assert candidate.document is None
    assert candidate.signer is not None
    assert (candidate.signer.title, candidate.title_lines[-1]) == ("Chuyên viên", "CHỦ TỊCH")
    assert [one.code for one in candidate.doubts] == [ErrorCode.REGULATION_NOT_AUTHORISED]
    assert candidate.kind is KindGroup.OFFICIAL, "what is not known is held against the stricter rules"


def test_d12_2_internal_papers_need_no_review(services: Services, original: Path) -> None:
    sign(services, original, Declaration(kind=KindGroup.INTERNAL))
    assert only(services).state is DocumentState.EXEMPT


def test_the_evidence_of_a_release_for_the_verification_of_d12_1c(services: Services, signed: Path) -> None:
    candidate = examine_for_release(signed, services)
    approve(candidate, services)
    refusal(lambda: release_evidence(only(services)))
    document = release_document(examine_for_release(signed, services), BY_MAIL, services)
    evidence = json.loads(release_evidence(document))

    assert evidence["schema"] == "bdsigner.release-evidence/1"
    assert evidence["file"] == {"name": signed.name, "sha256": hash_of(signed)}
    assert evidence["review"]["verdict"] == "phat-hanh"
    assert evidence["review"]["sha256"] == evidence["release"]["sha256"] == hash_of(signed)
    assert evidence["release"]["channel"] == "hop_thu_cong_vu"
    assert evidence["release"]["recipients"] == ["sotttt@binhduong.gov.vn"]
    assert [json.loads(one["content"])["kind"] for one in evidence["links"]] == ["signed", "reviewed", "released"]
    assert all(sha256(one["content"].encode()).hexdigest() == one["hash"] for one in evidence["links"])


def test_16_5_our_own_register_answers_what_a_file_cannot_prove(services: Services, signed: Path) -> None:
    def answers(file: Path) -> dict[Clause, ClauseOutcome]:
        legal = judge_legal_value(services.documents.verify(file), services)
        assert legal is not None
        return {one.clause: one.outcome for one in legal.signatures[0].clauses}

    before = answers(signed)
    assert (before[Clause.REVIEW], before[Clause.CHANNEL]) == (ClauseOutcome.NOT_CHECKABLE, ClauseOutcome.NOT_CHECKABLE)
    release_document(examine_for_release(signed, services), BY_MAIL, services, reviewer=CLERK)
    after = answers(signed)
    assert (after[Clause.REVIEW], after[Clause.CHANNEL]) == (ClauseOutcome.MET, ClauseOutcome.MET)
    assert after[Clause.SOLE_CONTROL] is ClauseOutcome.NOT_CHECKABLE, "training signs on software"
    other = signed.with_name("khác.pdf")
    other.write_bytes(signed.read_bytes() + b"\n")
    assert answers(other)[Clause.REVIEW] is ClauseOutcome.NOT_CHECKABLE, "of other bytes it proves nothing"
