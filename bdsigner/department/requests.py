"""How a request may move, and when it is tried again.  Pure (Điều 6–8)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bdsigner.errors import BdsignerError, ErrorCode, Fact, RequestError
from bdsigner.model.request import Move, Request, RequestState

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
"""A revocation must not wait longer than that for a server that is back."""
ATTEMPTS_A_CHANNEL = 4
"""After so many failures that may pass the next channel is tried: some seven minutes."""

_S = RequestState
_ANSWERS = frozenset({_S.RECEIVED, _S.IN_PROGRESS, _S.DONE, _S.REFUSED})
MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    _S.DRAFT: frozenset({_S.SIGNED, _S.WITHDRAWN, _S.DONE}),
    _S.SIGNED: frozenset({_S.SIGNED, _S.QUEUED, _S.SENT, _S.WITHDRAWN, _S.DONE}),
    _S.QUEUED: frozenset({_S.QUEUED, _S.SENDING, _S.SENT, _S.WITHDRAWN, _S.DONE}),
    _S.SENDING: frozenset({_S.QUEUED, _S.UNCERTAIN, _S.SENT}) | _ANSWERS,
    _S.UNCERTAIN: frozenset({_S.UNCERTAIN, _S.SENDING, _S.SENT}) | _ANSWERS,
    _S.SENT: frozenset({_S.SENT}) | _ANSWERS,
    _S.RECEIVED: _ANSWERS,
    _S.IN_PROGRESS: _ANSWERS - {_S.RECEIVED},
    _S.DONE: frozenset(),
    _S.REFUSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""DONE comes from everywhere, as a revocation that was asked for by telephone is seen in the CRL; a move to the same state
is a second signature, another attempt that was put off, or the next receipt.  See ``may_have_arrived`` for what else SENDING
may not become."""


def moved(
    request: Request, state: RequestState, *, at: datetime, channel: str = "", error: BdsignerError | None = None
) -> Request:
    """The request in its next state, with the move in its log and the next revision.

    ``error`` is kept as its problem; without one it has none any more.  Raises ``RequestError`` REQUEST_STATE.
    """
    if state not in MOVES[request.state] or (state is _S.QUEUED and may_have_arrived(request)):
        raise RequestError(ErrorCode.REQUEST_STATE, request=request.id, state=request.state.value)
    facts: dict[str, Fact] = {} if error is None else dict(error.facts)
    code = "" if error is None else error.code.value
    return changed(
        replace(
            request,
            state=state,
            problem=code,
            problem_facts=facts,
            history=(*request.history, Move(at=at, state=state, channel=channel, code=code)),
        ),
        at=at,
    )


def changed(request: Request, *, at: datetime) -> Request:
    """The request with the next revision; for changes that are no move."""
    return replace(request, revision=request.revision + 1, changed_at=at)


def may_have_arrived(request: Request) -> bool:
    """Whether some attempt may have: from then on no other channel is right, whatever a later attempt says for certain.

    What a later one says is true of that one only; the earlier one may still lie in a queue of the server's.  A SENDING
    that nothing was said of is one, too: a recovered copy has no entry of its own.
    """
    states = [one.state for one in request.history]
    unsaid = any(one is _S.SENDING and after is not _S.QUEUED for one, after in pairwise(states))
    return unsaid or _S.UNCERTAIN in (request.state, *states)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, doubled each time, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(max(attempts, 1) - 1, 16)), LONGEST_PAUSE)


def is_due(request: Request, now: datetime) -> bool:
    """Whether it is sent now without being asked.

    A next attempt further away than the longest pause was written by a clock that was wrong: then it is due.
    """
    if not request.state.waits_for_sending or request.next_attempt is None:
        return False
    return not now < request.next_attempt <= now + LONGEST_PAUSE
