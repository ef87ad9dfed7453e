"""A second parser's opinion: what MuPDF must rebuild, or reads as another document, is not judged as whole.

MuPDF draws the pages.  Where it and pyHanko see different files, a person would look at something else than what
was verified (hardening.md V9).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymupdf
from pyhanko.pdf_utils.reader import PdfFileReader


@contextmanager
def quiet() -> Iterator[None]:
    """Keep MuPDF's own messages from the child's output."""
    shown = pymupdf.TOOLS.mupdf_display_errors(), pymupdf.TOOLS.mupdf_display_warnings()
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        yield
    finally:
        pymupdf.TOOLS.mupdf_display_errors(shown[0])
        pymupdf.TOOLS.mupdf_display_warnings(shown[1])


def disagreement(path: Path, reader: PdfFileReader) -> str:
    """Say how MuPDF's reading differs; empty when it does not."""
    try:
        with quiet(), pymupdf.open(path, filetype="pdf") as document:
            if document.is_repaired:
                return "repaired"
            expected = int(reader.root["/Pages"]["/Count"])
            if document.page_count != expected:
                return f"pages: {document.page_count}, {expected}"
    except Exception as error:  # noqa: BLE001  # either parser may fail in its own way; that is a disagreement too
        return type(error).__name__
    return ""
