"""Shadow "hide" and "hide and replace": the signed document holds content that a later revision brings forth."""

from tests.assets.attacks.attack import FORM, Attack, Scene, body_of, offset_of, page_of, show, simple, update
from tests.support.raw_pdf import pdf, stream
from tests.support.signed_pdf import embed, signed_data

OVERLAY = stream(b"0 g 0 0 595 842 re f", FORM)
EVIL = show(b"Pay 900000")


def _covered() -> bytes:
    """An overlay drawn over the real content."""
    page = page_of(b"[4 0 R 7 0 R]", resources=b"/XObject<</Cover 6 0 R>>")
    return simple(OVERLAY, stream(b"/Cover Do"), page=page)


def _overlay_freed(scene: Scene) -> bytes:
    return update(scene.sign(_covered()), freed=(6,))


def _overlay_emptied(scene: Scene) -> bytes:
    return update(scene.sign(_covered()), {6: stream(b"", FORM)})


def _overlay_moved_away(scene: Scene) -> bytes:
    return update(scene.sign(_covered()), {6: stream(b"0 g 0 0 1 1 re f", FORM)})


def _overlay_is_an_image_less(scene: Scene) -> bytes:
    return update(scene.sign(_covered()), {6: b"null"})


def two_catalogs() -> bytes:
    """A second catalog with pages of its own, which nothing refers to."""
    return simple(
        b"<</Type/Catalog/Pages 7 0 R>>",
        b"<</Type/Pages/Kids[8 0 R]/Count 1>>",
        page_of(b"9 0 R").replace(b"/Parent 2 0 R", b"/Parent 7 0 R"),
        EVIL,
    )


def _root_switched(scene: Scene) -> bytes:
    return update(scene.sign(two_catalogs()), {90: b"null"}, root=b"6 0 R")


def _catalog_points_to_other_pages(scene: Scene) -> bytes:
    data = scene.sign(two_catalogs())
    return update(data, {2: b"<</Type/Pages/Kids[8 0 R]/Count 1>>"})


def _redirected(scene: Scene) -> bytes:
    """Only a cross-reference table: object 4 is from now on another object of the signed bytes."""
    data = scene.sign(simple(show(b"Pay 900000")).replace(b"6 0 obj", b"4 0 obj"))
    return update(data, offsets={4: offset_of(data, b"Pay 900000")})


def _dangling(scene: Scene) -> bytes:
    """The page draws an object that does not exist yet."""
    return update(scene.sign(simple(page=page_of(b"[4 0 R 99 0 R]"))), {99: EVIL})


def _dangling_as_timestamp_data(scene: Scene) -> bytes:
    """The same, and the new object claims to be validation data of the catalog."""
    data = scene.sign(simple(page=page_of(b"[4 0 R 99 0 R]")))
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm %s/DSS<</Certs[99 0 R]>>>>"
    form = data[data.rindex(b"/AcroForm") + 9 :].split(b"R")[0] + b"R"
    return update(data, {1: catalog % form, 99: EVIL})


def _dangling_and_cut(scene: Scene) -> bytes:
    """The same; an entry of the signed table points into the list of contents, which seems to end before the reference."""
    base = simple(b"null", b"[4 0 R 99 0 R]", page=page_of(b"7 0 R"))
    old = b"%010d 00000 n" % offset_of(base, b"null")
    base = base.replace(old, b"%010d 00000 n" % base.index(b"99 0 R]"))
    data = embed(base, lambda digest: bytes(signed_data(scene.signer, digest).dump()))
    catalog = body_of(data, 1).removesuffix(b">>") + b"/DSS<</Certs[99 0 R]>>>>"
    return update(data, {1: catalog, 99: EVIL})


def _dangling_font(scene: Scene) -> bytes:
    page = page_of().replace(b"/F1 5 0 R", b"/F1 99 0 R")
    return update(scene.sign(simple(page=page)), {99: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"})


def _dangling_annotation(scene: Scene) -> bytes:
    page = page_of(entries=b"/Annots[99 0 R]")
    note = b"<</Type/Annot/Subtype/FreeText/Rect[70 690 300 720]/Contents(x)/DA(/F1 12 Tf)>>"
    return update(scene.sign(simple(page=page)), {99: note})


def _dangling_metadata(scene: Scene) -> bytes:
    """Metadata may change; here its stream is also the page's content."""
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
    data = simple(
        stream(xmp, b"/Type/Metadata/Subtype/XML"), catalog=b"/Metadata 6 0 R", page=page_of(b"[4 0 R 6 0 R]")
    )
    return update(scene.sign(data), {6: stream(b"BT /F1 12 Tf 72 500 Td (Pay 900000) Tj ET", b"/Type/Metadata/Subtype/XML")})  # fmt: skip


def _layer_on(scene: Scene) -> bytes:
    layers = b"/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>"
    page = page_of(b"[4 0 R 7 0 R]", resources=b"/Properties<</Layer 6 0 R>>")
    base = simple(
        b"<</Type/OCG/Name(x)>>",
        stream(b"/OC /Layer BDC BT /F1 12 Tf 72 600 Td (Pay 900000) Tj ET EMC"),
        page=page,
        catalog=layers,
    )
    data = scene.sign(base)
    form = data[data.rindex(b"/AcroForm") + 9 :].split(b"R")[0] + b"R"
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm %s/OCProperties<</OCGs[6 0 R]/D<</ON[6 0 R]>>>>>>" % form
    return update(data, {1: catalog})


def hidden_page() -> bytes:
    """A second page that knows its parent, which does not list it."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page_of(),
        show(b"Pay 100"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        page_of(b"7 0 R"),
        EVIL,
    )


def _pages_hidden(scene: Scene) -> bytes:
    return update(scene.sign(hidden_page()), {2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>"})


ATTACKS = (
    Attack("shadow hide", "overlay freed", "CHANGED", _overlay_freed),
    Attack("shadow hide", "overlay emptied", "CHANGED", _overlay_emptied),
    Attack("shadow hide", "overlay shrunk", "CHANGED", _overlay_moved_away),
    Attack("shadow hide", "overlay null", "CHANGED", _overlay_is_an_image_less),
    Attack("shadow hide", "layer switched on", "CHANGED", _layer_on),
    Attack("shadow hide", "hidden page listed", "CHANGED", _pages_hidden),
    Attack("shadow hide and replace", "root switched", "CHANGED", _root_switched),
    Attack("shadow hide and replace", "page tree switched", "CHANGED", _catalog_points_to_other_pages),
    Attack("shadow hide and replace", "table redirected into signed bytes", "CHANGED", _redirected),
    Attack("shadow hide and replace", "missing content written later", "CHANGED", _dangling),
    Attack("shadow hide and replace", "missing content as validation data", "CHANGED", _dangling_as_timestamp_data),
    Attack("shadow hide and replace", "missing content, page seems cut", "CHANGED", _dangling_and_cut),
    Attack("shadow hide and replace", "missing font written later", "CHANGED", _dangling_font),
    Attack("shadow hide and replace", "missing annotation written later", "CHANGED", _dangling_annotation),
    Attack("shadow hide and replace", "metadata that is page content", "CHANGED", _dangling_metadata),
)
