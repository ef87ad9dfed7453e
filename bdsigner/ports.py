"""What the core needs from outside; the adapters and the two faces implement these."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import Fact

if TYPE_CHECKING:  # a child that needs one of these values loads that one only
    from bdsigner.model.certificate import Certificate, CertificateAssessment
    from bdsigner.model.document import DocumentInfo, Raster
    from bdsigner.model.profile import Profile
    from bdsigner.model.signature import SignatureRequest, SignatureResult, VisibleSignature
    from bdsigner.model.token import PinState, SignatureMechanism, TokenListing
    from bdsigner.model.verification import FileReport

SignDigest = Callable[[bytes], bytes]
"""SHA-256 digest of the signed attributes → signature value (DER ``Ecdsa-Sig-Value`` for EC keys)."""

RequestTimestamp = Callable[[bytes], bytes | None]
"""DER ``TimeStampReq`` → DER ``TimeStampResp`` (RFC 3161 §2.4); ``None``: go on without, the person agreed."""


class Clock(Protocol):
    """The current time."""

    def now(self) -> datetime:
        """An aware datetime."""


class TokenSession(Protocol):
    """A login that the person confirmed; ends with its ``with`` block, whatever happens."""

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        """Sign a SHA-256 digest with the key of that CKA_ID.

        Raises ``TokenError``; ``TOKEN_SESSION_SPENT`` past the number of signatures the session was opened for.
        """


class TokenGateway(Protocol):
    """All tokens of all PKCS#11 modules; may be called from any thread."""

    def list_tokens(self) -> TokenListing:
        """Look at every slot afresh, without login.  Never raises for a bad module: see ``problems``."""

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> AbstractContextManager[TokenSession]:
        """Log in for exactly ``signatures`` signatures.  Wipes ``pin`` before returning, also on error.

        Raises ``TokenError``: never retries a PIN.
        """

    def close(self) -> None:
        """End all children."""


class DocumentGateway(Protocol):
    """Documents are read, drawn, signed and judged in sandboxed children; may be called from any thread."""

    def check_signable(self, path: Path, *, field: str = "") -> int:
        """Open a file as ``sign`` will and return its number of pages.

        Raises the ``DocumentError`` or ``SigningError`` that signing would end in, so that no PIN is asked in vain.
        """

    def inspect(self, path: Path) -> DocumentInfo:
        """Read structure and page sizes.  Raises ``DocumentError``."""

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        """Draw a page, ``scale`` pixels a point, of the first ``length_bytes`` bytes (``None``: the whole file)."""

    def render_appearance(
        self, appearance: VisibleSignature, *, width_pt: float, height_pt: float, scale: float
    ) -> Raster:
        """Draw the visible signature exactly as it will stand in the file.  Raises ``SigningError``."""

    def assess_certificate(
        self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime
    ) -> CertificateAssessment:
        """Check chain to the profile's anchors, validity, revocation and usage for signing."""

    def sign(
        self, request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
    ) -> SignatureResult:
        """Write the signed document to ``request.partial``.

        ``sign_digest`` and ``request_timestamp`` are called in the caller's thread, at most once each; what they
        raise comes out of here.
        """

    def verify(self, path: Path) -> FileReport:
        """Judge every signature.  Raises ``DocumentError`` only when the file cannot be read at all."""

    def close(self) -> None:
        """End all children."""


class FetchKind(StrEnum):
    """What is fetched; decides method, content types and size limit (hardening N1)."""

    OCSP = "ocsp"
    CRL = "crl"
    CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One fetch that a document child asks for; ``url`` is untrusted."""

    kind: FetchKind
    url: str
    body: bytes = b""
    """DER OCSP request; empty for GET."""


class Fetcher(Protocol):
    """Bounded HTTP for addresses that came out of certificates."""

    def fetch(self, request: FetchRequest) -> bytes:
        """Return the body.  Raises ``NetworkError``."""


class Timestamper(Protocol):
    """The profile's list of time-stamping authorities."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        """Try the authorities in order; return the first answer, a DER ``TimeStampResp`` not yet checked.

        Raises ``NetworkError`` when none answers; ``UserCancelled`` when ``should_stop`` says so between attempts.
        """


class NewFile(Protocol):
    """An output that appears whole or not at all."""

    @property
    def partial(self) -> Path:
        """The temporary file beside the target."""

    def commit(self) -> None:
        """Flush to disk and give the file its name; never replaces another.  Raises ``StorageError``."""


class Outputs(Protocol):
    """Where results are written."""

    def new_file(self, target: Path, *, source: Path) -> AbstractContextManager[NewFile]:
        """Open a temporary file beside ``target``; removed unless committed.

        Raises ``StorageError``: target exists, is the source, folder read-only, disk full …
        """


class PinPurpose(StrEnum):
    """What a PIN is asked for."""

    SIGN = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRequest:
    """All that a person is told before typing a PIN."""

    purpose: PinPurpose
    token_label: str
    token_serial: str
    pin: PinState
    signer: Certificate
    files: tuple[Path, ...]
    pages: int = 0
    """Pages of all files together; 0 when unknown."""


class QuestionCode(StrEnum):
    """Yes-or-no decisions only a person may take."""

    SIGN_WITHOUT_TIMESTAMP = "sign_without_timestamp"
    SIGN_UNCHECKED_CERTIFICATE = "sign_unchecked_certificate"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the facts its sentence needs."""

    code: QuestionCode
    facts: dict[str, Fact] = field(default_factory=dict)


class Interaction(Protocol):
    """Questions to the person; called from worker threads, blocks until answered."""

    def ask_pin(self, request: PinRequest) -> bytearray:
        """Return the PIN in UTF-8; the receiver wipes it.  Raises ``UserCancelled``."""

    def confirm(self, question: Question) -> bool:
        """Return the decision.  Raises ``UserCancelled`` when the person wants to stop altogether."""


class Phase(StrEnum):
    """What is being done to a file right now."""

    READING = "reading"
    SIGNING = "signing"
    VERIFYING = "verifying"
    DONE = "done"


class Progress(Protocol):
    """Watches a use case; the core does not know who watches."""

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        """Called between steps; ``done`` of ``total`` files are finished.

        Raises ``UserCancelled`` when the person asked to stop; nothing half-done is left.
        """

    def is_cancelled(self) -> bool:
        """Whether the person asked to stop; for waits that would otherwise go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The concrete parts a use case works with; built in ``bdsigner.app`` and in tests."""

    profile: Profile
    tokens: TokenGateway
    documents: DocumentGateway
    timestamper: Timestamper
    outputs: Outputs
    clock: Clock
