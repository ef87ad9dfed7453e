"""Number and date typed into a document before its signature (Đ10.3b): in place, readable, on that page alone."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents.opening import Documents
from bdsigner.documents.words import DocumentPages
from bdsigner.errors import ErrorCode, SigningError
from bdsigner.layout.reader import read_layout
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout, TextStyle
from bdsigner.model.profile import TextFonts
from bdsigner.model.signature import Filling
from bdsigner.signing.filling import filling_pdf
from bdsigner.storage.resources import resource_path
from bdsigner.usecases.fill_in import fillings_for
from tests.signing.parts import Desk, pdfsig
from tests.support.administrative import Document, draw

FONTS = TextFonts(
    **{
        key: resource_path("fonts", f"LiberationSerif-{name}.ttf")
        for key, name in {
            "regular": "Regular",
            "bold": "Bold",
            "italic": "Italic",
            "bold_italic": "BoldItalic",
        }.items()
    }
)
EMPTY = Document(number="", day="", month="", gap="          ")


def layout_of(path: Path) -> DocumentLayout:
    documents = Documents()
    try:
        return read_layout(DocumentPages(documents.open(path)))
    finally:
        documents.close()


def fillings(pdf: bytes, folder: Path, **texts: str) -> tuple[Filling, ...]:
    path = folder / "to fill.pdf"
    path.write_bytes(pdf)
    return fillings_for(layout_of(path), FONTS, **texts)


@pytest.mark.parametrize(
    "document",
    [
        EMPTY,
        replace(EMPTY, gap="……………"),
        replace(EMPTY, rotation=90),
        replace(EMPTY, rotation=180),
        replace(EMPTY, rotation=270),
        replace(EMPTY, crop_mm=10),
        replace(EMPTY, size="a3"),
    ],
    ids=["plain", "dots", "turned 90", "turned 180", "turned 270", "cropped", "a3"],
)
def test_d10_3b_what_was_filled_is_read_in_its_place(desk: Desk, tmp_path: Path, document: Document) -> None:
    pdf = draw(document)
    filled = fillings(pdf, tmp_path, number="45", day="07", month="02")
    assert len(filled) == 3
    signed = desk.sign(pdf, fillings=filled)
    seen = layout_of(signed.path)
    assert seen.number is not None
    assert (seen.number.number.value, seen.number.symbol) == ("45", "QĐ-UBND")
    assert seen.date is not None
    assert [seen.date.day.value, seen.date.month.value, seen.date.year.value] == ["07", "02", "2026"]
    assert pdfsig(signed.path) == ["Signature is Valid."]
    subprocess.run(["qpdf", "--check", str(signed.path)], check=True, capture_output=True)


def test_it_is_set_as_the_line_is(desk: Desk, tmp_path: Path) -> None:
    pdf = draw(EMPTY)
    signed = desk.sign(pdf, fillings=fillings(pdf, tmp_path, number="45", day="07"))
    spans = {
        span["text"].strip(): span
        for block in pymupdf.open(signed.path)[0].get_text("dict")["blocks"]
        for line in block["lines"]
        for span in line["spans"]
    }
    number = next(span for text, span in spans.items() if text == "45")
    day = next(span for text, span in spans.items() if text == "07")
    assert number["font"] == "LiberationSerif"
    assert day["font"] == "LiberationSerif-Italic"
    assert number["size"] == pytest.approx(13, abs=0.01)


def test_pages_that_share_their_resources_stay_as_they_are(desk: Desk, tmp_path: Path) -> None:
    two = pymupdf.open(stream=draw(EMPTY), filetype="pdf")
    two.fullcopy_page(0)
    shared = two.xref_get_key(two[0].xref, "Resources")[1]
    two.xref_set_key(two[1].xref, "Resources", shared)
    pdf = bytes(two.tobytes())
    before = pymupdf.open(stream=pdf, filetype="pdf")[1].get_pixmap(dpi=72).samples
    signed = desk.sign(pdf, fillings=fillings(pdf, tmp_path, number="45"))
    after = pymupdf.open(signed.path)
    assert after[1].get_pixmap(dpi=72).samples == before
    assert "Fill1" not in after.xref_object(after[1].xref)


@pytest.mark.parametrize("content", [b"q q 0.1 0 0 0.1 90 90 cm", b"q 1 0 0 1 300 300 cm (q q) Tj % q q\nq", b"Q Q"])
def test_content_that_leaves_its_states_open_moves_nothing(desk: Desk, tmp_path: Path, content: bytes) -> None:
    document = pymupdf.open(stream=draw(EMPTY), filetype="pdf")
    page = document[0]
    xref = document.get_new_xref()
    document.update_object(xref, "<<>>")
    document.update_stream(xref, content)
    old = " ".join(f"{number} 0 R" for number in page.get_contents())
    document.xref_set_key(page.xref, "Contents", f"[{old} {xref} 0 R]")
    pdf = bytes(document.tobytes())
    filled = fillings(pdf, tmp_path, number="45")
    signed = desk.sign(pdf, fillings=filled)
    (found,) = [word for word in pymupdf.open(signed.path)[0].get_text("words") if "45" in word[4]]
    assert found[0] == pytest.approx(filled[0].box.x_pt + filled[0].box.width_pt / 2, abs=25)
    assert found[3] == pytest.approx(filled[0].box.y_pt + filled[0].box.height_pt, abs=3)


def test_a_page_without_content_and_resources_takes_a_text(desk: Desk, tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page(width=300, height=300)
    pdf = bytes(document.tobytes())
    wanted = Filling(
        text="Số 7", box=Box(0, 20, 20, 80, 16), baseline_pt=33, style=TextStyle(size_pt=12), font=FONTS.regular
    )
    assert "Số 7" in pymupdf.open(desk.sign(pdf, fillings=(wanted,)).path)[0].get_text()


def test_a_slot_too_narrow_is_refused(desk: Desk, tmp_path: Path) -> None:
    pdf = draw(replace(EMPTY, gap=" "))
    with pytest.raises(SigningError) as refused:
        desk.sign(pdf, fillings=fillings(pdf, tmp_path, number="12345"))
    assert refused.value.code is ErrorCode.SIGNING_SLOT_TOO_NARROW
    assert refused.value.facts["text"] == "12345"


def test_d16_4_nothing_is_filled_after_a_signature(desk: Desk, tmp_path: Path) -> None:
    pdf = draw(EMPTY)
    signed = desk.sign(pdf)
    with pytest.raises(SigningError) as refused:
        desk.sign(signed.path, fillings=fillings(pdf, tmp_path, number="45"))
    assert refused.value.code is ErrorCode.SIGNING_FILLING_AFTER_SIGNATURE


def test_a_filled_slot_is_never_filled_again(tmp_path: Path) -> None:
    assert fillings(draw(Document()), tmp_path, number="99", day="31", month="12", year="2030") == ()


def test_the_preview_shows_what_will_stand_there(tmp_path: Path) -> None:
    (filled,) = fillings(draw(EMPTY), tmp_path, number="45")
    page = pymupdf.open(stream=filling_pdf(filled), filetype="pdf")[0]
    assert page.get_text().strip() == "45"
    assert page.rect.width == pytest.approx(filled.box.width_pt, abs=0.01)
    assert page.get_text("dict")["blocks"][0]["lines"][0]["spans"][0]["origin"][1] == pytest.approx(
        filled.baseline_pt - filled.box.y_pt, abs=0.05
    )
