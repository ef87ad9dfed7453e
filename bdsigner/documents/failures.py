"""Whatever is raised in a document child becomes a coded failure here; nothing untyped leaves it (hardening.md P2)."""

import errno

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, StorageError

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_OUT_OF_MEMORY = ("alloc", "memory")
"""MuPDF names a failed allocation ``malloc (N bytes) failed``, ``calloc …`` or ``out of memory``."""


def coded(error: Exception, *, reading: bool) -> BdsignerError:
    """Give an exception its code; ``reading``: it came out of inspecting or drawing, where only the file can be at fault."""
    name = type(error).__name__
    if isinstance(error, BdsignerError):
        return error
    if isinstance(error, (MemoryError, RecursionError)) or is_limit(error):
        return DocumentError(ErrorCode.DOCUMENT_LIMITS, reason=name)
    if isinstance(error, OSError):
        return _coded_os_error(error)
    if reading:
        return DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=name)
    return BdsignerError(ErrorCode.UNEXPECTED, kind=name)


def is_limit(error: Exception) -> bool:
    """Whether MuPDF ran into the memory limit or one of its own (``FZ_ERROR_LIMIT``)."""
    name, text = type(error).__name__, str(error)
    return name == "FzErrorLimit" or (
        name in ("FzErrorSystem", "RuntimeError", "FileDataError") and any(word in text for word in _OUT_OF_MEMORY)
    )


def _coded_os_error(error: OSError) -> BdsignerError:
    facts: dict[str, str | int] = {"reason": error.strerror or type(error).__name__, "errno": error.errno or 0}
    if error.errno in _FULL:
        return StorageError(ErrorCode.STORAGE_FULL, **facts)
    if error.errno == errno.ENOMEM:
        return DocumentError(ErrorCode.DOCUMENT_LIMITS, **facts)
    if isinstance(error, FileNotFoundError):
        return DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, **facts)
    return DocumentError(ErrorCode.DOCUMENT_UNREADABLE, **facts)
