"""Draws administrative documents in their official layout (Nghị định 30/2020/NĐ-CP, Phụ lục I; regulation.md §14)."""

import html
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pymupdf

from bdsigner.model.geometry import PT_PER_MM
from bdsigner.storage.resources import resource_path
from bdsigner.training.samples.marking import finish

PAGE = pymupdf.paper_rect("a4")
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 35, 190, 25, 277
"""Text area; margins 35, 20, 25 and 20 mm."""
AGENCY_MM, NATION_MM = (32, 100), (101, 199)
"""Columns of the head, from and to; their centres are those of boxes 2 and 1."""
RECIPIENTS_MM, SIGNER_MM = (35, 90), (102, 194)
"""Columns of the sign-off."""
SIGNATURE_GAP_MM = 28
"""From the last title line to the signer's name (box 7c)."""
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MOTTO_PT = 13.0

_FACES = (
    ("Regular", "normal", "normal"),
    ("Bold", "bold", "normal"),
    ("Italic", "normal", "italic"),
    ("BoldItalic", "bold", "italic"),
)
_CSS = "".join(
    f"@font-face {{font-family: serif-vn; src: url(LiberationSerif-{face}.ttf); font-weight: {weight}; font-style: {style};}}"
    for face, weight, style in _FACES
) + (
    "body {font-family: serif-vn; margin: 0;}"
    "p {font-size: 14pt; line-height: 1.25; text-align: justify; text-indent: 36pt; margin: 0 0 6pt 0;}"
    "p.c {text-align: center; text-indent: 0; margin: 0; line-height: 1.2;}"
    "p.l {text-align: left; text-indent: 0; margin: 0; line-height: 1.15;}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrativeDocument:
    """The parts of a document; numbers in brackets are the boxes of regulation.md §14."""

    issuer: tuple[str, ...]
    """Name of the issuing agency (2), in capitals."""
    superior: str = ""
    """Name of its superior (2), in capitals; empty when none is named."""
    number: str
    """``12/QĐ-UBND`` (3)."""
    place: str
    issued: date
    kind: str = ""
    """``QUYẾT ĐỊNH`` (5a); empty for an official letter, whose summary stands under the number (5b)."""
    summary: str
    body: tuple[str, ...]
    """Paragraphs in the small HTML of ``pymupdf.Story``."""
    recipients: tuple[str, ...]
    title_lines: tuple[str, ...]
    """Powers and title of the signer (7a)."""
    signer: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line, in points."""

    page: int
    x0_pt: float
    x1_pt: float
    y_pt: float


def draw(document: AdministrativeDocument) -> bytes:
    """Return the document as PDF: A4, fonts embedded as subsets, marked ``BẢN THỬ``, the same bytes each time."""
    return _Drawing(document).draw()


class _Drawing:
    """One document on its way onto pages."""

    def __init__(self, document: AdministrativeDocument) -> None:
        self._document = document
        self._archive = pymupdf.Archive(str(resource_path("fonts")))
        self._bold = pymupdf.Font(fontfile=str(resource_path("fonts", "LiberationSerif-Bold.ttf")))
        self._buffer = io.BytesIO()
        self._writer = pymupdf.DocumentWriter(self._buffer)
        self._device = self._writer.begin_page(PAGE)
        self._page = 0
        self._rules: list[Rule] = []

    def draw(self) -> bytes:
        y = self._body(self._head())
        self._sign_off(y + 6)
        self._writer.end_page()
        self._writer.close()
        pdf = pymupdf.open(stream=self._buffer.getvalue(), filetype="pdf")
        for rule in self._rules:
            pdf[rule.page].draw_line((rule.x0_pt, rule.y_pt), (rule.x1_pt, rule.y_pt), width=0.8)
        return finish(pdf, title=f"{self._document.kind or 'Công văn'} {self._document.number}")

    def _head(self) -> float:
        """Draw boxes 1 to 5; returns the y below them, in mm."""
        document = self._document
        nation = [_line(NATION, 12, "b"), _line(MOTTO, MOTTO_PT, "b")]
        below_nation = self._place(nation, NATION_MM, 21)
        self._rule(NATION_MM, below_nation + 0.8, self._bold.text_length(MOTTO, MOTTO_PT))
        agency = [_line(document.superior, 12)] if document.superior else []
        agency += [_line(line, 12, "b") for line in document.issuer]
        below_agency = self._place(agency, AGENCY_MM, 21)
        self._rule(AGENCY_MM, below_agency + 0.8, self._bold.text_length(document.issuer[-1], 12) / 2)
        self._place([_line(_date(document), 13, "i")], NATION_MM, 39.2)
        below = self._place([_line(f"Số: {document.number}", 13)], AGENCY_MM, 39.2)
        if not document.kind:
            return self._place([_line(f"V/v {document.summary}", 12)], (40, 92), below + 1) + 6
        kind = [_line(document.kind, 14, "b"), _line(document.summary, 14, "b")]
        below = self._place(kind, (LEFT_MM, RIGHT_MM), 54)
        self._rule((LEFT_MM, RIGHT_MM), below + 1, 80)
        return below + 5

    def _body(self, top_mm: float) -> float:
        """Let the text flow over as many pages as it takes; returns the y below it, in mm."""
        story = self._story(self._document.body)
        while True:
            area = _rect((LEFT_MM, RIGHT_MM), top_mm, BOTTOM_MM)
            more, filled = story.place(area)
            story.draw(self._device)
            if not more:
                return float(filled[3]) / PT_PER_MM
            self._next_page()
            top_mm = TOP_MM

    def _sign_off(self, top_mm: float) -> None:
        document = self._document
        height_mm = 6 * len(document.title_lines) + SIGNATURE_GAP_MM + 8
        if top_mm + height_mm > BOTTOM_MM:
            self._next_page()
            top_mm = TOP_MM
        recipients = [_line("Nơi nhận:", 12, "b", "i", css="l")]
        recipients += [_line(f"- {line}", 11, css="l") for line in document.recipients]
        self._place(recipients, RECIPIENTS_MM, top_mm)
        below = self._place([_line(line, 14, "b") for line in document.title_lines], SIGNER_MM, top_mm)
        self._place([_line(document.signer, 14, "b")], SIGNER_MM, below + SIGNATURE_GAP_MM)

    def _next_page(self) -> None:
        self._writer.end_page()
        self._device = self._writer.begin_page(PAGE)
        self._page += 1

    def _story(self, paragraphs: Iterable[str]) -> pymupdf.Story:
        return pymupdf.Story("".join(paragraphs), user_css=_CSS, archive=self._archive)

    def _place(self, lines: Iterable[str], columns_mm: tuple[float, float], top_mm: float) -> float:
        """Draw lines into a column; returns the y below them, in mm."""
        story = self._story(lines)
        _, filled = story.place(_rect(columns_mm, top_mm, 297))
        story.draw(self._device)
        return float(filled[3]) / PT_PER_MM

    def _rule(self, columns_mm: tuple[float, float], y_mm: float, length_pt: float) -> None:
        centre_pt = sum(columns_mm) / 2 * PT_PER_MM
        self._rules.append(Rule(self._page, centre_pt - length_pt / 2, centre_pt + length_pt / 2, y_mm * PT_PER_MM))


def paragraph(text: str) -> str:
    """A paragraph of the body; ``text`` may hold ``<b>`` and ``<i>``."""
    return f"<p>{text}</p>"


def centred(text: str) -> str:
    """A bold line in the middle of the body."""
    return f'<p class="c" style="margin-bottom: 6pt"><b>{text}</b></p>'


def indented(text: str, *, indent_pt: float, below_pt: float = 0) -> str:
    """A line of the body that starts further right, as addressees do."""
    return f'<p class="l" style="margin-left: {indent_pt}pt; margin-bottom: {below_pt}pt">{text}</p>'


def _line(text: str, size_pt: float, *tags: str, css: str = "c") -> str:
    opening, closing = "".join(f"<{tag}>" for tag in tags), "".join(f"</{tag}>" for tag in reversed(tags))
    return f'<p class="{css}" style="font-size: {size_pt}pt">{opening}{html.escape(text)}{closing}</p>'


def _date(document: AdministrativeDocument) -> str:
    """Days below 10 and months 1 and 2 carry a leading zero (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
    day, month = document.issued.day, document.issued.month
    written_month = f"{month:02d}" if month <= 2 else str(month)
    return f"{document.place}, ngày {day:02d} tháng {written_month} năm {document.issued.year}"


def _rect(columns_mm: tuple[float, float], top_mm: float, bottom_mm: float) -> pymupdf.Rect:
    return pymupdf.Rect(*(edge * PT_PER_MM for edge in (columns_mm[0], top_mm, columns_mm[1], bottom_mm)))
