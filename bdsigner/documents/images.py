"""Pictures to PDF: scans at their true size, photographs fitted to A4.  Runs in the document child."""

from pathlib import Path

import pymupdf

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.conversion import HEIF_SUFFIXES

PIXELS_MAX = 200_000_000
"""Of one picture: A3 at 800 dpi is 126 megapixels."""
PAGES_MAX = 2_000
LONGEST_PT = 1_250.0
"""A3 with a little to spare; a larger page comes from a picture that does not say its resolution."""
_A4 = pymupdf.paper_rect("a4")
_TYPES = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff"}


def images_to_pdf(source: Path, partial: Path) -> int:
    """Write a PDF with a page for each picture of the file to ``partial``; returns the number of pages.

    Pictures are kept as they are compressed where PDF knows the compression; their orientation is honoured.  Raises
    ``DocumentError``: damaged, limits.
    """
    suffix = source.suffix.lower()
    if suffix in HEIF_SUFFIXES:
        from bdsigner.documents.heic import open_heic  # 0.15 s and 30 MB that other pictures need not pay

        plain = open_heic(source)
    else:
        plain = _opened(source, _TYPES.get(suffix, "jpeg"))
    with plain:
        count: int = plain.page_count
        fitted = _fitted(plain)
        # Not saved by name: MuPDF would put another file in the place of ours.
        with partial.open("r+b") as output:
            output.write(fitted.tobytes(garbage=3, deflate=True))
        if fitted is not plain:
            fitted.close()
    return count


def _opened(source: Path, kind: str) -> pymupdf.Document:
    with pymupdf.open(source, filetype=kind) as pictures:
        count: int = pictures.page_count
        if not 0 < count <= PAGES_MAX:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pages=count)
        for page in pictures.pages():
            _check_size(page)
        return pymupdf.open("pdf", pictures.convert_to_pdf())


def _check_size(page: pymupdf.Page) -> None:
    for image in page.get_image_info():
        if image["width"] * image["height"] > PIXELS_MAX:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pixels=image["width"] * image["height"])


def _fitted(pdf: pymupdf.Document) -> pymupdf.Document:
    """Pages of absurd size are drawn onto A4, upright or across as the picture is."""
    if all(max(page.rect.width, page.rect.height) <= LONGEST_PT for page in pdf.pages()):
        return pdf
    fitted = pymupdf.open()
    for page in pdf.pages():
        rect = page.rect
        if max(rect.width, rect.height) > LONGEST_PT:
            is_across = rect.width > rect.height
            rect = pymupdf.Rect(0, 0, _A4.height, _A4.width) if is_across else _A4
        fitted.new_page(width=rect.width, height=rect.height).show_pdf_page(rect, pdf, page.number)
    return fitted
