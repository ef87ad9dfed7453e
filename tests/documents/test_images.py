"""Pictures to PDF: true size, kept as compressed, many pages, turned by EXIF; bombs are refused."""

from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents.images import images_to_pdf
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode


def picture(width: int, height: int, *, dpi: int = 200, grey: int = 200) -> pymupdf.Pixmap:
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height))
    pixmap.clear_with(grey)
    pixmap.set_dpi(dpi, dpi)
    return pixmap


def convert(source: Path) -> pymupdf.Document:
    partial = source.with_suffix(".part")
    partial.touch()
    images_to_pdf(source, partial)
    return pymupdf.open(partial, filetype="pdf")


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_scan_keeps_its_true_size(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"bản quét{suffix}"
    picture(1654, 2339).save(source)
    page = convert(source)[0]
    assert (page.rect.width, page.rect.height) == pytest.approx((595.4, 842.0), abs=1)


def test_a_jpeg_is_not_compressed_again(tmp_path: Path) -> None:
    source = tmp_path / "ảnh.jpg"
    picture(800, 600).save(source)
    pdf = convert(source)
    (image,) = pdf[0].get_images()
    assert pdf.xref_stream_raw(image[0]) == source.read_bytes()


def test_a_picture_without_a_resolution_fits_a4(tmp_path: Path) -> None:
    source = tmp_path / "điện thoại.png"
    picture(3000, 2000, dpi=72).save(source)
    page = convert(source)[0]
    assert (page.rect.width, page.rect.height) == pytest.approx((842, 595), abs=1), "across, as the picture is"


def tiff(path: Path, pages: int) -> None:
    """A TIFF of several grey pages at 200 dpi, written by hand: MuPDF reads but does not write them."""
    width, height = 400, 300
    data = b"II*\x00" + (8).to_bytes(4, "little")
    for number in range(pages):
        at = len(data)
        entries = [
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, 0),
            (277, 3, 1),
            (278, 4, height),
            (279, 4, width * height),
            (282, 5, 0),
            (283, 5, 0),
            (296, 3, 2),
        ]
        size = 2 + 12 * len(entries) + 4
        resolution, pixels = at + size, at + size + 8
        following = pixels + width * height if number < pages - 1 else 0
        block = len(entries).to_bytes(2, "little")
        for tag, kind, value in entries:
            placed = {273: pixels, 282: resolution, 283: resolution}.get(tag, value)
            block += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + (1).to_bytes(4, "little")
            block += placed.to_bytes(4, "little")
        block += following.to_bytes(4, "little")
        block += (200).to_bytes(4, "little") + (1).to_bytes(4, "little") + bytes([50 * (number + 1)]) * (width * height)
        data += block
    path.write_bytes(data)


def test_every_page_of_a_tiff_is_there_in_order(tmp_path: Path) -> None:
    source = tmp_path / "fax.tiff"
    tiff(source, 4)
    pdf = convert(source)
    assert pdf.page_count == 4
    shades = [page.get_pixmap(dpi=30, colorspace=pymupdf.csGRAY).pixel(20, 20)[0] for page in pdf.pages()]
    assert shades == sorted(shades)
    assert pdf[0].rect.width == pytest.approx(400 / 200 * 72, abs=1)


def test_exif_turns_the_picture(tmp_path: Path) -> None:
    source = tmp_path / "quay.jpg"
    picture(400, 200).save(source)
    plain = source.read_bytes()
    tiff_header = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
    exif = b"Exif\x00\x00" + tiff_header
    source.write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])
    page = convert(source)[0]
    assert page.rect.height > page.rect.width, "it was taken upright"


def test_rubbish_is_a_coded_error(tmp_path: Path) -> None:
    for name, content in (
        ("a.png", b"\x89PNG\r\n\x1a\n rubbish"),
        ("b.jpg", b"\xff\xd8\xff rubbish"),
        ("c.tif", b"II*\x00"),
    ):
        source = tmp_path / name
        source.write_bytes(content)
        with pytest.raises((BdsignerError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError)):
            convert(source)


def test_a_picture_bomb_is_refused(tmp_path: Path) -> None:
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    side = 60_000
    header = side.to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    row = b"\x00" * (side // 8 + 1)
    source = tmp_path / "bom.png"
    source.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * 2000, 9))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(DocumentError) as caught:
        convert(source)
    assert caught.value.code is ErrorCode.DOCUMENT_LIMITS
