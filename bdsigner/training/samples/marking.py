"""What every sample gets in the end: the mark ``BẢN THỬ``, page numbers, plain metadata, small embedded fonts."""

import pymupdf

from bdsigner.storage.resources import resource_path
from bdsigner.training import TRAINING_MARK

MARK_PT = 110.0
MARK_GREY = (0.92, 0.92, 0.92)
"""Light enough to read the text over it, dark enough for a bad printer."""
MARK_DEGREES = 50
PAGE_NUMBER_PT = 14.0
PAGE_NUMBER_Y_PT = 45.0

Colour = tuple[float, float, float]


def finish(pdf: pymupdf.Document, *, title: str) -> bytes:
    """Mark and number the pages and return the file; the same input gives the same bytes."""
    for page in pdf.pages():
        page.wrap_contents()  # pages of DocumentWriter leave the coordinates turned over
        add_mark(page)
    _number_pages(pdf)
    describe(pdf, title=title)
    return to_bytes(pdf)


def add_mark(
    page: pymupdf.Page,
    *,
    centre: pymupdf.Point | None = None,
    size_pt: float = MARK_PT,
    colour: Colour = MARK_GREY,
    degrees: float = MARK_DEGREES,
) -> None:
    """Print ``BẢN THỬ`` under everything else; by default across the whole page."""
    font = pymupdf.Font(fontfile=str(resource_path("fonts", "LiberationSerif-Bold.ttf")))
    centre = centre or (page.rect.tl + page.rect.br) / 2
    writer = pymupdf.TextWriter(page.rect, color=colour)
    start = (centre.x - font.text_length(TRAINING_MARK, size_pt) / 2, centre.y + size_pt / 3)
    writer.append(start, TRAINING_MARK, font=font, fontsize=size_pt)
    writer.write_text(page, morph=(centre, pymupdf.Matrix(degrees)), overlay=False)


def describe(pdf: pymupdf.Document, *, title: str) -> None:
    """Set the metadata, without times."""
    pdf.set_metadata({"title": f"{TRAINING_MARK}: {title}", "producer": "bdsigner", "creator": "bdsigner"})


def to_bytes(pdf: pymupdf.Document) -> bytes:
    """Return the file with subset fonts, without anything that differs from run to run."""
    pdf.subset_fonts()
    return bytes(pdf.tobytes(garbage=4, deflate=True, use_objstms=1, no_new_id=True))


def _number_pages(pdf: pymupdf.Document) -> None:
    """Print page numbers in the middle of the top margin, from page 2 (regulation.md §14)."""
    font = pymupdf.Font(fontfile=str(resource_path("fonts", "LiberationSerif-Regular.ttf")))
    for index in range(1, pdf.page_count):
        page, number = pdf[index], str(index + 1)
        x_pt = (page.rect.width - font.text_length(number, PAGE_NUMBER_PT)) / 2
        writer = pymupdf.TextWriter(page.rect)
        writer.append((x_pt, PAGE_NUMBER_Y_PT), number, font=font, fontsize=PAGE_NUMBER_PT)
        writer.write_text(page)
