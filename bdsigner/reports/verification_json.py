"""The report of a verification as JSON: one typed shape, from which the published schema is made.

Fields are only ever added; ``SCHEMA`` changes when one is taken away or changes its meaning.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from bdsigner import __version__
from bdsigner.errors import Fact
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import describe_finding, describe_report
from bdsigner.messages.legal_value import describe_clause, describe_legal, describe_result
from bdsigner.model.certificate import Certificate
from bdsigner.model.legal_value import CITATIONS, ClauseResult, LegalValue
from bdsigner.model.verification import FileReport, Finding, SignatureReport, SignedContent, VerificationOutcome

SCHEMA = "bdsigner.verification/1"


class FindingJson(msgspec.Struct, frozen=True, kw_only=True):
    """One statement; ``severity`` is ``ok``, ``note``, ``unknown`` or ``fail``."""

    code: str
    severity: str
    sentence: str
    facts: dict[str, str]


class CertificateJson(msgspec.Struct, frozen=True, kw_only=True):
    """The signer's certificate; times are RFC 3339, numbers upper-case hexadecimal."""

    name: str
    title: str
    organization: str
    unit: str
    email: str
    serial_number: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str


class TimestampJson(msgspec.Struct, frozen=True, kw_only=True):
    """An RFC 3161 timestamp inside the signature."""

    time: datetime
    authority: str
    verdict: str


class SignatureJson(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement of one signature; ``verdict`` is ``valid``, ``indeterminate`` or ``invalid``."""

    field: str
    document_timestamp: bool
    verdict: str
    signer: CertificateJson | None
    signer_status: str
    claimed_time: datetime | None
    timestamp: TimestampJson | None
    subfilter: str
    digest_algorithm: str
    revision: int
    covered_bytes: int
    findings: tuple[FindingJson, ...]


class ClauseJson(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the clause table; ``outcome`` is ``dat``, ``khong_dat`` or ``khong_kiem_tra_duoc``."""

    clause: str
    citation: str
    question: str
    outcome: str
    reason: str
    sentence: str
    facts: dict[str, Fact]
    evidence: tuple[str, ...]


class SignatureValueJson(msgspec.Struct, frozen=True, kw_only=True):
    """What one signature is worth (Đ12)."""

    field: str
    kind: str
    kind_declared: bool
    mode: str
    standing: str
    clauses: tuple[ClauseJson, ...]


class LegalValueJson(msgspec.Struct, frozen=True, kw_only=True):
    """What the file is worth; ``decided_by`` names the field of the signature that decides."""

    standing: str
    sentence: str
    decided_by: str
    signatures: tuple[SignatureValueJson, ...]


class ErrorJson(msgspec.Struct, frozen=True, kw_only=True):
    """Why a file could not be judged; codes are listed in ``docs/errors.md``."""

    code: str
    title: str
    sentence: str
    remedy: str


class ContentJson(msgspec.Struct, frozen=True, kw_only=True):
    """What a CMS file or a mail signs: carried inside (``enclosed``) or standing beside it."""

    name: str
    size_bytes: int
    sha256: str
    kind: str | None
    enclosed: bool


class FileJson(msgspec.Struct, frozen=True, kw_only=True):
    """One file; ``verdict`` is that of its worst signature, ``unsigned``, or ``null`` beside an ``error``.

    ``advice`` is what to do next, empty where there is nothing to do.
    """

    file: str
    kind: str
    verdict: str | None
    sentence: str
    reason: str
    advice: str
    sha256: str
    size_bytes: int
    judged_bytes: int
    checked_at: datetime | None
    training: bool
    findings: tuple[FindingJson, ...]
    signatures: tuple[SignatureJson, ...]
    content: ContentJson | None
    inner: "FileJson | None"
    legal_value: LegalValueJson | None
    error: ErrorJson | None


class VerificationJson(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report."""

    schema: str
    program: str
    regulation: str
    made_at: datetime
    files: tuple[FileJson, ...]


def verification_json(
    outcomes: Sequence[VerificationOutcome], *, regulation: str, made_at: datetime
) -> VerificationJson:
    """The report on these files."""
    return VerificationJson(
        schema=SCHEMA,
        program=f"bdsigner {__version__}",
        regulation=regulation,
        made_at=made_at,
        files=tuple(file_json(outcome) for outcome in outcomes),
    )


def encode(report: VerificationJson | FileJson) -> bytes:
    """As indented UTF-8."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def schema() -> bytes:
    """JSON Schema of the report, as published in ``docs/verification.schema.json``."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(VerificationJson)), indent=2) + b"\n"


def file_json(outcome: VerificationOutcome) -> FileJson:
    """One file of the report."""
    report = outcome.report
    if report is None:
        if outcome.error is None:
            raise ValueError("an outcome has a report or an error")
        message = describe(outcome.error)
        return FileJson(
            file=str(outcome.path),
            kind="",
            verdict=None,
            sentence=message.sentence,
            reason=message.remedy,
            advice="",
            sha256="",
            size_bytes=0,
            judged_bytes=0,
            checked_at=None,
            training=False,
            findings=(),
            signatures=(),
            content=None,
            inner=None,
            legal_value=None,
            error=ErrorJson(code=message.code, title=message.title, sentence=message.sentence, remedy=message.remedy),
        )
    return _of_report(outcome.path, report, outcome.legal)


def _of_report(path: Path, report: FileReport, legal: LegalValue | None) -> FileJson:
    headline = describe_report(report)
    return FileJson(
        file=str(path),
        kind=report.kind.value,
        verdict=report.verdict.value if report.verdict is not None else "unsigned",
        sentence=headline.sentence,
        reason=headline.reason,
        advice=headline.advice,
        sha256=report.sha256,
        size_bytes=report.size_bytes,
        judged_bytes=report.judged_bytes,
        checked_at=report.checked_at,
        training=report.is_training,
        findings=_findings(report.findings),
        signatures=tuple(_signature(signature) for signature in report.signatures),
        content=_content(report.content) if report.content is not None else None,
        inner=_of_report(report.inner.path, report.inner, None) if report.inner is not None else None,
        legal_value=_legal(legal) if legal is not None else None,
        error=None,
    )


def _content(content: SignedContent) -> ContentJson:
    return ContentJson(
        name=content.name,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
        kind=content.kind.value if content.kind is not None else None,
        enclosed=content.is_enclosed,
    )


def certificate_json(certificate: Certificate) -> CertificateJson:
    """A certificate, for people and programs."""
    return CertificateJson(
        name=certificate.common_name,
        title=certificate.title,
        organization=certificate.organization,
        unit=certificate.unit,
        email=certificate.email,
        serial_number=certificate.serial_number,
        issuer=certificate.issuer_name,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        sha256=certificate.sha256,
    )


def _signature(signature: SignatureReport) -> SignatureJson:
    timestamp = signature.timestamp
    return SignatureJson(
        field=signature.field_name,
        document_timestamp=signature.is_document_timestamp,
        verdict=signature.verdict.value,
        signer=certificate_json(signature.signer) if signature.signer is not None else None,
        signer_status=signature.signer_status.value,
        claimed_time=signature.claimed_time,
        timestamp=TimestampJson(time=timestamp.time, authority=timestamp.authority, verdict=timestamp.verdict.value)
        if timestamp is not None
        else None,
        subfilter=signature.subfilter,
        digest_algorithm=signature.digest_algorithm,
        revision=signature.revision,
        covered_bytes=signature.covered_bytes,
        findings=_findings(signature.findings),
    )


def _findings(findings: Sequence[Finding]) -> tuple[FindingJson, ...]:
    return tuple(
        FindingJson(
            code=finding.code.value,
            severity=finding.severity.value,
            sentence=describe_finding(finding),
            facts=dict(finding.facts),
        )
        for finding in findings
    )


def _legal(legal: LegalValue) -> LegalValueJson:
    return LegalValueJson(
        standing=legal.standing.value,
        sentence=describe_legal(legal),
        decided_by=legal.decided_by,
        signatures=tuple(
            SignatureValueJson(
                field=value.field_name,
                kind=value.kind.value,
                kind_declared=value.is_kind_declared,
                mode=value.mode.value,
                standing=value.standing.value,
                clauses=tuple(_clause(result) for result in value.clauses),
            )
            for value in legal.signatures
        ),
    )


def _clause(result: ClauseResult) -> ClauseJson:
    return ClauseJson(
        clause=result.clause.value,
        citation=CITATIONS[result.clause],
        question=describe_clause(result.clause),
        outcome=result.outcome.value,
        reason=result.reason.value,
        sentence=describe_result(result),
        facts=dict(result.facts),
        evidence=tuple(code.value for code in result.evidence),
    )
