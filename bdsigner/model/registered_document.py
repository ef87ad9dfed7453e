"""A document as the register tells of it: everything entered on it, through all its signatures and extensions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bdsigner.model.register import (
    BegunAnew,
    DocumentSummary,
    Extended,
    HashedFile,
    Received,
    RegisterEntry,
    Released,
    Reported,
    Reviewed,
    Signed,
)
from bdsigner.model.release import ClerkReview, ReviewVerdict
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.vietnamese import is_in, searchable


class DocumentState(StrEnum):
    """How far it is on its way out of the agency (Đ10.3c)."""

    WAITING = "cho-ra-soat"
    """An official document that the clerk has not reviewed as it is now."""
    APPROVED = "cho-phat-hanh"
    RELEASED = "da-phat-hanh"
    RETURNED = "tra-lai"
    EXEMPT = "khong-ra-soat"
    """Of a kind that the clerk need not review (Đ12.2)."""
    RECEIVED = "van-ban-den"
    """It came from elsewhere and was verified here."""
    REPORTED = "da-bao-cao"
    """It came from elsewhere and was reported to the head of the agency (Đ18.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredDocument:
    """One document; made by ``documents_in``."""

    entries: tuple[RegisterEntry, ...]
    """What was entered on it, in order; at least one."""

    @property
    def file(self) -> HashedFile:
        """The file as it was entered last."""
        return _file_of(self.entries[-1])

    @property
    def signed(self) -> Signed | None:
        """The last signature made here; ``None``: it was signed elsewhere."""
        return next((e.event for e in reversed(self.entries) if isinstance(e.event, Signed)), None)

    @property
    def reviewed(self) -> Reviewed | None:
        """The last review."""
        return next((e.event for e in reversed(self.entries) if isinstance(e.event, Reviewed)), None)

    @property
    def released(self) -> Released | None:
        """The last release."""
        return next((e.event for e in reversed(self.entries) if isinstance(e.event, Released)), None)

    @property
    def received(self) -> Received | None:
        """What the last verification said of it as a received document."""
        return next((e.event for e in reversed(self.entries) if isinstance(e.event, Received)), None)

    @property
    def is_incoming(self) -> bool:
        """It came from elsewhere: there is nothing to release."""
        return self.state in (DocumentState.RECEIVED, DocumentState.REPORTED)

    @property
    def review(self) -> ClerkReview | None:
        """The last review as the rules look at it."""
        entry = next((e for e in reversed(self.entries) if isinstance(e.event, Reviewed)), None)
        if entry is None or not isinstance(entry.event, Reviewed):
            return None
        told = entry.event
        return ClerkReview(
            verdict=told.verdict, reviewer=told.reviewer, at=entry.at, sha256=told.file.sha256, reason=told.reason
        )

    @property
    def document(self) -> DocumentSummary:
        """Number, date and title, as they were read first."""
        told = self.signed or self.reviewed or self.received
        return told.document if told is not None else DocumentSummary()

    @property
    def kind(self) -> KindGroup:
        """Kind of document; what is not known is taken for official."""
        told = self.signed or self.reviewed or self.received
        return told.kind if told is not None else KindGroup.OFFICIAL

    @property
    def mode(self) -> SigningMode:
        """Original or digitised copy."""
        told = self.signed or self.reviewed or self.received
        return told.mode if told is not None else SigningMode.ORIGINAL

    @property
    def signer(self) -> str:
        """Who signed."""
        told = self.signed or self.reviewed or self.received
        return told.signer if told is not None else ""

    @property
    def title(self) -> str:
        """Title of who signed."""
        told = self.signed or self.reviewed or self.received
        return told.title if told is not None else ""

    @property
    def state(self) -> DocumentState:
        """What the last entries come to."""
        came = isinstance(self.entries[0].event, Received | Reported)
        state = DocumentState.RECEIVED if came else DocumentState.WAITING
        for entry in self.entries:
            state = _after(entry, state)
        return state

    @property
    def search_text(self) -> str:
        """What is known of it, to be looked in with ``is_in``."""
        released = self.released
        known = [
            self.file.name,
            self.document.number,
            self.document.issued,
            self.document.title,
            self.signer,
            self.title,
            self.signed.source.name if self.signed is not None else "",
            self.signed.submitted_by if self.signed is not None else "",
            *(released.recipients if released is not None else ()),
        ]
        return searchable("\n".join(known))

    def is_found_by(self, text: str) -> bool:
        """Whether every word typed is in what is known of it, with or without diacritics."""
        return is_in(text, self.search_text)


def documents_in(entries: Iterable[RegisterEntry]) -> tuple[RegisteredDocument, ...]:
    """The documents that entries tell of, those signed or entered last first."""
    gathered: list[list[RegisterEntry]] = []
    owner: dict[str, list[RegisterEntry]] = {}
    for entry in entries:
        event = entry.event
        before = ""
        match event:
            case BegunAnew():
                continue
            case Signed():
                before = event.source.sha256
            case Extended():
                before = event.before
            case Reviewed():
                before = event.before or event.file.sha256
            case Released():
                before = event.file.sha256
            case Received() | Reported():
                before = event.file.sha256
        known = owner.get(before) if before else None
        if known is None:
            known = []
            gathered.append(known)
        known.append(entry)
        owner[_file_of(entry).sha256] = known
    documents = [RegisteredDocument(entries=tuple(each)) for each in gathered]
    return tuple(sorted(documents, key=_moment, reverse=True))


def find_document(documents: Iterable[RegisteredDocument], sha256: str) -> RegisteredDocument | None:
    """The document that a file is, or was before it was signed again or extended; ``None``: it is not registered."""
    found = (one for one in documents if any(_file_of(entry).sha256 == sha256 for entry in one.entries))
    return next(found, None) if sha256 else None


def _moment(document: RegisteredDocument) -> int:
    signed = [entry.link.number for entry in document.entries if isinstance(entry.event, Signed)]
    return max(signed, default=document.entries[0].link.number)


def _file_of(entry: RegisterEntry) -> HashedFile:
    match entry.event:
        case Signed() | Extended():
            return entry.event.target
        case Reviewed() | Released() | Received() | Reported():
            return entry.event.file
        case BegunAnew():
            return entry.event.kept


def _after(entry: RegisterEntry, state: DocumentState) -> DocumentState:
    match entry.event:
        case Signed():
            return DocumentState.WAITING if entry.event.kind is KindGroup.OFFICIAL else DocumentState.EXEMPT
        case Reviewed():
            is_approved = entry.event.verdict is ReviewVerdict.RELEASE
            return DocumentState.APPROVED if is_approved else DocumentState.RETURNED
        case Released():
            return DocumentState.RELEASED
        case Extended():
            # The review was of other bytes.
            return DocumentState.WAITING if state is DocumentState.APPROVED else state
        case Reported():
            return DocumentState.REPORTED if state is DocumentState.RECEIVED else state
        case Received() | BegunAnew():
            return state
