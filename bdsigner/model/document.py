"""Documents as read in the document child, and their pictures."""

from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

from bdsigner.model.geometry import Box


@dataclass(frozen=True, slots=True)
class Page:
    """Size of a page as displayed (after rotation, crop box), in points."""

    width_pt: float
    height_pt: float


class CertificationLevel(IntEnum):
    """DocMDP permissions of a certified document (ISO 32000-2 table 257)."""

    NO_CHANGES = 1
    FILL_FORMS = 2
    ANNOTATE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureField:
    """A signature field in the file."""

    name: str
    is_signed: bool
    box: Box | None
    """Where its widget stands; ``None`` for invisible fields."""
    signer_sha256: str = ""
    """Fingerprint of the certificate that its signature names, lower-case hex, unchecked; empty when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivalClaim:
    """What a file's metadata claim: PDF/A of a part and a conformance level (ISO 19005); whether it is true is unchecked."""

    part: int
    """1 to 4."""
    conformance: str = ""
    """``A``, ``B``, ``U``, in part 4 ``E``, ``F`` or empty."""

    @property
    def name(self) -> str:
        """``PDF/A-2b``, as people write it."""
        return f"PDF/A-{self.part}{self.conformance.lower()}"

    @property
    def is_tagged(self) -> bool:
        """Level A: all content says what it is (ISO 19005-1 §6.8)."""
        return self.conformance == "A"

    @property
    def untagged(self) -> "ArchivalClaim":
        """What is left of it when content without tags is added: level B."""
        return replace(self, conformance="B") if self.is_tagged else self


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """What a first look at a PDF tells, before anything is drawn or judged."""

    path: Path
    size_bytes: int
    modified_ns: int
    """``st_mtime_ns`` when read; with the size it tells whether the file changed since."""
    pages: tuple[Page, ...]
    signature_fields: tuple[SignatureField, ...] = ()
    certification: CertificationLevel | None = None
    is_repaired: bool = False
    """The reader had to rebuild the file's structure: it may be drawn, never signed."""
    is_encrypted: bool = False
    has_xfa: bool = False
    archival: ArchivalClaim | None = None
    """``None``: the file claims no PDF/A, or its metadata cannot be read."""

    @property
    def is_signed(self) -> bool:
        """Whether any signature field carries a signature."""
        return any(field.is_signed for field in self.signature_fields)


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture; rows top to bottom without padding."""

    width: int
    height: int
    has_alpha: bool
    """RGBA (premultiplied) when true, else RGB; 8 bits a channel."""
    pixels: bytes
