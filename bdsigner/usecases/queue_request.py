"""A signed request made ready to leave by itself, or saved as one file to be handed over."""

import errno
import logging
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bdsigner.department.cover_letter import NOTE_NAME, note
from bdsigner.department.machine_copy import COPY_NAME
from bdsigner.department.requests import moved
from bdsigner.department.signatories import check_confirmed
from bdsigner.errors import ErrorCode, RequestError, StorageError
from bdsigner.model.form import FormTemplate
from bdsigner.model.profile import ChannelKind
from bdsigner.model.request import KeptFile, Request, RequestState
from bdsigner.ports import Services
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.begin_request import filled_form
from bdsigner.usecases.request_changes import change, change_found, find_request
from bdsigner.usecases.request_mail import MAIL_NAME, Route, check_size, letter, route
from bdsigner.usecases.request_papers import check_state, incomplete, missing_papers

log = logging.getLogger(__name__)

_S = RequestState
_HANDED_OVER_FROM = frozenset({_S.SIGNED, _S.QUEUED, _S.UNCERTAIN})
_ATTACHMENTS = "kem-theo"
_EARLIEST = datetime(1980, 1, 1, tzinfo=VIETNAM_TIME)
"""No ZIP can say an earlier time; a clock that was wrong must not stop the hand-over."""


def queue_request(request_id: str, services: Services, *, send_from: str = "") -> Request:
    """Make a signed request ready: from then on nothing of it changes, and it is due.

    ``send_from`` is the official mailbox of its mail.  One that waits already is made ready anew only from another
    mailbox.  The mail is not signed here: that is done where the form is signed.

    Raises ``RequestError``: REQUEST_NOT_FOUND, REQUEST_UNSIGNED, REQUEST_STATE, REQUEST_INCOMPLETE for a paper that is
    not there, REQUEST_UNCONFIRMED, REQUEST_NO_CHANNEL, REQUEST_MAILBOX, REQUEST_TOO_LARGE, REQUEST_CHANGED; ``StorageError``.
    """
    request = find_request(request_id, services.requests)
    if request.state is _S.DRAFT:
        raise RequestError(ErrorCode.REQUEST_UNSIGNED)
    check_state(request, _S.SIGNED, _S.QUEUED)
    way = route(services, send_from=send_from)
    if request.state is _S.QUEUED and request.sender == way.sender:
        return request
    filled = filled_form(request, services)
    if papers_missing := missing_papers(filled):
        raise incomplete(papers_missing)
    check_confirmed(request, filled.form.template)
    check_size(request, way)
    return queued(request, way, keep_unsigned(request, filled.form.template, way, services), services)


def keep_unsigned(request: Request, template: FormTemplate, way: Route, services: Services) -> KeptFile | None:
    """The mail without a signature of its own; ``None`` where no channel wants one.  Raises ``StorageError``."""
    from bdsigner.signing.smime import unsigned_mail

    if way.mail is None:
        return None
    mail = unsigned_mail(letter(request, template, way, services))
    return services.requests.keep(request.id, MAIL_NAME, mail)


def queued(request: Request, way: Route, message: KeptFile | None, services: Services) -> Request:
    """Move it, once everything that is sent is kept.  Raises ``RequestError`` REQUEST_STATE, REQUEST_CHANGED."""
    now, channel = services.clock.now(), way.channels[0].id
    waiting = replace(
        moved(request, _S.QUEUED, at=now, channel=channel),
        sender=way.sender,
        message=message,
        channel=channel,
        attempts=0,
        may_pass=False,
        next_attempt=now,
    )
    log.info("request %s queued for channel %s", request.id, channel)
    return change(request, waiting, services.requests)


def save_for_hand(request_id: str, target: Path, services: Services) -> Request:
    """Save a request as one ZIP: the paper, its copy for programs, what goes with it, and a note.

    Never over another file.  What was not sent yet counts as sent with it; saved again later nothing else changes.

    Raises ``RequestError``: REQUEST_NOT_FOUND, REQUEST_UNSIGNED, REQUEST_STATE, REQUEST_UNCONFIRMED; ``StorageError``.
    """
    request = find_request(request_id, services.requests)
    if request.state is _S.DRAFT:
        raise RequestError(ErrorCode.REQUEST_UNSIGNED)
    check_state(request, *(one for one in _S if one not in (_S.SENDING, _S.WITHDRAWN)))
    if request.document is None or request.machine_copy is None:
        raise RequestError(ErrorCode.REQUEST_UNSIGNED)
    template = services.forms.load(request.form)
    check_confirmed(request, template)
    content = _content(request, request.document, request.machine_copy, services)
    text = note(
        request,
        template,
        addressee=services.profile.department,
        files=tuple(content),
    )
    with services.outputs.new_file(target, source=None) as output:
        try:
            _write(output.partial, text, content, at=request.created_at)
        except OSError as error:
            code = ErrorCode.STORAGE_FULL if error.errno == errno.ENOSPC else ErrorCode.STORAGE_FAILED
            reason = error.strerror or type(error).__name__
            raise StorageError(code, path=str(target), folder=str(target.parent), reason=reason) from error
        output.commit()
    return change_found(request.id, services.requests, lambda one: _handed_over(one, services))


def _handed_over(request: Request, services: Services) -> Request:
    if request.state not in _HANDED_OVER_FROM:
        return request
    now, channels = services.clock.now(), services.profile.requests.channels
    channel = next((one.id for one in channels if one.kind is ChannelKind.FILE), "")
    log.info("request %s saved to be handed over", request.id)
    sent = moved(request, _S.SENT, at=now, channel=channel)
    return replace(sent, channel=channel, next_attempt=None, may_pass=False, sent_at=now)


def _content(request: Request, document: KeptFile, copy: KeptFile, services: Services) -> dict[str, Path]:
    """By the name in the ZIP; papers in a folder of their own, where their names cannot meet ours."""

    def kept(file: KeptFile) -> Path:
        return services.requests.path(request.id, file)

    attached = {f"{_ATTACHMENTS}/{one.name}": kept(one) for one in request.attachments.values()}
    return {document.name: kept(document), COPY_NAME: kept(copy), **attached}


def _write(partial: Path, text: str, content: Mapping[str, Path], *, at: datetime) -> None:
    """The same bytes for the same request, whenever it is saved."""
    with zipfile.ZipFile(partial, "w") as archive:
        # With a mark at the beginning, and its line ends: the note is opened with whatever Windows has for a TXT.
        archive.writestr(_entry(NOTE_NAME, at), text.replace("\n", "\r\n").encode("utf-8-sig"))
        for name, path in content.items():
            with path.open("rb") as source, archive.open(_entry(name, at), "w") as packed:
                shutil.copyfileobj(source, packed)


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    local = max(at.astimezone(VIETNAM_TIME), _EARLIEST)
    entry = zipfile.ZipInfo(name, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.create_system = 3  # whose attributes the next line sets, whatever system it is made on
    entry.external_attr = 0o644 << 16
    return entry
