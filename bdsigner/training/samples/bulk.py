"""Very large samples for measurements: a scan of many pages, and a file of many objects."""

import random
from dataclasses import replace
from pathlib import Path

import pymupdf

from bdsigner.training.people import Agency
from bdsigner.training.samples import texts
from bdsigner.training.samples.layout import draw
from bdsigner.training.samples.marking import add_mark, describe
from bdsigner.training.samples.scan import insert_photograph, photograph

_START_OF_IMAGE = b"\xff\xd8"
_COMMENT_MARKER = b"\xff\xfe"
_COMMENT_BYTES = 65_533
"""The most a JPEG comment holds (ITU-T T.81 §B.2.4.5: its length field counts itself)."""


def write_big_scan(path: Path, agency: Agency, *, pages: int = 300, size_bytes: int = 108_000_000) -> None:
    """Write a scan of ``pages`` grey pages of about ``size_bytes`` together; every page has a picture of its own.

    Pictures are filled up with JPEG comments of random bytes, which readers skip; the file is never smaller than the
    pictures alone, about 0.3 MB a page.
    """
    sheets = pymupdf.open(stream=draw(texts.decision(agency)), filetype="pdf")
    pictures = [photograph(sheet) for sheet in sheets.pages()]
    pdf = pymupdf.open()
    for number in range(pages):
        page = pdf.new_page(width=sheets[0].rect.width, height=sheets[0].rect.height)
        picture = pictures[number % len(pictures)]
        jpeg = _fill_up(picture.jpeg, size_bytes // pages, seed=number)
        insert_photograph(page, replace(picture, jpeg=jpeg))
    describe(pdf, title=f"Bản quét {pages} trang")
    pdf.save(path, no_new_id=True)


def write_many_objects(path: Path, *, pages: int = 2000) -> None:
    """Write a file of ``pages`` short text pages with a link each, some seven objects a page."""
    pdf = pymupdf.open()
    for number in range(pages):
        page = pdf.new_page()
        page.insert_text((72, 72), f"Trang {number + 1}", fontname="helv")
        target = {"kind": pymupdf.LINK_GOTO, "from": pymupdf.Rect(72, 60, 140, 76), "page": 0}
        page.insert_link(target)
        page.add_text_annot((200, 72), f"{number + 1}")
    add_mark(pdf[0])
    describe(pdf, title=f"{pages} trang")
    pdf.subset_fonts()
    pdf.save(path, no_new_id=True)


def _fill_up(jpeg: bytes, size_bytes: int, *, seed: int) -> bytes:
    """Lengthen a JPEG to ``size_bytes`` with comments; at least one, so that no two are the same."""
    source = random.Random(seed)  # noqa: S311 - the same file each time
    missing = max(size_bytes - len(jpeg), 64)
    comments = []
    while missing > 0:
        body = source.randbytes(min(missing, _COMMENT_BYTES))
        comments.append(_COMMENT_MARKER + (len(body) + 2).to_bytes(2, "big") + body)
        missing -= len(body) + 4
    return _START_OF_IMAGE + b"".join(comments) + jpeg[len(_START_OF_IMAGE) :]
