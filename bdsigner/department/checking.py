"""Values of forms: brought into their written form, and what speaks against them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from bdsigner.department.cases import GROUPS
from bdsigner.department.number_words import MOST
from bdsigner.errors import BdsignerError, ErrorCode, FormError
from bdsigner.model.device import RequestCase
from bdsigner.model.form import Attachment, FieldKind, FilledForm, FormField, FormTemplate

ROWS_MAX = 2_000
"""More people than the province has certificates for; a list of them is some hundred pages."""
_REMOVED = ("Cc", "Cf", "Cs", "Co", "Cn")
_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)
_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9.-]+)")
"""A mailbox as RFC 5321 §4.1.2 has it, without quoted names and literal addresses."""
_PHONE = re.compile(r"\+?\d[\d .()-]{5,24}", re.ASCII)
HANDOVER_REASONS = ("Cấp mới", "Thu hồi")


def written(one: FormField, raw: str, *, domains: Sequence[str], max_years: int) -> str:
    """A value as it is printed: NFC, single spaces, capitals where the label wants them.

    Raises ``FormError``: FORM_TOO_LONG, FORM_CHARACTERS, FORM_DATE, FORM_TIME, FORM_MAIL, FORM_MAIL_DOMAIN, FORM_PHONE,
    FORM_TERM, FORM_CHOICE, each with label and key.  Nothing is guessed: a date is ``dd/mm/yyyy`` or refused.
    """
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if any(unicodedata.category(character) in _REMOVED for character in text):
        raise FormError(ErrorCode.FORM_CHARACTERS, label=one.label, key=one.key)
    if len(text) > one.most_characters:
        raise FormError(ErrorCode.FORM_TOO_LONG, label=one.label, key=one.key, most=one.most_characters)
    if not text:
        return ""
    match one.kind:
        case FieldKind.CAPITALS:
            return text.upper()
        case FieldKind.DATE:
            if as_date(text) is None:
                raise FormError(ErrorCode.FORM_DATE, label=one.label, key=one.key)
        case FieldKind.TIME:
            if as_time(text) is None:
                raise FormError(ErrorCode.FORM_TIME, label=one.label, key=one.key)
        case FieldKind.MAIL:
            return _mail(one, text, ())
        case FieldKind.OFFICIAL_MAIL:
            return _mail(one, text, domains)
        case FieldKind.PHONE:
            if not _PHONE.fullmatch(text):
                raise FormError(ErrorCode.FORM_PHONE, label=one.label, key=one.key)
        case FieldKind.YEARS:
            if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= max_years:
                raise FormError(ErrorCode.FORM_TERM, label=one.label, key=one.key, most=max_years)
            return f"{int(text):02}"
        case FieldKind.CHOICE | FieldKind.BOXES:
            if text not in one.choices:
                raise FormError(ErrorCode.FORM_CHOICE, label=one.label, key=one.key, choices=", ".join(one.choices))
        case FieldKind.TEXT:
            pass
    return text


def as_date(text: str) -> date | None:
    """A ``dd/mm/yyyy``; ``None`` for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def as_time(text: str) -> time | None:
    """An ``HH:MM``; ``None`` for anything else."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  # an hour of the wall clock, of no day
    except ValueError:
        return None


def written_values(
    fields: Iterable[FormField], raw: Mapping[str, str], *, domains: Sequence[str], max_years: int
) -> tuple[dict[str, str], tuple[BdsignerError, ...]]:
    """All values in their written form, and what was refused; FORM_UNKNOWN_FIELD for keys the form does not have."""
    by_key = {one.key: one for one in fields}
    values: dict[str, str] = {}
    problems: list[BdsignerError] = []
    for key, text in raw.items():
        if key not in by_key:
            problems.append(FormError(ErrorCode.FORM_UNKNOWN_FIELD, field=key))
            continue
        try:
            value = written(by_key[key], text, domains=domains, max_years=max_years)
        except FormError as error:
            problems.append(error)
            continue
        if value:
            values[key] = value
    return values, tuple(problems)


def contradictions(form: FilledForm, *, enrolled_email: str = "") -> tuple[BdsignerError, ...]:
    """What cannot be true together; the form must not be printed with it.

    ``enrolled_email``: address of the certificate, which Mẫu số 04 (*) wants again; empty when it is not known.
    """
    found: list[BdsignerError] = []
    for earlier, later in (
        ("birth_date", "id_issued_on"),
        ("old_issued_on", "old_expires_on"),
        ("cert_issued_on", "cert_expires_on"),
    ):
        first, second = (as_date(form.values.get(key, "")) for key in (earlier, later))
        if first is not None and second is not None and second < first:
            found.append(
                FormError(ErrorCode.FORM_DATE_ORDER, earlier=label(form, earlier), later=label(form, later), key=later)
            )
    email = form.values.get("email", "")
    if form.template.id == "mau-04" and email and enrolled_email and email.casefold() != enrolled_email.casefold():
        found.append(FormError(ErrorCode.FORM_MAIL_OTHER, key="email"))
    if len(form.rows) > min(ROWS_MAX, MOST):
        found.append(FormError(ErrorCode.FORM_ROWS, most=ROWS_MAX, count=len(form.rows)))
    return tuple(found)


def missing(form: FilledForm) -> tuple[BdsignerError, ...]:
    """What must still come, by hand or typed, before the form is sent; it may be printed without."""
    found: list[BdsignerError] = [
        FormError(ErrorCode.FORM_VALUE_MISSING, label=one.label, key=one.key)
        for one in form.template.fields
        if one.is_required_in(form.case) and not form.values.get(one.key)
    ]
    for number, row in enumerate(form.rows, 1):
        found += [
            FormError(ErrorCode.FORM_CELL_MISSING, label=one.label, key=one.key, row=number)
            for one in form.template.columns
            if one.is_required and not row.get(one.key)
        ]
        if row.get("reason") == HANDOVER_REASONS[1] and not row.get("device_serial") and not row.get("note"):
            found.append(FormError(ErrorCode.FORM_NOTE_MISSING, row=number))  # Đ7.2c
    if form.template.columns and not form.rows:
        found.append(FormError(ErrorCode.FORM_ROWS, most=ROWS_MAX, count=0))
    given = {one.attachment for one in form.attached}
    found += [
        FormError(ErrorCode.FORM_ATTACHMENT_MISSING, name=one.name, key=one.id)
        for one in attachments(form.template, form.case, form.values)
        if one.id not in given
    ]
    return tuple(found)


def attachments(template: FormTemplate, case: RequestCase, values: Mapping[str, str]) -> tuple[Attachment, ...]:
    """The papers that go with a form filled in like that (Đ6.1a, b; Đ8.1c)."""
    return tuple(
        one
        for one in template.attachments
        if (not one.cases or case.value in one.cases)
        and (not one.groups or values.get("group", "") in one.groups)
        and not (one.is_head_exempt and values.get("is_agency_head") == "có")
    )


def label(form: FilledForm, key: str) -> str:
    """The label of a field, without its colon."""
    one = form.template.field(key)
    return one.label.rstrip(": ") if one is not None else key


def group_name(group: str) -> str:
    """The group of Đ5.1 in the words of the regulation; empty for none of them."""
    return GROUPS.get(group, "")


def _mail(one: FormField, text: str, domains: Sequence[str]) -> str:
    found = _MAIL.fullmatch(text)
    if found is None or len(text) > 254:
        raise FormError(ErrorCode.FORM_MAIL, label=one.label, key=one.key)
    if domains and found.group(2).casefold() not in {domain.casefold() for domain in domains}:
        raise FormError(ErrorCode.FORM_MAIL_DOMAIN, label=one.label, key=one.key, domains=", ".join(domains))
    return text
