"""Forms to PDF in the official layout (regulation.md §13, §14): A4, wrapped, dots where a hand goes on.  In the child.

The machine-readable copy is embedded as ``request.json`` (ISO 32000-2 §14.13, AFRelationship Data), and each signatory
gets an empty signature field.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, registerFontFamily, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from bdsigner.department.checking import as_date, as_time, group_name
from bdsigner.department.machine_copy import COPY_NAME
from bdsigner.department.number_words import in_words
from bdsigner.documents.printing import PAGES_MAX, plain, safe
from bdsigner.errors import DocumentError, ErrorCode, FormError
from bdsigner.model.form import Block, BlockKind, FieldKind, FilledForm, Signatory
from bdsigner.model.profile import TextFonts

_LEFT, _TOP, _RIGHT, _BOTTOM = 30 * mm, 20 * mm, 15 * mm, 20 * mm
"""Margins (regulation.md §14)."""
_FONT, _BOLD, _ITALIC, _BOLD_ITALIC = "form", "form-bold", "form-italic", "form-bold-italic"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:\.([a-z]+))?\}")
_SHORT_BLANK, _LONG_BLANK = "." * 8, "." * 30
_DATE_BLANK = "...../...../........"
_ROOM_PT = 82
"""For a hand signature and a seal's edge, or the six lines of a visible signature (Đ10.1b)."""
_ALIGN = {"center": TA_CENTER, "right": TA_RIGHT}
_BODY = ParagraphStyle("form body", fontName=_FONT, fontSize=13, leading=16.5, spaceAfter=3, alignment=TA_JUSTIFY)
_FIELD = ParagraphStyle("form field", fontName=_FONT, fontSize=13, leading=16.5)
_CELL = ParagraphStyle("form cell", fontName=_FONT, fontSize=10, leading=12)
_HEAD = ParagraphStyle("form head", parent=_CELL, fontName=_BOLD, alignment=TA_CENTER)
_NUMBER = ParagraphStyle("form number", fontName=_BOLD_ITALIC, fontSize=12, leading=14, alignment=TA_RIGHT)
_CENTRED = ParagraphStyle("form centred", fontName=_BOLD, fontSize=13, leading=16, alignment=TA_CENTER)
_STATE = ParagraphStyle("form state", parent=_CENTRED, fontSize=12)
_TITLE = ParagraphStyle("form title", parent=_CENTRED, fontSize=14, leading=18, spaceBefore=10, spaceAfter=6)
_HINT = ParagraphStyle("form hint", parent=_CENTRED, fontName=_ITALIC, fontSize=12)
_NOTE = ParagraphStyle("form note", fontName=_ITALIC, fontSize=11, leading=13, spaceAfter=2)
_PLAIN_TABLE = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
]
_HEAD_TABLE = [*_PLAIN_TABLE, ("ALIGN", (0, 0), (-1, -1), "CENTER")]
_FOOT_TABLE = [*_PLAIN_TABLE, ("RIGHTPADDING", (0, 0), (-1, -1), 1)]
_RULED_TABLE = [
    ("GRID", (0, 0), (-1, -1), 0.5, black),
    ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
    ("VALIGN", (0, 1), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]
_PADDING_PT = 6.0
_BLANK_ROWS = 8
"""Rows left to hand in a table nobody filled in."""


def print_form(form: FilledForm, copy: bytes, *, mail_domain: str, fonts: TextFonts, partial: Path) -> int:
    """Write the form as PDF into ``partial``, an empty file of ours; returns the number of pages.

    ``copy`` is what is embedded.  Raises ``FormError`` FORM_CHARACTERS for characters the font does not have, and
    ``DocumentError`` DOCUMENT_LIMITS for more than ``PAGES_MAX`` pages.
    """
    _register(fonts)
    _check_glyphs(form)
    paper = _Paper(form, mail_domain)
    drawn = paper.draw()
    writer = copy_into_new_writer(PdfFileReader(BytesIO(drawn)))
    data = EmbeddedFileObject.from_file_data(writer, data=copy, mime_type="application/json")
    relationship = generic.NameObject("/Data")
    embed_file(
        writer,
        FileSpec(file_spec_string=COPY_NAME, file_name=COPY_NAME, embedded_data=data, af_relationship=relationship),
    )
    for name, (page, box) in paper.rooms.items():
        append_signature_field(writer, SigFieldSpec(name, on_page=page, box=box))
    _steady(writer, form, drawn + copy)
    with partial.open("r+b") as output:
        writer.write(output)
    return paper.pages


def _steady(writer: PdfFileWriter, form: FilledForm, content: bytes) -> None:
    """Let the same form be the same file whenever it is printed: what comes back signed is known by its first bytes."""
    # pyHanko has no other way: it writes the moment of writing into the metadata, and an /ID by chance.
    writer._update_meta = lambda: None  # type: ignore[method-assign]
    name = generic.ByteStringObject(sha256(content).digest()[:16])
    writer._document_id = generic.ArrayObject([name, name])
    info = {"/CreationDate": generic.pdf_date(form.created_at), "/Title": generic.TextStringObject(form.template.title)}
    writer.set_info(generic.DictionaryObject({generic.NameObject(key): value for key, value in info.items()}))


@lru_cache(maxsize=1)
def _register(fonts: TextFonts) -> None:
    faces = ((_FONT, fonts.regular), (_BOLD, fonts.bold), (_ITALIC, fonts.italic), (_BOLD_ITALIC, fonts.bold_italic))
    for name, file in faces:
        registerFont(TTFont(name, str(file)))
    registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_ITALIC, boldItalic=_BOLD_ITALIC)


def _check_glyphs(form: FilledForm) -> None:
    glyphs = getFont(_FONT).face.charToGlyph
    filled = [(one, form.values.get(one.key, "")) for one in form.template.fields]
    filled += [(one, row.get(one.key, "")) for row in form.rows for one in form.template.columns]
    for one, text in filled:
        if any(ord(character) not in glyphs for character in text):
            raise FormError(ErrorCode.FORM_CHARACTERS, label=one.label, key=one.key)


class _Room(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """Nothing but room; remembers where it came to stand."""

    def __init__(self, told: Callable[[int, tuple[int, int, int, int]], None]) -> None:
        super().__init__()
        self._told = told

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        self.width, self.height = available_width, _ROOM_PT
        return self.width, self.height

    def draw(self) -> None:
        x, y = self.canv.absolutePosition(0, 0)
        box = (round(x), round(y) + 4, round(x + self.width), round(y + self.height) - 6)
        self._told(self.canv.getPageNumber() - 1, box)


class _TooManyPages(Exception):
    """reportlab makes exceptions anew with its own text, which ours do not take."""


class _Paper:
    """One form on its way to paper."""

    def __init__(self, form: FilledForm, mail_domain: str) -> None:
        self._form = form
        self._mail_domain = mail_domain
        self._size = landscape(A4) if form.template.is_landscape else A4
        self._width = self._size[0] - _LEFT - _RIGHT
        self.rooms: dict[str, tuple[int, tuple[int, int, int, int]]] = {}
        self.pages = 0

    def draw(self) -> bytes:
        output = BytesIO()
        frame = Frame(_LEFT, _BOTTOM, self._width, self._size[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
        template = BaseDocTemplate(
            output,
            pagesize=self._size,
            title=plain(self._form.template.title),
            creator="bdsigner",
            lang="vi",
            initialFontName=_FONT,
        )
        template.addPageTemplates(PageTemplate("page", [frame], onPage=self._number))
        try:
            template.build(list(self._flow()), canvasmaker=_canvas)
        except _TooManyPages as error:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pages=PAGES_MAX) from error
        return output.getvalue()

    def _number(self, canvas: Canvas, _template: object) -> None:
        """Centred in the top margin from page 2 (regulation.md §14)."""
        self.pages = int(canvas.getPageNumber())
        if self.pages > PAGES_MAX:
            raise _TooManyPages
        if self.pages > 1:
            canvas.setFont(_FONT, 13)
            canvas.drawCentredString(_LEFT + self._width / 2, self._size[1] - 13 * mm, str(self.pages))

    def _flow(self) -> Iterator[Flowable]:
        template = self._form.template
        if template.number:
            yield Paragraph(safe(template.number), _NUMBER)
        yield from self._head()
        yield Paragraph(safe(template.title), _TITLE)
        blocks = [flowable for block in template.layout for flowable in self._block(block)]
        kept = blocks.pop() if isinstance(blocks[-1], Paragraph) else Spacer(1, 0)
        yield from blocks
        yield KeepTogether([kept, Spacer(1, 8), self._foot()])  # signatures never stand alone on a page
        if template.notes:
            rule = HRFlowable(width="33%", thickness=0.5, color=black, hAlign="LEFT", spaceAfter=3)
            yield KeepTogether([Spacer(1, 6), rule, *(Paragraph(safe(note), _NOTE) for note in template.notes)])

    def _head(self) -> Iterator[Flowable]:
        state: list[Flowable] = [
            Paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", _STATE),
            Paragraph("Độc lập - Tự do - Hạnh phúc", _CENTRED),
            HRFlowable(width=60 * mm, thickness=0.7, color=black, spaceBefore=2, spaceAfter=4),
        ]
        if not self._form.template.agency_lines:
            yield from state
            return
        agency = [Paragraph(self._filled_in(line), _CENTRED) for line in self._form.template.agency_lines]
        yield Table([[agency, state]], colWidths=[self._width * 0.42, self._width * 0.58], style=_HEAD_TABLE)

    def _block(self, block: Block) -> Iterator[Flowable]:
        match block.kind:
            case BlockKind.TEXT:
                face = {(True, True): _BOLD_ITALIC, (True, False): _BOLD, (False, True): _ITALIC}.get(
                    (block.is_bold, block.is_italic), _FONT
                )
                align = _ALIGN.get(block.align, TA_JUSTIFY)
                yield Paragraph(
                    self._filled_in(block.text), ParagraphStyle("text", parent=_BODY, fontName=face, alignment=align)
                )
            case BlockKind.FIELDS:
                widths = [self._width * share / 100 for share in block.widths]
                cells = [
                    Paragraph(self._field(key, width - _PADDING_PT), _FIELD)
                    for key, width in zip(block.keys, widths, strict=True)
                ]
                yield Table([cells], colWidths=widths, style=_PLAIN_TABLE, splitInRow=1)
            case BlockKind.TABLE:
                yield from self._table(block)

    def _field(self, key: str, width_pt: float) -> str:
        one = self._form.template.field(key)
        if one is None:
            return ""
        label = plain(one.label)
        if not label.endswith(":"):
            label += ":"
        value = self._form.values.get(key, "")
        if one.kind is FieldKind.BOXES:
            boxes = [f"{choice}\N{NO-BREAK SPACE}{'■' if choice == value else '□'}" for choice in one.choices]
            return safe(" ".join([label, *boxes]))
        if key == "group":
            value = group_name(value)
        suffix = plain(one.suffix)
        if value:
            return safe(f"{label} {value} {suffix}".rstrip())
        if one.kind is FieldKind.OFFICIAL_MAIL and self._mail_domain:
            return safe(f"{label} {_LONG_BLANK}@{self._mail_domain}")
        if one.kind is FieldKind.DATE:
            return safe(f"{label} {_DATE_BLANK}")
        if suffix:
            return safe(f"{label} {_SHORT_BLANK} {suffix}")
        return safe(f"{label} {_dots(label, width_pt)}")

    def _table(self, block: Block) -> Iterator[Flowable]:
        columns = self._form.template.columns
        widths = [self._width * share / 100 for share in block.widths]
        rows = [[Paragraph(safe(text), _HEAD) for text in ("STT", *(one.label for one in columns))]]
        filled = self._form.rows or tuple({} for _ in range(_BLANK_ROWS))
        rows += [
            [Paragraph(safe(text), _CELL) for text in (str(number), *(row.get(one.key, "") for one in columns))]
            for number, row in enumerate(filled, 1)
        ]
        yield Table(rows, colWidths=widths, style=_RULED_TABLE, repeatRows=1, splitInRow=1)
        yield Spacer(1, 6)

    def _foot(self) -> Table:
        template = self._form.template
        halves = [self._signatory(template.left), self._signatory(template.right)]
        if template.left.date or template.right.date:
            for half, one in zip(halves, (template.left, template.right), strict=True):
                half.insert(0, Paragraph(self._filled_in(one.date) or "&nbsp;", _HINT))
        return Table([halves], colWidths=[self._width / 2] * 2, style=_FOOT_TABLE)

    def _signatory(self, one: Signatory) -> list[Flowable]:
        def remember(page: int, box: tuple[int, int, int, int]) -> None:
            self.rooms[one.signature_field] = (page, box)

        name = self._form.values.get(one.name_key, "")
        return [
            *(Paragraph(safe(title), _CENTRED) for title in one.titles),
            *([Paragraph(safe(one.hint), _HINT)] if one.hint else []),
            _Room(remember),
            *([Paragraph(safe(name), _CENTRED)] if name else []),
        ]

    def _filled_in(self, text: str) -> str:
        return safe(_PLACEHOLDER.sub(lambda found: self._part(found.group(1), found.group(2) or ""), text))

    def _part(self, key: str, part: str) -> str:
        if key == "rows":
            count = len(self._form.rows)
            return _SHORT_BLANK if not count else in_words(count) if part == "words" else f"{count:02}"
        value = self._form.values.get(key, "")
        if not part:
            return value or _LONG_BLANK
        day, hour = as_date(value), as_time(value)
        if day is not None:
            return {"day": f"{day:%d}", "month": f"{day.month:02}" if day.month < 3 else str(day.month)}.get(
                part, f"{day.year:04}"
            )
        if hour is not None:
            return f"{hour.hour:02}" if part == "hour" else f"{hour.minute:02}"
        return "....." if part != "year" else "......."


def _canvas(*arguments: Any, **options: Any) -> Canvas:
    """A canvas that does not begin with Helvetica, which is not embedded."""
    return Canvas(*arguments, **options | {"initialFontName": _FONT, "invariant": 1})


def _dots(label: str, width_pt: float) -> str:
    """As many as fill the line behind the label; a line of their own where little is left."""
    used = stringWidth(label + " ", _FIELD.fontName, _FIELD.fontSize) % width_pt
    room = width_pt - used
    dot = stringWidth(".", _FIELD.fontName, _FIELD.fontSize)
    if room < 8 * dot:
        room = width_pt
    return "." * (int(room / dot) - 1)
