"""Where a visible signature stands until the person moves it."""

from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signature import APPEARANCE_DEFAULT_MM

RIGHT_MARGIN_MM = 20.0
BOTTOM_MARGIN_MM = 25.0
"""Margins of administrative documents (Nghị định 30/2020/NĐ-CP, Phụ lục I): right 15-20, bottom 20-25 mm."""


def default_box(
    document: DocumentInfo, *, width_mm: float = APPEARANCE_DEFAULT_MM[0], height_mm: float = APPEARANCE_DEFAULT_MM[1]
) -> Box:
    """Lower right of the last page, inside the margins where the page is large enough for them."""
    number = len(document.pages) - 1
    page = document.pages[number]
    width, height = min(width_mm * PT_PER_MM, page.width_pt), min(height_mm * PT_PER_MM, page.height_pt)
    x = max(0.0, page.width_pt - RIGHT_MARGIN_MM * PT_PER_MM - width)
    y = max(0.0, page.height_pt - BOTTOM_MARGIN_MM * PT_PER_MM - height)
    return Box(number, x, y, width, height)
