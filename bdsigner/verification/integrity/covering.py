"""Whether the picture of a later signature lies over text that was signed before (sneaky signature attack).

Judged on what is drawn, since a look may be transparent: the page without and with its annotations, in the signature's
rectangle.
"""

from pathlib import Path

import pymupdf

from bdsigner.verification.integrity.second_reader import quiet

DPI = 72
DARK, LIGHT = 110, 190
"""Grey levels: ink, and where ink is gone."""
MIN_INK_PIXELS = 12
"""Less is a speck, not a word."""
COVERED = 0.5
"""Part of the ink of the words that must be gone."""
MIN_RANGE = 40
"""Grey levels between which text is still told from its ground."""


def covers_text(path: Path, page_number: int, widget: int) -> bool:
    """Whether a widget (by object number) on a page (from 1) hides words of the page.

    Raises what MuPDF raises for damaged pages.
    """
    with quiet(), pymupdf.open(path, filetype="pdf") as document:
        page = document[page_number - 1]
        page.set_rotation(0)  # in memory only: all coordinates are of one kind then
        box = next((one.rect for one in page.widgets() if one.xref == widget), None)
        if box is None or not box.is_valid or box.is_empty:
            return False
        words = [pymupdf.Rect(word[:4]) for word in page.get_text("words", clip=box)]
        words = [word & box for word in words if (word & box).get_area() > 0.5 * word.get_area()]
        if not words and page.get_images():  # a scan: its words are ink like all else
            return _is_hidden(page, box & page.rect)
        return any(_is_hidden(page, word) for word in words)


def _is_hidden(page: pymupdf.Page, word: pymupdf.Rect) -> bool:
    before = _grey(page, word, annotations=False)
    after = _grey(page, word, annotations=True)
    ink = [index for index, level in enumerate(before) if level < DARK]
    if len(ink) < MIN_INK_PIXELS or max(before) - min(before) < MIN_RANGE:
        return False
    gone = sum(after[index] > LIGHT for index in ink)
    is_filled = max(after) - min(after) < MIN_RANGE
    return is_filled or gone > COVERED * len(ink)


def _grey(page: pymupdf.Page, clip: pymupdf.Rect, *, annotations: bool) -> bytes:
    picture = page.get_pixmap(dpi=DPI, clip=clip, colorspace=pymupdf.csGRAY, alpha=False, annots=annotations)
    return bytes(picture.samples)
