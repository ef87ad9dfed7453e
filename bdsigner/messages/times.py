"""Dates and times for people, written as the visible signature writes them, so that they can be compared."""

from datetime import datetime

from bdsigner.regulation.signing_time import VIETNAM_TIME, format_signing_time


def show_time(moment: datetime) -> str:
    """``dd.MM.yyyy HH:mm:ss +07:00``."""
    return format_signing_time(moment)


def show_date(moment: datetime) -> str:
    """``dd.MM.yyyy`` in Vietnam."""
    return moment.astimezone(VIETNAM_TIME).strftime("%d.%m.%Y")
