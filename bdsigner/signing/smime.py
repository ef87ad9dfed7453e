"""A mail with files, signed (RFC 8551 §3.5.3, multipart/signed) or not: the bytes are final, and what is signed is what is sent.

7-bit throughout, lines end with CR LF; dots at the beginning of a line are the transport's (RFC 5321 §4.5.2).
"""

import base64
import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from bdsigner.model.token import SignatureMechanism
from bdsigner.ports import SignDigest
from bdsigner.signing.cms import cms_template

if TYPE_CHECKING:
    from email.message import EmailMessage, MIMEPart
    from email.policy import EmailPolicy

_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode that end a line, cannot be encoded, or change how the text beside them is shown."""
_SIGNED = b"""\
Content-Type: multipart/signed; protocol="application/pkcs7-signature";
 micalg=sha-256; boundary="%b"

""".replace(b"\n", b"\r\n")
_SIGNATURE = b"""\
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

""".replace(b"\n", b"\r\n")
_MEDIA_TYPES = {".pdf": "application/pdf", ".json": "application/json", ".jpg": "image/jpeg", ".png": "image/png"}
"""Of what goes along usually; anything else is told by its name alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that goes along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is sent."""

    request_id: str
    """UUID: the Message-ID and the boundaries are made of it."""
    sender: str
    """Mailbox, as ``recipient`` without a name."""
    recipient: str
    date: datetime
    """Aware."""
    subject: str
    body: str
    files: tuple[MailFile, ...]


def unsigned_mail(mail: Mail) -> bytes:
    """The mail as multipart/mixed.  Raises ``ValueError`` for what is no UUID or no plain mailbox."""
    return _header(mail) + _entity(mail)


def signed_mail(
    mail: Mail,
    *,
    certificate: bytes,
    chain: tuple[bytes, ...],
    mechanism: SignatureMechanism,
    sign_digest: SignDigest,
) -> bytes:
    """The mail as multipart/signed; ``sign_digest`` is called once, and what it raises comes out of here.

    ``mail.date`` is the claimed signing time.  Raises ``ValueError`` as ``unsigned_mail``, ``CertificateError``
    CERTIFICATE_UNREADABLE.  The signature value is not checked here (``bdsigner.signing.check``).
    """
    header, entity = _header(mail), _entity(mail)
    template = cms_template(certificate, chain, mechanism)
    attributes = template.signed_attributes(hashlib.sha256(entity).digest(), signing_time=mail.date)
    value = sign_digest(hashlib.sha256(attributes).digest())
    signature = base64.encodebytes(template.signed_data(attributes, value)).replace(b"\n", b"\r\n")
    boundary = _boundary(mail, "signed")
    return b"".join(
        (
            header,
            _SIGNED % boundary,
            b"--" + boundary + b"\r\n",
            entity,
            b"\r\n--" + boundary + b"\r\n",  # the line end before a boundary belongs to it (RFC 2046 §5.1.1)
            _SIGNATURE,
            signature,
            b"--" + boundary + b"--\r\n",
        )
    )


def _header(mail: Mail) -> bytes:
    from email.message import EmailMessage
    from email.utils import format_datetime

    _check(mail)
    policy = _policy()
    message = EmailMessage(policy=policy)
    message["Date"] = format_datetime(mail.date)
    message["From"] = mail.sender
    message["To"] = mail.recipient
    message["Subject"] = _one_line(mail.subject)
    message["Message-ID"] = f"<{mail.request_id}@{mail.sender.rpartition('@')[2]}>"
    message["X-Bdsigner-Request"] = mail.request_id
    message["MIME-Version"] = "1.0"
    return b"".join(policy.fold_binary(name, value) for name, value in message.raw_items())


def _entity(mail: Mail) -> bytes:
    """What is signed: text and files, from its Content-Type to the end of its last boundary."""
    from email.message import MIMEPart

    entity = MIMEPart(policy=_policy())
    entity.set_content(_text(mail.body), cte="base64")
    entity.make_mixed()
    for file in mail.files:
        _add(entity, file)
    entity.set_boundary(_boundary(mail, "mixed").decode())
    return entity.as_bytes()


def _add(entity: "MIMEPart", file: MailFile) -> None:
    name = _one_line(file.name) or "file"
    suffix = "." + name.rpartition(".")[2].lower()
    main_type, _, sub_type = _MEDIA_TYPES.get(suffix, "application/octet-stream").partition("/")
    entity.add_attachment(file.content, maintype=main_type, subtype=sub_type, filename=name)


def _policy() -> "EmailPolicy[EmailMessage]":
    from email.policy import SMTP

    return SMTP.clone(cte_type="7bit")


def _check(mail: Mail) -> None:
    if str(UUID(mail.request_id)) != mail.request_id:
        raise ValueError("not a UUID as it is written")
    for mailbox in (mail.sender, mail.recipient):
        name, _, domain = mailbox.rpartition("@")
        if not name or not domain or any(not "!" <= one <= "~" or one in '<>(),:;"[]\\' for one in mailbox):
            raise ValueError("not a plain mailbox")


def _boundary(mail: Mail, kind: str) -> bytes:
    """Neither base64 nor quoted-printable can contain ``=_`` (RFC 2045 §6.7)."""
    return f"=_{kind}_{mail.request_id}".encode()


def _one_line(text: str) -> str:
    """What may stand in a header: nothing that begins another one."""
    shown = "".join(" " if unicodedata.category(one) in _NO_TEXT else one for one in text)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def _text(body: str) -> str:
    return "\n".join(_one_line(line) for line in body.split("\n")).rstrip() + "\n"
