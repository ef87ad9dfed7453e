"""Layout reading against agreed times: one page 20 ms, 300 pages 0.5 s."""

import tempfile
from pathlib import Path

from bdsigner.documents.opening import Documents
from bdsigner.documents.words import DocumentPages
from bdsigner.layout.reader import read_layout
from tests.bench.table import Row, median_seconds
from tests.support.administrative import Document, draw

ONE_PAGE_SECONDS = 0.020
LONG_SECONDS = 0.5
LONG_PAGES = 300


def rows() -> list[Row]:
    """One page; a long document; a long appendix behind the sign-off, the worst case."""
    return [
        _row("layout of one page", Document(), ONE_PAGE_SECONDS),
        _row(f"layout of {LONG_PAGES} pages", Document(body_lines=LONG_PAGES * 33), LONG_SECONDS),
        _row(f"layout with {LONG_PAGES} pages of appendix", Document(appendix_pages=LONG_PAGES), LONG_SECONDS),
    ]


def _row(job: str, document: Document, agreed_seconds: float) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(draw(document))
        documents = Documents()
        pages = documents.open(path)
        seconds = median_seconds(lambda: read_layout(DocumentPages(pages)), runs=7)
        documents.close()
    return Row(job=job, ours=seconds, reference=agreed_seconds, unit="s", goal=1, note="agreed time")
