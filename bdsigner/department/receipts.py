"""What the department says of a request: read strictly, and what it moves.  Pure (Điều 6 khoản 3, Điều 7 khoản 2)."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from bdsigner.department.requests import changed, moved
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.request import Proof, Receipt, Request, RequestState

SCHEMA = "bdsigner.receipt/1"
MAX_RECEIPT_BYTES = 64 << 10
"""Its texts are at most some ten thousand bytes long, its files are beside it."""
_YEARS = range(2000, 2200)
"""Beyond, moments cannot be told in every zone."""
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that change how the text beside them is shown, or are no text."""
_RANKS: Mapping[RequestState, int] = {
    RequestState.RECEIVED: 1,
    RequestState.IN_PROGRESS: 2,
    RequestState.DONE: 3,
    RequestState.REFUSED: 3,
}


class _ReceiptJson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal["bdsigner.receipt/1"]
    request: Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", max_length=36)]
    state: Literal["da-tiep-nhan", "dang-xu-ly", "xong", "tu-choi"]
    at: Annotated[datetime, Meta(tz=True)]
    reference: Annotated[str, Meta(max_length=100)] = ""
    reason: Annotated[str, Meta(max_length=2000)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSlip:
    """A receipt as it says; whose it is is not known from it."""

    request: str
    """Id of the request that it speaks of."""
    state: RequestState
    at: datetime
    reference: str
    reason: str


def parse_receipt(untrusted: bytes, *, file: str) -> ReceiptSlip:
    """Read the JSON of a receipt (docs/department-api.md).

    ``file`` is the name that the error bears.  Raises ``RequestError`` REQUEST_RECEIPT_CONTENT.
    """
    if len(untrusted) > MAX_RECEIPT_BYTES:
        raise _bad(file, "too large")
    try:
        read = msgspec.json.decode(untrusted, type=_ReceiptJson)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(file, type(error).__name__) from error
    if read.at.year not in _YEARS:
        raise _bad(file, "at")
    for name, text in (("reference", read.reference), ("reason", read.reason)):
        if any(unicodedata.category(one) in _UNSAFE for one in text):
            raise _bad(file, f"{name}: control characters")
    return ReceiptSlip(
        request=read.request,
        state=RequestState(read.state),
        at=read.at,
        reference=read.reference,
        reason=read.reason,
    )


def check_was_sent(request: Request) -> None:
    """Only what was sent, or perhaps was, is answered.  Raises ``RequestError`` REQUEST_RECEIPT_OTHER."""
    if request.state in (RequestState.DRAFT, RequestState.SIGNED, RequestState.QUEUED, RequestState.WITHDRAWN):
        raise RequestError(ErrorCode.REQUEST_RECEIPT_OTHER, request=request.id)


def is_news(request: Request, slip: ReceiptSlip, *, sha256: str, proof: Proof, is_answer: bool) -> bool:
    """Whether it is worth keeping: other bytes, and from a server that is asked again and again another statement."""
    return not any(
        one.file.sha256 == sha256
        or (
            is_answer
            and (one.proof, one.state, one.reference, one.reason) == (proof, slip.state, slip.reference, slip.reason)
        )
        for one in request.receipts
    )


def apply(request: Request, receipt: Receipt, *, at: datetime) -> Request:
    """The request with the receipt, and where that says more than was known, in its state.

    A late one, or one that contradicts an end, is kept and moves nothing; the same bytes twice change nothing.  Raises
    ``RequestError`` REQUEST_RECEIPT_OTHER.
    """
    check_was_sent(request)
    if any(one.file.sha256 == receipt.file.sha256 for one in request.receipts):
        return request
    kept = replace(request, receipts=(*request.receipts, receipt), reference=request.reference or receipt.reference)
    if request.state.is_over or _RANKS[receipt.state] < _RANKS.get(request.state, 0):
        return changed(kept, at=at)
    return replace(
        moved(kept, receipt.state, at=at, channel=request.channel),
        reference=receipt.reference or request.reference,
        reason=receipt.reason,
        next_attempt=None,
    )


def closed_by_revocation(request: Request, revoked_at: datetime | None, *, at: datetime) -> Request:
    """What was asked for has happened, whoever saw to it (Đ7.2b).  The request is not over."""
    done = moved(request, RequestState.DONE, at=at)
    return replace(done, revoked_at=revoked_at, next_attempt=None)


def _bad(file: str, reason: str) -> RequestError:
    return RequestError(ErrorCode.REQUEST_RECEIPT_CONTENT, file=file, reason=reason)
