"""Signatures and timestamps that a file carries already, as far as proofs for them are gathered.

Nothing is judged here: a signature that cannot be read is kept without certificate, so that it is not passed over.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from asn1crypto import cms, core, x509
from pyhanko.pdf_utils import generic

from bdsigner.signing.fields import form_fields
from bdsigner.signing.objects import entry
from bdsigner.signing.timestamp import signer_certificate

log = logging.getLogger(__name__)

CONTENTS_BYTES_MAX = 16 << 20
"""Hexadecimal text of one signature; with large CRLs inside real ones reach 4 MiB."""
_CERTIFICATES_MAX = 64
_SUBFILTER_TIMESTAMP = "/ETSI.RFC3161"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPart:
    """A ``SignedData``: whose it is, and the certificates it brings."""

    signer: bytes
    """DER."""
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentTimestamp(SignedPart):
    """A timestamp token, in a signature or as one of its own."""

    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentSignature:
    """One signature field's value."""

    field: str
    contents: bytes
    """The value of ``/Contents``, with its padding."""
    gap: tuple[int, int]
    """Offsets of the ``/Contents`` value with its delimiters."""
    covered_bytes: int
    """Where the signed revision ends."""
    part: SignedPart | None
    """``None`` when it cannot be read; a ``PresentTimestamp`` in a document timestamp."""
    timestamps: tuple[PresentTimestamp, ...] = ()
    """Tokens in the unsigned attributes."""

    @property
    def document_timestamp(self) -> PresentTimestamp | None:
        """What it is when it is a document timestamp."""
        return self.part if isinstance(self.part, PresentTimestamp) else None


def present_signatures(root: generic.DictionaryObject, file: BinaryIO) -> tuple[PresentSignature, ...]:
    """All signatures of the form, in the order of what they cover.  Raises ``DocumentError`` for absurd forms."""
    found = [
        signature
        for field in form_fields(root)
        if field.is_signature and field.value is not None
        for signature in _read(field.name, field.value, file)
    ]
    return tuple(sorted(found, key=lambda one: one.covered_bytes))


def _read(name: str, dictionary: generic.DictionaryObject, file: BinaryIO) -> Iterator[PresentSignature]:
    numbers = entry(dictionary, "/ByteRange")
    if not isinstance(numbers, generic.ArrayObject) or len(numbers) != 4:
        return
    first, length, second, rest = (int(number) for number in numbers)
    gap = (first + length, second)
    contents = _contents(file, *gap)
    is_timestamp = entry(dictionary, "/SubFilter") == _SUBFILTER_TIMESTAMP
    part, timestamps = _read_cms(name, contents, is_timestamp=is_timestamp)
    yield PresentSignature(
        field=name, contents=contents, gap=gap, covered_bytes=second + rest, part=part, timestamps=timestamps
    )


def _contents(file: BinaryIO, start: int, end: int) -> bytes:
    if not 0 <= start < end <= start + CONTENTS_BYTES_MAX:
        return b""
    file.seek(start)
    try:
        return bytes.fromhex(file.read(end - start).strip(b"<>").decode("ascii"))
    except ValueError:
        return b""


def _read_cms(
    name: str, contents: bytes, *, is_timestamp: bool
) -> tuple[SignedPart | None, tuple[PresentTimestamp, ...]]:
    try:
        signed = cms.ContentInfo.load(contents)["content"]
        if is_timestamp:
            return _timestamp(signed), ()
        (signer_info,) = signed["signer_infos"]
        tokens = [
            value
            for attribute in _items(signer_info["unsigned_attrs"])
            if attribute["type"].native == "signature_time_stamp_token"
            for value in attribute["values"]
        ]
        signer, certificates = _certificates(signed)
        part = SignedPart(signer=signer, certificates=certificates)
        return part, tuple(_timestamp(token["content"]) for token in tokens)
    except Exception as error:  # noqa: BLE001  # asn1crypto raises whatever a hostile structure leads to
        log.info("%s not read: %r", name, error)
        return None, ()


def _timestamp(signed: cms.SignedData) -> PresentTimestamp:
    time = signed["encap_content_info"]["content"].parsed["gen_time"].native
    signer, certificates = _certificates(signed)
    return PresentTimestamp(signer=signer, certificates=certificates, time=time.astimezone(UTC))


def _certificates(signed: cms.SignedData) -> tuple[bytes, tuple[bytes, ...]]:
    signer = signer_certificate(signed, signed["signer_infos"][0]["sid"])
    if signer is None:
        raise ValueError("signer's certificate missing")
    chosen = (choice.chosen for choice in _items(signed["certificates"]))
    ders = tuple(one.dump() for one in chosen if isinstance(one, x509.Certificate))
    return signer.dump(), ders[:_CERTIFICATES_MAX]


def _items(value: core.Asn1Value) -> list[core.Asn1Value]:
    return [] if isinstance(value, core.Void) else list(value)
