"""Whether an answer is the department's, and what it moves (Đ13.2, regulation.md §16.5)."""

import hashlib
import logging
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bdsigner.department.attempts import server_name
from bdsigner.department.receipts import ReceiptSlip, apply, check_was_sent, is_news, parse_receipt
from bdsigner.errors import DocumentError, ErrorCode, RequestError
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import Proof, Receipt, Request
from bdsigner.model.verification import FileKind
from bdsigner.ports import Services
from bdsigner.usecases.request_changes import change_found
from bdsigner.verification.authorship import authorship, read_signed

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 8 << 20
"""A mail with a receipt may bring papers along."""
_NAME = "phieu-tra-loi"
_SUFFIXES = {FileKind.CMS: ".p7m", FileKind.MAIL: ".eml", FileKind.PDF: ".pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedReceipt:
    """An answer that is the department's."""

    slip: ReceiptSlip
    content: bytes
    """As it came."""
    sha256: str
    """Of ``content``."""
    name: str
    """To keep it under."""
    proof: Proof
    signer: str = ""
    is_answer: bool = False
    """It came from the department's server, which is asked again and again."""


def judge_file(path: Path, services: Services) -> JudgedReceipt:
    """A CMS or a signed mail that a person has.

    Raises ``RequestError`` REQUEST_RECEIPT_SIGNATURE, REQUEST_RECEIPT_SIGNER, REQUEST_RECEIPT_CONTENT;
    ``DocumentError`` when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path), reason=error.strerror or "") from error
    return _judge_signed(content, path.name, services)


def judge_answer(untrusted: bytes, server: str, services: Services) -> JudgedReceipt:
    """What came over the connection that the department's certificate secures: bare, or signed as well.

    Something that is signed counts by its signature alone.  Raises as ``judge_file``.
    """
    if untrusted.lstrip()[:1] != b"{":
        return replace(_judge_signed(untrusted, server, services), is_answer=True)
    slip = parse_receipt(untrusted, file=server)
    return JudgedReceipt(
        slip=slip,
        content=untrusted,
        sha256=hashlib.sha256(untrusted).hexdigest(),
        name=f"{_NAME}.json",
        proof=Proof.CONNECTION,
        is_answer=True,
    )


def take(judged: JudgedReceipt, services: Services) -> Request:
    """Keep a receipt with its request and move that; one that is there already changes nothing.

    Raises ``RequestError`` REQUEST_RECEIPT_OTHER, ``StorageError``.
    """
    store, slip = services.requests, judged.slip
    request = store.get(slip.request)
    if request is None:
        raise RequestError(ErrorCode.REQUEST_RECEIPT_OTHER, request=slip.request)
    check_was_sent(request)
    if not is_news(request, slip, sha256=judged.sha256, proof=judged.proof, is_answer=judged.is_answer):
        return request
    receipt = Receipt(
        file=store.keep(request.id, judged.name, judged.content),
        proof=judged.proof,
        signer=judged.signer,
        state=slip.state,
        at=slip.at,
        reference=slip.reference,
        reason=slip.reason,
    )
    after = change_found(request.id, store, lambda found: apply(found, receipt, at=services.clock.now()))
    log.info("request %s: receipt %s by %s, now %s", request.id, slip.state, judged.proof, after.state)
    return after


def take_answer(request_id: str, untrusted: bytes, channel: RequestChannel, services: Services) -> Request:
    """Take what the department's server said of one request.  Raises as ``judge_file`` and ``take``."""
    judged = judge_answer(untrusted, server_name(channel), services)
    if judged.slip.request != request_id:
        raise RequestError(ErrorCode.REQUEST_RECEIPT_OTHER, request=judged.slip.request)
    return take(judged, services)


def _judge_signed(content: bytes, file: str, services: Services) -> JudgedReceipt:
    """The bytes are judged in a folder of our own: what is kept is what was judged, whatever becomes of the file."""
    if len(content) > MAX_FILE_BYTES:
        raise RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason="too large")
    with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, _NAME)
        path.write_bytes(content)
        try:
            report = services.documents.verify(path)
            found = authorship(report, services.profile.requests.receipt_signers)
            if found.is_by_another:
                raise RequestError(ErrorCode.REQUEST_RECEIPT_SIGNER, file=file, signer=found.signer or "?")
            if not found.is_sound:
                raise RequestError(ErrorCode.REQUEST_RECEIPT_SIGNATURE, file=file)
            if report.content is not None and report.content.size_bytes > MAX_FILE_BYTES:  # it may be compressed
                raise RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason="too large inside")
            signed = read_signed(path, report, services.documents)
        except DocumentError as error:
            raise RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason=error.code.value) from error
    if signed is None:
        raise RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason="nothing inside")
    return JudgedReceipt(
        slip=parse_receipt(_json_in(signed, file), file=file),
        content=content,
        sha256=report.sha256,
        name=_NAME + _SUFFIXES[report.kind],
        proof=Proof.SIGNATURE,
        signer=found.signer,
    )


def _json_in(signed: bytes, file: str) -> bytes:
    """The receipt itself, or the only part of a mail that can be one.  The department has signed all of it."""
    if signed.lstrip()[:1] == b"{":
        return signed
    import email.policy  # here: with few receipts only

    mail = email.message_from_bytes(signed, policy=email.policy.compat32)
    parts = [one for one in mail.walk() if not one.is_multipart()]
    found = [one for one in parts if one.get_content_type() == "application/json"] or parts
    content = found[0].get_payload(decode=True) if len(found) == 1 else None
    if not isinstance(content, bytes):
        raise RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason=f"{len(found)} parts")
    return content
