"""Forms that change what is shown."""

from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from tests.assets.attacks.attack import Attack, Scene
from tests.support.signed_pdf import revision_of, written


def _form(change: Callable[[generic.DictionaryObject], None]) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        writer = revision_of(scene.signed)
        form = writer.root["/AcroForm"]
        change(form)
        writer.update_container(form)
        return written(writer)

    return make


def _xfa(form: generic.DictionaryObject) -> None:
    form[pdf_name("/XFA")] = generic.pdf_string("<xdp/>")


def _removed_field(form: generic.DictionaryObject) -> None:
    form[pdf_name("/Fields")] = generic.ArrayObject(list(form["/Fields"])[1:])


def _default_look(form: generic.DictionaryObject) -> None:
    form[pdf_name("/DA")] = generic.pdf_string("/F1 40 Tf")
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)


def _new_field(scene: Scene) -> bytes:
    writer = revision_of(scene.signed)
    page = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"), pdf_name("/FT"): pdf_name("/Tx"),
        pdf_name("/T"): generic.pdf_string("New"), pdf_name("/V"): generic.pdf_string("900000"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 680, 460, 740))),
    })  # fmt: skip
    reference = writer.add_object(field)
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), reference])
    writer.update_container(page)
    form = writer.root["/AcroForm"]
    form[pdf_name("/Fields")] = generic.ArrayObject([*form["/Fields"], reference])
    writer.update_container(form)
    return written(writer)


def _form_removed(scene: Scene) -> bytes:
    writer = revision_of(scene.signed)
    del writer.root["/AcroForm"]
    writer.update_root()
    return written(writer)


def _signature_emptied(scene: Scene) -> bytes:
    """The value of the signature's field is taken away: the file must not look unsigned."""
    writer = revision_of(scene.signed)
    field = next(one.get_object() for one in writer.root["/AcroForm"]["/Fields"] if one.get_object().get("/FT") == "/Sig")  # fmt: skip
    del field["/V"]
    writer.update_container(field)
    return written(writer)


ATTACKS = (
    Attack("forms", "XFA added", "CHANGED", _form(_xfa)),
    Attack("forms", "field taken out", "CHANGED", _form(_removed_field)),
    Attack("forms", "default look", "CHANGED", _form(_default_look)),
    Attack("forms", "new text field", "CHANGED", _new_field),
    Attack("forms", "form removed", "CHANGED", _form_removed),
    Attack("forms", "signature taken out of its field", "CHANGED", _signature_emptied),
)
