"""Certificates become values; odd ones too, broken ones become one coded error."""

import hashlib

import pytest
from asn1crypto import x509 as asn1_x509
from asn1crypto.core import ParsableOctetBitString
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import BdsignerError, CertificateError, ErrorCode
from bdsigner.model.certificate import KeyType, KeyUsage
from bdsigner.trust.certificates import MAX_CERTIFICATE_BYTES, parse_certificate
from bdsigner.trust.keys import public_key_of
from tests.support.small_pki import NOW, YEAR, SmallPki, key_usage, make_certificate, rsa_key


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def test_all_fields(pki: SmallPki) -> None:
    name = _name(
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, "Ủy ban nhân dân tỉnh"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Sở Nội vụ"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Văn phòng"),
        (NameOID.TITLE, "Chánh Văn phòng"),
        (NameOID.COMMON_NAME, "Nguyễn Văn Ánh"),
        (NameOID.EMAIL_ADDRESS, "cu@binhduong.gov.vn"),
    )
    san = x509.SubjectAlternativeName([x509.RFC822Name("anh@binhduong.gov.vn")])
    der = pki.person(name, extra=[san]).der
    certificate = parse_certificate(der)
    assert certificate.der == der
    assert certificate.sha256 == hashlib.sha256(der).hexdigest()
    assert (certificate.common_name, certificate.title) == ("Nguyễn Văn Ánh", "Chánh Văn phòng")
    assert (certificate.organization, certificate.unit) == ("Ủy ban nhân dân tỉnh", "Văn phòng")
    assert certificate.email == "anh@binhduong.gov.vn"
    assert certificate.issuer_name == "CA cấp phát"
    assert (certificate.not_before, certificate.not_after) == (NOW - YEAR, NOW + YEAR)
    assert (certificate.key_type, certificate.key_bits) == (KeyType.RSA, 2048)
    assert certificate.key_usage == {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION}
    assert not certificate.serial_number.startswith("0")


def test_email_attribute_without_san_and_missing_items(pki: SmallPki) -> None:
    certificate = parse_certificate(pki.person(_name((NameOID.EMAIL_ADDRESS, "a@b.vn")), usage=None).der)
    assert certificate.email == "a@b.vn"
    assert (certificate.common_name, certificate.title, certificate.unit, certificate.key_usage) == (
        "",
        "",
        "",
        frozenset(),
    )


def _self_signed(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    name = _name((NameOID.COMMON_NAME, "K"))
    builder = x509.CertificateBuilder(name, name, key.public_key(), 5, NOW - YEAR, NOW + YEAR)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(Encoding.DER)


def test_curve_keys() -> None:
    certificate = parse_certificate(_self_signed(ec.generate_private_key(ec.SECP256R1())))
    assert (certificate.key_type, certificate.key_bits) == (KeyType.EC, 256)
    certificate = parse_certificate(_self_signed(ed25519.Ed25519PrivateKey.generate()))
    assert (certificate.key_type, certificate.key_bits) == (KeyType.EDDSA, 256)


def _edited(der: bytes, old: bytes, new: bytes) -> bytes:
    assert der.count(old) == 1
    assert len(old) == len(new)
    return der.replace(old, new)


def test_negative_modulus_is_read_as_meant(pki: SmallPki) -> None:
    modulus = rsa_key(2).public_key().public_numbers().n.to_bytes(256, "big")
    # 00 and 256 octets become 256 octets and one spare: what a faulty issuer writes, lengths adjusted by asn1crypto
    certificate = asn1_x509.Certificate.load(pki.signer.der)
    info = certificate["tbs_certificate"]["subject_public_key_info"]
    body = b"\x02\x82\x01\x00" + modulus + b"\x02\x03\x01\x00\x01"
    info["public_key"] = ParsableOctetBitString(b"\x30\x82" + len(body).to_bytes(2, "big") + body)
    der = certificate.dump(force=True)
    assert public_key_of(der).public_numbers().n == int.from_bytes(modulus, "big")  # type: ignore[union-attr]  # RSA, as made
    assert parse_certificate(der).key_bits == 2048


def test_doubled_extension_counts_as_missing(pki: SmallPki) -> None:
    certificate = asn1_x509.Certificate.load(pki.signer.der)
    extensions = certificate["tbs_certificate"]["extensions"]
    extensions.append(extensions[0].copy())
    parsed = parse_certificate(certificate.dump(force=True))
    assert parsed.common_name == "Nguyễn Văn Ánh"
    assert parsed.key_usage == frozenset()


def test_country_of_three_letters_is_shown(pki: SmallPki) -> None:
    der = pki.person(_name((NameOID.COUNTRY_NAME, "VN"), (NameOID.COMMON_NAME, "Ánh"))).der
    certificate = asn1_x509.Certificate.load(der)
    rdn = certificate["tbs_certificate"]["subject"].chosen[0][0]
    rdn["value"] = asn1_x509.DirectoryString(name="printable_string", value="VNM")
    assert "VNM" in parse_certificate(certificate.dump(force=True)).subject


def test_huge_certificate_is_refused(pki: SmallPki) -> None:
    with pytest.raises(CertificateError):
        parse_certificate(pki.signer.der + bytes(MAX_CERTIFICATE_BYTES))


_DER = make_certificate("Nguyễn", None, key=rsa_key(0), extra=[x509.SubjectAlternativeName([x509.DNSName("a.vn")])]).der


@given(position=st.integers(0, len(_DER) - 1), value=st.integers(0, 255), length=st.integers(0, len(_DER)))
def test_mutated_and_cut_certificates_are_values_or_coded_errors(position: int, value: int, length: int) -> None:
    mutated = bytearray(_DER)
    mutated[position] = value
    for der in (bytes(mutated), bytes(mutated[:length])):
        codes: list[ErrorCode] = []
        try:
            parse_certificate(der)
        except BdsignerError as error:
            codes.append(error.code)
        assert codes in ([], [ErrorCode.CERTIFICATE_UNREADABLE])


@pytest.mark.parametrize(
    ("names", "usages"),
    [
        (("data_encipherment",), {KeyUsage.DATA_ENCIPHERMENT}),
        (("key_cert_sign", "crl_sign"), {KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}),
        (("key_agreement", "decipher_only"), {KeyUsage.KEY_AGREEMENT, KeyUsage.DECIPHER_ONLY}),
        (("key_agreement", "encipher_only"), {KeyUsage.KEY_AGREEMENT, KeyUsage.ENCIPHER_ONLY}),
        ((), set()),
    ],
)
def test_every_key_usage_is_read(pki: SmallPki, names: tuple[str, ...], usages: set[KeyUsage]) -> None:
    assert parse_certificate(pki.person(usage=key_usage(*names)).der).key_usage == usages
