"""Existing fields, names, locks, certification."""

import io
from pathlib import Path

import pymupdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
    append_signature_field,
)

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, SigningError
from bdsigner.model.geometry import Box
from bdsigner.model.signature import VisibleSignature
from bdsigner.signing.signable import check_signable
from tests.signing.parts import Desk, Signed, openssl_cms_verify, pyhanko_verdicts
from tests.support.pdfs import certified_outline, text_pdf, with_form, with_signature_fields
from tests.support.pki import Training

BOX = (300, 100, 526, 185)
"""In PDF coordinates: left, bottom, right, top."""


def test_prepared_fields_are_known_beforehand(desk: Desk) -> None:
    signed = desk.sign(with_signature_fields(text_pdf(3), SigFieldSpec("Ô ký")))
    assert check_signable(signed.path, field="Ô ký") == 3
    with pytest.raises(SigningError) as caught:
        check_signable(signed.path, field="Signature1")
    assert caught.value.code is ErrorCode.SIGNING_FIELD_USED


def _code(desk: Desk, pdf: bytes, **options: object) -> ErrorCode:
    with pytest.raises(BdsignerError) as caught:
        desk.sign(pdf, **options)
    assert isinstance(caught.value, DocumentError | SigningError)
    return caught.value.code


def _locking(action: FieldMDPAction, *names: str, level: MDPPerm | None = None) -> SigFieldSpec:
    lock = FieldMDPSpec(action, list(names) or None)
    return SigFieldSpec("Khóa", on_page=0, box=(10, 10, 100, 60), field_mdp_spec=lock, doc_mdp_update_value=level)


def test_a_prepared_field_is_used_where_it_stands(desk: Desk, training: Training, appearance: VisibleSignature) -> None:
    pdf = with_signature_fields(text_pdf(2), SigFieldSpec("Ô ký", on_page=1, box=BOX))
    signed = desk.sign(pdf, field="Ô ký", appearance=appearance)
    assert signed.result.field == "Ô ký"
    assert pyhanko_verdicts(signed, training.anchors) == [True]
    with pymupdf.open(signed.path) as document:
        assert document[0].first_widget is None
        page = document[1]
        (rect,) = [widget.rect for widget in page.widgets()]
        assert tuple(rect) == pytest.approx((300, 842 - 185, 526, 842 - 100), abs=0.01)
        assert min(page.get_pixmap(clip=rect).samples) < 50


def test_an_invisible_prepared_field(desk: Desk, training: Training, appearance: VisibleSignature) -> None:
    pdf = with_signature_fields(text_pdf(), SigFieldSpec("Ẩn"))
    signed = desk.sign(pdf, field="Ẩn", appearance=appearance)
    assert pyhanko_verdicts(signed, training.anchors) == [True]
    box = Box(0, 10, 10, 226, 85)
    assert _code(desk, pdf, field="Ẩn", box=box, appearance=appearance) is ErrorCode.SIGNING_FIELD_CONSTRAINED


def test_field_whose_widget_is_a_kid_without_page(
    desk: Desk, training: Training, appearance: VisibleSignature, tmp_path: Path
) -> None:
    """Poppler looks for the value in the widget and calls this one unsigned; the others find it in the field."""
    pdf = with_form(
        "<</FT/Sig/T(Cha)/Kids[{kid} 0 R]>>", "<</Type/Annot/Subtype/Widget/Rect[100 100 330 190]/Parent {field} 0 R>>"
    )
    signed = desk.sign(pdf, field="Cha", appearance=appearance)
    openssl_cms_verify(signed, training.anchors, tmp_path)
    assert pyhanko_verdicts(signed, training.anchors) == [True]
    with pymupdf.open(signed.path) as document:
        page = document[0]
        (rect,) = [widget.rect for widget in page.widgets()]
        assert min(page.get_pixmap(clip=rect).samples) < 50


def test_field_with_a_qualified_name(desk: Desk) -> None:
    pdf = with_form("<</T(Cha)/Kids[{kid} 0 R]>>", "<</FT/Sig/T(con)/Parent {field} 0 R/Subtype/Widget/Rect[0 0 0 0]>>")
    assert desk.sign(pdf, field="Cha.con").result.field == "Cha.con"
    assert _code(desk, pdf, field="con") is ErrorCode.SIGNING_FIELD_MISSING


def test_missing_and_used_fields(desk: Desk) -> None:
    signed = desk.sign(text_pdf())
    assert _code(desk, signed.data, field="Signature1") is ErrorCode.SIGNING_FIELD_USED
    assert _code(desk, signed.data, field="Không có") is ErrorCode.SIGNING_FIELD_MISSING


def test_text_fields_are_no_place_to_sign(desk: Desk) -> None:
    pdf = with_form("<</FT/Tx/T(chữ)/Kids[{kid} 0 R]>>", "<</Subtype/Widget/Rect[0 0 9 9]/Parent {field} 0 R>>")
    assert _code(desk, pdf, field="chữ") is ErrorCode.SIGNING_FIELD_MISSING


def test_new_names_avoid_taken_ones(desk: Desk) -> None:
    pdf = with_signature_fields(text_pdf(), SigFieldSpec("Signature1"), SigFieldSpec("Signature3"))
    second = desk.sign(pdf)
    assert second.result.field == "Signature2"
    assert desk.sign(second.data).result.field == "Signature4"


@pytest.mark.parametrize("level", list(MDPPerm), ids=lambda level: level.name)
def test_certified_files(level: MDPPerm, desk: Desk) -> None:
    pdf = certified_outline(level)
    if level is MDPPerm.NO_CHANGES:
        assert _code(desk, pdf) is ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE
    else:
        assert desk.sign(pdf).result.field == "Signature1"


def test_certification_counts_without_perms(desk: Desk) -> None:
    with pymupdf.open(stream=certified_outline(MDPPerm.NO_CHANGES), filetype="pdf") as document:
        document.xref_set_key(document.pdf_catalog(), "Perms", "null")
        pdf = bytes(document.tobytes())
    assert _code(desk, pdf) is ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE


@pytest.mark.parametrize(
    ("lock", "field", "is_allowed"),
    [
        (_locking(FieldMDPAction.ALL), "", False),
        (_locking(FieldMDPAction.ALL), "Ô ký", False),
        (_locking(FieldMDPAction.INCLUDE, "Ô ký"), "Ô ký", False),
        (_locking(FieldMDPAction.INCLUDE, "Ô ký"), "", True),
        (_locking(FieldMDPAction.INCLUDE, "Khác"), "Ô ký", True),
        (_locking(FieldMDPAction.EXCLUDE, "Ô ký"), "Ô ký", True),
        (_locking(FieldMDPAction.EXCLUDE, "Khác"), "Ô ký", False),
        (_locking(FieldMDPAction.INCLUDE, "Khác", level=MDPPerm.NO_CHANGES), "Ô ký", False),
        (_locking(FieldMDPAction.INCLUDE, "Khác", level=MDPPerm.FILL_FORMS), "Ô ký", True),
    ],
)
def test_locks_take_effect_when_their_field_is_signed(
    lock: SigFieldSpec, field: str, is_allowed: bool, desk: Desk, training: Training
) -> None:
    pdf = with_signature_fields(text_pdf(), lock, SigFieldSpec("Ô ký", on_page=0, box=BOX))
    first = desk.sign(pdf, field="Khóa")
    assert pyhanko_verdicts(first, training.anchors) == [True]
    assert _reference_methods(first) == (["/FieldMDP", "/DocMDP"] if lock.doc_mdp_update_value else ["/FieldMDP"])
    if is_allowed:
        second = desk.sign(first.data, field=field)
        assert pyhanko_verdicts(second, training.anchors) == [True, True]
    else:
        assert _code(desk, first.data, field=field) is ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE


def _reference_methods(signed: Signed) -> list[str]:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed.data))
    (signature,) = writer.prev.embedded_signatures
    return [str(reference["/TransformMethod"]) for reference in signature.sig_object["/Reference"]]


@pytest.mark.parametrize(
    ("seed", "constraint"),
    [
        (SigSeedValueSpec(flags=SigSeedValFlags.SUBFILTER, subfilters=[SigSeedSubFilter.PADES]), ""),
        (
            SigSeedValueSpec(flags=SigSeedValFlags.SUBFILTER, subfilters=[SigSeedSubFilter.ADOBE_PKCS7_DETACHED]),
            "SubFilter",
        ),
        (SigSeedValueSpec(subfilters=[SigSeedSubFilter.ADOBE_PKCS7_DETACHED]), ""),
        (SigSeedValueSpec(flags=SigSeedValFlags.DIGEST_METHOD, digest_methods=["sha256", "sha512"]), ""),
        (SigSeedValueSpec(flags=SigSeedValFlags.DIGEST_METHOD, digest_methods=["sha512"]), "DigestMethod"),
        (SigSeedValueSpec(flags=SigSeedValFlags.REASONS, reasons=["Duyệt"]), "Reasons"),
        (SigSeedValueSpec(flags=SigSeedValFlags.ADD_REV_INFO, add_rev_info=True), "AddRevInfo"),
    ],
)
def test_seed_values(seed: SigSeedValueSpec, constraint: str, desk: Desk) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(text_pdf()))
    append_signature_field(writer, SigFieldSpec("Ô ký", on_page=0, box=BOX, seed_value_dict=seed))
    output = io.BytesIO()
    writer.write(output)
    if not constraint:
        assert desk.sign(output.getvalue(), field="Ô ký").result.field == "Ô ký"
        return
    with pytest.raises(SigningError) as caught:
        desk.sign(output.getvalue(), field="Ô ký")
    assert caught.value.code is ErrorCode.SIGNING_FIELD_CONSTRAINED
    assert caught.value.facts["constraint"] == constraint


def test_field_trees_without_end(desk: Desk) -> None:
    pdf = with_form("<</T(a)/Kids[{kid} 0 R]>>", "<</T(b)/Kids[{field} 0 R]>>")
    assert _code(desk, pdf) is ErrorCode.DOCUMENT_LIMITS
