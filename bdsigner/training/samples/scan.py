"""Turns a drawn document into what a scanner makes of its signed paper: grey pictures, slightly turned and noisy."""

import random
from dataclasses import dataclass

import pymupdf

from bdsigner.training.samples.layout import AdministrativeDocument, draw
from bdsigner.training.samples.marking import add_mark, describe, to_bytes

SCAN_DPI = 200
SKEW_DEGREES = 0.6
JPEG_QUALITY = 60
NOISE_PIXELS = 256
PAPER_GREY, NOISE_GREY = 243, 12
"""Brightness of the darkest paper pixel, and by how much others are brighter, of 255."""
INK = (0.1, 0.1, 0.45)
SEAL_RED = (0.8, 0.1, 0.1)
SEAL_RADIUS_PT = 50.0

_STROKES = (
    ((-52, 8), (-30, -40), (-20, 30), (-8, -6)),
    ((-8, -6), (4, -38), (10, 24), (18, -2)),
    ((18, -2), (30, -26), (34, 20), (62, -14)),
    ((-46, 16), (-10, 6), (30, 10), (70, 2)),
)
"""Bézier curves of an invented signature, in points from its centre."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A scanned page: a grey JPEG at ``SCAN_DPI``."""

    jpeg: bytes
    width_pt: float
    height_pt: float


def scan(document: AdministrativeDocument) -> bytes:
    """Return an image PDF without text: the document signed by hand and sealed, then scanned."""
    paper = pymupdf.open(stream=draw(document), filetype="pdf")
    _sign_by_hand(paper[-1], document.title_lines[-1], document.signer)
    pictures = pymupdf.open()
    for sheet in paper.pages():
        page = pictures.new_page(width=sheet.rect.width, height=sheet.rect.height)
        insert_photograph(page, photograph(sheet))
    describe(pictures, title=f"Bản quét {document.number}")
    return to_bytes(pictures)


def photograph(page: pymupdf.Page) -> Photograph:
    """Scan a page; the picture is a little larger than the page because it is turned."""
    _lay_on_grey_paper(page)
    matrix = pymupdf.Matrix(SCAN_DPI / 72, SCAN_DPI / 72).prerotate(SKEW_DEGREES)
    pixmap = page.get_pixmap(matrix=matrix, colorspace=pymupdf.csGRAY, alpha=False)
    jpeg = bytes(pixmap.tobytes("jpeg", jpg_quality=JPEG_QUALITY))
    return Photograph(jpeg=jpeg, width_pt=pixmap.width * 72 / SCAN_DPI, height_pt=pixmap.height * 72 / SCAN_DPI)


def insert_photograph(page: pymupdf.Page, picture: Photograph) -> None:
    """Put a photograph on a page at its true size; what is turned out of the page is cut off."""
    half = pymupdf.Point(picture.width_pt, picture.height_pt) / 2
    centre = (page.rect.tl + page.rect.br) / 2
    page.insert_image(pymupdf.Rect(centre - half, centre + half), stream=picture.jpeg)


def _lay_on_grey_paper(page: pymupdf.Page) -> None:
    noise = random.Random(69).randbytes(NOISE_PIXELS**2)  # noqa: S311 - the same paper each time
    grey = noise.translate(bytes(PAPER_GREY + value * NOISE_GREY // 255 for value in range(256)))
    tile = pymupdf.Pixmap(pymupdf.csGRAY, NOISE_PIXELS, NOISE_PIXELS, grey, False)
    side_pt = NOISE_PIXELS * 72 / SCAN_DPI
    xref = 0
    for row in range(int(page.rect.height / side_pt) + 1):
        for column in range(int(page.rect.width / side_pt) + 1):
            left, top = column * side_pt, row * side_pt
            area = pymupdf.Rect(left, top, left + side_pt, top + side_pt)
            xref = page.insert_image(area, pixmap=None if xref else tile, xref=xref, overlay=False)


def _sign_by_hand(page: pymupdf.Page, title: str, signer: str) -> None:
    above, below = page.search_for(title)[-1], page.search_for(signer)[-1]
    centre = pymupdf.Point((below.x0 + below.x1) / 2, (above.y1 + below.y0) / 2)
    for stroke in _STROKES:
        start, *bends, end = (centre + pymupdf.Point(*point) for point in stroke)
        page.draw_bezier(start, bends[0], bends[1], end, color=INK, width=1.6)
    middle = centre - pymupdf.Point(60, 0)
    for radius, width in ((SEAL_RADIUS_PT, 2.5), (SEAL_RADIUS_PT - 8, 1)):
        page.draw_circle(middle, radius, color=SEAL_RED, width=width)
    add_mark(page, centre=middle, size_pt=15, colour=SEAL_RED, degrees=0)
