"""Sheets to PDF: A4, text of the size of administrative documents, tables that go on over pages.  In the child.

The content may come from hostile files: nothing of it is taken for markup, and control characters are left out.
"""

import html
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.profile import TextFonts
from bdsigner.model.sheet import Section, Sheet

PAGES_MAX = 2_000
_LEFT, _TOP, _RIGHT, _BOTTOM = 30 * mm, 20 * mm, 15 * mm, 20 * mm
"""Margins (regulation.md §14)."""
_WIDTH = A4[0] - _LEFT - _RIGHT
_FONT, _BOLD = "bdsigner-text", "bdsigner-text-bold"
_GREY = Color(0.45, 0.45, 0.45)
_FOOT_PT = 8.5
_SIGNING_ROOM_PT = 48
_LEFT_OUT = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories that no font has a place for; format characters could turn the order of a line around."""

_BODY = ParagraphStyle("body", fontName=_FONT, fontSize=12, leading=15, spaceAfter=3, alignment=TA_JUSTIFY)
_BODY.splitLongWords = 1
_CELL = ParagraphStyle("cell", fontName=_FONT, fontSize=11, leading=13.5)
_HEAD_CELL = ParagraphStyle("head cell", parent=_CELL, fontName=_BOLD)
_HEADING = ParagraphStyle(
    "heading", fontName=_BOLD, fontSize=12, leading=15, spaceBefore=9, spaceAfter=3, keepWithNext=1
)
_CENTRED = ParagraphStyle("centred", fontName=_BOLD, fontSize=12, leading=15, alignment=TA_CENTER)
_TITLE = ParagraphStyle("title", parent=_CENTRED, fontSize=14, leading=18, spaceBefore=12)
_SUBTITLE = ParagraphStyle("subtitle", parent=_CENTRED, spaceAfter=9)
_RULED = [("GRID", (0, 0), (-1, -1), 0.5, _GREY)]
_EVERY = [
    ("FONT", (0, 0), (-1, -1), _FONT),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
]


def print_sheet(sheet: Sheet, fonts: TextFonts, partial: Path) -> int:
    """Write the sheet as PDF into ``partial``, an empty file of ours; returns the number of pages.

    Raises ``DocumentError`` DOCUMENT_LIMITS for more than ``PAGES_MAX`` pages.
    """
    for name, file in ((_FONT, fonts.regular), (_BOLD, fonts.bold)):
        registerFont(TTFont(name, str(file)))
    registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    frame = Frame(_LEFT, _BOTTOM, _WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
    with partial.open("r+b") as output:
        template = BaseDocTemplate(output, pagesize=A4, title=plain(sheet.title), creator="bdsigner", lang="vi")
        template.addPageTemplates(PageTemplate("page", [frame]))
        try:
            template.build(list(_body(sheet)), canvasmaker=_counting(plain(sheet.foot)))
        except _TooManyPages as error:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pages=PAGES_MAX) from error
        return int(template.canv.getPageNumber()) - 1


class _TooManyPages(Exception):
    """reportlab makes exceptions anew with its own text, which ours do not take."""


def _counting(foot: str) -> type[Canvas]:
    """A canvas that knows at the end how many pages there are."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab is untyped
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options | {"initialFontName": _FONT})  # else Helvetica, not embedded
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # reportlab's name
            if len(self._pages) >= PAGES_MAX:
                raise _TooManyPages
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(_FONT, _FOOT_PT)
                self.setFillColor(_GREY)
                text = f"{foot} · {number}/{len(self._pages)}" if foot else f"{number}/{len(self._pages)}"
                self.drawCentredString(_LEFT + _WIDTH / 2, _BOTTOM - 22, text)
                self.setFillColor(black)
                super().showPage()
            super().save()

    return Numbered


def _body(sheet: Sheet) -> Iterator[Flowable]:
    left, right = sheet.letterhead
    if left or right:
        yield _side_by_side(_centred(left), _centred(right), left_share=38)
    yield Paragraph(safe(sheet.title), _TITLE)
    if sheet.subtitle:
        yield Paragraph(safe(sheet.subtitle), _SUBTITLE)
    for section in sheet.sections:
        yield from _section(section)
    left, right = sheet.signing
    if left or right:
        yield KeepTogether([Spacer(1, 9), _side_by_side(_signing(left), _signing(right), left_share=50)])


def _section(section: Section) -> Iterator[Flowable]:
    if section.heading:
        yield Paragraph(safe(section.heading), _HEADING)
    for paragraph in section.paragraphs:
        yield Paragraph(safe(paragraph), _BODY)
    if not section.rows:
        return
    rows = [[Paragraph(safe(cell), _CELL) for cell in row] for row in section.rows]
    if section.columns:
        rows.insert(0, [Paragraph(safe(cell), _HEAD_CELL) for cell in section.columns])
    widths = [_WIDTH * share / 100 for share in section.widths]
    style = _EVERY + (_RULED if section.columns else [])
    yield Table(rows, colWidths=widths, style=style, repeatRows=1 if section.columns else 0, splitInRow=1)
    yield Spacer(1, 3)


def _side_by_side(left: Sequence[Flowable], right: Sequence[Flowable], *, left_share: int) -> Table:
    width = _WIDTH * left_share / 100
    return Table([[list(left), list(right)]], colWidths=[width, _WIDTH - width], style=_EVERY)


def _centred(lines: Sequence[str]) -> list[Flowable]:
    return [Paragraph(safe(line) or "&nbsp;", _CENTRED) for line in lines]


def _signing(lines: Sequence[str]) -> list[Flowable]:
    return [*_centred(lines[:-1]), Spacer(1, _SIGNING_ROOM_PT), *_centred(lines[-1:])] if lines else []


def safe(text: str) -> str:
    """Text as reportlab's markup shows it: nothing in it is markup, line ends are kept."""
    return html.escape(plain(text)).replace("\n", "<br/>")


def plain(text: str) -> str:
    """NFC, without characters that no font has a place for."""
    kept = (character for character in text if character == "\n" or unicodedata.category(character) not in _LEFT_OUT)
    return unicodedata.normalize("NFC", "".join(kept))
