"""Values of forms that are codes, in the words of the regulation; always Vietnamese, as the forms are."""

from bdsigner.department.cases import GROUPS


def choice_name(value: str) -> str:
    """What a person reads for a value; most stand for themselves."""
    return GROUPS.get(value, value)
