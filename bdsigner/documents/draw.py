"""Draw pages and visible signatures to pictures of bounded size.  Runs in the document child."""

import math

import pymupdf

from bdsigner.documents.children import MAX_RASTER_PIXELS
from bdsigner.documents.opening import OpenDocument
from bdsigner.documents.protocol import RasterHead
from bdsigner.errors import DocumentError, ErrorCode

Picture = tuple[RasterHead, bytes | memoryview]


class Drawer:
    """Draws pages; keeps MuPDF's cache of decoded images to those of one page.

    The cache may grow to 256 MiB and PyMuPDF offers no smaller bound; a page drawn anew in another size
    (zoom) still finds its images decoded.
    """

    def __init__(self) -> None:
        self._drawn: tuple[OpenDocument, int] | None = None
        self._sent: pymupdf.Pixmap | None = None
        """The picture is sent from MuPDF's memory without a copy, so it lives until the next one."""

    def page(self, opened: OpenDocument, number: int, *, scale: float) -> Picture:
        """Draw a page with its annotations and form fields, ``scale`` pixels a point, as RGB.

        Raises ``DocumentError``: no such page; limits, when the picture would be too large.
        """
        if not 0 <= number < opened.page_count:
            raise DocumentError(ErrorCode.DOCUMENT_NO_SUCH_PAGE, page=number, pages=opened.page_count)
        if self._drawn != (opened, number):
            pymupdf.TOOLS.store_shrink(100)
            self._drawn = (opened, number)
        page = opened.document.load_page(number)
        _check_size(page.rect.width, page.rect.height, scale)
        self._sent = _draw(page, scale, alpha=False)
        return _head(self._sent), self._sent.samples_mv

    def forget(self) -> None:
        """Give back what is kept of the last page."""
        self._drawn = self._sent = None


def draw_appearance(pdf: bytes, *, width_pt: float, height_pt: float, scale: float) -> Picture:
    """Draw our own one-page PDF as RGBA, premultiplied.  Raises ``DocumentError`` when it would be too large."""
    _check_size(width_pt, height_pt, scale)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        pixmap = _draw(document.load_page(0), scale, alpha=True)
        return _head(pixmap), pixmap.samples


def _check_size(width_pt: float, height_pt: float, scale: float) -> None:
    pixels = width_pt * height_pt * scale * scale
    longest = max(width_pt, height_pt) * scale
    # A picture of one pixel by 40 million is within the area; its long side must be bounded as well.
    if not (
        math.isfinite(pixels) and scale > 0 and pixels <= MAX_RASTER_PIXELS and longest <= MAX_RASTER_PIXELS / 1000
    ):
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, scale=scale if math.isfinite(scale) else 0.0)


def _draw(page: pymupdf.Page, scale: float, *, alpha: bool) -> pymupdf.Pixmap:
    return page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=alpha, annots=True)


def _head(pixmap: pymupdf.Pixmap) -> RasterHead:
    return RasterHead(pixmap.width, pixmap.height, bool(pixmap.alpha))
