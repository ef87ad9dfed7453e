"""How a signing time is written, Đ10.1b; apart from the rest, as the window needs it before its first paint."""

from datetime import datetime, timedelta, timezone

VIETNAM_TIME = timezone(timedelta(hours=7))
"""The time printed is written with its offset, ``+07:00`` (regulation.md §8.5)."""


def format_signing_time(moment: datetime) -> str:
    """``dd.MM.yyyy HH:mm:ss +07:00``."""
    return moment.astimezone(VIETNAM_TIME).strftime("%d.%m.%Y %H:%M:%S +07:00")


def format_iso_time(moment: datetime) -> str:
    """``yyyy-MM-ddTHH:mm:ss+07:00`` (ISO 8601), as Nghị định 30/2020/NĐ-CP, Phụ lục I wants it on copies."""
    return moment.astimezone(VIETNAM_TIME).isoformat(timespec="seconds")


def is_within_tolerance(printed: datetime, timestamp: datetime, tolerance: timedelta) -> bool:
    """Whether the printed time and the legally relevant one agree (regulation.md §8)."""
    return abs(timestamp - printed) <= tolerance
