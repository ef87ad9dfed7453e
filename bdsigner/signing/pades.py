"""A PAdES baseline signature, B-B or B-T, on one file (ETSI EN 319 142-1).  Runs in a document child.

Order: copy and hash in one pass → incremental update with room for the CMS → digest → token → timestamp → CMS into its
room.  Nothing is written that was not hashed, the source is opened for reading only, and memory does not grow with the
file.  Imports stay at ``pyhanko.pdf_utils``: ``pyhanko.sign`` costs another 0.4 s (aiohttp, the validator) in every
cold process.  CMS and placeholder are our own: docs/decisions/003-own-cms-and-placeholder.md.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.signature import SignatureLevel, SignatureRequest, SignatureResult
from bdsigner.ports import RequestTimestamp, SignDigest
from bdsigner.signing.cms import CmsTemplate, cms_template
from bdsigner.signing.increment import Increment, build_increment
from bdsigner.signing.source import RunningHash, copy_source, opened_partial, parseable, storage_errors
from bdsigner.signing.timestamp import build_request, check_response

TIMESTAMP_TOKEN_BYTES_MAX = 16 * 1024
"""Room for the timestamp token: 1.5–10 KiB were seen, the upper end with the authority's whole chain."""


@dataclass(frozen=True, slots=True)
class _Signed:
    cms: bytes
    level: SignatureLevel
    timestamp_time: datetime | None


def sign_document(
    request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
) -> SignatureResult:
    """Write ``request.source`` with one more signature to ``request.partial``.

    ``sign_digest`` and ``request_timestamp`` (level B-T only) are called once each, after everything that can be
    refused was checked and written; what they raise comes out of here, and the partial file is then worthless.  The
    signature value is not checked here but by the application (``bdsigner.signing.check``).

    Raises ``DocumentError``, ``SigningError``, ``CertificateError``, ``StorageError``, ``ProfileError`` (emblem), and
    ``NetworkError`` ``NETWORK_BAD_ANSWER`` for a useless timestamp.
    """
    template = cms_template(request.certificate, request.chain, request.mechanism)
    token_room = TIMESTAMP_TOKEN_BYTES_MAX if request.level is SignatureLevel.B_T else 0
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
    return SignatureResult(
        field=increment.field,
        level=signed.level,
        timestamp_time=signed.timestamp_time,
        size_bytes=start + len(increment.data),
    )


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
    if len(timestamp.token) > TIMESTAMP_TOKEN_BYTES_MAX:
        raise SigningError(ErrorCode.SIGNING_TIMESTAMP_TOO_LARGE, size=len(timestamp.token))
    cms = template.signed_data(attributes, signature, timestamp.token)
    return _Signed(cms, SignatureLevel.B_T, timestamp.time)
