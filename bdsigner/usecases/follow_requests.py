"""What became of requests that were sent: receipts, the department's server, the issuer's OCSP and CRL, and alarms."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bdsigner.department.receipts import closed_by_revocation
from bdsigner.department.requests import changed
from bdsigner.errors import BdsignerError, StorageError, UserCancelled
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, Usage
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import Alarm, RaisedAlarm, Request, RequestState
from bdsigner.ports import Progress, Services
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.list_signers import SIGNING_USAGES
from bdsigner.usecases.request_changes import change_found
from bdsigner.usecases.request_receipts import judge_file, take, take_answer

log = logging.getLogger(__name__)

_UNSENT = frozenset({RequestState.QUEUED, RequestState.SENDING, RequestState.UNCERTAIN})


def take_receipt(path: Path, services: Services) -> Request:
    """Take a receipt from a CMS or a signed mail, by one of the certificates that the profile names (Đ13.2).

    Nothing else moves a request: not a receipt whose signature could not be checked.  Only that the signer's
    revocation could not be asked for is forgiven, see ``verification.authorship``.

    Raises ``RequestError`` REQUEST_RECEIPT_SIGNATURE, REQUEST_RECEIPT_SIGNER, REQUEST_RECEIPT_CONTENT,
    REQUEST_RECEIPT_OTHER; ``DocumentError`` when the file cannot be read; ``StorageError``.
    """
    return take(judge_file(path, services), services)


def follow(services: Services, *, progress: Progress) -> tuple[Request, ...]:
    """Ask how those stand that were sent, and whether certificates are revoked by now; returns those that changed.

    A channel that does not answer is not asked again in this round; how often there is one is the caller's to say.
    Raises ``StorageError``, ``UserCancelled``.
    """
    silent, watch = set[str](), _Watch(services)
    found: dict[str, Request] = {}
    for request in services.requests.all():
        if progress.is_cancelled():
            raise UserCancelled
        after = watch.look(_asked(request, silent, services, progress))
        if after != request:
            found[request.id] = after
    return tuple(found.values())


def alarms(services: Services) -> tuple[RaisedAlarm, ...]:
    """Revocations that the department has not confirmed in time, and that nobody has said to call about.

    Of a lost device the time runs from when its request was begun, of others from when they were ready to leave.  Raises
    ``StorageError``.
    """
    patience, now = timedelta(hours=services.profile.requests.confirm_hours), services.clock.now()
    raised = []
    for request in services.requests.all():
        alarm = _alarm(request)
        since = _waiting_since(request)
        # A clock that was set back would else silence it: what lies that far ahead was written by a wrong clock, too.
        if alarm is not None and since is not None and abs(now - since) >= patience:
            raised.append(RaisedAlarm(alarm=alarm, request=request))
    return tuple(raised)


def acknowledge_alarm(request_id: str, services: Services) -> Request:
    """The person has been told, and calls.  Raises ``RequestError`` REQUEST_NOT_FOUND, ``StorageError``."""

    def acknowledged(request: Request) -> Request:
        if request.is_alarm_acknowledged:
            return request
        return replace(changed(request, at=services.clock.now()), is_alarm_acknowledged=True)

    return change_found(request_id, services.requests, acknowledged)


def _asked(request: Request, silent: set[str], services: Services, progress: Progress) -> Request:
    """What the department's server says of it, if it went there."""
    channel = _asks_at(request, services)
    if channel is None or channel.id in silent:
        return request
    delivery = services.deliveries[channel.kind]
    try:
        answer = delivery.status(request.id, channel, should_stop=progress.is_cancelled)
    except UserCancelled:
        raise
    except BdsignerError as error:
        log.info("channel %s does not say how requests stand: %s", channel.id, error.code)
        silent.add(channel.id)
        return request
    try:
        return request if answer is None else take_answer(request.id, answer, channel, services)
    except (UserCancelled, StorageError):
        raise
    except BdsignerError as error:
        log.warning("request %s: channel %s answered nonsense: %s", request.id, channel.id, error.code)
    return request


def _asks_at(request: Request, services: Services) -> RequestChannel | None:
    if not (request.state.waits_for_department or request.state is RequestState.UNCERTAIN):
        return None
    channel = next((one for one in services.profile.requests.channels if one.id == request.channel), None)
    is_asked = channel is not None and channel.kind is ChannelKind.HTTPS and channel.kind in services.deliveries
    return channel if is_asked else None


class _Watch:
    """Certificates whose revocation was asked for, each looked at once a round."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[bytes, CertificateAssessment | None] = {}

    def look(self, request: Request) -> Request:
        """Closed when its certificate is revoked by now, also by telephone and before this program was told (Đ7.2b)."""
        if not request.is_revocation or not request.certificate or request.state.is_over:
            return request
        if request.certificate not in self._seen:
            self._seen[request.certificate] = self._assess(request)
        seen = self._seen[request.certificate]
        if seen is None or seen.status is not CertificateStatus.REVOKED or seen.decided_by:
            return request
        log.info("request %s: its certificate is revoked, %s says", request.id, seen.revocation_source)

        def closed(found: Request) -> Request:
            return found if found.state.is_over else closed_by_revocation(found, seen.revoked_at, at=seen.checked_at)

        return change_found(request.id, self._services.requests, closed)

    def _assess(self, request: Request) -> CertificateAssessment | None:
        now, certificate = self._services.clock.now(), request.certificate
        try:
            usage = _usage(certificate)
            return self._services.documents.assess_certificate(certificate, (), at=now, usage=usage)
        except UserCancelled:
            raise
        except BdsignerError as error:
            log.info("request %s: certificate not checked: %s", request.id, error.code)
            return None


def _usage(certificate: bytes) -> Usage:
    """What it is for: with another usage nothing would be said of its revocation.  Raises ``CertificateError``."""
    usages = parse_certificate(certificate).key_usage
    return Usage.SIGNING if not usages or usages & SIGNING_USAGES else Usage.ENCRYPTING


def _alarm(request: Request) -> Alarm | None:
    if not request.is_revocation or request.is_alarm_acknowledged:
        return None
    if request.state is RequestState.SENT:
        return Alarm.UNCONFIRMED
    is_begun = request.case is RequestCase.LOST and request.state in (RequestState.DRAFT, RequestState.SIGNED)
    return Alarm.NOT_SENT if request.state in _UNSENT or is_begun else None


def _waiting_since(request: Request) -> datetime | None:
    if request.case is RequestCase.LOST:
        return request.created_at
    ready = (one.at for one in request.history if one.state in (RequestState.QUEUED, RequestState.SENT))
    return next(ready, None)
