"""Certificates and revocation data that came with a file: its DSS (ETSI EN 319 142-1 §5.4.2) and its signatures."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.trust.revocation import NO_EVIDENCE, Evidence
from bdsigner.verification.cms import CmsError, SignedValue

MAX_ITEMS = 64
"""Streams of one kind taken from a DSS."""


def read_dss(reader: PdfFileReader) -> tuple[tuple[bytes, ...], Evidence]:
    """Return certificates and revocation data of the document security store; what cannot be read is left out."""
    try:
        dss = reader.root.get("/DSS")
        if not isinstance(dss, generic.DictionaryObject):
            return (), NO_EVIDENCE
        certificates, ocsps, crls = (tuple(_streams(dss, key)) for key in ("/Certs", "/OCSPs", "/CRLs"))
    except Exception:  # noqa: BLE001  # evidence is extra: a damaged store must not hide the signatures
        return (), NO_EVIDENCE
    return certificates, Evidence(ocsps, crls)


def _streams(dss: generic.DictionaryObject, key: str) -> Iterator[bytes]:
    array = dss.get(key)
    if not isinstance(array, generic.ArrayObject):
        return
    for index in range(min(len(array), MAX_ITEMS)):
        if isinstance(array[index], generic.StreamObject):
            yield array[index].data


def signed_evidence(signed: SignedValue) -> Evidence:
    """Revocation data in the signature itself (adbe-revocationInfoArchival, ISO 32000-2 §12.8.3.3.2)."""
    try:
        value = signed.attribute("adobe_revocation_info_archival")
        if value is None:
            return NO_EVIDENCE
        return Evidence(
            tuple(one.dump() for one in value["ocsp"] or ()), tuple(one.dump() for one in value["crl"] or ())
        )
    except (CmsError, ValueError, TypeError, KeyError):
        return NO_EVIDENCE
