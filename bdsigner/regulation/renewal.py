"""When the subscriber is reminded to ask for a renewal (Mẫu số 01)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

EXPIRED = 0
"""The threshold of the reminder that comes after the end."""
THRESHOLDS_DAYS = (90, 60, 30, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder that is due now; once shown, its threshold is kept for that certificate."""

    threshold_days: int
    """One of ``THRESHOLDS_DAYS``, or ``EXPIRED``."""
    days_left: int
    """Negative once expired."""

    @property
    def is_expired(self) -> bool:
        """Whether the certificate can no longer be used, so that its renewal can no longer be signed with it."""
        return self.threshold_days == EXPIRED


def days_left(not_after: datetime, now: datetime) -> int:
    """Whole days of 24 hours until the end of validity; 0 on the last day, negative from the end on."""
    return (not_after - now) // timedelta(days=1)


def reminder_due(days_left: int, already_shown: Collection[int]) -> Reminder | None:
    """The reminder to show now, or ``None``.

    ``already_shown`` are the thresholds told before for this certificate.  Each is told once; of several that were
    passed meanwhile only the nearest is told, and after it no earlier one, also when the clock was set back.
    """
    passed = [threshold for threshold in THRESHOLDS_DAYS if days_left <= threshold]
    nearest = EXPIRED if days_left < 0 else min(passed, default=None)
    if nearest is None or nearest >= min(already_shown, default=nearest + 1):
        return None
    return Reminder(threshold_days=nearest, days_left=days_left)
