"""One holder at a time, also while the holder before gives the lock back."""

from pathlib import Path

import pytest

from bdsigner.storage import locks
from bdsigner.storage.locks import LifeLock


def test_a_second_taker_is_refused_until_the_first_gives_it_back(tmp_path: Path) -> None:
    first, second = LifeLock(tmp_path / "lock"), LifeLock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()


@pytest.mark.parametrize("third_is_quicker", [True, False])
def test_a_file_removed_between_opening_and_locking_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, third_is_quicker: bool
) -> None:
    first, second, third = (LifeLock(tmp_path / "lock") for _ in range(3))
    assert first.take()
    really_lock = locks._lock

    def give_back_meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(locks, "_lock", really_lock)
        first.release()
        if third_is_quicker:
            assert third.take()
        really_lock(descriptor)

    monkeypatch.setattr(locks, "_lock", give_back_meanwhile)
    assert second.take() is not third_is_quicker
    assert not LifeLock(tmp_path / "lock").take()
