"""Displayed coordinates (model.geometry) ↔ a page's user space (ISO 32000-2 §8.3.2.3, table 31)."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import Box
from bdsigner.signing.objects import entry, number

_TREE_DEPTH_MAX = 64
"""Page trees are a handful of levels deep; more is a loop or an attack."""
_LETTER = (0.0, 0.0, 612.0, 792.0)
"""What MuPDF shows when a page has no usable MediaBox."""
_TOLERANCE_PT = 0.01
"""A box typed in millimetres may miss the edge by a rounding error."""

Rect = tuple[float, float, float, float]
"""Left, bottom, right, top in user space."""


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """How a page is shown."""

    crop: Rect
    """What of the page is shown, in user space."""
    rotation: int
    """0, 90, 180 or 270, clockwise."""
    user_unit: float
    """Points per unit of user space."""

    @property
    def displayed_size_pt(self) -> tuple[float, float]:
        """Width and height as shown."""
        left, bottom, right, top = self.crop
        width, height = (right - left) * self.user_unit, (top - bottom) * self.user_unit
        return (height, width) if self.rotation in (90, 270) else (width, height)

    @property
    def upright_matrix(self) -> tuple[int, int, int, int, int, int]:
        """``/Matrix`` of a form that is to stand upright on this page as shown."""
        return {
            0: (1, 0, 0, 1, 0, 0),
            90: (0, 1, -1, 0, 0, 0),
            180: (-1, 0, 0, -1, 0, 0),
            270: (0, -1, 1, 0, 0, 0),
        }[self.rotation]

    def to_user_space(self, box: Box) -> Rect:
        """Rectangle of a displayed box.  Raises ``SigningError`` ``SIGNING_BOX_OFF_PAGE``."""
        self._check_on_page(box)
        x0, y0 = self.to_user_point(box.x_pt, box.y_pt)
        x1, y1 = self.to_user_point(box.x_pt + box.width_pt, box.y_pt + box.height_pt)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def displayed_size_of(self, rect: Rect) -> tuple[float, float]:
        """Width and height in points at which a user-space rectangle is shown."""
        width, height = (rect[2] - rect[0]) * self.user_unit, (rect[3] - rect[1]) * self.user_unit
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def to_user_point(self, x_pt: float, y_pt: float) -> tuple[float, float]:
        """A displayed point in user space."""
        left, bottom, right, top = self.crop
        x, y = x_pt / self.user_unit, y_pt / self.user_unit
        if self.rotation == 90:
            return left + y, bottom + x
        if self.rotation == 180:
            return right - x, bottom + y
        if self.rotation == 270:
            return right - y, top - x
        return left + x, top - y

    def _check_on_page(self, box: Box) -> None:
        width, height = self.displayed_size_pt
        inside = (
            box.x_pt >= -_TOLERANCE_PT
            and box.y_pt >= -_TOLERANCE_PT
            and box.width_pt > 0
            and box.height_pt > 0
            and box.x_pt + box.width_pt <= width + _TOLERANCE_PT
            and box.y_pt + box.height_pt <= height + _TOLERANCE_PT
        )
        if not inside:
            raise SigningError(
                ErrorCode.SIGNING_BOX_OFF_PAGE, page=box.page + 1, width_pt=round(width, 1), height_pt=round(height, 1)
            )


def page_geometry(page: generic.DictionaryObject) -> PageGeometry:
    """Read how a page is shown, the way MuPDF does; boxes and rotation are inherited (ISO 32000-2 §7.7.3.4)."""
    media = rect_of(inherited(page, "/MediaBox")) or _LETTER
    crop = rect_of(inherited(page, "/CropBox")) or media
    shown = max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3])
    if shown[2] <= shown[0] or shown[3] <= shown[1]:
        shown = media
    turns = round((number(inherited(page, "/Rotate")) or 0.0) / 90)
    user_unit = number(entry(page, "/UserUnit")) or 1.0
    return PageGeometry(crop=shown, rotation=turns % 4 * 90, user_unit=user_unit if user_unit > 0 else 1.0)


def rect_of(value: object) -> Rect | None:
    """A rectangle in normal order; ``None`` when it is none or has no area."""
    if not isinstance(value, generic.ArrayObject) or len(value) != 4:
        return None
    x0, y0, x1, y1 = (number(value[index]) or 0.0 for index in range(4))
    rect = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return rect if rect[2] > rect[0] and rect[3] > rect[1] else None


def inherited(page: generic.DictionaryObject, key: str) -> object:
    """An attribute of the page or of the nodes above it (ISO 32000-2 §7.7.3.4)."""
    for node in _ancestry(page):
        value = entry(node, key)
        if value is not None:
            return value
    return None


def _ancestry(page: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    node: object = page
    for _ in range(_TREE_DEPTH_MAX):
        if not isinstance(node, generic.DictionaryObject):
            return
        yield node
        node = entry(node, "/Parent")
