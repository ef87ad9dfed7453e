"""Send what waits: written down before the first byte leaves, tried again, never by two ways (docs/decisions/020)."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bdsigner.department.attempts import (
    arrived_with,
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
from bdsigner.department.requests import is_due
from bdsigner.errors import (
    BdsignerError,
    ChildError,
    DocumentError,
    ErrorCode,
    NetworkError,
    RequestError,
    StorageError,
    UserCancelled,
)
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import Arrival, Attempt, Request, RequestState
from bdsigner.ports import Consignment, Interaction, Progress, Services
from bdsigner.usecases.request_changes import change_found, find_request
from bdsigner.usecases.request_receipts import take_answer
from bdsigner.usecases.sign_challenge import ChallengeSigner
from bdsigner.usecases.token_logins import TokenLogins

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
"""How long a person who wants to send now waits for another process that is sending."""
_POLL_SECONDS = 0.1


def send_due(services: Services, *, progress: Progress) -> tuple[Request, ...]:
    """Send what is due, lost devices first; returns those that changed.  Nothing while another process sends.

    What a request fails with is its ``problem``.  Raises ``StorageError``, which ends the round, and ``UserCancelled``
    between two requests or before anything of one has left.
    """
    with services.requests.sending() as is_mine:
        if not is_mine:
            return ()
        sender = _Sender(services, progress.is_cancelled)
        changed = {one.id: one for one in sender.take_over()}
        now = services.clock.now()
        due = [one for one in services.requests.all() if is_due(one, now)]
        for request in sorted(due, key=lambda one: (one.case is not RequestCase.LOST, one.created_at)):
            if progress.is_cancelled():
                raise UserCancelled
            after = sender.send(request)
            if after != request:
                changed[request.id] = after
        return tuple(changed.values())


def send_now(
    request_id: str,
    services: Services,
    *,
    logins: TokenLogins,
    serial: str = "",
    key_id: str = "",
    interaction: Interaction | None = None,
    progress: Progress,
) -> Request:
    """Send one whose time has not come, or that waits for a person; from the first channel on where several are right.

    ``serial`` and ``key_id`` name a key that signs the department's challenge, ``interaction`` asks for its PIN.  One
    that another process has sent meanwhile is returned as it is.

    Raises ``RequestError`` REQUEST_NOT_FOUND, REQUEST_STATE (not queued, or another process goes on sending for longer
    than a person waits: then its state is SENDING); ``TokenError``, ``UserCancelled``: nothing was sent;
    ``StorageError``.
    """
    store = services.requests
    request = find_request(request_id, store)
    with _turn(services, progress) as is_mine:
        if not is_mine:
            raise RequestError(ErrorCode.REQUEST_STATE, request=request_id, state=RequestState.SENDING.value)
        sender = _Sender(services, progress.is_cancelled)
        sender.take_over()
        request = find_request(request_id, store)
        if request.state.waits_for_department:
            return request
        usable = sender.usable(request)
        request = change_found(request_id, store, lambda one: made_due(one, usable, at=services.clock.now()))
        gate = next((one for one in usable if one.has_login), None)
        if serial and interaction is not None and request.document is not None and gate is not None:
            sender.login = ChallengeSigner(
                services,
                logins=logins,
                serial=serial,
                key_id=key_id,
                server=server_name(gate),
                document=store.path(request.id, request.document),
                interaction=interaction,
            )
        return sender.send(request)


@contextmanager
def _turn(services: Services, progress: Progress) -> Iterator[bool]:
    """Whether it is our turn to send, after a little waiting."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        with services.requests.sending() as is_mine:
            if is_mine or time.monotonic() >= until:
                yield is_mine
                return
        if progress.is_cancelled():
            raise UserCancelled
        time.sleep(_POLL_SECONDS)


class _Sender:
    """One turn of sending; whoever has it is the only one."""

    def __init__(self, services: Services, should_stop: Callable[[], bool]) -> None:
        self._services = services
        self._store = services.requests
        self._should_stop = should_stop
        self.login: ChallengeSigner | None = None

    def take_over(self) -> list[Request]:
        """Nobody else sends: what is SENDING was left by one who did not live to say what came of it."""
        left = [one for one in self._store.all() if one.state is RequestState.SENDING]
        for one in left:
            log.warning("request %s was being sent when its process ended", one.id)
        return [self._settle(one, self._left_over) for one in left]

    def _left_over(self, request: Request) -> Request:
        channel = next((one for one in self._channels if one.id == request.channel), None)
        server = request.channel if channel is None else server_name(channel)
        return left_over(request, server=server, at=self._now)

    def usable(self, request: Request) -> tuple[RequestChannel, ...]:
        """Channels that can carry it."""
        return usable_channels(request, self._channels, self._services.deliveries)

    def send(self, request: Request) -> Request:
        """Try each channel at most once, as long as it is due."""
        tried: set[str] = set()
        while is_due(request, self._now):
            channel = channel_now(request, self.usable(request))
            if channel is None:
                error = RequestError(ErrorCode.REQUEST_NO_CHANNEL)
                return self._put(request, left_to_person(request, error, at=self._now))
            if channel.id in tried:
                break
            tried.add(channel.id)
            request = self._known_there(request, channel) or self._attempt(request, channel)
        return request

    def _attempt(self, request: Request, channel: RequestChannel) -> Request:
        try:
            consignment = self._consignment(request, channel)
        except StorageError as error:
            log.warning("request %s: a kept file is not right: %s", request.id, error)
            return self._put(request, stalled(request, error, at=self._now))
        sending = begun(request, channel, at=self._now)
        if not self._store.replace(request, sending):
            return self._reread(request)
        attempt = self._deliver(consignment, sending, channel)
        code = "" if attempt.error is None else attempt.error.code.value
        log.info("request %s on channel %s: %s %s", request.id, channel.id, attempt.arrival, code)
        after = self._settle(sending, lambda one: ended(one, attempt, self.usable(one), at=self._now))
        if attempt.arrival is Arrival.ARRIVED and attempt.answer:
            return self._take_answer(after, attempt.answer, channel)
        return after

    def _deliver(self, consignment: Consignment, sending: Request, channel: RequestChannel) -> Attempt:
        delivery = self._services.deliveries[channel.kind]
        login = self.login if channel.has_login else None
        try:
            return delivery.send(consignment, channel, login=login, should_stop=self._should_stop)
        except Exception as error:
            is_stopped = isinstance(error, UserCancelled) or (login is not None and login.error is not None)
            if is_stopped:
                self._settle(sending, lambda one: given_up(one, at=self._now))
            else:  # a fault of ours; others must not wait behind this one for ever
                name = type(error).__name__
                log.error("request %s on channel %s: %s", sending.id, channel.id, name)
                unknown = RequestError(ErrorCode.REQUEST_ARRIVAL_UNKNOWN, server=server_name(channel), reason=name)
                attempt = Attempt(arrival=Arrival.UNCERTAIN, error=unknown)
                self._settle(sending, lambda one: ended(one, attempt, (), at=self._now))
            raise

    def _known_there(self, request: Request, channel: RequestChannel) -> Request | None:
        """The request as the department's server knows it; ``None``: it does not, or does not say: send it (again)."""
        if request.state is not RequestState.UNCERTAIN or channel.kind is not ChannelKind.HTTPS or channel.has_login:
            return None  # to ask would cost a PIN of its own, and sending again is answered the same
        try:
            answer = self._services.deliveries[channel.kind].status(request.id, channel, should_stop=self._should_stop)
            after = None if answer is None else take_answer(request.id, answer, channel, self._services)
        except UserCancelled:
            raise
        except (NetworkError, RequestError, DocumentError, ChildError) as error:
            log.info("request %s: channel %s does not say: %s", request.id, channel.id, error.code)
            return None
        return None if after is None or after.state is RequestState.UNCERTAIN else after

    def _take_answer(self, request: Request, answer: bytes, channel: RequestChannel) -> Request:
        """It arrived in any case; an answer that is of no use is the problem that remains."""
        try:
            return take_answer(request.id, answer, channel, self._services)
        except (RequestError, DocumentError, ChildError) as error:
            problem: BdsignerError = error
            if error.code not in (ErrorCode.REQUEST_RECEIPT_SIGNATURE, ErrorCode.REQUEST_RECEIPT_SIGNER):
                reason = str(error.facts.get("reason", error.code.value))
                problem = RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server_name(channel), reason=reason)
            log.warning("request %s: channel %s answered nonsense: %s", request.id, channel.id, error.code)
        return self._settle(request, lambda one: arrived_with(one, problem, at=self._now), RequestState.SENT)

    def _consignment(self, request: Request, channel: RequestChannel) -> Consignment:
        """Raises ``StorageError`` for a file that is not what was kept."""
        if request.document is None or request.machine_copy is None:
            raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="no document")
        is_mail = channel.kind is ChannelKind.MAIL
        message = request.message if is_mail else None
        return Consignment(
            request_id=request.id,
            sender=request.sender if is_mail else "",
            message=None if message is None else self._store.path(request.id, message),
            document=self._store.path(request.id, request.document),
            machine_copy=self._store.path(request.id, request.machine_copy),
            attachments={name: self._store.path(request.id, file) for name, file in request.attachments.items()},
        )

    @property
    def _channels(self) -> tuple[RequestChannel, ...]:
        return self._services.profile.requests.channels

    @property
    def _now(self) -> datetime:
        return self._services.clock.now()

    def _put(self, before: Request, after: Request) -> Request:
        """Keep a change, or take the request as another has made it."""
        return after if self._store.replace(before, after) else self._reread(before)

    def _reread(self, request: Request) -> Request:
        """As another has made it; one that is gone needs nothing."""
        return self._store.get(request.id) or request

    def _settle(
        self, request: Request, work: Callable[[Request], Request], state: RequestState = RequestState.SENDING
    ) -> Request:
        """What came of an attempt, unless a receipt or a revocation was quicker."""
        return change_found(request.id, self._store, lambda one: work(one) if one.state is state else one)
