"""Detached content found or asked for; what a signed file carries judged too, through the real child."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.verification import FileKind, FileReport, FindingCode, Verdict
from bdsigner.usecases.signed_content import MAX_DEPTH
from bdsigner.usecases.verify_files import verify_files
from tests.documents.parts import NoNetwork, profile
from tests.fakes.people import FakeProgress
from tests.fakes.services import reading_services
from tests.support.bombs import huge_page
from tests.support.signed_cms import compressed, signed_cms, write_large
from tests.support.signed_pdf import make_pdf, replace_page_text, sign, simple_signer
from tests.support.small_pki import SmallPki

TEXT = b"Quyet dinh so 12\n"
INTACT = {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT}


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(profile(tmp_path_factory.mktemp("profile")), NoNetwork())
    yield gateway
    gateway.close()


@pytest.fixture(scope="module")
def pki() -> SmallPki:
    return SmallPki()


def _cms(pki: SmallPki, content: bytes, *, detached: bool = False) -> bytes:
    made = signed_cms(simple_signer(pki.signer, pki.issuing), content, detached=detached)
    return bytes(made.dump())


def _judge(documents: ChildDocumentGateway, path: Path, content: Path | None = None) -> FileReport:
    said = {path: content} if content is not None else {}
    services = reading_services(documents)
    (outcome,) = verify_files([path], services, progress=FakeProgress(), contents=said)
    assert outcome.report is not None, outcome.error
    return outcome.report


def _codes(report: FileReport) -> set[FindingCode]:
    return {finding.code for finding in report.all_findings}


@pytest.mark.parametrize(("signature", "content"), [("a.pdf.p7s", "a.pdf"), ("a.p7s", "a.docx"), ("a.P7S", "a")])
def test_content_is_found_beside(
    documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path, signature: str, content: str
) -> None:
    (tmp_path / signature).write_bytes(_cms(pki, TEXT, detached=True))
    (tmp_path / content).write_bytes(TEXT)
    (tmp_path / "a.txt").write_bytes(b"something else")
    report = _judge(documents, tmp_path / signature)
    assert _codes(report) >= INTACT
    assert report.content is not None
    assert report.content.name == content


def test_named_content_that_changed_is_said(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    (tmp_path / "a.pdf.p7s").write_bytes(_cms(pki, TEXT, detached=True))
    (tmp_path / "a.pdf").write_bytes(TEXT + b"more")
    assert _judge(documents, tmp_path / "a.pdf.p7s").verdict is Verdict.INVALID


def test_a_namesake_is_not_accused(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    signature, elsewhere = tmp_path / "a.p7s", tmp_path / "goc.pdf"
    signature.write_bytes(_cms(pki, TEXT, detached=True))
    (tmp_path / "a.docx").write_bytes(b"the draft")
    elsewhere.write_bytes(TEXT)
    assert _judge(documents, signature).lacks_content
    assert _codes(_judge(documents, signature, elsewhere)) >= INTACT


def test_signed_pdf_inside(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    signed = sign(make_pdf(), simple_signer(pki.signer, pki.issuing))
    path = tmp_path / "a.pdf.p7m"
    path.write_bytes(_cms(pki, signed))
    report = _judge(documents, path)
    assert report.inner is not None
    assert report.inner.kind is FileKind.PDF
    assert len(report.inner.signatures) == 1
    assert _codes(report) >= INTACT | {FindingCode.INNER_UNCLEAR}  # no anchors here

    path.write_bytes(_cms(pki, replace_page_text(signed)))
    changed = _judge(documents, path)
    assert changed.verdict is Verdict.INVALID
    assert _codes(changed) >= INTACT | {FindingCode.INNER_INVALID}


def test_unsigned_and_unreadable_content(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    path = tmp_path / "a.p7m"
    for content in (make_pdf(), huge_page(), b"%PDF-1.7 cut"):
        path.write_bytes(_cms(pki, content))
        report = _judge(documents, path)
        assert _codes(report) >= INTACT
        assert not _codes(report) & {FindingCode.INNER_INVALID, FindingCode.INNER_VALID}


def test_files_within_files_end(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    data = _cms(pki, TEXT)
    for _ in range(MAX_DEPTH + 2):
        data = _cms(pki, data)
    path = tmp_path / "a.p7m"
    path.write_bytes(data)
    report: FileReport | None = _judge(documents, path)
    levels = 0
    while report is not None:
        innermost, report, levels = report, report.inner, levels + 1
    assert levels == MAX_DEPTH + 1
    assert FindingCode.INNER_NOT_CHECKED in _codes(innermost)


def test_envelope_is_as_good_as_what_is_inside(documents: ChildDocumentGateway, pki: SmallPki, tmp_path: Path) -> None:
    path = tmp_path / "a.p7m"
    path.write_bytes(compressed(_cms(pki, TEXT)))
    report = _judge(documents, path)
    assert report.verdict is Verdict.INDETERMINATE  # no anchors here
    assert report.inner is not None
    assert _codes(report.inner) >= INTACT
    path.write_bytes(compressed(b"%PDF-1.7 cut"))
    assert _judge(documents, path).verdict is Verdict.INDETERMINATE


def test_large_content_is_hashed_in_blocks(pki: SmallPki, tmp_path: Path) -> None:
    signer = simple_signer(pki.signer, pki.issuing)
    small, large, text = tmp_path / "a.p7m", tmp_path / "b.p7m", tmp_path / "c.p7m"
    write_large(small, signer, b"x" * 1000, 3)
    write_large(large, signer, b"x" * (64 << 10), 1700)
    write_large(text, signer, b"x" * (64 << 10), 300)
    text.write_bytes(base64.encodebytes(text.read_bytes()))
    documents = ChildDocumentGateway(profile(tmp_path), NoNetwork())
    try:
        assert _codes(_judge(documents, small)) >= INTACT
        idle = _peak_bytes(documents)
        for path, pieces in ((large, 1700), (text, 300)):
            report = _judge(documents, path)
            assert _codes(report) >= INTACT
            assert report.content is not None
            assert report.content.size_bytes == pieces * (64 << 10)
        assert _peak_bytes(documents) - idle <= 50 << 20
    finally:
        documents.close()


def _peak_bytes(documents: ChildDocumentGateway) -> int:
    status = Path(f"/proc/{documents.ping(Lane.WORK).pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))
