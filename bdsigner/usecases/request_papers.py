"""The papers of a request: printed, kept with it, and what holds of the request once one of them is signed."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bdsigner.department.machine_copy import COPY_NAME, machine_copy
from bdsigner.department.requests import moved
from bdsigner.errors import BdsignerError, ErrorCode, RequestError
from bdsigner.model.form import FilledRequest
from bdsigner.model.request import KeptFile, Request, RequestState
from bdsigner.ports import Services
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.request_changes import change_found

SIGNED_ON = "signed_on"
PRINTED_NAME, SIGNED_NAME, SCAN_NAME = "giay-de-nghi.pdf", "giay-de-nghi-da-ky.pdf", "ban-ky-tay.pdf"


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that only this person can look into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def new_file(folder: Path, name: str) -> Path:
    """An empty file of ours, as a document child wants it."""
    path = folder / name
    path.touch(mode=0o600)
    return path


def keep_printed(request: Request, filled: FilledRequest, services: Services) -> KeptFile:
    """The form as PDF; the same again while nothing of it has changed.

    Raises the first ``FormError`` that speaks against it, ``DocumentError``, ``StorageError``.
    """
    if filled.refused:
        raise filled.refused[0]
    with own_folder() as folder:
        partial = new_file(folder, PRINTED_NAME)
        services.documents.print_form(filled.form, machine_copy(filled.form), partial)
        return services.requests.keep(request.id, PRINTED_NAME, partial)


def dated(filled: FilledRequest, at: datetime) -> FilledRequest:
    """The form with the day of its signing, where it asks for one and none was typed."""
    form = filled.form
    if form.template.field(SIGNED_ON) is None or form.values.get(SIGNED_ON):
        return filled
    day = at.astimezone(VIETNAM_TIME).strftime("%d/%m/%Y")
    return replace(filled, form=replace(form, values=form.values | {SIGNED_ON: day}))


def signed(
    request: Request,
    filled: FilledRequest,
    document: KeptFile,
    services: Services,
    *,
    fields: tuple[str, ...],
) -> Request:
    """The request with its signed paper, which is kept already; ``fields`` are empty for one signed by hand.

    Raises ``RequestError`` REQUEST_CHANGED when what was signed is no longer what the request says; ``StorageError``.
    """
    copy = request.machine_copy or services.requests.keep(request.id, COPY_NAME, machine_copy(filled.form))

    def work(now: Request) -> Request:
        if content_of(now) != content_of(request):
            raise RequestError(ErrorCode.REQUEST_CHANGED, request=request.id)
        return moved(
            replace(
                now,
                values=filled.form.values,
                document=document,
                machine_copy=copy,
                signed_fields=fields,
                form_version=filled.form.template.version,
            ),
            RequestState.SIGNED,
            at=services.clock.now(),
        )

    return change_found(request.id, services.requests, work)


def incomplete(problems: Sequence[BdsignerError]) -> RequestError:
    """REQUEST_INCOMPLETE with the first of what is missing as the form names it."""
    facts = problems[0].facts
    example = str(facts.get("label") or facts.get("name") or "…").rstrip(": ")
    return RequestError(ErrorCode.REQUEST_INCOMPLETE, count=len(problems), example=example)


def missing_papers(filled: FilledRequest) -> tuple[BdsignerError, ...]:
    """Of what is missing, what no hand can add on the printed form."""
    return tuple(one for one in filled.missing if one.code is ErrorCode.FORM_ATTACHMENT_MISSING)


def check_state(request: Request, *allowed: RequestState) -> None:
    """Raises ``RequestError`` REQUEST_STATE."""
    if request.state not in allowed:
        raise RequestError(ErrorCode.REQUEST_STATE, request=request.id, state=request.state.value)


def content_of(request: Request) -> tuple[object, ...]:
    """What its paper is made of, and how far it is; the same as long as nobody has changed it."""
    return (
        request.state,
        request.form_version,
        request.values,
        request.rows,
        request.attachments,
        request.document,
    )
