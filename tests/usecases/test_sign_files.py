"""Signing files: real documents, certificates and services; the token is scripted where its fault cannot be provoked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.app import SystemClock
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import CertificateError, ErrorCode, StorageError, TokenError, UserCancelled
from bdsigner.messages.questions import describe_question
from bdsigner.model.batch import JournalledFile, JournalStep, UnfinishedBatch
from bdsigner.model.profile import Mode, Profile
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningOutcome, SigningPlan
from bdsigner.model.verification import FindingCode, Verdict
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import NewFile, NoPublicationList, Phase, QuestionCode, Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.published import PUBLISHED_FILE, PublishedFile
from bdsigner.usecases.default_place import default_box
from bdsigner.usecases.resume_batch import resume_batch
from bdsigner.usecases.sign_files import sign_files as sign_with_logins
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.timestamper import GarbageTimestamper, NoTimestamper
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support.pdfs import text_pdf
from tests.support.pki import CHAIRMAN, REVOKED, Training


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.fixture
def token(training: Training) -> FakeToken:
    return FakeToken(
        keys={name.encode().hex(): training.key(name) for name in (CHAIRMAN, REVOKED)},
        certificates={name.encode().hex(): training.certificate(name) for name in (CHAIRMAN, REVOKED)},
    )


@pytest.fixture
def services(training: Training, documents: ChildDocumentGateway, token: FakeToken) -> Services:
    profile = training.profile
    return Services(
        profile=profile,
        tokens=FakeTokenGateway(token),
        documents=documents,
        timestamper=HttpTimestamper(profile.timestamp, profile.network),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
    )


@pytest.fixture
def files(training: Training, tmp_path: Path) -> list[Path]:
    content = (training.folder.samples / "cong-van.pdf").read_bytes()
    paths = [tmp_path / f"công văn {number}.pdf" for number in (1, 2, 3)]
    for path in paths:
        path.write_bytes(content)
    return paths


def plan(files: list[Path], *, name: str = CHAIRMAN, serial: str = "0123456789") -> SigningPlan:
    return SigningPlan(
        files=tuple(FilePlan(source=path, target=path.with_suffix(".signed.pdf")) for path in files),
        token_serial=serial,
        key_id=name.encode().hex(),
    )


def sign_files(
    plan: SigningPlan, services: Services, *, interaction: FakePerson, progress: FakeProgress
) -> tuple[SigningOutcome, ...]:
    logins = TokenLogins(
        tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
    )
    return sign_with_logins(plan, services, logins=logins, interaction=interaction, progress=progress)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("công văn"))


def test_all_files_of_one_confirmation_are_signed_with_one_pin(services: Services, token: FakeToken, files) -> None:
    person, progress = FakePerson(), FakeProgress()
    outcomes = sign_files(plan(files), services, interaction=person, progress=progress)

    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert all(outcome.signed and outcome.signed.level is SignatureLevel.B_T for outcome in outcomes)
    assert (token.logins, token.signatures, len(person.pin_requests)) == (1, 3, 1)
    assert person.pin_requests[0].files == tuple(files)
    assert not any(person.given[0])
    assert progress.reports[-1][1:] == (Phase.DONE, 3, 3)
    assert leftovers(files[0].parent) == []
    assert services.documents.verify(files[0].with_suffix(".signed.pdf")).verdict is Verdict.VALID


def test_a_target_that_cannot_be_read_is_not_taken_for_what_was_signed(services: Services, token, files) -> None:
    """Before COMMITTING no hash is known; "cannot be read" must not match "not known"."""
    asked = plan(files[:1])
    asked.files[0].target.mkdir()
    batch = UnfinishedBatch(
        id=1,
        began_at=services.clock.now(),
        plan=asked,
        files=(JournalledFile(plan=asked.files[0], step=JournalStep.SIGNING),),
    )
    logins = TokenLogins(
        tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
    )
    outcomes = resume_batch(batch, services, logins=logins, interaction=FakePerson(), progress=FakeProgress())

    assert [(one.source, one.error.code) for one in outcomes if one.error] == [(files[0], ErrorCode.STORAGE_EXISTS)]
    assert token.signatures == 0


def test_visible_signature_stands_where_it_was_placed(services: Services, files) -> None:
    info = services.documents.inspect(files[0])
    wanted = default_box(info)
    asked = plan(files[:1])
    asked = replace(asked, files=(replace(asked.files[0], box=wanted),))
    (outcome,) = sign_files(asked, services, interaction=FakePerson(), progress=FakeProgress())
    assert outcome.signed
    (field,) = services.documents.inspect(outcome.signed.target).signature_fields

    assert field.box is not None
    assert (field.box.page, field.box.x_pt, field.box.y_pt) == pytest.approx(
        (wanted.page, wanted.x_pt, wanted.y_pt), abs=0.1
    )


def test_wrong_pin_is_tried_once_and_writes_nothing(services: Services, token: FakeToken, files) -> None:
    person = FakePerson(pin="999999")
    with pytest.raises(TokenError) as caught:
        sign_files(plan(files), services, interaction=person, progress=FakeProgress())

    assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
    assert token.tries_left == token.tries - 1
    assert len(person.pin_requests) == 1
    assert not any(person.given[0])
    assert sorted(files[0].parent.iterdir()) == files


def test_token_pulled_in_mid_batch_keeps_what_is_done(services: Services, token: FakeToken, files) -> None:
    token.sign_errors = {2: ErrorCode.TOKEN_REMOVED}
    outcomes = sign_files(plan(files), services, interaction=FakePerson(), progress=FakeProgress())

    assert outcomes[0].signed
    assert [outcome.error and outcome.error.code for outcome in outcomes] == [
        None,
        ErrorCode.TOKEN_REMOVED,
        ErrorCode.TOKEN_REMOVED,
    ]
    assert leftovers(files[0].parent) == []
    assert not files[1].with_suffix(".signed.pdf").exists()


def test_no_token(services: Services, token: FakeToken, files) -> None:
    token.is_present = False
    with pytest.raises(TokenError) as caught:
        sign_files(plan(files), services, interaction=FakePerson(), progress=FakeProgress())

    assert caught.value.code is ErrorCode.TOKEN_NOT_FOUND


def test_software_token_is_refused_in_production(services: Services, token: FakeToken, files) -> None:
    token.is_hardware = False
    production = replace(services, profile=replace(services.profile, mode=Mode.PRODUCTION))
    person = FakePerson()
    with pytest.raises(TokenError) as caught:
        sign_files(plan(files), production, interaction=person, progress=FakeProgress())

    assert caught.value.code is ErrorCode.TOKEN_SOFTWARE_REFUSED
    assert person.pin_requests == []


def test_revoked_certificate_is_refused_before_the_pin(services: Services, files) -> None:
    person = FakePerson()
    with pytest.raises(CertificateError) as caught:
        sign_files(plan(files, name=REVOKED), services, interaction=person, progress=FakeProgress())

    assert caught.value.code is ErrorCode.CERTIFICATE_REVOKED
    assert person.pin_requests == []


@pytest.mark.parametrize("timestamper", [NoTimestamper(), GarbageTimestamper()])
def test_without_timestamp_the_person_decides_once(services: Services, files, timestamper) -> None:
    person = FakePerson(decision=True)
    without = replace(services, timestamper=timestamper)
    outcomes = sign_files(plan(files), without, interaction=person, progress=FakeProgress())

    assert [question.code for question in person.questions] == [
        QuestionCode.KEEP_DEVICE_SECRET,
        QuestionCode.SIGN_WITHOUT_TIMESTAMP,
    ]
    assert "…" not in describe_question(person.questions[1]).sentence
    assert all(outcome.signed and outcome.signed.level is SignatureLevel.B_B for outcome in outcomes)
    report = services.documents.verify(files[0].with_suffix(".signed.pdf"))
    assert FindingCode.TIMESTAMP_MISSING in {finding.code for finding in report.signatures[0].findings}


def publish(folder: Path, certificate: bytes, at: datetime) -> None:
    entry = f'[[certificates]]\nsha256 = "{sha256(certificate).hexdigest()}"\npublished_at = {at.isoformat()}\n'
    (folder / PUBLISHED_FILE).write_text(entry, "utf-8")


def test_d6_3a_a_certificate_signs_from_its_publication_on(
    services: Services, token: FakeToken, training: Training, files, tmp_path: Path
) -> None:
    folder = tmp_path / "công văn - cấu hình"
    folder.mkdir()
    listed = replace(services, publications=PublishedFile(folder))
    now = services.clock.now()
    for certificate, at in ((CHAIRMAN, now + timedelta(hours=1)), (REVOKED, now - timedelta(hours=1))):
        publish(folder, training.certificate(certificate), at)
        person = FakePerson()
        with pytest.raises(CertificateError) as caught:
            sign_files(plan(files[:1]), listed, interaction=person, progress=FakeProgress())
        assert caught.value.code is ErrorCode.CERTIFICATE_UNPUBLISHED
        assert person.pin_requests == []

    publish(folder, training.certificate(CHAIRMAN), now - timedelta(hours=1))
    (outcome,) = sign_files(plan(files[:1]), listed, interaction=FakePerson(), progress=FakeProgress())
    assert outcome.signed


def test_without_timestamp_refused_writes_nothing(services: Services, files) -> None:
    without = replace(services, timestamper=NoTimestamper())
    outcomes = sign_files(plan(files[:1]), without, interaction=FakePerson(), progress=FakeProgress())

    assert outcomes[0].error
    assert outcomes[0].error.code is ErrorCode.SIGNING_NO_TIMESTAMP
    assert sorted(files[0].parent.iterdir()) == files


def test_stopping_between_files_keeps_the_finished_ones(services: Services, token: FakeToken, files) -> None:
    progress = FakeProgress()

    def stop_in_the_second() -> None:
        progress.is_stopped = token.signatures == 1

    token.before_sign = stop_in_the_second
    outcomes = sign_files(plan(files), services, interaction=FakePerson(), progress=progress)

    assert [bool(outcome.signed) for outcome in outcomes] == [True, True, False], "what the token signed is finished"
    assert isinstance(outcomes[2].error, UserCancelled)
    assert token.signatures == 2
    assert leftovers(files[0].parent) == []


def test_a_person_who_closes_the_pin_dialog_signs_nothing(services: Services, token: FakeToken, files) -> None:
    with pytest.raises(UserCancelled):
        sign_files(plan(files), services, interaction=FakePerson(pin=""), progress=FakeProgress())

    assert token.logins == 0
    assert sorted(files[0].parent.iterdir()) == files


def test_file_changed_since_it_was_looked_at_is_not_signed(services: Services, token: FakeToken, files) -> None:
    info = services.documents.inspect(files[0])
    asked = plan(files[:1])
    seen = replace(asked.files[0], expected_size_bytes=info.size_bytes, expected_modified_ns=info.modified_ns)
    files[0].write_bytes(files[1].read_bytes() + b"\n")
    (outcome,) = sign_files(replace(asked, files=(seen,)), services, interaction=FakePerson(), progress=FakeProgress())

    assert outcome.error
    assert outcome.error.code is ErrorCode.DOCUMENT_CHANGED_MEANWHILE
    assert token.signatures == 0


def test_files_that_cannot_be_signed_ask_for_no_pin(services: Services, files) -> None:
    files[0].write_bytes(b"")
    person = FakePerson()
    (outcome,) = sign_files(plan(files[:1]), services, interaction=person, progress=FakeProgress())

    assert outcome.error
    assert outcome.error.code is ErrorCode.DOCUMENT_EMPTY
    assert person.pin_requests == []


def test_signature_that_does_not_match_the_certificate_is_never_written(
    services: Services, token: FakeToken, training: Training, files
) -> None:
    token.keys[CHAIRMAN.encode().hex()] = training.key(REVOKED)
    (outcome,) = sign_files(plan(files[:1]), services, interaction=FakePerson(), progress=FakeProgress())

    assert outcome.error
    assert outcome.error.code is ErrorCode.TOKEN_SIGNATURE_MISMATCH
    assert sorted(files[0].parent.iterdir()) == files


def strict(profile: Profile) -> Profile:
    """Half a minute of tolerance: a clock can be wrong without revocation lists of last midnight in its future."""
    return replace(profile, timestamp=replace(profile.timestamp, tolerance_seconds=30))


@dataclass
class ShiftedClock:
    """A machine whose clock is wrong."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def test_8_a_printed_time_off_the_timestamp_is_signed_again_with_the_right_time(
    services: Services, token: FakeToken, files
) -> None:
    services = replace(services, profile=strict(services.profile), clock=ShiftedClock(timedelta(minutes=-2)))
    outcomes = sign_files(plan(files[:2]), services, interaction=FakePerson(), progress=FakeProgress())

    assert all(outcome.signed for outcome in outcomes)
    for outcome in outcomes:
        assert outcome.signed
        assert outcome.signed.timestamp_time is not None
        assert abs(outcome.signed.timestamp_time - outcome.signed.signing_time) < timedelta(seconds=60)
    assert token.logins == 1
    assert 3 <= token.signatures <= 4, "each file once, and again where its time was printed before the first answer"
    assert leftovers(files[0].parent) == []


class JumpingClock:
    """A clock that is set further back each time it is read, by more than the tolerance."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        self._now -= timedelta(seconds=40)
        return self._now


def test_8_a_time_that_cannot_be_put_right_writes_nothing(services: Services, token: FakeToken, files) -> None:
    services = replace(
        services, profile=strict(services.profile), clock=JumpingClock(), publications=NoPublicationList()
    )
    (outcome,) = sign_files(plan(files[:1]), services, interaction=FakePerson(), progress=FakeProgress())

    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SIGNING_TIME_OUT_OF_TOLERANCE
    assert token.signatures == 2
    assert leftovers(files[0].parent) == []


class RobbedOutputs(FileOutputs):
    """Somebody takes the first result away as soon as it has its name."""

    def commit_all(self, files: Sequence[NewFile]) -> tuple[StorageError | None, ...]:
        errors = super().commit_all(files)
        for path in files[0].partial.parent.glob("công văn 1.signed.pdf"):
            path.unlink()
        return errors


def test_a_result_taken_away_at_once_is_told_and_stops_no_other(services: Services, files) -> None:
    services = replace(services, outputs=RobbedOutputs(), timestamper=NoTimestamper())
    outcomes = sign_files(plan(files), services, interaction=FakePerson(decision=True), progress=FakeProgress())
    first = outcomes[0].error
    assert first is not None
    assert first.code is ErrorCode.STORAGE_FAILED
    assert all(outcome.signed for outcome in outcomes[1:])


def test_files_of_a_batch_come_to_the_token_in_their_order(services: Services, token: FakeToken, tmp_path) -> None:
    files = [tmp_path / f"công văn {number}.pdf" for number in range(8)]
    for number, file in enumerate(files):
        # Large ones take longer to prepare: without an order the small ones would come first.
        file.write_bytes(text_pdf(lines=5 if number % 2 else 400))
    seen: list[Path] = []
    outcomes = sign_files(plan(files), services, interaction=FakePerson(), progress=NotingProgress(seen, Phase.DONE))
    assert [outcome.source for outcome in outcomes] == files
    assert all(outcome.signed for outcome in outcomes)
    assert sorted(seen) == files
    times = [services.documents.verify(outcome.signed.target).signatures[0] for outcome in outcomes if outcome.signed]
    assert all(signature.verdict is Verdict.VALID for signature in times)


class NotingProgress(FakeProgress):
    def __init__(self, seen: list[Path], phase: Phase) -> None:
        super().__init__()
        self._seen, self._phase = seen, phase

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        super().report(path, phase, done=done, total=total)
        if phase is self._phase:
            self._seen.append(path)
