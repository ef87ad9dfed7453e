"""PNG files of hand signature and seal: hostile until read; decoded within limits, embedded as image with soft mask.

Runs in the document child.  MuPDF decodes; what it forgives (wrong checksums, a cut end) is looked for before.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.signature import PictureSize
from bdsigner.signing.objects import RawObject, pdf_stream

FILE_BYTES_MAX = 1 << 20
"""Drawn into every signature: a larger picture would bloat each signed file."""
PIXELS_MAX = 4_000_000
"""A seal of 36 mm at 1,200 dpi has 3 million."""
REAL_SIZE_MM = (5.0, 100.0)
"""A stated resolution that makes a picture smaller or larger than any seal is a mistake."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_RESOLUTION = struct.Struct(">IIB")
_METRE = 1
_FULL = 0xFF
_COLOUR_SPACES = {1: b"/DeviceGray", 3: b"/DeviceRGB"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, ready to be embedded in any number of files."""

    size: PictureSize
    image: bytes
    """Entries of the image dictionary."""
    samples: bytes
    """Deflated."""
    mask: RawObject

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return self.size.width_px

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return self.size.height_px

    def real_size_pt(self, unstated_mm: tuple[float, float]) -> tuple[float, float]:
        """Width and height in points; of a picture that states no resolution the width given, in proportion."""
        if self.size.width_mm is not None and self.size.height_mm is not None:
            return self.size.width_mm * PT_PER_MM, self.size.height_mm * PT_PER_MM
        width = unstated_mm[0] * PT_PER_MM
        return width, width * self.height_px / self.width_px

    def embed(self, writer: BasePdfFileWriter) -> generic.IndirectObject:
        """Add image and soft mask."""
        mask = writer.add_object(self.mask)
        return writer.add_object(pdf_stream(b"%b /SMask %d 0 R" % (self.image, mask.idnum), self.samples))


def load_picture(path: Path) -> Picture:
    """Read a PNG file, once per process as long as it stays as it is.

    Raises ``SigningError``: ``SIGNING_PICTURE_UNUSABLE`` when there is no such file or it is no sound PNG,
    ``SIGNING_PICTURE_OPAQUE`` without a transparent background, ``SIGNING_PICTURE_LIMITS``.
    """
    try:
        state = path.stat()
        return _load(path, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error


@lru_cache(maxsize=4)  # the person's hand signature and the agency's seal, and what they were before
def _load(path: Path, _size_bytes: int, _modified_ns: int) -> Picture:
    with path.open("rb") as file:
        untrusted = file.read(FILE_BYTES_MAX + 1)
    if len(untrusted) > FILE_BYTES_MAX:
        raise _over_limits(path)
    try:
        size = picture_size(untrusted)
    except ValueError as error:
        raise _unusable(path, str(error)) from error
    if size.width_px * size.height_px > PIXELS_MAX:
        raise _over_limits(path)
    return _decoded(untrusted, size, path)


def picture_size(untrusted: bytes) -> PictureSize:
    """Size and stated resolution of a PNG file whose chunks are whole (PNG third edition §5, §11.2.1, §11.3.4.3).

    Raises ``ValueError``.
    """
    if not untrusted.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    chunks = list(_chunks(untrusted))
    kinds = [kind for kind, _ in chunks]
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds or len(chunks[0][1]) != _HEADER.size:
        raise ValueError("chunks missing")
    width, height, *_ = _HEADER.unpack(chunks[0][1])
    if not width or not height:
        raise ValueError("no pixels")
    stated = next((data for kind, data in chunks if kind == b"pHYs"), b"")
    if len(stated) != _RESOLUTION.size:
        return PictureSize(width_px=width, height_px=height)
    across, down, unit = _RESOLUTION.unpack(stated)
    if unit != _METRE or not across or not down:
        return PictureSize(width_px=width, height_px=height)
    width_mm, height_mm = width / across * 1000, height / down * 1000
    if not all(REAL_SIZE_MM[0] <= side <= REAL_SIZE_MM[1] for side in (width_mm, height_mm)):
        raise ValueError(f"{width_mm:.1f} x {height_mm:.1f} mm")
    return PictureSize(width_px=width, height_px=height, width_mm=width_mm, height_mm=height_mm)


def _chunks(untrusted: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(untrusted):
        length = int.from_bytes(untrusted[at : at + 4])
        end = at + 8 + length
        kind, data, checksum = untrusted[at + 4 : at + 8], untrusted[at + 8 : end], untrusted[end : end + 4]
        if len(checksum) != 4 or zlib.crc32(kind + data) != int.from_bytes(checksum):
            raise ValueError("damaged chunk")
        yield kind, data
        if kind == b"IEND":
            return
        at = end + 4
    raise ValueError("cut off")


def _decoded(untrusted: bytes, size: PictureSize, path: Path) -> Picture:
    import pymupdf  # 0.1 s that an invisible signature need not wait for

    try:
        pixels = pymupdf.Pixmap(untrusted)
        alpha = pixels.samples[pixels.n - 1 :: pixels.n] if pixels.alpha else b""
        # Decoded samples are multiplied with the alpha; MuPDF's way into a PDF divides it out again.
        with pymupdf.open() as pdf:
            page = pdf.new_page()
            xref = page.insert_image(page.rect, stream=untrusted)
            depth, samples = int(pdf.xref_get_key(xref, "BitsPerComponent")[1]), bytes(pdf.xref_stream(xref))
    except (RuntimeError, ValueError, TypeError, pymupdf.mupdf.FzErrorBase) as error:
        raise _unusable(path, type(error).__name__) from error
    if not alpha or min(alpha) == _FULL:
        raise SigningError(ErrorCode.SIGNING_PICTURE_OPAQUE, path=str(path))
    colours = pixels.n - 1
    row_bytes = (size.width_px * colours * depth + 7) // 8
    if not any(alpha):
        raise _unusable(path, "nothing to see")
    if colours not in _COLOUR_SPACES or len(samples) != row_bytes * size.height_px:
        raise _unusable(path, "samples do not fit the size")
    return Picture(
        size=size,
        image=_image_entries(size, _COLOUR_SPACES[colours], depth),
        samples=zlib.compress(samples),
        mask=pdf_stream(_image_entries(size, b"/DeviceGray", 8), zlib.compress(alpha)),
    )


def _image_entries(size: PictureSize, colour_space: bytes, depth: int) -> bytes:
    return b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d /ColorSpace %b" % (
        size.width_px,
        size.height_px,
        depth,
        colour_space,
    )


def _unusable(path: Path, reason: str) -> SigningError:
    return SigningError(ErrorCode.SIGNING_PICTURE_UNUSABLE, path=str(path), reason=reason)


def _over_limits(path: Path) -> SigningError:
    return SigningError(
        ErrorCode.SIGNING_PICTURE_LIMITS,
        path=str(path),
        limit_mb=FILE_BYTES_MAX >> 20,
        limit_megapixels=PIXELS_MAX // 1_000_000,
    )
