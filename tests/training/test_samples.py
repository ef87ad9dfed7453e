"""The samples look like administrative documents to a program: text, places, fonts, page size, mark."""

import unicodedata
from pathlib import Path

import pymupdf
import pytest

from bdsigner.model.geometry import PT_PER_MM
from bdsigner.training import TRAINING_MARK
from bdsigner.training.people import Agency
from bdsigner.training.samples import DECISION, LETTER, SCAN, write_samples
from bdsigner.training.samples.bulk import write_big_scan, write_many_objects

AGENCY = Agency(province="Bình Dương", mail_domain="binhduong.gov.vn")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder, AGENCY)
    return folder


def where(page: pymupdf.Page, text: str) -> pymupdf.Rect:
    """The first place of a text, in mm."""
    return page.search_for(text)[0] / PT_PER_MM


def centre(rect: pymupdf.Rect) -> float:
    return (rect.x0 + rect.x1) / 2


@pytest.mark.parametrize("name", [DECISION, LETTER, SCAN])
def test_pages_are_a4(samples: Path, name: str) -> None:
    with pymupdf.open(samples / name) as pdf:
        for page in pdf.pages():
            assert page.rect.width / PT_PER_MM == pytest.approx(210, abs=0.5)
            assert page.rect.height / PT_PER_MM == pytest.approx(297, abs=0.5)


@pytest.mark.parametrize("name", [DECISION, LETTER])
def test_every_page_is_marked_and_the_title_says_so(samples: Path, name: str) -> None:
    with pymupdf.open(samples / name) as pdf:
        assert all(TRAINING_MARK in page.get_text() for page in pdf.pages())
        assert pdf.metadata["title"].startswith(TRAINING_MARK)


@pytest.mark.parametrize("name", [DECISION, LETTER])
def test_fonts_are_embedded_subsets(samples: Path, name: str) -> None:
    with pymupdf.open(samples / name) as pdf:
        fonts = {font for page in pdf.pages() for font in page.get_fonts()}
        assert fonts
        for xref, extension, _, base_font, *_ in fonts:
            assert extension == "ttf"
            assert base_font[6:7] == "+"
            assert pdf.extract_font(xref)[3]
    assert (samples / name).stat().st_size < 100_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            DECISION,
            [
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
                "TỈNH BÌNH DƯƠNG",
                "Số: 12/QĐ-UBND",
                "Bình Dương, ngày 05 tháng 01 năm 2026",
                "QUYẾT ĐỊNH",
                "Điều 1.",
                "Nơi nhận:",
                "- Lưu: VT, TH.",
                "TM. ỦY BAN NHÂN DÂN",
                "CHỦ TỊCH",
                "Nguyễn Hoàng Ánh",
            ],
        ),
        (
            LETTER,
            [
                "Số: 45/UBND-TH",
                "V/v rà soát, đăng ký cấp",
                "Kính gửi:",
                "KT. CHỦ TỊCH",
                "PHÓ CHỦ TỊCH",
                "Trần Thị Diễm Quỳnh",
            ],
        ),
    ],
)
def test_lines_are_read_whole_and_composed(samples: Path, name: str, expected: list[str]) -> None:
    with pymupdf.open(samples / name) as pdf:
        text = "\n".join(page.get_text() for page in pdf.pages())
    assert unicodedata.is_normalized("NFC", text)
    lines = text.splitlines()
    for line in expected:
        assert any(found.startswith(line) for found in lines), line


def test_the_head_stands_where_the_rules_put_it(samples: Path) -> None:
    with pymupdf.open(samples / DECISION) as pdf:
        page = pdf[0]
        assert centre(where(page, "Độc lập - Tự do - Hạnh phúc")) == pytest.approx(150, abs=2)
        assert centre(where(page, "TỈNH BÌNH DƯƠNG")) == pytest.approx(66, abs=2)
        assert centre(where(page, "ngày 05")) == pytest.approx(150, abs=15)
        number, place = where(page, "Số: 12/QĐ-UBND"), where(page, "ngày 05")
        assert number.y1 == pytest.approx(place.y1, abs=0.5)
        assert 38 <= number.y0 <= 49


def test_the_motto_is_underlined_over_its_whole_length(samples: Path) -> None:
    with pymupdf.open(samples / DECISION) as pdf:
        motto = where(pdf[0], "Độc lập - Tự do - Hạnh phúc")
        rules = [drawing["rect"] / PT_PER_MM for drawing in pdf[0].get_drawings()]
    below = [rule for rule in rules if abs(centre(rule) - centre(motto)) < 1 and motto.y0 < rule.y0 < motto.y1 + 2]
    assert len(below) == 1
    assert below[0].width == pytest.approx(motto.width, abs=1)


@pytest.mark.parametrize(
    ("name", "page", "title", "signer"),
    [(DECISION, 1, "CHỦ TỊCH", "Nguyễn Hoàng Ánh"), (LETTER, 0, "PHÓ CHỦ TỊCH", "Trần Thị Diễm Quỳnh")],
)
def test_the_signature_gap_is_empty_and_high_enough(
    samples: Path, name: str, page: int, title: str, signer: str
) -> None:
    with pymupdf.open(samples / name) as pdf:
        sheet = pdf[page]
        above, below = where(sheet, title), where(sheet, signer)
        recipients = where(sheet, "Nơi nhận:")
        words = [pymupdf.Rect(word[:4]) / PT_PER_MM for word in sheet.get_text("words") if word[4] not in TRAINING_MARK]
    assert 26 <= below.y0 - above.y1 <= 32
    gap = pymupdf.Rect(102, above.y1 + 1, 194, below.y0 - 1)
    assert not any(gap.intersects(word) for word in words)
    assert centre(below) == pytest.approx(148, abs=2)
    assert recipients.x0 == pytest.approx(35, abs=1)


def test_the_decision_has_its_page_number_at_the_top_of_page_2_only(samples: Path) -> None:
    with pymupdf.open(samples / DECISION) as pdf:
        assert pdf.page_count == 2
        margin = pymupdf.Rect(90, 8, 120, 20) * PT_PER_MM
        assert [page.get_text(clip=margin).strip() for page in pdf.pages()] == ["", "2"]


def test_the_scan_is_one_grey_jpeg_without_text(samples: Path) -> None:
    with pymupdf.open(samples / SCAN) as pdf:
        page = pdf[0]
        assert page.get_text().strip() == ""
        (image,) = page.get_images()
        picture = pdf.extract_image(image[0])
        assert picture["ext"] == "jpeg"
        assert picture["colorspace"] == 1
        assert page.get_image_info()[0]["xres"] or picture["width"] / (page.rect.width / 72) == pytest.approx(
            200, abs=6
        )


def test_the_same_files_each_time(samples: Path, tmp_path: Path) -> None:
    write_samples(tmp_path, AGENCY)
    for name in (DECISION, LETTER, SCAN):
        assert (tmp_path / name).read_bytes() == (samples / name).read_bytes()


def test_another_province_is_named_throughout(tmp_path: Path) -> None:
    write_samples(tmp_path, Agency(province="Đắk Lắk", mail_domain="daklak.gov.vn"))
    with pymupdf.open(tmp_path / DECISION) as pdf:
        text = "\n".join(page.get_text() for page in pdf.pages())
    assert "TỈNH ĐẮK LẮK" in text
    assert "Bình Dương" not in text


def test_big_scan_has_the_size_asked_for_and_a_picture_of_its_own_on_each_page(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    write_big_scan(path, AGENCY, pages=4, size_bytes=2_000_000)
    assert path.stat().st_size == pytest.approx(2_000_000, rel=0.02)
    with pymupdf.open(path) as pdf:
        assert pdf.page_count == 4
        assert len({page.get_images()[0][0] for page in pdf.pages()}) == 4
        assert not pdf.is_repaired


def test_many_objects(tmp_path: Path) -> None:
    path = tmp_path / "many.pdf"
    write_many_objects(path, pages=50)
    with pymupdf.open(path) as pdf:
        assert pdf.page_count == 50
        assert pdf.xref_length() > 300
