"""Scripts, actions and attachments that come after the signature."""

from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from tests.assets.attacks.attack import Attack, Scene, update
from tests.support.signed_pdf import revision_of, written


def _script() -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("this.print()")}
    )


def _names(kind: str, value: generic.PdfObject) -> generic.DictionaryObject:
    leaf = generic.DictionaryObject({pdf_name("/Names"): generic.ArrayObject([generic.pdf_string("x"), value])})
    return generic.DictionaryObject({pdf_name(kind): leaf})


def _in_catalog(key: str, value: Callable[[], generic.PdfObject]) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        writer = revision_of(scene.signed)
        writer.root[pdf_name(key)] = value()
        writer.update_root()
        return written(writer)

    return make


def _in_page(key: str, value: Callable[[], generic.PdfObject]) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        writer = revision_of(scene.signed)
        page = writer.root["/Pages"]["/Kids"][0]
        page[pdf_name(key)] = value()
        writer.update_container(page)
        return written(writer)

    return make


def _in_field(scene: Scene) -> bytes:
    writer = revision_of(scene.signed)
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/AA")] = generic.DictionaryObject({pdf_name("/Fo"): _script()})
    writer.update_container(field)
    return written(writer)


def _with_signature(scene: Scene) -> bytes:
    """A second signature whose widget brings an action with it."""
    data = scene.sign(scene.signed, field="Second", visible=True)
    marker = b"/FT /Sig"
    at = data.rindex(marker)
    start = data.rindex(b"obj", 0, at)
    number = int(data[:start].split()[-2])
    body = data[start + 3 : data.index(b"endobj", at)].strip()
    return update(data, {number: body.replace(marker, marker + b" /A <</S /JavaScript /JS (x)>>")})


ATTACKS = (
    Attack("scripts", "OpenAction", "CHANGED", _in_catalog("/OpenAction", _script)),
    Attack(
        "scripts",
        "catalog AA",
        "CHANGED",
        _in_catalog("/AA", lambda: generic.DictionaryObject({pdf_name("/WP"): _script()})),
    ),
    Attack("scripts", "Names JavaScript", "CHANGED", _in_catalog("/Names", lambda: _names("/JavaScript", _script()))),
    Attack(
        "scripts",
        "Names EmbeddedFiles",
        "CHANGED",
        _in_catalog(
            "/Names",
            lambda: _names("/EmbeddedFiles", generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Filespec")})),
        ),
    ),
    Attack(
        "scripts", "page AA", "CHANGED", _in_page("/AA", lambda: generic.DictionaryObject({pdf_name("/O"): _script()}))
    ),
    Attack("scripts", "field AA", "CHANGED", _in_field),
    Attack("scripts", "action on a signature's widget", "CHANGED", _with_signature),
    Attack("document", "page rotated", "CHANGED", _in_page("/Rotate", lambda: generic.NumberObject(90))),
    Attack(
        "document",
        "page cropped",
        "CHANGED",
        _in_page("/CropBox", lambda: generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300)))),
    ),
    Attack("document", "user unit", "CHANGED", _in_page("/UserUnit", lambda: generic.NumberObject(3))),
    Attack(
        "document",
        "page labels",
        "CHANGED",
        _in_catalog("/PageLabels", lambda: generic.DictionaryObject({pdf_name("/Nums"): generic.ArrayObject()})),
    ),
    Attack("document", "outlines", "CHANGED", _in_catalog("/Outlines", generic.DictionaryObject)),
    Attack("document", "portfolio", "CHANGED", _in_catalog("/Collection", generic.DictionaryObject)),
)
