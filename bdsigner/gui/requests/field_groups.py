"""Which fields of a form stand together in the window; a form that the department replaces may have others."""

from collections.abc import Iterable

from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.form import FormField

_SUBJECT = (
    _("Nội dung đề nghị"),
    ("group", "is_agency_head", "reason", "old_details", "new_details", "term_years"),
)
_PERSON = (
    _("Người đề nghị"),
    (
        "full_name",
        "gender",
        "birth_date",
        "birth_place",
        "nationality",
        "id_number",
        "id_issued_on",
        "id_issued_at",
        "permanent_address",
    ),
)
_WORK = (
    _("Nơi công tác và liên hệ"),
    (
        "workplace",
        "agency",
        "position",
        "department",
        "agency_address",
        "email",
        "phone_mobile",
        "phone_home",
        "work_phone",
        "work_fax",
        "agency_phone",
        "agency_fax",
    ),
)
_CERTIFICATE = (
    _("Chứng thư số và thiết bị"),
    (
        "cert_serial",
        "cert_issued_on",
        "cert_expires_on",
        "old_serial",
        "old_issued_on",
        "old_expires_on",
        "device_serial",
    ),
)
_OTHER = _("Mục khác")


def grouped(fields: Iterable[FormField]) -> list[tuple[str, list[FormField]]]:
    """Titles with their fields, without empty groups; what is not known by its key comes last."""
    by_key = {field.key: field for field in fields}
    found: list[tuple[str, list[FormField]]] = []
    for title, keys in (_SUBJECT, _PERSON, _WORK, _CERTIFICATE):
        members = [by_key.pop(key) for key in keys if key in by_key]
        if members:
            found.append((tr(title), members))
    if by_key:
        found.append((tr(_OTHER), list(by_key.values())))
    return found
