import io

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import Box
from bdsigner.model.signature import VisibleSignature
from bdsigner.signing.placement import PageGeometry, page_geometry
from tests.signing.parts import Desk
from tests.support.pdfs import text_pdf

ROTATIONS = (0, 90, 180, 270)


def _page(*, rotation: int, crop: tuple[float, float, float, float], media: str, unit: float) -> bytes:
    """A page with everything that moves what is shown."""
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        page = document[0].xref
        document.xref_set_key(page, "MediaBox", media)
        document.xref_set_key(page, "CropBox", f"[{' '.join(map(str, crop))}]")
        document.xref_set_key(page, "Rotate", str(rotation))
        document.xref_set_key(page, "UserUnit", str(unit))
        return bytes(document.tobytes())


def _geometry(pdf: bytes) -> PageGeometry:
    return page_geometry(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0])


@st.composite
def _crops(draw: st.DrawFn) -> tuple[float, float, float, float]:
    left, bottom = draw(st.integers(-90, 60)), draw(st.integers(-90, 60))
    return left, bottom, left + draw(st.integers(250, 700)), bottom + draw(st.integers(250, 900))


@settings(deadline=None)  # the machine may be busy
@given(
    rotation=st.sampled_from((*ROTATIONS, -90, 450)),
    crop=_crops(),
    media=st.sampled_from(("[0 0 595 842]", "[-50 -50 545 792]", "[595 842 0 0]")),
    unit=st.sampled_from((1, 1.5, 2)),
    share=st.tuples(*[st.floats(0, 0.45)] * 2, *[st.floats(0.05, 0.5)] * 2),
)
def test_a_box_is_seen_where_it_was_asked_for(
    rotation: int,
    crop: tuple[float, float, float, float],
    media: str,
    unit: float,
    share: tuple[float, float, float, float],
) -> None:
    pdf = _page(rotation=rotation, crop=crop, media=media, unit=unit)
    geometry = _geometry(pdf)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        page = document[0]
        width, height = page.rect.width, page.rect.height
        assert geometry.displayed_size_pt == pytest.approx((width, height), abs=0.01)
        box = Box(0, share[0] * width, share[1] * height, share[2] * width, share[3] * height)
        rect = geometry.to_user_space(box)
        seen = _seen(document, page, rect)
        asked = (box.x_pt, box.y_pt, box.x_pt + box.width_pt, box.y_pt + box.height_pt)
        assert tuple(seen) == pytest.approx(asked, abs=0.02)
        assert geometry.displayed_size_of(rect) == pytest.approx((box.width_pt, box.height_pt), abs=0.02)


def _seen(document: pymupdf.Document, page: pymupdf.Page, rect: tuple[float, float, float, float]) -> pymupdf.Rect:
    """Where MuPDF shows an annotation of that rectangle."""
    number = document.get_new_xref()
    numbers = " ".join(f"{value:.4f}" for value in rect)
    document.update_object(number, f"<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/F 4/Rect[{numbers}]>>")
    document.xref_set_key(page.xref, "Annots", f"[{number} 0 R]")
    document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</Fields[{number} 0 R]>>")
    page = document.reload_page(page)
    return page.first_widget.rect * page.rotation_matrix


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_drawing_stands_upright_in_its_box(rotation: int, desk: Desk, appearance: VisibleSignature) -> None:
    """The picture of the box is the same whatever the rotation: frame, emblem and text."""
    box = Box(0, 60, 80, 226, 84)
    pictures = []
    for turn in (0, rotation):
        pdf = _page(rotation=turn, crop=(20, 30, 500, 600), media="[0 0 595 842]", unit=1)
        signed = desk.sign(_blank(pdf), box=box, appearance=appearance)
        with pymupdf.open(signed.path) as document:
            clip = pymupdf.Rect(box.x_pt, box.y_pt, box.x_pt + box.width_pt, box.y_pt + box.height_pt)
            picture = document[0].get_pixmap(dpi=72, clip=clip)
            assert document[0].first_widget is not None
            assert (picture.width, picture.height) == (226, 84)
            pictures.append(picture.samples)
    differing = sum(abs(one - other) > 90 for one, other in zip(*pictures, strict=True))
    assert differing < len(pictures[0]) * 0.01
    assert min(pictures[0]) < 40


def _blank(pdf: bytes) -> bytes:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.update_stream(document[0].get_contents()[0], b" ")
        return bytes(document.tobytes())


@pytest.mark.parametrize(
    "box",
    [
        Box(0, -1, 0, 100, 50),
        Box(0, 0, -1, 100, 50),
        Box(0, 500, 0, 100, 50),
        Box(0, 0, 800, 100, 50),
        Box(0, 10, 10, 0, 50),
        Box(0, 10, 10, 100, -5),
        Box(0, float("nan"), 10, 100, 50),
    ],
)
def test_boxes_off_the_page(box: Box, desk: Desk, appearance: VisibleSignature) -> None:
    with pytest.raises(SigningError) as caught:
        desk.sign(text_pdf(), box=box, appearance=appearance)
    assert caught.value.code is ErrorCode.SIGNING_BOX_OFF_PAGE
    assert caught.value.facts["page"] == 1


def test_a_box_may_touch_the_edge() -> None:
    geometry = PageGeometry(crop=(0, 0, 595, 842), rotation=0, user_unit=1)
    assert geometry.to_user_space(Box(0, 0, 0, 595.0001, 842.0001)) == pytest.approx((0, 0, 595, 842), abs=0.001)


@pytest.mark.parametrize("media", ["[0 0 0 0]", "null", "[0 0 595]", "(text)"])
def test_pages_without_usable_boxes_are_shown_as_letter(media: str) -> None:
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        document.xref_set_key(document[0].xref, "MediaBox", media)
        pdf = bytes(document.tobytes())
    assert _geometry(pdf).displayed_size_pt == (612, 792)
