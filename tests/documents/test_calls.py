"""Signing, judging and assessing through the real child, with the training PKI."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway, Deadlines
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, SigningError, TokenError, UserCancelled
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.geometry import Box
from bdsigner.model.signature import AppearanceLine, SignatureLevel
from bdsigner.model.token import SignatureMechanism
from bdsigner.model.verification import Verdict
from bdsigner.net.fetch import HttpFetcher
from tests.signing.parts import Desk, Signer, TimestampServer, no_timestamp, visible
from tests.support import pdfs, pki
from tests.support.pki import Training

BOX = Box(0, 300, 600, 226, 85)


@pytest.fixture(scope="module")
def office(training: Training) -> Iterator[ChildDocumentGateway]:
    """A gateway with the training profile, whose PKI is on loopback."""
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.fixture
def desk(tmp_path: Path, training: Training) -> Desk:
    name = pki.CHAIRMAN
    signer = Signer(training.certificate(name), training.chain(name), training.key(name), SignatureMechanism.RSA_PKCS1)
    folder = tmp_path / "bàn ký"
    folder.mkdir()
    return Desk(folder, signer)


def test_a_signed_document_comes_out_and_is_judged(
    office: ChildDocumentGateway, desk: Desk, training: Training
) -> None:
    request = desk.request(pdfs.text_pdf(), level=SignatureLevel.B_T)
    result = office.sign(request, sign_digest=desk.signer.sign, request_timestamp=TimestampServer(training.tsa_url))
    assert result.level is SignatureLevel.B_T
    assert result.size_bytes == request.partial.stat().st_size
    assert office.inspect(request.partial).is_signed
    report = office.verify(request.partial)
    assert report.verdict is Verdict.VALID, report
    assert report.is_training
    assert report.judged_bytes == result.size_bytes


def test_the_preview_is_what_stands_in_the_file(office: ChildDocumentGateway, desk: Desk, tmp_path: Path) -> None:
    appearance = visible(tmp_path)
    request = desk.request(pdfs.text_pdf(), box=BOX, appearance=appearance)
    office.sign(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    preview = office.render_appearance(appearance, width_pt=BOX.width_pt, height_pt=BOX.height_pt, scale=2)
    assert preview.has_alpha
    assert (preview.width, preview.height) == (452, 170)
    (field,) = office.inspect(request.partial).signature_fields
    assert field.box == BOX
    page = office.render_page(request.partial, 0, scale=2)
    seen = pymupdf.Pixmap(pymupdf.csRGB, page.width, page.height, page.pixels, False)
    differing = 0
    for row in range(preview.height):
        for column in range(preview.width):
            start = 4 * (row * preview.width + column)
            red, green, blue, alpha = preview.pixels[start : start + 4]
            on_white = tuple(min(255, channel + 255 - alpha) for channel in (red, green, blue))
            there = seen.pixel(column + 2 * int(BOX.x_pt), row + 2 * int(BOX.y_pt))
            differing += max(abs(a - b) for a, b in zip(on_white, there, strict=True)) > 32
    assert differing < 0.01 * preview.width * preview.height


def test_a_preview_that_cannot_be_made_says_why(office: ChildDocumentGateway, tmp_path: Path) -> None:
    appearance = visible(tmp_path, lines=(AppearanceLine("Ký bởi:", "\N{SNOWMAN}"),))
    with pytest.raises(SigningError) as caught:
        office.render_appearance(appearance, width_pt=200, height_pt=80, scale=1)
    assert caught.value.code is ErrorCode.SIGNING_GLYPH_MISSING


@pytest.mark.parametrize("error", [UserCancelled(), TokenError(ErrorCode.TOKEN_REMOVED), ZeroDivisionError("a bug")])
def test_what_the_token_raises_comes_out_and_the_child_lives(
    office: ChildDocumentGateway, desk: Desk, error: Exception
) -> None:
    def sign_digest(digest: bytes) -> bytes:
        raise error

    pid = office.ping(Lane.WORK).pid
    request = desk.request(pdfs.text_pdf())
    with pytest.raises(type(error)) as caught:
        office.sign(request, sign_digest=sign_digest, request_timestamp=no_timestamp)
    assert caught.value is error
    assert office.ping(Lane.WORK).pid == pid
    again = desk.request(pdfs.text_pdf())
    assert office.sign(again, sign_digest=desk.signer.sign, request_timestamp=no_timestamp).field


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (pdfs.EMPTY, ErrorCode.DOCUMENT_EMPTY),
        (pdfs.jpeg(), ErrorCode.DOCUMENT_NOT_PDF),
        (pdfs.encrypted_pdf(), ErrorCode.DOCUMENT_ENCRYPTED),
        (pdfs.xfa_pdf(), ErrorCode.DOCUMENT_XFA),
        (pdfs.damaged_pdf(), ErrorCode.DOCUMENT_DAMAGED),
    ],
)
def test_what_cannot_be_signed_is_named_with_its_path(
    office: ChildDocumentGateway, desk: Desk, source: bytes, code: ErrorCode
) -> None:
    request = desk.request(source)
    with pytest.raises(BdsignerError) as caught:
        office.sign(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    assert caught.value.code is code
    assert caught.value.facts["path"] == str(request.source)


def test_a_file_that_cannot_be_read_at_all_is_no_verdict(office: ChildDocumentGateway, tmp_path: Path) -> None:
    path = tmp_path / "không có.pdf"
    with pytest.raises(DocumentError) as caught:
        office.verify(path)
    assert caught.value.code is ErrorCode.DOCUMENT_NOT_FOUND
    assert caught.value.facts["path"] == str(path)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (pki.CHAIRMAN, CertificateStatus.GOOD),
        (pki.REVOKED, CertificateStatus.REVOKED),
        (pki.FOREIGN, CertificateStatus.OUT_OF_SCOPE),
    ],
)
def test_a_certificate_is_assessed_with_fetches_by_the_application(
    office: ChildDocumentGateway, training: Training, name: str, status: CertificateStatus
) -> None:
    assessment = office.assess_certificate(training.certificate(name), training.chain(name), at=datetime.now(UTC))
    assert assessment.status is status, assessment
    assert assessment.revocation_source or status is CertificateStatus.OUT_OF_SCOPE


def test_the_deadline_stands_still_while_the_person_thinks(training: Training, desk: Desk) -> None:
    """The PIN and a slow token may take longer than the child may."""
    hurried = ChildDocumentGateway(
        training.profile, HttpFetcher(training.profile.network), deadlines=Deadlines(wall_seconds=2.0)
    )

    def sign_digest(digest: bytes) -> bytes:
        time.sleep(2.5)
        return desk.signer.sign(digest)

    try:
        request = desk.request(pdfs.text_pdf())
        assert hurried.sign(request, sign_digest=sign_digest, request_timestamp=no_timestamp).field
    finally:
        hurried.close()
