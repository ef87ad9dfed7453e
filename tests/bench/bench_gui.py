"""The signing page on a 300-page, 108 MB scan, real document child: time to the first pictures, and whether it stays awake."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from bdsigner.app import Application, SystemClock
from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.gui.jobs import stop_jobs
from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.gui.pages.sign_page import SignPage
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.ports import Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path
from bdsigner.storage.settings import Settings
from tests.bench.table import Row
from tests.documents.parts import NoNetwork
from tests.fakes.memory import FakeMemory
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.gui.signing_scene import PIN, NoTimestamper, ScriptedInteraction, scene_key, signer_certificate
from tests.support import pdfs

SCAN_PAGES, SCAN_BYTES = 300, 108_000_000
RUNS = 7
BLOCKED_MS = 16.0
"""A frame at 60 Hz."""
BEAT_MS = 1
SCROLL_SECONDS = 2.0
SCROLL_TICK_MS = 8
PATIENCE_MS = 20_000


def rows() -> list[Row]:
    """Measure; takes about a minute and a half."""
    with tempfile.TemporaryDirectory() as name, _page(Path(name)) as bench:
        opened = [bench.open_scan() for _ in range(RUNS)]
        idle = [bench.longest_pause(lambda _tick: None) for _ in range(RUNS)]
        smooth = [bench.longest_pause(bench.scroll_by_wheel) for _ in range(RUNS)]
        dragged = [bench.longest_pause(bench.scroll_by_bar) for _ in range(RUNS)]
        zoomed = [bench.longest_pause(bench.zoom_in_and_out) for _ in range(RUNS)]
        return [
            _row("window: drop to first page, 108 MB scan", [run.page_s for run in opened], 0.2, "s", "goal"),
            _row("window: first screenful of thumbnails", [run.thumbnails_s for run in opened], 0.3, "s", "goal"),
            _row(
                "window: longest pause while opening", [run.pause_ms for run in opened], BLOCKED_MS, "ms", "one frame"
            ),
            _row("window: longest pause, doing nothing", idle, BLOCKED_MS, "ms", "what the machine itself adds"),
            _row("window: longest pause, wheel scrolling", smooth, BLOCKED_MS, "ms", "one frame"),
            _row("window: longest pause, dragging the bar", dragged, BLOCKED_MS, "ms", "one frame"),
            _row("window: longest pause, zooming", zoomed, BLOCKED_MS, "ms", "one frame"),
        ]


def _row(job: str, values: list[float], reference: float, unit: str, note: str) -> Row:
    note = f"{note}; worst of {len(values)} runs {max(values):.3g} {unit}"
    return Row(job, statistics.median(values), reference, unit, 1, note)


class Heartbeat(QObject):
    """Notes the longest time in which the event loop did not turn."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = QElapsedTimer()
        self._clock.start()
        self.longest_ms = 0.0
        self.busiest_ms = 0.0
        """Processor time of this thread in one turn: what a pause is by our own doing, whoever else wants the machine."""
        self._worked_s = time.thread_time()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> float:
        self._timer.stop()
        return self.longest_ms

    def _beat(self) -> None:
        self.longest_ms = max(self.longest_ms, self._clock.nsecsElapsed() / 1e6 - BEAT_MS)
        worked_s = time.thread_time()
        self.busiest_ms = max(self.busiest_ms, 1000 * (worked_s - self._worked_s))
        self._worked_s = worked_s
        self._clock.restart()


class Opened:
    """Times from ``open_files`` on."""

    def __init__(self) -> None:
        self.page_s = 0.0
        self.thumbnails_s = 0.0
        self.pause_ms = 0.0


class _Bench:
    def __init__(self, page: SignPage, scan: Path, other: Path) -> None:
        self._page = page
        self._scan = scan
        self._other = other

    def open_scan(self) -> Opened:
        """From another, small document in a warm window; both kinds of picture on the screen at the end."""
        self._open(self._other)
        # Another time on the file makes it another file to the cache of pictures.
        os.utime(self._scan)
        turn(300)
        opened = Opened()
        beat = Heartbeat()
        started_at = time.perf_counter()
        self._page.open_files([self._scan])
        wait(lambda: self._shows(self._scan) and self._page_is_drawn())
        self._page.desk.view.viewport().repaint()
        opened.page_s = time.perf_counter() - started_at
        wait(self._thumbnails_are_drawn)
        opened.thumbnails_s = time.perf_counter() - started_at
        turn(300)
        opened.pause_ms = beat.stop()
        return opened

    def longest_pause(self, action: Callable[[int], None]) -> float:
        """Do something at each tick for a while; the longest pause of the event loop meanwhile, in milliseconds."""
        self._open(self._scan)
        turn(300)
        beat = Heartbeat()
        ticker = QTimer(interval=SCROLL_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        ticks = iter(range(1_000_000))
        ticker.timeout.connect(lambda: action(next(ticks)))
        ticker.start()
        turn(round(SCROLL_SECONDS * 1000))
        ticker.stop()
        return beat.stop()

    def scroll_by_wheel(self, _tick: int) -> None:
        bar = self._page.desk.view.verticalScrollBar()
        bar.setValue(bar.value() - 24 if bar.value() > 24 else bar.maximum())

    def scroll_by_bar(self, tick: int) -> None:
        bar = self._page.desk.view.verticalScrollBar()
        bar.setValue(bar.maximum() * (tick % 125) // 125)

    def zoom_in_and_out(self, tick: int) -> None:
        if tick % 12 == 0:
            view = self._page.desk.view
            view.set_zoom(view.zoom * (1.2 if tick // 12 % 8 < 4 else 1 / 1.2))

    def _open(self, path: Path) -> None:
        self._page.open_files([path])
        wait(lambda: self._shows(path) and self._page_is_drawn())

    def _shows(self, path: Path) -> bool:
        return self._page.desk.options.file_name.text() == path.name and self._page.desk.view.page_count > 0

    def _source(self) -> PageSource:
        source = self._page.desk.thumbnails.source
        assert source is not None
        return source

    def _page_is_drawn(self) -> bool:
        view = self._page.desk.view
        return self._source().has(view.current_page, view.device_scale)

    def _thumbnails_are_drawn(self) -> bool:
        thumbnails = self._page.desk.thumbnails
        top, bottom = (
            thumbnails.indexAt(corner) for corner in (thumbnails.rect().topLeft(), thumbnails.rect().center())
        )
        source = self._source()
        last = bottom.row() + (bottom.row() - top.row())
        rows = range(top.row(), min(last, SCAN_PAGES - 1) + 1)
        return top.isValid() and all(source.thumbnail(row) is not None for row in rows)


@contextmanager
def _page(folder: Path) -> Iterator[_Bench]:
    scan = pdfs.write_scan(folder / "bản quét.pdf", pages=SCAN_PAGES, size_bytes=SCAN_BYTES)
    other = folder / "công văn.pdf"
    other.write_bytes(pdfs.text_pdf(2))
    with signing_page() as page:
        yield _Bench(page, scan, other)


@contextmanager
def signing_page(*, title: str = "Chủ tịch") -> Iterator[SignPage]:
    """A page with one signer over a document child that is warm."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    ensure_font(application)
    apply_theme(application, "light")
    profile = load_profile(resource_path("profiles", "binh-duong"))
    token = FakeToken(
        pin=PIN, keys={"01": scene_key()}, certificates={"01": signer_certificate("Nguyễn Hoàng Ánh", title=title)}
    )
    documents = ChildDocumentGateway(profile, NoNetwork())
    parts = Application(
        Services(
            profile=profile,
            tokens=FakeTokenGateway(token),
            documents=documents,
            timestamper=NoTimestamper(),
            outputs=FileOutputs(),
            clock=SystemClock(),
            memory=FakeMemory(),
        )
    )
    documents.ping(Lane.VIEW)
    page = SignPage(parts, Settings(), ScriptedInteraction())
    page.resize(1440, 900)
    page.show()
    page.set_signers(parts.signers())
    try:
        yield page
    finally:
        page.close()
        stop_jobs()
        parts.close()


def turn(milliseconds: int) -> None:
    """Let the event loop turn for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(is_so: Callable[[], bool], *, patience_ms: int = PATIENCE_MS) -> None:
    """Turn the event loop until something is so; looked at each millisecond."""
    loop = QEventLoop()
    deadline = time.monotonic() + patience_ms / 1000

    def look() -> None:
        if is_so() or time.monotonic() > deadline:
            loop.quit()

    timer = QTimer(interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    assert is_so(), "not within the patience of the measurement"
