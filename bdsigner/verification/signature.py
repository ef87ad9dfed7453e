"""One signature of a PDF: integrity first, then trust.

Integrity needs the file and nothing else; trust needs anchors, time and the network.  Both add findings to the same
list, the worst of which is the verdict.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import parser
from pyhanko.pdf_utils import generic

from bdsigner.model.certificate import Certificate, CertificateStatus
from bdsigner.model.verification import Finding, FindingCode, Severity, SignatureReport, TimestampReport
from bdsigner.verification import raw_rsa
from bdsigner.verification.algorithms import HASHES, WEAK_DIGESTS, DigestOf, UnsupportedSignature
from bdsigner.verification.cms import CmsError, SignedValue, timestamp_info
from bdsigner.verification.cms_reading import read_signers
from bdsigner.verification.findings import fail, note, ok, unknown, verdict_of
from bdsigner.verification.integrity.coverage import Coverage
from bdsigner.verification.integrity.digests import Range
from bdsigner.verification.integrity.fields import FoundSignature
from bdsigner.verification.integrity.values import entry
from bdsigner.verification.signer import integrity_findings, judge_trust, readable
from bdsigner.verification.standing import TrustSource
from bdsigner.verification.timestamps import judge_timestamp

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
    co_signed: tuple[SignedValue, ...] = ()
    """More signers in the same value, which ISO 32000-2 §12.8.3.3.1 does not foresee: the signature is judged by all."""
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
    if subfilter not in (CADES, PKCS7, TIMESTAMP, PKCS7_SHA1, raw_rsa.SUBFILTER):
        judgement.findings.append(unknown(FindingCode.UNSUPPORTED_SUBFILTER, subfilter=subfilter))
        return judgement
    try:
        value = bytes.fromhex(contents.strip(b"<>").decode("ascii"))
        if subfilter == raw_rsa.SUBFILTER:
            value = raw_rsa.as_signed_data(value, found.dictionary)
        elif value[(length := parser.peek(value)) :].strip(b"\0"):
            # Outside every ByteRange and inside one string: nothing reads or shows it (ISO 32000-2 §12.8.1).
            judgement.findings.append(note(FindingCode.CONTENTS_PADDED, bytes=str(len(value) - length)))
            value = value[:length]
        signers = read_signers(value)
        if not signers:
            raise CmsError("no signer")
        signed = judgement.signed = signers[0]
        judgement.co_signed = signers[1:]
        algorithm = _file_digest(judgement, signed)
    except (CmsError, ValueError) as error:
        judgement.findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error)[:200]))
        return judgement
    judgement.signer = readable(signed.signer)
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
    for one in (signed, *judgement.co_signed):
        try:
            findings = _integrity(judgement.subfilter, one, judgement.range.algorithm, digest)
        except UnsupportedSignature as error:
            findings = [unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm=str(error)[:100])]
        except CmsError as error:
            findings = [unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error))]
        judgement.findings += [finding for finding in findings if finding not in judgement.findings]


def _integrity(subfilter: str, signed: SignedValue, algorithm: str, digest: bytes) -> list[Finding]:
    content = DigestOf(known={algorithm: digest})
    encloses_other_content = signed.content not in (None, digest)  # some writers enclose the digest as well
    if subfilter == PKCS7_SHA1:
        encloses_other_content = signed.content != digest
        content = DigestOf(signed.content or b"")
    findings = integrity_findings(
        signed,
        content,
        encloses_other_content=encloses_other_content,
        needs_binding=subfilter == CADES,  # required by ETSI EN 319 142-1 §6.3, not by ISO 32000-1
    )
    is_weak_file_digest = algorithm in WEAK_DIGESTS and algorithm != signed.digest_algorithm
    return findings + ([unknown(FindingCode.WEAK_DIGEST, algorithm=algorithm)] if is_weak_file_digest else [])


def judge_document_timestamp(judgement: Judgement, trust: TrustSource, proven: datetime | None) -> datetime | None:
    """Judge a document timestamp; return its time if it is wholly trusted and intact.

    ``proven`` is the time of a later trusted document timestamp that covers this one.
    """
    if judgement.signed is None or judgement.digest is None or judgement.range is None:
        return None
    imprint = timestamp_info(judgement.signed)["message_imprint"]["hashed_message"].native
    is_same = imprint == judgement.digest
    judgement.findings.append(ok(FindingCode.CONTENT_INTACT) if is_same else fail(FindingCode.CONTENT_CHANGED))
    stamped = DigestOf(known={judgement.range.algorithm: judgement.digest})
    judged = judge_timestamp(judgement.signed, stamped, trust, proven=proven)
    judgement.timestamp, judgement.signer_status = judged.report, judged.status
    judgement.findings += judged.findings
    return judged.proven_time if judgement.is_intact else None


def judge_signer(judgement: Judgement, trust: TrustSource, proven: datetime | None) -> None:
    """Judge every signer's certificate; ``proven`` is the time of a trusted document timestamp over this signature."""
    if judgement.signed is None:
        return
    judged = judge_trust(judgement.signed, trust, proven)
    judgement.signer_status, judgement.timestamp = judged.status, judged.timestamp
    judgement.findings += judged.findings
    for other in judgement.co_signed:
        findings = judge_trust(other, trust, proven).findings
        judgement.findings += [finding for finding in findings if finding not in judgement.findings]


def _claimed_time(judgement: Judgement) -> datetime | None:
    try:
        claimed = judgement.signed.signing_time if judgement.signed is not None else None
        if claimed is None:
            raw = entry(judgement.found.dictionary, "/M")
            claimed = generic.parse_pdf_date(str(raw), strict=False) if raw is not None else None
    except Exception:  # noqa: BLE001  # a claim that cannot be read is no claim
        return None
    return claimed.replace(tzinfo=claimed.tzinfo or UTC) if isinstance(claimed, datetime) else None
