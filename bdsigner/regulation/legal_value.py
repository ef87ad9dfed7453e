"""Giá trị pháp lý: Đ12.1a–c for official documents, Đ12.2 for the others (regulation.md §9).

The rules that decide whether a document may be signed are asked again of one that is: what stops a signature is not
met, what a person was asked about cannot be checked by a program.
"""

from collections.abc import Sequence
from dataclasses import replace

from bdsigner.errors import ErrorCode
from bdsigner.model.certificate import Certificate
from bdsigner.model.legal_value import (
    Clause,
    ClauseOutcome,
    ClauseResult,
    LegalFacts,
    LegalReason,
    LegalStanding,
    LegalValue,
    SignatureValue,
)
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_evidence import EvidenceProblem, SuppliedEvidence
from bdsigner.model.signing_rules import (
    Declaration,
    KindGroup,
    Objection,
    ObjectionWeight,
    SigningFacts,
    SigningMode,
)
from bdsigner.model.verification import Severity, Verdict
from bdsigner.regulation.authority import copy_objections, original_objections
from bdsigner.regulation.kinds import kind_objections
from bdsigner.regulation.release import is_official_mailbox
from bdsigner.regulation.safe_signature import is_out_of_scope, met, not_met, safe_signature, unclear
from bdsigner.regulation.signing_rules import suggest_declaration
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.regulation.zones import allowed_zone, contains

_PEOPLE_ONLY = frozenset({Clause.SOLE_CONTROL, Clause.SIGNER_TITLE, Clause.NUMBER_AND_DATE, Clause.PLACE}) | {
    Clause.REVIEW,
    Clause.CHANNEL,
    Clause.MADE_AS_PRESCRIBED,
}
"""What people can see or know where a program cannot: left open, these leave the rest of the answer standing (§16.5)."""
_TITLE_REASONS = {
    ErrorCode.REGULATION_NO_TITLE: LegalReason.TITLE_MISSING,
    ErrorCode.REGULATION_NOT_AUTHORISED: LegalReason.NOT_AUTHORISED,
    ErrorCode.REGULATION_SIGN_OFF_UNREAD: LegalReason.TITLE_UNREAD,
    ErrorCode.REGULATION_TITLE_UNCLEAR: LegalReason.TITLE_UNREAD,
    ErrorCode.REGULATION_TITLE_MISMATCH: LegalReason.TITLE_OTHER,
    ErrorCode.REGULATION_POWER_UNFIT: LegalReason.POWER_UNFIT,
    ErrorCode.REGULATION_TUQ_UNGROUNDED: LegalReason.POWER_UNFIT,
    ErrorCode.REGULATION_OTHER_SIGNER: LegalReason.OTHER_SIGNER,
    ErrorCode.REGULATION_COPY_TITLE: LegalReason.COPY_TITLE_OTHER,
}
_EVIDENCE_REASONS = {
    EvidenceProblem.OTHER_FILE: LegalReason.EVIDENCE_OTHER_FILE,
    EvidenceProblem.UNREADABLE: LegalReason.EVIDENCE_UNREADABLE,
}


def judge_signature(facts: LegalFacts) -> SignatureValue:
    """Judge one signature: first whether it is an toàn, then what Điều 12 asks of this kind of document."""
    declaration = _declaration(facts)
    safe = safe_signature(facts)
    results = [*safe, _kind_allowed(facts, declaration), _sum_safe(safe)]
    if declaration.kind is KindGroup.OFFICIAL:
        made = [
            _title(facts, declaration),
            _format(facts),
            _number_and_date(facts, declaration),
            _place(facts, declaration),
            _review(facts),
            _channel(facts),
        ]
        results += [*made, _sum(Clause.MADE_AS_PRESCRIBED, made)]
    else:
        results.append(_sum(Clause.OTHER_DOCUMENTS, results[-2:]))
    return SignatureValue(
        field_name=facts.signature.field_name,
        kind=declaration.kind,
        is_kind_declared=facts.declared_kind is not None,
        mode=declaration.mode,
        standing=_standing(facts, results),
        clauses=tuple(results),
    )


def judge_file(values: Sequence[SignatureValue], verdict: Verdict | None) -> LegalValue | None:
    """The value of a file by those of its signatures; ``None`` without a signature.

    One signature that does not hold takes the value from the whole file; else the best one gives it.
    """
    if not values:
        return None
    order = list(LegalStanding)
    best = min(values, key=lambda value: order.index(value.standing))
    if verdict is Verdict.INVALID:
        worst = max(values, key=lambda value: value.standing is LegalStanding.NOT_BINDING)
        standing = (
            LegalStanding.OUT_OF_SCOPE if best.standing is LegalStanding.OUT_OF_SCOPE else LegalStanding.NOT_BINDING
        )
        return LegalValue(standing=standing, signatures=tuple(values), decided_by=worst.field_name)
    return LegalValue(standing=best.standing, signatures=tuple(values), decided_by=best.field_name)


def _declaration(facts: LegalFacts) -> Declaration:
    """What the person says of the document, else what it looks like."""
    if facts.layout is not None:
        read = suggest_declaration(facts.layout, facts.signature.signer, facts.profile)
    else:
        read = Declaration()
    return replace(
        read,
        kind=facts.declared_kind or read.kind,
        mode=facts.declared_mode or read.mode,
        is_paper_signed=True,
    )


def _standing(facts: LegalFacts, results: Sequence[ClauseResult]) -> LegalStanding:
    if is_out_of_scope(facts):
        return LegalStanding.OUT_OF_SCOPE
    if any(result.outcome is ClauseOutcome.NOT_MET for result in results):
        return LegalStanding.NOT_BINDING
    if facts.signature.verdict is Verdict.INVALID or any(f.severity is Severity.FAIL for f in facts.file_findings):
        return LegalStanding.NOT_BINDING
    open_clauses = {result.clause for result in results if result.outcome is ClauseOutcome.NOT_CHECKABLE}
    if open_clauses - _PEOPLE_ONLY or facts.signature.verdict is not Verdict.VALID:
        return LegalStanding.UNDETERMINED
    if facts.profile.is_training:
        return LegalStanding.TRAINING
    return LegalStanding.AS_FAR_AS_CHECKABLE if open_clauses else LegalStanding.BINDING


def _kind_allowed(facts: LegalFacts, declaration: Declaration) -> ClauseResult:
    """Đ12.1a with Đ10.1a: not secret, none of the prohibited kinds.  A scan is not read: its kind must be declared."""
    clause = Clause.KIND_ALLOWED
    layout = facts.layout
    if layout is None or not layout.has_text:
        return (
            unclear(clause, LegalReason.KIND_UNREAD)
            if facts.declared_kind is None
            else met(clause, LegalReason.KIND_FITS)
        )
    objections = kind_objections(declaration, layout, facts.profile.prohibited_kinds)
    for objection in objections:
        reason = LegalReason.KIND_FORBIDDEN
        if objection.code in (ErrorCode.REGULATION_SECRET_MARK, ErrorCode.REGULATION_SECRET_DECLARED):
            reason = LegalReason.KIND_SECRET
        answer = not_met if objection.weight is ObjectionWeight.STOP else unclear
        return answer(clause, reason, **_shown(objection))
    return met(clause, LegalReason.KIND_FITS)


def _sum_safe(results: Sequence[ClauseResult]) -> ClauseResult:
    """Đ12.1b: an toàn and checked; sole control, which no file proves, does not stand in the way."""
    outcomes = [result.outcome for result in results if result.clause is not Clause.SOLE_CONTROL]
    if ClauseOutcome.NOT_MET in outcomes:
        return not_met(Clause.SAFE, LegalReason.NOT_SAFE)
    if ClauseOutcome.NOT_CHECKABLE in outcomes:
        return unclear(Clause.SAFE, LegalReason.SAFETY_UNCLEAR)
    return met(Clause.SAFE, LegalReason.SAFE)


def _sum(clause: Clause, parts: Sequence[ClauseResult]) -> ClauseResult:
    outcomes = [part.outcome for part in parts]
    if ClauseOutcome.NOT_MET in outcomes:
        return not_met(clause, LegalReason.SOME_NOT_MET)
    if ClauseOutcome.NOT_CHECKABLE in outcomes:
        return unclear(clause, LegalReason.SOME_NOT_CHECKABLE)
    return met(clause, LegalReason.ALL_MET)


def _title(facts: LegalFacts, declaration: Declaration) -> ClauseResult:
    """Đ10.2b, Đ10.2c: signed by who may, under the exact title."""
    clause = Clause.SIGNER_TITLE
    signer = facts.signature.signer
    if signer is None or facts.layout is None or facts.info is None:
        return unclear(clause, LegalReason.TITLE_UNREAD)
    asked = _as_if_signing(facts, declaration, signer)
    is_copy = declaration.mode is SigningMode.COPY
    objections = copy_objections(asked) if is_copy else original_objections(asked)
    for objection in sorted(objections, key=lambda one: one.weight is not ObjectionWeight.STOP):
        answer = not_met if objection.weight is ObjectionWeight.STOP else unclear
        return answer(clause, _TITLE_REASONS[objection.code], **_shown(objection))
    return met(clause, LegalReason.COPY_TITLE_FITS if is_copy else LegalReason.TITLE_FITS, title=signer.title)


def _as_if_signing(facts: LegalFacts, declaration: Declaration, signer: Certificate) -> SigningFacts:
    if facts.layout is None or facts.info is None:
        raise ValueError("nothing was read")
    return SigningFacts(
        info=facts.info,
        layout=facts.layout,
        declaration=declaration,
        certificate=signer,
        profile=facts.profile,
        today=facts.checked_at.astimezone(VIETNAM_TIME).date(),
        box=facts.box,
    )


def _format(facts: LegalFacts) -> ClauseResult:
    if facts.info is None:
        return not_met(Clause.FORMAT, LegalReason.IS_NO_PDF)
    return met(Clause.FORMAT, LegalReason.IS_PDF)


def _number_and_date(facts: LegalFacts, declaration: Declaration) -> ClauseResult:
    clause, layout = Clause.NUMBER_AND_DATE, facts.layout
    if layout is None or layout.number is None or layout.date is None:
        return unclear(clause, LegalReason.NUMBER_OR_DATE_UNREAD)
    if declaration.mode is SigningMode.ORIGINAL and not (layout.number.number.is_filled and layout.date.is_filled):
        return not_met(clause, LegalReason.NUMBER_OR_DATE_EMPTY)
    number, date = layout.number, layout.date
    return met(
        clause,
        LegalReason.NUMBER_AND_DATE_FILLED,
        number=f"{number.number.value}/{number.symbol}",
        date=f"{date.day.value}/{date.month.value}/{date.year.value}",
    )


def _place(facts: LegalFacts, declaration: Declaration) -> ClauseResult:
    """Đ10.3b: between title and name, or at the head of a copy."""
    clause = Clause.PLACE
    if facts.box is None:
        return not_met(clause, LegalReason.INVISIBLE)
    if facts.layout is None or facts.info is None:
        return unclear(clause, LegalReason.PLACE_UNREAD)
    zone = allowed_zone(facts.layout, facts.info.pages, declaration)
    if not zone.boxes:
        return unclear(clause, LegalReason.PLACE_UNREAD, page=str(facts.box.page + 1))
    if any(contains(allowed, facts.box) for allowed in zone.boxes):
        return met(clause, LegalReason.PLACE_FITS, page=str(facts.box.page + 1))
    is_head = declaration.mode is SigningMode.COPY
    answer = not_met if is_head else unclear  # the room was read around what stands in it now
    return answer(clause, LegalReason.PLACE_OTHER, page=str(facts.box.page + 1))


def _review(facts: LegalFacts) -> ClauseResult:
    review = facts.evidence.review
    if review is None:
        return _stated_review(facts.supplied)
    shown = {"reviewer": review.reviewer, "time": review.at.isoformat()}
    if review.verdict is ReviewVerdict.RETURN:
        return not_met(Clause.REVIEW, LegalReason.RETURNED, **shown)
    return met(Clause.REVIEW, LegalReason.REVIEWED, **shown)


def _stated_review(supplied: SuppliedEvidence | None) -> ClauseResult:
    """Only our own evidence counts (§16.5); what somebody else states is passed on as that."""
    clause = Clause.REVIEW
    if supplied is None:
        return unclear(clause, LegalReason.REVIEW_UNKNOWN)
    if supplied.problem is not None:
        return unclear(clause, _EVIDENCE_REASONS[supplied.problem], evidence=supplied.name)
    time = supplied.reviewed_at.isoformat() if supplied.reviewed_at is not None else ""
    return unclear(clause, LegalReason.REVIEW_STATED, evidence=supplied.name, reviewer=supplied.reviewer, time=time)


def _stated_channel(supplied: SuppliedEvidence | None) -> ClauseResult:
    clause = Clause.CHANNEL
    if supplied is None or supplied.released_at is None:
        return unclear(clause, LegalReason.CHANNEL_UNKNOWN)
    time = supplied.released_at.isoformat()
    return unclear(clause, LegalReason.CHANNEL_STATED, evidence=supplied.name, channel=supplied.channel, time=time)


def _channel(facts: LegalFacts) -> ClauseResult:
    clause, evidence = Clause.CHANNEL, facts.evidence
    if not evidence.channel:
        return _stated_channel(facts.supplied)
    channel = next((each for each in facts.profile.channels if each.id == evidence.channel), None)
    if channel is None:
        return not_met(clause, LegalReason.CHANNEL_OTHER, channel=evidence.channel)
    if channel.is_mail and not is_official_mailbox(evidence.sender, facts.profile.mail_domains):
        return not_met(clause, LegalReason.CHANNEL_OTHER, channel=evidence.sender)
    return met(clause, LegalReason.CHANNEL_FITS, channel=channel.name)


def _shown(objection: Objection) -> dict[str, str]:
    return {name: str(value) for name, value in objection.facts.items()}
