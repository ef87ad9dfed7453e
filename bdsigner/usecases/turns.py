"""An order in which threads may use something: each comes when all before it have been, or have given up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Made for a fixed order of numbers; may be used from any thread."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = tuple(order)
        self._next = 0
        self._over: set[int] = set()
        self._is_taken = False
        self._changed = Condition()

    @contextmanager
    def turn(self, number: int) -> Iterator[None]:
        """Wait for the turn of this number, and pass it on at the end; one whose turn is over comes in between."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken and self._is_due(number))
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
            self.give_up(number)

    def give_up(self, number: int) -> None:
        """This number does not come any more, or has been."""
        with self._changed:
            self._over.add(number)
            while self._next < len(self._order) and self._order[self._next] in self._over:
                self._next += 1
            self._changed.notify_all()

    def _is_due(self, number: int) -> bool:
        return number in self._over or (self._next < len(self._order) and self._order[self._next] == number)
