"""How number and date of a document are written (regulation.md §14) and which may be filled in (Đ10.3b)."""

import re
from datetime import date

_NUMBER = re.compile(r"\d{1,6}[a-zA-ZđĐ]?")


def written_number(number: str) -> str:
    """Numbers below 10 with a leading zero: ``5`` → ``05``, ``5a`` → ``05a``."""
    number = number.strip()
    digits = re.match(r"\d*", number)
    return f"0{number}" if digits is not None and len(digits[0]) == 1 else number


def is_number(number: str) -> bool:
    """Whether it can be a document number: digits and at most one letter; not zero."""
    return _NUMBER.fullmatch(number.strip()) is not None and number.strip(" 0") != ""


def written_date(issued: date) -> tuple[str, str, str]:
    """Day, month and year: days below 10 and the months 1 and 2 with a leading zero."""
    month = f"{issued.month:02d}" if issued.month <= 2 else str(issued.month)
    return f"{issued.day:02d}", month, str(issued.year)
