"""The sheet of a folder of 300 scans, real document child: time to its first screenful, and whether the window stays awake.

What the child itself needs for the same looks and pictures, asked one after another without a window, is measured in the
same run.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bdsigner.app import Application
from bdsigner.gui.pages.sign_page import SignPage
from bdsigner.training.people import Agency
from bdsigner.training.samples import SCAN, write_samples
from tests.bench.bench_gui import BLOCKED_MS, Heartbeat, signing_page, turn, wait
from tests.bench.table import Row

FILES, RUNS = 300, 3
SCREENFUL_SECONDS, ALL_SECONDS = 0.3, 1.5
"""What was asked for on an idle machine; the ratio to the child's own time is what counts on a busy one."""
READING_MS = 180_000
OVER_CHILD = 1.25
STAGES = ("idle", "reading", "scrolling")


def rows() -> list[Row]:
    """Measure; takes one to four minutes."""
    with tempfile.TemporaryDirectory() as name, signing_page(title="Chánh Văn phòng") as page:
        folder = _scans(Path(name))
        _warm(page, folder)
        runs = [_Run(page, folder) for _ in range(RUNS)]
    known = _row("sheet: files known to first screenful", runs, "screenful_s", "child_screenful_s", SCREENFUL_SECONDS)
    scrolled = _row("sheet: 300 pages, scrolled through", runs, "all_s", "child_all_s", ALL_SECONDS)
    return [
        known,
        scrolled,
        *(_turn_row("longest pause", what, [run.pauses_ms[what] for run in runs]) for what in STAGES),
        *(_turn_row("most work in one turn", what, [run.work_ms[what] for run in runs]) for what in STAGES),
    ]


def _scans(folder: Path) -> Path:
    samples, scans = folder / "mẫu", folder / "bản quét"
    samples.mkdir()
    scans.mkdir()
    write_samples(samples, Agency(province="Bình Dương", mail_domain="binhduong.gov.vn"))
    content = (samples / SCAN).read_bytes()
    for number in range(FILES):
        (scans / f"{number:04}.pdf").write_bytes(content)
    return scans


def _warm(page: SignPage, folder: Path) -> None:
    """What is imported and made once is no part of opening a folder."""
    page.open_files(sorted(folder.iterdir())[:3])
    wait(lambda: bool(page._files.files) and not page._files.is_reading and not page.desk.sheet.is_loading)
    turn(300)


def _row(job: str, runs: "list[_Run]", ours: str, reference: str, asked_s: float) -> Row:
    seconds = [getattr(run, ours) for run in runs]
    note = f"the child alone; asked for: {asked_s} s; worst of {RUNS} runs {max(seconds):.3g} s"
    return Row(
        job,
        statistics.median(seconds),
        statistics.median(getattr(run, reference) for run in runs),
        "s",
        OVER_CHILD,
        note,
    )


def _turn_row(measured: str, stage: str, values: list[float]) -> Row:
    note = f"one frame; worst of {RUNS} runs {max(values):.3g} ms"
    return Row(f"sheet: {measured}, {stage}", statistics.median(values), BLOCKED_MS, "ms", 1, note)


class _Run:
    """One folder opened in a warm window, read to its end and scrolled through."""

    def __init__(self, page: SignPage, folder: Path) -> None:
        self.pauses_ms: dict[str, float] = {}
        """Until the event loop turned again, by stage; what else runs on the machine adds to it."""
        self.work_ms: dict[str, float] = {}
        """Processor time of the window's thread in one turn, by stage."""
        files = sorted(folder.iterdir())
        for file in files:
            os.utime(file)  # another file to the cache of pictures
        beat = Heartbeat()
        turn(1000)
        self._note("idle", beat)
        self._open(page, folder)
        self._scroll(page)
        application = page._application
        assert application is not None
        seen = len(page.desk.sheet.rows_in_sight())
        scale = page.desk.sheet._wanted(page._files.files[0])
        assert scale is not None
        self.child_screenful_s = _alone(application, page, files[:seen], scale.scale, is_looked_at=True)
        self.child_all_s = _alone(application, page, files, scale.scale, is_looked_at=False)

    def _note(self, stage: str, beat: Heartbeat) -> None:
        self.pauses_ms[stage] = beat.stop()
        self.work_ms[stage] = beat.busiest_ms

    def _open(self, page: SignPage, folder: Path) -> None:
        sheet, known = page.desk.sheet, []
        page._looks.found.connect(lambda _: known.append(time.perf_counter()))
        beat = Heartbeat()
        page.open_files([folder])
        wait(lambda: bool(known) and len(page._files.files) == FILES and not sheet.is_loading)
        self.screenful_s = time.perf_counter() - known[0]
        wait(lambda: not page._files.is_reading and not page._rules.is_due, patience_ms=READING_MS)
        turn(300)
        self._note("reading", beat)

    def _scroll(self, page: SignPage) -> None:
        """Screenful by screenful, each as soon as the last is drawn."""
        sheet = page.desk.sheet
        bar = sheet.verticalScrollBar()
        beat = Heartbeat()
        started_at = time.perf_counter()
        while bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep())
            wait(lambda: not sheet.is_loading)
        self.all_s = time.perf_counter() - started_at
        self._note("scrolling", beat)


def _alone(application: Application, page: SignPage, files: list[Path], scale: float, *, is_looked_at: bool) -> float:
    """Seconds of looking and drawing without a window."""
    signer = page.desk.options.signers.signer
    started_at = time.perf_counter()
    for file in files:
        if is_looked_at:
            application.examine(file, signer=signer)
        if is_looked_at and file == files[0]:  # stands beside the sheet at once
            application.render_page(file, 0, scale=page.desk.view.device_scale)
        application.render_page(file, 0, scale=scale)
    return time.perf_counter() - started_at
