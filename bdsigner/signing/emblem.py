"""The province's emblem as vector content: MuPDF turns the SVG into PDF once per process."""

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.signing.objects import dictionary, entry, pdf_name
from bdsigner.signing.placement import page_geometry

if TYPE_CHECKING:
    import pymupdf

_PICTURE_PX = 640
"""Longer side of an emblem drawn as a picture: 600 dpi at its usual size."""


@dataclass(frozen=True, slots=True)
class Emblem:
    """A drawing of its own size, to be scaled."""

    width_pt: float
    height_pt: float
    content: bytes
    """Deflated content stream."""
    resources: generic.DictionaryObject
    bounds: generic.ArrayObject

    def embed(self, writer: BasePdfFileWriter, colours: generic.DictionaryObject) -> generic.IndirectObject:
        """Add it as a form XObject; ``colours``: its ``/ColorSpace`` resources, empty for none."""
        resources = generic.DictionaryObject(writer.import_object(self.resources) if self.resources else {})
        if colours:
            resources[pdf_name("/ColorSpace")] = colours
        entries = dictionary(
            {
                "/Type": pdf_name("/XObject"),
                "/Subtype": pdf_name("/Form"),
                "/BBox": self.bounds,
                "/Resources": resources,
                "/Filter": pdf_name("/FlateDecode"),
            }
        )
        return writer.add_object(generic.StreamObject(entries, encoded_data=self.content))


@lru_cache(maxsize=4)  # a profile has one emblem, in two forms at most
def load_emblem(path: Path, *, is_opaque: bool = False) -> Emblem:
    """Read an SVG file; ``is_opaque``: without transparency, as a picture if need be.

    Raises ``ProfileError`` ``PROFILE_INVALID`` when it is missing or no drawing.
    """
    import pymupdf  # 0.1 s that an invisible signature need not wait for

    try:
        svg = path.read_bytes()
        with pymupdf.open(stream=svg, filetype="svg") as drawing:
            emblem = _from_page(drawing.convert_to_pdf())
            if is_opaque and emblem.resources:  # paths in plain colours need none
                emblem = _from_page(_as_picture(drawing[0]))
    except (OSError, RuntimeError, ValueError) as error:
        raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(path), key="emblem", reason=str(error)) from error
    return emblem


def _as_picture(page: "pymupdf.Page") -> bytes:
    """A PDF page of the same size with the drawing as a picture on white."""
    import pymupdf

    rect = page.rect
    scale = _PICTURE_PX / max(rect.width, rect.height)
    with pymupdf.open() as document:
        picture = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
        document.new_page(width=rect.width, height=rect.height).insert_image(rect, pixmap=picture)
        return bytes(document.tobytes())


def _from_page(pdf: bytes) -> Emblem:
    reader = PdfFileReader(io.BytesIO(pdf))
    page = entry(entry(reader.root, "/Pages"), "/Kids")[0]
    left, bottom, right, top = page_geometry(page).crop
    contents = entry(page, "/Contents")
    parts = [contents] if isinstance(contents, generic.StreamObject) else [contents[i] for i in range(len(contents))]
    return Emblem(
        width_pt=right - left,
        height_pt=top - bottom,
        content=zlib.compress(b"\n".join(part.data for part in parts)),
        resources=entry(page, "/Resources") or generic.DictionaryObject(),
        bounds=generic.ArrayObject(generic.FloatObject(str(value)) for value in (left, bottom, right, top)),
    )
