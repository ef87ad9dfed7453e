"""The table of measurements: ``python -m tests.bench.table [MODULE …]`` runs the ``bench_*.py`` modules.

Each module has a function ``rows() -> list[Row]``.  Times are taken in one run with their references, as this kind of
machine drifts by half; the ratio is what counts.
"""

import importlib
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One measured job."""

    job: str
    ours: float
    reference: float
    """A peer, a physical limit or an agreed number, in the same unit; ``note`` says which."""
    unit: str
    goal: float
    """The largest ratio of ours to the reference that is good enough."""
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the reference."""
        return self.ours / self.reference

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.goal


def median_seconds(job: Callable[[], object], *, runs: int, before: Callable[[], object] | None = None) -> float:
    """Median time of a job; ``before`` runs each time ahead of it and is not counted."""
    seconds = []
    for _ in range(runs):
        if before is not None:
            before()
        started_at = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - started_at)
    return statistics.median(seconds)


def paired_medians(ours: Callable[[], object], reference: Callable[[], object], *, runs: int) -> tuple[float, float]:
    """Median seconds of two jobs run in turns, so that a busy moment of the machine meets both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for job, taken in zip((ours, reference), seconds, strict=True):
            taken.append(median_seconds(job, runs=1))
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def markdown(rows: Sequence[Row]) -> str:
    """The table, a row a job."""
    lines = ["| job | ours | reference | ratio | goal | met | note |", "|---|---:|---:|---:|---:|---|---|"]
    lines += [
        f"| {row.job} | {_number(row.ours)} {row.unit} | {_number(row.reference)} {row.unit} "
        f"| {_number(row.ratio)} × | ≤ {_number(row.goal)} × | {'yes' if row.is_met else '**no**'} | {row.note} |"
        for row in rows
    ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def main(names: Sequence[str]) -> None:
    """Run the modules named (``draw`` for ``bench_draw``), or all, and print one table."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [f"bench_{name.removeprefix('bench_')}" for name in names] or found
    rows: list[Row] = []
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"tests.bench.{name}").rows()
    print(markdown(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
