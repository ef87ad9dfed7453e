"""The clause table of Điều 11 and 12: every line met, not met and left open, each named after its clause."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bdsigner.messages.legal_value import (
    CLAUSE_TEXTS,
    REASON_TEXTS,
    describe_clause_outcome,
    describe_kind,
    describe_result,
    describe_standing,
)
from bdsigner.model.certificate import Publication
from bdsigner.model.geometry import Box
from bdsigner.model.layout import MarkLevel, SecrecyMark
from bdsigner.model.legal_value import (
    CITATIONS,
    Clause,
    ClauseOutcome,
    LegalFacts,
    LegalReason,
    LegalStanding,
    OwnEvidence,
    SignatureValue,
)
from bdsigner.model.profile import Mode
from bdsigner.model.release import ClerkReview, ReviewVerdict
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Finding, FindingCode, Severity, SignatureReport, Verdict
from bdsigner.regulation.legal_value import judge_file, judge_signature
from tests.regulation.documents import HEAD, PROFILE, SLOT, info, layout, line, slot
from tests.support.reports import GOOD, NOW, certificate, signature

MET, NOT_MET, OPEN = ClauseOutcome.MET, ClauseOutcome.NOT_MET, ClauseOutcome.NOT_CHECKABLE
SIGNER = certificate("Nguyễn Hoàng Ánh", "Chủ tịch")
REVIEW = ClerkReview(verdict=ReviewVerdict.RELEASE, reviewer="Phạm Thị Thùy Dương", at=NOW, sha256="ab")
PROOF = OwnEvidence(signed_on="GCA-01", review=REVIEW, channel="hop_thu_cong_vu", sender="vt@binhduong.gov.vn")


def facts(report: SignatureReport | None = None, **changes: Any) -> LegalFacts:
    parts: dict[str, Any] = {
        "signature": report or signature(signer=SIGNER),
        "file_findings": (),
        "info": info(),
        "layout": layout(),
        "box": SLOT,
        "declared_kind": None,
        "declared_mode": None,
        "profile": PROFILE,
        "publication": Publication(),
        "checked_at": NOW,
    }
    return LegalFacts(**parts | changes)


def without(*codes: FindingCode, plus: tuple[Finding, ...] = (), verdict: Verdict = Verdict.INVALID) -> SignatureReport:
    """A signature like the good one, but for these findings."""
    kept = tuple(finding for finding in GOOD if finding.code not in codes)
    return replace(signature(signer=SIGNER), findings=(*kept, *plus), verdict=verdict)


def outcome(given: LegalFacts | SignatureValue, clause: Clause) -> tuple[ClauseOutcome, LegalReason]:
    value = given if isinstance(given, SignatureValue) else judge_signature(given)
    (result,) = (result for result in value.clauses if result.clause is clause)
    assert "{" not in describe_result(result)
    assert "…" not in describe_result(result), "a fact is missing"
    return result.outcome, result.reason


def fail(code: FindingCode, **shown: str) -> Finding:
    return Finding(code, Severity.FAIL, shown)


def unknown(code: FindingCode, **shown: str) -> Finding:
    return Finding(code, Severity.UNKNOWN, shown)


def test_everything_proven_is_binding() -> None:
    value = judge_signature(facts(evidence=PROOF))
    assert {result.outcome for result in value.clauses} == {MET}
    assert value.standing is LegalStanding.BINDING
    assert (value.kind, value.mode, value.is_kind_declared) == (KindGroup.OFFICIAL, SigningMode.ORIGINAL, False)


def test_what_only_people_know_is_left_open_and_never_called_binding() -> None:
    value = judge_signature(facts())
    open_clauses = {result.clause for result in value.clauses if result.outcome is OPEN}
    assert open_clauses == {Clause.SOLE_CONTROL, Clause.REVIEW, Clause.CHANNEL, Clause.MADE_AS_PRESCRIBED}
    assert value.standing is LegalStanding.AS_FAR_AS_CHECKABLE


def test_d3_7_what_was_made_in_training_mode_is_never_binding() -> None:
    training = replace(PROFILE, mode=Mode.TRAINING)
    assert judge_signature(facts(profile=training, evidence=PROOF)).standing is LegalStanding.TRAINING


def test_d1_a_foreign_certificate_is_out_of_scope() -> None:
    foreign = without(
        FindingCode.CHAIN_TRUSTED, plus=(unknown(FindingCode.CHAIN_OUT_OF_SCOPE),), verdict=Verdict.INDETERMINATE
    )
    value = judge_signature(facts(foreign))
    assert value.standing is LegalStanding.OUT_OF_SCOPE
    assert outcome(value, Clause.KEY_MATCHES)[0] is MET, "the cryptographic result is still shown"


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (without(), (MET, LegalReason.KEY_MATCHES)),
        (
            without(FindingCode.KEY_MATCHES, plus=(fail(FindingCode.KEY_MISMATCH),)),
            (NOT_MET, LegalReason.KEY_MISMATCH),
        ),
        (
            without(FindingCode.KEY_MATCHES, plus=(unknown(FindingCode.SIGNATURE_UNREADABLE, reason="x"),)),
            (NOT_MET, LegalReason.SIGNATURE_UNREADABLE),
        ),
        (
            without(FindingCode.KEY_MATCHES, plus=(unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm="x"),)),
            (OPEN, LegalReason.ALGORITHM_UNKNOWN),
        ),
    ],
)
def test_d11_1a_the_key_matches_the_certificate(
    report: SignatureReport, expected: tuple[ClauseOutcome, LegalReason]
) -> None:
    assert outcome(facts(report), Clause.KEY_MATCHES) == expected


def test_d11_1b_without_a_timestamp_a_signature_is_not_safe() -> None:
    report = replace(
        without(
            FindingCode.TIMESTAMP_VALID,
            plus=(Finding(FindingCode.TIMESTAMP_MISSING, Severity.NOTE),),
            verdict=Verdict.VALID,
        ),
        timestamp=None,
    )
    value = judge_signature(facts(report))
    assert outcome(value, Clause.IN_FORCE) == (NOT_MET, LegalReason.TIMESTAMP_MISSING)
    assert outcome(value, Clause.SAFE) == (NOT_MET, LegalReason.NOT_SAFE)
    assert value.standing is LegalStanding.NOT_BINDING


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (unknown(FindingCode.TIMESTAMP_INVALID), (NOT_MET, LegalReason.TIMESTAMP_INVALID)),
        (unknown(FindingCode.TIMESTAMP_UNTRUSTED), (OPEN, LegalReason.TIMESTAMP_UNTRUSTED)),
        (fail(FindingCode.CERTIFICATE_EXPIRED), (NOT_MET, LegalReason.CERTIFICATE_OUT_OF_DATE)),
        (fail(FindingCode.CERTIFICATE_NOT_YET_VALID), (NOT_MET, LegalReason.CERTIFICATE_OUT_OF_DATE)),
        (fail(FindingCode.CERTIFICATE_USAGE), (NOT_MET, LegalReason.CERTIFICATE_USAGE)),
        (fail(FindingCode.CERTIFICATE_REVOKED), (NOT_MET, LegalReason.CERTIFICATE_REVOKED)),
        (unknown(FindingCode.CERTIFICATE_SUSPENDED), (NOT_MET, LegalReason.CERTIFICATE_SUSPENDED)),
        (unknown(FindingCode.NO_ANCHORS), (OPEN, LegalReason.CHAIN_UNCHECKED)),
        (unknown(FindingCode.CHAIN_UNKNOWN), (OPEN, LegalReason.CHAIN_UNCHECKED)),
        (unknown(FindingCode.CHAIN_BROKEN), (NOT_MET, LegalReason.CHAIN_BROKEN)),
    ],
)
def test_d11_1b_the_certificate_is_in_force_at_the_time_of_the_timestamp(
    finding: Finding, expected: tuple[ClauseOutcome, LegalReason]
) -> None:
    if finding.code is FindingCode.TIMESTAMP_UNTRUSTED:
        assert outcome(facts(without(plus=(finding,))), Clause.IN_FORCE) == expected, "its value may hold all the same"
    gone = {FindingCode.CERTIFICATE_IN_FORCE, FindingCode.CERTIFICATE_NOT_REVOKED, FindingCode.CHAIN_TRUSTED}
    if finding.code in (FindingCode.TIMESTAMP_INVALID, FindingCode.TIMESTAMP_UNTRUSTED):
        gone = {FindingCode.TIMESTAMP_VALID}
    assert outcome(facts(without(*gone, plus=(finding,))), Clause.IN_FORCE) == expected


@pytest.mark.parametrize(
    ("publication", "expected"),
    [
        (Publication(), (MET, LegalReason.IN_FORCE_UNPUBLISHED)),
        (Publication(has_list=True), (NOT_MET, LegalReason.CERTIFICATE_NOT_PUBLISHED)),
        (
            Publication(has_list=True, published_at=NOW - timedelta(days=1)),
            (MET, LegalReason.IN_FORCE_AT_TIMESTAMP),
        ),
        (
            Publication(has_list=True, published_at=NOW + timedelta(days=1)),
            (NOT_MET, LegalReason.CERTIFICATE_PUBLISHED_LATER),
        ),
    ],
)
def test_d6_3a_a_certificate_takes_effect_with_its_publication(
    publication: Publication, expected: tuple[ClauseOutcome, LegalReason]
) -> None:
    assert outcome(facts(publication=publication), Clause.IN_FORCE) == expected


def test_d11_1c_sole_control_is_proven_by_our_own_evidence_only() -> None:
    assert outcome(facts(), Clause.SOLE_CONTROL) == (OPEN, LegalReason.CONTROL_UNKNOWN)
    assert outcome(facts(evidence=PROOF), Clause.SOLE_CONTROL) == (MET, LegalReason.OWN_TOKEN_USED)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (fail(FindingCode.CONTENT_CHANGED), NOT_MET),
        (fail(FindingCode.CHANGED_OTHER), NOT_MET),
        (fail(FindingCode.CHANGES_FORBIDDEN), NOT_MET),
        (fail(FindingCode.COVERAGE_UNCLEAR), NOT_MET),
        (fail(FindingCode.SIGNING_CERTIFICATE_UNBOUND), NOT_MET),
        (unknown(FindingCode.CHANGED_FORM_FILLED), NOT_MET),
        (unknown(FindingCode.CHANGED_ANNOTATED), NOT_MET),
        (unknown(FindingCode.CHANGES_NOT_ANALYSED), OPEN),
        (unknown(FindingCode.ANALYSIS_FAILED, reason="x"), OPEN),
        (unknown(FindingCode.WEAK_DIGEST, algorithm="sha1"), OPEN),
        (unknown(FindingCode.REVOCATION_UNKNOWN), MET),
        (Finding(FindingCode.CHANGED_SIGNATURES_ADDED, Severity.NOTE), MET),
    ],
)
def test_d11_1d_content_and_key_are_bound_to_the_signer(finding: Finding, expected: ClauseOutcome) -> None:
    assert outcome(facts(without(plus=(finding,))), Clause.BOUND_TO_CONTENT)[0] is expected


@pytest.mark.parametrize(
    ("finding", "expected"),
    [(fail(FindingCode.TRAILING_BYTES, bytes="9"), NOT_MET), (unknown(FindingCode.FILE_REPAIRED, reason="x"), OPEN)],
)
def test_d11_1d_what_is_wrong_with_the_file_is_wrong_with_each_signature(
    finding: Finding, expected: ClauseOutcome
) -> None:
    value = judge_signature(facts(file_findings=(finding,)))
    assert outcome(value, Clause.BOUND_TO_CONTENT)[0] is expected
    assert value.standing in (LegalStanding.NOT_BINDING, LegalStanding.UNDETERMINED)


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (fail(FindingCode.CERTIFICATE_REVOKED, since=NOW.isoformat()), NOT_MET),
        (unknown(FindingCode.CERTIFICATE_SUSPENDED), NOT_MET),
        (Finding(FindingCode.CERTIFICATE_REVOKED_LATER, Severity.NOTE), MET),
        (unknown(FindingCode.REVOCATION_UNKNOWN), OPEN),
    ],
)
def test_d11_2_the_status_is_asked_of_the_ca(finding: Finding, expected: ClauseOutcome) -> None:
    value = judge_signature(facts(without(FindingCode.CERTIFICATE_NOT_REVOKED, plus=(finding,))))
    assert outcome(value, Clause.STATUS)[0] is expected
    if expected is OPEN:
        assert value.standing is LegalStanding.NOT_BINDING or value.standing is LegalStanding.UNDETERMINED


def test_d11_2_unknown_revocation_is_never_binding_nor_void() -> None:
    report = without(
        FindingCode.CERTIFICATE_NOT_REVOKED,
        plus=(unknown(FindingCode.REVOCATION_UNKNOWN),),
        verdict=Verdict.INDETERMINATE,
    )
    value = judge_signature(facts(report, evidence=PROOF))
    assert outcome(value, Clause.SAFE) == (OPEN, LegalReason.SAFETY_UNCLEAR)
    assert value.standing is LegalStanding.UNDETERMINED


def test_d12_1a_prohibited_kinds_and_secret_documents_are_not_binding() -> None:
    birth = facts(layout=layout(title=("GIẤY KHAI SINH",)))
    assert outcome(birth, Clause.KIND_ALLOWED) == (NOT_MET, LegalReason.KIND_FORBIDDEN)
    marked = layout(secrecy_mark=SecrecyMark(level=MarkLevel.MAT, line=line("MẬT")))
    assert outcome(facts(layout=marked), Clause.KIND_ALLOWED) == (NOT_MET, LegalReason.KIND_SECRET)


def test_d12_1a_the_kind_of_a_scan_is_asked() -> None:
    scan = layout(has_text=False, is_administrative=False, sign_off=None, number=None, date=None, title=())
    assert outcome(facts(layout=scan), Clause.KIND_ALLOWED) == (OPEN, LegalReason.KIND_UNREAD)
    declared = facts(layout=scan, declared_kind=KindGroup.OFFICIAL)
    assert outcome(declared, Clause.KIND_ALLOWED) == (MET, LegalReason.KIND_FITS)


def test_d10_2b_the_title_on_the_document_is_the_signers() -> None:
    assert outcome(facts(), Clause.SIGNER_TITLE) == (MET, LegalReason.TITLE_FITS)
    deputy = facts(replace(signature(signer=certificate("Nguyễn Hoàng Ánh", "Phó Chủ tịch"))))
    assert outcome(deputy, Clause.SIGNER_TITLE) == (NOT_MET, LegalReason.TITLE_OTHER)
    other = facts(replace(signature(signer=certificate("Trần Văn Bình", "Chủ tịch"))))
    assert outcome(other, Clause.SIGNER_TITLE) == (NOT_MET, LegalReason.OTHER_SIGNER)
    clerk = facts(replace(signature(signer=certificate("Nguyễn Hoàng Ánh", "Chuyên viên"))))
    assert outcome(clerk, Clause.SIGNER_TITLE) == (NOT_MET, LegalReason.NOT_AUTHORISED)
    untitled = facts(replace(signature(signer=certificate("Nguyễn Hoàng Ánh", ""))))
    assert outcome(untitled, Clause.SIGNER_TITLE) == (NOT_MET, LegalReason.TITLE_MISSING)
    unread = facts(layout=layout(sign_off=None))
    assert outcome(unread, Clause.SIGNER_TITLE) == (OPEN, LegalReason.TITLE_UNREAD)


def test_d10_2c_copies_are_signed_by_the_chief_of_office() -> None:
    copy = {"declared_kind": KindGroup.OFFICIAL, "declared_mode": SigningMode.COPY, "box": HEAD}
    chief = signature(signer=certificate("Lê Quốc Đạt", "Chánh Văn phòng"))
    assert outcome(facts(chief, **copy), Clause.SIGNER_TITLE) == (MET, LegalReason.COPY_TITLE_FITS)
    assert outcome(facts(**copy), Clause.SIGNER_TITLE) == (NOT_MET, LegalReason.COPY_TITLE_OTHER)


def test_d10_3b_only_pdf_is_a_signed_document() -> None:
    assert outcome(facts(), Clause.FORMAT)[0] is MET
    assert outcome(facts(info=None, layout=None, box=None, declared_kind=KindGroup.OFFICIAL), Clause.FORMAT) == (
        NOT_MET,
        LegalReason.IS_NO_PDF,
    )


def test_d10_3b_number_and_date_stand_there() -> None:
    assert outcome(facts(), Clause.NUMBER_AND_DATE)[0] is MET
    seen = layout()
    assert seen.number is not None
    empty = facts(layout=layout(number=replace(seen.number, number=slot(""))))
    assert outcome(empty, Clause.NUMBER_AND_DATE) == (NOT_MET, LegalReason.NUMBER_OR_DATE_EMPTY)
    unread = facts(layout=layout(date=None))
    assert outcome(unread, Clause.NUMBER_AND_DATE) == (OPEN, LegalReason.NUMBER_OR_DATE_UNREAD)


def test_d10_3b_the_signature_stands_where_it_belongs() -> None:
    assert outcome(facts(), Clause.PLACE) == (MET, LegalReason.PLACE_FITS)
    assert outcome(facts(box=None), Clause.PLACE) == (NOT_MET, LegalReason.INVISIBLE)
    elsewhere = Box(0, 20, 20, 100, 40)
    assert outcome(facts(box=elsewhere), Clause.PLACE) == (OPEN, LegalReason.PLACE_OTHER)
    copy = {"declared_kind": KindGroup.OFFICIAL, "declared_mode": SigningMode.COPY}
    assert outcome(facts(box=HEAD, **copy), Clause.PLACE) == (MET, LegalReason.PLACE_FITS)
    assert outcome(facts(box=SLOT, **copy), Clause.PLACE) == (NOT_MET, LegalReason.PLACE_OTHER)


def test_d10_3c_review_and_channel_are_proven_by_our_own_evidence_only() -> None:
    returned = replace(PROOF, review=replace(REVIEW, verdict=ReviewVerdict.RETURN, reason="Sai"))
    assert outcome(facts(evidence=returned), Clause.REVIEW) == (NOT_MET, LegalReason.RETURNED)
    assert outcome(facts(evidence=PROOF), Clause.CHANNEL) == (MET, LegalReason.CHANNEL_FITS)
    private = replace(PROOF, sender="a@example.com")
    assert outcome(facts(evidence=private), Clause.CHANNEL) == (NOT_MET, LegalReason.CHANNEL_OTHER)
    unknown_channel = replace(PROOF, channel="fax")
    assert outcome(facts(evidence=unknown_channel), Clause.CHANNEL) == (NOT_MET, LegalReason.CHANNEL_OTHER)


def test_d12_2_other_kinds_need_kind_and_safety_only() -> None:
    value = judge_signature(facts(declared_kind=KindGroup.INTERNAL, box=None))
    assert [result.clause for result in value.clauses][-3:] == [
        Clause.KIND_ALLOWED,
        Clause.SAFE,
        Clause.OTHER_DOCUMENTS,
    ]
    assert value.standing is LegalStanding.AS_FAR_AS_CHECKABLE
    assert "khoản 2" in describe_standing(value.standing, is_official=False)


def test_a_file_has_the_value_of_its_best_signature_unless_one_does_not_hold() -> None:
    good = judge_signature(facts(evidence=PROOF))
    weak = replace(good, standing=LegalStanding.NOT_BINDING, field_name="Chữ ký 2")
    assert judge_file([], None) is None
    together = judge_file([weak, good], Verdict.VALID)
    assert together is not None
    assert (together.standing, together.decided_by) == (LegalStanding.BINDING, good.field_name)
    spoilt = judge_file([good, weak], Verdict.INVALID)
    assert spoilt is not None
    assert (spoilt.standing, spoilt.decided_by) == (LegalStanding.NOT_BINDING, "Chữ ký 2")


def test_a_verdict_that_is_open_is_never_binding() -> None:
    report = replace(signature(signer=SIGNER), verdict=Verdict.INDETERMINATE)
    assert judge_signature(facts(report, evidence=PROOF)).standing is LegalStanding.UNDETERMINED


def test_every_line_and_reason_has_its_words() -> None:
    assert set(CLAUSE_TEXTS) == set(CITATIONS) == set(Clause)
    assert set(REASON_TEXTS) == set(LegalReason)
    for standing in LegalStanding:
        assert describe_standing(standing, is_official=True).endswith(".")
    assert {describe_clause_outcome(one) for one in ClauseOutcome} == {
        "đạt",
        "không đạt",
        "không kiểm tra được tự động",
    }
    value = judge_signature(facts())
    assert describe_kind(value) == "Văn bản chính thức, bản gốc (nhận biết từ văn bản)"
    assert describe_kind(replace(value, is_kind_declared=True)) == "Văn bản chính thức, bản gốc"


def test_times_are_written_for_people() -> None:
    value = judge_signature(facts())
    (result,) = (result for result in value.clauses if result.clause is Clause.IN_FORCE)
    assert "12.03.2026 08:30:00 +07:00" in describe_result(result)
    assert datetime(2026, 3, 12, 1, 30, tzinfo=UTC) == NOW
