"""Reminders to renew: each threshold once, the nearest only, none twice however the days pass."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bdsigner.regulation.renewal import EXPIRED, THRESHOLDS_DAYS, days_left, reminder_due
from tests.support.reports import NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (DAY, 1),
        (DAY - SECOND, 0),
        (SECOND, 0),
        (timedelta(0), 0),
        (-SECOND, -1),
        (-DAY - SECOND, -2),
        (212.5 * DAY, 212),
    ],
)
def test_whole_days_are_counted_and_none_below_zero_while_in_force(until: timedelta, days: int) -> None:
    assert days_left(NOW + until, NOW) == days


@pytest.mark.parametrize(
    ("days", "shown", "threshold"),
    [
        (91, (), None),
        (90, (), 90),
        (90, (90,), None),
        (61, (90,), None),
        (60, (90,), 60),
        (25, (), 30),  # three thresholds passed while the token was away: one reminder
        (25, (90,), 30),
        (25, (90, 60, 30), None),
        (7, (30,), 7),
        (0, (30,), 7),
        (0, (7,), None),
        (-1, (7,), EXPIRED),
        (-400, (), EXPIRED),
        (-400, (EXPIRED,), None),
        (50, (30,), None),  # the clock was set back
        (50, (EXPIRED,), None),
    ],
)
def test_which_reminder_is_due(days: int, shown: tuple[int, ...], threshold: int | None) -> None:
    reminder = reminder_due(days, shown)

    assert (reminder.threshold_days if reminder else None) == threshold
    if reminder:
        assert reminder.days_left == days
        assert reminder.is_expired == (days < 0)


class Reminders(RuleBasedStateMachine):
    """One certificate: days pass, also backwards; now and then somebody looks."""

    def __init__(self) -> None:
        super().__init__()
        self.days = 120
        self.told: list[int] = []

    @rule(days=st.integers(-200, 60))
    def clock_moves(self, days: int) -> None:
        self.days += days

    @rule()
    def somebody_looks(self) -> None:
        reminder = reminder_due(self.days, self.told)
        if reminder is None:
            passed = [one for one in THRESHOLDS_DAYS if self.days <= one] + [EXPIRED] * (self.days < 0)
            assert not passed or min(self.told) <= min(passed)
        else:
            assert reminder.threshold_days >= self.days or reminder.is_expired
            assert all(reminder.threshold_days < before for before in self.told)
            self.told.append(reminder.threshold_days)
            assert reminder_due(self.days, self.told) is None


TestReminders = Reminders.TestCase
TestReminders.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
