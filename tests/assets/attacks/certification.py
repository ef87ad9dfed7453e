"""Certification attacks: evil annotations (EAA), sneaky signatures (SSA), and changes that a certification forbids."""

import io
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, append_signature_field

from tests.assets.attacks.attack import FORM, Attack, Scene, page_of, simple, update
from tests.support.raw_pdf import stream
from tests.support.signed_pdf import (
    add_empty_field,
    annotate,
    embed,
    fill_form,
    make_pdf,
    revision_of,
    signed_data,
    written,
)

COVER = stream(b"1 g 0 0 400 60 re f BT 0 g /F1 12 Tf 2 20 Td (Pay 900000) Tj ET", FORM)


def certified(scene: Scene, level: MDPPerm) -> bytes:
    """One page with a text field, certified."""
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", certify=True, docmdp_permissions=level
    )
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(make_pdf(fields=True)))
    signers.PdfSigner(metadata, scene.signer).sign_pdf(writer, output=out, bytes_reserved=16384)
    return out.getvalue()


def _annotated(subtype: str) -> Callable[[Scene], bytes]:
    """An annotation with a white background over the text."""

    def make(scene: Scene) -> bytes:
        writer = revision_of(certified(scene, MDPPerm.ANNOTATE))
        _add_annotation(writer, subtype)
        return written(writer)

    return make


def _add_annotation(writer: PdfFileWriter, subtype: str) -> generic.IndirectObject:
    page = writer.root["/Pages"]["/Kids"][0]
    look = generic.StreamObject(stream_data=b"1 g 0 0 400 60 re f")
    look[pdf_name("/Type")], look[pdf_name("/Subtype")] = pdf_name("/XObject"), pdf_name("/Form")
    look[pdf_name("/BBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 400, 60)))
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name(subtype),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 680, 460, 740))),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
        }
    )
    reference = writer.add_object(annotation)
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), reference])
    writer.update_container(page)
    return reference


def _add_covering_field(writer: PdfFileWriter) -> None:
    reference = _add_annotation(writer, "/Widget")
    field = reference.get_object()
    field[pdf_name("/FT")], field[pdf_name("/T")] = pdf_name("/Sig"), generic.pdf_string("Odd")
    form = writer.root["/AcroForm"]
    form[pdf_name("/Fields")] = generic.ArrayObject([*form["/Fields"], reference])
    writer.update_container(form)


def _empty_covering_field(scene: Scene) -> bytes:
    """A signature field that is never signed, with a look over the text."""
    writer = revision_of(scene.signed)
    _add_covering_field(writer)
    return written(writer)


def _covering_signature(scene: Scene) -> bytes:
    """As published: signed for good, with a look of the attacker's making over the text of the page."""
    return embed(
        scene.signed,
        lambda digest: bytes(signed_data(scene.signer, digest).dump()),
        prepare=_add_covering_field,
    )


def covered_by(scene: Scene, data: bytes, look: int) -> bytes:
    """The same with an object of the file as the look."""

    def prepare(writer: PdfFileWriter) -> None:
        _add_covering_field(writer)
        widget = writer.root["/Pages"]["/Kids"][0]["/Annots"][-1]
        widget["/AP"][pdf_name("/N")] = generic.IndirectObject(look, 0, writer)

    return embed(data, lambda digest: bytes(signed_data(scene.signer, digest).dump()), prepare=prepare)


def _wrong_subtype(scene: Scene) -> bytes:
    data = scene.sign(scene.signed, field="Second", visible=True)
    at = data.rindex(b"/Subtype /Widget")
    start = data.rindex(b"obj", 0, at)
    number = int(data[:start].split()[-2])
    body = data[start + 3 : data.index(b"endobj", at)].strip()
    return update(data, {number: body.replace(b"/Subtype /Widget", b"/Subtype /FreeText")})


def _signature_changed(old: bytes, new: bytes) -> Callable[[Scene], bytes]:
    """The look or place of the victim's own visible signature is changed."""

    def make(scene: Scene) -> bytes:
        data = scene.sign(make_pdf(), visible=True)
        at = data.rindex(b"/T (Signature1)") if b"/T (Signature1)" in data else data.rindex(b"/FT /Sig")
        start = data.rindex(b"obj", 0, at)
        number = int(data[:start].split()[-2])
        body = data[start + 3 : data.index(b"endobj", at)].strip()
        changed = body.replace(old, new)
        if changed == body:
            changed = body.rstrip(b">").rstrip() + b"\n" + new + b"\n>>"
        return update(data, {number: changed, 95: COVER})

    return make


def _locked(scene: Scene) -> bytes:
    """A field that the signature locked is filled."""
    writer = IncrementalPdfFileWriter(io.BytesIO(make_pdf(fields=True)))
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, fields=["Amount"])
    append_signature_field(writer, SigFieldSpec("Signature1", field_mdp_spec=lock))
    out = io.BytesIO()
    metadata = signers.PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256")
    signers.PdfSigner(metadata, scene.signer).sign_pdf(writer, output=out, bytes_reserved=16384)
    return fill_form(out.getvalue())


def _permissions_removed(scene: Scene) -> bytes:
    writer = revision_of(certified(scene, MDPPerm.NO_CHANGES))
    del writer.root["/Perms"]
    writer.update_root()
    return written(writer)


def _no_changes_signed(scene: Scene) -> bytes:
    data = certified(scene, MDPPerm.NO_CHANGES)
    return embed(data, lambda digest: bytes(signed_data(scene.signer, digest).dump()))


def _rights_page(scene: Scene) -> bytes:
    """An annotation that only appears when the page's list, an object of its own, is overwritten."""
    base = simple(b"[]", page=page_of(entries=b"/Annots 6 0 R"))
    note = b"<</Type/Annot/Subtype/Stamp/Rect[60 680 460 740]/AP<</N 91 0 R>>>>"
    data = scene.sign(base)
    return update(data, {6: b"[90 0 R]", 90: note, 91: COVER})


ATTACKS = (
    *(
        Attack("evil annotation", subtype[1:], "CHANGED", _annotated(subtype))
        for subtype in ("/FreeText", "/Stamp", "/Square", "/Redact")
    ),
    Attack("evil annotation", "list of annotations overwritten", "CHANGED", _rights_page),
    Attack("evil annotation", "on an approval signature", "CHANGED", lambda scene: annotate(scene.signed)),
    Attack("sneaky signature", "empty field over the text", "CHANGED", _empty_covering_field),
    Attack("sneaky signature", "empty visible field", "CHANGED", lambda scene: add_empty_field(scene.signed)),
    Attack("sneaky signature", "signed, its look over the text", "CHANGED", _covering_signature),
    Attack("sneaky signature", "widget made a FreeText", "CHANGED", _wrong_subtype),
    Attack(
        "sneaky signature",
        "look of the signature replaced",
        "CHANGED",
        _signature_changed(b"/AP", b"/AP <</N 95 0 R>> /X"),
    ),
    Attack(
        "sneaky signature",
        "signature moved over the text",
        "CHANGED",
        _signature_changed(b"/Rect", b"/Rect [60 680 460 740] /X"),
    ),
    Attack("certification", "no changes allowed, signed again", "CHANGED", _no_changes_signed),
    Attack(
        "certification",
        "no changes allowed, form filled",
        "CHANGED",
        lambda scene: fill_form(certified(scene, MDPPerm.NO_CHANGES)),
    ),
    Attack(
        "certification",
        "forms allowed, annotated",
        "CHANGED",
        lambda scene: annotate(certified(scene, MDPPerm.FILL_FORMS)),
    ),
    Attack("certification", "permissions removed", "CHANGED", _permissions_removed),
    Attack("certification", "locked field filled", "CHANGED", _locked),
)
