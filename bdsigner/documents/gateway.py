"""The application's side of the document children; implements ``ports.DocumentGateway``.

``view`` inspects and draws, ``work`` signs, verifies and assesses, so that drawing never waits behind signing; a batch
has more like ``work``.  A child that dies, hangs or is ended by its limits is started anew for the next call.
"""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.childproc import ChildProcess, FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.answers import (
    EXTENSION_TIMESTAMPS,
    Answers,
    ExtensionAnswers,
    FetchAnswers,
    SigningAnswers,
    VerifyAnswers,
)
from bdsigner.documents.calls import USUAL_DEADLINES, Deadlines, Result, call_child, document_error, size_of
from bdsigner.documents.children import DocumentChildren, Lane, Skill
from bdsigner.documents.protocol import (
    AlignPages,
    AssessCertificate,
    Call,
    CheckSignable,
    ComparePages,
    Envelope,
    Extend,
    ExtractContent,
    ImagesToPdf,
    Inspect,
    Look,
    Ping,
    Pong,
    PrintForm,
    PrintSheet,
    RasterHead,
    ReadCertificate,
    ReadLayout,
    ReadPicture,
    RenderAppearance,
    RenderFilling,
    RenderPage,
    Sign,
    Verify,
)
from bdsigner.documents.remembered import RememberedFetches
from bdsigner.errors import ChildError, ErrorCode
from bdsigner.model.certificate import Certificate, CertificateAssessment, Usage
from bdsigner.model.comparison import PageAlignment, PageComparison
from bdsigner.model.document import DocumentInfo, Raster
from bdsigner.model.examination import QuickLook
from bdsigner.model.form import FilledForm
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.profile import Profile
from bdsigner.model.sheet import Sheet
from bdsigner.model.signature import (
    Appearance,
    ExtensionRequest,
    ExtensionResult,
    Filling,
    PictureSize,
    SignatureRequest,
    SignatureResult,
)
from bdsigner.model.verification import FileReport
from bdsigner.ports import Fetcher, RequestTimestamp, SignDigest, TellIntegrity, not_told

log = logging.getLogger(__name__)

ROW_BYTES = 100_000
"""What a row of a list takes to print, counted as bytes of a file are."""


class ChildDocumentGateway:
    """Documents in sandboxed children; may be called from any thread, one call at a time in each child."""

    def __init__(
        self,
        profile: Profile,
        fetcher: Fetcher,
        *,
        children: DocumentChildren | None = None,
        deadlines: Deadlines = USUAL_DEADLINES,
    ) -> None:
        """``children`` may run already; they end with the gateway."""
        self._profile = profile
        self._fetcher = fetcher
        self._remembered = RememberedFetches(fetcher)
        self._deadlines = deadlines
        self._children = children or DocumentChildren()

    def warm_up(self, *skills: Skill) -> None:
        """Start the children of these skills; returns at once.  What goes wrong shows at the next call."""
        for lane in {skill.lane for skill in skills}:
            threading.Thread(target=self._warm, args=(lane,), name=f"warm-{lane.value}", daemon=True).start()

    def ping(self, lane: Lane) -> Pong:
        """Ask a child for its sandbox.  Raises ``DocumentError``."""
        return self._call(self._children[lane], Ping(), Pong)[0]

    def inspect(self, path: Path, *, length_bytes: int | None = None) -> DocumentInfo:
        """Read structure and page sizes of the first ``length_bytes`` bytes.  Raises ``DocumentError``."""
        with self._children.reader() as child:
            return self._call(child, Inspect(path, length_bytes), DocumentInfo, path=path)[0]

    def read_layout(self, path: Path, *, signer_name: str = "", is_as_written: bool = False) -> DocumentLayout:
        """See ``ports.DocumentGateway``."""
        with self._children.reader() as child:
            return self._call(child, ReadLayout(path, signer_name, is_as_written), DocumentLayout, path=path)[0]

    def look(self, path: Path) -> QuickLook:
        """Read structure, page sizes, and title and secrecy mark of page 1.  Raises ``DocumentError``."""
        with self._children.reader() as child:
            return self._call(child, Look(path), QuickLook, path=path)[0]

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        """Draw a page as RGB, ``scale`` pixels a point, of the first ``length_bytes`` bytes of the file.

        Raises ``DocumentError``.
        """
        return self._draw(RenderPage(path, page, scale, length_bytes), path)

    def compare_pages(
        self, path: Path, page: int, *, earlier_page: int, earlier_bytes: int, later_bytes: int, scale: float
    ) -> PageComparison:
        """See ``ports.DocumentGateway``."""
        call = ComparePages(path, page, earlier_page, earlier_bytes, later_bytes, scale)
        with self._children.spare_reader() as child:
            return self._call(child, call, PageComparison, path=path)[0]

    def align_pages(self, path: Path, *, earlier_bytes: int, later_bytes: int) -> PageAlignment:
        """See ``ports.DocumentGateway``."""
        with self._children.spare_reader() as child:
            return self._call(child, AlignPages(path, earlier_bytes, later_bytes), PageAlignment, path=path)[0]

    def render_appearance(self, appearance: Appearance, *, width_pt: float, height_pt: float, scale: float) -> Raster:
        """Draw the visible signature as RGBA, premultiplied, by the code that writes it into the file.

        Raises ``SigningError`` as signing would; ``DocumentError``.
        """
        return self._draw(RenderAppearance(appearance, width_pt, height_pt, scale))

    def read_picture(self, path: Path) -> PictureSize:
        """Decode a hand signature or seal as signing will.  Raises ``SigningError``; ``DocumentError``."""
        return self._call(self._children[Lane.VIEW], ReadPicture(path), PictureSize, path=path)[0]

    def render_filling(self, filling: Filling, *, scale: float) -> Raster:
        """Draw a number or date as RGBA, premultiplied, as large as its slot.  Raises ``SigningError`` as signing would."""
        return self._draw(RenderFilling(filling, scale))

    def assess_certificate(
        self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime, usage: Usage | None = None
    ) -> CertificateAssessment:
        """Check chain to the profile's anchors, validity, revocation and usage.  Raises ``CertificateError``."""
        usage = usage or Usage.SIGNING
        call = AssessCertificate(certificate, (*others, *self._profile.issuers), self._profile.anchors, at, usage)
        # Many recipients have one CA: its list is fetched once.  Before signing it is asked for anew.
        answers = FetchAnswers(self._fetcher if usage is Usage.SIGNING else self._remembered)
        with self._children.worker() as child:
            return self._call(child, call, CertificateAssessment, answers=answers)[0]

    def read_certificate(self, path: Path) -> Certificate:
        """Read a certificate file.  Raises ``CertificateError``, ``DocumentError``."""
        return self._call(self._children[Lane.VIEW], ReadCertificate(path), Certificate, path=path)[0]

    def images_to_pdf(self, source: Path, partial: Path) -> int:
        """Write a PDF of pictures to ``partial``; returns its pages.  Raises ``DocumentError``."""
        size = 4 * size_of(source)
        return self._call(self._children[Lane.WORK], ImagesToPdf(source, partial), int, path=source, size_bytes=size)[0]

    def print_sheet(self, sheet: Sheet, partial: Path) -> int:
        """Write a sheet as PDF to ``partial``; returns its pages.  Raises ``DocumentError``."""
        call = PrintSheet(sheet, self._profile.text_fonts, partial)
        return self._call(self._children[Lane.WORK], call, int)[0]

    def print_form(self, form: FilledForm, copy: bytes, partial: Path) -> int:
        """See ``ports.DocumentGateway``."""
        domain = next(iter(self._profile.mail_domains), "")
        call = PrintForm(form, copy, domain, self._profile.text_fonts, partial)
        return self._call(self._children[Lane.WORK], call, int, size_bytes=len(form.rows) * ROW_BYTES)[0]

    def check_signable(self, path: Path, *, field: str = "") -> int:
        """Open a file as ``sign`` will and return its pages.  Raises what signing would end in."""
        return self._call(
            self._children[Lane.WORK], CheckSignable(path, field), int, path=path, size_bytes=size_of(path)
        )[0]

    def sign(
        self, request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
    ) -> SignatureResult:
        """Write the signed document to ``request.partial``; see ``ports.DocumentGateway.sign``."""
        path, size = request.source, size_of(request.source)
        call = Sign(request)
        if request.level.has_proofs:  # the proofs are another look at the file, B-LTA's timestamp one more
            call, size = Sign(request, self._profile.anchors, self._profile.issuers), 3 * size
        answers = SigningAnswers(sign_digest, request_timestamp, self._fetcher, level=request.level)
        with self._children.worker() as child:
            return self._call(child, call, SignatureResult, path=path, size_bytes=size, answers=answers)[0]

    def expect_batch(self, *, signers: int = 0, readers: int, is_verifying: bool = False) -> None:
        """Start the children that a batch will want; those that cannot be started are missed when they are called."""
        if is_verifying:
            self._remembered.expect_many()
        try:
            self._children.expect_batch(signers=signers, readers=readers)
        except ChildError as error:
            log.warning("not started ahead: %s", error)

    def rest(self) -> None:
        """End the children that only a batch needs."""
        self._remembered.forget_failures()
        self._children.rest()

    def extend(self, request: ExtensionRequest, *, request_timestamp: RequestTimestamp) -> ExtensionResult:
        """Write the extended document to ``request.partial``; see ``ports.DocumentGateway.extend``."""
        path, size = request.source, 4 * size_of(request.source)
        call = Extend(request, self._profile.anchors, self._profile.issuers)
        answers = ExtensionAnswers(self._fetcher, request_timestamp, timestamps=EXTENSION_TIMESTAMPS)
        return self._call(
            self._children[Lane.WORK], call, ExtensionResult, path=path, size_bytes=size, answers=answers
        )[0]

    def verify(self, path: Path, *, content: Path | None = None, tell: TellIntegrity = not_told) -> FileReport:
        """Judge every signature; see ``ports.DocumentGateway.verify``."""
        call = Verify(path, content, self._profile.anchors, datetime.now(UTC), self._profile.is_training)
        answers = VerifyAnswers(self._remembered, tell)
        size = 2 * size_of(path) + (3 * size_of(content) if content is not None else 0)
        with self._children.worker() as child:
            return self._call(child, call, FileReport, path=path, size_bytes=size, answers=answers)[0]

    def extract_content(self, path: Path, partial: Path) -> int:
        """Write what a signed file carries to ``partial``; returns its size.  Raises ``DocumentError``."""
        call = ExtractContent(path, partial)
        return self._call(self._children[Lane.WORK], call, int, path=path, size_bytes=3 * size_of(path))[0]

    def close(self) -> None:
        """End all children; calls still running fail with ``DOCUMENT_WORKER_DIED``."""
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

    def _draw(self, call: RenderPage | RenderAppearance | RenderFilling, path: Path | None = None) -> Raster:
        head, pixels = self._call(self._children[Lane.VIEW], call, RasterHead, path=path)
        if len(pixels) != head.width * head.height * (4 if head.has_alpha else 3):
            self._children[Lane.VIEW].restart()
            raise document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, reason="picture of the wrong size")
        return Raster(head.width, head.height, head.has_alpha, bytes(pixels))

    def _call(
        self,
        child: ChildProcess,
        call: Call,
        kind: type[Result],
        *,
        path: Path | None = None,
        size_bytes: int = 0,
        answers: Answers | None = None,
    ) -> tuple[Result, bytearray | bytes]:
        deadlines = self._deadlines
        return call_child(child, call, kind, deadlines=deadlines, path=path, size_bytes=size_bytes, answers=answers)
