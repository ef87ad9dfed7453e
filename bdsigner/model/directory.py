"""Who has which certificate (Đ9): what the department publishes, and what this machine has learned."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bdsigner.model.certificate import Certificate, CertificateAssessment


class DirectorySource(StrEnum):
    """Where an entry comes from."""

    LDAP = "ldap"
    HTTPS = "https"
    BUNDLE = "bundle"
    """A signed file of the department, brought along."""
    LEARNED = "learned"
    """From a document whose signature was found good here."""
    FILE = "file"
    """A certificate file the person chose."""
    OWN = "own"
    """A token in this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """One certificate with what its directory says of the holder."""

    name: str
    title: str = ""
    agency: str = ""
    """Cơ quan, with the unit where it differs."""
    email: str = ""
    certificate: Certificate
    source: DirectorySource
    source_name: str = ""
    """Which server, bundle or document."""
    published_at: datetime | None = None
    """When it was published (Đ6.3a); ``None``: not said."""
    fetched_at: datetime | None = None
    """When this was learned; ``None``: just now."""
    is_stale: bool = False
    """Older than the profile lets pass without a word."""
    replaces: str = ""
    """Serial number of the certificate the same person had before, where this machine knows of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What a search came to."""

    entries: tuple[DirectoryEntry, ...] = ()
    is_complete: bool = True
    """False when there are more than were asked for."""
    problems: tuple[str, ...] = ()
    """Values of the ``ErrorCode`` of directories that did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientGroup:
    """Recipients with one name ("Ban Giám đốc")."""

    name: str
    certificates: tuple[str, ...]
    """SHA-256 fingerprints, lower-case hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRecipient:
    """A recipient and whether anything may be encrypted for them (Đ13.1)."""

    entry: DirectoryEntry
    assessment: CertificateAssessment
    """GOOD: may; UNKNOWN: could not be checked, the person decides; all else: may not."""
    newer: DirectoryEntry | None = None
    """The same person's newer certificate, where this machine knows of one: the token was replaced."""
