"""Small PDFs for tests, made by code: plain, rotated, cropped, scanned, encrypted, XFA, damaged, with fields.

Every function returns the file's bytes, except ``write_scan``, whose files may be large.
"""

import io
import random
from collections.abc import Sequence
from pathlib import Path

import pymupdf
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field

A4_PT = (595.0, 842.0)
EMPTY = b""


def text_pdf(
    pages: int = 1,
    *,
    size_pt: tuple[float, float] = A4_PT,
    rotation: int = 0,
    crop: Sequence[float] | None = None,
    lines: int = 1,
) -> bytes:
    """Pages with lines of text; ``crop``: left, top, right, bottom of the crop box, from the unrotated top left."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page(width=size_pt[0], height=size_pt[1])
            line = f"Trang {number + 1}" if lines == 1 else f"Trang {number + 1} " * 8
            page.insert_text((72, 72), [line] * lines, fontsize=14 if lines == 1 else 10)
            if crop is not None:
                page.set_cropbox(pymupdf.Rect(*crop))
            page.set_rotation(rotation)
        return bytes(document.tobytes())


def coloured_pdf(rect: Sequence[int], *, rotation: int = 0, crop: Sequence[float] | None = None) -> bytes:
    """An A4 page with a red rectangle at ``rect`` (x0, y0, x1, y1 in PDF coordinates): tells where things are seen."""
    x0, y0, x1, y1 = rect
    with pymupdf.open(stream=text_pdf(rotation=rotation, crop=crop), filetype="pdf") as document:
        paint = f"q 1 0 0 rg {x0} {y0} {x1 - x0} {y1 - y0} re f Q"
        document.update_stream(document[0].get_contents()[0], paint.encode())
        return bytes(document.tobytes())


def write_scan(path: Path, *, pages: int, size_bytes: int) -> Path:
    """Write a scan of that many A4 pages at 150 dpi, in grey, whose images add up to about ``size_bytes``."""
    image = _page_image(size_bytes // pages)
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page(width=A4_PT[0], height=A4_PT[1])
            # A number behind the JPEG's end makes every page's image its own.
            page.insert_image(page.rect, stream=image + number.to_bytes(4, "big"))
        document.save(path)
    return path


def _page_image(size_bytes: int) -> bytes:
    """A JPEG with lines of print, padded behind its end to ``size_bytes`` or a bit less."""
    width, height = 1240, 1754
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, width, height))
    pixmap.clear_with(245)
    samples = pixmap.samples_mv
    ink = random.Random(1)  # noqa: S311  # the same picture every time
    line = bytes(ink.choice((20, 245, 245, 245)) for _ in range(width * 8))
    for row in range(0, height, 3):
        start = ink.randrange(width * 7)
        samples[row * width : (row + 1) * width] = line[start : start + width]
    quality = 20
    image = bytes(pixmap.tobytes("jpeg", jpg_quality=quality))
    while quality < 95:
        larger = bytes(pixmap.tobytes("jpeg", jpg_quality=quality + 5))
        if len(larger) > size_bytes:
            break
        quality, image = quality + 5, larger
    return image + bytes(max(0, size_bytes - len(image)))


def encrypted_pdf(*, user_password: str = "mat-khau", owner_password: str = "chu-so-huu") -> bytes:  # noqa: S107  # test data
    """AES-256; with an empty user password it opens without one but is encrypted all the same."""
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        return bytes(
            document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=user_password, owner_pw=owner_password)
        )


def xfa_pdf() -> bytes:
    """A form with an ``/XFA`` entry."""
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        xfa = document.get_new_xref()
        document.update_object(xfa, "<<>>")
        document.update_stream(xfa, b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</Fields[]/XFA {xfa} 0 R>>")
        return bytes(document.tobytes())


def damaged_pdf() -> bytes:
    """A header and nothing a reader can use."""
    return b"%PDF-1.7\n" + random.Random(2).randbytes(2000)  # noqa: S311  # the same file every time


def repairable_pdf() -> bytes:
    """A PDF whose cross-reference table is lost; readers rebuild it."""
    whole = text_pdf()
    return whole[: whole.rindex(b"xref")] + b"startxref\n9\n%%EOF\n"


def jpeg() -> bytes:
    """A JPEG, to be named ``.pdf``."""
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 32, 32))
    pixmap.clear_with(200)
    return bytes(pixmap.tobytes("jpeg"))


def with_signature_fields(pdf: bytes, *fields: SigFieldSpec) -> bytes:
    """Add empty signature fields (boxes in PDF coordinates, page by index)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for field in fields:
        append_signature_field(writer, field)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def certified_outline(level: MDPPerm) -> bytes:
    """The bare structure of a certified document: ``/Perms /DocMDP`` with a level and no signature value."""
    pdf = with_signature_fields(text_pdf(), SigFieldSpec("Xác nhận", on_page=0, box=(50, 50, 200, 120)))
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        signature = document.get_new_xref()
        document.update_object(
            signature,
            "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Reference[<</Type/SigRef"
            f"/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {level.value}>>>>]>>",
        )
        widget = document[0].first_widget
        document.xref_set_key(widget.xref, "V", f"{signature} 0 R")
        document.xref_set_key(document.pdf_catalog(), "Perms", f"<</DocMDP {signature} 0 R>>")
        return bytes(document.tobytes())


def with_form(field: str, kid: str) -> bytes:
    """One page whose form has one field with one kid, both given as PDF source.

    ``{field}`` and ``{kid}`` stand for their object numbers; the kid is listed as an annotation of the page.
    """
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        numbers = {"field": document.get_new_xref(), "kid": document.get_new_xref()}
        document.update_object(numbers["field"], field.format(**numbers))
        document.update_object(numbers["kid"], kid.format(**numbers))
        document.xref_set_key(document[0].xref, "Annots", f"[{numbers['kid']} 0 R]")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</Fields[{numbers['field']} 0 R]>>")
        return bytes(document.tobytes())


def with_later_content(pdf: bytes, content: bytes) -> bytes:
    """Append a revision in which the first page's content is another one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=content))
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
