"""What a signature is worth under Điều 11 and Điều 12, clause by clause (regulation.md §9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bdsigner.errors import Fact
from bdsigner.model.certificate import Publication
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.profile import Profile
from bdsigner.model.release import ClerkReview
from bdsigner.model.release_evidence import SuppliedEvidence
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Finding, FindingCode, SignatureReport


class ClauseOutcome(StrEnum):
    """The three answers of §9."""

    MET = "dat"
    NOT_MET = "khong_dat"
    NOT_CHECKABLE = "khong_kiem_tra_duoc"
    """Không kiểm tra được tự động: neither met nor not met."""


class Clause(StrEnum):
    """The lines of the clause table, in its order; sub-checks of Đ12.1c stand before their sum."""

    KEY_MATCHES = "11.1a"
    IN_FORCE = "11.1b"
    SOLE_CONTROL = "11.1c"
    BOUND_TO_CONTENT = "11.1d"
    STATUS = "11.2"
    KIND_ALLOWED = "12.1a"
    SAFE = "12.1b"
    SIGNER_TITLE = "12.1c.title"
    FORMAT = "12.1c.format"
    NUMBER_AND_DATE = "12.1c.number_date"
    PLACE = "12.1c.place"
    REVIEW = "12.1c.review"
    CHANNEL = "12.1c.channel"
    MADE_AS_PRESCRIBED = "12.1c"
    OTHER_DOCUMENTS = "12.2"


CITATIONS: Mapping[Clause, str] = {
    Clause.KEY_MATCHES: "Đ11.1a",
    Clause.IN_FORCE: "Đ11.1b",
    Clause.SOLE_CONTROL: "Đ11.1c",
    Clause.BOUND_TO_CONTENT: "Đ11.1d",
    Clause.STATUS: "Đ11.2",
    Clause.KIND_ALLOWED: "Đ12.1a",
    Clause.SAFE: "Đ12.1b",
    Clause.SIGNER_TITLE: "Đ10.2",
    Clause.FORMAT: "Đ10.3b",
    Clause.NUMBER_AND_DATE: "Đ10.3b",
    Clause.PLACE: "Đ10.3b",
    Clause.REVIEW: "Đ10.3c",
    Clause.CHANNEL: "Đ10.3c",
    Clause.MADE_AS_PRESCRIBED: "Đ12.1c",
    Clause.OTHER_DOCUMENTS: "Đ12.2",
}
"""The provision each line rests on, as people cite it."""


class LegalReason(StrEnum):
    """Why a clause is answered as it is; sentences are in ``bdsigner.messages``."""

    KEY_MATCHES = "key_matches"
    KEY_MISMATCH = "key_mismatch"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    ALGORITHM_UNKNOWN = "algorithm_unknown"
    IN_FORCE_AT_TIMESTAMP = "in_force_at_timestamp"
    IN_FORCE_UNPUBLISHED = "in_force_unpublished"
    """In force; when it was published is not known, which is no error (§16.3)."""
    TIMESTAMP_MISSING = "timestamp_missing"
    TIMESTAMP_INVALID = "timestamp_invalid"
    TIMESTAMP_UNTRUSTED = "timestamp_untrusted"
    CERTIFICATE_OUT_OF_DATE = "certificate_out_of_date"
    CERTIFICATE_NOT_PUBLISHED = "certificate_not_published"
    CERTIFICATE_PUBLISHED_LATER = "certificate_published_later"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_USAGE = "certificate_usage"
    CHAIN_BROKEN = "chain_broken"
    CHAIN_UNCHECKED = "chain_unchecked"
    OWN_TOKEN_USED = "own_token_used"  # noqa: S105  # a reason, not a secret
    CONTROL_UNKNOWN = "control_unknown"
    CONTENT_BOUND = "content_bound"
    CONTENT_CHANGED = "content_changed"
    CHANGES_UNCLEAR = "changes_unclear"
    STATUS_GOOD = "status_good"
    STATUS_UNKNOWN = "status_unknown"
    KIND_FITS = "kind_fits"
    KIND_FORBIDDEN = "kind_forbidden"
    KIND_SECRET = "kind_secret"  # noqa: S105  # a reason, not a secret
    KIND_UNREAD = "kind_unread"
    SAFE = "safe"
    NOT_SAFE = "not_safe"
    SAFETY_UNCLEAR = "safety_unclear"
    TITLE_FITS = "title_fits"
    TITLE_OTHER = "title_other"
    TITLE_MISSING = "title_missing"
    TITLE_UNREAD = "title_unread"
    POWER_UNFIT = "power_unfit"
    OTHER_SIGNER = "other_signer"
    NOT_AUTHORISED = "not_authorised"
    COPY_TITLE_FITS = "copy_title_fits"
    COPY_TITLE_OTHER = "copy_title_other"
    IS_PDF = "is_pdf"
    IS_NO_PDF = "is_no_pdf"
    NUMBER_AND_DATE_FILLED = "number_and_date_filled"
    NUMBER_OR_DATE_EMPTY = "number_or_date_empty"
    NUMBER_OR_DATE_UNREAD = "number_or_date_unread"
    PLACE_FITS = "place_fits"
    PLACE_OTHER = "place_other"
    PLACE_UNREAD = "place_unread"
    INVISIBLE = "invisible"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    REVIEW_UNKNOWN = "review_unknown"
    CHANNEL_FITS = "channel_fits"
    CHANNEL_OTHER = "channel_other"
    CHANNEL_UNKNOWN = "channel_unknown"
    REVIEW_STATED = "review_stated"
    """By evidence that came with the file, which nobody signed."""
    CHANNEL_STATED = "channel_stated"
    EVIDENCE_OTHER_FILE = "evidence_other_file"
    EVIDENCE_UNREADABLE = "evidence_unreadable"
    ALL_MET = "all_met"
    SOME_NOT_MET = "some_not_met"
    SOME_NOT_CHECKABLE = "some_not_checkable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseResult:
    """One line of the table."""

    clause: Clause
    outcome: ClauseOutcome
    reason: LegalReason
    facts: Mapping[str, Fact] = field(default_factory=dict)
    evidence: tuple[FindingCode, ...] = ()
    """Findings of the verification that it rests on."""


class LegalStanding(StrEnum):
    """The overall answer, the best first."""

    BINDING = "co_gia_tri"
    """Every clause is met."""
    AS_FAR_AS_CHECKABLE = "dat_phan_kiem_tra_duoc"
    """What a program can check is met; what only people can know is not proven here (§16.5)."""
    TRAINING = "ban_thu"
    """Nothing speaks against it but that it was made in training mode (Đ3.7)."""
    UNDETERMINED = "chua_xac_dinh"
    NOT_BINDING = "khong_co_gia_tri"
    OUT_OF_SCOPE = "ngoai_pham_vi"
    """Đ1: not made with a special-purpose certificate; other law decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureValue:
    """The judgement of one signature."""

    field_name: str
    kind: KindGroup
    is_kind_declared: bool
    """Whether the person said what kind it is; else it was read."""
    mode: SigningMode
    standing: LegalStanding
    clauses: tuple[ClauseResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalValue:
    """The judgement of one file: that of its best signature, unless one of them does not hold."""

    standing: LegalStanding
    signatures: tuple[SignatureValue, ...]
    decided_by: str
    """Field name of the signature that decides."""

    @property
    def is_official(self) -> bool:
        """Whether any signature was judged as one on an official document."""
        return any(value.kind is KindGroup.OFFICIAL for value in self.signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvidence:
    """What this office itself can prove of a file (§16.5); nothing by default."""

    signed_on: str = ""
    """Serial of the hardware token that this program signed it on, with a PIN; empty: not signed here."""
    review: ClerkReview | None = None
    channel: str = ""
    """``SendingChannel.id`` it was released through; untrusted."""
    sender: str = ""
    """Mail address it was sent from; untrusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalFacts:
    """All that one signature is judged by."""

    signature: SignatureReport
    file_findings: tuple[Finding, ...]
    """On the file as a whole."""
    info: DocumentInfo | None
    """``None``: no PDF."""
    layout: DocumentLayout | None
    """As read for this signer; ``None`` when it could not be read."""
    box: Box | None
    """Where the signature is seen."""
    declared_kind: KindGroup | None
    declared_mode: SigningMode | None
    profile: Profile
    publication: Publication
    checked_at: datetime
    evidence: OwnEvidence = OwnEvidence()
    supplied: SuppliedEvidence | None = None
    """What came with the file; shown where our own register says nothing, never counted."""
