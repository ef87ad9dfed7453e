"""What attempts make of a request: on which channel, when, and never by two ways."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.department.attempts import (
    begun,
    channel_now,
    ended,
    given_up,
    left_over,
    left_to_person,
    made_due,
    server_name,
    stalled,
    usable_channels,
)
from bdsigner.department.requests import ATTEMPTS_A_CHANNEL, LONGEST_PAUSE, is_due, pause
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import Arrival, Attempt, Request, RequestState
from tests.department.requests_made import (
    ARRIVED,
    BUSY,
    HAND,
    HTTPS,
    KINDS,
    MAIL,
    NOW,
    REFUSED,
    UNCLEAR,
    request_in,
)

S = RequestState
BOTH = (HTTPS, MAIL)


def attempted(request: Request, attempt: Attempt, usable: tuple[RequestChannel, ...] = BOTH) -> Request:
    channel = channel_now(request, usable)
    assert channel is not None
    return ended(begun(request, channel, at=NOW), attempt, usable, at=NOW)


def queued() -> Request:
    return request_in(S.QUEUED, next_attempt=NOW)


def test_only_what_can_carry_it_is_used() -> None:
    channels = (HAND, HTTPS, MAIL)
    assert usable_channels(queued(), channels, KINDS) == (HTTPS, MAIL)
    assert usable_channels(replace(queued(), message=None), channels, KINDS) == (HTTPS,)
    assert usable_channels(queued(), channels, {*KINDS, ChannelKind.FILE} - {ChannelKind.HTTPS}) == (MAIL,)
    assert (server_name(HTTPS), server_name(MAIL), server_name(HAND)) == ("tiepnhan.example", "mail.example", "tay")


def test_it_is_written_down_as_what_it_is_if_nothing_more_is_heard() -> None:
    sending = begun(queued(), HTTPS, at=NOW)
    assert (sending.state, sending.channel, sending.attempts) == (S.SENDING, "cong", 1)
    assert (sending.sent_at, sending.next_attempt) == (NOW, NOW)
    later = NOW + timedelta(days=1)
    left = left_over(sending, server="tiepnhan.example", at=later)
    assert (left.state, left.problem, left.sent_at) == (S.UNCERTAIN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN.value, NOW)
    assert is_due(left, later)


def test_arrived() -> None:
    sent = attempted(queued(), ARRIVED)
    assert (sent.state, sent.sent_at, sent.next_attempt, sent.problem) == (S.SENT, NOW, None, "")


def test_a_failure_that_may_pass_goes_round_the_channels_and_begins_anew() -> None:
    request, seen = queued(), []
    for _ in range(2 * ATTEMPTS_A_CHANNEL):
        request = attempted(request, BUSY)
        assert request.problem == ErrorCode.REQUEST_SERVER_BUSY.value
        assert request.sent_at is None
        assert request.next_attempt is not None
        seen.append((request.channel, request.next_attempt - NOW))
    pauses = [pause(number) for number in range(1, ATTEMPTS_A_CHANNEL)]
    on_first = [("cong", one) for one in pauses]
    on_second = [("thu", one) for one in pauses]
    assert seen == [*on_first, ("thu", timedelta()), *on_second, ("cong", LONGEST_PAUSE)]


def test_a_refusal_goes_to_the_next_channel_at_once_and_after_the_last_to_a_person() -> None:
    on_second = attempted(queued(), REFUSED)
    assert (on_second.channel, on_second.next_attempt, on_second.attempts) == ("thu", NOW, 0)
    stuck = attempted(on_second, REFUSED)
    assert (stuck.state, stuck.next_attempt, stuck.problem) == (S.QUEUED, None, ErrorCode.REQUEST_SERVER_REFUSED.value)


def test_one_channel_that_may_do_better_is_enough_to_begin_anew() -> None:
    request = queued()
    for _ in range(ATTEMPTS_A_CHANNEL):
        request = attempted(request, BUSY)
    again = attempted(request, REFUSED)
    assert (again.channel, again.next_attempt) == ("cong", NOW + LONGEST_PAUSE)
    for _ in range(2):
        again = attempted(again, REFUSED)
    assert again.next_attempt is None


def test_the_only_channel_is_tried_with_growing_pauses() -> None:
    request = queued()
    for number in range(1, 12):
        request = attempted(request, BUSY, (HTTPS,))
        assert request.next_attempt == NOW + pause(number)


def test_what_may_have_arrived_stays_on_its_channel_whatever_comes() -> None:
    unclear = attempted(queued(), UNCLEAR)
    assert (unclear.state, unclear.next_attempt, unclear.sent_at) == (S.UNCERTAIN, NOW + pause(1), NOW)
    busy = attempted(unclear, BUSY)
    assert (busy.state, busy.channel, busy.next_attempt) == (S.UNCERTAIN, "cong", NOW + pause(2))
    refused = attempted(busy, REFUSED)
    assert (refused.state, refused.channel, refused.next_attempt, refused.sent_at) == (S.UNCERTAIN, "cong", None, NOW)
    assert channel_now(refused, (MAIL,)) is None
    due = made_due(refused, BOTH, at=NOW)
    assert (due.channel, due.next_attempt) == ("cong", NOW)


def test_a_person_begins_at_the_first_channel() -> None:
    stuck = attempted(attempted(queued(), REFUSED), REFUSED)
    due = made_due(stuck, BOTH, at=NOW)
    assert (due.channel, due.attempts, due.next_attempt) == ("cong", 0, NOW)
    assert made_due(stuck, (), at=NOW).next_attempt == NOW
    for state in set(S) - {S.QUEUED, S.UNCERTAIN}:
        with pytest.raises(RequestError, match="state"):
            made_due(request_in(state), BOTH, at=NOW)


def test_given_up_is_as_if_it_had_not_been_begun() -> None:
    back = given_up(begun(queued(), HTTPS, at=NOW), at=NOW)
    assert (back.state, back.attempts, back.next_attempt, back.problem, back.sent_at) == (S.QUEUED, 0, NOW, "", None)
    unclear = attempted(queued(), UNCLEAR)
    back = given_up(begun(unclear, HTTPS, at=NOW), at=NOW)
    assert (back.state, back.attempts, back.next_attempt, back.sent_at) == (S.UNCERTAIN, 1, NOW, NOW)


def test_what_cannot_be_begun_is_told_and_waits() -> None:
    error = RequestError(ErrorCode.REQUEST_NO_CHANNEL)
    for request in (queued(), attempted(queued(), UNCLEAR)):
        left = left_to_person(request, error, at=NOW)
        assert (left.state, left.next_attempt, left.problem) == (request.state, None, error.code.value)
        put_off = stalled(request, error, at=NOW)
        assert (put_off.state, put_off.attempts) == (request.state, request.attempts + 1)
        assert put_off.next_attempt == NOW + pause(request.attempts + 1)


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(
        st.sampled_from([*Arrival, "killed", "cancelled", "now", "less", "more"]).flatmap(
            lambda one: st.tuples(st.just(one), st.booleans())
        ),
        max_size=40,
    )
)
def test_no_request_can_arrive_by_two_ways(steps: list[tuple[str, bool]]) -> None:
    """Whatever attempts come to, whoever is killed, and also when the profile's channels change in between."""
    request, usable = queued(), BOTH
    reached: set[str] = set()
    """Channels on which something may have arrived."""
    for step, may_retry in steps:
        if step in ("less", "more"):
            usable = BOTH if step == "more" else BOTH[:1] if may_retry else BOTH[1:]
            continue
        if step == "now":
            request = made_due(request, usable, at=NOW)
            continue
        channel = channel_now(request, usable)
        if channel is None:
            assert reached - {one.id for one in usable}
            continue
        sending = begun(request, channel, at=NOW)
        if step == "killed":
            reached.add(channel.id)
            request = left_over(sending, server="", at=NOW)
        elif step == "cancelled":
            request = given_up(sending, at=NOW)
        else:
            arrival = Arrival(step)
            if arrival is not Arrival.NOT_ARRIVED:
                reached.add(channel.id)
            error = None if arrival is Arrival.ARRIVED else BUSY.error
            request = ended(sending, Attempt(arrival=arrival, error=error, may_retry=may_retry), usable, at=NOW)
        assert len(reached) <= 1
        assert not reached or request.channel in reached
        if request.state is S.SENT:
            break
        assert request.state in (S.QUEUED, S.UNCERTAIN)
