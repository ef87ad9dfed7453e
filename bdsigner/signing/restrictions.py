"""What earlier signatures and the field itself demand of a new signature (ISO 32000-2 §12.8.2, §12.7.5.5)."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.signing.fields import FormField
from bdsigner.signing.objects import dictionary, entry, number, pdf_name

_NO_CHANGES = 1
_SUBFILTER = "/ETSI.CAdES.detached"

_SEED_FILTER, _SEED_SUBFILTER, _SEED_DIGEST = 1 << 0, 1 << 1, 1 << 6
_SEED_UNSUPPORTED = {
    1 << 3: "Reasons",
    1 << 4: "LegalAttestation",
    1 << 5: "AddRevInfo",
    1 << 7: "LockDocument",
    1 << 8: "AppearanceFilter",
}
"""Mandatory seed values (table 237, ``Ff``) that a PAdES B signature of ours cannot promise."""


def check_signing_allowed(root: generic.DictionaryObject, fields: tuple[FormField, ...], field_name: str) -> None:
    """Raise ``SigningError`` ``SIGNING_FORBIDDEN_BY_SIGNATURE`` when a signature in the file forbids another one."""
    certification = entry(entry(root, "/Perms"), "/DocMDP")
    if _forbids_all(certification):
        raise SigningError(ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE, field="", rule="DocMDP")
    for field in fields:
        signature = field.value if field.is_signature else None
        if signature is None:
            continue
        locks = [entry(field.node, "/Lock"), *_transforms(signature, "/FieldMDP")]
        if _forbids_all(signature) or any(_locks_everything(lock) for lock in locks):
            raise SigningError(ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE, field=field.name, rule="DocMDP")
        if any(_locks(lock, field_name) for lock in locks):
            raise SigningError(ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE, field=field.name, rule="FieldMDP")


def check_seed_values(field: FormField) -> None:
    """Raise ``SigningError`` ``SIGNING_FIELD_CONSTRAINED`` when the field's author demands what we do not make."""
    seed = entry(field.node, "/SV")
    flags = int(number(entry(seed, "/Ff")) or 0)
    unmet = [name for bit, name in _SEED_UNSUPPORTED.items() if flags & bit and entry(seed, f"/{name}") is not None]
    if flags & _SEED_FILTER and entry(seed, "/Filter") not in (None, "/Adobe.PPKLite"):
        unmet.append("Filter")
    if flags & _SEED_SUBFILTER and not _allows(entry(seed, "/SubFilter"), _SUBFILTER):
        unmet.append("SubFilter")
    if flags & _SEED_DIGEST and not _allows(entry(seed, "/DigestMethod"), "SHA256"):
        unmet.append("DigestMethod")
    if number(entry(entry(seed, "/Cert"), "/Ff")):
        unmet.append("Cert")
    if unmet:
        raise SigningError(ErrorCode.SIGNING_FIELD_CONSTRAINED, field=field.name, constraint=unmet[0])


def lock_references(field: FormField) -> generic.ArrayObject | None:
    """``/Reference`` a signature must carry when its field has a ``/Lock`` (table 236): the locks take effect."""
    lock = entry(field.node, "/Lock")
    action = entry(lock, "/Action")
    if action is None:
        return None
    parameters = dictionary({"/Type": pdf_name("/TransformParams"), "/V": pdf_name("/1.2"), "/Action": action})
    names = entry(lock, "/Fields")
    if names is not None and action != "/All":
        parameters[pdf_name("/Fields")] = generic.ArrayObject(
            generic.TextStringObject(names[index]) for index in range(len(names))
        )
    references = generic.ArrayObject([_reference("/FieldMDP", parameters)])
    permissions = number(entry(lock, "/P"))
    if permissions is not None:
        limits = {
            "/Type": pdf_name("/TransformParams"),
            "/V": pdf_name("/1.2"),
            "/P": generic.NumberObject(permissions),
        }
        references.append(_reference("/DocMDP", dictionary(limits)))
    return references


def _reference(method: str, parameters: generic.DictionaryObject) -> generic.DictionaryObject:
    return dictionary(
        {"/Type": pdf_name("/SigRef"), "/TransformMethod": pdf_name(method), "/TransformParams": parameters}
    )


def _transforms(signature: object, method: str) -> Iterator[generic.DictionaryObject]:
    references = entry(signature, "/Reference")
    if not isinstance(references, generic.ArrayObject):
        return
    for index in range(len(references)):
        reference = references[index]
        parameters = entry(reference, "/TransformParams")
        if entry(reference, "/TransformMethod") == method and isinstance(parameters, generic.DictionaryObject):
            yield parameters


def _forbids_all(signature: object) -> bool:
    return any(number(entry(parameters, "/P")) == _NO_CHANGES for parameters in _transforms(signature, "/DocMDP"))


def _locks_everything(lock: object) -> bool:
    return number(entry(lock, "/P")) == _NO_CHANGES


def _locks(lock: object, field_name: str) -> bool:
    action = entry(lock, "/Action")
    names = entry(lock, "/Fields")
    listed = [str(names[index]) for index in range(len(names))] if isinstance(names, generic.ArrayObject) else []
    is_listed = any(field_name == name or field_name.startswith(f"{name}.") for name in listed)
    return action == "/All" or (action == "/Include" and is_listed) or (action == "/Exclude" and not is_listed)


def _allows(values: object, wanted: str) -> bool:
    if not isinstance(values, generic.ArrayObject) or not values:
        return True
    return any(str(values[index]).upper() == wanted.upper() for index in range(len(values)))
