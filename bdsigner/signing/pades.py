"""A PAdES baseline signature on one file (ETSI EN 319 142-1).  Runs in a document child.

Order: copy and hash in one pass → incremental update with room for the CMS → digest → token → timestamp → CMS into its
room → for B-LT the proofs → for B-LTA a timestamp over the document.  Nothing is written that was not hashed, the source is opened for reading only, and memory does not grow with the
file.  Imports stay at ``pyhanko.pdf_utils``: ``pyhanko.sign`` costs another 0.4 s (aiohttp, the validator) in every
cold process.  CMS and placeholder are our own: docs/decisions/003-own-cms-and-placeholder.md.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from bdsigner.errors import DocumentError, ErrorCode, SigningError
from bdsigner.model.signature import Shortfall, SignatureLevel, SignatureRequest, SignatureResult
from bdsigner.ports import RequestTimestamp, SignDigest
from bdsigner.signing.cms import CmsTemplate, cms_template
from bdsigner.signing.increment import Increment, build_increment
from bdsigner.signing.source import RunningHash, copy_source, opened_partial, parseable, storage_errors
from bdsigner.signing.timestamp import TOKEN_BYTES_MAX, build_request, check_response

if TYPE_CHECKING:
    from bdsigner.signing.long_term import Reached
    from bdsigner.signing.proofs import ProofSource


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Signed:
    cms: bytes
    level: SignatureLevel
    timestamp_time: datetime | None


def sign_document(
    request: SignatureRequest,
    *,
    sign_digest: SignDigest,
    request_timestamp: RequestTimestamp,
    proof_source: "ProofSource | None" = None,
) -> SignatureResult:
    """Write ``request.source`` with one more signature to ``request.partial``.

    ``sign_digest`` is called once, ``request_timestamp`` once from B-T on and a second time for B-LTA, after
    everything that can be refused was checked and written; what they raise comes out of here, and the partial file is
    then worthless.  B-LT and B-LTA need ``proof_source``; what cannot be proven leaves the level lower and says why.
    The signature value is not checked here but by the application (``bdsigner.signing.check``).

    Raises ``DocumentError``, ``SigningError``, ``CertificateError``, ``StorageError``, ``ProfileError`` (emblem), and
    ``NetworkError`` ``NETWORK_BAD_ANSWER`` for a useless timestamp.
    """
    template = cms_template(request.certificate, request.chain, request.mechanism)
    token_room = TOKEN_BYTES_MAX if request.level.has_timestamp else 0
    contents_bytes = template.size_bytes(timestamp_token_bytes=token_room)
    with opened_partial(request.partial) as output:
        running = copy_source(request, output)
        with storage_errors(request.partial):  # reading our copy back
            increment = build_increment(parseable(output), request, contents_bytes=contents_bytes)
        start = _append(request, output, increment)
        digest = _finish_hash(running, increment)
        signed = _sign(request, template, digest, sign_digest, request_timestamp)
        with storage_errors(request.partial):
            output.seek(start + increment.contents_start + 1)
            output.write(signed.cms.hex().encode())
            output.flush()
        reached = _raise_level(request, output, increment.field, signed, proof_source, request_timestamp)
        size = output.seek(0, 2)
    return SignatureResult(
        field=increment.field,
        level=reached.level if reached is not None else signed.level,
        missing=reached.missing if reached is not None else _missing(request, signed),
        missing_of=reached.missing_of if reached is not None else "",
        timestamp_time=signed.timestamp_time,
        size_bytes=size,
    )


def _missing(request: SignatureRequest, signed: _Signed) -> Shortfall | None:
    return None if signed.level.reaches(request.level) else Shortfall.TIMESTAMP


def _raise_level(
    request: SignatureRequest,
    output: BinaryIO,
    field: str,
    signed: _Signed,
    proof_source: "ProofSource | None",
    request_timestamp: RequestTimestamp,
) -> "Reached | None":
    """B-LT and B-LTA; ``None`` when they are not wanted, or the signature has no timestamp to build on."""
    if proof_source is None or not request.level.has_proofs or signed.level is not SignatureLevel.B_T:
        return None
    from bdsigner.signing.long_term import Reached, raise_level  # here: path validation costs what B-T need not pay

    signed_bytes = output.seek(0, 2)
    try:
        return raise_level(
            output,
            source=request.source,
            partial=request.partial,
            level=request.level,
            proof_source=proof_source,
            request_timestamp=request_timestamp,
            needed={field},
        )
    except DocumentError as error:  # odd structure around the signature: what the token made is not thrown away for it
        log.warning("no proofs added: %s", error)
        with storage_errors(request.partial):
            output.truncate(signed_bytes)
        return Reached(level=SignatureLevel.B_T, missing=Shortfall.DOCUMENT)


def _append(request: SignatureRequest, output: BinaryIO, increment: Increment) -> int:
    """Write the update with its room still empty: a full disk shows before the token is asked."""
    with storage_errors(request.partial):
        start = output.seek(0, 2)
        output.write(increment.data)
        output.flush()
    return start


def _finish_hash(running: RunningHash, increment: Increment) -> bytes:
    with memoryview(increment.data) as data:
        running.update(data[: increment.contents_start])
        running.update(data[increment.contents_end :])
    return running.digest()


def _sign(
    request: SignatureRequest,
    template: CmsTemplate,
    document_digest: bytes,
    sign_digest: SignDigest,
    request_timestamp: RequestTimestamp,
) -> _Signed:
    attributes = template.signed_attributes(document_digest)
    signature = sign_digest(hashlib.sha256(attributes).digest())
    without = _Signed(template.signed_data(attributes, signature), SignatureLevel.B_B, None)
    if request.level is SignatureLevel.B_B:
        return without
    timestamp_request = build_request(signature)
    untrusted_response = request_timestamp(timestamp_request)
    if untrusted_response is None:
        return without
    timestamp = check_response(timestamp_request, untrusted_response)
    if len(timestamp.token) > TOKEN_BYTES_MAX:
        raise SigningError(ErrorCode.SIGNING_TIMESTAMP_TOO_LARGE, size=len(timestamp.token))
    cms = template.signed_data(attributes, signature, timestamp.token)
    return _Signed(cms, SignatureLevel.B_T, timestamp.time)
