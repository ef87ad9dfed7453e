"""Reports of verification: verdicts are values, never exceptions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.certificate import Certificate, CertificateStatus


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
    FILE_REPAIRED = "file_repaired"
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
    UNSUPPORTED_SUBFILTER = "unsupported_subfilter"
    UNSUPPORTED_ALGORITHM = "unsupported_algorithm"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    TRAINING_CERTIFICATE = "training_certificate"
    ANALYSIS_FAILED = "analysis_failed"


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

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Of the file, then of each signature."""
        return (*self.findings, *(finding for signature in self.signatures for finding in signature.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationOutcome:
    """What became of one file: ``error`` only when it could not be read at all."""

    path: Path
    report: FileReport | None = None
    error: BdsignerError | None = None
