"""Reports of verification: verdicts are values, never exceptions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bdsigner.errors import BdsignerError
from bdsigner.model.certificate import Certificate, CertificateStatus

if TYPE_CHECKING:
    from bdsigner.model.legal_value import LegalValue


class Verdict(StrEnum):
    """ETSI EN 319 102-1 §5.1.3: passed, indeterminate, failed."""

    VALID = "valid"
    INDETERMINATE = "indeterminate"
    INVALID = "invalid"


class Severity(StrEnum):
    """How a finding bears on the verdict."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; the verdict stays."""
    UNKNOWN = "unknown"
    """Could not be checked: at best indeterminate."""
    FAIL = "fail"
    """The verdict is invalid."""


class FileKind(StrEnum):
    """What a file is, told by its bytes."""

    PDF = "pdf"
    CMS = "cms"
    MAIL = "mail"


SIGNATURE_SUFFIXES = frozenset({".p7s", ".p7m", ".p7b", ".p7c", ".p7", ".p7z", ".pkcs7", ".cms", ".eml"})
"""Names of CMS files and mails; what they are is told by their bytes."""


class FindingCode(StrEnum):
    """Everything a verification can state; sentences are in ``bdsigner.messages``."""

    KEY_MATCHES = "key_matches"
    KEY_MISMATCH = "key_mismatch"
    CONTENT_INTACT = "content_intact"
    CONTENT_CHANGED = "content_changed"
    COVERS_WHOLE_FILE = "covers_whole_file"
    COVERS_REVISION = "covers_revision"
    COVERAGE_UNCLEAR = "coverage_unclear"
    TRAILING_BYTES = "trailing_bytes"
    CONTENTS_PADDED = "contents_padded"
    UNREFERENCED_CONTENT = "unreferenced_content"
    """Of the signed revision; a later one could bring it forth, which would be found as a change."""
    FILE_REPAIRED = "file_repaired"
    SIGNATURE_REMOVED = "signature_removed"
    CHANGED_SIGNATURES_ADDED = "changed_signatures_added"
    CHANGED_FORM_FILLED = "changed_form_filled"
    CHANGED_ANNOTATED = "changed_annotated"
    CHANGED_OTHER = "changed_other"
    CHANGED_LTV_ADDED = "changed_ltv_added"
    CHANGES_NOT_ANALYSED = "changes_not_analysed"
    CHANGES_FORBIDDEN = "changes_forbidden"
    CHAIN_TRUSTED = "chain_trusted"
    CHAIN_OUT_OF_SCOPE = "chain_out_of_scope"
    CHAIN_UNKNOWN = "chain_unknown"
    CHAIN_BROKEN = "chain_broken"
    NO_ANCHORS = "no_anchors"
    CERTIFICATE_IN_FORCE = "certificate_in_force"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_NOT_REVOKED = "certificate_not_revoked"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_REVOKED_LATER = "certificate_revoked_later"
    CERTIFICATE_SUSPENDED = "certificate_suspended"
    CERTIFICATE_USAGE = "certificate_usage"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    REVOCATION_UNKNOWN = "revocation_unknown"
    SIGNING_CERTIFICATE_UNBOUND = "signing_certificate_unbound"
    TIMESTAMP_VALID = "timestamp_valid"
    TIMESTAMP_MISSING = "timestamp_missing"
    TIMESTAMP_INVALID = "timestamp_invalid"
    TIMESTAMP_UNTRUSTED = "timestamp_untrusted"
    WEAK_DIGEST = "weak_digest"
    WEAK_KEY = "weak_key"
    UNSUPPORTED_SUBFILTER = "unsupported_subfilter"
    UNSUPPORTED_ALGORITHM = "unsupported_algorithm"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    CERTIFICATE_MISSING = "certificate_missing"
    ALGORITHMS_DISAGREE = "algorithms_disagree"
    ATTRIBUTES_NOT_DER = "attributes_not_der"
    COUNTER_SIGNED = "counter_signed"
    COUNTER_SIGNER_TRUSTED = "counter_signer_trusted"
    COUNTER_SIGNER_UNTRUSTED = "counter_signer_untrusted"
    COUNTER_SIGNATURE_INVALID = "counter_signature_invalid"
    LONG_TERM_NOT_CHECKED = "long_term_not_checked"
    CONTENT_MISSING = "content_missing"
    CONTENT_AS_TEXT = "content_as_text"
    CONTENT_ENCRYPTED = "content_encrypted"
    CONTENT_COMPRESSED = "content_compressed"
    CONTENT_UNREADABLE = "content_unreadable"
    CONTENT_WITHOUT_SIGNER = "content_without_signer"
    INNER_VALID = "inner_valid"
    INNER_UNCLEAR = "inner_unclear"
    INNER_INVALID = "inner_invalid"
    INNER_NOT_CHECKED = "inner_not_checked"
    MAIL_HEADERS_UNSIGNED = "mail_headers_unsigned"
    MAIL_PARTLY_SIGNED = "mail_partly_signed"
    MAIL_SENDER_DIFFERS = "mail_sender_differs"
    TRAINING_CERTIFICATE = "training_certificate"
    ANALYSIS_FAILED = "analysis_failed"
    JUDGING = "judging"
    """Of a report that is told early: changes and certificate are still to be judged."""
    OVER_LIMITS = "over_limits"
    """The bytes were judged; changes and certificate would have taken more than the limits of the child."""


class ChangedThing(StrEnum):
    """What a later revision touched, as a person would name it; fact ``things`` of the findings on changes."""

    PAGE_CONTENT = "page_content"
    PAGES = "pages"
    """Pages added, removed or put in another order."""
    HIDDEN_CONTENT = "hidden_content"
    """Content prepared before signing that the later revision shows or replaces."""
    ANNOTATION = "annotation"
    FIELD = "field"
    EMPTY_FIELD = "empty_field"
    """An empty signature field that takes room on a page: it can cover what stands there."""
    FORM = "form"
    SIGNATURE_FIELD = "signature_field"
    SIGNATURE_LOOK = "signature_look"
    COVERING_SIGNATURE = "covering_signature"
    """A later signature whose picture lies over text of the signed page."""
    SCRIPT = "script"
    LAYERS = "layers"
    NAMES = "names"
    ATTACHMENT = "attachment"
    OUTLINE = "outline"
    CERTIFICATION = "certification"
    ENCRYPTION = "encryption"
    CATALOG = "catalog"


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of the report, with the facts its sentence needs."""

    code: FindingCode
    severity: Severity
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport:
    """An RFC 3161 timestamp token."""

    time: datetime
    authority: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """The judgement of one signature."""

    field_name: str
    is_document_timestamp: bool = False
    verdict: Verdict
    findings: tuple[Finding, ...]
    signer: Certificate | None
    """``None`` when no readable signer's certificate is in the signature."""
    signer_status: CertificateStatus = CertificateStatus.UNKNOWN
    claimed_time: datetime | None = None
    """The time the signer's own machine wrote; proves nothing."""
    timestamp: TimestampReport | None = None
    subfilter: str = ""
    digest_algorithm: str = ""
    revision: int
    """1 for the first revision of the file that carries a signature, counted in file order."""
    covered_bytes: int
    """Length of the revision this signature covers, from the start of the file."""

    @property
    def is_out_of_scope(self) -> bool:
        """Đ1: not by a special-purpose certificate."""
        return any(finding.code is FindingCode.CHAIN_OUT_OF_SCOPE for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedContent:
    """The content that a CMS file or a mail carries or stands beside."""

    name: str
    """A name to keep it under, safe on every system."""
    size_bytes: int
    sha256: str
    kind: FileKind | None
    """``None``: nothing that can carry signatures of its own."""
    is_enclosed: bool
    """In the file itself; else it was handed over beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The judgement of one file: what a person is told."""

    path: Path
    size_bytes: int
    sha256: str
    checked_at: datetime
    verdict: Verdict | None
    """``None``: the file carries no signature."""
    findings: tuple[Finding, ...] = ()
    """Statements on the file as a whole."""
    signatures: tuple[SignatureReport, ...] = ()
    judged_bytes: int = 0
    """Length of the part of the file that was judged; drawing shows exactly these bytes."""
    is_training: bool = False
    kind: FileKind = FileKind.PDF
    content: SignedContent | None = None
    """What is signed, where that is not the file itself."""
    inner: "FileReport | None" = None
    """The judgement of ``content`` as a file of its own, when it may carry signatures."""

    @property
    def lacks_content(self) -> bool:
        """The signature stands apart and what it signs was not handed over."""
        return any(finding.code is FindingCode.CONTENT_MISSING for finding in self.findings)

    @property
    def is_out_of_scope(self) -> bool:
        """Đ1: no signature is by a special-purpose certificate, and nothing is known against any of them."""
        signed = [signature for signature in self.signatures if not signature.is_document_timestamp]
        return (
            self.verdict is Verdict.INDETERMINATE
            and bool(signed)
            and all(signature.is_out_of_scope for signature in signed)
        )

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Of the file, then of each signature."""
        return (*self.findings, *(finding for signature in self.signatures for finding in signature.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationOutcome:
    """What became of one file: ``error`` only when it could not be read at all."""

    path: Path
    report: FileReport | None = None
    legal: "LegalValue | None" = None
    """What its signatures are worth (Đ12); ``None`` without a signature."""
    error: BdsignerError | None = None
