"""Requests, channels and attempts as values, for tests of what moves them."""

from datetime import UTC, datetime

from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, RequestChannel
from bdsigner.model.request import Arrival, Attempt, KeptFile, Move, Request, RequestState

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ID = "6f1c2a9e-7f0b-4a57-9c55-0d8f4e1c2b3a"

HTTPS = RequestChannel(id="cong", name="Cổng", kind=ChannelKind.HTTPS, url="https://tiepnhan.example/api")
MAIL = RequestChannel(
    id="thu",
    name="Thư công vụ",
    kind=ChannelKind.MAIL,
    to="so@binhduong.gov.vn",
    server=MailServer(host="mail.example", port=465, security=MailSecurity.TLS),
)
HAND = RequestChannel(id="tay", name="Nộp trực tiếp", kind=ChannelKind.FILE)
KINDS = frozenset({ChannelKind.HTTPS, ChannelKind.MAIL})

ARRIVED = Attempt(arrival=Arrival.ARRIVED)
BUSY = Attempt(
    arrival=Arrival.NOT_ARRIVED,
    error=RequestError(ErrorCode.REQUEST_SERVER_BUSY, server="tiepnhan.example", status=503),
)
REFUSED = Attempt(
    arrival=Arrival.NOT_ARRIVED,
    error=RequestError(ErrorCode.REQUEST_SERVER_REFUSED, server="tiepnhan.example", status=400, reason="no"),
    may_retry=False,
)
UNCLEAR = Attempt(
    arrival=Arrival.UNCERTAIN,
    error=RequestError(ErrorCode.REQUEST_ARRIVAL_UNKNOWN, server="tiepnhan.example", reason="reset"),
)


def kept(name: str = "don.pdf", number: int = 0) -> KeptFile:
    return KeptFile(name=name, sha256=f"{number:064x}", size_bytes=1)


def request_in(state: RequestState, *, case: RequestCase = RequestCase.LOST, **fields: object) -> Request:
    """One in a state, as if it had come there by the usual way."""
    usual = {
        RequestState.DRAFT: (),
        RequestState.SIGNED: (RequestState.SIGNED,),
        RequestState.QUEUED: (RequestState.SIGNED, RequestState.QUEUED),
        RequestState.WITHDRAWN: (RequestState.WITHDRAWN,),
    }
    sent = (RequestState.SIGNED, RequestState.QUEUED, RequestState.SENDING)
    states = usual.get(state, sent if state is RequestState.SENDING else (*sent, state))
    values: dict[str, object] = {
        "id": ID,
        "case": case,
        "form": "mau-04",
        "form_version": 1,
        "created_at": NOW,
        "changed_at": NOW,
        "state": state,
        "document": kept(),
        "machine_copy": kept("request.json"),
        "message": kept("thu.eml"),
        "history": tuple(Move(at=NOW, state=one) for one in states),
        "revision": len(states),
    }
    return Request(**{**values, **fields})  # type: ignore[arg-type]
