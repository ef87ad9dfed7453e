"""From B-T to B-LT and B-LTA: proofs into the document, then a timestamp over it; on our copy, after a signature."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bdsigner.model.signature import Shortfall, SignatureLevel
from bdsigner.ports import RequestTimestamp
from bdsigner.signing.document_timestamp import add_document_timestamp
from bdsigner.signing.dss import build_store_increment, stored_evidence
from bdsigner.signing.present import present_signatures
from bdsigner.signing.proofs import ProofSource, SignatureProofs, gather_proofs
from bdsigner.signing.reading import damage_as_errors, open_for_update
from bdsigner.signing.source import parseable, storage_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a file came."""

    level: SignatureLevel
    missing: Shortfall | None = None
    missing_of: str = ""
    timestamp_time: datetime | None = None
    """Of the document timestamp added."""
    is_changed: bool = True
    """False when everything wanted stood in the file before."""


def raise_level(
    output: BinaryIO,
    *,
    source: Path,
    partial: Path,
    level: SignatureLevel,
    proof_source: ProofSource,
    request_timestamp: RequestTimestamp,
    needed: Collection[str] | None = None,
) -> Reached:
    """Bring a file whose signatures carry timestamps to B-LT or B-LTA, as far as proofs can be had.

    ``needed``: fields of the signatures that must be complete for the level to be reached; ``None``: all.  Nothing
    is written when one of them is not.  Raises ``DocumentError``, ``StorageError``, and what the callbacks raise.
    """
    with storage_errors(partial):
        file = parseable(output)
        writer = open_for_update(file, source)
        with damage_as_errors(source):
            signatures = present_signatures(writer.root, file)
            stored = stored_evidence(writer.root)
    proofs = gather_proofs(signatures, stored, proof_source)
    missing, missing_of = _first_gap(proofs, needed)
    if missing is not None:
        return Reached(level=SignatureLevel.B_T, missing=missing, missing_of=missing_of, is_changed=False)
    with storage_errors(partial):
        with damage_as_errors(source):
            increment = build_store_increment(writer, file, proofs)
        if increment is not None:
            output.seek(0, 2)
            output.write(increment)
            output.flush()
    if level is SignatureLevel.B_LT:
        return Reached(level=level, is_changed=increment is not None)
    time = add_document_timestamp(output, source=source, partial=partial, request_timestamp=request_timestamp)
    if time is None:
        missing = Shortfall.TIMESTAMP
        return Reached(level=SignatureLevel.B_LT, missing=missing, is_changed=increment is not None)
    return Reached(level=level, timestamp_time=time)


def _first_gap(proofs: tuple[SignatureProofs, ...], needed: Collection[str] | None) -> tuple[Shortfall | None, str]:
    found = {one.signature.field for one in proofs}
    for field in needed or ():
        if field not in found:
            return Shortfall.UNREADABLE, field
    for one in proofs:
        if one.missing is not None and (needed is None or one.signature.field in needed):
            return one.missing, one.missing_of
    return None, ""
