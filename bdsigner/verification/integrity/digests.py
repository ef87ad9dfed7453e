"""All digests of a file in one pass: the running state is forked at each gap, so n signatures cost no more than one."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from bdsigner.verification.integrity.structure import BLOCK_BYTES

SIGNATURE_TRACE = b"/ByteRange"
"""Every signature dictionary contains it in the clear, since its numbers are filled in last."""
_TRACES = re.compile(SIGNATURE_TRACE + rb"|/SubFilter|/Contents ?<30")
"""The others may be all that a cut file kept: the name of a format, or a string that begins like DER."""
_OVERLAP = 13
"""One less than the longest of them."""
MAX_TRACES = 1_000
MAX_REREAD_BYTES = 4 << 30
"""Bytes behind gaps read again, all signatures together: 200 gaps at the start of a large file would be a bomb."""


@dataclass(frozen=True, slots=True)
class Range:
    """A ByteRange that starts at 0: bytes up to ``gap_start`` and from ``gap_end`` to ``end``, with its digest."""

    gap_start: int
    gap_end: int
    end: int
    algorithm: str


@dataclass(frozen=True, slots=True)
class Digests:
    """What one pass over the file gave."""

    sha256: str
    """Of the whole file, hex."""
    by_range: dict[Range, bytes]
    """Without the ranges that would have gone over ``MAX_REREAD_BYTES``."""
    traces: tuple[int, ...]
    """Offsets of ``/ByteRange``, at most ``MAX_TRACES``; none: nothing was ever signed in this file."""
    last_hint: int | None
    """Offset of the last of what else signature dictionaries contain, but empty fields with seed values too."""


def digest_file(file: BinaryIO, ranges: Iterable[Range]) -> Digests:
    """Hash the file once, whatever the number of signatures; only the parts behind their gaps are read again."""
    pending = sorted(set(ranges), key=lambda one: one.gap_start)
    states = {
        name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", *(one.algorithm for one in pending)}
    }
    by_range: dict[Range, bytes] = {}
    traces: list[int] = []
    last_hint: int | None = None
    position, reread, tail = 0, 0, b""
    file.seek(0)
    while block := file.read(_step(position, pending)):
        for state in states.values():
            state.update(block)
        seam = [match for match in _TRACES.finditer(tail + block[:_OVERLAP]) if match.end() > len(tail) > match.start()]
        places = [(match[0], position - len(tail) + match.start()) for match in seam]
        places += ((match[0], position + match.start()) for match in _TRACES.finditer(block))
        for text, place in places:
            if text != SIGNATURE_TRACE:
                last_hint = place
            elif len(traces) < MAX_TRACES:
                traces.append(place)
        tail = (tail + block[-_OVERLAP:])[-_OVERLAP:]
        position += len(block)
        while pending and pending[0].gap_start == position:
            one = pending.pop(0)
            reread += one.end - one.gap_end
            if reread <= MAX_REREAD_BYTES:
                by_range[one] = _finish(file, states[one.algorithm].copy(), one)
                file.seek(position)
    return Digests(states["sha256"].hexdigest(), by_range, tuple(traces), last_hint)


def _step(position: int, pending: list[Range]) -> int:
    return min(BLOCK_BYTES, pending[0].gap_start - position) if pending else BLOCK_BYTES


def _finish(file: BinaryIO, state: "hashlib._Hash", one: Range) -> bytes:
    file.seek(one.gap_end)
    left = one.end - one.gap_end
    while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
        state.update(block)
        left -= len(block)
    return state.digest()
