"""How far one PIN reaches, what is counted and written down; the token is scripted, its signatures are real."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bdsigner.errors import BdsignerError, ErrorCode, TokenError, UserCancelled
from bdsigner.model.device import DeviceEventKind
from bdsigner.model.profile import PinPolicy, TokenPolicy
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import QuestionCode
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.confirmed_signatures import confirm_signatures
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson
from tests.fakes.token import FakeToken, FakeTokenGateway

KEY = ec.generate_private_key(ec.SECP256R1())
DIGEST = bytes(range(32))
FILES = [Path(f"công văn {number}.pdf") for number in (1, 2, 3)]


@dataclass
class FakeClock:
    time: datetime = datetime(2026, 11, 25, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@dataclass
class Desk:
    """A token, what is remembered of it, and a person before it."""

    policy: TokenPolicy = field(default_factory=TokenPolicy)
    token: FakeToken = field(default_factory=lambda: FakeToken(keys={"01": KEY}))
    memory: FakeMemory = field(default_factory=FakeMemory)
    person: FakePerson = field(default_factory=lambda: FakePerson(decision=True))
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.gateway = FakeTokenGateway(self.token)
        self.logins = TokenLogins(tokens=self.gateway, memory=self.memory, policy=self.policy, clock=self.clock)

    @property
    def signer(self) -> SignerIdentity:
        described = self.token.describe()
        certificate = parse_certificate(described.certificates[0].der)
        return SignerIdentity(token=described, key_id="01", certificate=certificate)

    def sign(self, files: list[Path] = FILES, *, between: Callable[[], object] = lambda: None) -> int:
        """Sign all; returns how many signatures were made."""
        made = 0
        with confirm_signatures(self.logins, self.signer, files, pages=7, interaction=self.person) as signatures:
            for file in files:
                signatures.sign(file, DIGEST)
                made += 1
                between()
        return made


def idle(seconds: float = 300) -> TokenPolicy:
    return TokenPolicy(pin=PinPolicy.IDLE, idle_seconds=seconds)


def test_one_pin_for_a_confirmed_batch() -> None:
    desk = Desk()
    assert desk.sign() == 3
    (request,) = desk.person.pin_requests
    assert (request.files, request.pages, request.number, request.total) == (tuple(FILES), 7, 1, 1)
    assert desk.memory.kinds == [DeviceEventKind.LOGIN, DeviceEventKind.USED, DeviceEventKind.LOGOUT]
    assert desk.memory.history[1].detail == "3"
    assert not any(desk.person.given[0])
    assert desk.logins.open_login is None


def test_one_pin_for_each_signature_where_the_policy_says_so() -> None:
    desk = Desk(TokenPolicy(pin=PinPolicy.SIGNATURE))
    assert desk.sign() == 3
    assert [(request.number, request.total) for request in desk.person.pin_requests] == [(1, 3), (2, 3), (3, 3)]
    assert [request.files for request in desk.person.pin_requests[1:]] == [(FILES[1],), (FILES[2],)]
    assert desk.token.logins == 3
    assert not any(any(pin) for pin in desk.person.given)


def test_a_key_that_wants_each_pin_is_announced_after_the_first_login_and_remembered() -> None:
    desk = Desk(token=FakeToken(keys={"01": KEY}, always_authenticate={"01"}))
    assert desk.sign() == 3
    (question,) = desk.person.questions
    assert question.code is QuestionCode.SIGN_WITH_PIN_FOR_EACH
    assert question.facts["count"] == 3
    assert len(desk.person.pin_requests) == 3
    desk.sign()
    assert len(desk.person.questions) == 1
    assert [request.total for request in desk.person.pin_requests[3:]] == [3, 3, 3]


def test_who_does_not_want_that_stops_before_anything_is_signed() -> None:
    desk = Desk(token=FakeToken(keys={"01": KEY}, always_authenticate={"01"}), person=FakePerson())
    with pytest.raises(UserCancelled):
        desk.sign()
    assert desk.token.signatures == 0
    assert desk.memory.kinds[-1] is DeviceEventKind.LOGOUT


def test_an_open_login_is_used_after_consent_and_without_a_pin() -> None:
    desk = Desk(idle())
    desk.sign()
    opened = desk.logins.open_login
    assert opened is not None
    assert opened.until == desk.clock.time + timedelta(seconds=300)
    desk.sign(FILES[:1])
    assert (len(desk.person.pin_requests), desk.token.logins, desk.token.signatures) == (1, 1, 4)
    (question,) = desk.person.questions
    assert question.code is QuestionCode.SIGN_WITH_OPEN_LOGIN
    assert (question.facts["count"], question.facts["file"]) == (1, FILES[0].name)


def test_without_consent_an_open_login_signs_nothing() -> None:
    desk = Desk(idle())
    desk.sign()
    desk.person.decision = False
    with pytest.raises(UserCancelled):
        desk.sign()
    assert desk.token.signatures == 3


@pytest.mark.parametrize("ending", ["overdue", "pulled", "released"])
def test_an_open_login_ends(ending: str) -> None:
    desk = Desk(idle(60))
    desk.sign()
    if ending == "overdue":
        desk.clock.time += timedelta(seconds=60)
        desk.logins.check()
    elif ending == "pulled":
        desk.token.is_present = False
        desk.logins.check()
    else:
        desk.logins.release()
    assert desk.logins.open_login is None
    assert desk.memory.kinds[-1] is DeviceEventKind.LOGOUT
    desk.token.is_present = True
    desk.sign()
    assert len(desk.person.pin_requests) == 2


def test_a_login_within_its_time_stays() -> None:
    desk = Desk(idle(60))
    desk.sign()
    desk.clock.time += timedelta(seconds=59)
    desk.logins.check()
    assert desk.logins.open_login is not None


def test_after_an_error_no_login_stays_open() -> None:
    desk = Desk(idle(), token=FakeToken(keys={"01": KEY}, sign_errors={2: ErrorCode.TOKEN_DRIVER_FAILED}))
    with pytest.raises(TokenError):
        desk.sign()
    assert desk.logins.open_login is None
    assert desk.memory.history[-2].detail == "1"


def test_wrong_pins_are_counted_here_and_forgotten_after_a_good_one() -> None:
    desk = Desk(person=FakePerson(pin="000000"))
    for misses in (0, 1):
        with pytest.raises(TokenError):
            desk.sign()
        assert desk.person.pin_requests[-1].misses_here == misses
    assert desk.memory.misses(desk.token.serial) == 2
    assert desk.memory.kinds == [DeviceEventKind.LOGIN_REFUSED] * 2
    assert desk.token.tries_left == 1  # each was tried once
    desk.person.pin = desk.token.pin
    desk.sign()
    assert desk.memory.misses(desk.token.serial) == 0


def test_the_last_miss_is_written_down_as_a_lock() -> None:
    desk = Desk(token=FakeToken(keys={"01": KEY}, tries_left=1), person=FakePerson(pin="000000"))
    with pytest.raises(TokenError):
        desk.sign()
    assert desk.memory.kinds == [DeviceEventKind.LOGIN_REFUSED, DeviceEventKind.LOCKED]


def test_an_unreadable_count_is_unknown_and_stops_nothing() -> None:
    desk = Desk(memory=FakeMemory(is_readable=False))
    desk.sign()
    assert desk.person.pin_requests[0].misses_here is None


def test_a_factory_pin_is_noticed_and_nothing_of_it_kept() -> None:
    desk = Desk(token=FakeToken(serial="AB", keys={"01": KEY}, pin="12345678"), person=FakePerson(pin="12345678"))
    desk.sign()
    assert desk.logins.factory_pins == {desk.token.serial}
    assert "12345678" not in repr([vars(desk.logins), desk.memory])


def test_pulled_between_two_files_the_rest_is_refused() -> None:
    desk = Desk()
    with pytest.raises(TokenError) as caught:
        desk.sign(between=lambda: setattr(desk.token, "is_present", False))
    assert caught.value.code is ErrorCode.TOKEN_REMOVED
    assert desk.token.signatures == 1


class Logins(RuleBasedStateMachine):
    """Whatever is done in whatever order: no signature without a PIN or consent in its confirmation, no second try."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(idle(60))
        self.wrong = 0

    @rule(count=st.integers(1, 3), consents=st.booleans())
    def sign(self, count: int, consents: bool) -> None:
        desk = self.desk
        desk.person.decision = consents
        asked, consented, made = len(desk.person.pin_requests), len(desk.person.questions), desk.token.signatures
        tries = desk.token.tries_left
        with contextlib.suppress(BdsignerError):
            desk.sign(FILES[:count])
        new_pins = len(desk.person.pin_requests) - asked
        new_questions = len(desk.person.questions) - consented
        if desk.token.signatures > made:
            assert new_pins == 1 or (new_questions == 1 and consents)
            assert desk.token.signatures - made <= count
        assert tries - desk.token.tries_left <= new_pins

    @rule(is_right=st.booleans())
    def learn_pin(self, is_right: bool) -> None:
        self.desk.person.pin = self.desk.token.pin if is_right else "000000"

    @rule()
    def pull(self) -> None:
        self.desk.token.is_present = False
        self.desk.logins.check()

    @rule()
    def put_back(self) -> None:
        self.desk.token.is_present = True

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.desk.clock.time += timedelta(seconds=seconds)
        self.desk.logins.check()

    @rule()
    def lock_screen(self) -> None:
        self.desk.logins.release()
        assert self.desk.logins.open_login is None

    @precondition(lambda self: self.desk.token.tries_left == 0)
    @rule()
    def unblock(self) -> None:
        self.desk.token.tries_left = self.desk.token.tries

    @invariant()
    def no_login_outlives_its_time_or_token(self) -> None:
        self.desk.logins.check()
        login = self.desk.logins.open_login
        assert login is None or (login.until > self.desk.clock.time and self.desk.token.is_present)

    @invariant()
    def every_pin_is_wiped(self) -> None:
        assert not any(any(pin) for pin in self.desk.person.given)


TestLogins = Logins.TestCase
TestLogins.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
