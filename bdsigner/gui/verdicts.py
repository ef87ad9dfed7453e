"""Which colour, shape and sentence a judgement gets; colours carry meaning only."""

from dataclasses import dataclass

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import describe_finding, describe_report
from bdsigner.messages.translate import tr
from bdsigner.model.verification import (
    FileReport,
    Finding,
    FindingCode,
    Severity,
    SignatureReport,
    Verdict,
    VerificationOutcome,
)

_LIMITING = frozenset(
    {
        FindingCode.TIMESTAMP_MISSING,
        FindingCode.TIMESTAMP_INVALID,
        FindingCode.TIMESTAMP_UNTRUSTED,
        FindingCode.CERTIFICATE_REVOKED_LATER,
        FindingCode.CERTIFICATE_EXPIRED,
        FindingCode.CHANGED_FORM_FILLED,
        FindingCode.CHANGED_ANNOTATED,
        FindingCode.CHANGES_NOT_ANALYSED,
        FindingCode.WEAK_DIGEST,
        FindingCode.SIGNING_CERTIFICATE_UNBOUND,
    }
)
"""Notes that make a valid signature "valid, but …"; the others only tell what else is in the file."""

_SEVERITY_TONES = {
    Severity.OK: Tone.VALID,
    Severity.NOTE: Tone.CAUTION,
    Severity.UNKNOWN: Tone.UNKNOWN,
    Severity.FAIL: Tone.BROKEN,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said first of a file or a signature."""

    tone: Tone
    shape: str
    """Name of the icon; no two kinds of judgement share one."""
    sentence: str
    reason: str
    code: str = ""
    """Error code, where the file could not be judged at all."""


def judge_outcome(outcome: VerificationOutcome) -> Judgement:
    """The verdict on a file, or why there is none."""
    if outcome.report is not None:
        return _judge_report(outcome.report)
    if outcome.error is None:
        raise ValueError("an outcome has a report or an error")
    message = describe(outcome.error)
    return Judgement(Tone.UNKNOWN, "file-x", message.title, f"{message.sentence} {message.remedy}", message.code)


def _judge_report(report: FileReport) -> Judgement:
    headline = describe_report(report)
    if report.verdict is None:
        return Judgement(Tone.UNKNOWN, "file-minus", headline.sentence, headline.reason)
    findings = report.all_findings
    tone = _tone(report.verdict, findings)
    if tone is Tone.CAUTION:
        limits = " ".join(dict.fromkeys(describe_finding(finding) for finding in findings if is_limiting(finding)))
        return Judgement(tone, ICONS[tone], tr("Chữ ký hợp lệ, nhưng có điểm cần lưu ý"), f"{headline.reason} {limits}")
    return Judgement(tone, ICONS[tone], headline.sentence, headline.reason)


def signature_tone(signature: SignatureReport) -> Tone:
    """Colour of one signature."""
    return _tone(signature.verdict, signature.findings)


def finding_tone(finding: Finding) -> Tone:
    """Colour of one statement; a note that limits nothing is neutral."""
    if finding.severity is Severity.NOTE and not is_limiting(finding):
        return Tone.UNKNOWN
    return _SEVERITY_TONES[finding.severity]


def finding_shape(finding: Finding) -> str:
    """Shape of one statement."""
    tone = finding_tone(finding)
    return "info" if finding.severity is Severity.NOTE and tone is Tone.UNKNOWN else ICONS[tone]


def is_limiting(finding: Finding) -> bool:
    """Whether a valid signature carries this "but …"."""
    return finding.severity is Severity.NOTE and finding.code in _LIMITING


def tone_word(tone: Tone) -> str:
    """A judgement in one or two words, for lists."""
    match tone:
        case Tone.VALID:
            return tr("Hợp lệ")
        case Tone.CAUTION:
            return tr("Hợp lệ, cần lưu ý")
        case Tone.BROKEN:
            return tr("Không hợp lệ")
        case Tone.UNKNOWN:
            return tr("Chưa xác định")


def _tone(verdict: Verdict, findings: tuple[Finding, ...]) -> Tone:
    match verdict:
        case Verdict.VALID:
            return Tone.CAUTION if any(is_limiting(finding) for finding in findings) else Tone.VALID
        case Verdict.INDETERMINATE:
            return Tone.UNKNOWN
        case Verdict.INVALID:
            return Tone.BROKEN
