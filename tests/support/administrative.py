"""Administrative documents with a known layout, drawn straight onto pages: the corpus of the layout reader."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pymupdf

from bdsigner.model.geometry import PT_PER_MM
from bdsigner.storage.resources import resource_path

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
BODY = (
    "Căn cứ Luật Tổ chức chính quyền địa phương và đề nghị của Giám đốc Sở Nội vụ;",
    "Các cơ quan giữ gìn bí mật nhà nước, bảo mật thông tin theo quy định của pháp luật.",
    "Văn bản này thay thế Quyết định số 5/QĐ-UBND, ngày 03 tháng 4 năm 2019 của UBND tỉnh.",
    "Danh sách nơi nhận: theo phụ lục kèm theo; nơi nhận có trách nhiệm lưu trữ bản điện tử.",
    "Chủ tịch Ủy ban nhân dân các huyện chịu trách nhiệm thi hành Quyết định này kể từ ngày ký.",
)
_FONTS = {
    "serif": ("LiberationSerif-Regular", "LiberationSerif-Bold", "LiberationSerif-Italic"),
    "sans": ("LiberationSans-Regular", "LiberationSans-Bold", "LiberationSans-Regular"),
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is drawn; also the expected answer."""

    number: str = "12"
    gap: str = "      "
    """What stands in an unfilled number slot."""
    symbol: str = "QĐ-UBND"
    place: str = "Bình Dương"
    day: str = "05"
    month: str = "01"
    year: str = "2026"
    agency: tuple[str, ...] = ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH DƯƠNG")
    kind: str = "QUYẾT ĐỊNH"
    summary: str = "Về việc tổ chức thí điểm ký số văn bản điện tử"
    about: str = ""
    """``V/v …`` of a letter, in place of kind and summary."""
    mark: str = ""
    titles: tuple[str, ...] = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    name: str = "Võ Văn Minh"
    has_recipients: bool = True
    body_lines: int = 12
    size: str = "a4"
    font: str = "serif"
    body_pt: float = 14
    gap_mm: float = 28
    appendix_pages: int = 0
    rotation: int = 0
    crop_mm: float = 0
    form: str = "NFC"
    is_spaced: bool = False
    """Set letter by letter, as some exporters do."""
    is_late_tone: bool = False
    is_name_alone: bool = False
    """The name slipped onto a page of its own."""
    second: str = ""
    """Title of a second signer at the left: a joint document."""
    note_in_gap: str = ""

    def written(self, text: str) -> str:
        """Text in the Unicode form of this document."""
        if self.is_late_tone:
            for early, late in (("ÒA", "OÀ"), ("ỦY", "UỶ"), ("òa", "oà"), ("ủy", "uỷ"), ("Ủy", "Uỷ")):
                text = text.replace(early, late)
        return unicodedata.normalize(self.form, text)


@lru_cache
def _font(name: str) -> pymupdf.Font:
    return pymupdf.Font(fontfile=str(resource_path("fonts", f"{name}.ttf")))


class Drawing:
    """Draws one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.pdf = pymupdf.open()
        self.fonts = [_font(name) for name in _FONTS[document.font]]
        self.page = self._new_page()
        self.y = 0.0

    def draw(self) -> bytes:
        """The PDF."""
        d = self.document
        self._head()
        for index in range(d.body_lines):
            self._step(d.body_pt * 1.4)
            self._text(BODY[index % len(BODY)], 35, d.body_pt, 0)
        self._sign_off()
        for number in range(d.appendix_pages):
            self.page = self._new_page()
            self._text(f"PHỤ LỤC {number + 1}", 105, 14, 1, y=30, centre=True)
            for row in range(30):
                self._text(
                    f"{row + 1}. Đơn vị thứ {row + 1} có trách nhiệm báo cáo hằng quý", 35, 12, 0, y=45 + 7 * row
                )
        for page in self.pdf:
            if d.crop_mm:
                inset = d.crop_mm * PT_PER_MM
                rect = page.rect
                page.set_cropbox(pymupdf.Rect(inset / 4, inset / 4, rect.x1 - inset / 4, rect.y1 - inset))
        return self._turned() if d.rotation else bytes(self.pdf.tobytes())

    def _turned(self) -> bytes:
        """The same looks on pages that carry /Rotate."""
        turned = pymupdf.open()
        for sheet in self.pdf:
            rect = sheet.rect
            flat = rect if self.document.rotation == 180 else pymupdf.Rect(0, 0, rect.height, rect.width)
            page = turned.new_page(width=flat.width, height=flat.height)
            page.show_pdf_page(flat, self.pdf, sheet.number, rotate=self.document.rotation)
            page.set_rotation(self.document.rotation)
        return bytes(turned.tobytes())

    def _new_page(self) -> pymupdf.Page:
        rect = pymupdf.paper_rect(self.document.size)
        return self.pdf.new_page(width=rect.width, height=rect.height)

    @property
    def _scale(self) -> float:
        return self.page.rect.width / (210 * PT_PER_MM)

    def _step(self, by_pt: float) -> None:
        self.y += by_pt
        if self.y > self.page.rect.height - 22 * PT_PER_MM:
            self.page = self._new_page()
            self.y = 28 * PT_PER_MM

    def _text(
        self, text: str, x_mm: float, size: float, face: int, *, y: float | None = None, centre: bool = False
    ) -> float:
        """Write at a baseline; ``y`` in mm, else where the text stands; returns the right edge in points."""
        written, font = self.document.written(text), self.fonts[face]
        x = x_mm * PT_PER_MM * self._scale
        if centre:
            x -= font.text_length(written, size) / 2
        baseline = self.y if y is None else y * PT_PER_MM
        writer = pymupdf.TextWriter(self.page.rect)
        if self.document.is_spaced and len(written) < 60:
            for character in written:
                writer.append((x, baseline), character, font=font, fontsize=size)
                x += font.text_length(character, size)
        else:
            writer.append((x, baseline), written, font=font, fontsize=size)
            x += font.text_length(written, size)
        writer.write_text(self.page)
        return x

    def _head(self) -> None:
        d = self.document
        self._text(NATION, 150, 12, 1, y=25, centre=True)
        self._text(MOTTO, 150, 13, 1, y=31, centre=True)
        for index, line in enumerate(d.agency):
            self._text(line, 66, 12, 1 if index == len(d.agency) - 1 else 0, y=25 + 5.2 * index, centre=True)
        top = max(43.0, 25 + 5.2 * len(d.agency) + 6)
        self._text(f"Số: {d.number or d.gap}/{d.symbol}", 66, 13, 0, y=top, centre=True)
        day, month = (value or "      " for value in (d.day, d.month))
        self._text(f"{d.place}, ngày {day} tháng {month} năm {d.year}", 150, 13, 2, y=top, centre=True)
        below = top
        if d.about:
            self._text(f"V/v {d.about}", 66, 12, 0, y=top + 6, centre=True)
            below += 14
        else:
            self._text(d.kind, 105, 14, 1, y=top + 13, centre=True)
            self._text(d.summary, 105, 14, 1, y=top + 19, centre=True)
            below += 27
        if d.mark:
            self._text(d.mark, 47, 13, 1, y=below + 1, centre=True)
            below += 5
        self.y = below * PT_PER_MM

    def _sign_off(self) -> None:
        d = self.document
        needed = (6 * len(d.titles) + d.gap_mm + 12) * PT_PER_MM
        self.y += 8 * PT_PER_MM
        if self.y + needed > self.page.rect.height - 15 * PT_PER_MM and not d.is_name_alone:
            self.page, self.y = self._new_page(), 28 * PT_PER_MM
        top = self.y
        if d.has_recipients:
            self._text("Nơi nhận:", 35, 12, 2)
            for index, line in enumerate(("- Như Điều 3;", "- Chủ tịch, các PCT;", "- Lưu: VT, NC.")):
                self._text(line, 35, 11, 0, y=top / PT_PER_MM + 5 * (index + 1))
        for index, title in enumerate(d.titles):
            self._text(title, 148, 13, 1, y=top / PT_PER_MM + 5.6 * index, centre=True)
        last = top / PT_PER_MM + 5.6 * (len(d.titles) - 1)
        if d.second:
            self._text(d.second, 70, 13, 1, y=top / PT_PER_MM + 0.2, centre=True)
            self._text("Lê Thị Mai", 70, 13, 1, y=last + d.gap_mm + 4, centre=True)
        if d.note_in_gap:
            self._text(d.note_in_gap, 148, 12, 2, y=last + 12, centre=True)
        if d.is_name_alone:
            self.page = self._new_page()
            self._text(d.name, 148, 14, 1, y=30, centre=True)
        elif d.name:
            self._text(d.name, 148, 14, 1, y=last + d.gap_mm + 4, centre=True)


def draw(document: Document) -> bytes:
    """The document as PDF."""
    return Drawing(document).draw()


TITLES: tuple[tuple[str, ...], ...] = (
    ("CHỦ TỊCH",),
    ("GIÁM ĐỐC",),
    ("CHÁNH VĂN PHÒNG",),
    ("Q. GIÁM ĐỐC",),
    ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
    ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    ("KT.GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    ("TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔ CHỨC CÁN BỘ"),
    ("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG HÀNH CHÍNH"),
    ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
    ("TM. ỦY BAN NHÂN DÂN", "TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"),
    ("TL. CỤC TRƯỞNG", "KT. TRƯỞNG BAN QUẢN LÝ", "CÁC DỰ ÁN CÔNG NGHỆ", "PHÓ TRƯỞNG BAN", "PHỤ TRÁCH"),
    ("TM. HỘI ĐỒNG NHÂN DÂN", "CHỦ TỊCH"),
    ("HIỆU TRƯỞNG",),
)
NAMES = (
    "Võ Văn Minh",
    "Trần Thị Diễm Quỳnh",
    "Nguyễn Thụy Hòa",
    "Lý Ỷ",
    "TS. Đặng Đình Ưu",
    "Phạm Uyên Thủy Tiên Hoàng",
)


def corpus() -> Iterator[tuple[str, Document]]:
    """Some three hundred documents, each named for what is special about it."""
    for number, titles in enumerate(TITLES):
        for variant, name in enumerate(NAMES):
            base = Document(titles=titles, name=name, body_lines=8 + 3 * variant, gap_mm=24 + variant * 2)
            yield f"plain-{number}-{variant}", base
            match variant:
                case 0:
                    yield f"nfd-{number}", replace(base, form="NFD")
                    yield f"sans-{number}", replace(base, font="sans")
                case 1:
                    yield f"late-tone-{number}", replace(base, is_late_tone=True)
                    yield f"spaced-{number}", replace(base, is_spaced=True)
                case 2:
                    yield f"appendix-{number}", replace(base, appendix_pages=1 + number % 4)
                    yield f"letter-{number}", replace(base, about="đăng ký cấp chứng thư số", symbol="UBND-TH", kind="")
                case 3:
                    yield f"landscape-{number}", replace(base, size="a4-l", body_lines=5)
                    yield f"a3-{number}", replace(base, size="a3")
                case 4:
                    yield f"unfilled-{number}", replace(base, number="", day="", month="")
                    yield f"dotted-{number}", replace(base, number="", gap="……..", day="…", month="…")
                case _:
                    yield f"long-{number}", replace(base, body_lines=70)
                    yield f"no-recipients-{number}", replace(base, has_recipients=False)
    for rotation in (90, 180, 270):
        for number, titles in enumerate(TITLES):
            yield f"rotated-{rotation}-{number}", Document(titles=titles, rotation=rotation)
    for number, titles in enumerate(TITLES):
        yield f"cropped-{number}", Document(titles=titles, crop_mm=12)
        yield f"name-alone-{number}", Document(titles=titles, is_name_alone=True, body_lines=20)
        yield f"joint-{number}", Document(titles=titles, second="TRƯỞNG BAN DÂN TỘC", body_lines=9)
        yield f"note-{number}", Document(titles=titles, note_in_gap="(Đã ký)")
    for mark in ("MẬT", "TỐI MẬT", "TUYỆT MẬT"):
        for size in ("a4", "a3"):
            yield f"secret-{mark}-{size}", Document(mark=mark, size=size)
        yield f"secret-spaced-{mark}", Document(mark=mark, is_spaced=True)
        yield f"secret-nfd-{mark}", Document(mark=mark, form="NFD")
    for number, agency in enumerate(
        (
            ("HỘI ĐỒNG NHÂN DÂN TỈNH", "ỦY BAN NHÂN DÂN TỈNH BÌNH DƯƠNG", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "TRUNG TÂM"),
            ("SỞ NỘI VỤ",),
            ("UBND HUYỆN DẦU TIẾNG", "PHÒNG TƯ PHÁP"),
        )
    ):
        for symbol in ("2026/NQ-HĐND", "BC-SNV", "TB-VP", "KH-UBND&CA", "QĐ-CT.UBND"):
            yield f"agency-{number}-{symbol.replace('/', '-')}", Document(agency=agency, symbol=symbol)


def write(document: Document, folder: Path, name: str) -> Path:
    """Draw into a file."""
    path = folder / f"{name}.pdf"
    path.write_bytes(draw(document))
    return path
