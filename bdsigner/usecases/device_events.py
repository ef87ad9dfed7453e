"""What changed between two looks at the tokens: written down, and remembered (Đ14.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bdsigner.model.device import DeviceEvent, DeviceEventKind
from bdsigner.model.token import Token
from bdsigner.ports import Services


@dataclass(frozen=True, slots=True)
class Changes:
    """Tokens that came and went; one that was changed for another in the same reader is in both."""

    inserted: tuple[Token, ...]
    removed: tuple[Token, ...]


def observe(before: Sequence[Token], now: Sequence[Token], services: Services) -> Changes:
    """Compare two looks, write down what happened and remember who was seen."""
    known, seen = {token.serial for token in before}, {token.serial for token in now}
    changes = Changes(
        inserted=tuple(token for token in now if token.serial not in known),
        removed=tuple(token for token in before if token.serial not in seen),
    )
    for token in changes.inserted:
        _record(token, DeviceEventKind.INSERTED, services)
    for token in changes.removed:
        _record(token, DeviceEventKind.REMOVED, services)
    if tuple(before) != tuple(now):
        services.memory.remember([token for token in now if token.serial])
    return changes


def _record(token: Token, kind: DeviceEventKind, services: Services) -> None:
    services.memory.record(DeviceEvent(at=services.clock.now(), serial=token.serial, kind=kind))
