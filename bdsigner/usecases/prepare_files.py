"""Make a PDF of what is to be signed (Đ10.3b): PDF alone is signed, and both hashes are kept."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from bdsigner.errors import ConversionError, DocumentError, ErrorCode
from bdsigner.model.conversion import HEIF_SUFFIXES, PreparedFile, SourceKind
from bdsigner.model.register import HashedFile
from bdsigner.ports import Services
from bdsigner.usecases.file_hash import sha256_of


def prepare_file(
    source: Path, services: Services, *, folder: Path | None = None, should_stop: Callable[[], bool] = lambda: False
) -> PreparedFile:
    """A PDF is left as it is; anything else becomes ``name.pdf`` beside it or in ``folder``, never over another file.

    Raises ``ConversionError``, ``DocumentError``, ``StorageError``, ``UserCancelled``.
    """
    kind = services.converter.kind_of(source)
    sha256 = _sha256(source)
    if kind is SourceKind.PDF:
        return PreparedFile(source=source, pdf=source, source_sha256=sha256, pdf_sha256=sha256)
    target = free_name((folder or source.parent) / f"{source.stem}.pdf")
    with services.outputs.new_file(target, source=source) as output:
        if kind is SourceKind.IMAGE:
            services.documents.images_to_pdf(source, output.partial)
            converter = "libheif" if source.suffix.lower() in HEIF_SUFFIXES else "MuPDF"
        else:
            services.converter.to_pdf(source, output.partial, should_stop=should_stop)
            converter = services.converter.name
        _check_result(output.partial, source, services)
        pdf_sha256 = _sha256(output.partial)
        output.commit()
    services.register.note_conversion(pdf_sha256, HashedFile.at(source, sha256))
    return PreparedFile(source=source, pdf=target, source_sha256=sha256, pdf_sha256=pdf_sha256, converter=converter)


def _check_result(pdf: Path, source: Path, services: Services) -> None:
    try:
        info = services.documents.inspect(pdf)
    except DocumentError as error:
        raise ConversionError(ErrorCode.CONVERSION_FAILED, path=str(source), reason=error.code.value) from error
    if not info.pages or info.is_repaired or info.is_encrypted:
        raise ConversionError(ErrorCode.CONVERSION_FAILED, path=str(source), reason="unusable result")


def free_name(target: Path) -> Path:
    """``a.pdf``, or ``a-2.pdf`` … when that is taken already."""
    if not target.exists():
        return target
    numbered = (target.with_name(f"{target.stem}-{number}{target.suffix}") for number in count(2))
    return next(path for path in numbered if not path.exists())


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path), reason=error.strerror or "") from error
