"""Parts the signing tests share: software keys, requests, and other people's programs as judges."""

import io
import re
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from asn1crypto import cms, pem
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from bdsigner.model.signature import (
    AppearanceLine,
    SignatureLevel,
    SignatureRequest,
    SignatureResult,
    VisibleSignature,
)
from bdsigner.model.token import SignatureMechanism
from bdsigner.signing.pades import sign_document

FONT = Path(__file__).parents[2] / "resources" / "fonts" / "LiberationSerif-Regular.ttf"
SIGNING_TIME = datetime(2026, 11, 23, 2, 5, 7, tzinfo=UTC)
LINES = (
    AppearanceLine("Ký bởi:", "Nguyễn Thị Phương Thảo"),
    AppearanceLine("Chức danh:", "Phó Chủ tịch"),
    AppearanceLine("Email:", "thaontp@binhduong.gov.vn"),
    AppearanceLine("Cơ quan:", "Ủy ban nhân dân tỉnh Bình Dương"),
    AppearanceLine("Thời gian ký:", "23.11.2026 09:05:07 +07:00"),
)
EMBLEM_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
    '<circle cx="50" cy="50" r="46" fill="none" stroke="#1f5f8b" stroke-width="4"/>'
    '<path d="M20 70 L50 25 L80 70 Z" fill="#1f5f8b"/></svg>'
)


@dataclass(frozen=True)
class Signer:
    """A software key in the place of a token."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    mechanism: SignatureMechanism

    def sign(self, digest: bytes) -> bytes:
        prehashed = Prehashed(hashes.SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(prehashed))
        if self.mechanism is SignatureMechanism.RSA_PSS:
            return self.key.sign(digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), prehashed)
        return self.key.sign(digest, padding.PKCS1v15(), prehashed)


@dataclass(frozen=True)
class Desk:
    """Signs files in a folder."""

    folder: Path
    signer: Signer

    def request(self, source: Path | bytes, **options: Any) -> SignatureRequest:
        if isinstance(source, bytes):
            content, source = source, self._fresh("Công văn", ".pdf")
            source.write_bytes(content)
        partial = self._fresh("đang ký", ".part")
        partial.touch()
        return SignatureRequest(
            **{
                "source": source,
                "partial": partial,
                "certificate": self.signer.certificate,
                "chain": self.signer.chain,
                "mechanism": self.signer.mechanism,
                "level": SignatureLevel.B_B,
                "signing_time": SIGNING_TIME,
            }
            | options
        )

    def sign(self, source: Path | bytes, **options: Any) -> "Signed":
        request = self.request(source, **options)
        result = sign_document(request, sign_digest=self.signer.sign, request_timestamp=no_timestamp)
        return Signed(request.partial, result)

    def _fresh(self, name: str, suffix: str) -> Path:
        return self.folder / f"{name} {sum(1 for _ in self.folder.iterdir())}{suffix}"


def no_timestamp(request: bytes) -> bytes | None:
    """The person agreed to go on without."""
    assert request
    return None


@dataclass(frozen=True)
class TimestampServer:
    """Asks a real TSA."""

    url: str

    def __call__(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        return httpx.post(self.url, content=request, headers=headers, trust_env=False).content


@dataclass(frozen=True)
class SignatureIn:
    """One signature or timestamp of a file, looked at with nothing of ours."""

    path: Path
    number: int = field(default=-1, kw_only=True)
    """Which ``/ByteRange``, in file order."""

    @cached_property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def ranges(self) -> tuple[int, int, int, int]:
        """The ``/ByteRange`` meant."""
        found = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *", self.data)[self.number]
        first, length, second, rest = (int(number) for number in found)
        return first, length, second, rest

    @property
    def covered(self) -> bytes:
        first, length, second, rest = self.ranges
        return self.data[first : first + length] + self.data[second : second + rest]

    @property
    def contents(self) -> bytes:
        """``/Contents`` with its padding."""
        _, length, second, _ = self.ranges
        return bytes.fromhex(self.data[length + 1 : second - 1].decode())

    @property
    def cms(self) -> bytes:
        """Without the padding."""
        return cms.ContentInfo.load(self.contents).dump()

    @property
    def signed_data(self) -> Any:
        return cms.ContentInfo.load(self.contents)["content"]

    @property
    def signer_info(self) -> Any:
        return self.signed_data["signer_infos"][0]

    @property
    def message_digest(self) -> bytes:
        (attribute,) = (each for each in self.signer_info["signed_attrs"] if each["type"].native == "message_digest")
        return bytes(attribute["values"][0].native)

    @property
    def timestamp_token(self) -> Any:
        (attribute,) = self.signer_info["unsigned_attrs"]
        assert attribute["type"].native == "signature_time_stamp_token"
        return attribute["values"][0]


@dataclass(frozen=True)
class Signed(SignatureIn):
    """A file just signed; looked at is its last signature."""

    result: SignatureResult


def pdfsig(path: Path) -> list[str]:
    """Poppler's verdict on each signature, in file order."""
    output = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"Signature Validation: (.*)", output)


def pdfsig_covers(path: Path) -> list[bool]:
    """Whether Poppler finds that each signature covers the whole file, in file order."""
    output = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
    return [line.strip() == "- Total document signed" for line in output.splitlines() if "document signed" in line]


def openssl_cms_verify(signed: SignatureIn, anchors: tuple[bytes, ...], folder: Path) -> None:
    """``openssl cms -verify`` of the detached signature; raises when it does not hold."""
    (folder / "content").write_bytes(signed.covered)
    (folder / "cms.der").write_bytes(signed.cms)
    files = ["-content", folder / "content", "-in", folder / "cms.der", "-inform", "DER"]
    trust = ["-CAfile", write_pem(folder / "anchors.pem", anchors), "-purpose", "any"]
    argv = ["openssl", "cms", "-verify", "-binary", *files, *trust, "-out", folder / "out"]
    subprocess.run(argv, check=True, capture_output=True)


def openssl_ts_verify(signed: SignatureIn, anchors: tuple[bytes, ...], folder: Path) -> None:
    """``openssl ts -verify`` of the timestamp token over the signature value; raises when it does not hold."""
    openssl_token_verify(signed.signer_info["signature"].native, signed.timestamp_token.dump(), anchors, folder)


def openssl_token_verify(data: bytes, token: bytes, anchors: tuple[bytes, ...], folder: Path) -> None:
    """``openssl ts -verify`` of a timestamp token over ``data``; raises when it does not hold."""
    (folder / "stamped").write_bytes(data)
    (folder / "token.der").write_bytes(token)
    files = ["-data", folder / "stamped", "-in", folder / "token.der", "-token_in"]
    trust = ["-CAfile", write_pem(folder / "anchors.pem", anchors)]
    subprocess.run(["openssl", "ts", "-verify", *files, *trust], check=True, capture_output=True)


def write_pem(path: Path, certificates: tuple[bytes, ...]) -> Path:
    path.write_bytes(b"".join(pem.armor("CERTIFICATE", certificate) for certificate in certificates))
    return path


def qpdf_check(path: Path) -> None:
    """A second PDF library finds the structure whole; raises when it does not."""
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)


def pyhanko_verdicts(signed: Signed, anchors: tuple[bytes, ...]) -> list[bool]:
    """Whether pyHanko finds each signature sound, trusted and unharmed by later revisions."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(signed.data), strict=False)
    context = ValidationContext(trust_roots=[x509.Certificate.load(anchor) for anchor in anchors])
    statuses = [validate_pdf_signature(signature, context, context) for signature in reader.embedded_signatures]
    return [status.bottom_line for status in statuses]


def visible(folder: Path, *, mark: str = "", lines: tuple[AppearanceLine, ...] = LINES) -> VisibleSignature:
    """A visible signature with an emblem of our own."""
    emblem = folder / "biểu tượng.svg"
    emblem.write_text(EMBLEM_SVG, "utf-8")
    return VisibleSignature(lines=lines, emblem=emblem, font=FONT, mark=mark)
