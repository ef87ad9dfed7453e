"""Results as text for people and as JSON for programs."""

import json
from pathlib import Path
from typing import Any

import click
import msgspec

from bdsigner.errors import BdsignerError
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import describe_content, describe_finding, describe_report, describe_signing_time
from bdsigner.messages.legal_value import (
    describe_clause,
    describe_clause_outcome,
    describe_kind,
    describe_legal,
    describe_result,
)
from bdsigner.messages.levels import describe_shortfall, unregistered_text
from bdsigner.messages.review import describe_objection
from bdsigner.messages.translate import tr
from bdsigner.model.legal_value import CITATIONS, ClauseResult, LegalValue
from bdsigner.model.signature import SignedFile
from bdsigner.model.token import SignerListing
from bdsigner.model.verification import FileReport, Severity, Verdict
from bdsigner.reports.verification_json import certificate_json

_MARKS = {Severity.OK: "✓", Severity.NOTE: "·", Severity.UNKNOWN: "?", Severity.FAIL: "✗"}
_VERDICT_MARKS = {None: "–", Verdict.VALID: "✓", Verdict.INDETERMINATE: "?", Verdict.INVALID: "✗"}


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_error(error: BdsignerError, path: Path | None = None) -> None:
    message = describe(error)
    where = f"{path}: " if path else ""
    click.echo(f"✗ {where}{message.title}. {message.sentence}\n  → {message.remedy} [{message.code}]", err=True)


def error_json(error: BdsignerError) -> dict[str, Any]:
    message = describe(error)
    return {
        "code": message.code,
        "title": message.title,
        "sentence": message.sentence,
        "remedy": message.remedy,
        "facts": dict(error.facts),
    }


def signed_text(signed: SignedFile) -> str:
    time = signed.timestamp_time.isoformat() if signed.timestamp_time else tr("chưa có dấu thời gian")
    why = f": {describe_shortfall(signed.missing, signed.missing_of)}" if signed.missing is not None else ""
    notes = "".join(f"\n  · {describe_objection(note)}" for note in signed.notes)
    line = f"✓ {signed.source} → {signed.target} ({signed.level.value}, {time}){why}{notes}"
    return line if signed.is_registered else f"{line}\n  ? {unregistered_text()}"


def signed_json(signed: SignedFile) -> dict[str, Any]:
    return {
        "output": str(signed.target),
        "level": signed.level.value,
        "missing": signed.missing.value if signed.missing is not None else None,
        "missing_of": signed.missing_of or None,
        "signing_time": signed.signing_time.isoformat(),
        "timestamp_time": signed.timestamp_time.isoformat() if signed.timestamp_time else None,
        "notes": [{"code": note.code.value, "sentence": describe_objection(note)} for note in signed.notes],
        "registered": signed.is_registered,
    }


def report_text(report: FileReport) -> str:
    headline = describe_report(report)
    lines = [f"{_VERDICT_MARKS[report.verdict]} {report.path}: {headline.sentence}", f"  {headline.reason}"]
    if headline.advice:
        lines.append(f"  → {headline.advice}")
    lines += [f"  {_MARKS[f.severity]} {describe_finding(f)}" for f in report.findings]
    if report.content is not None:
        lines.append(f"  {describe_content(report.content)}")
    for number, signature in enumerate(report.signatures, start=1):
        name = signature.signer.common_name if signature.signer else tr("không rõ")
        lines.append(f"  {number}. {name} · {describe_signing_time(signature)}")
        lines += [f"     {_MARKS[f.severity]} {describe_finding(f)}" for f in signature.findings]
    if report.inner is not None and report.inner.verdict is not None:
        lines += [f"  {line}" for line in report_text(report.inner).splitlines()]
    return "\n".join(lines)


def legal_text(legal: LegalValue) -> str:
    """The sentence and, for each signature, the clause table."""
    lines = ["  " + tr("Giá trị pháp lý: {sentence}").format(sentence=describe_legal(legal))]
    for number, value in enumerate(legal.signatures, start=1):
        lines.append(f"  {number}. {describe_kind(value)}")
        lines += [f"     {_clause_line(result)}" for result in value.clauses]
    return "\n".join(lines)


def _clause_line(result: ClauseResult) -> str:
    answer = describe_clause_outcome(result.outcome)
    return f"{CITATIONS[result.clause]} {describe_clause(result.clause)}: {answer}. {describe_result(result)}"


def signers_json(listing: SignerListing) -> dict[str, Any]:
    return {
        "tokens": [
            {
                "serial": token.serial,
                "label": token.label,
                "model": token.model,
                "manufacturer": token.manufacturer,
                "module": token.module_path,
                "driver": token.module_name,
                "reader": token.reader,
                "hardware": token.is_hardware,
                "pin": {
                    "count_low": token.pin.count_low,
                    "final_try": token.pin.final_try,
                    "locked": token.pin.locked,
                },
                "certificates": [
                    {"key_id": signer.key_id, **msgspec.to_builtins(certificate_json(signer.certificate))}
                    for signer in listing.signers
                    if signer.token.serial == token.serial
                ],
            }
            for token in listing.tokens
        ],
        "problems": [{"module": p.module_path, "code": p.code, **p.facts} for p in listing.problems],
    }
