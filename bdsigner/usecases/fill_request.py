"""Fill in the form of a case from what is known and what is typed, and print it (Điều 6–8)."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bdsigner.department.cases import CASES
from bdsigner.department.checking import contradictions, missing, written_values
from bdsigner.department.machine_copy import machine_copy
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, FormError
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.form import AttachedFile, FilledForm, FilledRequest, FormField, FormTemplate
from bdsigner.ports import Services
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.known_values import SERIAL_KEYS, certificate_meant, known_values
from bdsigner.usecases.request_drafts import device_holding, known_device

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A form without its papers, and what was found out on the way."""

    template: FormTemplate
    values: dict[str, str]
    rows: tuple[dict[str, str], ...]
    accepted: dict[str, str]
    """Of what was typed, what may stand like that."""
    refused: tuple[BdsignerError, ...]
    certificate: Certificate | None
    """The one that the form names, where it is known here."""


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

    ``serial`` names a device that was seen here.  ``form`` chooses another form than the case's (Mẫu số 02, 03);
    ``files`` are papers by the id of their attachment.  A look only: nothing is kept, and no device stops signing.

    Raises ``TokenError`` TOKEN_NOT_FOUND, ``FormError`` FORM_UNKNOWN_FORM and FORM_WRONG_CASE (a case the department
    begins), ``ProfileError`` for a faulty template, ``DocumentError`` for a paper that cannot be read.
    """
    device = device_meant(serial, typed or {}, services)
    filling = fill(case, services, device=device, form=form, typed=typed or {}, rows=rows)
    attached, unknown = _attached(filling.template, files or {})
    filled = FilledForm(
        template=filling.template,
        case=case,
        created_at=services.clock.now(),
        values=filling.values,
        rows=filling.rows,
        attached=attached,
    )
    return judged(filled, refused=(*filling.refused, *unknown), certificate=filling.certificate)


def device_meant(serial: str, typed: Mapping[str, str], services: Services) -> KnownDevice | None:
    """The device of that serial number, else the one that holds the certificate whose number was typed.

    Raises ``TokenError`` TOKEN_NOT_FOUND for a serial number that was never seen here.
    """
    if serial:
        return known_device(serial, services)
    named = next((typed[key] for key in SERIAL_KEYS if typed.get(key)), "")
    return device_holding(named, services) if named else None


def fill(
    case: RequestCase,
    services: Services,
    *,
    device: KnownDevice | None,
    form: str,
    typed: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
) -> Filling:
    """What stands in the form.  Raises ``FormError``, ``ProfileError`` as ``fill_request``."""
    name = form or CASES[case].form
    if not name:
        raise FormError(ErrorCode.FORM_WRONG_CASE, case=case.value)
    template = services.forms.load(name)
    known = known_values(template, case, services, device=device, typed=typed)
    accepted, refused = written(template.fields, typed, services)
    filled_rows, refused_rows = written_rows(template, rows, services)
    values = {key: value for key, value in known.values.items() if key not in typed or typed[key].strip()} | accepted
    return Filling(
        template=template,
        values=values,
        rows=filled_rows,
        accepted=accepted,
        refused=refused + refused_rows,
        certificate=certificate_meant(known.certificates, values),
    )


def written(
    fields: Iterable[FormField], typed: Mapping[str, str], services: Services
) -> tuple[dict[str, str], tuple[BdsignerError, ...]]:
    """Values in their written form, and what was refused."""
    profile = services.profile
    return written_values(fields, typed, domains=profile.mail_domains, max_years=profile.max_term_years)


def written_rows(
    template: FormTemplate, rows: Sequence[Mapping[str, str]], services: Services
) -> tuple[tuple[dict[str, str], ...], tuple[BdsignerError, ...]]:
    """The lines of a list as ``written``; the province is the profile's unless a line says another."""
    usual = {one.key: services.profile.province for one in template.columns if one.key == "province"}
    filled: list[dict[str, str]] = []
    refused: list[BdsignerError] = []
    for row in rows:
        values, problems = written(template.columns, row, services)
        filled.append(usual | values)
        refused += problems
    return tuple(filled), tuple(refused)


def judged(
    form: FilledForm, *, refused: tuple[BdsignerError, ...] = (), certificate: Certificate | None = None
) -> FilledRequest:
    """The form, with what contradicts itself and what is missing; ``certificate``: whose address Mẫu số 04 (*) wants."""
    email = certificate.email if certificate is not None else ""
    return FilledRequest(
        form=form, refused=(*refused, *contradictions(form, enrolled_email=email)), missing=missing(form)
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


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path)) from error
