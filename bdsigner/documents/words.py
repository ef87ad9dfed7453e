"""Words of pages through MuPDF, as displayed: after rotation, inside the crop box.  Runs in the document child."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pymupdf
from pymupdf import mupdf

from bdsigner.documents.fields import MAX_ANNOTATIONS
from bdsigner.documents.opening import OpenDocument
from bdsigner.layout.free_space import GreyPicture
from bdsigner.layout.words import Cell, Word
from bdsigner.model.layout import TextStyle

CHARACTERS_MAX = 60_000
"""On one page; a dense A3 table has some 15,000."""
COARSE_SHARE = 0.65
"""Title and mark stand above that share of the page."""
PICTURE_SCALE = 1.5
"""Pixels a point of the head's picture: ink a third of a millimetre wide is a pixel."""
_PICTURE_SIDE_MAX_PT = 3_000
_BOLD, _ITALIC = 1 << 4, 1 << 1
"""Span flags of MuPDF."""
_UPRIGHT = 0.985
"""Cosine of the steepest line that still counts as written along the page: ten degrees of skew."""
_PHRASE = re.compile(r"\S+(?: \S+)*")
"""Words with one blank between; more blanks may part columns, or be a slot."""
_GAP_SHARE = 0.22
"""Of the size: a wider gap between two characters ends a word even where the file has no blank."""


class DocumentPages:
    """Implements ``layout.reader.Pages`` over an open document; raises what MuPDF raises."""

    def __init__(self, opened: OpenDocument, *, is_as_written: bool = False) -> None:
        """``is_as_written``: as the document was before it was signed, without visible signatures."""
        self._document = opened.document
        self._is_as_written = is_as_written
        self.count = opened.page_count
        self._options = mupdf.FzStextOptions()
        self._options.flags = mupdf.FZ_STEXT_PRESERVE_WHITESPACE
        self._last: tuple[int, pymupdf.TextPage] | None = None

    def size(self, page: int) -> tuple[float, float]:
        """Width and height as displayed, in points."""
        rect = self._document.load_page(page).rect
        return rect.width, rect.height

    def words(self, page: int) -> Sequence[Word]:
        """The upright words of a page, at most ``CHARACTERS_MAX`` characters of them."""
        words: list[Word] = []
        left = CHARACTERS_MAX
        for line in _lines(self._text_page(page).extractRAWDICT()):
            words.extend(_words(line))
            left -= sum(len(span["chars"]) for span in line["spans"])
            if left < 0:
                break
        return words

    def coarse_words(self, page: int) -> Sequence[Word]:
        """The words of the upper part, a phrase in one piece: for what is written, not for where each letter stands."""
        words: list[Word] = []
        bottom = COARSE_SHARE * self.size(page)[1]
        for line in _lines(self._text_page(page).extractDICT()):
            if line["bbox"][1] < bottom:
                words.extend(_coarse_words(line))
            if len(words) > CHARACTERS_MAX:
                break
        return words

    def plain_text(self, page: int) -> str:
        """All characters of a page."""
        text: str = self._text_page(page).extractText()
        return text[:CHARACTERS_MAX]

    def head_picture(self, height_pt: float) -> GreyPicture | None:
        """The head of page 1 in grey; ``None`` for a page of absurd size."""
        width, height = self.size(0)
        if max(width, height) > _PICTURE_SIDE_MAX_PT:
            return None
        # Not page.get_pixmap(): that one draws empty signature fields, which are room, not ink.
        raw = self._raw(0)
        content = mupdf.fz_new_display_list(mupdf.fz_bound_page(raw))
        device = mupdf.fz_new_list_device(content)
        _run(raw, device, has_signatures=not self._is_as_written)
        mupdf.fz_close_device(device)
        pixmap = pymupdf.DisplayList(content).get_pixmap(
            matrix=pymupdf.Matrix(PICTURE_SCALE, PICTURE_SCALE),
            colorspace=pymupdf.csGRAY,
            alpha=False,
            clip=pymupdf.Rect(0, 0, width, min(height_pt, height)),
        )
        return GreyPicture(pixmap.width, pixmap.height, bytes(pixmap.samples), PICTURE_SCALE)

    def _text_page(self, page: int) -> pymupdf.TextPage:
        if self._last is not None and self._last[0] == page:
            return self._last[1]
        # Not page.get_textpage(): that one turns the page back first, and places would not be those seen.
        raw = self._raw(page)
        content = mupdf.FzStextPage(mupdf.fz_bound_page(raw))
        device = mupdf.fz_new_stext_device(content, self._options)
        _run(raw, device, has_signatures=not self._is_as_written)
        mupdf.fz_close_device(device)
        text_page = pymupdf.TextPage(content)
        self._last = page, text_page
        return text_page

    def _raw(self, page: int) -> mupdf.FzPage:
        handle = self._document.load_page(page).this
        return handle if isinstance(handle, mupdf.FzPage) else mupdf.FzPage(handle)


def _run(page: mupdf.FzPage, device: mupdf.FzDevice, *, has_signatures: bool) -> None:
    """The page with its annotations and form, as a mark may be stamped on; without empty signature fields.

    What stands in those is no text of the document: MuPDF writes “SIGN” in place of whatever the file has there.
    """
    upright = mupdf.FzMatrix()
    mupdf.fz_run_page_contents(page, device, upright, mupdf.FzCookie())
    mupdf.fz_run_page_annots(page, device, upright, mupdf.FzCookie())
    form = mupdf.pdf_page_from_fz_page(page)
    if form.m_internal is None:
        return
    widget, count = mupdf.pdf_first_widget(form), 0
    while widget.m_internal is not None and count < MAX_ANNOTATIONS:
        is_signature = mupdf.pdf_widget_type(widget) == mupdf.PDF_WIDGET_TYPE_SIGNATURE
        if not is_signature or (has_signatures and mupdf.pdf_widget_is_signed(widget)):
            mupdf.pdf_run_annot(widget, device, upright, mupdf.FzCookie())
        widget, count = mupdf.pdf_next_widget(widget), count + 1


def _lines(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for block in content["blocks"]:
        for line in block.get("lines", ()):
            if line["dir"][0] >= _UPRIGHT:
                yield line


def _words(line: dict[str, Any]) -> Iterator[Word]:
    for span in line["spans"]:
        flags = span["flags"]
        style = TextStyle(size_pt=span["size"], is_bold=bool(flags & _BOLD), is_italic=bool(flags & _ITALIC))
        cells: list[Cell] = []
        bounds: list[float] = []
        gap = _GAP_SHARE * style.size_pt
        for character in span["chars"]:
            text, box = character["c"], character["bbox"]
            is_blank = not text or text.isspace()
            if cells and (is_blank or box[0] - cells[-1].x1 > gap):
                yield _word(cells, bounds, style)
                cells = []
            if is_blank:
                continue
            if not text.isascii():
                if cells and unicodedata.combining(text[0]):
                    base = cells[-1]
                    cells[-1] = Cell(unicodedata.normalize("NFC", base.text + text), base.x0, max(base.x1, box[2]))
                    continue
                text = unicodedata.normalize("NFC", text)
            if not cells:
                bounds = [box[1], box[3], character["origin"][1]]
            cells.append(Cell(text, box[0], box[2]))
        if cells:
            yield _word(cells, bounds, style)


def _coarse_words(line: dict[str, Any]) -> Iterator[Word]:
    for span in line["spans"]:
        text = unicodedata.normalize("NFC", span["text"])
        if not text.strip():
            continue
        flags, (x0, y0, x1, y1) = span["flags"], span["bbox"]
        style = TextStyle(size_pt=span["size"], is_bold=bool(flags & _BOLD), is_italic=bool(flags & _ITALIC))
        step = (x1 - x0) / len(text)
        for match in _PHRASE.finditer(text):
            start, end = match.span()
            cell = Cell(match[0], x0 + start * step, x0 + end * step)
            yield Word(cells=(cell,), y0=y0, y1=y1, baseline=span["origin"][1], style=style)


def _word(cells: list[Cell], bounds: list[float], style: TextStyle) -> Word:
    return Word(cells=tuple(cells), y0=bounds[0], y1=bounds[1], baseline=bounds[2], style=style)
