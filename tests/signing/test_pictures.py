"""PNG files of hand signature and seal: hostile until read; kept as they look, in any number of files."""

import contextlib
import random
import zlib
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import BdsignerError, ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signature import HandAndSeal, PictureSize
from bdsigner.net.fetch import HttpFetcher
from bdsigner.signing.appearance import appearance_pdf
from bdsigner.signing.pictures import FILE_BYTES_MAX, load_picture, picture_size
from tests.signing.parts import FONT, Desk
from tests.support import signature_pictures
from tests.support.pdfs import text_pdf
from tests.support.pki import Training
from tests.support.signature_pictures import SIGNATURE, chunk, png

ROW = b"\x00" + b"\x00\x00\xc8\xff" * 3 + b"\xc8\x00\x00\x00"
GOOD = png(4, 4, ROW * 4)
BROKEN = {
    "empty": b"",
    "another format": b"\xff\xd8\xff\xe0" * 20,
    "signature only": SIGNATURE,
    "cut": GOOD[:-14],
    "a flipped bit": GOOD[:45] + bytes([GOOD[45] ^ 1]) + GOOD[46:],
    "no data": SIGNATURE + GOOD[8:33] + chunk(b"IEND", b""),
    "no header": SIGNATURE + GOOD[33:],
    "header of the wrong length": SIGNATURE + chunk(b"IHDR", b"\x00" * 5) + GOOD[33:],
    "no pixels": png(0, 4, ROW),
    "no such colour type": png(4, 4, ROW * 4, colour=5),
    "data that is not deflated": GOOD[:33] + chunk(b"IDAT", b"none of it") + chunk(b"IEND", b""),
    "a length past the end": GOOD[:33] + b"\x7f\xff\xff\xffIDAT" + GOOD[41:],
    "nothing to see": png(4, 4, (b"\x00" + b"\x00\x00\xc8\x00" * 4) * 4),
    "a seal of two metres": png(4, 4, ROW * 4, pixels_per_metre=(2, 2)),
}


def refusal(path: Path) -> SigningError:
    with pytest.raises(SigningError) as caught:
        load_picture(path)
    assert caught.value.facts["path"] == str(path)
    return caught.value


def written(folder: Path, content: bytes) -> Path:
    path = folder / "hình.png"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(content: bytes, tmp_path: Path) -> None:
    assert refusal(written(tmp_path, content)).code is ErrorCode.SIGNING_PICTURE_UNUSABLE


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "không có.png").code is ErrorCode.SIGNING_PICTURE_UNUSABLE


@pytest.mark.parametrize(
    "content",
    [
        png(4, 4, (b"\x00" + b"\x00\x00\xc8" * 4) * 4, colour=2),
        png(4, 4, (b"\x00" + b"\x00\x00\xc8\xff" * 4) * 4),
    ],
    ids=["no alpha", "alpha everywhere full"],
)
def test_an_opaque_background_would_hide_text(content: bytes, tmp_path: Path) -> None:
    assert refusal(written(tmp_path, content)).code is ErrorCode.SIGNING_PICTURE_OPAQUE


@pytest.mark.parametrize(
    "content",
    [png(100_000, 100_000, b""), png(4_000_001, 1, b""), GOOD + b"\x00" * FILE_BYTES_MAX],
    ids=["area", "long", "bytes"],
)
def test_limits_hold_before_anything_is_decoded(content: bytes, tmp_path: Path) -> None:
    error = refusal(written(tmp_path, content))
    assert error.code is ErrorCode.SIGNING_PICTURE_LIMITS
    assert (error.facts["limit_mb"], error.facts["limit_megapixels"]) == (1, 4)


def _checksums_put_right(content: bytearray) -> bytes:
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4])
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(content)


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    """Bytes changed behind right checksums, so that MuPDF gets to see them."""
    source = signature_pictures.seal(tmp_path, dpi=40).read_bytes()
    chance = random.Random(30)  # noqa: S311  # the same mutants each time
    for _ in range(300):
        content = bytearray(source)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(SigningError):  # anything else fails the test
            load_picture(written(tmp_path, _checksums_put_right(content)))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_a_size_or_a_reason(tail: bytes) -> None:
    for content in (tail, SIGNATURE + tail, GOOD[:33] + tail):
        try:
            size = picture_size(content)
        except ValueError:
            continue
        assert size.width_px * size.height_px > 0


def test_the_size_stated_is_read(tmp_path: Path) -> None:
    stated, silent = signature_pictures.seal(tmp_path), tmp_path / "khác"
    silent.mkdir()
    size = load_picture(stated).size
    assert (size.width_mm, size.height_mm) == pytest.approx((36, 36), abs=0.2)
    unstated = load_picture(signature_pictures.seal(silent, says_size=False)).size
    assert unstated == PictureSize(width_px=size.width_px, height_px=size.height_px)


def _images(pdf: bytes) -> list[pymupdf.Rect]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [pymupdf.Rect(image["bbox"]) / PT_PER_MM for image in document[0].get_image_info()]


def _drawn(hand: Path, seal: Path | None, width_mm: float, height_mm: float, mark: str = "") -> bytes:
    look = HandAndSeal(hand=hand, seal=seal, font=FONT, mark=mark)
    return appearance_pdf(look, width_pt=width_mm * PT_PER_MM, height_pt=height_mm * PT_PER_MM)


@pytest.mark.parametrize(("diameter_mm", "says_size", "expected"), [(28, True, 28), (36, True, 36), (50, False, 36)])
def test_a_seal_is_drawn_in_its_real_size(diameter_mm: float, says_size: bool, expected: float, tmp_path: Path) -> None:
    hand = signature_pictures.hand(tmp_path)
    seal = signature_pictures.seal(tmp_path, diameter_mm=diameter_mm, says_size=says_size)
    for width, height in ((70, 40), (110, 60)):
        drawn = _images(_drawn(hand, seal, width, height))[1]
        assert (drawn.width, drawn.height) == pytest.approx((expected, expected), abs=0.2)


@settings(max_examples=25, deadline=None)
@given(
    width_mm=st.floats(46.5, 150),
    height_mm=st.floats(36.5, 90),
    shape=st.sampled_from([(60, 30), (90, 12), (20, 40)]),
)
def test_both_stay_in_the_box_and_a_third_is_covered(
    width_mm: float, height_mm: float, shape: tuple[float, float], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hình")
    hand = signature_pictures.hand(folder, width_mm=shape[0], height_mm=shape[1], dpi=60)
    seal = signature_pictures.seal(folder, dpi=60)
    of_hand, of_seal = _images(_drawn(hand, seal, width_mm, height_mm))
    both = of_hand | of_seal
    assert both.x0 >= -0.05
    assert both.y0 >= -0.05
    assert both.x1 <= width_mm + 0.05
    assert both.y1 <= height_mm + 0.05
    assert (of_seal.x1 - of_hand.x0) / of_hand.width == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize(("width_mm", "height_mm"), [(40, 40), (70, 30)])
def test_a_box_too_small_for_the_seal_says_what_will_do(width_mm: float, height_mm: float, tmp_path: Path) -> None:
    hand, seal = signature_pictures.hand(tmp_path), signature_pictures.seal(tmp_path)
    with pytest.raises(SigningError) as caught:
        _drawn(hand, seal, width_mm, height_mm)
    assert caught.value.code is ErrorCode.SIGNING_BOX_TOO_SMALL
    facts = caught.value.facts
    _drawn(hand, seal, float(facts["min_width_mm"]), float(facts["min_height_mm"]))


def test_half_transparent_ink_keeps_its_colour(tmp_path: Path) -> None:
    """MuPDF decodes to premultiplied colours; a soft mask wants them plain."""
    hand = written(tmp_path, png(4, 4, (b"\x00" + b"\x00\x00\xc8\x80" * 3 + b"\x00" * 4) * 4))
    with pymupdf.open(stream=_drawn(hand, None, 20, 20), filetype="pdf") as document:
        red, green, blue = document[0].get_pixmap(dpi=72).pixel(20, 28)
    assert (red, green, blue) == pytest.approx((127, 127, 227), abs=2)


@pytest.mark.parametrize(
    ("rows", "depth", "colour", "before"),
    [
        (b"\x00" + b"\x00\x00\xc8\xff" * 3 + b"\x00" * 4, 8, 6, b""),
        (b"\x00" + b"\x00\x00\x00\x00\xc8\xc8\xff\xff" * 3 + b"\x00" * 8, 16, 6, b""),
        (
            b"\x00" + b"\x01\x01\x01\x00",
            8,
            3,
            chunk(b"PLTE", b"\x00\x00\x00\x00\x00\xc8") + chunk(b"tRNS", b"\x00\xff"),
        ),
        (b"\x00\xe0", 1, 3, chunk(b"PLTE", b"\x00\x00\x00\x00\x00\xc8") + chunk(b"tRNS", b"\x00\xff")),
        (b"\x00" + b"\x00\x00\xc8" * 3 + b"\x01\x02\x03", 8, 2, chunk(b"tRNS", b"\x00\x01\x00\x02\x00\x03")),
    ],
    ids=["alpha", "16 bits", "palette", "palette of 1 bit", "one colour transparent"],
)
def test_every_way_to_say_transparent_looks_the_same(
    rows: bytes, depth: int, colour: int, before: bytes, tmp_path: Path
) -> None:
    hand = written(tmp_path, png(4, 4, rows * 4, depth=depth, colour=colour, before=before))
    with pymupdf.open(stream=_drawn(hand, None, 40, 40), filetype="pdf") as document:
        picture = document[0].get_pixmap(dpi=72)
    assert picture.pixel(20, 56) == pytest.approx((0, 0, 200), abs=2)
    assert picture.pixel(108, 56) == (255, 255, 255)


def test_black_ink_on_nothing(tmp_path: Path) -> None:
    """Grey with alpha; MuPDF packs it to one bit where it can."""
    hand = written(tmp_path, png(4, 4, (b"\x00" + b"\x00\xff" * 3 + b"\xff\x00") * 4, colour=4))
    with pymupdf.open(stream=_drawn(hand, None, 40, 40), filetype="pdf") as document:
        picture = document[0].get_pixmap(dpi=72)
    assert picture.pixel(20, 56) == (0, 0, 0)
    assert picture.pixel(108, 56) == (255, 255, 255)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert load_picture(path).size.width_px == 4
    path.write_bytes(png(5, 4, (b"\x00" + b"\x00\x00\xc8\x80" * 5) * 4))
    assert load_picture(path).size.width_px == 5


def test_what_the_preview_shows_stands_in_the_file(desk: Desk, tmp_path: Path) -> None:
    hand, seal = signature_pictures.hand(tmp_path), signature_pictures.seal(tmp_path)
    look = HandAndSeal(hand=hand, seal=seal, font=FONT, mark="BẢN THỬ")
    width, height = 66 * PT_PER_MM, 38 * PT_PER_MM
    blank = pymupdf.open()
    blank.new_page(width=595, height=842)
    signed = desk.sign(blank.tobytes(), box=Box(0, 100, 300, width, height), appearance=look)
    with pymupdf.open(signed.path, filetype="pdf") as document:
        inside = document[0].get_pixmap(dpi=144, clip=pymupdf.Rect(100, 300, 100 + width, 300 + height))
    with pymupdf.open(stream=_drawn(hand, seal, 66, 38, "BẢN THỬ"), filetype="pdf") as document:
        preview = document[0].get_pixmap(dpi=144)
    assert (inside.width, inside.height) == (preview.width, preview.height)
    differing = sum(abs(a - b) > 40 for a, b in zip(inside.samples, preview.samples, strict=True))
    assert differing < 0.002 * len(preview.samples)


def test_within_a_batch_pictures_are_embedded_as_they_were(desk: Desk, tmp_path: Path) -> None:
    look = HandAndSeal(hand=signature_pictures.hand(tmp_path), seal=signature_pictures.seal(tmp_path), font=FONT)
    assert look.seal is not None
    picture = load_picture(look.seal)
    assert load_picture(look.seal) is picture
    for _ in range(2):
        signed = desk.sign(text_pdf(), box=Box(0, 100, 300, 200, 110), appearance=look)
        assert picture.samples in signed.data


def test_the_child_reads_it_and_goes_on_after_a_broken_one(training: Training, tmp_path: Path) -> None:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    try:
        with pytest.raises(BdsignerError) as caught:
            gateway.read_picture(written(tmp_path, BROKEN["no such colour type"]))
        assert caught.value.code is ErrorCode.SIGNING_PICTURE_UNUSABLE
        seal = signature_pictures.seal(tmp_path)
        assert gateway.read_picture(seal).width_mm == pytest.approx(36, abs=0.2)
        look = HandAndSeal(hand=signature_pictures.hand(tmp_path), seal=seal, font=FONT)
        picture = gateway.render_appearance(look, width_pt=200, height_pt=110, scale=1)
        assert (picture.width, picture.height) == (200, 110)
    finally:
        gateway.close()
