"""A request from its first value to the paper that is signed: begun, changed, looked at, saved, given up (Điều 6–8)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from bdsigner.department.requests import changed, moved
from bdsigner.errors import BdsignerError, CertificateError, DocumentError, ErrorCode, FormError, RequestError
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import RequestCase
from bdsigner.model.form import AttachedFile, FilledForm, FilledRequest, FormTemplate
from bdsigner.model.request import KeptFile, Move, Request, RequestState, RequestView
from bdsigner.ports import Services
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.fill_request import device_meant, fill, judged, print_request, written, written_rows
from bdsigner.usecases.known_values import SERIAL_KEYS, certificate_meant, known_values, remember_typed
from bdsigner.usecases.request_changes import change, change_found, find_request
from bdsigner.usecases.request_drafts import draft_request, find_device
from bdsigner.usecases.request_papers import PRINTED_NAME, content_of

log = logging.getLogger(__name__)

_WHOSE = ("full_name", "agency_name", "giver_agency")
"""Whose request it is, on the forms of one person and on the lists."""
_SAY_WHO = frozenset({"full_name", "email", *SERIAL_KEYS})


def begin_request(
    case: RequestCase,
    services: Services,
    *,
    serial: str = "",
    form: str = "",
    typed: Mapping[str, str] | None = None,
    rows: Sequence[Mapping[str, str]] = (),
    files: Mapping[str, Path] | None = None,
) -> RequestView:
    """Begin a request with everything that is known, and keep it as a draft.

    ``serial`` names a device that was seen here; without one the device that holds the certificate whose number was
    typed is meant, if any.  In case Đ7.1d it signs no more on this machine from then on, whatever fails afterwards.
    Values and papers that are refused are told and not kept.

    Raises ``TokenError`` TOKEN_NOT_FOUND, ``FormError`` FORM_UNKNOWN_FORM and FORM_WRONG_CASE, ``ProfileError``,
    ``StorageError``.
    """
    typed = typed or {}
    device = device_meant(serial, typed, services)
    if case is RequestCase.LOST and device is not None:
        draft_request(case, device.serial, services)
    filling = fill(case, services, device=device, form=form, typed=typed, rows=rows)
    now = services.clock.now()
    request = Request(
        id=str(uuid4()),
        case=case,
        form=filling.template.id,
        form_version=filling.template.version,
        serial=device.serial if device is not None else "",
        certificate=filling.certificate.der if filling.certificate is not None else b"",
        subject=_subject(filling.values, filling.certificate),
        created_at=now,
        changed_at=now,
        values=filling.values,
        rows=filling.rows,
        history=(Move(at=now, state=RequestState.DRAFT),),
    )
    services.requests.create(request)
    log.info("request %s begun: case %s, form %s", request.id, case.value, request.form)
    remember_typed(filling.accepted, filling.values, services)
    # Only now: a folder of papers without their request would be taken for a damaged one.
    papers, refused_papers = _keep_papers(request, filling.template, files or {}, services)
    if papers:
        with_papers = replace(request, attachments=_without_gaps(papers))
        request = change(request, changed(with_papers, at=now), services.requests)
    refused = (*filling.refused, *refused_papers)
    return RequestView(request=request, filled=_filled(request, filling.template, refused=refused))


def change_request(
    request_id: str,
    services: Services,
    *,
    typed: Mapping[str, str] | None = None,
    rows: Sequence[Mapping[str, str]] | None = None,
    files: Mapping[str, Path] | None = None,
) -> RequestView:
    """Change a draft: the keys that were typed (an empty text takes a value away), all lines of a list, some papers.

    ``rows`` ``None``: the lines stay.  An empty path takes a paper away.  What is refused is told, and what stood there
    before stays.  Raises ``RequestError`` REQUEST_NOT_FOUND and REQUEST_STATE, ``ProfileError``, ``StorageError``.
    """
    request = _check_draft(find_request(request_id, services.requests))
    template = services.forms.load(request.form)
    typed = typed or {}
    accepted, refused = written(template.fields, typed, services)
    filled_rows, refused_rows = written_rows(template, rows or (), services)
    papers, refused_papers = _keep_papers(request, template, files or {}, services)

    def work(before: Request) -> Request:
        _check_draft(before)
        values = {key: value for key, value in before.values.items() if key not in typed or typed[key].strip()}
        after = replace(
            before,
            form_version=template.version,
            values=values | accepted,
            rows=filled_rows if rows is not None else before.rows,
            attachments=_without_gaps(before.attachments | papers),
        )
        after = _identified(before, after, template, typed, services)
        return before if after == before else changed(replace(after, printed=None), at=services.clock.now())

    request = change_found(request_id, services.requests, work)
    remember_typed(accepted, request.values, services)
    refused = (*refused, *refused_rows, *refused_papers)
    return RequestView(request=request, filled=_filled(request, template, refused=refused))


def view_request(request_id: str, services: Services) -> RequestView:
    """A request with its form.  Raises ``RequestError`` REQUEST_NOT_FOUND, ``FormError``, ``ProfileError``."""
    request = find_request(request_id, services.requests)
    return RequestView(request=request, filled=filled_form(request, services))


def filled_form(request: Request, services: Services) -> FilledRequest:
    """The form of a request as it is kept, and what is to be said of it.

    A draft is judged by the form as it is today: the department may have replaced it since.
    """
    template = services.forms.load(request.form)
    if not request.state.is_open_for_changes:
        return _filled(request, template)
    values, refused = written(
        template.fields, {key: value for key, value in request.values.items() if template.field(key)}, services
    )
    return _filled(replace(request, values=values), template, refused=refused)


def save_document(request_id: str, target: Path, services: Services) -> int:
    """Save what was signed, or the form as it is filled in so far, to a file of its own; returns its pages.

    Whole or not at all, and never over another file.  Raises ``RequestError``, the first ``FormError`` that speaks
    against the form, ``StorageError``, ``DocumentError``.
    """
    request = find_request(request_id, services.requests)
    if request.document is None:
        pages = print_request(filled_form(request, services), target, services)
        _keep_as_saved(request, target, services)
        return pages
    kept = services.requests.path(request.id, request.document)
    pages = len(services.documents.inspect(kept).pages)
    services.outputs.write_new(target, _content(kept))
    return pages


def _keep_as_saved(request: Request, saved: Path, services: Services) -> None:
    """What comes back signed must begin with these bytes, also when another version would print others."""
    printed = services.requests.keep(request.id, PRINTED_NAME, saved)

    def work(now: Request) -> Request:
        if content_of(now) != content_of(request) or now.printed == printed:
            return now
        return changed(replace(now, printed=printed), at=services.clock.now())

    change_found(request.id, services.requests, work)


def withdraw_request(request_id: str, services: Services) -> None:
    """Give up a request that was not sent; a draft is forgotten with everything in it.

    The device of a withdrawn case Đ7.1d may sign again, unless another request says that it is lost.  May be called
    again when it was cut short.  Raises ``RequestError`` REQUEST_NOT_FOUND and REQUEST_STATE, ``StorageError``.
    """
    request = find_request(request_id, services.requests)
    is_reported_elsewhere = any(
        one.case is RequestCase.LOST and one.serial == request.serial and one.state is not RequestState.WITHDRAWN
        for one in services.requests.all()
        if one.id != request.id
    )
    now = services.clock.now()
    request = change_found(
        request_id,
        services.requests,
        lambda one: one if one.state is RequestState.WITHDRAWN else moved(one, RequestState.WITHDRAWN, at=now),
    )
    log.info("request %s withdrawn", request.id)
    if request.case is RequestCase.LOST and request.serial and not is_reported_elsewhere:
        services.memory.drop_draft(RequestCase.LOST, request.serial)
    if request.document is None:
        services.requests.remove(request)


def _check_draft(request: Request) -> Request:
    if not request.state.is_open_for_changes:
        raise RequestError(ErrorCode.REQUEST_STATE, request=request.id, state=request.state.value)
    return request


def _identified(
    before: Request, request: Request, template: FormTemplate, typed: Mapping[str, str], services: Services
) -> Request:
    """The request with the person, device and certificate that its values name by now.

    Once they are known, what is known of them is filled in where nothing stands; a device found lost signs no more.
    """
    request = replace(request, subject=_subject(request.values, _certificate(request)))
    if not _SAY_WHO & typed.keys():
        return request
    device = find_device(request.serial, services) if request.serial else device_meant("", request.values, services)
    if device is not None and not request.serial:
        if request.case is RequestCase.LOST:
            draft_request(request.case, device.serial, services)
        request = replace(request, serial=device.serial)
    known = known_values(template, request.case, services, device=device, typed=request.values)
    values, earlier = request.values, _certificate(request)
    is_found = earlier is None and certificate_meant(known.certificates, known.values | values) is not None
    if is_found or values.get("full_name") != before.values.get("full_name"):
        untouched = {key: value for key, value in known.values.items() if key not in typed and key != "reason"}
        values = untouched | values
    certificate = certificate_meant([*known.certificates, *([earlier] if earlier is not None else [])], values)
    return replace(
        request,
        values=values,
        certificate=certificate.der if certificate is not None else b"",
        subject=_subject(values, certificate),
    )


def _keep_papers(
    request: Request, template: FormTemplate, files: Mapping[str, Path], services: Services
) -> tuple[dict[str, KeptFile | None], tuple[BdsignerError, ...]]:
    """Papers by the id of their attachment, ``None`` for one that is taken away, and those that were refused."""
    ids = {one.id for one in template.attachments}
    papers: dict[str, KeptFile | None] = {}
    refused: list[BdsignerError] = []
    for name, path in files.items():
        if name not in ids:
            refused.append(FormError(ErrorCode.FORM_UNKNOWN_FIELD, field=name))
        elif path == Path():
            papers[name] = None
        else:
            try:
                papers[name] = services.requests.keep(request.id, path.name, path)
            except DocumentError as error:
                refused.append(error)
    return papers, tuple(refused)


def _without_gaps(papers: Mapping[str, KeptFile | None]) -> dict[str, KeptFile]:
    return {key: one for key, one in papers.items() if one is not None}


def _filled(request: Request, template: FormTemplate, *, refused: tuple[BdsignerError, ...] = ()) -> FilledRequest:
    form = FilledForm(
        template=template,
        case=request.case,
        created_at=request.created_at,
        values=request.values,
        rows=request.rows,
        attached=tuple(
            AttachedFile(attachment=key, file_name=one.name, sha256=one.sha256)
            for key, one in request.attachments.items()
        ),
        request_id=request.id,
    )
    return judged(form, refused=refused, certificate=_certificate(request))


def _certificate(request: Request) -> Certificate | None:
    try:
        return parse_certificate(request.certificate) if request.certificate else None
    except CertificateError:
        return None


def _subject(values: Mapping[str, str], certificate: Certificate | None) -> str:
    named = next((values[key] for key in _WHOSE if values.get(key)), "")
    return named or (certificate.common_name if certificate is not None else "")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path)) from error
