"""The outermost structure of every CMS file (RFC 5652 §3)."""

from asn1crypto import cms, x509

from bdsigner.formats import ber
from bdsigner.formats.ber import BerError, BerFile, Element


def read_container(source: BerFile) -> tuple[str, Element, int]:
    """The type of a ContentInfo, its content, and the offset behind it all; a bare SignedData is taken as well.

    Raises ``BerError``.
    """
    outer = source.element(0)
    if outer.tag != ber.SEQUENCE:
        raise BerError("no ContentInfo")
    first = source.element(outer.content, outer.end)
    if first.tag == ber.INTEGER:  # what SignedData encloses when its content is another one (RFC 5652 §5.2)
        return "signed_data", outer, source.end_of(outer)
    if first.tag != ber.OBJECT_IDENTIFIER:
        raise BerError("no content type")
    parts = list(source.children(outer))
    if len(parts) != 2 or parts[1].tag != 0xA0:
        raise BerError("no content")
    return content_type_of(source, first), source.element(parts[1].content, parts[1].end), source.end_of(outer)


def content_type_of(source: BerFile, element: Element) -> str:
    """asn1crypto's name of a content type, or its dotted number.  Raises ``BerError``."""
    return str(cms.ContentType.load(source.whole(element, 64)).native)


def is_named(wanted: cms.IssuerAndSerialNumber | bytes, certificate: x509.Certificate) -> bool:
    """Whether a certificate is the one named by issuer and serial number, or by its key identifier.

    Raises what asn1crypto does for a hostile certificate: ``ValueError``, ``TypeError``, ``KeyError``.
    """
    if isinstance(wanted, bytes):
        return bool(certificate.key_identifier == wanted)
    return bool(
        certificate.serial_number == wanted["serial_number"].native
        and (
            certificate["tbs_certificate"]["issuer"].dump() == wanted["issuer"].dump()
            or certificate.issuer == wanted["issuer"]
        )
    )
