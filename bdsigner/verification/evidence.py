"""Certificates and revocation data that came with a file: its DSS (ETSI EN 319 142-1 §5.4.2)."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.trust.revocation import NO_EVIDENCE, Evidence
from bdsigner.verification.integrity.values import as_dictionary, entry, raw_items, resolved

MAX_ITEMS = 64
"""Streams of one kind taken from a DSS."""
MAX_SIGNATURES_LISTED = 64
"""Entries of ``/VRI`` looked at: what they name is in the DSS itself as a rule."""


def read_dss(reader: PdfFileReader) -> tuple[tuple[bytes, ...], Evidence]:
    """Return certificates and revocation data of the document security store, those that only ``/VRI`` names too.

    What cannot be read is left out.
    """
    try:
        dss = as_dictionary(entry(reader.root, "/DSS"))
        if dss is None:
            return (), NO_EVIDENCE
        per_signature = list(_per_signature(dss))
        certificates, ocsps, crls = (
            tuple(_streams([(dss, in_store), *((one, in_vri) for one in per_signature)]))
            for in_store, in_vri in (("/Certs", "/Cert"), ("/OCSPs", "/OCSP"), ("/CRLs", "/CRL"))
        )
    except Exception:  # noqa: BLE001  # evidence is extra: a damaged store must not hide the signatures
        return (), NO_EVIDENCE
    return certificates, Evidence(ocsps, crls)


def _per_signature(dss: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    listed = as_dictionary(entry(dss, "/VRI"))
    if listed is None:
        return
    for key in list(listed)[:MAX_SIGNATURES_LISTED]:
        one = as_dictionary(entry(listed, key))
        if one is not None:
            yield one


def _streams(lists: list[tuple[generic.DictionaryObject, str]]) -> Iterator[bytes]:
    seen: set[tuple[int, int]] = set()
    for holder, key in lists:
        for raw in raw_items(entry(holder, key))[:MAX_ITEMS]:
            if isinstance(raw, generic.IndirectObject):
                if (raw.idnum, raw.generation) in seen or len(seen) == MAX_ITEMS:
                    continue
                seen.add((raw.idnum, raw.generation))
            stream = resolved(raw)
            if isinstance(stream, generic.StreamObject):
                yield stream.data
