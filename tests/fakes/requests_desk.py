"""What a face can ask for of requests: filled in for real, signed and sent as the test says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bdsigner.app.requests import Requests
from bdsigner.department.requests import changed, moved
from bdsigner.errors import BdsignerError
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, RequestChannel
from bdsigner.model.request import KeptFile, RaisedAlarm, Request, RequestState
from bdsigner.ports import Interaction, Progress, Services
from bdsigner.usecases.request_changes import change_found
from bdsigner.usecases.token_logins import TokenLogins

MAIL = RequestChannel(
    id="thu",
    name="Thư điện tử công vụ",
    kind=ChannelKind.MAIL,
    to="so@binhduong.gov.vn",
    server=MailServer(host="mail.binhduong.gov.vn", port=465, security=MailSecurity.TLS),
)
HAND = RequestChannel(id="nop", name="Nộp trực tiếp", kind=ChannelKind.FILE)


class FakeRequests(Requests):
    """``outcomes`` are what sending comes to, one after the other; the last one goes on for ever."""

    def __init__(self, services: Services, logins: TokenLogins, channels: tuple[RequestChannel, ...] = (MAIL, HAND)):
        super().__init__(services, logins)
        self.offered = channels
        self.outcomes: list[Callable[[Request], Request]] = [self.arrived]
        self.asked: list[str] = []
        """Names of what was asked for, with what matters of it."""
        self.due: list[Request] = []
        """What the next ``send_due`` changes."""
        self.raised: list[RaisedAlarm] = []
        self.passwords: list[tuple[str, str, str]] = []
        self.has_keyring = True
        self.refusal: BdsignerError | None = None
        """Of signing, attaching, sending or taking."""

    @property
    def channels(self) -> tuple[RequestChannel, ...]:
        return self.offered

    def sign(
        self,
        request_id: str,
        *,
        serial: str,
        key_id: str,
        is_manager: bool = False,
        send_from: str = "",
        interaction: Interaction,
        progress: Progress,
    ) -> Request:
        del key_id, interaction, progress
        self._ask(f"sign {serial} {is_manager} {send_from}")
        return self._change(request_id, lambda one: self._signed(one, fields=("NguoiKhai",)))

    def attach_signed(self, request_id: str, path: Path) -> Request:
        self._ask(f"attach {path.name}")
        return self._change(request_id, lambda one: self._signed(one, fields=()))

    def queue(self, request_id: str, *, send_from: str = "") -> Request:
        self._ask(f"queue {send_from}")
        return self._change(
            request_id,
            lambda one: replace(
                moved(one, RequestState.QUEUED, at=self._now), sender=send_from, next_attempt=self._now, channel="thu"
            ),
        )

    def send_now(
        self,
        request_id: str,
        *,
        serial: str = "",
        key_id: str = "",
        interaction: Interaction | None = None,
        progress: Progress,
    ) -> Request:
        del key_id, interaction, progress
        self._ask(f"send {serial}".strip())
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return self._change(request_id, outcome)

    def send_due(self, *, progress: Progress) -> tuple[Request, ...]:
        del progress
        self._ask("due")
        due, self.due = tuple(self.due), []
        return due

    def follow(self, *, progress: Progress) -> tuple[Request, ...]:
        del progress
        self._ask("follow")
        return ()

    def save_for_hand(self, request_id: str, target: Path) -> Request:
        self._ask("hand")
        target.write_bytes(b"PK")
        return self._change(request_id, lambda one: replace(moved(one, RequestState.SENT, at=self._now), channel="nop"))

    def keep_password(self, channel_id: str, user: str, password: str) -> bool:
        self.passwords.append((channel_id, user, password))
        return self.has_keyring

    def take_receipt(self, path: Path) -> Request:
        self._ask(f"receipt {path.name}")
        sent = next(one for one in self.all() if one.state.waits_for_department)
        return self._change(
            sent.id, lambda one: replace(moved(one, RequestState.RECEIVED, at=self._now), reference="SO-12/2026")
        )

    def alarms(self) -> tuple[RaisedAlarm, ...]:
        return tuple(self.raised)

    def acknowledge_alarm(self, request_id: str) -> Request:
        self.raised = [one for one in self.raised if one.request.id != request_id]
        return self._change(request_id, lambda one: replace(changed(one, at=self._now), is_alarm_acknowledged=True))

    # What sending comes to

    def arrived(self, request: Request) -> Request:
        """It is there."""
        sent = moved(moved(request, RequestState.SENDING, at=self._now), RequestState.SENT, at=self._now)
        return replace(sent, sent_at=self._now, next_attempt=None, revision=request.revision + 1)

    def failed(self, error: BdsignerError, *, is_retried: bool) -> Callable[[Request], Request]:
        """It did not leave."""

        def outcome(request: Request) -> Request:
            after = moved(request, RequestState.QUEUED, at=self._now, channel="thu", error=error)
            return replace(after, next_attempt=self._now + timedelta(minutes=1) if is_retried else None)

        return outcome

    def _signed(self, request: Request, *, fields: tuple[str, ...]) -> Request:
        document = KeptFile(name="giay-de-nghi.pdf", sha256="0" * 64, size_bytes=1_234)
        return replace(moved(request, RequestState.SIGNED, at=self._now), document=document, signed_fields=fields)

    def _change(self, request_id: str, work: Callable[[Request], Request]) -> Request:
        return change_found(request_id, self._services.requests, work)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.refusal is not None:
            refusal, self.refusal = self.refusal, None
            raise refusal

    @property
    def _now(self) -> datetime:
        return self._services.clock.now()
