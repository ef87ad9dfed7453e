"""The clerk's review of a signed document and its release (Đ10.3c)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bdsigner.model.profile import Profile
from bdsigner.model.signing_rules import KindGroup


class ReviewVerdict(StrEnum):
    """What the clerk decides of the fitness of authority."""

    RELEASE = "phat-hanh"
    RETURN = "tra-lai"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClerkReview:
    """One review, of exactly one content."""

    verdict: ReviewVerdict
    reviewer: str
    at: datetime
    sha256: str
    """Of the file that was reviewed, lower-case hex."""
    reason: str = ""
    """Why it is returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """All that the rules of release look at."""

    kind: KindGroup
    is_signed: bool
    """Whether the file carries a signature; whether it holds is for the verification."""
    sha256: str
    """Of the file to be released, lower-case hex."""
    review: ClerkReview | None
    """The last review; ``None`` before any."""
    channel: str
    """``SendingChannel.id``; untrusted."""
    sender: str = ""
    """Mail address it is sent from, for channels of mail; untrusted."""
    recipients: tuple[str, ...] = ()
    is_broken: bool = False
    """Whether the verification found the signature invalid or the content changed."""
    profile: Profile
