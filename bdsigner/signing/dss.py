"""The document security store: proofs in an incremental update (ISO 32000-2 §12.8.4.3, ETSI EN 319 142-1 §5.4).

What stands in a store already stays and is not written twice.  The entry ``/VRI`` names the proofs of one signature;
it is written once and never changed later, and without ``/TU``: a time that nothing protects says nothing that the
document timestamp after it does not say better.
"""

import hashlib
from collections.abc import Sequence
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bdsigner.signing.increment import serialise
from bdsigner.signing.objects import dictionary, entry, pdf_name
from bdsigner.signing.proofs import SignatureProofs
from bdsigner.signing.reading import FOREIGN_ERRORS
from bdsigner.trust.revocation import Evidence

_ITEMS_MAX = 1000
"""Streams of one kind that are compared with new ones; a store of decades has some hundred."""
_STREAM_BYTES_MAX = 32 << 20
"""The largest list that is fetched (hardening.md N1)."""
_COMPRESSED_FROM_BYTES = 4096
"""Lists are worth deflating; certificates and responses are small, and some readers expect them plain."""
_PADES = DeveloperExtension(pdf_name("/ESIC"), pdf_name("/1.7"), 1, compare_by_level=True)
"""Said by files before PDF 2.0 that hold PAdES structures (ETSI EN 319 142-1 §5.6)."""
_KINDS = ("/Certs", "/OCSPs", "/CRLs")
_VRI_KINDS = {"/Certs": "/Cert", "/OCSPs": "/OCSP", "/CRLs": "/CRL"}


def stored_evidence(root: generic.DictionaryObject) -> Evidence:
    """What a store holds, certificates included; untrusted.  Streams that cannot be read are left out."""
    store = entry(root, "/DSS")
    certificates, ocsps, crls = (tuple(_streams(store, kind)) for kind in _KINDS)
    return Evidence(ocsps, crls, certificates)


def build_store_increment(
    writer: IncrementalPdfFileWriter, file: BinaryIO, proofs: Sequence[SignatureProofs]
) -> bytearray | None:
    """The update that adds these proofs to the document in ``file``; ``None`` when all of them are there already."""
    store = _Store(writer)
    for one in proofs:
        store.add(one)
    return serialise(writer, file) if store.is_changed else None


def vri_name(contents: bytes) -> str:
    """Name of a signature's entry: SHA-1 of the value of ``/Contents`` with its padding, an identifier only."""
    return f"/{hashlib.sha1(contents, usedforsecurity=False).hexdigest().upper()}"


class _Store:
    """The store of the document being updated."""

    def __init__(self, writer: IncrementalPdfFileWriter) -> None:
        self.is_changed = False
        self._writer = writer
        found = entry(writer.root, "/DSS")
        self._dictionary = found if isinstance(found, generic.DictionaryObject) else None
        self._known = {kind: _streams(self._dictionary, kind) for kind in _KINDS}

    def add(self, proofs: SignatureProofs) -> None:
        contents = {
            "/Certs": proofs.certificates,
            "/OCSPs": proofs.evidence.ocsps,
            "/CRLs": proofs.evidence.crls,
        }
        references = {kind: [self._reference(kind, der) for der in ders] for kind, ders in contents.items()}
        name = vri_name(proofs.signature.contents)
        known = entry(self._dictionary, "/VRI")
        if proofs.missing is not None or (isinstance(known, generic.DictionaryObject) and name in known):
            return
        entries: dict[str, generic.PdfObject] = {"/Type": pdf_name("/VRI")}
        entries |= {_VRI_KINDS[kind]: generic.ArrayObject(items) for kind, items in references.items() if items}
        names = generic.DictionaryObject(known or {})  # a copy with its references: direct in the store from now on
        names[pdf_name(name)] = self._writer.add_object(dictionary(entries))
        self._changed()[pdf_name("/VRI")] = names

    def _reference(self, kind: str, der: bytes) -> generic.IndirectObject:
        known = self._known[kind]
        if der not in known:
            stream = generic.StreamObject(stream_data=der)
            if len(der) >= _COMPRESSED_FROM_BYTES:
                stream.compress()
            known[der] = self._writer.add_object(stream)
            items = [*_raw_items(entry(self._dictionary, kind)), known[der]]
            self._changed()[pdf_name(kind)] = generic.ArrayObject(items)
        return known[der]

    def _changed(self) -> generic.DictionaryObject:
        if self._dictionary is None:
            self._dictionary = dictionary({"/Type": pdf_name("/DSS")})
            self._writer.root[pdf_name("/DSS")] = self._writer.add_object(self._dictionary)
            self._writer.update_root()
        elif not self.is_changed:
            self._writer.update_container(self._dictionary)
        if not self.is_changed and self._writer.prev.input_version < (2, 0):
            self._writer.register_extension(_PADES)
        self.is_changed = True
        return self._dictionary


def _streams(store: object, kind: str) -> dict[bytes, generic.IndirectObject]:
    found: dict[bytes, generic.IndirectObject] = {}
    for item in _raw_items(entry(store, kind))[:_ITEMS_MAX]:
        data = _stream_data(item)
        if data is not None and isinstance(item, generic.IndirectObject):
            found.setdefault(data, item)
    return found


def _stream_data(item: generic.PdfObject) -> bytes | None:
    try:
        stream = item.get_object() if isinstance(item, generic.IndirectObject) else None
        data = bytes(stream.data) if isinstance(stream, generic.StreamObject) else None
    except FOREIGN_ERRORS:
        return None
    return data if data is not None and len(data) <= _STREAM_BYTES_MAX else None


def _raw_items(array: object) -> list[generic.PdfObject]:
    return [array.raw_get(index) for index in range(len(array))] if isinstance(array, generic.ArrayObject) else []
