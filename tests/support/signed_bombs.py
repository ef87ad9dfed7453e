"""Signed files whose later revision, or whose structure, costs a verifier far more than their size lets expect."""

import zlib

from tests.assets.attacks.attack import Scene, last_startxref, page_of, simple, size_of, trailer_entry, update
from tests.support.raw_pdf import stream


def many_fields(scene: Scene) -> bytes:
    """A form of 60,000 fields, all of them the same."""
    form = b"<</Fields[%s]>>" % (b"90 0 R 91 0 R " * 30_000)
    field = b"<</FT/Sig/T(x)/Kids[90 0 R 91 0 R]/Parent 91 0 R>>"
    return update(scene.sign(simple()), {9: form, 90: field, 91: field.replace(b"91 0 R>>", b"90 0 R>>")})


def wide_object_stream(scene: Scene) -> bytes:
    """An object stream of 40 megabytes from 40 kilobytes."""
    content = b"90 0 [" + b"[]" * 20_000_000 + b"]"
    packed = stream(zlib.compress(content, 9), b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode")
    data = scene.sign(simple())
    out = bytearray(data)
    offset, size = len(out), max(size_of(data), 93)
    out += b"91 0 obj\n%s\nendobj\n3 0 obj\n" % packed
    page = out.rindex(b"3 0 obj")
    out += page_of(entries=b"/Annots 90 0 R") + b"\nendobj\n"
    start = len(out)
    rows = b"".join(
        kind + where.to_bytes(4, "big") + bytes(2)
        for kind, where in ((b"\x01", page), (b"\x02", 91), (b"\x01", offset), (b"\x01", start))
    )
    head = b"/Type/XRef/Root %s/Size %d/W[1 4 2]/Prev %d/Index[3 1 90 3]" % (
        trailer_entry(data, b"Root"), size, last_startxref(data))  # fmt: skip
    return bytes(out + b"92 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, head), start))


def deep_annotations(scene: Scene) -> bytes:
    """Arrays within arrays in place of the page's annotations."""
    depth = 200_000
    return update(scene.sign(simple()), {3: page_of(entries=b"/Annots 90 0 R"), 90: b"[" * depth + b"]" * depth})


def circling_pages(scene: Scene) -> bytes:
    """A page tree whose nodes are each other's kids."""
    node = b"<</Type/Pages/Kids[%s]/Count 9/Parent 2 0 R>>"
    return update(scene.sign(simple()), {2: node % (b"90 0 R " * 5000), 90: node % (b"2 0 R 90 0 R " * 5000)})


def many_revisions(scene: Scene) -> bytes:
    """Three thousand revisions of one object each."""
    data = bytearray(scene.sign(simple()))
    previous, root, size = last_startxref(data), trailer_entry(data, b"Root"), size_of(data)
    for _ in range(3_000):
        offset = len(data)
        data += b"90 0 obj\n1\nendobj\n"
        start = len(data)
        data += b"xref\n90 1\n%010d 00000 n \ntrailer\n<</Root %s/Size %d/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            offset, root, max(91, size), previous, start)  # fmt: skip
        previous = start
    return bytes(data)


def everyone_knows_everyone(scene: Scene) -> bytes:
    """Two thousand objects that all refer to all others, and are all changed by the second of two revisions."""
    numbers = range(100, 2_100)
    everyone = b"[%s]" % b" ".join(b"%d 0 R" % one for one in numbers)
    base = simple(catalog=b"/Outlines<</First 100 0 R>>")
    data = update(base, {100: everyone} | dict.fromkeys(numbers, everyone))
    return update(scene.sign(data), dict.fromkeys(numbers, everyone.replace(b"[", b"[1 ")))


def drawn_forever(scene: Scene) -> bytes:
    """A look of a later signature that draws itself 4^24 times over."""
    from tests.assets.attacks.certification import covered_by

    call = b"/F Do /F Do /F Do /F Do"
    forms = {
        200 + level: stream(call, b"/Type/XObject/Subtype/Form/BBox[0 0 400 60]/Resources<</XObject<</F %d 0 R>>>>" % (201 + level))
        for level in range(24)
    }  # fmt: skip
    forms[224] = stream(b"0 0 400 60 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 400 60]")
    return covered_by(scene, update(scene.signed, forms), 200)


def reference_chain(scene: Scene) -> bytes:
    """Ten thousand references to references in place of the page's content."""
    chain = {number: b"%d 0 R" % (number + 1) for number in range(100, 10_100)}
    return update(scene.sign(simple()), chain | {3: page_of(b"100 0 R")})


ALL = (
    many_fields,
    wide_object_stream,
    deep_annotations,
    circling_pages,
    many_revisions,
    everyone_knows_everyone,
    drawn_forever,
    reference_chain,
)
