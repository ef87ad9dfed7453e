"""A scripted ``DocumentGateway``: simple pictures, set reports, errors and slowness; no document is parsed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, SigningError
from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus, Usage
from bdsigner.model.comparison import PageAlignment, PageComparison, PageState
from bdsigner.model.document import DocumentInfo, Page, Raster, SignatureField
from bdsigner.model.examination import QuickLook
from bdsigner.model.form import FilledForm
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
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
from bdsigner.model.verification import FileReport, Verdict
from bdsigner.ports import RequestTimestamp, SignDigest, TellIntegrity, not_told
from bdsigner.trust.certificate_file import read_certificate_file
from tests.support.reports import report, signature

A4 = Page(width_pt=595, height_pt=842)
SIGNED_MARK = b"\n%signed by the fake"

_WHITE, _INK, _BLUE = b"\xff\xff\xff", b"\x50\x58\x66", b"\x30\x50\xa0\xff"


@dataclass(frozen=True)
class Drawing:
    """One call of ``render_page``."""

    path: Path
    page: int
    scale: float
    length_bytes: int | None


class FakeDocumentGateway:
    """Implements ``ports.DocumentGateway``; a file it has signed is signed and valid from then on.

    Set entries of ``infos``, ``reports`` and ``errors`` to script a file; set ``before`` to be slow.
    """

    def __init__(self) -> None:
        self.infos: dict[Path, DocumentInfo] = {}
        self.revisions: dict[tuple[Path, int | None], DocumentInfo] = {}
        """What a look at the first bytes of a file tells, where that differs from the whole."""
        self.comparisons: dict[int, PageComparison] = {}
        """By page; other pages look alike."""
        self.alignment: PageAlignment | None = None
        """Which page is which; ``None``: by number."""
        self.compared: list[tuple[Path, int, int, int]] = []
        """Path, page, earlier and later bytes of each ``compare_pages``."""
        self.layouts: dict[Path, DocumentLayout] = {}
        self.reports: dict[Path, FileReport] = {}
        self.early: dict[Path, FileReport] = {}
        """What ``verify`` tells of a file before its report; then ``before`` is called with "judge"."""
        self.errors: dict[Path, BdsignerError] = {}
        """Raised by every call on that file."""
        self.page_errors: dict[int, BdsignerError] = {}
        """Raised by drawing that page."""
        self.appearance_error: BdsignerError | None = None
        self.appearances: list[Appearance] = []
        """What ``render_appearance`` was asked for."""
        self.picture = PictureSize(width_px=850, height_px=850, width_mm=36.0, height_mm=36.0)
        """What ``read_picture`` says of a file that exists."""
        self.assessment = CertificateStatus.GOOD
        self.before: Callable[[str, Path], object] = lambda call, path: None
        """Called with the method's name in each call on a file; wait for an event to be slow."""
        self.drawings: list[Drawing] = []
        self.verified: list[Path] = []
        self.is_closed = False

    def check_signable(self, path: Path, *, field: str = "") -> int:
        return len(self._look("check_signable", path).pages)

    def images_to_pdf(self, source: Path, partial: Path) -> int:
        self._look("images_to_pdf", source)
        partial.write_bytes(b"%PDF of pictures")
        return 1

    def print_sheet(self, sheet: Sheet, partial: Path) -> int:
        partial.write_bytes(b"%PDF of " + sheet.title.encode())
        return 1

    def print_form(self, form: FilledForm, copy: bytes, partial: Path) -> int:
        partial.write_bytes(b"%PDF of a form with " + copy)
        return 1

    def inspect(self, path: Path, *, length_bytes: int | None = None) -> DocumentInfo:
        if (path, length_bytes) in self.revisions:
            return self.revisions[path, length_bytes]
        return self._look("inspect", path)

    def read_layout(self, path: Path, *, signer_name: str = "", is_as_written: bool = False) -> DocumentLayout:
        self._look("read_layout", path)
        return self.layouts.get(path, DocumentLayout(has_text=False, is_administrative=False))

    def look(self, path: Path) -> QuickLook:
        return QuickLook(info=self.inspect(path), layout=self.read_layout(path))

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        info = self._look("render_page", path)
        self.drawings.append(Drawing(path, page, scale, length_bytes))
        if page in self.page_errors:
            raise self.page_errors[page]
        size = info.pages[page]
        return _page_picture(round(size.width_pt * scale), round(size.height_pt * scale))

    def align_pages(self, path: Path, *, earlier_bytes: int, later_bytes: int) -> PageAlignment:
        earlier, later = (
            self.revisions.get((path, length)) or self._look("align_pages", path)
            for length in (earlier_bytes, later_bytes)
        )
        return self.alignment or PageAlignment.by_number(len(earlier.pages), len(later.pages))

    def compare_pages(
        self, path: Path, page: int, *, earlier_page: int, earlier_bytes: int, later_bytes: int, scale: float
    ) -> PageComparison:
        pages = len(self._look("compare_pages", path).pages)
        self.compared.append((path, page, earlier_bytes, later_bytes))
        if page in self.page_errors:
            raise self.page_errors[page]
        alike = PageComparison(
            page=page,
            earlier_page=earlier_page,
            state=PageState.ALIKE,
            earlier_page_count=pages,
            later_page_count=pages,
        )
        return self.comparisons.get(page, alike)

    def render_appearance(self, appearance: Appearance, *, width_pt: float, height_pt: float, scale: float) -> Raster:
        self.appearances.append(appearance)
        if self.appearance_error is not None:
            raise self.appearance_error
        width, height = max(1, round(width_pt * scale)), max(1, round(height_pt * scale))
        return Raster(width, height, has_alpha=True, pixels=_BLUE * (width * height))

    def read_picture(self, path: Path) -> PictureSize:
        if path in self.errors:
            raise self.errors[path]
        if not path.is_file():
            raise SigningError(ErrorCode.SIGNING_PICTURE_UNUSABLE, path=str(path), reason="no such file")
        return self.picture

    def render_filling(self, filling: Filling, *, scale: float) -> Raster:
        width, height = max(1, round(filling.box.width_pt * scale)), max(1, round(filling.box.height_pt * scale))
        return Raster(width, height, has_alpha=True, pixels=_BLUE * (width * height))

    def assess_certificate(
        self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime, usage: Usage | None = None
    ) -> CertificateAssessment:
        return CertificateAssessment(status=self.assessment, checked_at=at)

    def read_certificate(self, path: Path) -> Certificate:
        return read_certificate_file(path)

    def sign(
        self, request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
    ) -> SignatureResult:
        self._look("sign", request.source)
        content = request.source.read_bytes()
        value = sign_digest(sha256(content).digest())
        signed = content + b"\n%" + value.hex().encode() + SIGNED_MARK
        request.partial.write_bytes(signed)
        return SignatureResult(
            field=request.field or "Signature1",
            level=request.level,
            timestamp_time=request.signing_time,
            size_bytes=len(signed),
        )

    def extend(self, request: ExtensionRequest, *, request_timestamp: RequestTimestamp) -> ExtensionResult:
        if not self._look("extend", request.source).is_signed:
            raise SigningError(ErrorCode.SIGNING_UNSIGNED, path=str(request.source))
        extended = request.source.read_bytes() + b"\n%" + request.level.value.encode() + SIGNED_MARK
        request.partial.write_bytes(extended)
        return ExtensionResult(level=request.level, size_bytes=len(extended))

    def verify(self, path: Path, *, content: Path | None = None, tell: TellIntegrity = not_told) -> FileReport:
        info = self._look("verify", path)
        self.verified.append(path)
        if content is not None:
            self.verified.append(content)
        if path in self.early:
            tell(self.early[path])
            self.before("judge", path)
        if content in self.reports:
            return self.reports[content]
        if path in self.reports:
            return self.reports[path]
        if info.is_signed:
            return self._with_hash(report(path, Verdict.VALID, signature(), judged_bytes=info.size_bytes))
        return self._with_hash(report(path, None, judged_bytes=info.size_bytes))

    def _with_hash(self, judged: FileReport) -> FileReport:
        if not judged.path.is_file():
            return judged
        return replace(judged, sha256=sha256(judged.path.read_bytes()).hexdigest())

    def expect_batch(self, *, signers: int = 0, readers: int, is_verifying: bool = False) -> None:
        pass

    def extract_content(self, path: Path, partial: Path) -> int:
        self._look("extract_content", path)
        return partial.write_bytes(path.read_bytes())

    def rest(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True

    def _look(self, call: str, path: Path) -> DocumentInfo:
        self.before(call, path)
        if path in self.errors:
            raise self.errors[path]
        if path in self.infos:
            return self.infos[path]
        if not path.is_file():
            raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path))
        if path.suffix.lower() != ".pdf":
            raise DocumentError(ErrorCode.DOCUMENT_NOT_PDF, path=str(path))
        return document_info(path, is_signed=path.read_bytes().endswith(SIGNED_MARK))


def document_info(path: Path, *, pages: tuple[Page, ...] = (A4,), is_signed: bool = False) -> DocumentInfo:
    """What a first look would tell of a file that exists."""
    state = path.stat()
    box = Box(page=0, x_pt=330, y_pt=560, width_pt=200, height_pt=80)
    return DocumentInfo(
        path=path,
        size_bytes=state.st_size,
        modified_ns=state.st_mtime_ns,
        pages=pages,
        signature_fields=(SignatureField(name="Signature1", is_signed=True, box=box),) if is_signed else (),
    )


def _page_picture(width: int, height: int) -> Raster:
    """White paper with lines of grey "text"."""
    margin, line, gap = max(1, width // 8), max(1, height // 120), max(2, height // 40)
    blank = _WHITE * width
    text = _WHITE * margin + _INK * (width - 2 * margin) + _WHITE * margin
    rows = [text if height // 10 < row < height * 9 // 10 and row % gap < line else blank for row in range(height)]
    return Raster(width, height, has_alpha=False, pixels=b"".join(rows))
