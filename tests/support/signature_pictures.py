"""PNG files of a hand signature and a seal as an agency would scan them, and parts to build broken ones from."""

import math
import struct
import zlib
from pathlib import Path

import pymupdf

from bdsigner.model.geometry import PT_PER_MM

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BLUE, RED = (0.05, 0.15, 0.6), (0.85, 0.05, 0.1)


def hand(folder: Path, *, width_mm: float = 60, height_mm: float = 30, dpi: int = 200, says_size: bool = True) -> Path:
    """A blue stroke of the pen on nothing."""
    width, height = width_mm * PT_PER_MM, height_mm * PT_PER_MM
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=width, height=height)
        points = [
            (width * (0.02 + 0.96 * step / 400), height * (0.5 - 0.45 * math.sin(step / 9) * math.cos(step / 70)))
            for step in range(401)
        ]
        shape = page.new_shape()
        shape.draw_polyline([pymupdf.Point(*point) for point in points])
        shape.finish(color=BLUE, width=1.6, closePath=False)
        shape.commit()
        return _saved(page, folder / "chữ ký tay.png", dpi, says_size)


def seal(folder: Path, *, diameter_mm: float = 36, dpi: int = 200, says_size: bool = True) -> Path:
    """Two red rings and a star on nothing."""
    side = diameter_mm * PT_PER_MM
    centre = pymupdf.Point(side / 2, side / 2)
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=side, height=side)
        shape = page.new_shape()
        for radius, width in ((side / 2 - 1.2, 2.4), (side / 3, 1.0)):
            shape.draw_circle(centre, radius)
            shape.finish(color=RED, width=width)
        star = [
            centre + pymupdf.Point(math.sin(turn * math.tau / 5), -math.cos(turn * math.tau / 5)) * (side / 7)
            for turn in (0, 2, 4, 1, 3)
        ]
        shape.draw_polyline([*star, star[0]])
        shape.finish(color=RED, fill=RED, width=0.5)
        shape.commit()
        return _saved(page, folder / "con dấu.png", dpi, says_size)


def _saved(page: pymupdf.Page, path: Path, dpi: int, says_size: bool) -> Path:
    picture = page.get_pixmap(dpi=dpi, alpha=True)
    content = picture.tobytes("png")
    if not says_size:
        start = content.index(b"pHYs") - 4
        content = content[:start] + content[start + 21 :]
    path.write_bytes(content)
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its checksum (PNG third edition §5.3)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int,
    height: int,
    rows: bytes,
    *,
    depth: int = 8,
    colour: int = 6,
    before: bytes = b"",
    pixels_per_metre: tuple[int, int] | None = None,
) -> bytes:
    """A PNG file of filtered rows; ``before`` are chunks that stand before the data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    size = chunk(b"pHYs", struct.pack(">IIB", *pixels_per_metre, 1)) if pixels_per_metre is not None else b""
    return SIGNATURE + header + size + before + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
