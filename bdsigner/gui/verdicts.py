"""Which colour, shape and sentence a judgement gets; colours carry meaning only."""

from dataclasses import dataclass

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import Headline, describe_early, describe_report, is_limiting
from bdsigner.messages.translate import tr
from bdsigner.model.legal_value import ClauseOutcome, LegalStanding, LegalValue
from bdsigner.model.verification import (
    FileReport,
    Finding,
    Severity,
    SignatureReport,
    Verdict,
    VerificationOutcome,
)

OUT_OF_SCOPE_SHAPE = "globe"
EARLY_SHAPE = "circle-dashed"
LEGAL_SHAPE = "scale"

_CLAUSE_TONES = {
    ClauseOutcome.MET: Tone.VALID,
    ClauseOutcome.NOT_MET: Tone.BROKEN,
    ClauseOutcome.NOT_CHECKABLE: Tone.UNKNOWN,
}
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
        return judge_report(outcome.report)
    if outcome.error is None:
        raise ValueError("an outcome has a report or an error")
    message = describe(outcome.error)
    return Judgement(Tone.UNKNOWN, "file-x", message.title, f"{message.sentence} {message.remedy}", message.code)


def judge_report(report: FileReport) -> Judgement:
    """The verdict on a file that could be read."""
    headline = describe_report(report)
    tone, shape = Tone.UNKNOWN, "file-minus"
    if report.is_out_of_scope:
        shape = OUT_OF_SCOPE_SHAPE
    elif report.verdict is not None:
        tone = _tone(report.verdict, report.all_findings)
        shape = ICONS[tone]
    return _judgement(tone, shape, headline)


def judge_early(report: FileReport) -> Judgement:
    """What is told while the file is still being judged: a failure is one already, all else is open."""
    is_broken = report.verdict is Verdict.INVALID
    tone, shape = (Tone.BROKEN, ICONS[Tone.BROKEN]) if is_broken else (Tone.UNKNOWN, EARLY_SHAPE)
    return _judgement(tone, shape, describe_early(report))


def _judgement(tone: Tone, shape: str, headline: Headline) -> Judgement:
    return Judgement(tone, shape, headline.sentence, f"{headline.reason} {headline.advice}".rstrip())


def standing_tone(legal: LegalValue) -> Tone:
    """Colour of the legal value; what a person still has to confirm is never green, training neither."""
    match legal.standing:
        case LegalStanding.BINDING:
            return Tone.VALID
        case LegalStanding.AS_FAR_AS_CHECKABLE:
            return Tone.CAUTION if legal.is_official else Tone.VALID
        case LegalStanding.TRAINING | LegalStanding.UNDETERMINED | LegalStanding.OUT_OF_SCOPE:
            return Tone.UNKNOWN
        case LegalStanding.NOT_BINDING:
            return Tone.BROKEN


def clause_tone(outcome: ClauseOutcome) -> Tone:
    """Colour of a line of the clause table."""
    return _CLAUSE_TONES[outcome]


def signature_tone(signature: SignatureReport) -> Tone:
    """Colour of one signature."""
    return _tone(signature.verdict, signature.findings)


def verdict_tone(verdict: Verdict) -> Tone:
    """Colour of a verdict with no findings of its own."""
    return _tone(verdict, ())


def finding_tone(finding: Finding) -> Tone:
    """Colour of one statement; a note that limits nothing is neutral."""
    if finding.severity is Severity.NOTE and not is_limiting(finding):
        return Tone.UNKNOWN
    return _SEVERITY_TONES[finding.severity]


def finding_shape(finding: Finding) -> str:
    """Shape of one statement."""
    tone = finding_tone(finding)
    return "info" if finding.severity is Severity.NOTE and tone is Tone.UNKNOWN else ICONS[tone]


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
