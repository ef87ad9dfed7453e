"""Take a form that was signed elsewhere: the PDF that was saved, with signatures, or the scan of the paper (Đ7.2a)."""

import logging
from pathlib import Path

from bdsigner.errors import ConversionError, DocumentError, ErrorCode, RequestError
from bdsigner.model.conversion import SourceKind
from bdsigner.model.document import DocumentInfo
from bdsigner.model.form import FilledRequest
from bdsigner.model.request import KeptFile, Request, RequestState
from bdsigner.model.verification import Verdict
from bdsigner.ports import Services
from bdsigner.usecases.begin_request import filled_form
from bdsigner.usecases.request_changes import find_request
from bdsigner.usecases.request_mail import MAX_MAIL_BYTES
from bdsigner.usecases.request_papers import (
    SCAN_NAME,
    SIGNED_NAME,
    check_state,
    incomplete,
    keep_printed,
    missing_papers,
    new_file,
    own_folder,
    signed,
)
from bdsigner.usecases.same_look import looks_alike_but_for_signatures

log = logging.getLogger(__name__)

_MB = 1 << 20


def attach_signed(request_id: str, path: Path, services: Services) -> Request:
    """Keep a file as the signed form of a request.

    A PDF with signatures must begin with the bytes of the form as it was saved or signed here, unchanged since, and
    complete; it must look like it but for the signatures, none of which may be broken.  Anything else that opens, PDF
    or picture, is taken for the scan of a paper signed by hand; what is missing on the form may stand on it by hand,
    papers that go with it may not be missing.

    Raises ``RequestError``: REQUEST_NOT_FOUND, REQUEST_STATE, REQUEST_OTHER_DOCUMENT, REQUEST_TOO_LARGE,
    REQUEST_INCOMPLETE, REQUEST_CHANGED; the first ``FormError`` of what was refused; ``DocumentError``
    DOCUMENT_NOT_FOUND, DOCUMENT_UNREADABLE; ``StorageError``.
    """
    request = find_request(request_id, services.requests)
    check_state(request, RequestState.DRAFT, RequestState.SIGNED)
    filled = filled_form(request, services)
    if filled.refused:
        raise filled.refused[0]
    if papers_missing := missing_papers(filled):
        raise incomplete(papers_missing)
    with own_folder() as folder:
        # What is judged is what is kept, whatever becomes of the file meanwhile.
        copy = _copy(path, folder)
        document, fields = _Judge(request, filled, path.name, services).take(copy, folder)
    log.info("request %s: signed form attached, fields %s", request.id, fields)
    return signed(request, filled, document, services, fields=fields)


class _Judge:
    """One file that is said to be the signed form."""

    def __init__(self, request: Request, filled: FilledRequest, file: str, services: Services) -> None:
        self._request = request
        self._filled = filled
        self._file = file
        self._services = services

    def take(self, copy: Path, folder: Path) -> tuple[KeptFile, tuple[str, ...]]:
        """The kept document and the fields that are signed in it; none: by hand."""
        pdf = self._as_pdf(copy, folder)
        info = self._inspect(pdf)
        beginning = self._beginning() if pdf == copy else b""
        with pdf.open("rb") as stream:
            is_ours = bool(beginning) and stream.read(len(beginning)) == beginning
        if info.is_signed and not is_ours:
            raise self._refused("another document")
        if info.is_signed:
            fields = self._signed_fields(pdf, info, len(beginning))
            return self._services.requests.keep(self._request.id, SIGNED_NAME, pdf), fields
        if info.signature_fields or is_ours:  # ours, also where what came behind it hides the fields
            raise self._refused("not signed")
        return self._services.requests.keep(self._request.id, SCAN_NAME, pdf), ()

    def _as_pdf(self, copy: Path, folder: Path) -> Path:
        try:
            match self._services.converter.kind_of(copy):
                case SourceKind.PDF:
                    return copy
                case SourceKind.IMAGE:
                    scan = new_file(folder, SCAN_NAME)
                    self._services.documents.images_to_pdf(copy, scan)
                    return scan
                case _:
                    raise self._refused("neither PDF nor picture")
        except (ConversionError, DocumentError) as error:
            raise self._refused(error.code.value) from error

    def _inspect(self, pdf: Path) -> DocumentInfo:
        try:
            info = self._services.documents.inspect(pdf)
        except DocumentError as error:
            raise self._refused(error.code.value) from error
        if not info.pages or info.is_encrypted:
            raise self._refused("encrypted" if info.is_encrypted else "no pages")
        return info

    def _signed_fields(self, pdf: Path, info: DocumentInfo, beginning_bytes: int) -> tuple[str, ...]:
        """Of the form's fields those that are signed, all of them soundly, and more than before."""
        try:
            report = self._services.documents.verify(pdf)
        except DocumentError as error:
            raise self._refused(error.code.value) from error
        if report.verdict is Verdict.INVALID or info.is_repaired:
            raise self._refused("a signature is broken")
        template = self._filled.form.template
        ours = (template.left.signature_field, template.right.signature_field)
        # Not those that look signed: of what cannot be read nothing was judged.
        judged = {one.field_name for one in report.signatures}
        fields = tuple(name for name in ours if name in judged)
        if not set(fields) > set(self._request.signed_fields):
            raise self._refused("no new signature in its fields")
        # What came behind the first of the new signatures is judged with it.
        first = min((one.covered_bytes for one in report.signatures if one.covered_bytes > beginning_bytes), default=0)
        if not first or not self._looks_as_it_left(pdf, beginning_bytes, first):
            raise self._refused("changed before it was signed")
        if self._filled.missing:
            raise incomplete(self._filled.missing)
        return fields

    def _looks_as_it_left(self, pdf: Path, beginning_bytes: int, signed_bytes: int) -> bool:
        """False also where it cannot be told."""
        try:
            return looks_alike_but_for_signatures(
                pdf, self._services, earlier_bytes=beginning_bytes, later_bytes=signed_bytes
            )
        except DocumentError:
            return False

    def _beginning(self) -> bytes:
        """The form as it was saved, or as it is signed so far; the same form is the same file."""
        request, store = self._request, self._services.requests
        ours = request.document if request.signed_fields else request.printed
        ours = ours or keep_printed(request, self._filled, self._services)
        return store.path(request.id, ours).read_bytes()

    def _refused(self, reason: str) -> RequestError:
        return RequestError(ErrorCode.REQUEST_OTHER_DOCUMENT, file=self._file, reason=reason)


def _copy(path: Path, folder: Path) -> Path:
    """Raises ``DocumentError``, ``RequestError`` REQUEST_TOO_LARGE."""
    try:
        if not path.is_file():  # a pipe would be waited for
            raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path))
        with path.open("rb") as stream:
            content = stream.read(MAX_MAIL_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path), reason=reason) from error
    if len(content) > MAX_MAIL_BYTES:
        raise RequestError(ErrorCode.REQUEST_TOO_LARGE, limit=MAX_MAIL_BYTES // _MB)
    copy = new_file(folder, f"given{path.suffix}")
    copy.write_bytes(content)
    return copy
