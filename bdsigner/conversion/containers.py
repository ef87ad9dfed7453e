"""What a file is by its first bytes, and whether a compressed one is a bomb (hardening P4)."""

import zipfile
from pathlib import Path

from bdsigner.errors import ConversionError, ErrorCode
from bdsigner.model.conversion import HEIF_SUFFIXES, IMAGE_SUFFIXES, OFFICE_SUFFIXES, SourceKind

HEAD_BYTES = 4096
RATIO_MAX = 100
RATIO_FROM_BYTES = 1 << 20
"""Small containers of repeated text compress well; above a MiB such a ratio is made on purpose."""
UNPACKED_BYTES_MAX = 1 << 30
_ZIP, _COMPOUND, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"
_ZIPPED = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"})
_COMPOUNDS = frozenset({".doc", ".xls", ".ppt"})
_TEXTS = frozenset({".txt", ".csv"})
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")


def kind_of(path: Path) -> SourceKind:
    """By name and content, which must agree.

    Raises ``ConversionError``: ``CONVERSION_UNSUPPORTED``, ``CONVERSION_MISNAMED``, ``CONVERSION_PASSWORD``,
    ``CONVERSION_BOMB``, ``CONVERSION_UNREADABLE``.
    """
    suffix = path.suffix.lower()
    head = _head(path)
    if suffix == ".pdf" or b"%PDF-" in head[:1024]:
        return SourceKind.PDF
    if suffix in IMAGE_SUFFIXES:
        is_fit = _is_heif(head) if suffix in HEIF_SUFFIXES else head.startswith(_IMAGES)
        if not is_fit:
            raise _error(ErrorCode.CONVERSION_MISNAMED, path)
        return SourceKind.IMAGE
    if suffix not in OFFICE_SUFFIXES:
        raise _error(ErrorCode.CONVERSION_UNSUPPORTED, path)
    _check_office(path, suffix, head)
    return SourceKind.OFFICE


def _is_heif(head: bytes) -> bool:
    """A file type box with a brand of HEVC pictures, as the main one or a compatible one (ISO/IEC 23008-12 §10)."""
    size = int.from_bytes(head[:4], "big")
    brands = head[8 : min(size, HEAD_BYTES)]
    listed = {brands[at : at + 4] for at in range(0, len(brands), 4) if at != 4}  # the second is a version
    return head[4:8] == b"ftyp" and not listed.isdisjoint(_HEIF_BRANDS)


def _check_office(path: Path, suffix: str, head: bytes) -> None:
    if not head:
        raise _error(ErrorCode.CONVERSION_EMPTY, path)
    if suffix in _ZIPPED and head.startswith(_COMPOUND):
        # An Office file with a password is a compound file whatever its name says.
        raise _error(ErrorCode.CONVERSION_PASSWORD, path)
    is_fit = (
        (suffix in _ZIPPED and head.startswith(_ZIP))
        or (suffix in _COMPOUNDS and head.startswith(_COMPOUND))
        or (suffix == ".rtf" and head.startswith(_RTF))
        or (suffix in _TEXTS and b"\x00" not in head.removeprefix(b"\xff\xfe"))
    )
    if not is_fit:
        raise _error(ErrorCode.CONVERSION_MISNAMED, path)
    if suffix in _ZIPPED:
        _check_container(path)


def _check_container(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as container:
            entries = container.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _error(ErrorCode.CONVERSION_FAILED, path, reason=type(error).__name__) from error
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    is_bomb = unpacked > RATIO_FROM_BYTES and unpacked > RATIO_MAX * max(1, packed)
    if is_bomb or unpacked > UNPACKED_BYTES_MAX:
        raise _error(ErrorCode.CONVERSION_BOMB, path)
    if any(entry.flag_bits & 1 for entry in entries):
        raise _error(ErrorCode.CONVERSION_PASSWORD, path)


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _error(ErrorCode.CONVERSION_UNREADABLE, path, reason="no file")
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise _error(ErrorCode.CONVERSION_UNREADABLE, path, reason=error.strerror or "") from error


def _error(code: ErrorCode, path: Path, **facts: str) -> ConversionError:
    return ConversionError(code, path=str(path), **facts)
