"""Sending: written down first, never by two ways, nothing left behind, whatever channels and people do."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec

from bdsigner.department.requests import ATTEMPTS_A_CHANNEL, LONGEST_PAUSE, changed, pause
from bdsigner.errors import ErrorCode, NetworkError, RequestError, StorageError, TokenError, UserCancelled
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import Arrival, Attempt, Proof, Request, RequestState
from bdsigner.ports import Consignment, SignChallenge
from bdsigner.usecases import send_requests
from bdsigner.usecases.request_changes import change_found
from bdsigner.usecases.sign_challenge import MARK, MAX_CHALLENGE_BYTES
from tests.department.requests_made import ARRIVED, BUSY, HAND, HTTPS, MAIL, NOW, REFUSED, UNCLEAR
from tests.fakes.people import FakePerson
from tests.fakes.requests import FakeDelivery
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.usecases.outbox import Outbox, receipt_json

S = RequestState
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path)


def test_it_is_written_down_before_the_first_byte_leaves(outbox: Outbox) -> None:
    request = outbox.queued()
    kept: list[Request] = []
    outbox.https.on_send = lambda sent: kept.append(outbox.store.requests[sent.request_id])
    (after,) = outbox.send()
    assert [(one.state, one.channel) for one in kept] == [(S.SENDING, "cong")]
    assert (after.state, after.sent_at, after.channel) == (S.SENT, NOW, "cong")
    assert outbox.now(request) == after
    assert outbox.send() == ()
    assert len(outbox.https.sent) == 1


def test_each_channel_gets_what_it_needs(outbox: Outbox) -> None:
    outbox.https.attempts.appendleft(REFUSED)
    request = outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.channel, after.problem) == (S.SENT, "thu", "")
    (by_https,), (by_mail,) = outbox.https.sent, outbox.mail.sent
    assert (by_https.sender, by_https.message) == ("", None)
    assert by_mail.sender == request.sender
    assert by_mail.message is not None
    assert by_mail.message.read_bytes() == b"From: a\r\n"
    assert by_mail.attachments["decision"].read_bytes() == b"%PDF 2"
    assert by_mail.request_id == by_https.request_id == request.id


def test_lost_devices_first_then_the_oldest(outbox: Outbox) -> None:
    kinds = [RequestCase.ENROLMENT, RequestCase.LOST, RequestCase.PIN_LOCKED, RequestCase.LOST]
    made = []
    for case in kinds:
        made.append(outbox.queued(case=case))
        outbox.clock.pass_(seconds=1)
    outbox.send()
    assert [one.request_id for one in outbox.https.sent] == [made[number].id for number in (1, 3, 0, 2)]


def test_the_answer_is_the_receipt(outbox: Outbox) -> None:
    request = outbox.queued()
    outbox.https.attempts[0] = replace(ARRIVED, answer=receipt_json(request))
    (after,) = outbox.send()
    assert (after.state, after.reference, outbox.states(request)[-2:]) == (S.RECEIVED, "123/TN", [S.SENT, S.RECEIVED])
    (receipt,) = after.receipts
    assert receipt.proof is Proof.CONNECTION
    assert outbox.store.path(request.id, receipt.file).read_bytes() == receipt_json(request)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"{}", ErrorCode.REQUEST_SERVER_ANSWER),
        (b"<html>", ErrorCode.REQUEST_SERVER_ANSWER),
        (receipt_json("6f1c2a9e-7f0b-4a57-9c55-0d8f4e1c2b3a"), ErrorCode.REQUEST_SERVER_ANSWER),
        (b"0\x80" * 9, ErrorCode.REQUEST_SERVER_ANSWER),
    ],
)
def test_an_answer_that_is_nonsense_does_not_undo_the_arrival(outbox: Outbox, answer: bytes, code: ErrorCode) -> None:
    request = outbox.queued()
    outbox.https.attempts[0] = replace(ARRIVED, answer=answer)
    (after,) = outbox.send()
    assert (after.state, after.problem, after.receipts) == (S.SENT, code.value, ())
    assert after.problem_facts["server"] == "tiepnhan.example"
    outbox.clock.pass_(days=2)
    assert outbox.send() == ()
    assert len(outbox.https.sent) == 1
    assert outbox.now(request) == after


def test_a_failure_waits_longer_each_time_and_then_takes_the_next_channel(outbox: Outbox) -> None:
    outbox.https.attempts[0] = BUSY
    request = outbox.queued()
    for number in range(1, ATTEMPTS_A_CHANNEL):
        (after,) = outbox.send()
        assert (after.state, after.attempts, after.problem) == (S.QUEUED, number, ErrorCode.REQUEST_SERVER_BUSY.value)
        outbox.clock.pass_(seconds=pause(number).total_seconds() - 1)
        assert outbox.send() == ()
        outbox.clock.pass_(seconds=1)
    (after,) = outbox.send()
    assert (after.state, after.channel, len(outbox.https.sent)) == (S.SENT, "thu", ATTEMPTS_A_CHANNEL)
    assert outbox.now(request) == after


def test_no_channel_at_all_is_for_a_person(outbox: Outbox) -> None:
    outbox.services = replace(
        outbox.services,
        profile=replace(outbox.services.profile, requests=replace(outbox.services.profile.requests, channels=(HAND,))),
    )
    outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.problem, after.next_attempt) == (S.QUEUED, ErrorCode.REQUEST_NO_CHANNEL.value, None)
    assert outbox.send() == ()


def test_refused_everywhere_waits_for_a_person_who_begins_at_the_first(outbox: Outbox) -> None:
    outbox.https.attempts[0] = outbox.mail.attempts[0] = REFUSED
    request = outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.next_attempt, after.problem) == (S.QUEUED, None, ErrorCode.REQUEST_SERVER_REFUSED.value)
    outbox.clock.pass_(days=9)
    assert outbox.send() == ()
    outbox.https.attempts[0] = ARRIVED
    assert outbox.send_now(request).channel == "cong"
    assert (len(outbox.https.sent), len(outbox.mail.sent)) == (2, 1)


def test_uncertain_asks_first_and_sends_again_on_the_same_channel_only(outbox: Outbox) -> None:
    outbox.https.attempts[0] = UNCLEAR
    request = outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.sent_at) == (S.UNCERTAIN, NOW)
    outbox.https.attempts[0] = REFUSED
    outbox.clock.pass_(minutes=1)
    (after,) = outbox.send()
    assert (after.state, after.next_attempt, outbox.mail.sent) == (S.UNCERTAIN, None, [])
    outbox.https.answers[request.id] = receipt_json(request, S.IN_PROGRESS)
    after = outbox.send_now(request)
    assert (after.state, len(outbox.https.sent)) == (S.IN_PROGRESS, 2)


@pytest.mark.parametrize("answer", [b"{}", receipt_json("6f1c2a9e-7f0b-4a57-9c55-0d8f4e1c2b3a"), b"\x00"])
def test_what_the_server_says_of_another_is_no_reason_not_to_send(outbox: Outbox, answer: bytes) -> None:
    outbox.https.attempts[0] = UNCLEAR
    request = outbox.queued()
    outbox.send()
    outbox.https.answers[request.id] = answer
    outbox.https.attempts[0] = ARRIVED
    assert outbox.send_now(request).state is S.SENT


class _Asked(FakeDelivery):
    error: Exception

    def status(self, request_id: str, channel: RequestChannel, **_: object) -> bytes | None:  # type: ignore[override]
        raise self.error


def test_a_server_that_cannot_be_asked_gets_it_again(tmp_path: Path) -> None:
    https = _Asked(UNCLEAR, ARRIVED)
    https.error = NetworkError(ErrorCode.NETWORK_UNREACHABLE, url="https://tiepnhan.example")
    outbox = Outbox(tmp_path, https=https)
    request = outbox.queued()
    outbox.send()
    https.error = UserCancelled()
    with pytest.raises(UserCancelled):
        outbox.send_now(request)
    assert outbox.now(request).state is S.UNCERTAIN
    https.error = RequestError(ErrorCode.REQUEST_LOGIN_NEEDED, server="tiepnhan.example")
    assert outbox.send_now(request).state is S.SENT


def test_a_mail_that_is_uncertain_is_sent_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, channels=(MAIL, HTTPS), mail=FakeDelivery(UNCLEAR, ARRIVED))
    request = outbox.queued()
    outbox.send()
    outbox.clock.pass_(minutes=1)
    outbox.send()
    assert (outbox.now(request).state, len(outbox.mail.sent), outbox.https.sent) == (S.SENT, 2, [])


class _KilledError(BaseException):
    """Nothing of the program runs any more."""


def test_whoever_sends_next_takes_over_what_was_left(outbox: Outbox) -> None:
    request, other = outbox.queued(), outbox.queued(case=RequestCase.LEFT)

    def dies(sent: Consignment) -> None:
        raise _KilledError

    outbox.https.on_send = dies
    with pytest.raises(_KilledError):
        outbox.send()
    assert outbox.now(request).state is S.SENDING
    outbox.https.on_send = lambda sent: None
    outbox.https.attempts[0] = BUSY
    outbox.send()
    assert outbox.states(request) == [S.QUEUED, S.SENDING, S.UNCERTAIN, S.SENDING, S.UNCERTAIN]
    left = outbox.now(request).history[2]
    assert (left.code, left.channel) == (ErrorCode.REQUEST_ARRIVAL_UNKNOWN.value, "cong")
    assert outbox.states(other) == [S.QUEUED, S.SENDING, S.QUEUED]


def test_what_was_left_on_a_channel_that_is_gone_waits_for_a_person(outbox: Outbox) -> None:
    request = outbox.queued(state=S.SENDING, channel="cu")
    (after,) = outbox.send()
    assert (after.state, after.problem, after.next_attempt) == (S.UNCERTAIN, ErrorCode.REQUEST_NO_CHANNEL.value, None)
    assert outbox.now(request) == after
    assert not outbox.https.sent
    assert not outbox.mail.sent


def test_a_fault_of_ours_is_told_and_holds_nobody_up(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    first, second = outbox.queued(), outbox.queued(case=RequestCase.LEFT)

    def fault(sent: Consignment) -> None:
        if sent.request_id == first.id:
            raise ZeroDivisionError("anh.ntp@binhduong.gov.vn")

    outbox.https.on_send = fault
    with caplog.at_level(logging.INFO), pytest.raises(ZeroDivisionError):
        outbox.send()
    after = outbox.now(first)
    assert (after.state, after.next_attempt) == (S.UNCERTAIN, NOW + pause(1))
    assert after.problem_facts["reason"] == "ZeroDivisionError"
    assert "ZeroDivisionError" in caplog.text
    assert "@" not in caplog.text
    (after,) = outbox.send()
    assert (after.id, after.state) == (second.id, S.SENT)


def test_cancelled_before_anything_left_is_due_again(outbox: Outbox) -> None:
    request = outbox.queued()

    def stops(sent: Consignment) -> None:
        raise UserCancelled

    outbox.https.on_send = stops
    with pytest.raises(UserCancelled):
        outbox.send()
    assert outbox.states(request) == [S.QUEUED, S.SENDING, S.QUEUED]
    outbox.https.on_send = lambda sent: None
    (after,) = outbox.send()
    assert (after.state, after.attempts) == (S.SENT, 1)


def test_it_stops_between_two(outbox: Outbox) -> None:
    requests = [outbox.queued() for _ in range(3)]

    def stop(sent: Consignment) -> None:
        outbox.progress.is_stopped = True

    outbox.https.on_send = stop
    with pytest.raises(UserCancelled):
        outbox.send()
    assert sorted(outbox.now(one).state for one in requests) == [S.QUEUED, S.QUEUED, S.SENT]


def test_a_kept_file_that_was_changed_is_not_sent_and_holds_nobody_up(outbox: Outbox) -> None:
    broken, whole = outbox.queued(), outbox.queued(case=RequestCase.LEFT)
    (outbox.folder / broken.id / "don.pdf").write_bytes(b"other")
    outbox.send()
    after = outbox.now(broken)
    assert (after.state, after.problem, after.attempts) == (S.QUEUED, ErrorCode.STORAGE_OUTBOX.value, 1)
    assert after.next_attempt == NOW + pause(1)
    assert [one.request_id for one in outbox.https.sent] == [whole.id]
    without = outbox.queued(document=None)
    outbox.send()
    assert outbox.now(without).problem == ErrorCode.STORAGE_OUTBOX.value


def test_a_disk_that_takes_nothing_ends_the_round_before_anything_leaves(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.queued(), outbox.queued()

    def full(before: Request, after: Request) -> bool:
        raise StorageError(ErrorCode.STORAGE_FULL)

    monkeypatch.setattr(outbox.store, "replace", full)
    with pytest.raises(StorageError):
        outbox.send()
    assert not outbox.https.sent


def test_another_window_is_quicker(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It withdraws one and acknowledges an alarm of the other, just before each is begun."""
    withdrawn, alarmed = outbox.queued(), outbox.queued(case=RequestCase.LEFT)
    replace_really = outbox.store.replace

    def meanwhile(before: Request, after: Request) -> bool:
        if after.state is S.SENDING and after.attempts == 1 and before.revision == 0:
            other = changed(before, at=NOW)
            other = (
                replace(other, state=S.WITHDRAWN)
                if before.id == withdrawn.id
                else replace(other, is_alarm_acknowledged=True)
            )
            assert replace_really(before, other)
        return replace_really(before, after)

    monkeypatch.setattr(outbox.store, "replace", meanwhile)
    outbox.send()
    assert outbox.now(withdrawn).state is S.WITHDRAWN
    assert (outbox.now(alarmed).state, outbox.now(alarmed).is_alarm_acknowledged) == (S.QUEUED, True)
    outbox.send()
    assert (outbox.now(alarmed).state, outbox.now(alarmed).is_alarm_acknowledged) == (S.SENT, True)
    assert [one.request_id for one in outbox.https.sent] == [alarmed.id]


def test_one_that_is_gone_holds_nobody_up(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, other = outbox.queued(), outbox.queued(case=RequestCase.LEFT)
    replace_really = outbox.store.replace

    def meanwhile(before: Request, after: Request) -> bool:
        if before.id == gone.id:
            outbox.store.remove(gone)
        return replace_really(before, after)

    monkeypatch.setattr(outbox.store, "replace", meanwhile)
    assert [one.id for one in outbox.send()] == [other.id]


def test_what_is_changed_while_it_is_sent_is_not_undone(outbox: Outbox) -> None:
    """A receipt comes by another way, and an alarm is acknowledged, while the bytes leave."""
    request = outbox.queued()

    def other_window(sent: Consignment) -> None:
        change_found(
            sent.request_id,
            outbox.store,
            lambda one: replace(changed(one, at=NOW), state=S.DONE, is_alarm_acknowledged=True),
        )

    outbox.https.on_send = other_window
    outbox.https.attempts[0] = replace(ARRIVED, answer=receipt_json(request))
    (after,) = outbox.send()
    assert (after.state, after.is_alarm_acknowledged, len(after.receipts)) == (S.DONE, True, 1)


@pytest.mark.parametrize(
    ("step", "is_sent"), [(timedelta(days=-400), True), (timedelta(days=400), True), (timedelta(seconds=-30), False)]
)
def test_a_clock_that_is_set_keeps_nothing_waiting(outbox: Outbox, step: timedelta, is_sent: bool) -> None:
    outbox.https.attempts[0] = BUSY
    outbox.queued()
    outbox.send()
    outbox.https.attempts[0] = ARRIVED
    outbox.clock.time += step
    assert bool(outbox.send()) is is_sent
    outbox.clock.time += LONGEST_PAUSE
    outbox.send()
    assert len(outbox.https.sent) == 2


def test_one_process_sends(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_requests, "PATIENCE_SECONDS", 0.25)
    request = outbox.queued()
    with outbox.store.sending() as is_mine:
        assert is_mine
        assert outbox.send() == ()
        with pytest.raises(RequestError) as refused:
            outbox.send_now(request)
        assert (refused.value.code, refused.value.facts["state"]) == (ErrorCode.REQUEST_STATE, S.SENDING.value)
        outbox.progress.is_stopped = True
        with pytest.raises(UserCancelled):
            outbox.send_now(request)
    assert outbox.now(request) == request


def test_a_person_waits_a_little_for_the_other_process(outbox: Outbox) -> None:
    request, may_end, result = outbox.queued(), threading.Event(), list[Request]()
    is_sending = threading.Event()

    def slow(sent: Consignment) -> None:
        is_sending.set()
        assert may_end.wait(10)

    outbox.https.on_send = slow
    other = threading.Thread(target=outbox.send)
    other.start()
    assert is_sending.wait(10)
    person = threading.Thread(target=lambda: result.append(outbox.send_now(request)))
    person.start()
    may_end.set()
    other.join()
    person.join()
    assert [one.state for one in result] == [S.SENT]
    assert len(outbox.https.sent) == 1


@pytest.mark.parametrize("state", [S.DRAFT, S.SIGNED, S.DONE, S.REFUSED, S.WITHDRAWN])
def test_only_what_is_queued_is_sent_now(outbox: Outbox, state: RequestState) -> None:
    request = outbox.queued(state=state)
    with pytest.raises(RequestError) as refused:
        outbox.send_now(request)
    assert (refused.value.code, refused.value.facts["state"]) == (ErrorCode.REQUEST_STATE, state.value)
    with pytest.raises(RequestError):
        outbox.send_now(replace(request, id="other"))


def test_nothing_is_sent_where_there_is_no_outbox(outbox: Outbox) -> None:
    from bdsigner.ports import NoRequestStore

    outbox.services = replace(outbox.services, requests=NoRequestStore())
    assert outbox.send() == ()
    assert outbox.follow() == ()


# Logging in with the token (Đ13.3)


class Gate(FakeDelivery):
    """Asks for a signature over a challenge first."""

    def __init__(self, *, challenge: bytes = MARK + b"nonce") -> None:
        super().__init__()
        self.challenge = challenge
        self.signed: list[bytes] = []

    def send(
        self,
        consignment: Consignment,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Attempt:
        if login is None:
            error = RequestError(ErrorCode.REQUEST_LOGIN_NEEDED, server="tiepnhan.example")
            return Attempt(arrival=Arrival.NOT_ARRIVED, error=error, may_retry=False)
        self.signed.append(login(self.challenge))
        return super().send(consignment, channel)


@pytest.fixture
def gated(tmp_path: Path) -> Outbox:
    gate = replace(HTTPS, has_login=True)
    outbox = Outbox(tmp_path, channels=(gate,), https=Gate())
    outbox.services = replace(outbox.services, tokens=FakeTokenGateway(FakeToken(keys={"01": KEY})))
    return outbox


def test_the_challenge_is_signed_inside_a_cms_for_one_pin(gated: Outbox) -> None:
    request = gated.queued()
    (stuck,) = gated.send()
    assert (stuck.problem, stuck.next_attempt) == (ErrorCode.REQUEST_LOGIN_NEEDED.value, None)
    person = FakePerson()
    assert gated.send_now(request, serial="0123456789", key_id="01", person=person).state is S.SENT
    (asked,) = person.pin_requests
    assert [one.name for one in asked.files] == ["don.pdf"]
    assert isinstance(gated.https, Gate)
    (signed,) = gated.https.signed
    content = cms.ContentInfo.load(signed, strict=True)["content"]
    assert content["encap_content_info"]["content"].native == MARK + b"nonce"


def test_a_wrong_pin_is_told_and_nothing_was_sent(gated: Outbox) -> None:
    request = gated.queued()
    with pytest.raises(TokenError) as refused:
        gated.send_now(request, serial="0123456789", key_id="01", person=FakePerson(pin="000000"))
    assert refused.value.code is ErrorCode.TOKEN_PIN_INCORRECT
    assert gated.states(request) == [S.QUEUED, S.SENDING, S.QUEUED]
    assert gated.now(request).next_attempt == NOW
    with pytest.raises(TokenError):
        gated.send_now(request, serial="unknown", key_id="01", person=FakePerson())


def test_what_may_be_a_document_is_not_signed(gated: Outbox) -> None:
    assert isinstance(gated.https, Gate)
    request, person = gated.queued(), FakePerson()
    for challenge in (b"%PDF-1.7", MARK[:-1], MARK + bytes(MAX_CHALLENGE_BYTES)):
        gated.https.challenge = challenge
        with pytest.raises(RequestError) as refused:
            gated.send_now(request, serial="0123456789", key_id="01", person=person)
        assert refused.value.code is ErrorCode.REQUEST_LOGIN_REFUSED
    assert not person.pin_requests


def test_one_login_a_sending(gated: Outbox) -> None:
    """What may have arrived is sent again rather than asked for: that would cost a PIN as well."""
    assert isinstance(gated.https, Gate)
    gated.https.attempts.appendleft(UNCLEAR)
    request, person = gated.queued(), FakePerson()
    for state in (S.UNCERTAIN, S.SENT):
        assert gated.send_now(request, serial="0123456789", key_id="01", person=person).state is state
    assert len(person.pin_requests) == 2
