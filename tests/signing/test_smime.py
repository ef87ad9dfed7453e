"""Mails whose bytes are final: whatever is in them, they are 7-bit mails with one header each, and others verify them."""

import email
import email.policy
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bdsigner.model.token import SignatureMechanism
from bdsigner.net.smtp import is_clean
from bdsigner.ports import SignDigest
from bdsigner.signing.smime import Mail, MailFile, signed_mail, unsigned_mail
from tests.support.softhsm import PrivateKey, self_signed

ID = "6f1c2a9e-7f0b-4a57-9c55-0d8f4e1c2b3a"
MAIL = Mail(
    request_id=ID,
    sender="anhnh@binhduong.gov.vn",
    recipient="tiepnhan@binhduong.gov.vn",
    date=datetime(2026, 11, 25, 8, tzinfo=UTC),
    subject="Giấy đề nghị thu hồi chứng thư số",
    body="Kính gửi: Sở\n.\n.. dấu chấm\nFrom đầu dòng",
    files=(MailFile(name="quyết định bổ nhiệm.pdf", content=b"%PDF\r\n.\n" * 99), MailFile(name="a.bin", content=b"")),
)
_HASHED = utils.Prehashed(hashes.SHA256())
PSS = SignatureMechanism.RSA_PSS
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def signing_with(key: PrivateKey, mechanism: SignatureMechanism) -> SignDigest:
    def sign(digest: bytes) -> bytes:
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(digest, ec.ECDSA(_HASHED))
        return key.sign(
            digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32) if mechanism is PSS else padding.PKCS1v15(), _HASHED
        )

    return sign


def signed(
    mail: Mail, key: PrivateKey = RSA, mechanism: SignatureMechanism = SignatureMechanism.RSA_PKCS1
) -> tuple[bytes, bytes]:
    """The mail, and the certificate."""
    certificate = self_signed(key, "Nguyễn Hoàng Ánh")
    made = signed_mail(
        mail, certificate=certificate, chain=(), mechanism=mechanism, sign_digest=signing_with(key, mechanism)
    )
    return made, certificate


def read(mail: bytes) -> EmailMessage:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize(
    ("key", "mechanism", "tool"),
    [
        (RSA, SignatureMechanism.RSA_PKCS1, "smime"),
        (RSA, SignatureMechanism.RSA_PKCS1, "cms"),
        (RSA, PSS, "cms"),  # ``openssl smime`` knows PKCS#7 only, which has no PSS
        (EC, SignatureMechanism.ECDSA, "smime"),
        (EC, SignatureMechanism.ECDSA, "cms"),
    ],
)
def test_openssl_agrees_and_says_what_was_signed(
    key: PrivateKey, mechanism: SignatureMechanism, tool: str, tmp_path: Path
) -> None:
    made, der = signed(MAIL, key, mechanism)
    mail, trusted = tmp_path / "m.eml", tmp_path / "c.pem"
    mail.write_bytes(made)
    trusted.write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    argv = ["openssl", tool, "-verify", "-in", mail, "-CAfile", trusted, "-partial_chain", "-purpose", "any"]
    judged = subprocess.run(argv, capture_output=True, check=False)
    assert judged.returncode == 0, judged.stderr
    boundary = b"--=_signed_" + ID.encode()
    entity = made.split(boundary + b"\r\n")[1].removesuffix(b"\r\n")
    assert judged.stdout.rstrip(b"\r\n") == entity.rstrip(b"\r\n")
    assert b"Content-Type: multipart/mixed" in entity
    if tool == "cms":
        shown = subprocess.run(
            ["openssl", "cms", "-cmsout", "-print", "-in", mail], capture_output=True, check=False
        ).stdout
        assert b"signingTime" in shown
        assert b"Nov 25 08:00:00 2026 GMT" in shown


def test_the_same_mail_is_the_same_bytes() -> None:
    assert unsigned_mail(MAIL) == unsigned_mail(MAIL)


def test_both_say_the_same() -> None:
    plain, (around, _) = read(unsigned_mail(MAIL)), signed(MAIL)
    inside = next(iter(read(around).iter_parts()))
    for message in (plain, inside):
        assert isinstance(message, EmailMessage)
        assert [one.get_filename() for one in message.iter_attachments()] == [one.name for one in MAIL.files]
        assert [one.get_payload(decode=True) for one in message.iter_attachments()] == [o.content for o in MAIL.files]
        text = message.get_body()
        assert text is not None
        assert text.get_content().splitlines() == MAIL.body.split("\n")
    assert read(around)["Content-Type"].params["micalg"] == "sha-256"


NAMES = st.text(max_size=150) | st.text(alphabet="Ánễ \r\n\t:;\"'\\=?_<>a.\u2028\u202e\x00\ud800", max_size=60)


@settings(max_examples=50)
@given(subject=NAMES, body=NAMES, names=st.lists(NAMES, max_size=3))
@example(subject="a\r\nBcc: x@y.vn\r\n\r\nhi", body="\r\n.\r\n", names=["a\r\nX: 1", "=?utf-8?q?x?=", ""])
@example(subject="x" * 3000, body="y" * 3000, names=["ễ" * 200 + ".pdf", "../../etc/passwd"])
def test_nothing_in_it_begins_another_header_or_line(subject: str, body: str, names: list[str]) -> None:
    files = tuple(MailFile(name=one, content=b"x\n") for one in names)
    mail = replace(MAIL, subject=subject, body=body, files=files)
    for made in (unsigned_mail(mail), signed(mail, EC, SignatureMechanism.ECDSA)[0]):
        assert is_clean(made)
        head = made.split(b"\r\n\r\n", 1)[0]
        keys = [line.split(b":")[0] for line in re.split(rb"\r\n(?![ \t])", head)]
        assert keys == [
            b"Date",
            b"From",
            b"To",
            b"Subject",
            b"Message-ID",
            b"X-Bdsigner-Request",
            b"MIME-Version",
            b"Content-Type",
        ]
        message = read(made)
        assert not message.defects
        assert len(list(message.walk())) == 1 + len(names) + (1 if message.get_content_subtype() == "mixed" else 3)


VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÁẦẫựỹ –.,:()", min_size=1, max_size=120)


@settings(max_examples=50)
@given(subject=VIETNAMESE, name=VIETNAMESE)
def test_a_vietnamese_subject_and_name_arrive(subject: str, name: str) -> None:
    mail = replace(MAIL, subject=subject, files=(MailFile(name=f"x{name}.pdf", content=b""),))
    message = read(unsigned_mail(mail))
    assert message["Subject"] == " ".join(subject.split())
    (file,) = message.iter_attachments()
    assert file.get_filename() == " ".join(f"x{name}.pdf".split())


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "a@b.vn\r\nBcc: c@d.vn"},
        {"sender": "A <a@b.vn>"},
        {"recipient": "a@b.vn, c@d.vn"},
        {"recipient": "a@"},
        {"sender": "ổ@b.vn"},
        {"request_id": "1\r\nX: y"},
        {"request_id": ID.upper()},
    ],
)
def test_what_is_no_plain_mailbox_or_id_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of ours and of UUID
        unsigned_mail(replace(MAIL, **change))  # type: ignore[arg-type]
