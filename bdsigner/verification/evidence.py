"""Certificates and revocation data that came with a file: its DSS (ETSI EN 319 142-1 §5.4.2)."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.trust.revocation import NO_EVIDENCE, Evidence
from bdsigner.verification.integrity.values import as_dictionary, entry, raw_items, resolved

MAX_ITEMS = 64
"""Streams of one kind taken from a DSS."""


def read_dss(reader: PdfFileReader) -> tuple[tuple[bytes, ...], Evidence]:
    """Return certificates and revocation data of the document security store; what cannot be read is left out."""
    try:
        dss = as_dictionary(entry(reader.root, "/DSS"))
        if dss is None:
            return (), NO_EVIDENCE
        certificates, ocsps, crls = (tuple(_streams(dss, key)) for key in ("/Certs", "/OCSPs", "/CRLs"))
    except Exception:  # noqa: BLE001  # evidence is extra: a damaged store must not hide the signatures
        return (), NO_EVIDENCE
    return certificates, Evidence(ocsps, crls)


def _streams(dss: generic.DictionaryObject, key: str) -> Iterator[bytes]:
    for raw in raw_items(entry(dss, key))[:MAX_ITEMS]:
        stream = resolved(raw)
        if isinstance(stream, generic.StreamObject):
            yield stream.data
