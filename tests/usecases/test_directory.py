"""Finding and checking recipients, directory files, what is learned; real child, real PKI, real file."""

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import BdsignerError, CertificateError, DirectoryError, ErrorCode, UserCancelled
from bdsigner.model.certificate import CertificateStatus, Publication
from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.model.verification import VerificationOutcome
from bdsigner.ports import Services
from bdsigner.storage.address_book import FileAddressBook
from bdsigner.storage.bundle import MEMBER, SignedBundles
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.check_recipients import check_recipients
from bdsigner.usecases.find_recipients import (
    ask_directories,
    entry_of_file,
    find_recipients,
    import_bundle,
    learn_signers,
    own_entries,
)
from bdsigner.usecases.verify_files import verify_files
from tests.fakes.people import FakeProgress
from tests.support.people import certificate_of
from tests.support.pki import (
    CHAIRMAN,
    EC_HEAD,
    ENCRYPTION_ONLY,
    EXPIRED,
    FOREIGN,
    NOT_YET_VALID,
    REVOKED,
    SUSPENDED,
    Training,
)
from tests.support.signed_cms import signed_cms
from tests.support.signed_pdf import simple_signer
from tests.support.small_pki import Holder

MADE = "2026-03-02T08:00:00+07:00"


@pytest.fixture
def knowing(services: Services, tmp_path: Path) -> Services:
    return replace(services, address_book=FileAddressBook(tmp_path / "book.sqlite"))


def entry(training: Training, name: str) -> DirectoryEntry:
    return DirectoryEntry.of(parse_certificate(training.certificate(name)), DirectorySource.FILE)


def test_each_flaw_of_a_recipient_is_named(knowing: Services, training: Training) -> None:
    expected = {
        ENCRYPTION_ONLY: CertificateStatus.GOOD,
        EC_HEAD: CertificateStatus.GOOD,
        FOREIGN: CertificateStatus.OUT_OF_SCOPE,
        EXPIRED: CertificateStatus.EXPIRED,
        NOT_YET_VALID: CertificateStatus.NOT_YET_VALID,
    }
    for name in (REVOKED, SUSPENDED, CHAIRMAN):  # of those without the usage nothing else is said
        may = parse_certificate(training.certificate(name)).may_encrypt
        good = {REVOKED: CertificateStatus.REVOKED, SUSPENDED: CertificateStatus.SUSPENDED}
        expected[name] = good.get(name, CertificateStatus.GOOD) if may else CertificateStatus.WRONG_USAGE
    checked = check_recipients([entry(training, name) for name in expected], knowing, seconds=120)
    assert {name: one.assessment.status for name, one in zip(expected, checked, strict=True)} == expected


class _Lists:
    def find(self, certificate: object) -> Publication:
        return Publication(has_list=True)


def test_an_unpublished_certificate_is_named(knowing: Services, training: Training) -> None:
    listed = replace(knowing, publications=_Lists())
    (checked,) = check_recipients([entry(training, ENCRYPTION_ONLY)], listed, seconds=120)
    assert checked.assessment.status is CertificateStatus.UNPUBLISHED


def test_what_is_not_checked_in_time_is_unknown(knowing: Services, training: Training) -> None:
    (checked,) = check_recipients([entry(training, ENCRYPTION_ONLY)], knowing, seconds=0)
    assert checked.assessment.status is CertificateStatus.UNKNOWN
    assert check_recipients([], knowing) == ()


def test_certificate_files_are_taken_and_remembered(knowing: Services, training: Training, tmp_path: Path) -> None:
    der = tmp_path / "người nhận.cer"
    der.write_bytes(training.certificate(EC_HEAD))
    found = entry_of_file(der, knowing)
    assert (found.source, found.source_name) == (DirectorySource.FILE, "người nhận.cer")
    pem = tmp_path / "a.pem"
    pem.write_bytes(b"text\n" + training.x509(EC_HEAD).public_bytes(Encoding.PEM))
    assert entry_of_file(pem, knowing).certificate == found.certificate
    assert [one.certificate for one in find_recipients(found.name, knowing, limit=5).entries] == [found.certificate]
    for garbage in (b"", b"\x30\x03\x02\x01", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"):
        pem.write_bytes(garbage)
        with pytest.raises(CertificateError):
            entry_of_file(pem, knowing)


def test_own_tokens_are_offered(knowing: Services) -> None:
    own = own_entries(knowing)
    assert own
    assert all(one.source is DirectorySource.OWN for one in own)


def test_signers_of_good_documents_are_learned(knowing: Services, signed: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.pdf"
    content = bytearray(signed.read_bytes())
    content[20] ^= 1
    changed.write_bytes(content)
    bad = verify_files([changed], knowing, progress=FakeProgress())
    learn_signers(bad, knowing)
    assert not knowing.address_book.file.exists()  # type: ignore[attr-defined]  # of the real one
    good = verify_files([signed], knowing, progress=FakeProgress())
    learn_signers(good, knowing)
    assert good[0].report is not None
    signer = good[0].report.signatures[0].signer
    assert signer is not None
    (found,) = knowing.address_book.entries([signer.sha256])
    assert (found.source, found.source_name) == (DirectorySource.LEARNED, signed.name)
    learn_signers([VerificationOutcome(path=signed)], knowing)


class _Directory:
    name = "thử"

    def __init__(self, *found: DirectoryEntry, error: BdsignerError | None = None) -> None:
        self._found, self._error = found, error

    def search(
        self, query: str, *, limit: int, should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[DirectoryEntry, ...]:
        if self._error is not None:
            raise self._error
        return self._found


def test_one_directory_that_fails_does_not_hide_the_others(knowing: Services, training: Training) -> None:
    one = replace(entry(training, EC_HEAD), source=DirectorySource.HTTPS)
    down = DirectoryError(ErrorCode.DIRECTORY_UNREACHABLE, server="thử")
    both = replace(knowing, directories=(_Directory(error=down), _Directory(one, one)))
    result = ask_directories(one.name, both, limit=5)
    assert [found.certificate for found in result.entries] == [one.certificate]
    assert result.problems == ("directory.unreachable",)
    assert find_recipients(one.name, both, limit=5).entries[0].source is DirectorySource.HTTPS
    assert ask_directories(" ", both, limit=5).problems == ()
    with pytest.raises(UserCancelled):
        ask_directories("a", replace(knowing, directories=(_Directory(error=UserCancelled()),)), limit=5)


def test_old_knowledge_is_marked(knowing: Services, training: Training) -> None:
    old = datetime.now(UTC) - timedelta(days=knowing.profile.directory.stale_days + 1)
    known = replace(entry(training, EC_HEAD), fetched_at=old)
    knowing.address_book.learn([known])
    assert find_recipients(known.name, knowing, limit=5).entries[0].is_stale
    knowing.address_book.learn([replace(known, fetched_at=None)])
    assert not find_recipients(known.name, knowing, limit=5).entries[0].is_stale


def _content(*certificates: bytes, made_at: str = MADE, member: str = MEMBER) -> bytes:
    listed = [{"certificate": b64encode(one).decode(), "publishedAt": MADE} for one in certificates]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, json.dumps({"madeAt": made_at, "certificates": listed}))
    return packed.getvalue()


@pytest.fixture
def bundle(training: Training, tmp_path: Path) -> Callable[[bytes], Path]:
    issuing = Holder(load_der_x509_certificate(training.chain(CHAIRMAN)[0]), training.rsa_key(CHAIRMAN))
    signer = simple_signer(Holder(training.x509(CHAIRMAN), training.rsa_key(CHAIRMAN)), issuing)

    def make(content: bytes) -> Path:
        path = tmp_path / "danh bạ.p7m"
        path.write_bytes(bytes(signed_cms(signer, content).dump()))
        return path

    return make


def _signer(training: Training) -> str:
    return parse_certificate(training.certificate(CHAIRMAN)).sha256


def importing(knowing: Services, documents: ChildDocumentGateway, signer: str) -> Services:
    return replace(knowing, bundles=SignedBundles(documents, signer=signer))


def test_a_directory_file_is_imported(
    knowing: Services, documents: ChildDocumentGateway, training: Training, bundle: Callable[[bytes], Path]
) -> None:
    taking = importing(knowing, documents, _signer(training))
    done = import_bundle(bundle(_content(certificate_of(1), b"\x30\x00", certificate_of(2))), taking)
    assert (done.entries, done.unreadable, done.newer_known, done.is_signer_checked) == (2, 1, None, True)
    (found,) = taking.address_book.search("5A000002", limit=5).entries or (None,)
    assert found is not None
    assert found.published_at == datetime.fromisoformat(MADE)
    older = import_bundle(bundle(_content(certificate_of(1), made_at="2026-01-01T00:00:00Z")), taking)
    assert (older.entries, older.newer_known) == (0, datetime.fromisoformat(MADE))


def test_files_of_others_changed_or_malformed_are_refused(
    knowing: Services, documents: ChildDocumentGateway, training: Training, bundle: Callable[[bytes], Path]
) -> None:
    def refusal(path: Path, signer: str) -> ErrorCode:
        with pytest.raises(DirectoryError) as caught:
            import_bundle(path, importing(knowing, documents, signer))
        return caught.value.code

    good = _content(certificate_of(1))
    path = bundle(good)
    assert refusal(path, "") is ErrorCode.DIRECTORY_BUNDLE_NOT_EXPECTED
    assert refusal(path, "0" * 64) is ErrorCode.DIRECTORY_BUNDLE_SIGNER
    path.write_bytes(path.read_bytes().replace(good[:60], good[:59] + bytes([good[59] ^ 1]), 1))
    assert refusal(path, _signer(training)) is ErrorCode.DIRECTORY_BUNDLE_SIGNATURE
    path.write_bytes(b"no CMS at all")
    with pytest.raises(BdsignerError):
        import_bundle(path, importing(knowing, documents, _signer(training)))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, b" " * (30 << 20))
    malformed = (b"no zip", _content(member="other.json"), bomb.getvalue(), _content(made_at="yesterday"))
    for content in malformed:
        assert refusal(bundle(content), _signer(training)) is ErrorCode.DIRECTORY_BUNDLE_CONTENT
    assert not knowing.address_book.search("5A", limit=5).entries
