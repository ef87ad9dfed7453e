"""What a face can do with requests to the department: fill in, sign, send, follow."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.device import RequestCase
    from bdsigner.model.form import Attachment, FilledForm, FilledRequest
    from bdsigner.model.profile import RequestChannel
    from bdsigner.model.request import Asked, Decision, Happening, RaisedAlarm, Recovery, Request, RequestView
    from bdsigner.ports import Interaction, Progress, Services
    from bdsigner.usecases.token_logins import TokenLogins


class Requests:
    """Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services", logins: "TokenLogins") -> None:
        self._services = services
        self._logins = logins

    # Filling in

    def decide(
        self, happening: "Happening", *, is_device_safe: bool | None = None, is_still_authorised: bool | None = None
    ) -> "Decision | Asked":
        """See ``department.triage``."""
        from bdsigner.department.triage import decide

        return decide(happening, is_device_safe=is_device_safe, is_still_authorised=is_still_authorised)

    def needs_safe_device(self, case: "RequestCase") -> bool:
        """See ``department.cases``."""
        from bdsigner.department.cases import needs_safe_device

        return needs_safe_device(case)

    def fill(
        self,
        case: "RequestCase",
        *,
        serial: str = "",
        form: str = "",
        typed: Mapping[str, str] | None = None,
        rows: Sequence[Mapping[str, str]] = (),
        files: Mapping[str, Path] | None = None,
    ) -> "FilledRequest":
        """See ``usecases.fill_request``."""
        from bdsigner.usecases.fill_request import fill_request

        return fill_request(case, self._services, serial=serial, form=form, typed=typed, rows=rows, files=files)

    def papers(self, form: "FilledForm") -> "tuple[Attachment, ...]":
        """The papers that go with a form filled in like that."""
        from bdsigner.department.checking import attachments

        return attachments(form.template, form.case, form.values)

    def begin(
        self,
        case: "RequestCase",
        *,
        serial: str = "",
        form: str = "",
        typed: Mapping[str, str] | None = None,
        rows: Sequence[Mapping[str, str]] = (),
        files: Mapping[str, Path] | None = None,
    ) -> "RequestView":
        """See ``usecases.begin_request``."""
        from bdsigner.usecases.begin_request import begin_request

        return begin_request(case, self._services, serial=serial, form=form, typed=typed, rows=rows, files=files)

    def change(
        self,
        request_id: str,
        *,
        typed: Mapping[str, str] | None = None,
        rows: Sequence[Mapping[str, str]] | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> "RequestView":
        """See ``usecases.begin_request``."""
        from bdsigner.usecases.begin_request import change_request

        return change_request(request_id, self._services, typed=typed, rows=rows, files=files)

    def view(self, request_id: str) -> "RequestView":
        """A request with its form.  Raises ``RequestError`` REQUEST_NOT_FOUND."""
        from bdsigner.usecases.begin_request import view_request

        return view_request(request_id, self._services)

    def all(self) -> "tuple[Request, ...]":
        """All requests, the newest first.  Raises ``StorageError``."""
        return self._services.requests.all()

    def print(self, request_id: str, target: Path) -> int:
        """Save the form, or what was signed of it, as a file of its own; returns its pages."""
        from bdsigner.usecases.begin_request import save_document

        return save_document(request_id, target, self._services)

    def withdraw(self, request_id: str) -> None:
        """See ``usecases.begin_request``."""
        from bdsigner.usecases.begin_request import withdraw_request

        withdraw_request(request_id, self._services)

    def forget_typed(self) -> None:
        """Offer nothing any more of what was typed into earlier forms; requests keep what is in them."""
        self._services.typed_values.forget()

    # Signing

    def sign(
        self,
        request_id: str,
        *,
        serial: str,
        key_id: str,
        is_manager: bool = False,
        send_from: str = "",
        interaction: "Interaction",
        progress: "Progress",
    ) -> "Request":
        """See ``usecases.sign_request``."""
        from bdsigner.usecases.sign_request import sign_request

        return sign_request(
            request_id,
            self._services,
            logins=self._logins,
            serial=serial,
            key_id=key_id,
            is_manager=is_manager,
            send_from=send_from,
            interaction=interaction,
            progress=progress,
        )

    def attach_signed(self, request_id: str, path: Path) -> "Request":
        """See ``usecases.attach_signed``."""
        from bdsigner.usecases.attach_signed import attach_signed

        return attach_signed(request_id, path, self._services)

    # Sending

    @property
    def channels(self) -> "tuple[RequestChannel, ...]":
        """Ways to the department, in the order of the profile."""
        return self._services.profile.requests.channels

    def queue(self, request_id: str, *, send_from: str = "") -> "Request":
        """See ``usecases.queue_request``."""
        from bdsigner.usecases.queue_request import queue_request

        return queue_request(request_id, self._services, send_from=send_from)

    def send_due(self, *, progress: "Progress") -> "tuple[Request, ...]":
        """Send what is due; returns those that changed.  See ``usecases.send_requests``."""
        from bdsigner.usecases.send_requests import send_due

        return send_due(self._services, progress=progress)

    def send_now(
        self,
        request_id: str,
        *,
        serial: str = "",
        key_id: str = "",
        interaction: "Interaction | None" = None,
        progress: "Progress",
    ) -> "Request":
        """Send one, due or not; with a key where the department asks for a login.  See ``usecases.send_requests``."""
        from bdsigner.usecases.send_requests import send_now

        return send_now(
            request_id,
            self._services,
            logins=self._logins,
            serial=serial,
            key_id=key_id,
            interaction=interaction,
            progress=progress,
        )

    def save_for_hand(self, request_id: str, target: Path) -> "Request":
        """Save it as one ZIP to hand over.  See ``usecases.queue_request``."""
        from bdsigner.usecases.queue_request import save_for_hand

        return save_for_hand(request_id, target, self._services)

    def keep_password(self, channel_id: str, user: str, password: str) -> bool:
        """Keep a mailbox's password in the system's keyring; false where there is none that takes it."""
        from bdsigner.storage.credentials import MAIL, keep_password

        channel = next(one for one in self.channels if one.id == channel_id and one.server is not None)
        return channel.server is not None and keep_password(channel.server.host, user, password, service=MAIL)

    # Following

    def follow(self, *, progress: "Progress") -> "tuple[Request, ...]":
        """Ask how those stand that were sent; returns those that changed.  See ``usecases.follow_requests``."""
        from bdsigner.usecases.follow_requests import follow

        return follow(self._services, progress=progress)

    def take_receipt(self, path: Path) -> "Request":
        """Take a receipt from a file.  See ``usecases.follow_requests``."""
        from bdsigner.usecases.follow_requests import take_receipt

        return take_receipt(path, self._services)

    def alarms(self) -> "tuple[RaisedAlarm, ...]":
        """What a person must be told now.  See ``usecases.follow_requests``."""
        from bdsigner.usecases.follow_requests import alarms

        return alarms(self._services)

    def acknowledge_alarm(self, request_id: str) -> "Request":
        """The person calls."""
        from bdsigner.usecases.follow_requests import acknowledge_alarm

        return acknowledge_alarm(request_id, self._services)

    def recovery(self) -> "Recovery | None":
        """What was found damaged when the outbox was opened."""
        return self._services.requests.recovery()

    def acknowledge_recovery(self) -> None:
        """The person has read it."""
        self._services.requests.acknowledge_recovery()
