"""PDFs of unusual structure, made by code."""

import zlib

import pymupdf

from tests.support.pdfs import text_pdf

DIRECT_FORM = "<</Fields[]/DA(/Helv 0 Tf)>>"
INDIRECT_FORM = "indirect <</Fields[]>>"
FORM_WITHOUT_FIELDS = "<</DA(/Helv 0 Tf)>>"
INDIRECT_ANNOTATIONS = "annots <</Fields[]>>"
NULL_ANNOTATIONS = "null <</Fields null>>"


def with_form_source(form: str) -> bytes:
    """A page whose catalog has that ``/AcroForm``; a word in front says what is to be an object of its own."""
    kind, _, source = form.rpartition(" <<") if not form.startswith("<<") else ("", "", form[2:])
    with pymupdf.open(stream=text_pdf(), filetype="pdf") as document:
        source = f"<<{source}"
        if kind == "indirect":
            number = document.get_new_xref()
            document.update_object(number, source)
            source = f"{number} 0 R"
        if kind == "annots":
            number = document.get_new_xref()
            document.update_object(number, "[]")
            document.xref_set_key(document[0].xref, "Annots", f"{number} 0 R")
        if kind == "null":
            document.xref_set_key(document[0].xref, "Annots", f"{document.get_new_xref()} 0 R")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", source)
        return bytes(document.tobytes())


def object_streams() -> bytes:
    """Cross-reference and object streams throughout."""
    with pymupdf.open(stream=text_pdf(2), filetype="pdf") as document:
        return bytes(document.tobytes(use_objstms=1, deflate=True))


def many_pages(count: int = 3) -> bytes:
    """A page tree of two levels whose root carries MediaBox, Rotate and Resources for all pages."""
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    shared = f"/MediaBox[0 0 595 842]/Rotate 90/Resources<</Font<</F {font}>>>>"
    objects[2] = f"<</Type/Pages/Kids[3 0 R]/Count {count}{shared}>>".encode()
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects[3] = f"<</Type/Pages/Parent 2 0 R/Kids[{kids}]/Count {count}>>".encode()
    for index in range(count):
        page, content = 4 + 2 * index, b"BT /F 14 Tf 72 700 Td (Trang %d) Tj ET" % (index + 1)
        objects[page] = f"<</Type/Page/Parent 3 0 R/Contents {page + 1} 0 R>>".encode()
        objects[page + 1] = b"<</Length %d>>stream\n%b\nendstream" % (len(content), content)
    return _classic(objects)


def hybrid_pdf() -> bytes:
    """A hybrid-reference file (ISO 32000-1 §7.5.8.4): old readers see the table, new ones the stream beside it.

    The font is hidden in an object stream that only ``/XRefStm`` knows.
    """
    content = b"BT /F 14 Tf 72 700 Td (Trang 1) Tj ET"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    packed = zlib.compress(b"5 0 " + font)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        4: b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        6: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    }
    data, offsets = _body(objects)
    stream_at = len(data)
    entries = b"\x02" + (6).to_bytes(4, "big") + b"\x00" + b"\x01" + offsets[6].to_bytes(4, "big") + b"\x00"
    data += b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 1]/Index[5 2]/Length %d>>stream\n%b\nendstream\nendobj\n" % (
        len(entries),
        entries,
    )
    table_at = len(data)
    rows = [b"0000000005 65535 f \n"]
    for number in range(1, 8):
        if number in (1, 2, 3, 4):
            rows.append(b"%010d 00000 n \n" % offsets[number])
        else:
            rows.append(b"%010d 65535 f \n" % ((number + 1) % 8))
    trailer = b"trailer\n<</Size 8/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (stream_at, table_at)
    return data + b"xref\n0 8\n" + b"".join(rows) + trailer


def _body(objects: dict[int, bytes]) -> tuple[bytes, dict[int, int]]:
    data, offsets = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", {}
    for number, source in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, source)
    return data, offsets


def _classic(objects: dict[int, bytes]) -> bytes:
    data, offsets = _body(objects)
    rows = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(objects))
    size = len(objects) + 1
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    return data + b"xref\n0 %d\n" % size + rows + trailer
