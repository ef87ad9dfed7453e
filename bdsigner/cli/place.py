"""``--place page,x,y,width,height`` in millimetres."""

from dataclasses import dataclass

import click

from bdsigner.model.geometry import PT_PER_MM, Box


@dataclass(frozen=True, slots=True)
class Place:
    """Millimetres from the top left corner of the displayed page."""

    page: int | None
    """Zero-based; ``None``: the last page."""
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def on(self, page: int) -> Box:
        return Box(
            page,
            self.x_mm * PT_PER_MM,
            self.y_mm * PT_PER_MM,
            self.width_mm * PT_PER_MM,
            self.height_mm * PT_PER_MM,
        )


class PlaceType(click.ParamType[Place | None]):
    """``auto`` is no place of one's own: where the document keeps it."""

    name = "place"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place | None:
        if isinstance(value, Place):
            return value
        if value == "auto":
            return None
        parts = str(value).split(",")
        try:
            page = None if parts[0] == "last" else int(parts[0]) - 1
            x_mm, y_mm, width_mm, height_mm = (float(part) for part in parts[1:])
        except ValueError:
            self.fail("trang,x,y,rộng,cao", param, ctx)
        if (page is not None and page < 0) or not (0 < width_mm < 10_000 and 0 < height_mm < 10_000):
            self.fail("trang,x,y,rộng,cao", param, ctx)
        return Place(page, x_mm, y_mm, width_mm, height_mm)
