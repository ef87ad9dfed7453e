"""What an attempt to send makes of a request: tried again, on which channel, or left to a person.  Pure.

Until a first attempt is uncertain any channel may take it, one after the other; from then on only the same one, for ever
(``requests.may_have_arrived``): so no id arrives by two ways, and the server counts ids.
"""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from bdsigner.department.requests import ATTEMPTS_A_CHANNEL, LONGEST_PAUSE, changed, may_have_arrived, moved, pause
from bdsigner.errors import BdsignerError, ErrorCode, RequestError
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import Arrival, Attempt, Request, RequestState


def usable_channels(
    request: Request, channels: Sequence[RequestChannel], kinds: Container[ChannelKind]
) -> tuple[RequestChannel, ...]:
    """Those that can carry it without a person, in the order of the profile; ``kinds``: those that something delivers."""
    return tuple(
        one
        for one in channels
        if one.kind in kinds
        and one.kind is not ChannelKind.FILE
        and (one.kind is not ChannelKind.MAIL or request.message is not None)
    )


def channel_now(request: Request, usable: Sequence[RequestChannel]) -> RequestChannel | None:
    """The one to try; ``None``: there is none, or the profile no longer has the only one that may be tried."""
    current = next((one for one in usable if one.id == request.channel), None)
    if current is not None or may_have_arrived(request):
        return current
    return next(iter(usable), None)


def server_name(channel: RequestChannel) -> str:
    """The host that a channel leads to, for messages."""
    return channel.server.host if channel.server is not None else urlsplit(channel.url).netloc or channel.id


def begun(request: Request, channel: RequestChannel, *, at: datetime) -> Request:
    """To be kept before the first byte leaves.

    ``next_attempt`` and ``sent_at`` are what is right when nothing more is heard of this attempt.
    """
    attempts = request.attempts if request.channel == channel.id else 0
    sending = moved(request, RequestState.SENDING, at=at, channel=channel.id)
    return replace(sending, channel=channel.id, attempts=attempts + 1, next_attempt=at, sent_at=request.sent_at or at)


def left_over(request: Request, *, server: str, at: datetime) -> Request:
    """A SENDING whose sender did not live to say what came of it: due at once."""
    error = RequestError(ErrorCode.REQUEST_ARRIVAL_UNKNOWN, server=server, reason="interrupted")
    uncertain = moved(request, RequestState.UNCERTAIN, at=at, channel=request.channel, error=error)
    return replace(uncertain, next_attempt=at)


def ended(request: Request, attempt: Attempt, usable: Sequence[RequestChannel], *, at: datetime) -> Request:
    """After an attempt on ``request.channel``.  The request is SENDING."""
    match attempt.arrival:
        case Arrival.ARRIVED:
            sent = moved(request, RequestState.SENT, at=at, channel=request.channel)
            return replace(sent, next_attempt=None, may_pass=False, sent_at=at)
        case Arrival.UNCERTAIN:
            uncertain = moved(request, RequestState.UNCERTAIN, at=at, channel=request.channel, error=attempt.error)
            return replace(uncertain, next_attempt=at + pause(request.attempts))
        case Arrival.NOT_ARRIVED:
            return _put_off(_taken_back(request, at=at, error=attempt.error), attempt, usable, at=at)


def given_up(request: Request, *, at: datetime) -> Request:
    """Cancelled before anything left: as if it had not been begun, and due.  The request is SENDING."""
    return replace(_taken_back(request, at=at), attempts=request.attempts - 1, next_attempt=at)


def left_to_person(request: Request, error: BdsignerError, *, at: datetime) -> Request:
    """Not to be tried by itself until a person has done something."""
    return replace(moved(request, request.state, at=at, channel=request.channel, error=error), next_attempt=None)


def stalled(request: Request, error: BdsignerError, *, at: datetime) -> Request:
    """Could not even be begun, perhaps for a moment only; counts as an attempt."""
    waiting = moved(request, request.state, at=at, channel=request.channel, error=error)
    return replace(waiting, attempts=request.attempts + 1, next_attempt=at + pause(request.attempts + 1))


def arrived_with(request: Request, error: BdsignerError, *, at: datetime) -> Request:
    """It was taken, but what the server said to it is of no use; nothing else moves.  The request is SENT."""
    return moved(request, RequestState.SENT, at=at, channel=request.channel, error=error)


def made_due(request: Request, usable: Sequence[RequestChannel], *, at: datetime) -> Request:
    """A person says “now”: from the first channel on, unless only one is right.  Raises REQUEST_STATE."""
    if not request.state.waits_for_sending:
        raise RequestError(ErrorCode.REQUEST_STATE, request=request.id, state=request.state.value)
    due = replace(changed(request, at=at), next_attempt=at)
    if may_have_arrived(request) or not usable:
        return due
    return replace(due, channel=usable[0].id, attempts=0, may_pass=False)


def _taken_back(request: Request, *, at: datetime, error: BdsignerError | None = None) -> Request:
    """Nothing of this attempt arrived; of an earlier one something may have."""
    if may_have_arrived(request):
        return moved(request, RequestState.UNCERTAIN, at=at, channel=request.channel, error=error)
    return replace(moved(request, RequestState.QUEUED, at=at, channel=request.channel, error=error), sent_at=None)


def _put_off(request: Request, attempt: Attempt, usable: Sequence[RequestChannel], *, at: datetime) -> Request:
    same_later = replace(request, next_attempt=at + pause(request.attempts))
    if request.state is RequestState.UNCERTAIN:
        return same_later if attempt.may_retry else replace(request, next_attempt=None)
    if attempt.may_retry and (request.attempts < ATTEMPTS_A_CHANNEL or len(usable) == 1):
        return same_later
    ids = [one.id for one in usable]
    later = ids[ids.index(request.channel) + 1 :] if request.channel in ids else ids
    may_pass = request.may_pass or attempt.may_retry
    if later:
        return replace(request, channel=later[0], attempts=0, may_pass=may_pass, next_attempt=at)
    if may_pass:
        return replace(request, channel=ids[0], attempts=0, may_pass=False, next_attempt=at + LONGEST_PAUSE)
    return replace(request, next_attempt=None)
