"""Requests by mail, through the agency's own server (Đ10.3c)."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bdsigner.errors import BdsignerError, ErrorCode, NetworkError, RequestError, StorageError, UserCancelled
from bdsigner.model.profile import MailServer, RequestChannel, RequestPolicy
from bdsigner.model.request import Arrival, Attempt
from bdsigner.net.request_errors import arrival_unknown, cleaned, not_arrived, server_error
from bdsigner.ports import Consignment, SignChallenge

if TYPE_CHECKING:
    from bdsigner.net.smtp import Reply, SmtpConversation

SEND_SECONDS = 60.0
"""From the look-up of the name until the mail may leave; then ``LEAST_RATE`` for the mail itself."""
LEAST_RATE = 32 << 10
"""Bytes a second that the slowest line is trusted with."""
ANSWER_SECONDS = 120.0
"""For the answer to the whole mail.  RFC 5321 §4.5.3.2.6 advises ten minutes, as giving up early makes duplicates;
ours are recognised by their Message-ID, and a person waits."""
GOOD_BYE_SECONDS = 3.0
MAX_MAIL_BYTES = 35 << 20
"""25 MB of papers in base64; what servers commonly take."""
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
"""Atoms only (RFC 5321 §4.1.2 without quoted strings): nothing that could end a command."""
_NOT_THE_PASSWORD = frozenset({500, 501, 502, 503, 504})
"""Refusals of the command, not of who gives it (RFC 5321 §4.2.2, RFC 4954 §4)."""
_MB = 1 << 20

Password = Callable[[str, str], str | None]
"""Server's host and user's name → password; ``None``: not kept."""


class MailDelivery:
    """Implements ``ports.Delivery``; a connection for each mail, nothing kept in between."""

    def __init__(
        self,
        policy: RequestPolicy,
        *,
        password: Password,
        seconds: float = SEND_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._roots = policy.mail_roots
        self._password = password
        self._seconds = seconds
        self._answer_seconds = answer_seconds

    def send(
        self,
        consignment: Consignment,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Attempt:
        """See ``ports.Delivery``.

        Nothing arrives before the mark that ends the mail: until then a server must throw away what it has.
        """
        del login
        if channel.server is None or consignment.message is None:
            return not_arrived(RequestError(ErrorCode.REQUEST_NO_CHANNEL), may_retry=False)
        server = channel.server
        user = server.user or consignment.sender
        try:
            mail = _read(consignment.message, consignment.sender, server)
            password = self._password(server.host, user)
            if password is None:
                raise RequestError(ErrorCode.REQUEST_NO_PASSWORD, server=server.host, user=user)
        except BdsignerError as error:
            return not_arrived(error, may_retry=False)
        return self._deliver(mail, consignment.sender, channel.to, server, (user, password), should_stop)

    def status(
        self,
        request_id: str,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        """See ``ports.Delivery``; a mail server knows nothing of requests."""
        del request_id, channel, login, should_stop
        return None

    def _deliver(
        self,
        mail: bytes,
        sender: str,
        recipient: str,
        server: MailServer,
        account: tuple[str, str],
        should_stop: Callable[[], bool],
    ) -> Attempt:
        from bdsigner.net.patience import Patience  # here: ssl and socket cost a start without network
        from bdsigner.net.smtp import Refused, SmtpConversation

        patience = Patience(self._seconds, url=server.host, should_stop=should_stop)
        try:
            conversation = SmtpConversation(server, self._roots, patience)
            try:
                _log_in(conversation, server, *account)
                _check_size(conversation, len(mail))
                conversation.begin_mail(sender, recipient, size_bytes=len(mail))
                patience.allow(self._seconds + len(mail) / LEAST_RATE)
                conversation.send_content(mail)
                patience.allow(self._answer_seconds)
                patience.remaining_seconds()  # the last moment at which the person can stop it
                attempt = _finish(conversation, server)
                if attempt.arrival is Arrival.ARRIVED:
                    patience.allow(GOOD_BYE_SECONDS)
                    _say_good_bye(conversation)
            finally:
                conversation.close()
        except Refused as refusal:
            return _refused(refusal.reply, server)
        except NetworkError as error:
            return not_arrived(server_error(error, server.host))
        except RequestError as error:
            return not_arrived(error, may_retry=False)
        return attempt


def _read(message: Path, sender: str, server: MailServer) -> bytes:
    """The mail.  Raises ``RequestError``, ``StorageError``: it can never be sent like that."""
    from bdsigner.net.smtp import is_clean

    try:
        with message.open("rb") as file:
            mail = file.read(MAX_MAIL_BYTES + 1)
    except OSError as error:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=error.strerror or type(error).__name__) from error
    if len(mail) > MAX_MAIL_BYTES:
        raise RequestError(ErrorCode.REQUEST_TOO_LARGE, limit=MAX_MAIL_BYTES // _MB)
    if not is_clean(mail):
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="the mail is not one that SMTP carries unchanged")
    if not _MAILBOX.fullmatch(sender):
        # What a server would say (RFC 5321 §4.2.3), without letting the name near a command.
        raise RequestError(ErrorCode.REQUEST_MAIL_REFUSED, server=server.host, status=553, reason="mailbox name")
    return mail


def _log_in(conversation: "SmtpConversation", server: MailServer, user: str, password: str) -> None:
    from bdsigner.net.smtp import Refused

    try:
        conversation.log_in(user, password)
    except LookupError as error:
        reason = "no AUTH PLAIN or LOGIN"
        raise RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server.host, reason=reason) from error
    except Refused as refusal:
        if refusal.reply.code < 500 or refusal.reply.code in _NOT_THE_PASSWORD:
            raise
        raise RequestError(ErrorCode.REQUEST_PASSWORD_REFUSED, server=server.host, user=user) from refusal


def _check_size(conversation: "SmtpConversation", size_bytes: int) -> None:
    """RFC 1870 §4: a server that names no limit, or 0, has none that it would tell."""
    limit = conversation.extensions.get("SIZE", "")
    if limit.isdecimal() and 0 < int(limit[:18]) < size_bytes:
        raise RequestError(ErrorCode.REQUEST_TOO_LARGE, limit=max(1, int(limit[:18]) // _MB))


def _finish(conversation: "SmtpConversation", server: MailServer) -> Attempt:
    try:
        reply = conversation.end_mail()
    except UserCancelled:
        return arrival_unknown(server.host, reason="stopped")
    except NetworkError as error:
        return arrival_unknown(server.host, reason=str(error.facts.get("reason", error.code.value)))
    if reply.is_refusal:
        return _refused(reply, server)
    if reply.code >= 300:  # neither yes nor no
        return arrival_unknown(server.host, reason=f"status {reply.code}")
    return Attempt(arrival=Arrival.ARRIVED)


def _refused(reply: "Reply", server: MailServer) -> Attempt:
    """What a refusal means: 4xx may pass, 5xx stays (RFC 5321 §4.2.1); an answer out of place is nonsense."""
    if 400 <= reply.code < 500:
        return not_arrived(RequestError(ErrorCode.REQUEST_SERVER_BUSY, server=server.host, status=reply.code))
    if reply.code < 400:
        reason = f"status {reply.code}"
        return not_arrived(RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server.host, reason=reason))
    reason = cleaned(reply.untrusted_text)
    error = RequestError(ErrorCode.REQUEST_MAIL_REFUSED, server=server.host, status=reply.code, reason=reason)
    return not_arrived(error, may_retry=False)


def _say_good_bye(conversation: "SmtpConversation") -> None:
    try:
        conversation.quit()
    except BdsignerError:
        return  # the server has the mail and said so
