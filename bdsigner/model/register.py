"""The register of documents (regulation.md §12): what was signed, reviewed, released and received here, entry by entry.

An entry is never changed; its hash covers its content and the hash before, so that whatever is changed, taken out or
moved afterwards is found.  There is no PIN and no content of a document in it.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from bdsigner.model.legal_value import LegalStanding
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.signature import SignatureLevel
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Verdict

CHAIN_START = "0" * 64
"""Stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """A file as it was at that moment."""

    name: str
    sha256: str
    """Lower-case hex."""

    @classmethod
    def at(cls, path: Path, sha256: str) -> "HashedFile":
        """A file by its name alone; what is not UTF-8 in it is replaced."""
        return cls(name=os.fsencode(path.name).decode("utf-8", "replace"), sha256=sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """What the layout reader knows of a document; empty where it could not tell."""

    number: str = ""
    """``45/QĐ-UBND``."""
    issued: str = ""
    """``dd/MM/yyyy``."""
    title: str = ""
    """Kind of document and its summary (trích yếu)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature was made here."""

    source: HashedFile
    target: HashedFile
    converted_from: HashedFile | None = None
    """The Office document or picture that ``source`` was made of (Đ10.3b: both hashes are kept)."""
    document: DocumentSummary
    kind: KindGroup
    mode: SigningMode
    submitted_by: str = ""
    """Who submitted it, an optional note (Đ10.3a)."""
    signer: str
    title: str
    certificate_serial: str
    device_serial: str
    level: SignatureLevel
    signed_at: datetime
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """A signed file got a timestamp or proofs: other bytes, the same document."""

    before: str
    """SHA-256 of the file that was extended."""
    target: HashedFile
    level: SignatureLevel
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The clerk looked at exactly this file and decided (Đ10.3c)."""

    file: HashedFile
    before: str = ""
    """SHA-256 of the same document as it was entered before; another than the file's when it was changed since."""
    document: DocumentSummary
    kind: KindGroup
    mode: SigningMode = SigningMode.ORIGINAL
    verdict: ReviewVerdict
    reviewer: str
    reason: str = ""
    signature: Verdict | None
    """What the verification said of the file at that moment; ``None``: it carries no signature."""
    signer: str = ""
    title: str = ""
    """Of the signer's certificate."""
    written_title: tuple[str, ...] = ()
    """Title lines that stand on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The document left the agency (Đ10.3c)."""

    file: HashedFile
    channel: str
    """``SendingChannel.id``."""
    channel_name: str
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAnew:
    """The register before could not be used any more and is kept under another name."""

    kept: HashedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that came from elsewhere was verified, and the person entered it."""

    file: HashedFile
    document: DocumentSummary
    kind: KindGroup
    mode: SigningMode
    verdict: Verdict | None
    """``None``: it carries no signature."""
    standing: LegalStanding | None = None
    """What it is worth (Đ12); ``None`` without a signature."""
    findings: tuple[str, ...] = ()
    """Codes of what speaks against it or could not be checked, each once."""
    signer: str = ""
    title: str = ""
    """Of the signer's certificate."""
    certificate_serial: str = ""
    timestamp: datetime | None = None
    channel: str = ""
    """``SendingChannel.id`` of the way it came; empty: not said."""
    channel_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A received file was reported to the head of the agency (Đ18.2)."""

    file: HashedFile
    """Without a hash where it could not be read."""
    verdict: Verdict | None
    findings: tuple[str, ...] = ()
    """As of ``Received``; an error code where the file could not be judged."""
    reporter: str = ""
    letter: HashedFile
    saved_at: str
    """Path of the letter; what is not UTF-8 in it is replaced."""


RegisterEvent: TypeAlias = Signed | Extended | Reviewed | Released | Received | Reported | BegunAnew


class EventKind(StrEnum):
    """Names of the events in the register."""

    SIGNED = "signed"
    EXTENDED = "extended"
    REVIEWED = "reviewed"
    RELEASED = "released"
    RECEIVED = "received"
    REPORTED = "reported"
    BEGUN_ANEW = "begun-anew"


_TYPES: dict[EventKind, type[RegisterEvent]] = {
    EventKind.SIGNED: Signed,
    EventKind.EXTENDED: Extended,
    EventKind.REVIEWED: Reviewed,
    EventKind.RELEASED: Released,
    EventKind.RECEIVED: Received,
    EventKind.REPORTED: Reported,
    EventKind.BEGUN_ANEW: BegunAnew,
}
_KINDS = {type_: kind for kind, type_ in _TYPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """An entry as it is kept."""

    number: int
    """Counted from 1 without gaps."""
    content: str
    """Canonical JSON: UTF-8, keys sorted, no white space; ``number``, ``at``, ``kind``, ``event`` and ``previous``."""
    hash: str
    """SHA-256 of ``content``, lower-case hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """An entry as it is read."""

    link: ChainLink
    at: datetime
    event: RegisterEvent

    @property
    def kind(self) -> EventKind:
        """What happened."""
        return _KINDS[type(self.event)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All that can be read of the register, and whether it is whole."""

    entries: tuple[RegisterEntry, ...] = ()
    """In order; one that cannot be understood is left out."""
    links: tuple[ChainLink, ...] = ()
    """All of them."""
    first_broken: int | None = None
    """Number of the first entry that was changed, taken out or moved; ``None``: the chain is whole."""
    set_aside: tuple[str, ...] = ()
    """Names of registers that could not be used any more and are kept."""


def link(event: RegisterEvent, *, number: int, at: datetime, previous: str) -> ChainLink:
    """The next link of the chain."""
    content = canonical(
        {
            "number": number,
            "at": at.isoformat(),
            "kind": _KINDS[type(event)].value,
            "event": msgspec.to_builtins(event),
            "previous": previous,
        }
    )
    return ChainLink(number=number, content=content, hash=content_hash(content))


def canonical(value: dict[str, Any]) -> str:
    """One text for one value: keys sorted, no white space, characters as they are."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")  # arguments of a command need not be UTF-8


def content_hash(content: str) -> str:
    """SHA-256 of an entry's content, which covers the hash before it."""
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def read_link(kept: ChainLink) -> RegisterEntry | None:
    """The entry in a link; ``None`` when its content is none of ours."""
    try:
        content = json.loads(kept.content)
        event = msgspec.convert(content["event"], _TYPES[EventKind(content["kind"])])
        return RegisterEntry(link=kept, at=datetime.fromisoformat(content["at"]), event=event)
    except (ValueError, KeyError, TypeError, RecursionError, msgspec.ValidationError):
        return None


def first_broken(links: Sequence[ChainLink], head: tuple[int, str]) -> int | None:
    """Number of the first link that is not what was written; ``head`` is the number and hash of the last one written."""
    previous = CHAIN_START
    for number, one in enumerate(links, 1):
        entry = read_link(one)
        if (
            entry is None
            or one.number != number
            or content_hash(one.content) != one.hash
            or _told(one) != (number, previous)
        ):
            return number
        previous = one.hash
    return None if head == (len(links), previous) else len(links) + 1


def _told(one: ChainLink) -> tuple[object, object]:
    content = json.loads(one.content)
    return content.get("number"), content.get("previous")
