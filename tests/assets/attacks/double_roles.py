"""Objects that are two things at once: as the one they may be changed later, as the other they are drawn."""

from tests.assets.attacks.attack import FONT, FORM, Attack, Scene, body_of, page_of, show, simple, update
from tests.support.raw_pdf import pdf, stream

GOOD = stream(b"BT /F1 12 Tf 72 600 Td (Pay 100) Tj ET", FORM)
EVIL = stream(b"BT /F1 12 Tf 72 600 Td (Pay 900000) Tj ET", FORM)


def _content_that_says(entries: bytes) -> bytes:
    content = stream(b"BT /F1 12 Tf 72 700 Td (Pay 100) Tj ET", entries)
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page_of(), content, FONT)


def _content_as_field(scene: Scene) -> bytes:
    entries = b"/FT/Sig/T(x)"
    return update(scene.sign(_content_that_says(entries)), {4: stream(b"BT /F1 12 Tf 72 700 Td (Pay 900000) Tj ET", entries)})  # fmt: skip


def _content_as_page(scene: Scene) -> bytes:
    entries = b"/Type/Page"
    return update(scene.sign(_content_that_says(entries)), {4: stream(b"BT /F1 12 Tf 72 700 Td (Pay 900000) Tj ET", entries)})  # fmt: skip


def _font_below_a_false_page(scene: Scene) -> bytes:
    """The resources call themselves a page, so that nothing above them seems to be one."""
    page = page_of().replace(b"/Resources<</Font<</F1 5 0 R>>>>", b"/Resources 6 0 R")
    base = simple(b"<</Type/Page/Font<</F1 5 0 R>>>>", page=page)
    return update(scene.sign(base), {5: FONT.replace(b"Helvetica", b"Symbol")})


def _drawn(name: bytes, forms: bytes, *more: bytes, catalog: bytes = b"", entries: bytes = b"") -> bytes:
    """The page draws the form ``name`` of the dictionary 6; 7 is the form, 8 the content that draws it."""
    page = page_of(b"[4 0 R 8 0 R]", entries, b"/XObject 6 0 R")
    return simple(forms, GOOD, stream(b"/%s Do" % name), *more, page=page, catalog=catalog)


def _forms_as_signature_field(scene: Scene) -> bytes:
    """The page's list of forms is also an empty signature field; signing it exchanges the form called AP."""
    forms = b"<</FT/Sig/T(Later)/Subtype/Widget/Rect[0 0 0 0]/AP 7 0 R>>"
    base = _drawn(b"AP", forms, catalog=b"/AcroForm<</Fields[6 0 R]>>", entries=b"/Annots[6 0 R]")
    data = scene.sign(scene.sign(base, field="First"), field="Second")
    value = data.rindex(b" 0 obj", 0, data.rindex(b"/Contents <3"))
    number = int(data[:value].split()[-1])
    return update(data, {6: forms.replace(b"7 0 R", b"90 0 R/V %d 0 R" % number), 90: EVIL})


def _forms_as_form(scene: Scene) -> bytes:
    """The page's list of forms is also the interactive form; its fields are a picture."""
    data = scene.sign(_drawn(b"DA", b"<</Fields[]/DA 7 0 R>>", catalog=b"/AcroForm 6 0 R"))
    return update(data, {6: body_of(data, 6).replace(b"7 0 R", b"90 0 R"), 90: EVIL})


def _forms_as_catalog(scene: Scene) -> bytes:
    """The catalog is also the page's list of forms: its metadata is a picture."""
    page = page_of(b"[4 0 R 7 0 R]", b"", b"/XObject 1 0 R")
    base = simple(GOOD.replace(b"/Type/XObject", b""), stream(b"/PieceInfo Do"), page=page, catalog=b"/PieceInfo 6 0 R")
    data = scene.sign(base)
    return update(data, {1: body_of(data, 1).replace(b"6 0 R", b"90 0 R"), 90: EVIL})


def _annotations_as_contents(scene: Scene) -> bytes:
    """One list is the page's annotations and its contents."""
    page = page_of(b"6 0 R", b"/Annots 6 0 R")
    data = scene.sign(simple(b"[4 0 R]", page=page), field="First")
    later = scene.sign(data, field="Second")
    held = body_of(later, 6).rstrip(b"] ")
    return update(later, {6: held + b" 90 0 R]", 90: show(b"Pay 900000")})


def _form_named_parent(scene: Scene) -> bytes:
    """A drawn form is called P, as the reference from an annotation to its page."""
    page = page_of(b"[4 0 R 7 0 R]", resources=b"/XObject<</P 6 0 R>>")
    data = scene.sign(simple(GOOD, stream(b"/P Do"), page=page))
    return update(data, {3: body_of(data, 3).replace(b"/P 6 0 R", b"/P 90 0 R"), 90: EVIL})


ATTACKS = (
    Attack("double role", "content that says it is a field", "CHANGED", _content_as_field),
    Attack("double role", "content that says it is a page", "CHANGED", _content_as_page),
    Attack("double role", "resources that say they are a page", "CHANGED", _font_below_a_false_page),
    Attack("double role", "list of forms that is a signature field", "CHANGED", _forms_as_signature_field),
    Attack("double role", "list of forms that is the interactive form", "CHANGED", _forms_as_form),
    Attack("double role", "list of forms that is the catalog", "CHANGED", _forms_as_catalog),
    Attack("double role", "annotations that are contents", "CHANGED", _annotations_as_contents),
    Attack("double role", "form named as a parent", "CHANGED", _form_named_parent),
)
