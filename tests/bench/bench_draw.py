"""Opening and drawing in the document child, against MuPDF in the same process and the goals."""

import itertools
import tempfile
from pathlib import Path

import pymupdf

from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from tests.bench.table import Row, median_seconds, paired_medians
from tests.documents.parts import NoNetwork, profile
from tests.support import pdfs

SCAN_PAGES, SCAN_BYTES = 300, 108_000_000
SCREENFUL = 8
THUMBNAIL_SCALE = 160 / pdfs.A4_PT[0]
SCREEN_SCALE = 96 / 72
PRINT_SCALE = 150 / 72
RUNS = 9


def rows() -> list[Row]:
    """Measure; takes about fifteen seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scan = pdfs.write_scan(folder / "bản quét.pdf", pages=SCAN_PAGES, size_bytes=SCAN_BYTES)
        text = folder / "văn bản.pdf"
        text.write_bytes(pdfs.text_pdf(20, lines=50))
        gateway = ChildDocumentGateway(profile(folder), NoNetwork())
        try:
            return [_start(folder), *_opening(gateway, scan, text), *_drawing(gateway, scan, text), _memory(gateway)]
        finally:
            gateway.close()


def _start(folder: Path) -> Row:
    def start() -> None:
        gateway = ChildDocumentGateway(profile(folder), NoNetwork())
        gateway.ping(Lane.VIEW)
        gateway.close()

    return Row("document child, start to first answer", median_seconds(start, runs=RUNS), 0.3, "s", 1, "agreed")


def _opening(gateway: ChildDocumentGateway, scan: Path, text: Path) -> list[Row]:
    def close_scan() -> None:
        gateway.render_page(text, 0, scale=1)

    def drop() -> None:
        gateway.inspect(scan)
        gateway.render_page(scan, 0, scale=SCREEN_SCALE)

    inspecting = median_seconds(lambda: gateway.inspect(scan), runs=RUNS, before=close_scan)
    dropping = median_seconds(drop, runs=RUNS, before=close_scan)
    return [
        Row("inspect, 300-page 108 MB scan, warm", inspecting, 0.02, "s", 1, "agreed"),
        Row("drop to first page of it, 96 dpi, warm", dropping, 0.2, "s", 1, "goal"),
    ]


def _drawing(gateway: ChildDocumentGateway, scan: Path, text: Path) -> list[Row]:
    screenful = Row(
        "first screenful of its thumbnails (8 at 160 px)",
        median_seconds(
            lambda: [_through(gateway, scan, page, THUMBNAIL_SCALE) for page in range(SCREENFUL)], runs=RUNS
        ),
        0.3,
        "s",
        1,
        "goal",
    )
    return [
        screenful,
        _against_bare("thumbnail of a scan", gateway, scan, THUMBNAIL_SCALE, goal=1.3),
        _against_bare("scan page, 96 dpi", gateway, scan, SCREEN_SCALE, goal=1.3),
        _against_bare("scan page, 150 dpi", gateway, scan, PRINT_SCALE, goal=1.3),
        _against_bare("text page, 150 dpi (6.5 MB picture)", gateway, text, PRINT_SCALE, goal=5),
    ]


def _through(gateway: ChildDocumentGateway, path: Path, page: int, scale: float) -> None:
    gateway.render_page(path, page, scale=scale)


def _against_bare(job: str, gateway: ChildDocumentGateway, path: Path, scale: float, *, goal: float) -> Row:
    """Child against MuPDF in this process; always another page, so that no image is already decoded."""
    with pymupdf.open(path) as document:
        pages = itertools.cycle(range(document.page_count))

        def bare() -> bytes:
            pixmap = document.load_page(next(pages)).get_pixmap(matrix=pymupdf.Matrix(scale, scale))
            return bytes(pixmap.samples)

        ours, reference = paired_medians(lambda: _through(gateway, path, next(pages), scale), bare, runs=RUNS)
    pymupdf.TOOLS.store_shrink(100)
    return Row(job, ours * 1000, reference * 1000, "ms", goal, "MuPDF in one process")


def _memory(gateway: ChildDocumentGateway) -> Row:
    status = Path(f"/proc/{gateway.ping(Lane.VIEW).pid}/status").read_text()
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return Row("peak memory of the drawing child", int(peak) / 1024, 150, "MiB", 1, "agreed")
