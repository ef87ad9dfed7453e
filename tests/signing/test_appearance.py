import re
import unicodedata
from pathlib import Path

import pymupdf
import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bdsigner.errors import ErrorCode, ProfileError, SigningError
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signature import (
    APPEARANCE_DEFAULT_MM,
    APPEARANCE_FLAT_MIN_MM,
    APPEARANCE_MIN_MM,
    AppearanceLine,
    VisibleSignature,
)
from bdsigner.signing.appearance import appearance_pdf
from tests.signing.parts import LINES, Desk, visible
from tests.support.pdfs import text_pdf

DEFAULT_PT = tuple(side * PT_PER_MM for side in APPEARANCE_DEFAULT_MM)
LONG_LINES = (
    AppearanceLine("Ký bởi:", "Nguyễn Thị Phương Thảo"),
    AppearanceLine("Chức danh:", "Phó Chánh Văn phòng Ủy ban nhân dân tỉnh"),
    AppearanceLine("Email:", "thaontp.vanphong@binhduong.gov.vn"),
    AppearanceLine("Cơ quan:", "Ủy ban nhân dân tỉnh Bình Dương – Văn phòng Ủy ban nhân dân tỉnh"),
    AppearanceLine("Thời gian ký:", "23.11.2026 09:05:07 +07:00"),
)
ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"


def _words(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return " ".join(str(document[0].get_text()).split())


def _sizes(pdf: bytes) -> set[float]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        blocks = document[0].get_text("dict")["blocks"]
        return {round(span["size"], 2) for block in blocks for line in block["lines"] for span in line["spans"]}


def _pixels(pdf: bytes, clip: pymupdf.Rect | None = None, page: int = 0) -> pymupdf.Pixmap:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return document[page].get_pixmap(dpi=144, clip=clip)


def test_all_items_are_there_and_can_be_copied(appearance: VisibleSignature) -> None:
    text = _words(appearance_pdf(appearance, width_pt=DEFAULT_PT[0], height_pt=DEFAULT_PT[1]))
    assert text == " ".join(f"{line.label} {line.value}" for line in LINES)


@pytest.mark.parametrize("lines", [LINES, LONG_LINES], ids=["ordinary", "long"])
def test_default_size_is_enough(lines: tuple[AppearanceLine, ...], tmp_path: Path) -> None:
    pdf = appearance_pdf(visible(tmp_path, lines=lines), width_pt=DEFAULT_PT[0], height_pt=DEFAULT_PT[1])
    assert 8 <= min(_sizes(pdf)) <= 10


def test_smallest_size_is_enough_for_ordinary_signers(appearance: VisibleSignature) -> None:
    width, height = (side * PT_PER_MM for side in APPEARANCE_MIN_MM)
    assert _sizes(appearance_pdf(appearance, width_pt=width, height_pt=height)) == {8.0}


def test_text_shrinks_to_keep_lines_whole_and_never_below_8_pt(appearance: VisibleSignature) -> None:
    drawn = [
        appearance_pdf(appearance, width_pt=width * PT_PER_MM, height_pt=30 * PT_PER_MM) for width in (120, 90, 80, 70)
    ]
    sizes = [min(_sizes(pdf)) for pdf in drawn]
    assert sizes == [10, 10, 9, 8]
    assert [_printed_lines(pdf) for pdf in drawn] == [5, 5, 5, 5]
    narrow = appearance_pdf(appearance, width_pt=60 * PT_PER_MM, height_pt=40 * PT_PER_MM)
    assert _printed_lines(narrow) > 5


def _printed_lines(pdf: bytes) -> int:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        blocks = document[0].get_text("dict")["blocks"]
        return len({round(span["origin"][1]) for block in blocks for line in block["lines"] for span in line["spans"]})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.lists(st.text(ALPHABET, min_size=1, max_size=14), min_size=1, max_size=12).map(" ".join),
        min_size=1,
        max_size=6,
    ),
    width=st.floats(5, 400),
    height=st.floats(3, 150),
)
def test_it_fits_or_says_what_would(
    values: list[str], width: float, height: float, appearance: VisibleSignature
) -> None:
    """Text lies inside the frame; if it cannot, the size named in the error is large enough."""
    lines = tuple(AppearanceLine("Cơ quan:", value) for value in values)
    appearance = replace(appearance, lines=lines, mark="BẢN THỬ")
    try:
        pdf = appearance_pdf(appearance, width_pt=width, height_pt=height)
    except SigningError as error:
        width, height = (float(error.facts[f"min_{side}_mm"]) * PT_PER_MM for side in ("width", "height"))
        pdf = appearance_pdf(appearance, width_pt=width, height_pt=height)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for block in document[0].get_text("dict")["blocks"]:
            for line in block["lines"]:
                if "THỬ" not in line["spans"][0]["text"]:
                    left, top, right, bottom = line["bbox"]
                    assert left >= 0
                    assert right <= width + 0.1
                    # a line's box is higher than its letters
                    assert top >= -1
                    assert bottom <= height + 1


def test_too_small(appearance: VisibleSignature) -> None:
    with pytest.raises(SigningError) as caught:
        appearance_pdf(appearance, width_pt=100, height_pt=50)
    assert caught.value.code is ErrorCode.SIGNING_BOX_TOO_SMALL
    assert set(caught.value.facts) == {"min_width_mm", "min_height_mm"}


def test_decomposed_text_is_composed(appearance: VisibleSignature) -> None:
    decomposed = replace(
        appearance, lines=tuple(AppearanceLine(*map(_decomposed, (line.label, line.value))) for line in LINES)
    )
    one, other = (
        appearance_pdf(each, width_pt=DEFAULT_PT[0], height_pt=DEFAULT_PT[1]) for each in (appearance, decomposed)
    )
    assert _pixels(one).samples == _pixels(other).samples


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def test_missing_glyph_is_named(appearance: VisibleSignature) -> None:
    chinese = replace(appearance, lines=(AppearanceLine("Ký bởi:", "Nguyễn 阮"),))
    with pytest.raises(SigningError) as caught:
        appearance_pdf(chinese, width_pt=200, height_pt=80)
    assert caught.value.code is ErrorCode.SIGNING_GLYPH_MISSING
    assert caught.value.facts == {"character": "阮", "code_point": "U+962E"}


@pytest.mark.parametrize("key", ["emblem", "font"])
@pytest.mark.parametrize("content", [None, b"neither drawing nor font"], ids=["missing", "garbage"])
def test_unusable_resources(key: str, content: bytes | None, appearance: VisibleSignature, tmp_path: Path) -> None:
    path = tmp_path / "hỏng"
    if content is not None:
        path.write_bytes(content)
    changed = replace(appearance, font=path) if key == "font" else replace(appearance, emblem=path)
    with pytest.raises(ProfileError) as caught:
        appearance_pdf(changed, width_pt=200, height_pt=80)
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert caught.value.facts["key"] == key


def test_font_without_truetype_outlines(appearance: VisibleSignature, tmp_path: Path) -> None:
    path = tmp_path / "khác.otf"
    with TTFont(appearance.font) as font:
        del font["glyf"]
        del font["loca"]
        font.save(path)
    with pytest.raises(ProfileError) as caught:
        appearance_pdf(replace(appearance, font=path), width_pt=200, height_pt=80)
    assert caught.value.facts["key"] == "font"


@pytest.mark.parametrize("mark", ["", "BẢN THỬ"])
def test_preview_and_file_show_the_same(mark: str, desk: Desk, tmp_path: Path) -> None:
    appearance = visible(tmp_path, mark=mark)
    width, height = 226.0, 85.0
    preview = _pixels(appearance_pdf(appearance, width_pt=width, height_pt=height))
    signed = desk.sign(text_pdf(), box=Box(0, 100, 300, width, height), appearance=appearance)
    in_file = _pixels(signed.data, pymupdf.Rect(100, 300, 100 + width, 300 + height))
    assert preview.samples == in_file.samples


def test_mark_is_printed_under_the_text(tmp_path: Path) -> None:
    """Every dark point without the mark is as dark with it, and the mark adds grey."""
    plain, marked = (
        _pixels(appearance_pdf(visible(tmp_path, mark=mark), width_pt=226, height_pt=85)) for mark in ("", "BẢN THỬ")
    )
    pairs = list(zip(plain.samples, marked.samples, strict=True))
    assert all(with_mark <= 60 for without, with_mark in pairs if without < 40)
    assert sum(without == 255 and 150 < with_mark < 240 for without, with_mark in pairs) > 2000


def test_no_seal_red(tmp_path: Path) -> None:
    picture = _pixels(appearance_pdf(visible(tmp_path, mark="BẢN THỬ"), width_pt=226, height_pt=85))
    red, green, blue = (picture.samples[channel::3] for channel in range(3))
    assert all(r <= max(g, b) + 30 for r, g, b in zip(red, green, blue, strict=True))


def test_font_is_embedded_as_a_subset(desk: Desk, appearance: VisibleSignature) -> None:
    signed = desk.sign(text_pdf(), box=Box(0, 100, 300, 226, 85), appearance=appearance)
    (size,) = re.findall(rb"/Length1 (\d+)", signed.data)
    assert 5_000 < int(size) < 60_000
    assert re.search(rb"/FontName /[A-Z]{6}\+LiberationSerif", signed.data)
    assert len(signed.data) < 40_000


def test_within_a_batch_only_the_content_changes(desk: Desk, appearance: VisibleSignature) -> None:
    """Another time of signing uses the same font program."""
    later = replace(appearance, lines=(*LINES[:-1], AppearanceLine("Thời gian ký:", "24.12.2027 18:46:39 +07:00")))
    fonts = []
    for each in (appearance, later):
        signed = desk.sign(text_pdf(), box=Box(0, 100, 300, 226, 85), appearance=each)
        fonts.append(re.findall(rb"/Length1 .*?endstream", signed.data, re.DOTALL))
    assert fonts[0] == fonts[1]
    assert len(fonts[0]) == 1


FLAT_SHAPES_MM = [(170, 13), (150, 14), (110, 13), (120, 16), (199, 15)]


@pytest.mark.parametrize("size_mm", FLAT_SHAPES_MM)
def test_a_wide_low_box_takes_all_items_in_columns(size_mm: tuple[float, float], appearance: VisibleSignature) -> None:
    width, height = (side * PT_PER_MM for side in size_mm)
    pdf = appearance_pdf(appearance, width_pt=width, height_pt=height)
    assert sorted(_words(pdf).split()) == sorted(
        word for line in LINES for word in f"{line.label} {line.value}".split()
    )
    assert min(_sizes(pdf)) >= 8
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        page = document[0]
        words = page.get_text("words")
        assert all(word[0] >= 0 and word[2] <= width and word[1] >= -1 and word[3] <= height + 1 for word in words)
        rects = [pymupdf.Rect(word[0] + 0.2, word[1] + 3, word[2] - 0.2, word[3] - 3) for word in words]
        assert not [1 for i, a in enumerate(rects) for b in rects[i + 1 :] if a.intersects(b)]


def test_long_items_are_broken_within_their_column(tmp_path: Path) -> None:
    pdf = appearance_pdf(visible(tmp_path, lines=LONG_LINES), width_pt=199 * PT_PER_MM, height_pt=15 * PT_PER_MM)
    assert min(_sizes(pdf)) >= 8


def test_the_smallest_flat_size_is_enough_for_ordinary_signers(appearance: VisibleSignature) -> None:
    width, height = (side * PT_PER_MM for side in APPEARANCE_FLAT_MIN_MM)
    assert min(_sizes(appearance_pdf(appearance, width_pt=width, height_pt=height))) >= 8
