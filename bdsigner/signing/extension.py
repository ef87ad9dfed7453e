"""Bring a signed file to a higher level (ETSI EN 319 142-1), whoever signed it.  Runs in a document child.

B-B → B-T: into the room that the last signature keeps for it, when nothing stands behind it; else a document
timestamp.  B-T → B-LT → B-LTA: ``long_term``.  The signatures themselves stay byte for byte.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import cms

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.signature import ExtensionRequest, ExtensionResult, Shortfall, SignatureLevel
from bdsigner.ports import RequestTimestamp
from bdsigner.signing.cms import with_timestamp
from bdsigner.signing.document_timestamp import add_document_timestamp, ask_timestamp
from bdsigner.signing.long_term import Reached, raise_level
from bdsigner.signing.present import PresentSignature, present_signatures
from bdsigner.signing.proofs import ProofSource
from bdsigner.signing.reading import damage_as_errors, open_for_update
from bdsigner.signing.source import copy_source, opened_partial, parseable, storage_errors
from bdsigner.signing.timestamp import build_request

TOKEN_BYTES_LIKELY = 8 * 1024
"""A signature with less room than this is not tried: a token that does not fit costs the authority a second one."""
_LINE_END_BYTES = 2
"""The line end of the last ``%%EOF`` may be left out of a ByteRange."""

CheckIntact = Callable[[Path], None]
"""Raises for a file whose signatures do not hold; gets our copy."""


def extend_document(
    request: ExtensionRequest,
    *,
    check_intact: CheckIntact,
    proof_source: ProofSource,
    request_timestamp: RequestTimestamp,
) -> ExtensionResult:
    """Write ``request.source``, extended, to ``request.partial``.

    ``request_timestamp`` is called at most three times.  What it raises comes out of here, and the partial file is
    then worthless.  Raises ``DocumentError``, ``StorageError``, and ``SigningError``: SIGNING_UNSIGNED,
    SIGNING_LEVEL_REACHED, SIGNING_NO_TIMESTAMP and SIGNING_PROOFS_MISSING when the file came no further at all.
    """
    with opened_partial(request.partial) as output:
        copy_source(request, output)
        check_intact(request.partial)
        work = _Extension(request, output, request_timestamp)
        stamped_at = work.timestamp_signatures()
        reached = Reached(level=SignatureLevel.B_T, is_changed=False)
        if request.level.has_proofs:
            reached = raise_level(
                output,
                source=request.source,
                partial=request.partial,
                level=request.level,
                proof_source=proof_source,
                request_timestamp=request_timestamp,
            )
        if stamped_at is None and not reached.is_changed:
            raise _no_further(request, reached)
        with storage_errors(request.partial):
            output.flush()
            size = output.seek(0, 2)
    return ExtensionResult(
        level=reached.level,
        missing=reached.missing,
        missing_of=reached.missing_of,
        timestamp_time=reached.timestamp_time or stamped_at,
        size_bytes=size,
    )


def _no_further(request: ExtensionRequest, reached: Reached) -> SigningError:
    path = str(request.source)
    if reached.missing is None:
        return SigningError(ErrorCode.SIGNING_LEVEL_REACHED, path=path, level=request.level.value)
    if reached.missing is Shortfall.TIMESTAMP:
        return SigningError(ErrorCode.SIGNING_NO_TIMESTAMP, path=path, reason=reached.missing.value)
    facts = {"shortfall": reached.missing.value, "name": reached.missing_of}
    return SigningError(ErrorCode.SIGNING_PROOFS_MISSING, path=path, **facts)


@dataclass(frozen=True, slots=True)
class _Extension:
    request: ExtensionRequest
    output: BinaryIO
    request_timestamp: RequestTimestamp

    def timestamp_signatures(self) -> datetime | None:
        """Make sure that every signature has a timestamp; the time of the one added, ``None`` when none was needed."""
        signatures = self._signatures()
        last_stamp = max((one.covered_bytes for one in signatures if one.document_timestamp), default=0)
        bare = [one for one in signatures if not one.timestamps and one.covered_bytes > last_stamp]
        if not bare:
            return None
        time = self._fill_room(bare[0]) if bare == [signatures[-1]] else None
        if time is None:
            time = add_document_timestamp(
                self.output,
                source=self.request.source,
                partial=self.request.partial,
                request_timestamp=self.request_timestamp,
            )
        if time is None:
            path, reason = str(self.request.source), Shortfall.TIMESTAMP.value
            raise SigningError(ErrorCode.SIGNING_NO_TIMESTAMP, path=path, reason=reason)
        return time

    def _signatures(self) -> tuple[PresentSignature, ...]:
        with storage_errors(self.request.partial), damage_as_errors(self.request.source):
            file = parseable(self.output)
            signatures = present_signatures(open_for_update(file, self.request.source).root, file)
        if not signatures:
            raise SigningError(ErrorCode.SIGNING_UNSIGNED, path=str(self.request.source))
        return signatures

    def _fill_room(self, signature: PresentSignature) -> datetime | None:
        """Put a timestamp into the last signature; ``None`` when it keeps no room, or none could be had."""
        if signature.part is None or self._size() > signature.covered_bytes + _LINE_END_BYTES:
            return None
        self.output.seek(signature.gap[0])
        if self.output.read(1) != b"<":  # some old signers count the delimiters as signed
            return None
        try:
            used = len(with_timestamp(signature.contents, bytes(TOKEN_BYTES_LIKELY)))
        except ValueError:  # BER, or more than one signer
            return None
        if used > len(signature.contents):
            return None
        value = cms.ContentInfo.load(signature.contents)["content"]["signer_infos"][0]["signature"].native
        timestamp = ask_timestamp(build_request(value), self.request_timestamp)
        if timestamp is None:
            return None
        filled = with_timestamp(signature.contents, timestamp.token)
        if len(filled) > len(signature.contents):
            return None
        with storage_errors(self.request.partial):
            self.output.seek(signature.gap[0] + 1)
            self.output.write(filled.hex().encode())
            self.output.flush()
        return timestamp.time

    def _size(self) -> int:
        return self.output.seek(0, 2)
