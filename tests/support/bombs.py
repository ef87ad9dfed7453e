"""Small PDFs that cost a reader far more time or memory than their size lets expect."""

import zlib

from tests.support.raw_pdf import pdf, stream


def _page(
    contents: bytes = b"4 0 R", entries: bytes = b"", box: bytes = b"[0 0 595 842]"
) -> tuple[bytes, bytes, bytes]:
    """Catalog, page tree and page as objects 1 to 3."""
    return (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents %s%s>>" % (box, contents, entries),
    )


def forms_within_forms(levels: int = 24) -> bytes:
    """Each form draws the next one four times: 4^levels rectangles from two kilobytes."""
    page = _page(entries=b"/Resources<</XObject<</F 5 0 R>>>>")
    forms = [
        stream(
            b"/F Do /F Do /F Do /F Do",
            b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F %d 0 R>>>>" % (number + 1),
        )
        for number in range(5, 5 + levels)
    ]
    last = stream(b"0 0 500 500 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
    return pdf(*page, stream(b"/F Do"), *forms, last)


def huge_image() -> bytes:
    """An image of 60,000 × 60,000 pixels from a few kilobytes, deflated twice."""
    row = zlib.compress(zlib.compress(bytes(50_000_000), 9), 9)
    image = stream(
        row,
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter[/FlateDecode/FlateDecode]",
    )
    return pdf(*_page(entries=b"/Resources<</XObject<</I 5 0 R>>>>"), stream(b"q 595 0 0 842 0 0 cm /I Do Q"), image)


def wide_array() -> bytes:
    """A page's annotations: an array of 20 million empty arrays from an object stream of 40 kilobytes."""
    content = b"7 0 [" + b"[]" * 20_000_000 + b"]"
    packed = stream(zlib.compress(content), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    return _with_xref_stream(packed)


def _with_xref_stream(packed: bytes) -> bytes:
    """Objects 1 to 4 plain, 5 the object stream, 6 the cross-reference stream, 7 compressed in 5."""
    page = _page(entries=b"/Annots 7 0 R")
    out = bytearray(b"%PDF-1.7\n")
    rows = [b"\0" * 7]
    for number, body in enumerate((*page, stream(b""), packed), 1):
        rows.append(b"\x01" + len(out).to_bytes(4, "big") + b"\0\0")
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    rows.append(b"\x01" + start.to_bytes(4, "big") + b"\0\0")
    rows.append(b"\x02" + (5).to_bytes(4, "big") + b"\0\0")
    xref = stream(b"".join(rows), b"/Type/XRef/Root 1 0 R/Size 8/W[1 4 2]")
    out += b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (xref, start)
    return bytes(out)


def nested_arrays(depth: int = 200_000) -> bytes:
    """Arrays within arrays, to exhaust a recursive parser's stack."""
    return pdf(*_page(entries=b"/Annots 5 0 R"), stream(b""), b"[" * depth + b"]" * depth)


def page_tree_in_circles() -> bytes:
    """A page tree whose node is its own kid, with a huge count."""
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000/Parent 2 0 R>>")


def huge_page() -> bytes:
    """A MediaBox of thousands of kilometres."""
    return pdf(*_page(box=b"[0 0 1e10 1e10]"), stream(b""))


def long_content() -> bytes:
    """A hundred megabytes of drawing commands, deflated twice to a few kilobytes."""
    once = zlib.compress(b"0 0 500 500 re f " * 6_000_000, 1)
    return pdf(*_page(), stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))
