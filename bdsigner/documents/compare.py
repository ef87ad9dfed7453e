"""Draw a page of two revisions and tell where the pictures differ.  Runs in the document child."""

from math import ceil, sqrt

from pymupdf import mupdf

from bdsigner.documents.draw import Drawer
from bdsigner.documents.fields import signature_fields
from bdsigner.documents.opening import OpenDocument
from bdsigner.documents.pages import page_size
from bdsigner.documents.regions import MAX_REGIONS, Cell, Region, regions
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.comparison import Difference, PageComparison, PageState
from bdsigner.model.document import Page
from bdsigner.model.geometry import Box

CELL_PT = 4.0
"""Side of the squares that are alike or not: smaller than any letter that is meant to be read."""
NOISE = 24
"""Steps of 255 in one colour that do not count: edges smoothed a little differently.  Nobody reads ink this faint."""
MIN_SIDE_PX = 6
"""On large pages, drawn small, the squares grow: their number costs time."""
MAX_COMPARED_PIXELS = 4_000_000
"""Of one picture; a larger page is drawn smaller.  A4 at 200 dpi fits."""
SIZE_TOLERANCE_PT = 0.5
CHANNELS = 3


class Comparer:
    """Compares pages; remembers the signature boxes of the last two revisions."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer
        self._revisions: tuple[OpenDocument, OpenDocument] | None = None
        self._later_boxes: tuple[Box, ...] = ()

    def page(
        self, earlier: OpenDocument, later: OpenDocument, number: int, *, earlier_number: int, scale: float
    ) -> PageComparison:
        """Hold a page of ``later`` against one of ``earlier``, at ``scale`` pixels a point or less.

        Raises ``DocumentError``: no such page in either; what drawing raises.
        """
        counts = earlier.page_count, later.page_count
        if not 0 <= number < max(counts):
            raise DocumentError(ErrorCode.DOCUMENT_NO_SUCH_PAGE, page=number, pages=max(counts))
        state = PageState.ALIKE
        found: tuple[Difference, ...] = ()
        if earlier_number >= earlier.page_count:
            state = PageState.ADDED
        elif number >= later.page_count:
            state = PageState.REMOVED
        else:
            old_size, size = page_size(_pdf(earlier), earlier_number), page_size(_pdf(later), number)
            if _differ(old_size, size):
                state = PageState.RESIZED
            else:
                found = self._differences(earlier, later, earlier_number, number, size, scale)
                state = PageState.DIFFERENT if found else PageState.ALIKE
        return PageComparison(
            page=number,
            earlier_page=None if state is PageState.ADDED else earlier_number,
            state=state,
            differences=found,
            earlier_page_count=earlier.page_count,
            later_page_count=later.page_count,
        )

    def forget(self) -> None:
        """Give back what is kept of the last revisions."""
        self._revisions = None
        self._later_boxes = ()

    def _differences(
        self, earlier: OpenDocument, later: OpenDocument, earlier_number: int, number: int, size: Page, scale: float
    ) -> tuple[Difference, ...]:
        scale = min(scale, sqrt(MAX_COMPARED_PIXELS / max(1.0, size.width_pt * size.height_pt)))
        pictures = []
        for opened, page in ((earlier, earlier_number), (later, number)):
            head, pixels = self._drawer.page(opened, page, scale=scale)
            pictures.append((head.width, head.height, bytes(pixels)))
        (width, height, old), (new_width, new_height, new) = pictures
        if (width, height) != (new_width, new_height):  # by less than the tolerance, to the other side of a pixel
            return (Difference(Box(number, 0, 0, size.width_pt, size.height_pt)),)
        side = max(MIN_SIDE_PX, round(CELL_PT * scale))
        cells = changed_cells(old, new, width=width, side=side)
        places = [place for place in self._boxes(earlier, later) if place.page == number]
        signed = {cell for cell in cells if any(_is_in(cell, place, side / scale) for place in places)}
        found = [
            Difference(_box(region, number, side / scale, size), is_at_later_signature=is_signature)
            for group, is_signature in ((cells - signed, False), (signed, True))
            for region in regions(group, most=MAX_REGIONS)
        ]
        return tuple(sorted(found, key=lambda difference: (difference.box.y_pt, difference.box.x_pt)))

    def _boxes(self, earlier: OpenDocument, later: OpenDocument) -> tuple[Box, ...]:
        """Where signatures stand that the earlier revision does not carry."""
        if self._revisions != (earlier, later):
            had, has = (signature_fields(_pdf(opened), opened.page_count) for opened in (earlier, later))
            old = {field.name for field in had if field.is_signed}
            self._later_boxes = tuple(
                field.box for field in has if field.is_signed and field.name not in old and field.box is not None
            )
            self._revisions = (earlier, later)
        return self._later_boxes


def changed_cells(old: bytes, new: bytes, *, width: int, side: int) -> set[Cell]:
    """Squares of ``side`` pixels in which two RGB pictures of one size differ by more than noise."""
    stride, step = width * CHANNELS, side * CHANNELS
    columns = ceil(width / side)
    found: set[Cell] = set()
    for start in range(0, len(old), stride):
        ours, theirs = old[start : start + stride], new[start : start + stride]
        if ours == theirs:
            continue
        row = start // stride // side
        for column in range(columns):
            if (column, row) in found:
                continue
            left = column * step
            here, there = ours[left : left + step], theirs[left : left + step]
            if here != there and any(abs(a - b) > NOISE for a, b in zip(here, there, strict=True)):
                found.add((column, row))
    return found


def _pdf(opened: OpenDocument) -> mupdf.PdfDocument:
    return mupdf.pdf_document_from_fz_document(opened.document.this)


def _differ(one: Page, other: Page) -> bool:
    return (
        abs(one.width_pt - other.width_pt) > SIZE_TOLERANCE_PT
        or abs(one.height_pt - other.height_pt) > SIZE_TOLERANCE_PT
    )


def _is_in(cell: Cell, box: Box, side_pt: float) -> bool:
    """Whether any of the square lies in the box."""
    x, y = cell[0] * side_pt, cell[1] * side_pt
    return (
        box.x_pt < x + side_pt
        and x < box.x_pt + box.width_pt
        and box.y_pt < y + side_pt
        and y < box.y_pt + box.height_pt
    )


def _box(region: Region, page: int, side_pt: float, size: Page) -> Box:
    left, top = region.left * side_pt, region.top * side_pt
    right, bottom = min(region.right * side_pt, size.width_pt), min(region.bottom * side_pt, size.height_pt)
    return Box(page, left, top, max(0.0, right - left), max(0.0, bottom - top))
