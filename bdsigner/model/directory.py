"""Who has which certificate (Đ9): what the department publishes, and what this machine has learned."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bdsigner.model.certificate import Certificate, CertificateAssessment
from bdsigner.model.vietnamese import fold


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


PUBLISHING = frozenset({DirectorySource.LDAP, DirectorySource.HTTPS, DirectorySource.BUNDLE})
"""What the department itself says: it goes before what was learned elsewhere, and tells of publication."""


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

    @property
    def person(self) -> str:
        """The same for entries of one person: name with mail address, else with agency.

        The address alone is not enough: a mailbox may be shared (``vanthu@…``), and nobody may stand for another.
        """
        return f"{fold(self.name)}\n{self.email.strip().casefold() or fold(self.agency)}"

    @classmethod
    def of(cls, certificate: Certificate, source: DirectorySource, source_name: str = "") -> "DirectoryEntry":
        """What the certificate itself says of its holder."""
        return cls(
            name=certificate.common_name or certificate.email or certificate.subject,
            title=certificate.title,
            agency=certificate.agency,
            email=certificate.email,
            certificate=certificate,
            source=source,
            source_name=source_name,
        )


def one_per_person(entries: Iterable[DirectoryEntry], at: datetime) -> tuple[DirectoryEntry, ...]:
    """Each person once, in the order of first mention, with the certificate to encrypt for.

    The newest in force that may be used for encrypting; else the newest in force; else the newest.
    """
    people: dict[str, list[DirectoryEntry]] = {}
    for entry in entries:
        people.setdefault(entry.person, []).append(entry)
    return tuple(_best(all_of_one, at) for all_of_one in people.values())


def newer_than(entry: DirectoryEntry, others: Iterable[DirectoryEntry], at: datetime) -> tuple[DirectoryEntry, ...]:
    """Those of the same person, in force and for encrypting, that began later than ``entry``; the newest first."""
    own = entry.certificate
    newer = [
        one
        for one in others
        if one.person == entry.person
        and one.certificate.may_encrypt
        and one.certificate.not_before > own.not_before
        and one.certificate.not_before <= at < one.certificate.not_after
        and one.certificate.sha256 != own.sha256
    ]
    return tuple(sorted(newer, key=lambda one: one.certificate.not_before, reverse=True))


def _best(entries: list[DirectoryEntry], at: datetime) -> DirectoryEntry:
    def rank(entry: DirectoryEntry) -> tuple[bool, bool, datetime]:
        certificate = entry.certificate
        is_in_force = certificate.not_before <= at < certificate.not_after
        return is_in_force and certificate.may_encrypt, is_in_force, certificate.not_before

    best = max(entries, key=rank)
    before = [one.certificate for one in entries if one.certificate.not_before < best.certificate.not_before]
    before = [one for one in before if one.may_encrypt == best.certificate.may_encrypt]
    if not before:
        return best
    return replace(best, replaces=max(before, key=lambda one: one.not_before).serial_number)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A directory brought along as a signed file."""

    entries: tuple[DirectoryEntry, ...]
    made_at: datetime
    """When the department made it, as it says itself."""
    unreadable: int = 0
    """Certificates in it that could not be read and were left out."""
    is_signer_checked: bool = True
    """False: whether the signer's certificate was revoked could not be asked for; everything else was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleImport:
    """What an import came to."""

    entries: int
    unreadable: int
    made_at: datetime
    is_signer_checked: bool
    """See ``Bundle``."""
    newer_known: datetime | None = None
    """When the newest directory file imported here was made, if that is later: this one is old."""
