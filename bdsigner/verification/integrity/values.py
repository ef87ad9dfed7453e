"""Reads PDF values through indirect references; pyHanko's ``get`` gives the reference itself."""

from pyhanko.pdf_utils import generic


def resolved(value: object) -> object:
    """Follow an indirect reference."""
    return value.get_object() if isinstance(value, generic.IndirectObject) else value


def entry(dictionary: generic.DictionaryObject, key: str) -> object:
    """Value of a key, resolved; ``None`` when it is missing or null."""
    value = dictionary[key] if key in dictionary else None  # noqa: SIM401  # get() would not resolve
    return None if isinstance(value, generic.NullObject) else value


def as_dictionary(value: object) -> generic.DictionaryObject | None:
    """The dictionary, resolved; ``None`` for anything else."""
    found = resolved(value)
    return found if isinstance(found, generic.DictionaryObject) else None


def raw_items(value: object) -> list[object]:
    """Items of an array, references kept; empty for anything else."""
    array = resolved(value)
    return [array.raw_get(index) for index in range(len(array))] if isinstance(array, generic.ArrayObject) else []
