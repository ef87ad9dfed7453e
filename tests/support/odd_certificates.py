"""Certificates that say everything, or say it oddly; made with the small PKI."""

import ipaddress

from asn1crypto import core
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.small_pki import Holder, SmallPki

_UID = x509.ObjectIdentifier("0.9.2342.19200300.100.1.1")
_USER_PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")


def name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def unparsed(oid: str, value: bytes) -> x509.UnrecognizedExtension:
    """An extension with any content."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)


def der(tag: int, *parts: bytes) -> bytes:
    """One DER element."""
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def _oid(dotted: str) -> bytes:
    return core.ObjectIdentifier(dotted).dump()


def _integer(value: int) -> bytes:
    return core.Integer(value).dump()


def statements(*, amount: int = 50, exponent: int = 6, currency: bytes = b"VND") -> x509.UnrecognizedExtension:
    """QCStatements with QcCompliance, QcLimitValue and QcPDS (ETSI EN 319 412-5 §4.2.1, §4.3.2, §4.3.4)."""
    limit = der(0x30, der(0x13, currency), _integer(amount), _integer(exponent))
    place = der(0x30, der(0x16, b"https://ca.example.vn/pds.pdf"), der(0x13, b"vi"))
    value = der(
        0x30,
        der(0x30, _oid("0.4.0.1862.1.1")),
        der(0x30, _oid("0.4.0.1862.1.2"), limit),
        der(0x30, _oid("0.4.0.1862.1.5"), der(0x30, place)),
    )
    return unparsed("1.3.6.1.5.5.7.1.3", value)


def birth_date(written: bytes) -> x509.UnrecognizedExtension:
    """SubjectDirectoryAttributes with dateOfBirth (RFC 3739 §3.3.2); ``written`` is a GeneralizedTime."""
    attribute = der(0x30, _oid("1.3.6.1.5.5.7.9.1"), der(0x31, der(0x18, written)))
    return unparsed("2.5.29.9", der(0x30, attribute))


def everything(pki: SmallPki) -> Holder:
    """A certificate in which each of the nine contents of Đ3.4 is there."""
    subject = name(
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, "Ủy ban nhân dân tỉnh"),
        (NameOID.TITLE, "Chánh Văn phòng"),
        (NameOID.COMMON_NAME, "Nguyễn Văn Ánh"),
        (_UID, "CMND:280 123 456"),
        (NameOID.SERIAL_NUMBER, "MST:0312345678-001"),
    )
    alternatives = x509.SubjectAlternativeName(
        [
            x509.RFC822Name("anh@binhduong.gov.vn"),
            x509.OtherName(_USER_PRINCIPAL_NAME, core.UTF8String("anh@noi-bo").dump()),
            x509.DirectoryName(name((NameOID.COMMON_NAME, "Bí danh"))),
            x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
            x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4")),
        ]
    )
    notice = x509.UserNotice(None, "Không dùng cho giao dịch ngân hàng.")
    policy = x509.PolicyInformation(x509.ObjectIdentifier("1.2.704.1"), ["http://ca.example.vn/cps", notice])
    return pki.person(
        subject,  # type: ignore[arg-type]  # passed on as it is
        purposes=[ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION],
        extra=[
            alternatives,
            x509.CertificatePolicies([policy]),
            x509.NameConstraints(
                [x509.DNSName("binhduong.gov.vn")], [x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))]
            ),
            statements(),
            birth_date(b"19750830120000Z"),
        ],
    )
