"""Content prepared before signing and not used yet is told; what editors and signing programs leave behind is not."""

import pytest

from bdsigner.model.verification import FileReport, FindingCode, Severity, Verdict
from bdsigner.verification.changes import history
from tests.assets.attacks.attack import FONT, FORM, page_of, simple, update
from tests.assets.attacks.shadow_hide import hidden_page, two_catalogs
from tests.support.raw_pdf import stream
from tests.support.signed_pdf import many_objects_pdf, sign, stamp_document
from tests.verification.conftest import Documents, Judge

NOTE = b"<</Type/Annot/Subtype/FreeText/Rect[70 690 300 720]/Contents(x)>>"
LOOP = (
    b"<</Type/Pages/Kids[7 0 R]/Count 1>>",
    page_of(b"4 0 R").replace(b"/Parent 2 0 R", b"/Parent 6 0 R"),
)
"""A page tree and its page: each is referred to, by the other only."""


def _unused(report: FileReport) -> list[str]:
    told = [one for one in report.findings if one.code is FindingCode.UNREFERENCED_CONTENT]
    assert all(one.severity is Severity.NOTE for one in told)
    return [number for one in told for number in one.facts["objects"].split(", ")]


@pytest.mark.parametrize(
    ("base", "objects"),
    [
        pytest.param(two_catalogs(), ["6", "7", "8"], id="catalog, its page tree and page"),
        pytest.param(hidden_page(), ["6"], id="page"),
        pytest.param(simple(*LOOP), ["6", "7"], id="page tree that leads to itself"),
        pytest.param(simple(stream(b"0 g", FORM)), ["6"], id="form"),
        pytest.param(simple(NOTE), ["6"], id="annotation"),
        pytest.param(simple(FONT), ["6"], id="font"),
        pytest.param(simple(b"<</Type[1]/Subtype<<>>>>", FONT), ["7"], id="font beside odd values"),
        pytest.param(simple(NOTE.replace(b"/FreeText", b"/Widget/FT/Tx")), ["6"], id="text field"),
    ],
)
def test_content_that_waits_is_told_and_condemns_nothing(
    judge: Judge, documents: Documents, base: bytes, objects: list[str]
) -> None:
    signed = sign(base, documents.signer, stamper=documents.stamper)
    report = judge(signed)
    assert report.verdict is Verdict.VALID
    assert _unused(report) == objects
    later = judge(stamp_document(signed, documents.stamper))
    assert _unused(later) == objects


def test_ordinary_documents_hold_nothing_back(judge: Judge, documents: Documents) -> None:
    for data in (documents.bb, documents.bt, documents.twice, documents.stamped, documents.certified):
        assert _unused(judge(data)) == []


@pytest.mark.parametrize(
    "base",
    [
        pytest.param(update(simple(), {6: b"<</Type/Catalog/Pages 2 0 R>>"}, root=b"6 0 R"), id="catalog of before"),
        pytest.param(update(simple(), {3: page_of(entries=b"/Rotate 90")}), id="page as it was"),
        pytest.param(update(simple(NOTE), freed=(6,)), id="freed"),
        pytest.param(simple(b"<</Subtype/Widget/Rect[0 0 9 9]>>"), id="look of a signature"),
        pytest.param(simple(b"<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]>>"), id="signature field"),
        pytest.param(simple(stream(b"q Q", b"/Type/Metadata"), b"[1 2 3]", b"(text)"), id="no content"),
    ],
)
def test_leftovers_are_not_told(judge: Judge, documents: Documents, base: bytes) -> None:
    assert _unused(judge(sign(base, documents.signer))) == []


def test_what_comes_after_the_signature_is_a_change_not_a_leftover(judge: Judge, documents: Documents) -> None:
    report = judge(update(documents.bb, {90: NOTE}))
    assert _unused(report) == []


def test_too_much_to_look_at_leaves_the_verdict(
    judge: Judge, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign(many_objects_pdf(pages=400), documents.signer)
    assert _unused(judge(signed)) == []
    monkeypatch.setattr(history, "MAX_SECONDS", -1.0)
    report = judge(signed)
    assert report.verdict is Verdict.VALID
    assert _unused(report) == []
