"""One signature of a PDF: integrity first, then trust.

Integrity needs the file and nothing else; trust needs anchors, time and the network.  Both add findings to the same
list, the worst of which is the verdict.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pyhanko.pdf_utils import generic

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import Certificate, CertificateStatus, KeyType
from bdsigner.model.verification import Finding, FindingCode, Severity, SignatureReport, TimestampReport
from bdsigner.trust.assessment import Usage
from bdsigner.trust.certificates import parse_certificate
from bdsigner.verification.algorithms import HASHES, MIN_RSA_BITS, WEAK_DIGESTS, DigestOf, UnsupportedSignature
from bdsigner.verification.cms import (
    CmsError,
    SignedValue,
    certificate_binding,
    check_signature,
    content_type_matches,
    read_signed_data,
    timestamp_info,
)
from bdsigner.verification.findings import fail, note, ok, unknown, verdict_of
from bdsigner.verification.integrity.coverage import Coverage
from bdsigner.verification.integrity.digests import Range
from bdsigner.verification.integrity.fields import FoundSignature
from bdsigner.verification.integrity.values import entry
from bdsigner.verification.standing import TrustSource, standing_findings
from bdsigner.verification.timestamps import JudgedTimestamp, judge_timestamp

CADES, PKCS7, TIMESTAMP = "ETSI.CAdES.detached", "adbe.pkcs7.detached", "ETSI.RFC3161"
PKCS7_SHA1 = "adbe.pkcs7.sha1"
"""The CMS encloses the SHA-1 of the file (ISO 32000-1 §12.8.3.3; deprecated)."""

_COVERED = {FindingCode.COVERS_WHOLE_FILE, FindingCode.COVERS_REVISION}
_STAMP_PROOFS = ({FindingCode.CONTENT_INTACT}, {FindingCode.TIMESTAMP_VALID}, _COVERED)
_SIGNATURE_PROOFS = (
    {FindingCode.CONTENT_INTACT},
    {FindingCode.KEY_MATCHES},
    _COVERED,
    {FindingCode.CHAIN_TRUSTED},
    {FindingCode.CERTIFICATE_IN_FORCE},
    {
        FindingCode.CERTIFICATE_NOT_REVOKED,
        FindingCode.CERTIFICATE_REVOKED_LATER,
        FindingCode.CERTIFICATE_SUSPENDED,
    },
)


@dataclass(slots=True, kw_only=True)
class Judgement:
    """A signature while it is being judged."""

    found: FoundSignature
    coverage: Coverage
    subfilter: str
    findings: list[Finding] = field(default_factory=list)
    signed: SignedValue | None = None
    signer: Certificate | None = None
    signer_status: CertificateStatus = CertificateStatus.UNKNOWN
    timestamp: TimestampReport | None = None
    range: Range | None = None
    """Which digest of the file is wanted; ``None`` when the signature cannot be checked against the file."""
    digest: bytes | None = None

    @property
    def is_document_timestamp(self) -> bool:
        """By SubFilter or by content: some writers leave out ``/Type /DocTimeStamp``."""
        return self.subfilter == TIMESTAMP or (self.signed is not None and self.signed.content_type == "tst_info")

    @property
    def is_intact(self) -> bool:
        """Nothing found so far speaks against it."""
        return all(finding.severity in (Severity.OK, Severity.NOTE) for finding in self.findings)

    def report(self, revision: int) -> SignatureReport:
        """Return the finished report.  Valid needs every proof to be there, not just nothing against it."""
        codes = {finding.code for finding in self.findings}
        proofs = _STAMP_PROOFS if self.is_document_timestamp else _SIGNATURE_PROOFS
        if self.is_intact and not all(alternatives & codes for alternatives in proofs):
            self.findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason="incomplete"))
        return SignatureReport(
            field_name=self.found.name,
            is_document_timestamp=self.is_document_timestamp,
            verdict=verdict_of(self.findings),
            findings=tuple(self.findings),
            signer=self.signer,
            signer_status=self.signer_status,
            claimed_time=_claimed_time(self),
            timestamp=self.timestamp,
            subfilter=self.subfilter,
            digest_algorithm=self.range.algorithm if self.range else "",
            revision=revision,
            covered_bytes=self.coverage.covered_bytes,
        )


def begin(found: FoundSignature, coverage: Coverage, contents: bytes) -> Judgement:
    """Read the CMS and say which digest of the file it needs; ``contents`` is the text of ``/Contents``."""
    subfilter = str(entry(found.dictionary, "/SubFilter") or "").removeprefix("/")
    judgement = Judgement(found=found, coverage=coverage, subfilter=subfilter)
    if found.problem:
        judgement.findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=found.problem))
        return judgement
    if coverage.problem:
        judgement.findings.append(fail(FindingCode.COVERAGE_UNCLEAR, reason=coverage.problem))
    if subfilter not in (CADES, PKCS7, TIMESTAMP, PKCS7_SHA1):
        judgement.findings.append(unknown(FindingCode.UNSUPPORTED_SUBFILTER, subfilter=subfilter))
        return judgement
    try:
        signed = judgement.signed = read_signed_data(bytes.fromhex(contents.strip(b"<>").decode("ascii")))
        algorithm = _file_digest(judgement, signed)
    except (CmsError, ValueError) as error:
        judgement.findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error)[:200]))
        return judgement
    judgement.signer = _readable(signed.signer)
    if algorithm not in HASHES:
        judgement.findings.append(unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm=algorithm))
    elif len(found.byte_range) == 4 and 0 < found.byte_range[1] <= found.byte_range[2]:
        _, start, end, length = found.byte_range
        judgement.range = Range(start, end, end + length, algorithm)
    return judgement


def _file_digest(judgement: Judgement, signed: SignedValue) -> str:
    if judgement.subfilter == PKCS7_SHA1:
        return "sha1"
    if judgement.is_document_timestamp:
        imprint = timestamp_info(signed)["message_imprint"]
        return str(imprint["hash_algorithm"]["algorithm"].native)
    return signed.digest_algorithm


def judge_integrity(judgement: Judgement) -> None:
    """Say whether the content is unchanged and the value matches the key (Đ3.3); two findings, two questions."""
    signed, digest = judgement.signed, judgement.digest
    if signed is None or digest is None or judgement.range is None or judgement.is_document_timestamp:
        return
    try:
        judgement.findings += _integrity(judgement.subfilter, signed, judgement.range.algorithm, digest)
    except UnsupportedSignature as error:
        judgement.findings.append(unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm=str(error)[:100]))
    except CmsError as error:
        judgement.findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error)))


def _integrity(subfilter: str, signed: SignedValue, algorithm: str, digest: bytes) -> list[Finding]:
    content = DigestOf(known={algorithm: digest})
    expected = digest
    encloses_other_content = signed.content not in (None, digest)  # some writers enclose the digest as well
    if subfilter == PKCS7_SHA1:
        encloses_other_content = signed.content != digest
        content = DigestOf(signed.content or b"")
        expected = content(signed.digest_algorithm)
    checked = check_signature(signed, content)
    findings = [ok(FindingCode.KEY_MATCHES) if checked.holds else fail(FindingCode.KEY_MISMATCH)]
    is_changed = encloses_other_content or (signed.attributes is not None and signed.signed_digest != expected)
    # Without signed attributes the value signs the content itself: a mismatch leaves open which of the two differs.
    if is_changed or (signed.attributes is None and not checked.holds):
        findings.append(fail(FindingCode.CONTENT_CHANGED))
    else:
        findings.append(ok(FindingCode.CONTENT_INTACT))
    if not content_type_matches(signed):
        findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason="content type"))
    weak = sorted({checked.digest, signed.digest_algorithm, algorithm} & WEAK_DIGESTS)
    findings += [unknown(FindingCode.WEAK_DIGEST, algorithm=name) for name in weak]
    return findings + _binding(subfilter, signed)


def _binding(subfilter: str, signed: SignedValue) -> list[Finding]:
    bound = certificate_binding(signed)
    if bound is False:
        return [fail(FindingCode.SIGNING_CERTIFICATE_UNBOUND)]
    if bound is None and subfilter == CADES:  # required by ETSI EN 319 142-1 §6.3, not by ISO 32000-1
        return [unknown(FindingCode.SIGNING_CERTIFICATE_UNBOUND)]
    return []


def judge_document_timestamp(judgement: Judgement, trust: TrustSource) -> datetime | None:
    """Judge a document timestamp; return its time if it is wholly trusted and intact."""
    if judgement.signed is None or judgement.digest is None or judgement.range is None:
        return None
    imprint = timestamp_info(judgement.signed)["message_imprint"]["hashed_message"].native
    is_same = imprint == judgement.digest
    judgement.findings.append(ok(FindingCode.CONTENT_INTACT) if is_same else fail(FindingCode.CONTENT_CHANGED))
    stamped = DigestOf(known={judgement.range.algorithm: judgement.digest})
    judged = judge_timestamp(judgement.signed, stamped, trust)
    judgement.timestamp, judgement.signer_status = judged.report, judged.status
    judgement.findings += judged.findings
    return judged.proven_time if judgement.is_intact else None


def judge_signer(judgement: Judgement, trust: TrustSource, proven: datetime | None) -> None:
    """Judge the signer's certificate at the earliest proven time, else now.

    ``proven`` is the time of a trusted document timestamp that covers this signature.  A signature without a
    timestamp can be valid (ETSI EN 319 102-1: B-B passes); it is not "an toàn" (Đ11.1b, regulation.md §9), which is
    a judgement of legal value, so here TIMESTAMP_MISSING is a note.
    """
    signed = judgement.signed
    if signed is None:
        return
    judged = _own_timestamp(signed, trust)
    times = [time for time in (proven, judged.proven_time if judged is not None else None) if time is not None]
    judgement.findings += _certificate_findings(judgement, signed, trust, times)
    if judged is None:
        judgement.findings.append(note(FindingCode.TIMESTAMP_MISSING))
    else:
        judgement.timestamp = judged.report
        judgement.findings += [_softened(finding) for finding in judged.findings]


def _certificate_findings(
    judgement: Judgement, signed: SignedValue, trust: TrustSource, proven_times: list[datetime]
) -> list[Finding]:
    if signed.signer is None:
        return []
    findings = []
    if judgement.signer is None:
        findings.append(unknown(FindingCode.CERTIFICATE_UNREADABLE))
    elif judgement.signer.key_type is KeyType.RSA and judgement.signer.key_bits < MIN_RSA_BITS:
        findings.append(unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm=f"RSA {judgement.signer.key_bits}"))
    at = min(proven_times, default=trust.now)
    standing = trust.assess(signed.signer, signed.certificates, at=at, usage=Usage.SIGNING)
    judgement.signer_status, standings = standing_findings(standing, at=at, is_proven=bool(proven_times))
    return findings + standings


def _own_timestamp(signed: SignedValue, trust: TrustSource) -> JudgedTimestamp | None:
    tokens = signed.unsigned("signature_time_stamp_token")
    judged: JudgedTimestamp | None = None
    for token in tokens[:4]:
        try:
            current = judge_timestamp(read_signed_data(token.dump()), DigestOf(signed.value), trust)
        except CmsError as error:
            current = JudgedTimestamp(report=None, findings=(fail(FindingCode.TIMESTAMP_INVALID, reason=str(error)),))
        if judged is None or (judged.proven_time is None and current.proven_time is not None):
            judged = current
    return judged


def _softened(finding: Finding) -> Finding:
    """A token that does not hold proves no time, and anyone can add or spoil one: it makes the signature unclear."""
    return replace(finding, severity=Severity.UNKNOWN) if finding.severity is Severity.FAIL else finding


def _claimed_time(judgement: Judgement) -> datetime | None:
    try:
        claimed = judgement.signed.signing_time if judgement.signed is not None else None
        if claimed is None:
            raw = entry(judgement.found.dictionary, "/M")
            claimed = generic.parse_pdf_date(str(raw), strict=False) if raw is not None else None
    except Exception:  # noqa: BLE001  # a claim that cannot be read is no claim
        return None
    return claimed.replace(tzinfo=claimed.tzinfo or UTC) if isinstance(claimed, datetime) else None


def _readable(der: bytes | None) -> Certificate | None:
    try:
        return parse_certificate(der) if der is not None else None
    except CertificateError:
        return None
