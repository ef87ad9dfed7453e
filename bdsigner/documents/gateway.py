"""The application's side of the document children; implements ``ports.DocumentGateway``.

Two children: ``view`` inspects and draws, ``work`` signs, verifies and assesses, so that drawing never waits behind
signing.  A child that dies, hangs or is ended by its limits is started anew for the next call.
"""

import logging
import signal
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from bdsigner.childproc import FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.answers import Answers, FetchAnswers, SigningAnswers
from bdsigner.documents.children import DocumentChildren, Lane, Skill
from bdsigner.documents.protocol import (
    AssessCertificate,
    Call,
    CheckSignable,
    Envelope,
    Failure,
    Inspect,
    Ping,
    Pong,
    RasterHead,
    RenderAppearance,
    RenderPage,
    Sign,
    Verify,
)
from bdsigner.errors import BdsignerError, ChildError, DocumentError, ErrorCode, Fact
from bdsigner.model.certificate import CertificateAssessment
from bdsigner.model.document import DocumentInfo, Raster
from bdsigner.model.profile import Profile
from bdsigner.model.signature import SignatureRequest, SignatureResult, VisibleSignature
from bdsigner.model.verification import FileReport
from bdsigner.ports import Fetcher, RequestTimestamp, SignDigest

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_ENDED_BY_LIMIT = frozenset(-getattr(signal, name) for name in ("SIGXCPU", "SIGABRT") if hasattr(signal, name))
"""Exit codes of a child over its limits: processor time; memory, which MuPDF's C++ part answers by ``abort()``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a call may take in the child (hardening.md P1); its questions to the application do not count."""

    wall_seconds: float = 15.0
    cpu_seconds: int = 10
    file_bytes_per_second: int = 10_000_000
    """Signing and verifying read the whole file: they get the time a slow network share needs on top."""
    warm_seconds: float = 60.0
    """Imports from a cold, slow disk."""

    def wall_for(self, size_bytes: int) -> float:
        """Seconds for a call that reads that many bytes."""
        return self.wall_seconds + size_bytes / self.file_bytes_per_second

    def cpu_for(self, size_bytes: int) -> int:
        """Seconds of processor time for a call that reads that many bytes."""
        return self.cpu_seconds + size_bytes // self.file_bytes_per_second


class ChildDocumentGateway:
    """Documents in two sandboxed children; may be called from any thread, one call at a time in each child."""

    def __init__(
        self,
        profile: Profile,
        fetcher: Fetcher,
        *,
        children: DocumentChildren | None = None,
        deadlines: Deadlines = Deadlines(),
    ) -> None:
        """``children`` may run already; they end with the gateway."""
        self._profile = profile
        self._fetcher = fetcher
        self._deadlines = deadlines
        self._children = children or DocumentChildren()

    def warm_up(self, *skills: Skill) -> None:
        """Start the children of these skills; returns at once.  What goes wrong shows at the next call."""
        for lane in {skill.lane for skill in skills}:
            threading.Thread(target=self._warm, args=(lane,), name=f"warm-{lane.value}", daemon=True).start()

    def ping(self, lane: Lane) -> Pong:
        """Ask a child for its sandbox.  Raises ``DocumentError``."""
        return self._call(lane, Ping(), Pong)[0]

    def inspect(self, path: Path) -> DocumentInfo:
        """Read structure and page sizes.  Raises ``DocumentError``."""
        return self._call(Lane.VIEW, Inspect(path), DocumentInfo, path=path)[0]

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        """Draw a page as RGB, ``scale`` pixels a point, of the first ``length_bytes`` bytes of the file.

        Raises ``DocumentError``.
        """
        return self._draw(RenderPage(path, page, scale, length_bytes), path)

    def render_appearance(
        self, appearance: VisibleSignature, *, width_pt: float, height_pt: float, scale: float
    ) -> Raster:
        """Draw the visible signature as RGBA, premultiplied, by the code that writes it into the file.

        Raises ``SigningError`` as signing would; ``DocumentError``.
        """
        return self._draw(RenderAppearance(appearance, width_pt, height_pt, scale))

    def assess_certificate(
        self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime
    ) -> CertificateAssessment:
        """Check chain to the profile's anchors, validity, revocation and usage.  Raises ``CertificateError``."""
        call = AssessCertificate(certificate, (*others, *self._profile.issuers), self._profile.anchors, at)
        return self._call(Lane.WORK, call, CertificateAssessment, answers=FetchAnswers(self._fetcher))[0]

    def check_signable(self, path: Path, *, field: str = "") -> int:
        """Open a file as ``sign`` will and return its pages.  Raises what signing would end in."""
        return self._call(Lane.WORK, CheckSignable(path, field), int, path=path, size_bytes=_size_of(path))[0]

    def sign(
        self, request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
    ) -> SignatureResult:
        """Write the signed document to ``request.partial``; see ``ports.DocumentGateway.sign``."""
        path, answers = request.source, SigningAnswers(sign_digest, request_timestamp)
        return self._call(
            Lane.WORK, Sign(request), SignatureResult, path=path, size_bytes=_size_of(path), answers=answers
        )[0]

    def verify(self, path: Path) -> FileReport:
        """Judge every signature.  Raises ``DocumentError`` only when the file cannot be read at all."""
        call = Verify(path, self._profile.anchors, datetime.now(UTC), self._profile.is_training)
        answers = FetchAnswers(self._fetcher)
        return self._call(Lane.WORK, call, FileReport, path=path, size_bytes=_size_of(path), answers=answers)[0]

    def close(self) -> None:
        """End both children; calls still running fail with ``DOCUMENT_WORKER_DIED``."""
        self._children.close()

    def _warm(self, lane: Lane) -> None:
        try:
            envelope = Envelope(Ping(), self._deadlines.cpu_for(0))
            frame = self._children[lane].call(protocol.encode(envelope), timeout_seconds=self._deadlines.warm_seconds)
        except ChildError as error:
            log.warning("warming up %s failed: %s", lane.value, error)
        else:
            if frame.kind is FrameKind.FAILURE:
                log.warning("warming up %s failed: %s", lane.value, self._children[lane].stderr_tail)

    def _draw(self, call: RenderPage | RenderAppearance, path: Path | None = None) -> Raster:
        head, pixels = self._call(Lane.VIEW, call, RasterHead, path=path)
        if len(pixels) != head.width * head.height * (4 if head.has_alpha else 3):
            self._children[Lane.VIEW].restart()
            raise _document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, reason="picture of the wrong size")
        return Raster(head.width, head.height, head.has_alpha, bytes(pixels))

    def _call(
        self,
        lane: Lane,
        call: Call,
        kind: type[Result],
        *,
        path: Path | None = None,
        size_bytes: int = 0,
        answers: Answers | None = None,
    ) -> tuple[Result, bytearray | bytes]:
        child = self._children[lane]
        head = protocol.encode(Envelope(call, self._deadlines.cpu_for(size_bytes)))
        try:
            frame = child.call(head, timeout_seconds=self._deadlines.wall_for(size_bytes), answer=answers)
        except ChildError as error:
            raise _child_failure(error, path) from error
        if answers is not None and answers.raised is not None:
            raise answers.raised
        try:
            if frame.kind is FrameKind.RESULT:
                return protocol.decode(frame.head, kind), frame.body
            failure = protocol.decode(frame.head, Failure)
        except msgspec.MsgspecError as error:
            child.restart()
            raise _document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, reason="unreadable answer") from error
        if failure.code is ErrorCode.DOCUMENT_LIMITS:
            child.restart()  # what a bomb left of the address space may be too little for the next file
        raise _with_path(failure.as_error(), path)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # the child says what is wrong with it


def _child_failure(error: ChildError, path: Path | None) -> DocumentError:
    exit_code = error.facts.get("exit_code", 0)
    if error.code is ErrorCode.CHILD_TIMEOUT or exit_code in _ENDED_BY_LIMIT:
        return _document_error(ErrorCode.DOCUMENT_LIMITS, path, exit_code=exit_code)
    return _document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, exit_code=exit_code)


def _document_error(code: ErrorCode, path: Path | None, **facts: Fact) -> DocumentError:
    return DocumentError(code, **({} if path is None else {"path": str(path)}), **facts)


def _with_path(error: BdsignerError, path: Path | None) -> BdsignerError:
    """Name the file in a failure of the child, which speaks of "the" file."""
    if path is None or "path" in error.facts:
        return error
    return type(error)(error.code, path=str(path), **error.facts)
