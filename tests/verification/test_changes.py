"""What later revisions may do, and what is said of what they did."""

import io
import re
import zlib
from types import ModuleType

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers

from bdsigner.messages.findings import describe_finding
from bdsigner.model.verification import Finding, FindingCode, Verdict
from bdsigner.verification.changes import history, later
from bdsigner.verification.changes.page_numbers import as_ranges
from bdsigner.verification.changes.permissions import Lock
from bdsigner.verification.changes.references import targets_in
from tests.assets.attacks.attack import FONT, FORM, Scene, body_of, page_of, show, simple, update
from tests.support.raw_pdf import pdf, stream
from tests.support.signed_pdf import embed, fill_form, make_pdf, replace_page_text, revision_of, signed_data, written
from tests.support.small_pki import SmallPki
from tests.verification.conftest import Documents, Judge, codes


@pytest.fixture(scope="module")
def scene(pki: SmallPki) -> Scene:
    return Scene(pki)


def only(findings: tuple[Finding, ...], code: FindingCode) -> Finding:
    (found,) = [one for one in findings if one.code is code]
    return found


def test_pages_and_things_are_named_in_words(judge: Judge, scene: Scene) -> None:
    signed = scene.sign(make_pdf(pages=3))
    report = judge(replace_page_text(signed))
    finding = only(report.signatures[0].findings, FindingCode.CHANGED_OTHER)
    assert (finding.facts["pages"], finding.facts["things"]) == ("1", "page_content")
    assert describe_finding(finding).endswith("Phần liên quan: nội dung trang. Trang: 1.")


def test_resaved_objects_of_the_same_content_are_no_change(judge: Judge, scene: Scene) -> None:
    data = scene.sign(simple())
    moved = body_of(data, 3).replace(b"4 0 R", b"90 0 R")
    report = judge(update(data, {3: moved, 4: show(b"Pay 100"), 5: FONT, 90: show(b"Pay 100")}))
    assert report.verdict is Verdict.VALID


def test_recompressed_content_is_no_change_and_other_content_is(judge: Judge, scene: Scene) -> None:
    text = b"BT /F1 12 Tf 72 700 Td (Pay 100) Tj ET"

    def packed(content: bytes, level: int) -> bytes:
        return stream(zlib.compress(content, level), b"/Filter/FlateDecode")

    base = pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page_of(),
        packed(text, 1),
        FONT,
    )
    data = scene.sign(base)
    page = body_of(data, 3).replace(b"4 0 R", b"90 0 R")
    assert judge(update(data, {3: page, 90: packed(text, 0)})).verdict is Verdict.VALID
    assert judge(update(data, {3: page, 90: packed(text + b" ", 0)})).verdict is Verdict.INVALID


def test_objects_that_nothing_reaches_are_no_change(judge: Judge, scene: Scene) -> None:
    report = judge(update(scene.signed, {90: show(b"nobody sees this"), 91: b"<</Loose 90 0 R>>"}))
    assert report.verdict is Verdict.VALID
    assert FindingCode.CHANGED_LTV_ADDED in codes(report)


def test_dates_metadata_and_validation_data_are_no_change(judge: Judge, scene: Scene) -> None:
    writer = revision_of(scene.signed)
    certificate = writer.add_object(generic.StreamObject(stream_data=scene.pki.issuing.der))
    dss = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([certificate])})
    writer.root[pdf_name("/DSS")] = writer.add_object(dss)
    writer.update_root()
    assert judge(written(writer)).verdict is Verdict.VALID


@pytest.mark.parametrize("password", [""])
def test_encrypted_for_everyone_is_read(judge: Judge, scene: Scene, password: str) -> None:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(make_pdf())))
    writer.encrypt("owner", password)
    out = io.BytesIO()
    writer.write(out)
    data = out.getvalue()
    for name in ("First", "Second"):
        later = IncrementalPdfFileWriter(io.BytesIO(data))
        later.encrypt(password)
        signed = io.BytesIO()
        metadata = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256")
        signers.PdfSigner(metadata, scene.signer).sign_pdf(later, output=signed, bytes_reserved=16384)
        data = signed.getvalue()
    report = judge(data)
    assert [one.verdict for one in report.signatures] == [Verdict.VALID, Verdict.VALID]
    assert FindingCode.CHANGED_SIGNATURES_ADDED in codes(report)


def _hybrid() -> bytes:
    """A table whose hidden objects are in a stream that only newer readers look at (ISO 32000-2 §7.5.8.4)."""
    packed = stream(b"5 0 " + FONT, b"/Type/ObjStm/N 1/First 4")
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: page_of(),
        4: show(b"Pay 100"),
        6: packed,
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number, body in bodies.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    hidden = len(out)
    row = b"\x02" + (6).to_bytes(4, "big") + bytes(2)
    out += b"7 0 obj\n%s\nendobj\n" % stream(row, b"/Type/XRef/Root 1 0 R/Size 8/W[1 4 2]/Index[5 1]")
    start = len(out)
    rows = [b"%010d 00000 n \n" % offsets[one] if one in offsets else b"0000000000 65535 f \n" for one in range(7)]
    out += b"xref\n0 7\n" + b"".join(rows)
    out += b"trailer\n<</Root 1 0 R/Size 8/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (hidden, start)
    return bytes(out)


def test_hybrid_files_are_read(judge: Judge, scene: Scene) -> None:
    signed = _hybrid()
    for name in ("First", "Second"):  # pyHanko's own signer refuses such files
        signed = embed(signed, lambda digest: bytes(signed_data(scene.signer, digest).dump()), field=name)
    report = judge(signed)
    assert len(report.signatures) == 2
    assert all(
        {FindingCode.CONTENT_INTACT, FindingCode.KEY_MATCHES} <= {one.code for one in signature.findings}
        for signature in report.signatures
    )
    assert FindingCode.CHANGED_OTHER not in codes(report)
    changed = judge(update(signed, {5: FONT.replace(b"Helvetica", b"Symbol")}))
    assert FindingCode.CHANGED_OTHER in codes(changed)


def test_ranges_of_pages() -> None:
    assert as_ranges([]) == ""
    assert as_ranges({5, 3, 4, 1, 9}) == "1, 3–5, 9"
    assert as_ranges(range(1, 60, 2)).endswith("19…")


def test_locks() -> None:
    names = frozenset({"A.B", "C"})
    assert [Lock(action="/Include", names=names).holds(one) for one in ("A", "A.B", "A.B.D", "AB")] == [False, True, True, False]  # fmt: skip
    assert [Lock(action="/Exclude", names=names).holds(one) for one in ("C", "D")] == [False, True]
    assert Lock(action="/All", names=frozenset()).holds("any")
    assert Lock(action="unknown", names=frozenset()).holds("any")


def test_a_direct_field_hides_no_direct_annotation(judge: Judge, scene: Scene) -> None:
    """Objects without a number must not be taken for one another."""
    base = simple(b"[]", b"[]", page=page_of(entries=b"/Annots 6 0 R"), catalog=b"/AcroForm<</Fields 7 0 R>>")
    signed = scene.sign(base, field="First")
    signed = scene.sign(signed, field="Second")
    value = max(int(one) for one in re.findall(rb"(\d+) 0 obj\s*<<\s*/Contents", signed))
    field = b"<</FT/Sig/T(Third)/Subtype/Widget/Rect[0 0 0 0]/V %d 0 R>>" % value
    note = b"<</Subtype/Stamp/Rect[60 680 460 740]/AP<</N 90 0 R>>>>"
    fields, notes = (body_of(signed, one).strip(b"[] \n") for one in (7, 6))
    attacked = update(signed, {7: b"[%s %s]" % (fields, field), 6: b"[%s %s]" % (notes, note), 90: stream(b"", FORM)})
    assert FindingCode.CHANGED_ANNOTATED in codes(judge(attacked), 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (b"[1 0 R 22 0 R]", {1, 22}),
        (b"<</A 5\x000\nR/B(7 0 R)>>", {5, 7}),
        (b"5%c\n0 %" + b"x" * 5000 + b"\rR", {5}),
        (b"0" * 5000 + b"12 0 R", {12}),
        (b"(%) 3 0 R", {3}),
        (b"9" * 5000 + b" 0 R 1 0 obj", set()),
    ],
)
def test_references_are_never_missed(text: bytes, numbers: set[int]) -> None:
    assert targets_in(text) >= numbers


@pytest.mark.parametrize(("module", "name"), [(history, "MAX_SECONDS"), (later, "MAX_OBJECTS")])
def test_beyond_the_limits_nothing_counts_as_unchanged(
    judge: Judge, documents: Documents, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    monkeypatch.setattr(module, name, 0)
    for data in (documents.twice, documents.stamped, replace_page_text(documents.bt), fill_form(documents.bt)):
        report = judge(data)
        assert report.verdict is Verdict.INDETERMINATE
        assert codes(report) >= {FindingCode.CONTENT_INTACT, FindingCode.CHANGES_NOT_ANALYSED}
    assert judge(documents.bt).verdict is Verdict.VALID, "nothing came later"
