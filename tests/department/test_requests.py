"""How a request may move, and when it is tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bdsigner.department.requests import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOVES,
    changed,
    is_due,
    may_have_arrived,
    moved,
    pause,
)
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.request import Move, Request, RequestState
from tests.department.requests_made import BUSY, NOW, request_in

S = RequestState


class Life(RuleBasedStateMachine):
    """A request is moved about at will: allowed or refused, never half."""

    @initialize(start=st.sampled_from([S.DRAFT, S.SIGNED, S.QUEUED]))
    def begin(self, start: RequestState) -> None:
        self.request = request_in(start)
        self.was = [self.request]
        self.at = NOW

    @rule(
        state=st.sampled_from(S),
        seconds=st.integers(-(10**6), 10**6),
        fails=st.booleans(),
        channel=st.sampled_from(["", "thu", "cong"]),
    )
    def move(self, state: RequestState, seconds: int, fails: bool, channel: str) -> None:
        at, before, error = self.at + timedelta(seconds=seconds), self.request, BUSY.error if fails else None
        if state not in MOVES[before.state] or (state is S.QUEUED and may_have_arrived(before)):
            with pytest.raises(RequestError) as refused:
                moved(before, state, at=at, channel=channel, error=error)
            assert refused.value.code is ErrorCode.REQUEST_STATE
            assert refused.value.facts == {"request": before.id, "state": before.state.value}
            return
        self.request = moved(before, state, at=at, channel=channel, error=error)
        code = ErrorCode.REQUEST_SERVER_BUSY.value if fails else ""
        assert self.request.history == (*before.history, Move(at=at, state=state, channel=channel, code=code))
        assert (self.request.problem, bool(self.request.problem_facts)) == (code, fails)
        self.was.append(self.request)

    @rule(number=st.integers(0, 20))
    def move_on(self, number: int) -> None:
        """Where the other rule is refused most of the time."""
        allowed = sorted(MOVES[self.request.state])
        if allowed:
            self.move(state=allowed[number % len(allowed)], seconds=1, fails=False, channel="")

    @rule()
    def change(self) -> None:
        self.request = changed(self.request, at=self.at)
        self.was.append(self.request)

    @invariant()
    def revisions_grow_by_one(self) -> None:
        first = self.was[0].revision
        assert [one.revision for one in self.was] == list(range(first, first + len(self.was)))

    @invariant()
    def nothing_leaves_an_end(self) -> None:
        states = [one.state for one in self.was]
        ends = [number for number, one in enumerate(states) if one.is_over]
        assert not ends or set(states[ends[0] :]) == {states[ends[0]]}

    @invariant()
    def the_log_tells_the_state(self) -> None:
        assert self.request.state is (self.request.history[-1].state if self.request.history else S.DRAFT)
        assert all(
            after.history[: len(one.history)] == one.history for one, after in zip(self.was, self.was[1:], strict=False)
        )

    @invariant()
    def what_may_have_arrived_is_never_free_again(self) -> None:
        may = [may_have_arrived(one) for one in self.was]
        assert may == sorted(may)
        assert not any(
            one.state in (S.QUEUED, S.WITHDRAWN) for one, arrived in zip(self.was, may, strict=True) if arrived
        )


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(S)
    assert {one for one in S if not MOVES[one]} == {one for one in S if one.is_over}
    reachable = {S.DRAFT}
    while (more := reachable | {to for one in reachable for to in MOVES[one]}) != reachable:
        reachable = more
    assert reachable == set(S)


def test_a_copy_that_said_sending_may_have_arrived() -> None:
    """As the outbox makes it of a file beside it: no entry of its own in the log."""
    recovered = replace(request_in(S.SENDING), state=S.UNCERTAIN)
    assert may_have_arrived(recovered)
    again = moved(recovered, S.SENDING, at=NOW)
    with pytest.raises(RequestError):
        moved(again, S.QUEUED, at=NOW)


def test_one_that_certainly_did_not_arrive_is_free() -> None:
    back = moved(request_in(S.SENDING), S.QUEUED, at=NOW)
    assert not may_have_arrived(back)
    assert moved(back, S.WITHDRAWN, at=NOW).state is S.WITHDRAWN


@given(attempts=st.integers(-5, 10_000))
def test_pauses_grow_within_bounds(attempts: int) -> None:
    assert FIRST_PAUSE <= pause(attempts) <= pause(attempts + 1) <= LONGEST_PAUSE
    assert pause(1) == FIRST_PAUSE


@given(
    state=st.sampled_from(S),
    attempts=st.integers(0, 40),
    step=st.timedeltas(min_value=-timedelta(days=4000), max_value=timedelta(days=4000)),
)
def test_no_clock_keeps_a_request_waiting_longer_than_the_longest_pause(
    state: RequestState, attempts: int, step: timedelta
) -> None:
    """The clock was wrong when the pause was written, or is now, or was put right: ``step`` lies between."""
    request = replace(request_in(state), next_attempt=NOW + pause(attempts))
    now = NOW + step
    if not state.waits_for_sending or timedelta() <= step < pause(attempts):
        assert not is_due(request, now)
    else:
        assert is_due(request, now) or is_due(request, now + LONGEST_PAUSE)


def test_what_waits_for_a_person_is_never_due() -> None:
    waiting: Request = request_in(S.QUEUED, next_attempt=None)
    assert not is_due(waiting, NOW + timedelta(days=4000))
