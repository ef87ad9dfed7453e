"""A ByteRange that does not cover what it seems to."""

from collections.abc import Callable

from tests.assets.attacks.attack import Attack, Scene
from tests.support.signed_pdf import Gap, with_byte_range

Numbers = tuple[int, ...]

_RANGES: dict[str, Callable[[Numbers, int], Numbers]] = {
    "not from 0": lambda n, _: (1, n[1] - 1, n[2], n[3]),
    "zeros": lambda _, __: (0, 0, 0, 0),
    "everything": lambda _, size: (0, size, 0, 0),
    "short tail": lambda n, _: (n[0], n[1], n[2], n[3] - 8),
    "long tail": lambda n, _: (n[0], n[1], n[2], n[3] + 9),
    "gap too wide": lambda n, _: (n[0], n[1] - 30, n[2], n[3]),
    "gap moved": lambda n, _: (n[0], n[1] + 10, n[2] + 10, n[3] - 10),
    "overlap": lambda n, _: (n[0], n[2], n[1], n[3]),
    "negative": lambda _, __: (0, 9, 99, -9),
    "one pair": lambda n, _: n[:2],
    "three pairs": lambda _, __: (0, 5, 9, 5, 9, 5),
    "huge": lambda _, __: (0, 99999, 99999, 1),
    "empty": lambda _, __: (),
}


def _ranged(change: Callable[[Numbers, int], Numbers]) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        data = scene.signed
        return with_byte_range(data, *change(Gap.of(data).byte_range, len(data)))

    return make


def _indirect(scene: Scene) -> bytes:
    gap = Gap.of(scene.signed)
    return scene.signed[: gap.range_start] + b"4 0 R".ljust(gap.range_end - gap.range_start) + scene.signed[gap.range_end :]  # fmt: skip


# A wrong range also changes the signed bytes themselves; where a digest can still be taken that is the stronger word.
_BROKEN = {"not from 0", "short tail", "gap too wide", "gap moved", "negative", "long tail"}
ATTACKS = (
    *(
        Attack("ByteRange", name, "BROKEN" if name in _BROKEN else "CHANGED", _ranged(change))
        for name, change in _RANGES.items()
    ),
    Attack("ByteRange", "indirect", "UNSUPPORTED", _indirect),
)
