"""Whose half of a form's foot is whose (Mẫu số 01–04)."""

from bdsigner.department.cases import HANDOVER_FORM, LIST_FORM, needs_confirmation
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.certificate import Certificate
from bdsigner.model.form import FilledForm, FormTemplate, Signatory
from bdsigner.model.person_names import same_person
from bdsigner.model.request import Request

_OWN_ON_THE_LEFT = frozenset({LIST_FORM, HANDOVER_FORM})
"""“Người lập”, “Đại diện bên giao”; on the others “Người khai” is on the right, the agency on the left."""


def own_half(template: FormTemplate) -> Signatory:
    """Of whoever makes the request."""
    return template.left if template.id in _OWN_ON_THE_LEFT else template.right


def other_half(template: FormTemplate) -> Signatory:
    """Of whoever stands behind it: the agency that manages the subscriber, the head, the taker."""
    return template.right if template.id in _OWN_ON_THE_LEFT else template.left


def check_confirmed(request: Request, template: FormTemplate, *, now_signing: str = "") -> None:
    """Đ5.1b: without the agency's confirmation it is not handed in; on paper a person sees to that.

    ``now_signing``: the field that is about to be signed.  Raises ``RequestError`` REQUEST_UNCONFIRMED.
    """
    wanted = other_half(template).signature_field
    if request.is_hand_signed or not needs_confirmation(request.values.get("group", "")):
        return
    if wanted not in (*request.signed_fields, now_signing):
        raise RequestError(ErrorCode.REQUEST_UNCONFIRMED)


def is_named(form: FilledForm, certificate: Certificate) -> bool | None:
    """Whether the form names the certificate's holder as whoever makes the request; ``None``: it names nobody."""
    name = form.values.get(own_half(form.template).name_key, "")
    return same_person(name, certificate.common_name) if name else None


def is_namesake(form: FilledForm, certificate: Certificate) -> bool:
    """Whether the holder has another official mailbox than the form says: then the same name is another person's."""
    email = form.values.get("email", "")
    return bool(email and certificate.email) and email.casefold() != certificate.email.casefold()
