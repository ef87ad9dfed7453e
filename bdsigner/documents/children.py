"""The document children as processes: which there are, what they import ahead, when they start.

Imports nothing but ``childproc``: a command line starts its child here before it imports anything else, so that both
import at the same time.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum

from bdsigner.childproc import ChildProcess, FrameLimits, worker_argv

MAX_RASTER_PIXELS = 40_000_000
"""Largest picture drawn: an A3 page at 400 dpi is 31 megapixels."""
LIMITS = FrameLimits(head_bytes=8 << 20, body_bytes=4 * MAX_RASTER_PIXELS)
"""The head holds 20,000 page sizes or a report with its certificates; the body an RGBA picture or a CRL (32 MiB)."""


class Lane(StrEnum):
    """Kinds of document child: drawing never waits behind signing."""

    VIEW = "view"
    """Inspects and draws; may not write any file."""
    WORK = "work"
    """Signs, verifies, assesses certificates."""


class Skill(StrEnum):
    """What a child imports when it starts instead of at the first call that needs it."""

    DRAWING = "drawing"
    SIGNING = "signing"
    """With the assessment of the signer's certificate."""
    VERIFYING = "verifying"

    @property
    def lane(self) -> Lane:
        """The child that has it."""
        return Lane.VIEW if self is Skill.DRAWING else Lane.WORK


class DocumentChildren:
    """One process a lane; none runs before it is started or called."""

    def __init__(self, skills: Collection[Skill] = (), *, worker: Sequence[str] | None = None) -> None:
        """``skills``: what will be wanted; the children can do the rest too, after an import.

        ``worker``: command of another program in the place of ours.
        """
        command = worker_argv("documents") if worker is None else worker
        self._processes = {
            lane: ChildProcess(
                [*command, lane, *(skill for skill in skills if skill.lane is lane)],
                name=f"documents-{lane}",
                limits=LIMITS,
            )
            for lane in Lane
        }

    def __getitem__(self, lane: Lane) -> ChildProcess:
        return self._processes[lane]

    def close(self) -> None:
        """End both at once; calls still running fail."""
        for process in self._processes.values():
            process.kill()
            process.close()
