"""Signed bytes changed, and structures exchanged as a whole."""

from pyhanko.pdf_utils import generic

from tests.assets.attacks.attack import (
    FONT,
    Attack,
    Scene,
    body_of,
    last_startxref,
    page_of,
    show,
    simple,
    size_of,
    update,
)
from tests.support.raw_pdf import pdf, stream
from tests.support.signed_pdf import make_pdf, revision_of, written


def _content_byte(scene: Scene) -> bytes:
    at = scene.signed.index(b"\nstream") + 10
    return scene.signed[:at] + bytes([scene.signed[at] ^ 1]) + scene.signed[at + 1 :]


def _page_added(scene: Scene) -> bytes:
    kids = b"<</Type/Pages/Kids[3 0 R 90 0 R]/Count 2>>"
    return update(scene.sign(simple()), {2: kids, 90: page_of(b"91 0 R"), 91: show(b"Annex")})


def _page_removed(scene: Scene) -> bytes:
    writer = revision_of(scene.sign(make_pdf(pages=3)))
    pages = writer.root["/Pages"]
    pages[generic.pdf_name("/Kids")] = generic.ArrayObject(list(pages["/Kids"])[:2])
    pages[generic.pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)
    return written(writer)


def _pages_exchanged(scene: Scene) -> bytes:
    writer = revision_of(scene.sign(make_pdf(pages=3)))
    pages = writer.root["/Pages"]
    pages[generic.pdf_name("/Kids")] = generic.ArrayObject(list(pages["/Kids"])[::-1])
    writer.update_container(pages)
    return written(writer)


def _length_object(scene: Scene) -> bytes:
    """The length of the content is an object of its own: shortened, less is drawn."""
    content = stream(b"BT /F1 12 Tf 72 700 Td (Pay 100) Tj ET BT /F1 12 Tf 72 600 Td (only if) Tj ET")
    length = content.split(b"/Length ")[1].split(b">>")[0]
    base = simple(length).replace(show(b"Pay 100"), content.replace(b"/Length " + length, b"/Length 6 0 R"))
    return update(scene.sign(_rebuilt(base)), {6: b"38"})


def _rebuilt(data: bytes) -> bytes:
    """The same objects with a correct table."""
    count = data.count(b" 0 obj\n")
    return pdf(*(body_of(data, number) for number in range(1, count + 1)))


SYMBOL = FONT.replace(b"Helvetica", b"Symbol")


def _in_object_stream(font: bytes) -> bytes:
    return stream(b"5 0 " + font, b"/Type/ObjStm/N 1/First 4")


def _object_stream(scene: Scene) -> bytes:
    """The stream that holds the font is overwritten; no entry of the font itself changes."""
    data = _signed_with_stream(scene, _in_object_stream(FONT))
    return _table_stream_update(data, 6, _in_object_stream(SYMBOL))


def _other_index(scene: Scene) -> bytes:
    """The stream holds the font's number twice; only the index in the table changes."""
    head = b"5 0 5 %d " % (len(FONT) + 1)
    both = stream(head + FONT + b" " + SYMBOL, b"/Type/ObjStm/N 2/First %d" % len(head))
    data = _signed_with_stream(scene, both)
    start, size = len(data), size_of(data)
    rows = b"\x02" + (6).to_bytes(4, "big") + (1).to_bytes(2, "big") + b"\x01" + start.to_bytes(4, "big") + bytes(2)
    entries = b"/Type/XRef/Root 1 0 R/Size %d/W[1 4 2]/Prev %d/Index[5 1 %d 1]" % (size + 1, last_startxref(data), size)
    return data + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (size, stream(rows, entries), start)


def _signed_with_stream(scene: Scene, packed: bytes) -> bytes:
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: page_of(),
        4: show(b"Pay 100"),
        6: packed,
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows = dict.fromkeys(range(8), bytes(7)) | {5: b"\x02" + (6).to_bytes(4, "big") + bytes(2)}
    for number, body in bodies.items():
        rows[number] = b"\x01" + len(out).to_bytes(4, "big") + bytes(2)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    rows[7] = b"\x01" + start.to_bytes(4, "big") + bytes(2)
    table = stream(b"".join(rows[number] for number in range(8)), b"/Type/XRef/Root 1 0 R/Size 8/W[1 4 2]")
    out += b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)
    return scene.sign(bytes(out), field="First")


def _table_stream_update(data: bytes, number: int, body: bytes) -> bytes:
    """One object more, in a revision whose table is a stream."""
    out = bytearray(data)
    offset = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), size_of(data)
    rows = b"\x01" + offset.to_bytes(4, "big") + bytes(2) + b"\x01" + start.to_bytes(4, "big") + bytes(2)
    head = b"/Type/XRef/Root 1 0 R/Size %d/W[1 4 2]/Prev %d/Index[%d 1 %d 1]" % (
        size + 1, last_startxref(data), number, size)  # fmt: skip
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (size, stream(rows, head), start)
    return bytes(out)


def _info_is_content(scene: Scene) -> bytes:
    """Document information may change; here the page uses the same dictionary as its resources."""
    base = simple(b"<</Font<</F1 5 0 R>>>>", page=page_of().replace(b"/Resources<</Font<</F1 5 0 R>>>>", b"/Resources 6 0 R"))  # fmt: skip
    data = scene.sign(base.replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 6 0 R"))
    return update(data, {6: b"<</Font<</F1 90 0 R>>>>", 90: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"}, entries=b"/Info 6 0 R")  # fmt: skip


def _encrypted_later(scene: Scene) -> bytes:
    return update(scene.signed, {90: b"<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -1>>"}, entries=b"/Encrypt 90 0 R")


ATTACKS = (
    Attack("document", "one byte of the content", "BROKEN", _content_byte),
    Attack("document", "page added", "CHANGED", _page_added),
    Attack("document", "page removed", "CHANGED", _page_removed),
    Attack("document", "pages exchanged", "CHANGED", _pages_exchanged),
    Attack("document", "length of the content", "CHANGED", _length_object),
    Attack("document", "object stream overwritten", "CHANGED", _object_stream),
    Attack("document", "index in the object stream", "CHANGED", _other_index),
    Attack("document", "information that is resources", "CHANGED", _info_is_content),
    Attack("document", "encryption claimed", "CHANGED", _encrypted_later),
)
