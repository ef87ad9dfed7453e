"""Published attacks on PDF signatures, as shapes made by code: none may come out as valid (hardening.md V1, V2)."""

import io
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from bdsigner.errors import DocumentError
from bdsigner.model.verification import FileReport, FindingCode, Severity, Verdict
from tests.support.signed_pdf import (
    Gap,
    add_empty_field,
    annotate,
    fill_form,
    make_pdf,
    replace_page_text,
    revision_of,
    sign,
    simple_signer,
    written,
)
from tests.verification.conftest import Documents, Judge, codes, file_codes

FAKE = b"\n4 0 obj\n<</Type /Page /MediaBox [0 0 9 9]>>\nendobj\n"


def _startxref(data: bytes) -> bytes:
    return re.findall(rb"startxref\s+(\d+)", data)[-1]


def _appended_text(data: bytes) -> bytes:
    return data + b"appended"


def _appended_objects(data: bytes) -> bytes:
    return data + FAKE + b"%%EOF\n"


def _appended_with_old_startxref(data: bytes) -> bytes:
    return data + FAKE + b"startxref\n" + _startxref(data) + b"\n%%EOF\n"


def _appended_with_zero_startxref(data: bytes) -> bytes:
    return data + FAKE + b"startxref\n0\n%%EOF\n"


def _appended_trailer_only(data: bytes) -> bytes:
    return data + FAKE + b"trailer\n<</Root 1 0 R /Prev " + _startxref(data) + b">>\n%%EOF\n"


@pytest.mark.parametrize(
    "attack",
    [_appended_text, _appended_objects, _appended_with_zero_startxref, _appended_trailer_only],
)
def test_bytes_behind_the_last_revision(judge: Judge, documents: Documents, attack: Callable[[bytes], bytes]) -> None:
    report = judge(attack(documents.bt))
    assert report.verdict is Verdict.INVALID
    assert FindingCode.TRAILING_BYTES in file_codes(report)
    assert report.judged_bytes == len(documents.bt)
    assert report.signatures[0].verdict is Verdict.VALID


def test_appended_bytes_with_the_old_startxref(judge: Judge, documents: Documents) -> None:
    report = judge(_appended_with_old_startxref(documents.bt))
    assert report.verdict is Verdict.INVALID
    assert FindingCode.COVERAGE_UNCLEAR in codes(report)


@pytest.mark.parametrize(
    ("attack", "code", "verdict"),
    [
        (replace_page_text, FindingCode.CHANGED_OTHER, Verdict.INVALID),
        (annotate, FindingCode.CHANGED_ANNOTATED, Verdict.INDETERMINATE),
        (fill_form, FindingCode.CHANGED_FORM_FILLED, Verdict.INDETERMINATE),
        (add_empty_field, FindingCode.CHANGED_FORM_FILLED, Verdict.INDETERMINATE),
    ],
)
def test_later_revision(
    judge: Judge, documents: Documents, attack: Callable[[bytes], bytes], code: FindingCode, verdict: Verdict
) -> None:
    report = judge(attack(documents.bt))
    assert report.verdict is verdict
    assert code in codes(report)
    # A second signature on top does not wash the change away.
    resigned = judge(sign(attack(documents.bt), documents.signer, field="Second", stamper=documents.stamper))
    assert resigned.signatures[0].verdict is verdict
    assert resigned.verdict is verdict


def test_two_later_revisions_are_both_named(judge: Judge, documents: Documents) -> None:
    report = judge(replace_page_text(fill_form(documents.bt)))
    assert codes(report) >= {FindingCode.CHANGED_FORM_FILLED, FindingCode.CHANGED_OTHER}


def test_certification_forbids(judge: Judge, documents: Documents) -> None:
    report = judge(replace_page_text(documents.certified))
    assert report.verdict is Verdict.INVALID
    assert FindingCode.CHANGES_FORBIDDEN in codes(report)


@pytest.mark.parametrize("subfilter", [b"adbe.x509.rsa_sha1", b"adbe.pkcs7.sha1", b"ETSI.CAdES.detachex", b"Foo", b""])
def test_unknown_subfilter_is_named_never_hidden(judge: Judge, documents: Documents, subfilter: bytes) -> None:
    old = b"/ETSI.CAdES.detached"
    data = documents.bt.replace(old, (b"/" + subfilter).ljust(len(old)) if subfilter else b" " * len(old))
    report = judge(data)
    assert len(report.signatures) == 1
    assert report.verdict is not Verdict.VALID
    if subfilter and not subfilter.startswith((b"adbe.pkcs7", b"adbe.x509")):
        assert FindingCode.UNSUPPORTED_SUBFILTER in codes(report)
        assert report.signatures[0].subfilter == subfilter.decode()


def test_form_removed_by_a_later_revision(judge: Judge, documents: Documents) -> None:
    writer = revision_of(documents.bt)
    del writer.root["/AcroForm"]
    writer.update_root()
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Annots")] = generic.ArrayObject()
    writer.update_container(page)
    report = judge(written(writer))
    assert report.verdict is Verdict.INVALID
    assert file_codes(report) == {FindingCode.SIGNATURE_REMOVED}
    assert [one.verdict for one in report.signatures] == [Verdict.VALID]
    assert report.judged_bytes == len(documents.bt)


def test_signature_that_only_a_late_page_lists(judge: Judge, documents: Documents) -> None:
    """No form names it, and there are more pages than are looked at for nothing."""
    signed = sign(make_pdf(pages=60), documents.signer, visible=True)
    writer = revision_of(signed)
    form, pages = writer.root["/AcroForm"], writer.root["/Pages"]["/Kids"]
    field = form["/Fields"].raw_get(0)
    form[pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(form)
    for page, annotations in ((pages[0], []), (pages[59], [generic.IndirectObject(field.idnum, 0, writer)])):
        page[pdf_name("/Annots")] = generic.ArrayObject(annotations)
        writer.update_container(page)
    report = judge(written(writer))
    assert [one.field_name for one in report.signatures] == ["Signature1"]
    assert report.verdict is Verdict.INVALID


def test_file_cut_inside_its_signature_does_not_look_unsigned(judge: Judge, documents: Documents) -> None:
    _, first, second, _ = Gap.of(documents.bt).byte_range
    report = judge(documents.bt[: (first + second) // 2])
    assert report.verdict is Verdict.INVALID
    assert file_codes(report) == {FindingCode.TRAILING_BYTES, FindingCode.SIGNATURE_UNREADABLE}
    assert report.judged_bytes == len(documents.plain)


def test_signature_in_a_nested_field_of_no_form(judge: Judge, documents: Documents) -> None:
    """The field hangs under a parent that carries its type; the widget alone is on the page."""
    writer = revision_of(documents.bt)
    form = writer.root["/AcroForm"]
    signed = next(one for one in form["/Fields"] if one.get_object().get("/FT") == "/Sig")
    parent = generic.DictionaryObject({pdf_name("/T"): generic.pdf_string("Group"), pdf_name("/FT"): pdf_name("/Sig"),
                                       pdf_name("/Kids"): generic.ArrayObject([generic.IndirectObject(signed.idnum, signed.generation, writer)])})  # fmt: skip
    form[pdf_name("/Fields")] = generic.ArrayObject([writer.add_object(parent)])
    writer.update_container(form)
    report = judge(written(writer))
    assert [one.field_name for one in report.signatures] == ["Group.Signature1"]
    assert report.verdict is Verdict.INVALID


def test_attacker_signs_over_the_change(judge: Judge, documents: Documents) -> None:
    attacker = simple_signer(documents.pki.foreign)
    report = judge(sign(replace_page_text(documents.bt), attacker, field="Evil"))
    assert report.signatures[0].verdict is Verdict.INVALID
    assert report.signatures[1].verdict is Verdict.INDETERMINATE


def test_loops_and_depth_do_not_hang(judge: Judge, documents: Documents) -> None:
    writer = revision_of(documents.plain)
    loop = generic.DictionaryObject({pdf_name("/T"): generic.pdf_string("loop"), pdf_name("/FT"): pdf_name("/Sig")})
    reference = writer.add_object(loop)
    loop[pdf_name("/Kids")] = generic.ArrayObject([reference, reference])
    writer.root["/AcroForm"]["/Fields"].append(reference)
    writer.update_container(writer.root["/AcroForm"]["/Fields"])
    assert judge(written(writer)).verdict is None


def test_signed_content_changed_in_one_byte(judge: Judge, documents: Documents) -> None:
    at = documents.bt.index(b"\nstream") + 10
    report = judge(documents.bt[:at] + bytes([documents.bt[at] ^ 1]) + documents.bt[at + 1 :])
    assert report.verdict is Verdict.INVALID
    assert {FindingCode.CONTENT_CHANGED, FindingCode.KEY_MATCHES} <= codes(report)


def _is_sound(report: FileReport) -> bool:
    return report.verdict is Verdict.VALID or any(
        {FindingCode.CONTENT_INTACT, FindingCode.COVERS_WHOLE_FILE} <= {finding.code for finding in one.findings}
        and all(finding.severity is not Severity.FAIL for finding in one.findings)
        for one in report.signatures
    )


_BOUNDED = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the fixtures only write and read a file


@_BOUNDED
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_any_changed_byte_in_the_signed_range_is_noticed(
    judge: Judge, documents: Documents, place: float, value: int
) -> None:
    data = documents.bt
    _, first, second, length = Gap.of(data).byte_range
    at = int(place * (first + length))
    at += second - first if at >= first else 0
    if data[at] == value:
        return
    try:
        report = judge(data[:at] + bytes([value]) + data[at + 1 :], fetcher=None)
    except DocumentError:
        return
    assert not _is_sound(report)
    assert report.verdict is not None


@_BOUNDED
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_any_changed_byte_in_the_cms_is_no_crash_and_no_other_content(
    judge: Judge, documents: Documents, place: float, value: int
) -> None:
    data = documents.bt
    _, first, second, _ = Gap.of(data).byte_range
    at = first + int(place * (second - first))
    report = judge(data[:at] + bytes([value]) + data[at + 1 :], fetcher=None)
    assert len(report.signatures) == 1
    assert report.verdict in (Verdict.INDETERMINATE, Verdict.INVALID)


@_BOUNDED
@given(cut=st.floats(0, 1), again=st.floats(0, 1), garbage=st.binary(max_size=40))
def test_cut_and_spliced_files_are_typed_and_never_valid(
    judge: Judge, documents: Documents, cut: float, again: float, garbage: bytes
) -> None:
    data = documents.twice
    length = int(cut * len(data))
    for mutated in (data[:length], data[:length] + garbage + data[int(again * len(data)) :]):
        if mutated == data:
            continue
        try:
            report = judge(mutated, fetcher=None)
        except DocumentError:
            continue
        assert report.verdict is not Verdict.VALID


@_BOUNDED
@given(data=st.binary(max_size=400))
def test_garbage_behind_a_header_is_typed(judge: Judge, data: bytes) -> None:
    try:
        report = judge(b"%PDF-1.7\n" + data + b"\nstartxref\n9\n%%EOF")
    except DocumentError:
        return
    assert report.verdict is not Verdict.VALID


def test_stream_reader_is_bounded(documents: Documents) -> None:
    from bdsigner.formats.views import FileSlice

    prefix = io.BufferedReader(FileSlice(io.BytesIO(documents.bt), 0, 100))
    assert prefix.read() == documents.bt[:100]
    assert prefix.seek(-10, io.SEEK_END) == 90
    assert prefix.read(50) == documents.bt[90:100]
    with pytest.raises(OSError, match="negative"):
        prefix.raw.seek(-1)
