"""Documents: read, drawn, signed and judged in sandboxed children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bdsigner.model.certificate import Certificate, CertificateAssessment, Usage
    from bdsigner.model.comparison import PageAlignment, PageComparison
    from bdsigner.model.document import DocumentInfo, Raster
    from bdsigner.model.examination import QuickLook
    from bdsigner.model.form import FilledForm
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
    from bdsigner.model.verification import FileReport

SignDigest = Callable[[bytes], bytes]
"""SHA-256 digest of the signed attributes → signature value (DER ``Ecdsa-Sig-Value`` for EC keys)."""

RequestTimestamp = Callable[[bytes], bytes | None]
"""DER ``TimeStampReq`` → DER ``TimeStampResp`` (RFC 3161 §2.4); ``None``: go on without, the person agreed."""

TellIntegrity = Callable[["FileReport"], None]
"""Told what the bytes alone say of a file's signatures, while changes and certificates are still being judged."""


def not_told(early: FileReport) -> None:
    """For whoever waits for the whole report."""
    del early


class DocumentGateway(Protocol):
    """Documents are read, drawn, signed and judged in sandboxed children; may be called from any thread."""

    def check_signable(self, path: Path, *, field: str = "") -> int:
        """Open a file as ``sign`` will and return its number of pages.

        Raises the ``DocumentError`` or ``SigningError`` that signing would end in, so that no PIN is asked in vain.
        """

    def images_to_pdf(self, source: Path, partial: Path) -> int:
        """Write a PDF with the pictures of a file to ``partial``, an empty file of ours; returns its pages.

        Raises ``DocumentError``.
        """

    def print_sheet(self, sheet: Sheet, partial: Path) -> int:
        """Write a sheet as PDF to ``partial``, an empty file of ours; returns its pages.  Raises ``DocumentError``."""

    def print_form(self, form: FilledForm, copy: bytes, partial: Path) -> int:
        """Write a form as PDF to ``partial``, with ``copy`` embedded and empty signature fields; returns its pages.

        Raises ``FormError`` FORM_CHARACTERS for what the font cannot write; ``DocumentError``.
        """

    def inspect(self, path: Path, *, length_bytes: int | None = None) -> DocumentInfo:
        """Read structure and page sizes of the first ``length_bytes`` bytes (``None``: the whole file).

        Raises ``DocumentError``.
        """

    def read_layout(self, path: Path, *, signer_name: str = "", is_as_written: bool = False) -> DocumentLayout:
        """Read number, date, title lines, marks and free room; ``signer_name`` helps where “Nơi nhận” is missing.

        ``is_as_written``: without the visible signatures, which stand where titles and name are read.  Raises ``DocumentError``.
        """

    def look(self, path: Path) -> QuickLook:
        """Read structure, page sizes, title and secrecy mark, which all documents are asked for (Đ10.1a).

        Raises ``DocumentError``.
        """

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        """Draw a page, ``scale`` pixels a point, of the first ``length_bytes`` bytes (``None``: the whole file)."""

    def align_pages(self, path: Path, *, earlier_bytes: int, later_bytes: int) -> PageAlignment:
        """Tell which page of one revision is which of the other, without drawing any.  Raises ``DocumentError``."""

    def compare_pages(
        self, path: Path, page: int, *, earlier_page: int, earlier_bytes: int, later_bytes: int, scale: float
    ) -> PageComparison:
        """Draw a page of two revisions of a file, its first ``earlier_bytes`` and ``later_bytes``, and hold the pictures together.

        Drawn with ``scale`` pixels a point, large pages with less.  Raises ``DocumentError``, also for a page that neither has.
        """

    def render_appearance(self, appearance: Appearance, *, width_pt: float, height_pt: float, scale: float) -> Raster:
        """Draw the visible signature exactly as it will stand in the file.  Raises ``SigningError``."""

    def read_picture(self, path: Path) -> PictureSize:
        """Decode a hand signature or seal as signing will.  Raises ``SigningError`` ``SIGNING_PICTURE_…``."""

    def render_filling(self, filling: Filling, *, scale: float) -> Raster:
        """Draw a number or date exactly as it will be typed, as large as its slot.  Raises ``SigningError``."""

    def assess_certificate(
        self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime, usage: Usage | None = None
    ) -> CertificateAssessment:
        """Check chain to the profile's anchors, validity, revocation and usage; ``None``: for signing.

        For other usages than signing, answers of the network that a verification or such a check had a few minutes
        ago are taken; for signing they are asked for anew.
        """

    def read_certificate(self, path: Path) -> Certificate:
        """Read a certificate file: DER, or the first certificate of PEM.

        Raises ``CertificateError`` CERTIFICATE_UNREADABLE, ``DocumentError``.
        """

    def sign(
        self, request: SignatureRequest, *, sign_digest: SignDigest, request_timestamp: RequestTimestamp
    ) -> SignatureResult:
        """Write the signed document to ``request.partial``.

        ``sign_digest`` and ``request_timestamp`` are called in the caller's thread, the former at most once, the
        latter once from B-T on and a second time for B-LTA; what they raise comes out of here.  ``None`` for the
        second timestamp means B-LT.  Proofs that cannot be had leave the level lower: see ``SignatureResult.missing``.
        """

    def extend(self, request: ExtensionRequest, *, request_timestamp: RequestTimestamp) -> ExtensionResult:
        """Write the signed document, brought to a higher level, to ``request.partial``.

        ``request_timestamp`` is called in the caller's thread, at most three times; what it raises comes out of
        here.  Raises ``DocumentError``; ``SigningError``: SIGNING_UNSIGNED, SIGNING_BROKEN, SIGNING_LEVEL_REACHED,
        SIGNING_NO_TIMESTAMP, SIGNING_PROOFS_MISSING.
        """

    def verify(self, path: Path, *, content: Path | None = None, tell: TellIntegrity = not_told) -> FileReport:
        """Judge every signature of a PDF, a CMS file or a mail; ``content`` is what a detached signature signs.

        Without it ``FileReport.lacks_content``.  Signatures inside what a CMS or a mail carries are not judged.
        ``tell`` is called in the caller's thread at most once, for a signed file whose content is there, with a
        report that is at best indeterminate: every signature in it bears the finding JUDGING.  What it raises comes
        out of here.

        Raises ``DocumentError`` only when the file cannot be read at all, or is beyond the limits.
        """

    def extract_content(self, path: Path, partial: Path) -> int:
        """Write what a CMS or a mail carries to ``partial``, an empty file of ours; returns its size in bytes.

        Raises ``DocumentError``.
        """

    def expect_batch(self, *, signers: int = 0, readers: int, is_verifying: bool = False) -> None:
        """So many documents will be signed and read, or many judged, at the same time soon: get ready.  Never raises."""

    def rest(self) -> None:
        """A batch is over: what only a batch needs may go.  Never raises."""

    def close(self) -> None:
        """End all children."""
