"""The mail that carries a request: what it may be sent from, how large it may be, what is in it (Đ10.3c)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bdsigner.department.checking import written
from bdsigner.department.cover_letter import body, subject
from bdsigner.department.machine_copy import COPY_NAME
from bdsigner.errors import ErrorCode, FormError, RequestError, StorageError
from bdsigner.model.form import FieldKind, FormField, FormTemplate
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import KeptFile, Request
from bdsigner.ports import Services
from bdsigner.regulation.signing_time import VIETNAM_TIME

if TYPE_CHECKING:
    from bdsigner.signing.smime import Mail

MAIL_NAME = "message.eml"
MAX_MAIL_BYTES = 25 << 20
"""Of all papers: as base64 they are a third longer, and 35 MB is what mail servers commonly take."""
MAX_HTTPS_BYTES = 50 << 20
"""Of all papers (docs/department-api.md)."""
SIGNATURE_ROOM_BYTES = 256 << 10
"""What a signature with timestamp and picture may add to the printed form, told before the PIN is asked for."""
_MB = 1 << 20
_MAILBOX = FormField(key="mailbox", label="", kind=FieldKind.OFFICIAL_MAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a request will leave."""

    channels: tuple[RequestChannel, ...]
    """Those that need no person, in the order of the profile; at least one."""
    mail: RequestChannel | None
    """The first that wants a mail."""
    sender: str
    """Checked; empty without ``mail``."""


def route(services: Services, *, send_from: str) -> Route:
    """Raises ``RequestError``: REQUEST_NO_CHANNEL, REQUEST_MAILBOX."""
    channels = tuple(one for one in services.profile.requests.channels if one.kind is not ChannelKind.FILE)
    if not channels:
        raise RequestError(ErrorCode.REQUEST_NO_CHANNEL)
    mail = next((one for one in channels if one.kind is ChannelKind.MAIL), None)
    sender = _official_mailbox(send_from, services) if mail is not None else ""
    return Route(channels=channels, mail=mail, sender=sender)


def check_size(request: Request, way: Route, *, room_bytes: int = 0) -> None:
    """Raises ``RequestError`` REQUEST_TOO_LARGE.  ``room_bytes``: for what is not there yet."""
    limit = MAX_MAIL_BYTES if way.mail is not None else MAX_HTTPS_BYTES
    if room_bytes + sum(one.size_bytes for one in papers(request)) > limit:
        raise RequestError(ErrorCode.REQUEST_TOO_LARGE, limit=limit // _MB)


def papers(request: Request) -> tuple[KeptFile, ...]:
    """Everything that is sent, each once: the document first."""
    found = [one for one in (request.document, request.machine_copy) if one is not None]
    return tuple(dict.fromkeys([*found, *request.attachments.values()]))


def letter(request: Request, template: FormTemplate, way: Route, services: Services) -> "Mail":
    """The mail for a signed request.  Raises ``StorageError`` when a kept file is not what was kept."""
    from bdsigner.signing.smime import Mail, MailFile

    if way.mail is None:
        raise RequestError(ErrorCode.REQUEST_NO_CHANNEL)
    files = tuple(
        MailFile(
            name=COPY_NAME if one == request.machine_copy else one.name, content=_read_kept(request, one, services)
        )
        for one in papers(request)
    )
    names = [one.name for one in files]
    return Mail(
        request_id=request.id,
        sender=way.sender,
        recipient=way.mail.to,
        date=services.clock.now().astimezone(VIETNAM_TIME),
        subject=subject(request, template),
        body=body(request, template, addressee=services.profile.department, files=names),
        files=files,
    )


def _read_kept(request: Request, file: KeptFile, services: Services) -> bytes:
    """Raises ``StorageError`` STORAGE_OUTBOX."""
    try:
        return services.requests.path(request.id, file).read_bytes()
    except OSError as error:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=error.strerror or type(error).__name__) from error


def _official_mailbox(send_from: str, services: Services) -> str:
    domains = services.profile.mail_domains
    try:
        mailbox = written(_MAILBOX, send_from, domains=domains, max_years=0)
    except FormError:
        mailbox = ""
    if not mailbox:
        raise RequestError(ErrorCode.REQUEST_MAILBOX, mailbox=send_from, domains=", ".join(domains))
    return mailbox
