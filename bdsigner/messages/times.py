"""Dates and times for people, written as the visible signature writes them, so that they can be compared."""

from datetime import datetime

from bdsigner.regulation.numbering import written_date
from bdsigner.regulation.signing_time import VIETNAM_TIME, format_signing_time

_LAST = datetime.max.replace(tzinfo=VIETNAM_TIME)
"""Certificates that never end say 99991231235959Z (RFC 5280 §4.1.2.5), which is past the last moment in Vietnam."""


def show_time(moment: datetime) -> str:
    """``dd.MM.yyyy HH:mm:ss +07:00``."""
    return format_signing_time(min(moment, _LAST))


def show_date(moment: datetime) -> str:
    """``dd.MM.yyyy`` in Vietnam."""
    return min(moment, _LAST).astimezone(VIETNAM_TIME).strftime("%d.%m.%Y")


def letter_date(moment: datetime, place: str) -> str:
    """``<địa danh>, ngày … tháng … năm …`` of a document (§14 box 4); dots where the place is not known."""
    day, month, year = written_date(moment.astimezone(VIETNAM_TIME).date())
    return f"{place or '……………'}, ngày {day} tháng {month} năm {year}"
