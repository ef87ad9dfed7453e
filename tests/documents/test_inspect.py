"""What inspecting reads, through the real child."""

import hashlib
from pathlib import Path

import pymupdf
import pytest
from pyhanko.sign.fields import MDPPerm, SigFieldSpec

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.document import CertificationLevel, Page
from bdsigner.model.geometry import Box
from tests.documents.conftest import MakeFile
from tests.support import pdfa, pdfs, signed_pdf
from tests.support.small_pki import SmallPki

CROP = (10, 20, 300, 500)
"""Left, top, right, bottom: 290 × 480 points, its lower left corner at (10, 342) in PDF coordinates."""


@pytest.mark.parametrize(
    ("rotation", "page"), [(0, Page(290, 480)), (90, Page(480, 290)), (180, Page(290, 480)), (270, Page(480, 290))]
)
def test_pages_have_the_size_they_are_displayed_in(
    gateway: ChildDocumentGateway, make_file: MakeFile, rotation: int, page: Page
) -> None:
    info = gateway.inspect(make_file(pdfs.text_pdf(2, rotation=rotation, crop=CROP)))
    assert info.pages == (page, page)


def test_a_plain_document(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    path = make_file(pdfs.text_pdf(3))
    info = gateway.inspect(path)
    assert info.path == path
    assert (info.size_bytes, info.modified_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert info.pages == (Page(*pdfs.A4_PT),) * 3
    assert info.signature_fields == ()
    assert [info.is_signed, info.is_repaired, info.is_encrypted, info.has_xfa] == [False] * 4
    assert info.certification is None


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, Box(1, 50, 372, 100, 50)),
        (90, Box(1, 58, 50, 50, 100)),
        (180, Box(1, 140, 58, 100, 50)),
        (270, Box(1, 372, 140, 50, 100)),
    ],
)
def test_fields_stand_where_they_are_displayed(
    gateway: ChildDocumentGateway, make_file: MakeFile, rotation: int, expected: Box
) -> None:
    field = SigFieldSpec("Người ký", on_page=1, box=(60, 400, 160, 450))
    pdf = pdfs.with_signature_fields(pdfs.text_pdf(2, rotation=rotation, crop=CROP), field, SigFieldSpec("ẩn"))
    seen, invisible = gateway.inspect(make_file(pdf)).signature_fields
    assert (seen.name, seen.is_signed) == ("Người ký", False)
    assert seen.box == expected
    assert (invisible.name, invisible.box) == ("ẩn", None)


def test_names_and_values_are_inherited(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    pdf = pdfs.with_form(
        "<</T(phong)/FT/Sig/V<</Type/Sig>>/Kids[{kid} 0 R]>>", "<</T(truong)/Subtype/Widget/Rect[10 10 60 40]>>"
    )
    (field,) = gateway.inspect(make_file(pdf)).signature_fields
    assert (field.name, field.is_signed) == ("phong.truong", True)
    assert field.box == Box(0, 10, 802, 50, 30), "found through the page's /Annots, as the widget names no page"


def test_a_form_that_runs_in_circles_ends(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    pdf = pdfs.with_form("<</T(a)/FT/Sig/Kids[{kid} 0 R]>>", "<</T(b)/Kids[{field} 0 R {kid} 0 R]>>")
    assert gateway.inspect(make_file(pdf)).signature_fields == ()


@pytest.mark.parametrize("level", list(MDPPerm))
def test_certification_level(gateway: ChildDocumentGateway, make_file: MakeFile, level: MDPPerm) -> None:
    info = gateway.inspect(make_file(pdfs.certified_outline(level)))
    assert info.certification is CertificationLevel(level.value)
    assert info.is_signed


def test_a_claim_to_be_pdf_a_is_read(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    claim = gateway.inspect(make_file(pdfa.claiming(pdfs.text_pdf(), 2, "U"))).archival
    assert claim is not None
    assert claim.name == "PDF/A-2u"
    assert gateway.inspect(make_file(pdfs.text_pdf())).archival is None


@pytest.mark.parametrize(
    "metadata", [b" " * (200 << 20), b"\x00\xff" * 50, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_hostile_metadata_claim_nothing(gateway: ChildDocumentGateway, make_file: MakeFile, metadata: bytes) -> None:
    with pymupdf.open(stream=pdfa.claiming(pdfs.text_pdf(), 1, "B"), filetype="pdf") as document:
        document.update_stream(document.xref_xml_metadata(), metadata, compress=True)
        path = make_file(bytes(document.tobytes()))
    info = gateway.inspect(path)
    assert info.archival is None
    assert len(info.pages) == 1


def test_xfa_repair_and_encryption_are_told(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    assert gateway.inspect(make_file(pdfs.xfa_pdf(), "xfa.pdf")).has_xfa
    assert gateway.inspect(make_file(pdfs.repairable_pdf(), "sửa.pdf")).is_repaired
    assert gateway.inspect(make_file(pdfs.encrypted_pdf(user_password=""), "mã hóa.pdf")).is_encrypted


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdfs.EMPTY, ErrorCode.DOCUMENT_EMPTY),
        (pdfs.jpeg(), ErrorCode.DOCUMENT_NOT_PDF),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ErrorCode.DOCUMENT_NOT_PDF),
        (b"\0" * 1020 + pdfs.text_pdf(), ErrorCode.DOCUMENT_NOT_PDF),
        (pdfs.encrypted_pdf(), ErrorCode.DOCUMENT_ENCRYPTED),
        (pdfs.damaged_pdf(), ErrorCode.DOCUMENT_DAMAGED),
        (b"%PDF-1.7\n", ErrorCode.DOCUMENT_DAMAGED),
    ],
)
def test_what_is_no_readable_pdf_is_named(
    gateway: ChildDocumentGateway, make_file: MakeFile, content: bytes, code: ErrorCode
) -> None:
    path = make_file(content)
    with pytest.raises(DocumentError) as caught:
        gateway.inspect(path)
    assert caught.value.code is code
    assert caught.value.facts["path"] == str(path)


def test_missing_and_unreadable_files(gateway: ChildDocumentGateway, tmp_path: Path) -> None:
    for path, code in (
        (tmp_path / "không có.pdf", ErrorCode.DOCUMENT_NOT_FOUND),
        (tmp_path, ErrorCode.DOCUMENT_UNREADABLE),
    ):
        with pytest.raises(DocumentError) as caught:
            gateway.inspect(path)
        assert caught.value.code is code


def test_a_name_that_is_no_unicode_still_opens(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    path = make_file(pdfs.text_pdf(), "c\udcf4ng v\udce1n.pdf")
    assert gateway.inspect(path).path == path
    path.write_bytes(b"")
    with pytest.raises(DocumentError, match=r"document\.empty"):
        gateway.inspect(path)


def test_signatures_name_their_signers_and_rubbish_names_nobody(
    gateway: ChildDocumentGateway, make_file: MakeFile
) -> None:
    pki = SmallPki()
    people = [pki.person(name) for name in ("Trần Thị Bình", "Lê Văn Năm")]
    pdf = signed_pdf.make_pdf()
    for number, person in enumerate(people):
        pdf = signed_pdf.sign(pdf, signed_pdf.simple_signer(person), field=f"S{number}")
    pdf = signed_pdf.stamp_document(pdf, signed_pdf.time_stamper(people[0]))
    fields = gateway.inspect(make_file(pdf)).signature_fields
    assert [field.signer_sha256 for field in fields] == [
        *(hashlib.sha256(person.der).hexdigest() for person in people),
        "",
    ], "a document timestamp is nobody's signature"

    for rubbish in ("()", "<>", "(no CMS)", "<30820000>", "<3082FFFF00>", "7"):
        spoilt = pdfs.with_form(f"<</T(a)/FT/Sig/V<</Type/Sig/Contents {rubbish}>>/Kids[{{kid}} 0 R]>>", "<<>>")
        (field,) = gateway.inspect(make_file(spoilt)).signature_fields
        assert (field.is_signed, field.signer_sha256) == (True, ""), rubbish
