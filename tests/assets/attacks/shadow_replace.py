"""Shadow "replace": what a later revision may change by the letter is changed so that the page says something else."""

from pyhanko.pdf_utils import generic

from tests.assets.attacks.attack import FORM, Attack, Scene, body_of, page_of, simple, update
from tests.support.raw_pdf import stream
from tests.support.signed_pdf import fill_form, revision_of, written

FIELD = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Amount)/V(100)/F 4/P 3 0 R/Rect[72 600 200 620]/DA(/F1 10 Tf)/AP<</N 7 0 R>>>>"
LOOK = stream(b"BT /F1 10 Tf 2 4 Td (100) Tj ET", FORM)
EVIL_LOOK = stream(b"BT /F1 10 Tf 2 4 Td (900000) Tj ET", FORM)


def _with_field(field: bytes = FIELD, *more: bytes, form: bytes = b"") -> bytes:
    """Field 6 with its look 7."""
    return simple(field, LOOK, *more, page=page_of(entries=b"/Annots[6 0 R]"), catalog=b"/AcroForm<</Fields[6 0 R]%s>>" % form)  # fmt: skip


def _look_overwritten(scene: Scene) -> bytes:
    return update(scene.sign(_with_field()), {7: EVIL_LOOK})


def _look_exchanged(scene: Scene) -> bytes:
    data = scene.sign(_with_field())
    return update(data, {6: body_of(data, 6).replace(b"7 0 R", b"90 0 R"), 90: EVIL_LOOK})


def _value_only(scene: Scene) -> bytes:
    data = scene.sign(_with_field())
    return update(data, {6: body_of(data, 6).replace(b"/V(100)", b"/V(900000)")})


def _moved(scene: Scene) -> bytes:
    data = scene.sign(_with_field())
    return update(data, {6: body_of(data, 6).replace(b"[72 600 200 620]", b"[72 690 300 720]")})


def _uncovered(scene: Scene) -> bytes:
    """The published trick: the field's own text lies over another value, and losing the focus takes it away."""
    data = scene.sign(_with_field())
    return update(data, {6: body_of(data, 6).replace(b"/F 4", b"/F 2")})


def _check_box(scene: Scene) -> bytes:
    box = b"<</Type/Annot/Subtype/Widget/FT/Btn/T(Agree)/V/Off/AS/Off/Rect[72 600 90 620]/AP<</N<</Off 7 0 R/Yes 8 0 R>>>>>>"  # fmt: skip
    data = scene.sign(_with_field(box, EVIL_LOOK))
    return update(data, {6: body_of(data, 6).replace(b"/V/Off/AS/Off", b"/V/Yes/AS/Yes")})


def _shared_look(scene: Scene) -> bytes:
    """The look of a field to be filled is also drawn by the page."""
    page = page_of(b"[4 0 R 8 0 R]", b"/Annots[6 0 R]", b"/XObject<</Look 7 0 R>>")
    base = simple(FIELD, LOOK, stream(b"/Look Do"), page=page, catalog=b"/AcroForm<</Fields[6 0 R]>>")
    data = scene.sign(base)
    return update(data, {6: body_of(data, 6).replace(b"/V(100)", b"/V(9)"), 7: EVIL_LOOK})


def _signature_look_shared(scene: Scene) -> bytes:
    """A prepared signature field is signed; its look, overwritten then, is also the page's content."""
    field = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Later)/F 4/P 3 0 R/Rect[300 100 400 150]/AP<</N 7 0 R>>>>"
    page = page_of(b"[4 0 R 8 0 R]", b"/Annots[6 0 R]", b"/XObject<</Look 7 0 R>>")
    base = simple(field, LOOK, stream(b"/Look Do"), page=page, catalog=b"/AcroForm<</Fields[6 0 R]>>")
    data = scene.sign(scene.sign(base, field="First"), field="Later")
    return update(data, {7: EVIL_LOOK})


def _default_font(scene: Scene) -> bytes:
    data = scene.sign(_with_field(form=b"/DR<</Font<</F1 5 0 R>>>>"))
    return update(data, {5: b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"})


def _need_appearances(scene: Scene) -> bytes:
    """Viewers draw the value anew, which differs from the look that was signed."""
    writer = revision_of(scene.sign(_with_field(FIELD.replace(b"/V(100)", b"/V(900000)"))))
    form = writer.root["/AcroForm"]
    form[generic.pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(form)
    return written(writer)


ATTACKS = (
    Attack("shadow replace", "value and look", "CHANGED", lambda scene: fill_form(scene.signed)),
    Attack("shadow replace", "look overwritten", "CHANGED", _look_overwritten),
    Attack("shadow replace", "look exchanged", "CHANGED", _look_exchanged),
    Attack("shadow replace", "value only", "CHANGED", _value_only),
    Attack("shadow replace", "field moved", "CHANGED", _moved),
    Attack("shadow replace", "field hidden", "CHANGED", _uncovered),
    Attack("shadow replace", "check box", "CHANGED", _check_box),
    Attack("shadow replace", "look shared with the page", "CHANGED", _shared_look),
    Attack("shadow replace", "signature look shared with the page", "CHANGED", _signature_look_shared),
    Attack("shadow replace", "font of the form", "CHANGED", _default_font),
    Attack("shadow replace", "NeedAppearances", "CHANGED", _need_appearances),
)
