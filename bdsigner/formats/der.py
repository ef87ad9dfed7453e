"""The few DER encodings (ITU-T X.690) a signature is put together from, and a look into a certificate.

asn1crypto re-encodes a certificate at every ``dump()``, 80 % of the time of a small signature; here constants are
encoded once and issuer, serial number and key are taken from the certificate as they stand, byte for byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = b"\x05\x00"
OBJECT_IDENTIFIER = 0x06
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
SEQUENCE = 0x30
SET = 0x31
CONTEXT_0 = 0xA0
CONTEXT_1 = 0xA1
CONTEXT_2 = 0xA2


def head(tag: int, length: int) -> bytes:
    """Identifier and length octets of an element whose content has that many bytes."""
    if length < 0x80:
        return bytes((tag, length))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets


def tlv(tag: int, *parts: bytes) -> bytes:
    """Encode one element whose content is ``parts`` joined."""
    content = b"".join(parts)
    return head(tag, len(content)) + content


def oid(dotted: str) -> bytes:
    """Encode an object identifier."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OBJECT_IDENTIFIER, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def integer(value: int) -> bytes:
    """Encode a non-negative integer."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def time(moment: datetime) -> bytes:
    """Encode a ``Time``: UTCTime to 2049, GeneralizedTime beyond (RFC 5652 §11.3)."""
    utc = moment.astimezone(UTC)
    is_short = 1950 <= utc.year < 2050
    text = utc.strftime("%y%m%d%H%M%SZ" if is_short else "%Y%m%d%H%M%SZ")
    return tlv(UTC_TIME if is_short else GENERALIZED_TIME, text.encode())


def set_of(elements: list[bytes], *, tag: int = SET) -> bytes:
    """Encode a SET OF: DER sorts the encoded elements (X.690 §11.6)."""
    return tlv(tag, *sorted(elements))


def _base128(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(arc & 0x7F | 0x80)
    return bytes(reversed(octets))


@dataclass(frozen=True, slots=True)
class Element:
    """One element as found: ``encoded`` with tag and length, ``content`` without."""

    tag: int
    encoded: bytes
    content: bytes


def elements(data: bytes) -> Iterator[Element]:
    """Split ``data`` into the elements it is made of.  Raises ``ValueError`` when it is not that."""
    position = 0
    while position < len(data):
        header, length = _header(data, position)
        end = position + header + length
        if end > len(data):
            raise ValueError("element runs past its end")
        yield Element(data[position], data[position:end], data[position + header : end])
        position = end


def _header(data: bytes, position: int) -> tuple[int, int]:
    if position + 2 > len(data):
        raise ValueError("half an element")
    first = data[position + 1]
    if first < 0x80:
        return 2, first
    count = first & 0x7F
    if not 1 <= count <= 4 or position + 2 + count > len(data):
        raise ValueError("unusable length")
    return 2 + count, int.from_bytes(data[position + 2 : position + 2 + count], "big")


def tbs_fields(certificate: bytes) -> list[Element]:
    """Serial number, signature algorithm, issuer, validity, subject, key …, as they stand (RFC 5280 §4.1).

    Raises ``ValueError``.
    """
    (whole,) = elements(certificate)
    tbs, *_ = elements(whole.content)
    fields = list(elements(tbs.content))
    if fields and fields[0].tag == CONTEXT_0:  # version, absent in v1 certificates
        del fields[0]
    if len(fields) < 6:
        raise ValueError("no certificate")
    return fields


def issuer_and_serial(certificate: bytes) -> bytes:
    """IssuerAndSerialNumber (RFC 5652 §10.2.4).  Raises ``ValueError``."""
    serial, _, issuer, *_ = tbs_fields(certificate)
    return tlv(SEQUENCE, issuer.encoded, serial.encoded)
