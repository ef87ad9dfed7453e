"""The register of signed documents as signing, extending and resuming fill it (§12)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.batch import JournalledFile, JournalStep, UnfinishedBatch
from bdsigner.model.extension import ExtensionPlan
from bdsigner.model.register import Extended, Register, RegisterEvent, Signed
from bdsigner.model.registered_document import DocumentState, documents_in, find_document
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
from bdsigner.model.verification import Verdict
from bdsigner.ports import NoDocumentRegister, QuestionCode, Services
from bdsigner.storage.timestamp_queue import FileTimestampQueue
from bdsigner.usecases.extend_files import extend_files
from bdsigner.usecases.release_documents import (
    examine_for_release,
)
from bdsigner.usecases.resume_batch import resume_batch
from bdsigner.usecases.timestamp_queue import work_off
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.timestamper import NoTimestamper
from tests.support.administrative import draw
from tests.support.pki import CHAIRMAN, SPECIALIST, Training
from tests.usecases.clerk import OFFICIAL, ORIGINAL, approve, hash_of, logins, only, sign


def test_what_was_signed_is_in_the_register_with_all_that_is_known(
    services: Services, training: Training, original: Path
) -> None:
    blank = original.with_name("tờ trình.pdf")
    blank.write_bytes(draw(replace(ORIGINAL, number="", day="", month="", year="2026")))
    outcome = sign(services, blank, replace(OFFICIAL, number="7", issued=date(2026, 2, 5)))
    assert outcome.signed is not None, outcome.error

    entered = only(services).signed
    assert entered is not None
    assert entered.document.number.startswith("07/")
    assert entered.document.issued == "05/02/2026", "what was typed into the page"
    assert entered.document.title
    assert (entered.source.name, entered.source.sha256) == (blank.name, hash_of(blank))
    assert (entered.target.name, entered.target.sha256) == (outcome.signed.target.name, hash_of(outcome.signed.target))
    assert (entered.signer, entered.title, entered.device_serial) == ("Nguyễn Hoàng Ánh", "Chủ tịch", "0123456789")
    assert (entered.kind, entered.mode) == (KindGroup.OFFICIAL, SigningMode.ORIGINAL)
    assert entered.level is SignatureLevel.B_T
    assert entered.timestamp is not None
    assert entered.certificate_serial
    assert entered.converted_from is None


def test_a_file_signed_elsewhere_is_registered_with_its_review(services: Services, original: Path) -> None:
    outcome = sign(replace(services, register=NoDocumentRegister()), original)
    assert outcome.signed is not None
    approve(examine_for_release(outcome.signed.target, services), services)
    document = only(services)
    assert document.signed is None
    assert (document.signer, document.title) == ("Nguyễn Hoàng Ánh", "Chủ tịch")
    assert document.document.title
    assert document.state is DocumentState.APPROVED


def test_an_extended_file_is_the_same_document_and_reviewed_anew(services: Services, signed: Path) -> None:
    approve(examine_for_release(signed, services), services)
    target = signed.with_name("quyết định.b-lt.pdf")
    (outcome,) = extend_files(
        [ExtensionPlan(source=signed, target=target)], SignatureLevel.B_LT, services, progress=FakeProgress()
    )
    assert outcome.extended is not None, outcome.error
    document = only(services)
    assert isinstance(document.entries[-1].event, Extended)
    assert document.file.sha256 == hash_of(target)
    assert document.state is DocumentState.WAITING
    assert find_document([document], hash_of(signed)) is document
    assert examine_for_release(target, services).document == document


def test_a_second_signature_continues_the_document(services: Services, signed: Path) -> None:
    approve(examine_for_release(signed, services), services)
    outcome = sign(services, signed, Declaration(kind=KindGroup.INTERNAL), person=SPECIALIST, is_visible=False)
    assert outcome.signed is not None, outcome.error
    document = only(services)
    assert sum(isinstance(entry.event, Signed) for entry in document.entries) == 2
    assert document.file.sha256 == hash_of(outcome.signed.target)


class UnwritableRegister(NoDocumentRegister):
    """A disk that is full, which cannot be had on demand."""

    def append(self, event: RegisterEvent, **_: object) -> None:
        raise StorageError(ErrorCode.STORAGE_REGISTER, path="signed-documents.sqlite")

    def read(self) -> Register:
        raise StorageError(ErrorCode.STORAGE_REGISTER, path="signed-documents.sqlite")


def test_a_register_that_cannot_be_written_undoes_no_signature(services: Services, original: Path) -> None:
    outcome = sign(replace(services, register=UnwritableRegister()), original)
    assert outcome.error is None
    assert outcome.signed is not None
    assert not outcome.signed.is_registered
    assert services.documents.verify(outcome.signed.target).verdict is Verdict.VALID


def test_documents_are_found_with_and_without_diacritics(services: Services, signed: Path) -> None:
    document = only(services)
    for typed in (
        "Nguyễn Hoàng Ánh",
        "nguyen hoang anh",
        "quyet dinh",
        "QUYẾT ĐỊNH",
        "phong tong hop",
        "anh chu tich",
        "",
    ):
        assert document.is_found_by(typed), typed
    for typed in ("Nguyễn Hoàng Ảnh", "hóang", "không có"):
        assert not document.is_found_by(typed), typed


def test_two_outputs_of_one_draft_are_two_documents(services: Services, original: Path) -> None:
    first = sign(services, original)
    assert first.signed is not None
    first.signed.target.rename(original.with_name("bản đầu.pdf"))
    sign(services, original)
    found = documents_in(services.register.read().entries)
    assert len(found) == 2
    assert found[0].entries[0].link.number > found[1].entries[0].link.number, "the latest first"


def test_a_batch_killed_before_it_was_entered_is_entered_when_resumed(services: Services, original: Path) -> None:
    outcome = sign(replace(services, register=NoDocumentRegister()), original)
    assert outcome.signed is not None
    plan = SigningPlan(
        files=(FilePlan(source=original, target=outcome.signed.target, declaration=OFFICIAL),),
        token_serial="0123456789",
        key_id=CHAIRMAN.encode().hex(),
    )
    file = JournalledFile(plan=plan.files[0], step=JournalStep.COMMITTING, sha256=hash_of(outcome.signed.target))
    batch = UnfinishedBatch(id=1, began_at=services.clock.now(), plan=plan, files=(file,))
    for _ in range(2):
        assert (
            resume_batch(batch, services, logins=logins(services), interaction=FakePerson(), progress=FakeProgress())
            == ()
        )
    document = only(services)
    assert document.signed is not None
    assert (document.signer, document.signed.submitted_by) == ("Nguyễn Hoàng Ánh", "Phòng Tổng hợp")
    assert document.signed.level is SignatureLevel.B_T
    assert document.document.number
    assert len(document.entries) == 1, "not twice"


def test_a_file_that_got_its_timestamp_later_is_known_and_not_taken_for_changed(
    services: Services, original: Path, tmp_path: Path
) -> None:
    queue = FileTimestampQueue(tmp_path / "waiting.sqlite")
    person = FakePerson(agrees_to={QuestionCode.KEEP_DEVICE_SECRET, QuestionCode.SIGN_WITHOUT_TIMESTAMP})
    outcome = sign(replace(services, waiting=queue, timestamper=NoTimestamper()), original, interaction=person)
    assert outcome.signed is not None, outcome.error
    assert outcome.signed.is_waiting
    before = only(services).file.sha256

    work_off(replace(services, waiting=queue), progress=FakeProgress())

    document = only(services)
    assert document.file.sha256 == hash_of(outcome.signed.target) != before
    assert document.state is DocumentState.WAITING
    assert not examine_for_release(outcome.signed.target, services).is_changed
    queue.close()
