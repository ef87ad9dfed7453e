"""Photographs of telephones to PDF, through the real child: turned, in colour, many in one; hostile ones are coded errors."""

import io
import random
from pathlib import Path

import pillow_heif
import pymupdf
import pytest
from PIL import Image, ImageCms

from bdsigner.conversion.containers import kind_of
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.documents.heic import PIXELS_MAX
from bdsigner.errors import BdsignerError, ConversionError, DocumentError, ErrorCode
from bdsigner.model.conversion import SourceKind
from tests.documents.conftest import MakeFile

RED, BLUE = (200, 30, 30), (20, 30, 180)
FLIPS = 500
_EXIF_UPRIGHT = 6
_ORIENTATION = 0x0112


def picture(width: int = 640, height: int = 480, *, mode: str = "RGB") -> Image.Image:
    """Red with a blue upper left quarter."""
    made = Image.new("RGB", (width, height), RED)
    made.paste(BLUE, (0, 0, width // 2, height // 2))
    return made.convert(mode)


def heic(*pictures: Image.Image, **options: object) -> bytes:
    file = pillow_heif.HeifFile()
    for one in pictures:
        file.add_from_pillow(one)
    output = io.BytesIO()
    file.save(output, quality=80, **options)
    return output.getvalue()


def convert(gateway: ChildDocumentGateway, source: Path) -> pymupdf.Document:
    assert kind_of(source) is SourceKind.IMAGE
    partial = source.with_suffix(".part")
    partial.write_bytes(b"")
    gateway.images_to_pdf(source, partial)
    return pymupdf.open(partial, filetype="pdf")


def colour(page: pymupdf.Page, x: float, y: float) -> tuple[int, ...]:
    pixmap = page.get_pixmap(alpha=False)
    return tuple(pixmap.pixel(int(pixmap.width * x), int(pixmap.height * y)))


def test_every_picture_is_a_page_in_order(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    pdf = convert(gateway, make_file(heic(picture(), picture(300, 200, mode="L")), "ảnh chụp.HEIC"))
    assert [(page.rect.width, page.rect.height) for page in pdf.pages()] == [(640, 480), (300, 200)]
    assert colour(pdf[0], 0.25, 0.25) == pytest.approx(BLUE, abs=12)
    assert colour(pdf[0], 0.75, 0.75) == pytest.approx(RED, abs=12)


def test_a_photograph_fits_a4(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    pdf = convert(gateway, make_file(heic(picture(1600, 1200)), "2 megapixel.heic"))
    assert (pdf[0].rect.width, pdf[0].rect.height) == pytest.approx((842, 595), abs=1)


def test_it_is_turned_as_it_was_taken(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    taken = picture()
    exif = Image.Exif()
    exif[_ORIENTATION] = _EXIF_UPRIGHT
    pdf = convert(gateway, make_file(heic(taken, exif=exif.tobytes()), "quay.heic"))
    assert (pdf[0].rect.width, pdf[0].rect.height) == (480, 640)
    assert colour(pdf[0], 0.75, 0.25) == pytest.approx(BLUE, abs=12), "a quarter clockwise, and once only"
    assert colour(pdf[0], 0.25, 0.25) == pytest.approx(RED, abs=12)


def test_what_is_transparent_is_paper(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    clear = picture(mode="RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    pdf = convert(gateway, make_file(heic(clear), "trong.heic"))
    assert colour(pdf[0], 0.5, 0.5) == pytest.approx((255, 255, 255), abs=6)
    assert not pdf[0].get_images()[0][1], "no soft mask"


def test_its_colour_profile_goes_along(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = picture()
    made.info["icc_profile"] = profile
    pdf = convert(gateway, make_file(heic(made), "màu.heic"))
    number = pdf[0].get_images()[0][0]
    assert profile in pdf.xref_stream_raw(number), "in the picture itself"
    assert "ICCBased" in pdf[0].get_images()[0][5]


def test_other_containers_are_not_taken_for_it(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\xff\xd8\xff a JPEG",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        heic(picture())[4:],
    ):
        path = tmp_path / "a.heic"
        path.write_bytes(content)
        with pytest.raises(ConversionError) as caught:
            kind_of(path)
        assert caught.value.code is ErrorCode.CONVERSION_MISNAMED


def refused(gateway: ChildDocumentGateway, source: Path) -> ErrorCode:
    with pytest.raises(DocumentError) as caught:
        convert(gateway, source)
    return caught.value.code


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_one_is_damaged(gateway: ChildDocumentGateway, make_file: MakeFile, share: float) -> None:
    whole = heic(picture())
    assert refused(gateway, make_file(whole[: int(len(whole) * share)], "cụt.heic")) is ErrorCode.DOCUMENT_DAMAGED


@pytest.mark.parametrize("side", [9_000, 60_000, 0xFFFFFFFF])
def test_absurd_dimensions_are_refused(gateway: ChildDocumentGateway, make_file: MakeFile, side: int) -> None:
    assert side * side > PIXELS_MAX
    whole = bytearray(heic(picture()))
    at = whole.index(b"ispe") + 8
    whole[at : at + 8] = side.to_bytes(4, "big") * 2
    source = make_file(bytes(whole), "lớn.heic")
    assert refused(gateway, source) in (ErrorCode.DOCUMENT_LIMITS, ErrorCode.DOCUMENT_DAMAGED)


def test_flipped_bits_end_in_a_picture_or_a_coded_error(own_gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    whole, chance = heic(picture(160, 120), picture(80, 60)), random.Random(19005)  # noqa: S311  # faults that repeat
    codes = set()
    for _ in range(FLIPS):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 1, 4, 16))):
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        source, partial = make_file(bytes(spoilt), "lật.heic"), make_file(b"", "lật.part")
        try:
            own_gateway.images_to_pdf(source, partial)
        except BdsignerError as error:
            codes.add(error.code)
    assert codes <= {ErrorCode.DOCUMENT_DAMAGED, ErrorCode.DOCUMENT_LIMITS}, codes
    assert own_gateway.images_to_pdf(make_file(whole, "lành.heic"), make_file(b"", "lành.part")) == 2
