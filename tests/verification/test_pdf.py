"""Verdicts on sound documents, and on files that hold nothing to judge."""

import hashlib
import io
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import SigSeedSubFilter

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.verification import FileReport, FindingCode, Severity, Verdict
from bdsigner.verification.pdf import verify_pdf
from tests.support.signed_pdf import make_pdf, sign, simple_signer, stamp_document
from tests.support.small_pki import NOW, MemoryNetwork, SmallPki
from tests.verification.conftest import Documents, Judge, codes, file_codes


def test_timestamped_signature_is_valid(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bt)
    assert report.verdict is Verdict.VALID
    assert report.sha256 == hashlib.sha256(documents.bt).hexdigest()
    assert report.judged_bytes == report.size_bytes == len(documents.bt)
    (signature,) = report.signatures
    assert (signature.verdict, signature.field_name, signature.revision) == (Verdict.VALID, "Signature1", 1)
    assert signature.signer is not None
    assert signature.signer.common_name == "Nguyễn Văn Ánh"
    assert signature.signer_status is CertificateStatus.GOOD
    assert (signature.subfilter, signature.digest_algorithm) == ("ETSI.CAdES.detached", "sha256")
    assert signature.timestamp is not None
    assert (signature.timestamp.time, signature.timestamp.authority) == (NOW, "Dấu thời gian")
    assert signature.covered_bytes == len(documents.bt)
    assert signature.claimed_time is not None
    assert signature.claimed_time.tzinfo is not None
    assert codes(report) == {
        FindingCode.KEY_MATCHES,
        FindingCode.CONTENT_INTACT,
        FindingCode.COVERS_WHOLE_FILE,
        FindingCode.TIMESTAMP_VALID,
        FindingCode.CHAIN_TRUSTED,
        FindingCode.CERTIFICATE_IN_FORCE,
        FindingCode.CERTIFICATE_NOT_REVOKED,
    }


def test_without_timestamp_is_valid_with_a_note(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bb)
    assert report.verdict is Verdict.VALID
    (missing,) = [one for one in report.signatures[0].findings if one.code is FindingCode.TIMESTAMP_MISSING]
    assert missing.severity is Severity.NOTE
    assert report.signatures[0].timestamp is None


def test_two_signatures_stay_valid(judge: Judge, documents: Documents) -> None:
    report = judge(documents.twice)
    assert report.verdict is Verdict.VALID
    assert [one.revision for one in report.signatures] == [1, 2]
    assert [one.covered_bytes for one in report.signatures] == [len(documents.bt), len(documents.twice)]
    assert {FindingCode.COVERS_REVISION, FindingCode.CHANGED_SIGNATURES_ADDED} <= codes(report, 0)
    assert FindingCode.COVERS_WHOLE_FILE in codes(report, 1)


def test_document_timestamp_proves_the_time_of_what_it_covers(judge: Judge, documents: Documents) -> None:
    report = judge(documents.stamped)
    assert report.verdict is Verdict.VALID
    signature, stamp = report.signatures
    assert (signature.is_document_timestamp, stamp.is_document_timestamp) == (False, True)
    assert stamp.timestamp is not None
    assert stamp.timestamp.time == NOW
    assert {FindingCode.CHANGED_LTV_ADDED, FindingCode.TIMESTAMP_MISSING} <= codes(report, 0)


def test_certified_document_with_a_second_signature(judge: Judge, documents: Documents) -> None:
    signed = sign(documents.certified, documents.signer, field="Second", stamper=documents.stamper)
    report = judge(signed)
    assert report.verdict is Verdict.VALID
    assert FindingCode.CHANGES_FORBIDDEN not in codes(report)


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("pss", [False, True])
def test_other_shapes_are_valid(judge: Judge, pki: SmallPki, streams: bool, pss: bool) -> None:
    signer = simple_signer(pki.signer, pki.issuing, prefer_pss=pss)
    document = make_pdf(stream_xrefs=streams, pages=3)
    for subfilter in (SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED):
        for digest in ("sha384", "sha512"):
            assert judge(sign(document, signer, subfilter=subfilter, digest=digest)).verdict is Verdict.VALID


def test_unsigned_file_has_no_verdict(judge: Judge, documents: Documents) -> None:
    report = judge(documents.plain)
    assert (report.verdict, report.signatures, report.findings) == (None, (), ())


def test_white_space_behind_the_end_is_no_change(judge: Judge, documents: Documents) -> None:
    assert judge(documents.bt + b"\r\n\n \0").verdict is Verdict.VALID


def test_sha1_is_never_valid(judge: Judge, documents: Documents) -> None:
    report = judge(
        sign(documents.plain, documents.signer, digest="sha1", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    )
    assert report.verdict is Verdict.INDETERMINATE
    assert {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT, FindingCode.WEAK_DIGEST} <= codes(report)


def test_training_is_noted(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bt, is_training=True)
    assert (report.is_training, report.verdict) == (True, Verdict.VALID)
    assert file_codes(report) == {FindingCode.TRAINING_CERTIFICATE}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.DOCUMENT_EMPTY),
        (b"\xff\xd8\xff\xe0 JFIF", ErrorCode.DOCUMENT_NOT_PDF),
        (b"%PDF-1.7\nnothing", ErrorCode.DOCUMENT_DAMAGED),
        (b"%PDF-1.7\nstartxref\n0\n%%EOF\n" * 40, ErrorCode.DOCUMENT_DAMAGED),
    ],
)
def test_nothing_to_judge(judge: Judge, data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DocumentError) as caught:
        judge(data)
    assert caught.value.code is code


def test_missing_file_and_password(judge: Judge, documents: Documents, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        verify_pdf(tmp_path / "none.pdf", anchors=(), fetcher=None, checked_at=NOW, is_training=False)
    assert caught.value.code is ErrorCode.DOCUMENT_NOT_FOUND
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(documents.plain)))
    writer.encrypt("owner", "user")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(DocumentError) as caught:
        judge(out.getvalue())
    assert caught.value.code is ErrorCode.DOCUMENT_ENCRYPTED


def test_damaged_file_with_traces_does_not_look_unsigned(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bt[: documents.bt.index(b"/ByteRange") + 40].replace(b"startxref", b"startxxxx"))
    assert report.verdict is Verdict.INDETERMINATE
    assert file_codes(report) == {FindingCode.SIGNATURE_UNREADABLE}


def test_stamp_on_unsigned_document(judge: Judge, documents: Documents) -> None:
    report = judge(stamp_document(documents.plain, documents.stamper))
    assert report.verdict is Verdict.VALID
    (signature,) = report.signatures
    assert signature.signer is not None
    assert signature.signer.common_name == "Dấu thời gian"


def test_integrity_is_told_before_anyone_is_asked(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    told: list[FileReport] = []

    def tell(early: FileReport) -> None:
        assert network.asked == []
        told.append(early)

    report = judge(documents.twice, tell=tell)
    assert report.verdict is Verdict.VALID
    assert network.asked
    (early,) = told
    assert early.verdict is Verdict.INDETERMINATE
    for number, one in enumerate(early.signatures):
        assert FindingCode.JUDGING in codes(early, number)
        known = [finding for finding in one.findings if finding.severity is Severity.OK]
        assert known == list(report.signatures[number].findings[: len(known)])
        assert FindingCode.JUDGING not in codes(report, number)
    network.asked.clear()
    at = documents.bb.index(b"\nstream") + 10
    judge(documents.bb[:at] + b"#" + documents.bb[at + 1 :], tell=tell)
    assert told[-1].verdict is Verdict.INVALID


def test_nothing_is_told_of_an_unsigned_file(judge: Judge, documents: Documents) -> None:
    told: list[FileReport] = []
    judge(documents.plain, tell=told.append)
    assert told == []
