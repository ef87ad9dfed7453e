"""Photographs of telephones (HEIC, ISO/IEC 23008-12) to PDF, by libheif.  Runs in the document child.

Their compression is none of PDF's: pictures are compressed again, as JPEG.  libheif turns and mirrors them as the file
says (``irot``, ``imir``); EXIF's orientation only repeats that (ISO/IEC 23008-12 Annex A) and is left out.
"""

import io
from pathlib import Path

import pillow_heif
import pymupdf
from PIL import Image

from bdsigner.errors import DocumentError, ErrorCode

PIXELS_MAX = 64_000_000
"""Of one picture: telephones take 48 megapixels, and each takes some nine bytes of the child's memory."""
PAGES_MAX = 100
"""Burst shots; libheif opens the file anew for each."""
INPUT_BYTES_MAX = 100 << 20
_JPEG_QUALITY = 92
"""Where the loss of a photograph that has lost before is not seen."""
_ICC_BYTES_MAX = 1 << 20
_DECODE_FAILURES = (ValueError, RuntimeError, OSError, EOFError, SyntaxError, LookupError, TypeError)
"""What pillow-heif documents and Pillow was seen to raise on damaged files."""

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False


def open_heic(source: Path) -> pymupdf.Document:
    """A PDF with a page for each picture of the file, a pixel a point.  Raises ``DocumentError``: damaged, limits."""
    if source.stat().st_size > INPUT_BYTES_MAX:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, limit="file size")
    data = source.read_bytes()
    pdf = pymupdf.open()
    for index in range(_checked_count(data)):
        picture = _jpeg(data, index)
        with pymupdf.open("jpeg", picture) as one:
            width, height = one[0].get_image_info()[0]["width"], one[0].get_image_info()[0]["height"]
        pdf.new_page(width=width, height=height).insert_image((0, 0, width, height), stream=picture)
    return pdf


def _checked_count(data: bytes) -> int:
    """How many pictures there are; sizes are read before anything is decoded."""
    try:
        sizes = [image.size for image in pillow_heif.open_heif(data)]
    except _DECODE_FAILURES as error:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=type(error).__name__) from error
    if not 0 < len(sizes) <= PAGES_MAX:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pages=len(sizes))
    largest = max(width * height for width, height in sizes)
    if largest > PIXELS_MAX:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pixels=largest)
    return len(sizes)


def _jpeg(data: bytes, index: int) -> bytes:
    """One picture, opaque and with its colour profile; the file is opened anew so that the others' pixels are freed."""
    try:
        picture = pillow_heif.open_heif(data)[index].to_pillow()
        if picture.width * picture.height > PIXELS_MAX:  # larger than the file had said
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pixels=picture.width * picture.height)
        profile = picture.info.get("icc_profile") or b""
        if picture.mode in ("RGBA", "RGBa", "LA", "La"):
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            picture = paper
        output = io.BytesIO()
        is_kept = picture.mode != "L" and len(profile) <= _ICC_BYTES_MAX
        picture.convert("L" if picture.mode == "L" else "RGB").save(
            output, "JPEG", quality=_JPEG_QUALITY, icc_profile=profile if is_kept else None
        )
    except _DECODE_FAILURES as error:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=type(error).__name__) from error
    return output.getvalue()
