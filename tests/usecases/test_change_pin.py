"""Changing and unblocking PINs: what is refused before the card is touched, what is counted and written down."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bdsigner.errors import ErrorCode, TokenError, UserCancelled
from bdsigner.model.device import DeviceEventKind, RequestCase
from bdsigner.ports import PinPurpose, Services
from bdsigner.usecases.change_pin import change_pin, unblock_pin
from bdsigner.usecases.device_events import observe
from bdsigner.usecases.request_drafts import draft_request
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.documents import FakeDocumentGateway
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson
from tests.fakes.timestamper import NoTimestamper
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support.pki import CHAIRMAN, Training
from tests.usecases.test_token_logins import FakeClock

KEY = ec.generate_private_key(ec.SECP256R1())


class Desk:
    def __init__(self, training: Training, token: FakeToken) -> None:
        self.token = token
        self.memory = FakeMemory()
        self.person = FakePerson()
        self.services = Services(
            profile=training.profile,
            tokens=FakeTokenGateway(token),
            documents=FakeDocumentGateway(),
            timestamper=NoTimestamper(),
            outputs=None,  # type: ignore[arg-type]  # nothing is written here
            clock=FakeClock(),
            memory=self.memory,
        )
        self.logins = TokenLogins(
            tokens=self.services.tokens,
            memory=self.memory,
            policy=training.profile.token,
            clock=self.services.clock,
        )

    def change(self) -> None:
        change_pin(self.token.serial, self.services, logins=self.logins, interaction=self.person)

    def unblock(self) -> None:
        unblock_pin(self.token.serial, self.services, logins=self.logins, interaction=self.person)


@pytest.fixture
def desk(training: Training) -> Desk:
    return Desk(training, FakeToken(keys={"01": KEY}, certificates={"01": training.certificate(CHAIRMAN)}))


def test_a_pin_is_changed_and_everything_typed_wiped(desk: Desk) -> None:
    desk.change()
    assert desk.token.pin == "483920"
    (request,) = desk.person.new_pin_requests
    assert request.purpose is PinPurpose.CHANGE
    assert request.holder == "Nguyễn Hoàng Ánh"
    assert request.token_serial in request.personal_numbers
    assert not any(any(pin) for pin in desk.person.given)
    assert desk.memory.kinds == [DeviceEventKind.PIN_CHANGED]


@pytest.mark.parametrize("weak", ["123456", "111111", "12", "070378", "0123456789", "mậtkhẩu9"])
def test_a_weak_pin_never_reaches_the_card(desk: Desk, weak: str) -> None:
    desk.person.new_pin = weak
    with pytest.raises(TokenError) as caught:
        desk.change()
    assert caught.value.code is ErrorCode.TOKEN_NEW_PIN_WEAK
    assert weak not in str(caught.value)
    assert (desk.token.logins, desk.token.tries_left) == (0, 3)
    assert not any(any(pin) for pin in desk.person.given)


def test_a_wrong_old_pin_is_tried_once_and_counted(desk: Desk) -> None:
    desk.person.pin = "000000"
    with pytest.raises(TokenError) as caught:
        desk.change()
    assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
    assert desk.token.tries_left == 2
    assert desk.memory.misses(desk.token.serial) == 1


def test_a_locked_token_is_told_before_anything_is_asked(desk: Desk) -> None:
    desk.token.tries_left = 0
    with pytest.raises(TokenError) as caught:
        desk.change()
    assert caught.value.code is ErrorCode.TOKEN_PIN_LOCKED
    assert desk.person.new_pin_requests == []


def test_a_pin_pad_is_told_before_anything_is_asked(desk: Desk) -> None:
    desk.token.pin_pad = True
    for work in (desk.change, desk.unblock):
        with pytest.raises(TokenError) as caught:
            work()
        assert caught.value.code is ErrorCode.TOKEN_PIN_PAD_ONLY
    assert desk.person.new_pin_requests == []


def test_the_puk_unblocks_and_the_count_starts_anew(desk: Desk) -> None:
    desk.token.tries_left = 0
    desk.memory.counts[desk.token.serial] = 3
    desk.person.pin = desk.token.puk
    desk.unblock()
    assert (desk.token.pin, desk.token.tries_left) == ("483920", 3)
    assert desk.memory.misses(desk.token.serial) == 0
    assert desk.memory.kinds == [DeviceEventKind.PIN_UNBLOCKED]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"can_unblock": False}, ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED),
        ({"puk": "99999999"}, ErrorCode.TOKEN_PUK_INCORRECT),
        ({"puk_tries_left": 0}, ErrorCode.TOKEN_PUK_LOCKED),
    ],
)
def test_what_unblocking_can_end_in(desk: Desk, script: dict[str, object], code: ErrorCode) -> None:
    for name, value in script.items():
        setattr(desk.token, name, value)
    desk.person.pin = "87654321"
    with pytest.raises(TokenError) as caught:
        desk.unblock()
    assert caught.value.code is code
    assert not any(any(pin) for pin in desk.person.given)


def test_who_stops_has_changed_nothing(desk: Desk) -> None:
    desk.person.pin = ""
    with pytest.raises(UserCancelled):
        desk.change()
    assert desk.memory.history == []


def test_what_a_request_needs_is_known_without_the_token(desk: Desk, training: Training) -> None:
    observe((), [desk.token.describe()], desk.services)
    desk.token.is_present = False
    draft = draft_request(RequestCase.LOST, desk.token.serial, desk.services)
    certificate = training.x509(CHAIRMAN)
    assert draft.facts["full_name"] == "NGUYỄN HOÀNG ÁNH"
    assert draft.facts["cert_serial"] == f"{certificate.serial_number:X}"
    assert draft.facts["position"] == "Chủ tịch"
    assert draft.facts["email"] == "anhnh@binhduong.gov.vn"
    assert draft.facts["device_serial"] == desk.token.serial
    assert desk.memory.drafts() == (draft,)
    with pytest.raises(TokenError) as caught:
        draft_request(RequestCase.LOST, "chưa từng thấy", desk.services)
    assert caught.value.code is ErrorCode.TOKEN_NOT_FOUND


def test_tokens_that_come_and_go_are_written_down(desk: Desk) -> None:
    first = desk.token.describe()
    second = replace(first, serial="02CD", label="Khác")
    assert observe((), [first], desk.services).inserted == (first,)
    changes = observe([first], [second], desk.services)
    assert (changes.inserted, changes.removed) == ((second,), (first,))
    assert [(event.kind, event.serial) for event in desk.memory.history] == [
        (DeviceEventKind.INSERTED, first.serial),
        (DeviceEventKind.INSERTED, "02CD"),
        (DeviceEventKind.REMOVED, first.serial),
    ]
    assert {device.serial for device in desk.memory.devices()} == {first.serial, "02CD"}
