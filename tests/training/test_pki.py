"""The training PKI says of each certificate what its description says; judged by OpenSSL."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bdsigner.training import pki
from bdsigner.training.folder import person
from bdsigner.training.people import PEOPLE
from tests.support.pki import (
    AGENCY,
    CHAIRMAN,
    CHIEF_OF_OFFICE,
    EC_HEAD,
    ENCRYPTION_ONLY,
    EXPIRED,
    FOREIGN,
    NOT_YET_VALID,
    REVOKED,
    SUSPENDED,
    Training,
)

pytestmark = pytest.mark.training


def pem(path: Path, *certificates: bytes) -> str:
    content = (x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in certificates)
    path.write_bytes(b"".join(content))
    return str(path)


def openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("openssl")
    assert program is not None
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=20, check=False)


def openssl_verify(training: Training, name: str, folder: Path, *, root: str = pki.ROOT) -> str:
    done = openssl(
        "verify",
        "-x509_strict",
        "-CAfile",
        pem(folder / "root.pem", training.certificate(root)),
        "-untrusted",
        pem(folder / "chain.pem", training.certificate(pki.INTERMEDIATE)),
        pem(folder / "leaf.pem", training.certificate(name)),
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", [p.name for p in PEOPLE if p.name not in {EXPIRED, NOT_YET_VALID, FOREIGN}])
def test_openssl_builds_the_chain(training: Training, name: str, tmp_path: Path) -> None:
    assert openssl_verify(training, name, tmp_path).strip().endswith("OK")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (EXPIRED, "certificate has expired"),
        (NOT_YET_VALID, "certificate is not yet valid"),
        (FOREIGN, "unable to get local issuer certificate"),
    ],
)
def test_openssl_refuses_the_faulty(training: Training, name: str, reason: str, tmp_path: Path) -> None:
    assert reason in openssl_verify(training, name, tmp_path)


def test_the_foreign_certificate_is_sound_under_its_own_root(training: Training, tmp_path: Path) -> None:
    assert openssl_verify(training, FOREIGN, tmp_path, root=pki.FOREIGN_ROOT).strip().endswith("OK")


def test_subject_carries_name_title_and_agency(training: Training) -> None:
    subject = training.x509(CHIEF_OF_OFFICE).subject

    def value(oid: x509.ObjectIdentifier) -> str:
        return str(subject.get_attributes_for_oid(oid)[0].value)

    assert value(NameOID.COMMON_NAME) == "Lê Quốc Đạt"
    assert value(NameOID.TITLE) == "Chánh Văn phòng"
    assert value(NameOID.ORGANIZATION_NAME) == "Ủy ban nhân dân tỉnh Bình Dương"
    assert value(NameOID.ORGANIZATIONAL_UNIT_NAME) == "Văn phòng Ủy ban nhân dân tỉnh Bình Dương"


def test_mail_is_an_official_address_in_san(training: Training) -> None:
    names = training.x509(CHAIRMAN).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == [AGENCY.email(person(CHAIRMAN))]


def test_every_authority_says_it_is_a_trial(training: Training) -> None:
    for name in pki.AUTHORITIES:
        assert "BẢN THỬ" in training.x509(name).subject.rfc4514_string()


def test_key_usages(training: Training) -> None:
    def usage(name: str) -> x509.KeyUsage:
        return training.x509(name).extensions.get_extension_for_class(x509.KeyUsage).value

    assert usage(CHAIRMAN).digital_signature
    assert usage(CHAIRMAN).content_commitment
    assert usage(EC_HEAD).key_agreement
    assert usage(EC_HEAD).digital_signature
    assert usage(ENCRYPTION_ONLY).key_encipherment
    assert not usage(ENCRYPTION_ONLY).digital_signature


def test_tsa_certificate_is_for_timestamps_only(training: Training) -> None:
    extension = training.x509(pki.TSA).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert extension.critical
    assert list(extension.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def ask_ocsp(training: Training, name: str) -> ocsp.OCSPResponse:
    issuer = training.x509(pki.FOREIGN_ROOT if name == FOREIGN else pki.INTERMEDIATE)
    certificate = training.x509(name)
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA256()).build()
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    url = next(a.access_location.value for a in access if a.access_method == x509.AuthorityInformationAccessOID.OCSP)
    answer = httpx.post(url, content=request.public_bytes(Encoding.DER), trust_env=False)
    return ocsp.load_der_ocsp_response(answer.content)


@pytest.mark.parametrize("name", [CHAIRMAN, EC_HEAD, EXPIRED, FOREIGN])
def test_ocsp_says_good(training: Training, name: str) -> None:
    assert ask_ocsp(training, name).certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.parametrize(
    ("name", "reason"),
    [(REVOKED, x509.ReasonFlags.key_compromise), (SUSPENDED, x509.ReasonFlags.certificate_hold)],
)
def test_ocsp_says_revoked_with_its_reason(training: Training, name: str, reason: x509.ReasonFlags) -> None:
    answer = ask_ocsp(training, name)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is reason
    assert answer.revocation_time_utc is not None
    assert answer.revocation_time_utc < training.folder.stamp.created


def test_crl_lists_exactly_revoked_and_suspended(training: Training) -> None:
    crl = x509.load_der_x509_crl(httpx.get(training.crl_url, trust_env=False).content)
    issuer_key = training.rsa_key(pki.INTERMEDIATE).public_key()
    assert crl.is_signature_valid(issuer_key)
    assert {entry.serial_number for entry in crl} == {training.x509(n).serial_number for n in (REVOKED, SUSPENDED)}
    assert crl.next_update_utc is not None
    assert crl.next_update_utc > datetime.now(UTC)


def test_issuer_certificate_is_where_the_certificate_says(training: Training) -> None:
    access = training.x509(CHAIRMAN).extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    url = next(
        a.access_location.value for a in access if a.access_method == x509.AuthorityInformationAccessOID.CA_ISSUERS
    )
    assert httpx.get(url, trust_env=False).content == training.certificate(pki.INTERMEDIATE)


@pytest.mark.parametrize(
    ("url", "root", "holds"), [("tsa", "goc", True), ("tsa", "goc-ngoai", False), ("tsa-ngoai", "goc-ngoai", True)]
)
def test_openssl_verifies_the_timestamp(training: Training, url: str, root: str, holds: bool, tmp_path: Path) -> None:
    data, query, reply = tmp_path / "data", tmp_path / "query.tsq", tmp_path / "reply.tsr"
    data.write_bytes("Quyết định".encode())
    openssl("ts", "-query", "-data", str(data), "-sha256", "-cert", "-out", str(query))
    address = training.tsa_url if url == "tsa" else training.foreign_tsa_url
    reply.write_bytes(httpx.post(address, content=query.read_bytes(), trust_env=False).content)
    anchor = pem(tmp_path / "root.pem", training.certificate(root))
    done = openssl("ts", "-verify", "-in", str(reply), "-queryfile", str(query), "-CAfile", anchor)
    assert (done.returncode == 0) is holds
