"""What a signature allows later revisions to do: DocMDP, FieldMDP, field locks (ISO 32000-2 §12.8.2.2–4, Table 237)."""

from dataclasses import dataclass
from enum import IntEnum

from pyhanko.pdf_utils import generic

from bdsigner.verification.changes.kinds import Change, Found
from bdsigner.verification.integrity.values import as_dictionary, entry, raw_items, resolved


class Level(IntEnum):
    """Access permissions ``/P`` of DocMDP (Table 257)."""

    NOTHING = 1
    FORMS = 2
    ANNOTATIONS = 3


_ALLOWED = {
    Level.NOTHING: {Change.VALIDATION_DATA},
    Level.FORMS: {Change.VALIDATION_DATA, Change.SIGNATURES, Change.FORM},
    Level.ANNOTATIONS: {Change.VALIDATION_DATA, Change.SIGNATURES, Change.FORM, Change.ANNOTATIONS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Fields whose values may not change any more."""

    action: str
    """``/All``, ``/Include`` or ``/Exclude``."""
    names: frozenset[str]

    def holds(self, name: str) -> bool:
        """Whether a field, or one of its parents, is locked."""
        listed = any(name == one or name.startswith(one + ".") for one in self.names)
        return {"/All": True, "/Include": listed, "/Exclude": not listed}.get(self.action, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """All that one signature asks for; nothing: an approval signature without conditions."""

    level: Level | None = None
    locks: tuple[Lock, ...] = ()

    def allow(self, found: Found) -> bool:
        """Whether a change is permitted.  What could not be analysed is, as far as this goes."""
        if found.change is Change.NOT_ANALYSED:
            return True
        if self.level is not None and found.change not in _ALLOWED[self.level]:
            return False
        if not self.locks or found.change is Change.VALIDATION_DATA or found.is_new_field or not found.field:
            return True
        return not any(lock.holds(found.field) for lock in self.locks)


def read_permissions(signature: generic.DictionaryObject, field: generic.DictionaryObject) -> Permissions:
    """Read what a signature dictionary and its field's ``/Lock`` say.

    Raises what the parser raises for damaged dictionaries; ``ValueError`` for an unknown level.
    """
    levels: list[Level] = []
    locks: list[Lock] = []
    for reference in raw_items(entry(signature, "/Reference")):
        transform = as_dictionary(reference)
        method = entry(transform, "/TransformMethod") if transform is not None else None
        parameters = as_dictionary(entry(transform, "/TransformParams")) if transform is not None else None
        if method == "/DocMDP":
            levels.append(_level(parameters))
        elif method == "/FieldMDP" and parameters is not None:
            locks.append(_lock(parameters))
    lock = as_dictionary(entry(field, "/Lock"))
    if lock is not None:
        if "/P" in lock:
            levels.append(_level(lock))
        if not locks:
            locks.append(_lock(lock))
    return Permissions(level=min(levels, default=None), locks=tuple(locks))


def _level(parameters: generic.DictionaryObject | None) -> Level:
    value = entry(parameters, "/P") if parameters is not None else None
    return Level.FORMS if value is None else Level(int(str(value)))


def _lock(parameters: generic.DictionaryObject) -> Lock:
    names = frozenset(str(resolved(one)) for one in raw_items(entry(parameters, "/Fields")))
    return Lock(action=str(entry(parameters, "/Action")), names=names)
