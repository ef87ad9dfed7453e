"""Places on a page as a person sees it."""

from dataclasses import dataclass

PT_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page **as displayed**: after rotation, inside the crop box.

    The origin is the top left corner of the displayed page, x to the right, y down, in points (1/72 inch).
    """

    page: int
    """Zero-based page number."""
    x_pt: float
    y_pt: float
    width_pt: float
    height_pt: float
