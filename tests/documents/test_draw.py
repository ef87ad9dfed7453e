"""Pictures of pages, through the real child."""

from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents.children import MAX_RASTER_PIXELS, Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.document import Raster
from tests.documents.conftest import MakeFile
from tests.support import pdfs

RED = b"\xff\0\0"


def red_area(raster: Raster) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of the red pixels."""
    stride = 3 * raster.width
    rows = [raster.pixels[start : start + stride] for start in range(0, len(raster.pixels), stride)]
    red = [number for number, row in enumerate(rows) if RED in row]
    first, last = min(rows[number].find(RED) for number in red), max(rows[number].rfind(RED) for number in red)
    return first // 3, min(red), last // 3 + 1, max(red) + 1


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, (50, 372, 150, 422)), (90, (58, 50, 108, 150)), (180, (140, 58, 240, 108)), (270, (372, 140, 422, 240))],
)
def test_things_are_drawn_where_inspecting_says_they_stand(
    gateway: ChildDocumentGateway, make_file: MakeFile, rotation: int, expected: tuple[int, int, int, int]
) -> None:
    pdf = pdfs.coloured_pdf((60, 400, 160, 450), rotation=rotation, crop=(10, 20, 300, 500))
    raster = gateway.render_page(make_file(pdf), 0, scale=1)
    assert not raster.has_alpha
    assert red_area(raster) == expected


def test_the_picture_has_the_pages_size_in_pixels(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    raster = gateway.render_page(make_file(pdfs.text_pdf()), 0, scale=2)
    assert (raster.width, raster.height) == (1190, 1684)
    assert len(raster.pixels) == 3 * raster.width * raster.height


def test_annotations_and_form_fields_are_drawn(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    with pymupdf.open(stream=pdfs.text_pdf(), filetype="pdf") as document:
        square = document[0].add_rect_annot((100, 100, 200, 150))
        square.set_colors(stroke=(1, 0, 0), fill=(1, 0, 0))
        square.update()
        pdf = document.tobytes()
    assert red_area(gateway.render_page(make_file(pdf), 0, scale=1))[:2] == pytest.approx((100, 100), abs=2)


@pytest.mark.parametrize("name", ["bản.pdf", "b\udce1n.pdf"])
def test_exactly_the_first_bytes_are_drawn(gateway: ChildDocumentGateway, make_file: MakeFile, name: str) -> None:
    """V9: what a later revision shows is not on the picture of the judged one."""
    judged = pdfs.coloured_pdf((100, 100, 200, 200))
    path = make_file(judged, name)
    path.write_bytes(pdfs.with_later_content(judged, b"q 1 0 0 rg 300 300 50 50 re f Q"))
    assert red_area(gateway.render_page(path, 0, scale=1)) == (300, 492, 350, 542)
    assert red_area(gateway.render_page(path, 0, scale=1, length_bytes=len(judged))) == (100, 642, 200, 742)
    assert red_area(gateway.render_page(path, 0, scale=1)) == (300, 492, 350, 542)


def test_a_file_that_changed_is_read_anew(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    path = make_file(pdfs.coloured_pdf((100, 100, 200, 200)))
    before = gateway.render_page(path, 0, scale=1)
    make_file(pdfs.coloured_pdf((300, 300, 400, 400)))
    assert red_area(before) != red_area(gateway.render_page(path, 0, scale=1))


@pytest.mark.parametrize("page", [-1, 2, 10**9])
def test_no_such_page(gateway: ChildDocumentGateway, make_file: MakeFile, page: int) -> None:
    with pytest.raises(DocumentError) as caught:
        gateway.render_page(make_file(pdfs.text_pdf(2)), page, scale=1)
    assert caught.value.code is ErrorCode.DOCUMENT_NO_SUCH_PAGE


@pytest.mark.parametrize("scale", [0.0, -1.0, 9.0, 1e300])
def test_a_picture_out_of_bounds_is_refused(gateway: ChildDocumentGateway, make_file: MakeFile, scale: float) -> None:
    assert MAX_RASTER_PIXELS < 595 * 842 * 81
    with pytest.raises(DocumentError) as caught:
        gateway.render_page(make_file(pdfs.text_pdf()), 0, scale=scale)
    assert caught.value.code is ErrorCode.DOCUMENT_LIMITS


def test_a_long_scan_is_turned_over_in_bounded_memory(own_gateway: ChildDocumentGateway, tmp_path: Path) -> None:
    scan = pdfs.write_scan(tmp_path / "bản quét.pdf", pages=60, size_bytes=20 << 20)
    assert len(own_gateway.inspect(scan).pages) == 60
    for page in range(60):
        own_gateway.render_page(scan, page, scale=150 / 72)
    pid = own_gateway.ping(Lane.VIEW).pid
    (peak,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 150 * 1024
