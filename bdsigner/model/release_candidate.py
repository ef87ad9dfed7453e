"""What the clerk sees of a signed document before it is released or returned (Đ10.3c)."""

from dataclasses import dataclass
from pathlib import Path

from bdsigner.model.certificate import Certificate
from bdsigner.model.register import DocumentSummary
from bdsigner.model.registered_document import RegisteredDocument
from bdsigner.model.signing_rules import KindGroup, Objection, SigningMode
from bdsigner.model.verification import FileReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCandidate:
    """A file, looked at as it was at one moment."""

    path: Path
    report: FileReport
    """What the verification says of it; ``report.sha256`` is of the bytes that were judged."""
    document: RegisteredDocument | None
    """What the register knows of it, or of what was at this place before; ``None``: nothing."""
    is_changed: bool
    """Whether the register knows another content of this file."""
    summary: DocumentSummary
    kind: KindGroup
    mode: SigningMode
    signer: Certificate | None
    """Certificate of the signature that is held against the title lines; ``None``: none can be read."""
    title_lines: tuple[str, ...]
    """Powers and title lines on the page, from top to bottom; empty when none were found."""
    written_name: str
    """Name under the room for the signature; empty when none was found."""
    doubts: tuple[Objection, ...]
    """What Đ10.2 has against this signer under these titles; for the clerk to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder:
    """How the document leaves the agency; all untrusted."""

    channel: str
    """``SendingChannel.id``."""
    sender: str = ""
    recipients: tuple[str, ...] = ()
