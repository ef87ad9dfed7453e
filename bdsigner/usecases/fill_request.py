"""Fill in the form of a case from what is known and what is typed, and print it (Điều 6–8)."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bdsigner.department.cases import CASES, REASONS
from bdsigner.department.checking import contradictions, missing, written_values
from bdsigner.department.machine_copy import machine_copy
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, FormError
from bdsigner.model.device import RequestCase
from bdsigner.model.form import AttachedFile, FilledForm, FilledRequest, FormTemplate
from bdsigner.ports import Services
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.request_drafts import draft_request

log = logging.getLogger(__name__)

_OLD_CERTIFICATE = {
    "agency": "workplace",
    "old_serial": "cert_serial",
    "old_issued_on": "cert_issued_on",
    "old_expires_on": "cert_expires_on",
}
"""Keys of Mẫu số 01 and what they are called elsewhere."""
_MOMENTS = ("cert_issued_on", "cert_expires_on")


def fill_request(
    case: RequestCase,
    services: Services,
    *,
    serial: str = "",
    form: str = "",
    typed: Mapping[str, str] | None = None,
    rows: Sequence[Mapping[str, str]] = (),
    files: Mapping[str, Path] | None = None,
) -> FilledRequest:
    """The form of the case with everything that is known; what is typed goes before what is known.

    ``serial`` names a device that was seen here: the request is kept as begun, and in case Đ7.1d the device signs no
    more on this machine from then on.  ``form`` chooses another form than the case's (Mẫu số 02, 03); ``files`` are
    papers by the id of their attachment.  Nothing typed is kept.

    Raises ``TokenError`` TOKEN_NOT_FOUND, ``FormError`` FORM_UNKNOWN_FORM and FORM_WRONG_CASE (a case the department
    begins), ``ProfileError`` for a faulty template, ``DocumentError`` for a paper that cannot be read.
    """
    name = form or CASES[case].form
    if not name:
        raise FormError(ErrorCode.FORM_WRONG_CASE, case=case.value)
    template = services.forms.load(name)
    facts = draft_request(case, serial, services).facts if serial else {}
    profile = services.profile
    fields = template.fields
    known, _not_fitting = written_values(
        fields, _known(template, case, facts), domains=profile.mail_domains, max_years=profile.max_term_years
    )
    typed_values, refused = written_values(
        fields, typed or {}, domains=profile.mail_domains, max_years=profile.max_term_years
    )
    filled_rows: list[dict[str, str]] = []
    for row in rows:
        values, problems = written_values(
            template.columns, row, domains=profile.mail_domains, max_years=profile.max_term_years
        )
        filled_rows.append(values)
        refused += problems
    attached, unknown = _attached(template, files or {})
    filled = FilledForm(
        template=template,
        case=case,
        created_at=services.clock.now(),
        values=known | typed_values,
        rows=tuple(filled_rows),
        attached=attached,
    )
    return FilledRequest(
        form=filled,
        refused=(*refused, *unknown, *contradictions(filled, enrolled_email=facts.get("email", ""))),
        missing=missing(filled),
    )


def print_request(request: FilledRequest, target: Path, services: Services) -> int:
    """Write the form as PDF to a file of its own, whole or not at all; returns its pages.

    Raises the first ``FormError`` that speaks against it, ``StorageError``, ``DocumentError``.
    """
    if request.refused:
        raise request.refused[0]
    with services.outputs.new_file(target, source=None) as output:
        pages = services.documents.print_form(request.form, machine_copy(request.form), output.partial)
        output.commit()
    log.info("form %s for case %s written, %d pages", request.form.template.id, request.form.case.value, pages)
    return pages


def _known(template: FormTemplate, case: RequestCase, facts: Mapping[str, str]) -> dict[str, str]:
    """What is known of a device and its certificate, by the keys of the form."""
    shown = {name: _as_day(value) if name in _MOMENTS else value for name, value in facts.items()}
    shown |= {key: shown[source] for key, source in _OLD_CERTIFICATE.items() if source in shown}
    if case in REASONS:
        shown["reason"] = REASONS[case]
    return {one.key: shown[one.key] for one in template.fields if one.key in shown}


def _as_day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(VIETNAM_TIME).strftime("%d/%m/%Y")


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path)) from error


def _attached(
    template: FormTemplate, files: Mapping[str, Path]
) -> tuple[tuple[AttachedFile, ...], tuple[BdsignerError, ...]]:
    ids = {one.id for one in template.attachments}
    return (
        tuple(
            AttachedFile(attachment=name, file_name=path.name, sha256=_hash(path))
            for name, path in files.items()
            if name in ids
        ),
        tuple(FormError(ErrorCode.FORM_UNKNOWN_FIELD, field=name) for name in files if name not in ids),
    )
