"""Signing files: real documents, certificates and services; the token is scripted where its fault cannot be provoked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bdsigner.app import SystemClock
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import CertificateError, ErrorCode, TokenError, UserCancelled
from bdsigner.messages.questions import describe_question
from bdsigner.model.profile import Mode
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.model.verification import FindingCode, Verdict
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Phase, QuestionCode, Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.usecases.default_place import default_box
from bdsigner.usecases.sign_files import sign_files
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.timestamper import GarbageTimestamper, NoTimestamper
from tests.fakes.token import FakeToken, FakeTokenGateway
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

    assert [question.code for question in person.questions] == [QuestionCode.SIGN_WITHOUT_TIMESTAMP]
    assert "…" not in describe_question(person.questions[0]).sentence
    assert all(outcome.signed and outcome.signed.level is SignatureLevel.B_B for outcome in outcomes)
    report = services.documents.verify(files[0].with_suffix(".signed.pdf"))
    assert FindingCode.TIMESTAMP_MISSING in {finding.code for finding in report.signatures[0].findings}


def test_without_timestamp_refused_writes_nothing(services: Services, files) -> None:
    without = replace(services, timestamper=NoTimestamper())
    outcomes = sign_files(plan(files[:1]), without, interaction=FakePerson(), progress=FakeProgress())

    assert outcomes[0].error
    assert outcomes[0].error.code is ErrorCode.SIGNING_NO_TIMESTAMP
    assert sorted(files[0].parent.iterdir()) == files


def test_stopping_between_files_keeps_the_finished_ones(services: Services, token: FakeToken, files) -> None:
    progress = FakeProgress(stop_when=lambda path, phase: phase is Phase.SIGNING and path == files[1])
    outcomes = sign_files(plan(files), services, interaction=FakePerson(), progress=progress)

    assert outcomes[0].signed
    assert [type(outcome.error) for outcome in outcomes[1:]] == [UserCancelled, UserCancelled]
    assert token.signatures == 1
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
