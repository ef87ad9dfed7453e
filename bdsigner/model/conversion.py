"""Files that become PDF before they are signed (Đ10.3b)."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SourceKind(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    OFFICE = "office"
    IMAGE = "image"


OFFICE_SUFFIXES = frozenset(
    {".docx", ".doc", ".odt", ".rtf", ".txt", ".xlsx", ".xls", ".ods", ".csv", ".pptx", ".ppt", ".odp"}
)
HEIF_SUFFIXES = frozenset({".heic", ".heif"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"}) | HEIF_SUFFIXES
CONVERTIBLE_SUFFIXES = OFFICE_SUFFIXES | IMAGE_SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedFile:
    """A file ready to be signed, with where it came from."""

    source: Path
    pdf: Path
    """``source`` itself when it was a PDF."""
    source_sha256: str
    """Lower-case hex."""
    pdf_sha256: str
    converter: str = ""
    """Name and version of what converted it; empty for a PDF."""
