"""Encrypting files and folders for people, through the real children: who may receive, what is written, what is left."""

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bdsigner.documents.children import DocumentChildren
from bdsigner.documents.envelopes import ChildEnvelopes
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import DocumentError, EncryptionError, ErrorCode, UserCancelled
from bdsigner.messages.errors import describe
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus
from bdsigner.model.directory import CheckedRecipient, DirectoryEntry, DirectorySource
from bdsigner.model.encryption import EncryptionOutcome, EncryptionPlan
from bdsigner.model.profile import ContentCipher, EncryptionPolicy
from bdsigner.model.token import KeyScheme
from bdsigner.ports import QuestionCode, Services
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.encrypt_files import encrypt_files, encryption_providers
from tests.documents.parts import NoNetwork, profile
from tests.encryption.people import decrypt, not_watched, recipient
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.services import reading_services
from tests.support.small_pki import Holder

AN, BINH, SENDER = recipient("rsa", 0), recipient("p256", 1), recipient("rsa", 2)
MAY_RECEIVE = (CertificateStatus.GOOD, CertificateStatus.UNKNOWN)
Encrypt = Callable[..., tuple[EncryptionOutcome, ...]]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    children = DocumentChildren()
    gateway = ChildDocumentGateway(profile(tmp_path), NoNetwork(), children=children)
    yield replace(reading_services(gateway), envelopes=ChildEnvelopes(children))
    gateway.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hồ sơ"
    (folder / "phụ lục").mkdir(parents=True)
    (folder / "công văn.pdf").write_bytes(b"%PDF-1.7 cong van" * 100)
    (folder / "phụ lục" / "bảng 1.xlsx").write_bytes(os.urandom(200_000))
    (folder / "phụ lục" / "trống.txt").write_bytes(b"")
    (folder / "lối tắt").symlink_to("/etc/passwd")
    (folder / "vòng").symlink_to(folder)
    return folder


def checked(holder: Holder, status: CertificateStatus = CertificateStatus.GOOD) -> CheckedRecipient:
    certificate = parse_certificate(holder.der)
    entry = DirectoryEntry(name=certificate.common_name, certificate=certificate, source=DirectorySource.FILE)
    return CheckedRecipient(entry=entry, assessment=CertificateAssessment(status=status, checked_at=datetime.now(UTC)))


@pytest.fixture
def encrypt(services: Services) -> Encrypt:
    def call(
        *files: Path,
        to: tuple[CheckedRecipient, ...] = (checked(AN), checked(BINH)),
        person: FakePerson | None = None,
        progress: FakeProgress | None = None,
        policy: EncryptionPolicy | None = None,
        **options: object,
    ) -> tuple[EncryptionOutcome, ...]:
        plan = EncryptionPlan(
            files=files,
            recipients=tuple(one.entry.certificate for one in to),
            **options,  # type: ignore[arg-type]
        )
        used = services
        if policy is not None:
            used = replace(services, profile=replace(services.profile, encryption=policy))
        return encrypt_files(
            plan,
            to,
            used,
            interaction=person or FakePerson(),
            progress=progress or FakeProgress(),
            tell=not_watched,
        )

    return call


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_each_file_for_everybody_and_the_sender(encrypt: Encrypt, folder: Path, tmp_path: Path) -> None:
    source = folder / "công văn.pdf"
    before = source.read_bytes()
    (outcome,) = encrypt(source, sender=parse_certificate(SENDER.der))
    assert outcome.error is None
    assert outcome.output == folder / "công văn.pdf.p7m"
    assert outcome.provider is not None
    assert outcome.provider.is_auxiliary, "Đ13.1: not the software it names"
    for holder in (AN, BINH, SENDER):
        assert decrypt(outcome.output, tmp_path / "out", holder) == before
    assert source.read_bytes() == before
    (again,) = encrypt(source)
    assert again.output == folder / "công văn.pdf-2.p7m"
    with pytest.raises(AssertionError):
        decrypt(again.output, tmp_path / "out", SENDER)  # the sender was not among them


def test_a_folder_is_one_output_a_file_or_one_archive(encrypt: Encrypt, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "gửi đi"
    target.mkdir()
    outcomes = encrypt(folder, folder=target)
    assert all(outcome.error is None for outcome in outcomes)
    assert names(target) == {"công văn.pdf.p7m", "bảng 1.xlsx.p7m", "trống.txt.p7m"}
    (archive,) = encrypt(folder, as_archive=True)
    assert archive.output == tmp_path / "hồ sơ.zip.p7m"
    unpacked = zipfile.ZipFile(io.BytesIO(decrypt(archive.output, tmp_path / "out", BINH)))
    assert set(unpacked.namelist()) == {
        "hồ sơ/công văn.pdf",
        "hồ sơ/phụ lục/bảng 1.xlsx",
        "hồ sơ/phụ lục/trống.txt",
    }, "what is linked from elsewhere is not sent"
    assert unpacked.read("hồ sơ/phụ lục/bảng 1.xlsx") == (folder / "phụ lục" / "bảng 1.xlsx").read_bytes()


def test_the_profile_decides_how(encrypt: Encrypt, folder: Path, tmp_path: Path) -> None:
    from bdsigner.encryption.reading import read_envelope

    policy = EncryptionPolicy(cipher=ContentCipher.AES256_CBC, rsa=KeyScheme.RSA_PKCS1)
    (outcome,) = encrypt(folder / "công văn.pdf", policy=policy)
    assert outcome.output is not None
    seen = read_envelope(outcome.output, [])
    assert (seen.cipher, seen.is_authenticated) == ("AES-256-CBC", False)
    assert {one.scheme for one in seen.recipients} == {KeyScheme.RSA_PKCS1, KeyScheme.ECDH}
    assert decrypt(outcome.output, tmp_path / "out", AN) == (folder / "công văn.pdf").read_bytes()


@pytest.mark.parametrize("status", [one for one in CertificateStatus if one not in MAY_RECEIVE])
def test_who_may_not_receive_is_refused_by_name(encrypt: Encrypt, folder: Path, status: CertificateStatus) -> None:
    before = names(folder)
    with pytest.raises(EncryptionError) as refused:
        encrypt(folder / "công văn.pdf", to=(checked(AN), checked(BINH, status)))
    assert refused.value.code is ErrorCode.ENCRYPTION_RECIPIENT_REFUSED
    said = describe(refused.value)
    assert "Người nhận p256 1" in said.sentence
    assert "{" not in said.sentence + said.remedy
    assert names(folder) == before


@pytest.mark.parametrize("is_agreed", [True, False])
def test_what_could_not_be_checked_is_asked_once(encrypt: Encrypt, folder: Path, is_agreed: bool) -> None:
    person = FakePerson(decision=is_agreed)
    to = (checked(AN, CertificateStatus.UNKNOWN), checked(BINH, CertificateStatus.UNKNOWN))
    if is_agreed:
        assert all(outcome.output for outcome in encrypt(folder, to=to, person=person))
    else:
        with pytest.raises(UserCancelled):
            encrypt(folder, to=to, person=person)
    assert [question.code for question in person.questions] == [QuestionCode.ENCRYPT_UNCHECKED_RECIPIENTS]
    assert person.questions[0].facts["count"] == 2


def test_a_file_that_cannot_be_read_does_not_stop_the_others(encrypt: Encrypt, folder: Path) -> None:
    gone = folder / "đã xóa.pdf"
    missing, written = encrypt(gone, folder / "công văn.pdf")
    assert isinstance(missing.error, DocumentError)
    assert missing.error.code is ErrorCode.DOCUMENT_NOT_FOUND
    assert written.output is not None
    assert not {name for name in names(folder) if name.endswith(".part")}


def test_stopped_between_two_files(encrypt: Encrypt, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "gửi đi"
    target.mkdir()
    seen: list[Path] = []

    def second(path: Path, phase: object) -> bool:
        seen.append(path)
        return len(set(seen)) == 2

    with pytest.raises(UserCancelled):
        encrypt(folder, folder=target, progress=FakeProgress(stop_when=second))
    assert len(names(target)) == 1


def test_switched_off_by_the_profile(services: Services, folder: Path) -> None:
    off = replace(services.profile, encryption_providers=())
    assert encryption_providers(off) == ()
    with pytest.raises(EncryptionError) as refused:
        encrypt_files(
            EncryptionPlan(files=(folder,), recipients=(parse_certificate(AN.der),)),
            (checked(AN),),
            replace(services, profile=off),
            interaction=FakePerson(),
            progress=FakeProgress(),
            tell=not_watched,
        )
    assert refused.value.code is ErrorCode.ENCRYPTION_SWITCHED_OFF
