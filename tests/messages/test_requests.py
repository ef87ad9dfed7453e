"""How far a request is and what to do next, in words that name no machine values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.department.requests import moved
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.messages.errors import describe
from bdsigner.messages.requests import (
    describe_alarm,
    describe_move,
    describe_problem,
    describe_receipt,
    describe_recovery,
    known_state,
    next_step,
    state_name,
)
from bdsigner.messages.times import show_time
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import (
    Alarm,
    KeptFile,
    Move,
    Proof,
    RaisedAlarm,
    Receipt,
    Recovery,
    Request,
    RequestState,
)

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
REQUEST = Request(
    id="0f7c",
    case=RequestCase.LOST,
    form="mau-04",
    form_version=1,
    subject="NGUYỄN ÁNH",
    created_at=NOW,
    changed_at=NOW,
)
MAIL = RequestChannel(id="thu", name="Thư công vụ", kind=ChannelKind.MAIL)


def test_every_state_has_a_name_of_its_own_and_a_next_step() -> None:
    names = [state_name(state) for state in RequestState]
    assert len(set(names)) == len(RequestState)
    assert all(next_step(replace(REQUEST, state=state)).endswith(".") for state in RequestState)
    assert known_state("da-ky") == state_name(RequestState.SIGNED)
    assert known_state("of-a-later-version") == "…"


def test_a_refused_move_names_the_state_in_words() -> None:
    with pytest.raises(RequestError) as caught:
        moved(replace(REQUEST, state=RequestState.DONE), RequestState.SIGNED, at=NOW)
    assert "“xong”" in describe(caught.value).sentence


def test_what_waits_says_when_it_is_tried_again_or_what_a_person_must_do() -> None:
    failed = RequestError(ErrorCode.REQUEST_NO_PASSWORD, server="thu.example", user="anh")
    waiting = replace(REQUEST, state=RequestState.QUEUED, next_attempt=NOW + timedelta(minutes=2))
    assert describe_problem(waiting) is None
    troubled = replace(waiting, problem=failed.code.value, problem_facts=dict(failed.facts))
    problem = describe_problem(troubled)
    assert problem is not None
    assert "thu.example" in problem.sentence
    assert show_time(NOW + timedelta(minutes=2)) in next_step(troubled)
    assert next_step(replace(troubled, next_attempt=None)) == problem.remedy
    assert describe_problem(replace(troubled, problem="code.of.a.later.version")) is None


@pytest.mark.parametrize("alarm", Alarm)
def test_an_alarm_names_whose_since_when_and_the_telephone(alarm: Alarm) -> None:
    sent = replace(REQUEST, sent_at=NOW + timedelta(hours=1))
    text = describe_alarm(RaisedAlarm(alarm=alarm, request=sent), "0274 3822 825")
    since = NOW if alarm is Alarm.NOT_SENT else NOW + timedelta(hours=1)
    assert "NGUYỄN ÁNH" in text
    assert show_time(since) in text
    assert "0274 3822 825" in text
    assert "Gọi ngay" in describe_alarm(RaisedAlarm(alarm=alarm, request=sent), "")


def test_a_receipt_says_what_proves_it() -> None:
    receipt = Receipt(
        file=KeptFile(name="a", sha256="", size_bytes=0),
        proof=Proof.SIGNATURE,
        signer="Sở TT&TT",
        state=RequestState.REFUSED,
        at=NOW,
        reason="thiếu bản sao quyết định",
    )
    assert "Sở TT&TT" in describe_receipt(receipt)
    assert "thiếu bản sao quyết định" in describe_receipt(receipt)
    assert "kết nối" in describe_receipt(replace(receipt, proof=Proof.CONNECTION))


def test_a_move_names_the_channel_and_why() -> None:
    line = describe_move(
        Move(at=NOW, state=RequestState.QUEUED, channel="thu", code=ErrorCode.REQUEST_SERVER_TIMEOUT.value), [MAIL]
    )
    assert line == f"{show_time(NOW)} · chờ gửi · Thư công vụ · Nơi nhận trả lời quá chậm"
    assert describe_move(Move(at=NOW, state=RequestState.DRAFT), []).endswith("· nháp")


def test_what_was_damaged_is_told_by_name() -> None:
    told = describe_recovery(
        Recovery(reason="x", recovered=("a", "b"), set_aside=(Path("requests.bad"),), unreadable=("0f7c",))
    )
    assert "0f7c" in told
    assert "requests.bad" in told
    assert "2 yêu cầu" in told
