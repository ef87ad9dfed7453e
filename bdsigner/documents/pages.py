"""Where things stand on a page as displayed, by MuPDF's own reckoning.  Runs in the document child."""

import math

from pymupdf import mupdf

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.document import Page

Corners = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points from the top left of the displayed page."""


def displayed(page: mupdf.PdfObj, rect: mupdf.FzRect | None = None) -> Corners | None:
    """Corners of ``rect`` (default: the crop box) as displayed; ``None`` when they are not finite."""
    box, transform = mupdf.FzRect(), mupdf.FzMatrix()
    mupdf.pdf_page_obj_transform_box(page, box, transform, mupdf.FZ_CROP_BOX)
    placed = mupdf.fz_transform_rect(box if rect is None else rect, transform)
    corners = (placed.x0, placed.y0, placed.x1, placed.y1)
    return corners if all(map(math.isfinite, corners)) else None


def page_size(pdf: mupdf.PdfDocument, number: int) -> Page:
    """Size of a page as displayed.  Raises ``DocumentError``."""
    corners = displayed(mupdf.pdf_lookup_page_obj(pdf, number))
    if corners is None:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, page=number)
    x0, y0, x1, y1 = corners
    return Page(x1 - x0, y1 - y0)
