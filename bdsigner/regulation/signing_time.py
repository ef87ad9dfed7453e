"""How a signing time is written, Đ10.1b; apart from the rest, as the window needs it before its first paint."""

from datetime import datetime, timedelta, timezone

VIETNAM_TIME = timezone(timedelta(hours=7))
"""The time printed is written with its offset, ``+07:00`` (regulation.md §8.5)."""


def format_signing_time(moment: datetime) -> str:
    """``dd.MM.yyyy HH:mm:ss +07:00``."""
    return moment.astimezone(VIETNAM_TIME).strftime("%d.%m.%Y %H:%M:%S +07:00")
