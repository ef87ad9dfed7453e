"""The machine-readable copy of a form (docs/request.schema.json), attached inside its PDF."""

import msgspec

from bdsigner.department.checking import as_date
from bdsigner.model.form import FieldKind, FilledForm, FormField

SCHEMA = "bdsigner.request/1"
"""Name and version; a reader refuses versions it does not know."""
COPY_NAME = "request.json"


class AttachmentJson(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that goes with the form."""

    id: str
    file_name: str
    sha256: str


class RequestJson(msgspec.Struct, frozen=True, kw_only=True):
    """A form as programs read it: dates as ISO 8601, years as a number, everything else as it is printed."""

    schema: str
    request_id: str
    """The same on every way and with every try: whoever counts ids counts the request once.  Empty: only printed."""
    form: str
    form_version: int
    case: str
    created_at: str
    values: dict[str, str | int]
    rows: tuple[dict[str, str | int], ...]
    attachments: tuple[AttachmentJson, ...]


def machine_copy(form: FilledForm) -> bytes:
    """UTF-8 JSON, the same for the same form."""
    copy = RequestJson(
        schema=SCHEMA,
        request_id=form.request_id,
        form=form.template.id,
        form_version=form.template.version,
        case=form.case.value,
        created_at=form.created_at.isoformat(),
        values=_values(form.template.fields, form.values),
        rows=tuple(_values(form.template.columns, row) for row in form.rows),
        attachments=tuple(
            AttachmentJson(id=one.attachment, file_name=one.file_name, sha256=one.sha256) for one in form.attached
        ),
    )
    return msgspec.json.format(msgspec.json.encode(copy), indent=1)


def schema() -> bytes:
    """JSON Schema of the copy, as published."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(RequestJson)), indent=2) + b"\n"


def _values(fields: tuple[FormField, ...], values: dict[str, str]) -> dict[str, str | int]:
    return {one.key: _value(one, values[one.key]) for one in fields if values.get(one.key)}


def _value(one: FormField, text: str) -> str | int:
    day = as_date(text) if one.kind is FieldKind.DATE else None
    if day is not None:
        return day.isoformat()
    return int(text) if one.kind is FieldKind.YEARS else text
