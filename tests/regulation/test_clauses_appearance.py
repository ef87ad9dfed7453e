"""The visible signature (Đ10.1b, regulation.md §8) as it comes out of a subscriber's certificate, drawn and looked at."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymupdf
import pytest

from bdsigner.errors import CertificateError, ErrorCode, SigningError
from bdsigner.model.certificate import Certificate
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.profile import Profile
from bdsigner.model.signature import APPEARANCE_DEFAULT_MM, APPEARANCE_FLAT_MM
from bdsigner.regulation.signing_time import format_signing_time, is_within_tolerance
from bdsigner.regulation.visible_signature import compose
from bdsigner.signing.appearance import appearance_pdf
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path
from bdsigner.trust.certificates import parse_certificate
from tests.support.pki import CHIEF_OF_OFFICE, Training

SIGNED_AT = datetime(2026, 11, 22, 18, 4, 5, tzinfo=UTC)
SHAPES = [APPEARANCE_DEFAULT_MM, (62.0, 30.0), APPEARANCE_FLAT_MM]


@pytest.fixture(scope="module")
def profile() -> Profile:
    """As shipped, without the mark of training."""
    return load_profile(resource_path("profiles", "binh-duong"))


@pytest.fixture(scope="module")
def certificate(training: Training) -> Certificate:
    return parse_certificate(training.certificate(CHIEF_OF_OFFICE))


@pytest.fixture(params=SHAPES, ids=["default", "small", "flat"])
def page(request: pytest.FixtureRequest, certificate: Certificate, profile: Profile) -> Iterator[pymupdf.Page]:
    width, height = (side * PT_PER_MM for side in request.param)
    pdf = appearance_pdf(compose(certificate, profile, SIGNED_AT), width_pt=width, height_pt=height)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        yield document[0]


def spans(page: pymupdf.Page) -> list[dict[str, object]]:
    blocks = page.get_text("dict")["blocks"]
    return [span for block in blocks for line in block["lines"] for span in line["spans"]]


def test_d10_1b_five_items_stand_in_it(page: pymupdf.Page) -> None:
    words = " ".join(page.get_text().split())
    for item in (
        "Ký bởi: Lê Quốc Đạt",
        "Chức danh: Chánh Văn phòng",
        "Email: datlq@binhduong.gov.vn",
        "Cơ quan: Ủy ban nhân dân tỉnh Bình Dương, Văn phòng Ủy ban nhân dân tỉnh Bình Dương",
        "Thời gian ký: 23.11.2026 01:04:05 +07:00",
    ):
        assert item in words


def test_d10_1b_the_sixth_item_is_the_emblem_of_the_profile(
    page: pymupdf.Page, certificate: Certificate, profile: Profile, tmp_path: Path
) -> None:
    """Another deployer's emblem changes the picture and nothing but its own corner."""
    other = tmp_path / "khác.svg"
    other.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="M0 0H100V100H0Z" fill="#008000"/></svg>'
    )
    drawn = appearance_pdf(
        compose(certificate, replace(profile, emblem=other), SIGNED_AT),
        width_pt=page.rect.width,
        height_pt=page.rect.height,
    )
    with pymupdf.open(stream=drawn, filetype="pdf") as document:
        greens = [
            path["rect"]
            for path in document[0].get_drawings()
            if path["fill"] == pytest.approx((0, 0.502, 0), abs=0.01)
        ]
        assert len(greens) == 1
        assert 8 * PT_PER_MM < greens[0].width < page.rect.width / 3
        assert not any(greens[0].intersects(span["bbox"]) for span in spans(document[0]))


@pytest.mark.parametrize("missing", ["common_name", "title", "email", "organization"])
def test_d10_1b_an_item_found_nowhere_stops(certificate: Certificate, profile: Profile, missing: str) -> None:
    with pytest.raises(CertificateError) as caught:
        compose(replace(certificate, **{missing: ""}), profile, SIGNED_AT)
    assert caught.value.code is ErrorCode.CERTIFICATE_ITEM_MISSING
    assert caught.value.facts["clause"] == "Đ10.1b"


def test_d10_1b_no_picture_of_a_hand_or_a_seal(page: pymupdf.Page) -> None:
    """Text, the emblem, which is a drawing, and a thin frame: no bitmap, and no ring outside the emblem."""
    assert page.get_images(full=True) == []
    left = min(span["bbox"][0] for span in spans(page))
    beyond = [path for path in page.get_drawings() if path["rect"].x1 > left]
    assert [[item[0] for item in path["items"]] for path in beyond] == [["re"]]


def test_d10_1b_no_seal_red(page: pymupdf.Page) -> None:
    picture = page.get_pixmap(dpi=144)
    red, green, blue = (picture.samples[channel :: picture.n] for channel in range(3))
    assert all(r <= max(g, b) + 30 for r, g, b in zip(red, green, blue, strict=True))


def test_8_the_frame_is_thin(page: pymupdf.Page) -> None:
    frames = [path for path in page.get_drawings() if path["rect"].width > 0.9 * page.rect.width]
    assert [0 < path["width"] <= 1 and path["fill"] is None for path in frames] == [True]


def test_8_text_is_at_least_8_pt(page: pymupdf.Page) -> None:
    assert min(round(float(str(span["size"])), 2) for span in spans(page)) >= 8


def test_8_too_small_a_box_is_refused_rather_than_set_smaller(certificate: Certificate, profile: Profile) -> None:
    with pytest.raises(SigningError) as caught:
        appearance_pdf(compose(certificate, profile, SIGNED_AT), width_pt=100, height_pt=40)
    assert caught.value.code is ErrorCode.SIGNING_BOX_TOO_SMALL


def test_8_the_font_is_embedded_with_its_vietnamese_letters(page: pymupdf.Page) -> None:
    fonts = page.get_fonts(full=True)
    assert fonts
    for xref, extension, *_ in fonts:
        assert extension == "ttf"
        assert len(page.parent.extract_font(xref)[3]) > 1000
    assert "Lê Quốc Đạt" in page.get_text(), "each letter is told by the font itself"


def test_8_the_default_profile_is_this_regulation(profile: Profile, certificate: Certificate) -> None:
    """The form of NĐ 30/2020 contradicts Đ10.1b: it may be named, it is never what is shipped."""
    assert profile.appearance_profile == "QĐ 69/2014"
    shown = compose(certificate, profile, SIGNED_AT)
    assert [line.label for line in shown.lines] == ["Ký bởi:", "Chức danh:", "Email:", "Cơ quan:", "Thời gian ký:"]


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (SIGNED_AT, "23.11.2026 01:04:05 +07:00"),
        (datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC), "03.02.2026 11:05:06 +07:00"),
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), "01.01.2026 00:00:00 +07:00"),
    ],
)
def test_8_5_the_time_is_vietnams_with_its_offset(moment: datetime, shown: str) -> None:
    assert format_signing_time(moment) == shown
    assert re.fullmatch(r"\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}:\d{2} \+07:00", shown)


def test_8_printed_time_and_timestamp_agree_within_the_tolerance(profile: Profile) -> None:
    tolerance = timedelta(seconds=profile.timestamp.tolerance_seconds)
    for offset in (timedelta(), tolerance, -tolerance):
        assert is_within_tolerance(SIGNED_AT, SIGNED_AT + offset, tolerance)
    second = timedelta(seconds=1)
    assert not is_within_tolerance(SIGNED_AT, SIGNED_AT + tolerance + second, tolerance)
    assert not is_within_tolerance(SIGNED_AT, SIGNED_AT - tolerance - second, tolerance)
    vietnam = SIGNED_AT.astimezone(tz=None)
    assert is_within_tolerance(SIGNED_AT, vietnam, timedelta()), "the same moment in another zone"
