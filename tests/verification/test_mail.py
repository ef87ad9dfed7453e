"""Signed mails: what is covered, what is not, and structures that try to hide the difference."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509

from bdsigner.model.verification import FileKind, FileReport, FindingCode, Verdict
from bdsigner.verification.files import extract_content
from tests.support.openssl_cms import OpenSsl
from tests.support.small_pki import SmallPki, make_certificate, rsa_key
from tests.verification.conftest import JudgeFile, codes, file_codes

JudgeBytes = Callable[[bytes], FileReport]
PART = b"Content-Type: text/plain; charset=utf-8\n\nKinh gui Uy ban\n"


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory, pki: SmallPki) -> OpenSsl:
    address = x509.SubjectAlternativeName([x509.RFC822Name("an@example.gov.vn")])
    named = make_certificate("Nguyễn Văn An", pki.issuing, key=rsa_key(6), extra=[address])
    return OpenSsl(tmp_path_factory.mktemp("mail"), [pki.issuing], signer=pki.signer, named=named)


@pytest.fixture
def judged(judge_file: JudgeFile, tmp_path: Path) -> JudgeBytes:
    def run(data: bytes) -> FileReport:
        path = tmp_path / "thu.eml"
        path.write_bytes(data)
        return judge_file(path)

    return run


@pytest.fixture
def signed(openssl: OpenSsl, tmp_path: Path) -> Callable[..., bytes]:
    def run(part: bytes = PART, *options: str, by: str = "signer") -> bytes:
        path = tmp_path / "part"
        path.write_bytes(part)
        return b"From: an@example.gov.vn\nSubject: V/v\n" + openssl.sign(path, *options, form="SMIME", by=(by,))

    return run


def test_fields_are_not_covered_and_it_is_said(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    for options in ((), ("-nodetach",)):
        report = judged(signed(PART, *options))
        assert report.kind is FileKind.MAIL
        assert report.verdict is Verdict.VALID
        assert file_codes(report) == {FindingCode.MAIL_HEADERS_UNSIGNED}


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_line_ends_on_the_way(judged: JudgeBytes, signed: Callable[..., bytes], ending: bytes) -> None:
    data = signed().replace(b"\r\n", b"\n").replace(b"\n", ending)
    assert judged(data).verdict is Verdict.VALID


def test_sender_is_compared_with_the_certificate(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    mail = signed(by="named")
    assert judged(mail).verdict is Verdict.VALID
    forged = judged(mail.replace(b"From: an@", b"From: giam-doc@"))
    assert forged.verdict is Verdict.INDETERMINATE
    assert FindingCode.MAIL_SENDER_DIFFERS in file_codes(forged)


def test_part_wrapped_in_other_text_is_not_the_whole(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    inner = signed().partition(b"MIME-Version: 1.0\n")[2]
    data = (
        b"From: x@y\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=abc\n\n--abc\n"
        b"Content-Type: text/plain\n\nChuyen tien ngay\n--abc\n" + inner + b"\n--abc--\n"
    )
    report = judged(data)
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.MAIL_PARTLY_SIGNED in file_codes(report)


def test_third_part_beside_the_signature_is_not_covered(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    mail = signed()
    mark = mail[mail.index(b'boundary="') + 10 :].partition(b'"')[0]
    closing = b"--" + mark + b"--"
    added = b"--" + mark + b"\nContent-Type: text/plain\n\nThem vao\n" + closing
    report = judged(mail.replace(closing, added))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.MAIL_PARTLY_SIGNED in file_codes(report)


def test_forwarded_mail_is_a_part(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    head = b"From: x@y\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
    assert FindingCode.MAIL_PARTLY_SIGNED in file_codes(judged(head + signed()))


def test_content_is_handed_on(judged: JudgeBytes, signed: Callable[..., bytes], tmp_path: Path) -> None:
    report = judged(signed(PART, "-nodetach"))
    assert report.content is not None
    assert report.content.kind is FileKind.MAIL
    out = tmp_path / "out"
    out.touch()
    extract_content(report.path, out)
    assert out.read_bytes().replace(b"\r\n", b"\n") == PART


def test_unsigned_mail(judged: JudgeBytes) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "x@y", "z"
    mail.set_content("Xin chào")
    report = judged(mail.as_bytes())
    assert report.verdict is None
    assert not report.signatures


def test_cut_mail_is_unreadable(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    mail = signed()
    for end in range(mail.index(b"\n\n") + 40, len(mail) - 60, 211):
        report = judged(mail[:end])
        assert report.verdict is Verdict.INDETERMINATE
        assert FindingCode.SIGNATURE_UNREADABLE in file_codes(report)


def test_changed_text(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    report = judged(signed().replace(b"Uy ban", b"Ong Ba"))
    assert report.verdict is Verdict.INVALID
    assert codes(report) >= {FindingCode.KEY_MATCHES, FindingCode.CONTENT_CHANGED}


def test_signature_lost_in_the_structure_is_not_unsigned(judged: JudgeBytes, signed: Callable[..., bytes]) -> None:
    report = judged(signed().replace(b"multipart/signed", b"multipart/mixedd"))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.SIGNATURE_UNREADABLE in file_codes(report)


def test_integrity_is_told_early(judge_file: JudgeFile, tmp_path: Path, signed: Callable[..., bytes]) -> None:
    told: list[FileReport] = []
    path = tmp_path / "thu.eml"
    path.write_bytes(signed())
    report = judge_file(path, tell=told.append)
    (early,) = told
    assert early.kind is FileKind.MAIL
    assert early.findings == report.findings
    assert FindingCode.JUDGING in codes(early)
    assert early.verdict is Verdict.INDETERMINATE
