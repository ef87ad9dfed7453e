"""Before a document leaves the agency: what must be signed, the clerk's review, the ways of sending (Đ10.2a, Đ10.3c)."""

import re

from bdsigner.errors import ErrorCode
from bdsigner.model.release import ClerkReview, ReleaseFacts, ReviewVerdict
from bdsigner.model.signing_rules import KindGroup, Objection

REVIEW_CLAUSE = "Đ10.3c"
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\\]{1,64}@([A-Za-z0-9.-]{1,253})")
"""One plain address (RFC 5321 §4.1.2, dot-string); no display name in which another domain could be shown."""


def release_objections(facts: ReleaseFacts) -> tuple[Objection, ...]:
    """What speaks against releasing a document; none of it may be overridden.

    Kinds other than official ones are not released by the clerk: they need a signature where the department says so.
    """
    found = [*_signature_objections(facts)]
    if facts.kind is KindGroup.OFFICIAL:
        found += [*_review_objections(facts), *_channel_objections(facts)]
    return tuple(found)


def review_objections(review: ClerkReview) -> tuple[Objection, ...]:
    """Đ10.3c: a document is returned with a reason."""
    if review.verdict is ReviewVerdict.RETURN and not review.reason.strip():
        return (Objection.stop(ErrorCode.REGULATION_RETURN_UNREASONED, REVIEW_CLAUSE),)
    return ()


def _signature_objections(facts: ReleaseFacts) -> list[Objection]:
    """Đ10.2a: kinds on the department's list carry a signature before they are released; Đ12.1b: and none is broken."""
    if facts.is_broken:
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_BROKEN, "Đ12.1b")]
    listed = next((kind for kind in facts.profile.document_kinds if kind.id == facts.kind.value), None)
    if facts.is_signed or listed is None or not listed.must_be_electronic:
        return []
    return [Objection.stop(ErrorCode.REGULATION_RELEASE_UNSIGNED, "Đ10.2a", kind=listed.name)]


def _review_objections(facts: ReleaseFacts) -> list[Objection]:
    review = facts.review
    if review is None:
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_UNREVIEWED, REVIEW_CLAUSE)]
    if review.sha256 != facts.sha256:
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_CHANGED, REVIEW_CLAUSE)]
    if review.verdict is ReviewVerdict.RETURN:
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_RETURNED, REVIEW_CLAUSE, reason=review.reason)]
    return []


def _channel_objections(facts: ReleaseFacts) -> list[Objection]:
    channels, domains = facts.profile.channels, facts.profile.mail_domains
    channel = next((each for each in channels if each.id == facts.channel), None)
    if channel is None:
        allowed = "; ".join(each.name for each in channels)
        return [
            Objection.stop(ErrorCode.REGULATION_RELEASE_CHANNEL, REVIEW_CLAUSE, channel=facts.channel, allowed=allowed)
        ]
    if channel.is_mail and not is_official_mailbox(facts.sender, domains):
        shown = ", ".join(f"@{domain}" for domain in domains)
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_MAILBOX, REVIEW_CLAUSE, sender=facts.sender, domains=shown)]
    if channel.is_mail and not facts.recipients:
        return [Objection.stop(ErrorCode.REGULATION_RELEASE_RECIPIENTS, REVIEW_CLAUSE)]
    return []


def is_official_mailbox(address: str, domains: tuple[str, ...]) -> bool:
    """Whether it is one plain address in one of the official domains, not in one below them."""
    match = _ADDRESS.fullmatch(address.strip())
    return match is not None and match[1].lower() in domains
