"""A ``DeviceMemory`` that forgets with the test; set ``is_readable`` to false for one that cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bdsigner.model.device import DeviceEvent, DeviceEventKind, KnownDevice, RequestCase, RequestDraft
from bdsigner.model.token import Token

SEEN = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


@dataclass
class FakeMemory:
    """Implements ``ports.DeviceMemory``."""

    is_readable: bool = True
    known: dict[str, KnownDevice] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    history: list[DeviceEvent] = field(default_factory=list)
    reminded: dict[str, set[int]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    kept: list[RequestDraft] = field(default_factory=list)

    def remember(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            before = self.known[token.serial].certificates if token.serial in self.known else ()
            added = tuple(one.der for one in token.certificates if one.der not in before)
            self.known[token.serial] = KnownDevice(
                serial=token.serial,
                label=token.label,
                model=token.model,
                manufacturer=token.manufacturer,
                first_seen=SEEN,
                last_seen=SEEN,
                certificates=before + added,
            )

    def devices(self) -> tuple[KnownDevice, ...]:
        return tuple(self.known.values())

    def misses(self, serial: str) -> int | None:
        return self.counts.get(serial, 0) if self.is_readable else None

    def count_miss(self, serial: str) -> None:
        self.counts[serial] = self.counts.get(serial, 0) + 1

    def clear_misses(self, serial: str) -> None:
        self.counts[serial] = 0

    def always_authenticate(self, serial: str) -> frozenset[str]:
        return self.keys.get(serial, frozenset())

    def set_always_authenticate(self, serial: str, key_ids: frozenset[str]) -> None:
        self.keys[serial] = key_ids

    def record(self, event: DeviceEvent) -> None:
        self.history.append(event)

    def events(self, serial: str = "", *, limit: int = 100) -> tuple[DeviceEvent, ...]:
        return tuple(each for each in reversed(self.history) if serial in ("", each.serial))[:limit]

    def reminders_shown(self, sha256: str) -> frozenset[int]:
        return frozenset(self.reminded.get(sha256, ()))

    def set_reminder_shown(self, sha256: str, days: int) -> None:
        self.reminded.setdefault(sha256, set()).add(days)

    def is_acknowledged(self, notice: str) -> bool:
        return notice in self.read

    def acknowledge(self, notice: str, at: datetime) -> None:
        self.read.add(notice)

    def save_draft(self, draft: RequestDraft) -> None:
        self.kept = [draft, *(each for each in self.kept if (each.case, each.serial) != (draft.case, draft.serial))]

    def drop_draft(self, case: RequestCase, serial: str) -> None:
        self.kept = [each for each in self.kept if (each.case, each.serial) != (case, serial)]

    def drafts(self) -> tuple[RequestDraft, ...]:
        return tuple(self.kept)

    def close(self) -> None:
        pass

    @property
    def kinds(self) -> list[DeviceEventKind]:
        """What happened, in order."""
        return [event.kind for event in self.history]
