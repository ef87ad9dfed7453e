"""Received documents and reports of them in the register (§12, Đ18.2): real documents, real register."""

import csv
import io
from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.messages.register import describe_entry, register_csv
from bdsigner.model.register import HashedFile, RegisterEntry, Reported, link, read_link
from bdsigner.model.registered_document import DocumentState, documents_in
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict, VerificationOutcome
from bdsigner.ports import Services
from bdsigner.usecases.received_register import enter_received, enter_reported
from bdsigner.usecases.release_documents import list_documents
from bdsigner.usecases.verify_files import verify_files
from tests.fakes.people import FakeProgress
from tests.support.register import NOW, received, reported, reviewed, signed
from tests.support.reports import report, signature
from tests.usecases.clerk import hash_of, only

MAIL = "hop_thu_cong_vu"


def verified(services: Services, *paths: Path) -> tuple[VerificationOutcome, ...]:
    return verify_files(paths, services, progress=FakeProgress())


@pytest.fixture
def incoming(services: Services, signed: Path, tmp_path: Path) -> Path:
    """Signed by another office: other bytes than those registered here."""
    path = tmp_path / "đến" / "công văn đến.pdf"
    path.parent.mkdir()
    path.write_bytes(signed.read_bytes() + b"\n")
    return path


def entries(*events: object) -> list[RegisterEntry]:
    links = [link(event, number=number, at=NOW, previous="") for number, event in enumerate(events, 1)]  # type: ignore[arg-type]
    return [entry for one in links if (entry := read_link(one)) is not None]


def test_a_received_document_is_entered_with_all_that_was_found(services: Services, incoming: Path) -> None:
    outcomes = verified(services, incoming)
    done = enter_received(outcomes, services, channel=MAIL)
    assert (done.entered, done.known, done.left_out) == ((incoming,), (), ())

    document = list_documents(services)[0]
    told = document.received
    assert told is not None
    assert outcomes[0].report is not None
    assert outcomes[0].legal is not None
    assert (told.file.name, told.file.sha256) == (incoming.name, hash_of(incoming))
    assert (told.verdict, told.standing) == (outcomes[0].report.verdict, outcomes[0].legal.standing)
    assert (told.signer, told.title) == ("Nguyễn Hoàng Ánh", "Chủ tịch")
    assert told.document.number
    assert told.document.title
    assert told.certificate_serial
    assert told.timestamp is not None
    assert (told.kind, told.mode) == (KindGroup.OFFICIAL, SigningMode.ORIGINAL)
    assert (told.channel, told.channel_name) == (MAIL, "Hộp thư điện tử công vụ của cơ quan")
    assert document.state is DocumentState.RECEIVED
    assert document.is_incoming
    assert services.register.place_of(told.file.sha256) == incoming
    assert services.register.read().first_broken is None


def test_the_same_answer_is_entered_once(services: Services, incoming: Path) -> None:
    outcomes = verified(services, incoming)
    enter_received(outcomes, services)
    assert enter_received(outcomes, services).known == (incoming,)
    assert enter_received(outcomes, services, channel=MAIL).entered == (incoming,), "the way is news"


def test_what_changed_since_or_was_never_judged_is_left_out(services: Services, incoming: Path, tmp_path: Path) -> None:
    outcomes = verified(services, incoming)
    incoming.write_bytes(incoming.read_bytes() + b"%")
    gone = VerificationOutcome(path=tmp_path / "mất.pdf", error=DocumentError(ErrorCode.DOCUMENT_NOT_FOUND))
    before = len(services.register.read().links)

    assert enter_received((*outcomes, gone), services).left_out == (incoming, gone.path)
    assert len(services.register.read().links) == before


def test_a_document_of_ones_own_stays_on_its_way_out(services: Services, signed: Path) -> None:
    enter_received(verified(services, signed), services)
    document = only(services)
    assert document.received is not None
    assert document.state is DocumentState.WAITING
    assert not document.is_incoming


def test_a_report_is_entered_with_its_letter_and_what_was_found(services: Services, tmp_path: Path) -> None:
    file, letter = tmp_path / "đến.pdf", tmp_path / "báo cáo.pdf"
    letter.write_bytes(b"%PDF letter")
    changed = Finding(FindingCode.CONTENT_CHANGED, Severity.FAIL)
    outcome = VerificationOutcome(
        path=file, report=report(file, Verdict.INVALID, signature(Verdict.INVALID, changed, changed))
    )
    enter_reported(outcome, services, reporter="Phạm Thị Thùy Dương", letter=letter)
    unread = VerificationOutcome(path=tmp_path / "khác.pdf", error=DocumentError(ErrorCode.DOCUMENT_DAMAGED))
    enter_reported(unread, services, reporter="", letter=letter)

    second, first = list_documents(services)
    told = first.entries[0].event
    assert isinstance(told, Reported)
    assert (told.verdict, told.findings) == (Verdict.INVALID, (FindingCode.CONTENT_CHANGED.value,))
    assert told.letter == HashedFile(name=letter.name, sha256=sha256(b"%PDF letter").hexdigest())
    assert told.saved_at == str(letter)
    assert first.state is second.state is DocumentState.REPORTED
    assert "Phạm Thị Thùy Dương báo cáo Thủ trưởng cơ quan; báo cáo lưu ở" in describe_entry(first.entries[0])
    other = second.entries[0].event
    assert isinstance(other, Reported)
    assert (other.file.sha256, other.findings) == ("", (ErrorCode.DOCUMENT_DAMAGED.value,))


def test_a_register_that_cannot_be_written_is_an_error(services: Services, incoming: Path, tmp_path: Path) -> None:
    outcomes = verified(services, incoming)
    services.register.close()
    folder = tmp_path / "sổ"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_bytes(b"no folder any more")
    with pytest.raises(StorageError):
        enter_received(outcomes, services)


def test_states_and_the_table_for_others() -> None:
    came, lost = received(), received("khác", None, channel="", channel_name="")
    told = entries(came, reported(came.file), lost, signed(), reviewed(signed().target))
    documents = {one.file.name: one for one in documents_in(told)}
    assert {name: one.state for name, one in documents.items()} == {
        "công văn đến.pdf": DocumentState.REPORTED,
        "khác.pdf": DocumentState.RECEIVED,
        "quyết định.signed.pdf": DocumentState.APPROVED,
    }
    rows = {
        row["Tập tin"]: row for row in csv.DictReader(io.StringIO(register_csv(documents.values()).decode("utf-8-sig")))
    }
    row = rows["công văn đến.pdf"]
    assert row["Nhận qua"] == "Hộp thư điện tử công vụ của cơ quan"
    assert row["Kết luận kiểm tra"] == "Chữ ký hợp lệ, văn bản nguyên vẹn"
    assert row["Báo cáo Thủ trưởng"]
    assert row["Số hiệu chứng thư số"] == "4A77B1"
    assert rows["khác.pdf"]["Kết luận kiểm tra"] == "Tập tin không có chữ ký số"
    assert rows["quyết định.signed.pdf"]["Nhận qua"] == ""


def test_files_without_a_hash_are_no_document_together() -> None:
    nameless = [reported(HashedFile(name=name, sha256="")) for name in ("a.pdf", "b.pdf")]
    assert len(documents_in(entries(*nameless))) == 2
