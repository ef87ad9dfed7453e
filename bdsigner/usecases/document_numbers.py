"""Numbers from the agency's register: the next one, and who has one already (Đ10.3b)."""

from datetime import date
from pathlib import Path

from bdsigner.errors import ErrorCode, RegulationError
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.numbering import DocumentNumber
from bdsigner.model.signing_rules import Declaration
from bdsigner.ports import Services


def declared_number(layout: DocumentLayout, declaration: Declaration, today: date) -> DocumentNumber | None:
    """The number that a declaration gives to a document; ``None`` when it gives none."""
    if not declaration.number or layout.number is None or layout.number.number.is_filled:
        return None
    return DocumentNumber(
        number=declaration.number.strip().lstrip("0"),
        symbol=layout.number.symbol,
        year=year_of(layout, declaration, today),
    )


def year_of(layout: DocumentLayout, declaration: Declaration, today: date) -> int:
    """The year a document belongs to: of its date, declared or written, else this one."""
    if declaration.issued is not None:
        return declaration.issued.year
    written = layout.date.year.value if layout.date is not None else ""
    return int(written) if written.isdigit() else today.year


def other_holder(number: DocumentNumber | None, path: Path, services: Services) -> str:
    """Name of the file that has the number already; empty when nobody else has."""
    holder = services.numbers.holder(number) if number is not None else None
    return holder.name if holder is not None and holder != path else ""


def claim(number: DocumentNumber | None, path: Path, services: Services, *, is_known: bool) -> None:
    """Take the number before it is typed.

    ``is_known``: the person knows that another file has it.  Raises ``RegulationError`` ``REGULATION_NUMBER_TAKEN`` when
    another window was first.
    """
    if number is None:
        return
    holder = services.numbers.claim(number, path)
    if holder is not None and not is_known:
        raise RegulationError(
            ErrorCode.REGULATION_NUMBER_TAKEN,
            number=f"{number.number}/{number.symbol}",
            holder=holder.name,
            path=str(path),
            clause="Đ10.3b",
        )
