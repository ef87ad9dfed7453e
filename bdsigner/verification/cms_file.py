"""Signatures of a CMS file (RFC 5652, ETSI EN 319 122-1): attached, detached, by any number of signers.

What is no SignedData is named, never taken for an unsigned file: encrypted content may be signed inside.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

from bdsigner.errors import UserCancelled
from bdsigner.formats import ber
from bdsigner.formats.ber import BerError, BerFile, Element
from bdsigner.formats.content import (
    Blocks,
    ContentError,
    Digested,
    canonical_lines,
    digest_content,
    inflated,
)
from bdsigner.formats.content_info import read_container
from bdsigner.model.certificate import Certificate
from bdsigner.model.verification import Finding, FindingCode, Severity, SignatureReport, Verdict
from bdsigner.verification.algorithms import HASHES, DigestOf, UnsupportedSignature, digest_name
from bdsigner.verification.cades import beside
from bdsigner.verification.cms import CmsError, SignedValue, check_signature
from bdsigner.verification.cms_reading import SignedMessage, content_of, read_message, unreadable
from bdsigner.verification.counter_signatures import counter_signers
from bdsigner.verification.findings import fail, note, unknown, verdict_of, worst
from bdsigner.verification.signer import JudgedSigner, integrity_findings, judge_trust, readable
from bdsigner.verification.standing import TrustSource

log = logging.getLogger(__name__)

_ENCRYPTED = frozenset(
    {"enveloped_data", "encrypted_data", "authenticated_enveloped_data", "signed_and_enveloped_data"}
)
_UNSIGNED = frozenset({"data", "compressed_data", "digested_data", "authenticated_data"})
_PROOFS = (
    {FindingCode.CONTENT_INTACT},
    {FindingCode.KEY_MATCHES},
    {FindingCode.CHAIN_TRUSTED},
    {FindingCode.CERTIFICATE_IN_FORCE},
    {
        FindingCode.CERTIFICATE_NOT_REVOKED,
        FindingCode.CERTIFICATE_REVOKED_LATER,
        FindingCode.CERTIFICATE_SUSPENDED,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsFile:
    """A CMS as a file: what it is, and its content, read when asked for."""

    type: str
    """asn1crypto's name of the content type, or its number."""
    message: SignedMessage | None
    """``None``: not signed."""
    enclosed: Blocks | None
    """``None``: no content inside, or none that can be read without a key."""
    trailing_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCms:
    """What was found in a CMS."""

    findings: tuple[Finding, ...] = ()
    signatures: tuple[SignatureReport, ...] = ()
    content: Digested | None = None
    is_enclosed: bool = False


def open_cms(file: BinaryIO, size: int) -> CmsFile:
    """Read everything but the content.  Raises ``CmsError``."""
    source = BerFile(file, size)
    try:
        kind, body, end = read_container(source)
        trailing = 0 if not source.read(end, ber.BLOCK_BYTES).strip(b"\0\r\n\t ") else size - end
        message = read_message(source, body) if kind == "signed_data" else None
        enclosed = _enclosed(source, kind, body, message)
    except (CmsError, OSError):
        raise
    except Exception as error:
        raise unreadable(error) from error
    return CmsFile(type=kind, message=message, enclosed=enclosed, trailing_bytes=trailing)


def _enclosed(source: BerFile, kind: str, body: Element, message: SignedMessage | None) -> Blocks | None:
    if message is not None:
        return _octets(source, message.content) if message.content is not None else None
    if kind == "data":
        return _octets(source, body)
    if kind not in ("compressed_data", "digested_data", "authenticated_data"):
        return None
    for part in source.children(body):  # the first SEQUENCE that begins with two elements, the second tagged [0]
        inside = list(source.children(part)) if part.tag == ber.SEQUENCE else []
        if len(inside) == 2 and inside[0].tag == ber.OBJECT_IDENTIFIER and inside[1].tag == 0xA0:
            octets = _octets(source, source.element(inside[1].content, inside[1].end))
            return inflated(octets) if kind == "compressed_data" else octets
    return None


def _octets(source: BerFile, element: Element) -> Blocks:
    def blocks() -> Iterator[bytes]:
        try:
            yield from content_of(source, element)
        except BerError as error:
            raise ContentError(str(error)) from error

    return blocks


def _not_told(_: JudgedCms) -> None:
    """Nobody wants to know early."""


def judge_cms(
    opened: CmsFile,
    detached: Blocks | None,
    trust: TrustSource,
    *,
    is_mail: bool = False,
    tell: Callable[[JudgedCms], None] = _not_told,
) -> JudgedCms:
    """Judge every signer; ``detached`` is the content where it stands apart, in a mail with line ends as received.

    ``tell`` learns of content and values before certificates are judged; never where the content is missing.
    """
    findings = []
    if opened.trailing_bytes:
        findings.append(unknown(FindingCode.TRAILING_BYTES, bytes=str(opened.trailing_bytes)))
    if opened.message is None:
        return _judge_unsigned(opened, findings)
    message = opened.message
    findings += [unknown(FindingCode.SIGNATURE_UNREADABLE, reason=reason) for reason in message.unreadable]
    if not message.signers and not message.unreadable:
        findings.append(note(FindingCode.CONTENT_WITHOUT_SIGNER, type="signed_data"))
    try:
        contents, more = _contents(opened, message, detached, is_mail=is_mail)
    except ContentError as error:
        contents, more = [], [unknown(FindingCode.CONTENT_UNREADABLE, reason=str(error))]
    findings += more
    trust = replace(trust, others=(*trust.others, *message.certificates), evidence=trust.evidence + message.evidence)
    known = [(one, _bytes_findings(one, contents)) for one in message.signers]

    def judged(reports: Iterable[SignatureReport]) -> JudgedCms:
        return JudgedCms(
            findings=tuple(findings),
            signatures=tuple(reports),
            content=contents[0] if contents else None,
            is_enclosed=bool(contents) and detached is None,
        )

    if known and contents:
        judging = unknown(FindingCode.JUDGING)
        tell(judged(_report(one, contents, [*stated, judging], None) for one, stated in known))
    return judged(_judge_signer(one, contents, stated, trust) for one, stated in known)


def _judge_unsigned(opened: CmsFile, findings: list[Finding]) -> JudgedCms:
    if opened.type in _ENCRYPTED:
        return JudgedCms(findings=(*findings, unknown(FindingCode.CONTENT_ENCRYPTED, type=opened.type)))
    if opened.type not in _UNSIGNED:
        return JudgedCms(findings=(*findings, unknown(FindingCode.SIGNATURE_UNREADABLE, reason=opened.type)))
    is_compressed = opened.type == "compressed_data"
    code = FindingCode.CONTENT_COMPRESSED if is_compressed else FindingCode.CONTENT_WITHOUT_SIGNER
    findings.append(note(code, type=opened.type))
    content = None
    if opened.enclosed is not None:
        try:
            content = digest_content(opened.enclosed, ())
        except ContentError as error:
            findings.append(unknown(FindingCode.CONTENT_UNREADABLE, reason=str(error)))
    return JudgedCms(findings=tuple(findings), content=content, is_enclosed=content is not None)


def _contents(
    opened: CmsFile, message: SignedMessage, detached: Blocks | None, *, is_mail: bool
) -> tuple[list[Digested], list[Finding]]:
    """The content as it is and, where it is text whose signature does not fit so, with canonical line ends."""
    names = _digest_names(message)
    enclosed = digest_content(opened.enclosed, names) if opened.enclosed is not None else None
    if enclosed is not None and enclosed.size_bytes == 0 and (detached is not None or not _fits(message, enclosed)):
        enclosed = None  # empty means none: seen in valid detached signatures
    if detached is None:
        missing = [] if enclosed is not None or not message.signers else [unknown(FindingCode.CONTENT_MISSING)]
        return [enclosed] if enclosed is not None else [], missing
    given = digest_content(detached, names)
    if enclosed is not None:
        texts = (given, digest_content(canonical_lines(detached), ()))
        is_same = enclosed.sha256 in {one.sha256 for one in texts}
        return [enclosed], [] if is_same else [fail(FindingCode.CONTENT_CHANGED)]
    if given.has_zero or _fits(message, given):
        return [given], []
    as_text = digest_content(canonical_lines(detached), names)
    as_text = replace(as_text, size_bytes=given.size_bytes, sha256=given.sha256)
    is_worth_saying = _fits(message, as_text) and not is_mail
    return [given, as_text], [note(FindingCode.CONTENT_AS_TEXT)] if is_worth_saying else []


def _digest_names(message: SignedMessage) -> set[str]:
    names = {signed.digest_algorithm for signed in message.signers}
    for signed in message.signers:
        if signed.attributes is None:
            try:
                names.add(digest_name(signed.signer_info["signature_algorithm"], signed.digest_algorithm))
            except UnsupportedSignature:
                continue
    return names & HASHES.keys()


def _fits(message: SignedMessage, content: Digested) -> bool:
    return all(_is_of(signed, content) for signed in message.signers)


def _is_of(signed: SignedValue, content: Digested) -> bool:
    """Whether a signature is over this content, as far as the content alone tells."""
    try:
        if signed.attributes is not None:
            return signed.signed_digest == content.digests.get(signed.digest_algorithm)
        return check_signature(signed, DigestOf(known=content.digests)).holds
    except Exception:  # noqa: BLE001  # judged properly, with the reason, when its turn comes
        return False


def _bytes_findings(signed: SignedValue, contents: list[Digested]) -> list[Finding]:
    """What the bytes say of one signer; nobody is asked."""
    findings: list[Finding] = []
    _guarded(findings, lambda: findings.extend(_integrity(signed, contents)))
    _guarded(findings, lambda: findings.extend(beside(signed)))
    return findings


def _judge_signer(
    signed: SignedValue, contents: list[Digested], known: list[Finding], trust: TrustSource
) -> SignatureReport:
    findings = list(known)
    judged = None
    try:
        judged = judge_trust(signed, trust)
        findings += judged.findings
        findings += counter_signers(signed, trust)
    except UserCancelled:
        raise
    except Exception as error:  # noqa: BLE001  # one hostile signature must not hide the others
        log.info("trust not judged: %r", error)
        findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason=type(error).__name__))
    codes = {finding.code for finding in findings}
    is_clean = all(finding.severity in (Severity.OK, Severity.NOTE) for finding in findings)
    if is_clean and not all(alternatives & codes for alternatives in _PROOFS):
        findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason="incomplete"))
    return _report(signed, contents, findings, judged)


def _report(
    signed: SignedValue, contents: list[Digested], findings: list[Finding], judged: JudgedSigner | None
) -> SignatureReport:
    more = {"signer_status": judged.status, "timestamp": judged.timestamp} if judged is not None else {}
    return SignatureReport(
        field_name="",
        verdict=verdict_of(findings),
        findings=tuple(findings),
        signer=_signer(signed),
        claimed_time=_claimed_time(signed),
        digest_algorithm=signed.digest_algorithm,
        subfilter="CMS",
        revision=1,
        covered_bytes=contents[0].size_bytes if contents else 0,
        **more,  # type: ignore[arg-type]  # mypy does not tell the two apart
    )


def _integrity(signed: SignedValue, contents: list[Digested]) -> list[Finding]:
    if not contents:
        return [unknown(FindingCode.CONTENT_MISSING)]
    content = next((one for one in contents if _is_of(signed, one)), contents[0])
    return integrity_findings(signed, DigestOf(known=content.digests))


def _guarded(findings: list[Finding], step: Callable[[], None]) -> None:
    try:
        step()
    except UnsupportedSignature as error:
        findings.append(unknown(FindingCode.UNSUPPORTED_ALGORITHM, algorithm=str(error)[:100]))
    except CmsError as error:
        findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error)))
    except Exception as error:  # noqa: BLE001  # one hostile signature must not hide the others
        log.info("signature not judged: %r", error)
        findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason=type(error).__name__))


def _signer(signed: SignedValue) -> Certificate | None:
    try:
        return readable(signed.signer)
    except Exception:  # noqa: BLE001  # judging its trust says what is wrong with it
        return None


def _claimed_time(signed: SignedValue) -> datetime | None:
    try:
        claimed = signed.signing_time
    except Exception:  # noqa: BLE001  # a claim that cannot be read is no claim
        return None
    return claimed.replace(tzinfo=claimed.tzinfo or UTC) if isinstance(claimed, datetime) else None


def overall(findings: tuple[Finding, ...], signatures: tuple[SignatureReport, ...]) -> Verdict | None:
    """The verdict on a file; ``None``: neither signed nor possibly signed."""
    verdict = worst([verdict_of(findings), *(one.verdict for one in signatures)])
    return None if not signatures and verdict is Verdict.VALID else verdict
