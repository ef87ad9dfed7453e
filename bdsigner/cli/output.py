"""Results as text for people and as JSON for programs."""

import json
from pathlib import Path
from typing import Any

import click

from bdsigner.errors import BdsignerError
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import describe_finding, describe_report, describe_signing_time
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate
from bdsigner.model.signature import SignedFile
from bdsigner.model.token import SignerListing
from bdsigner.model.verification import FileReport, Finding, Severity, SignatureReport, Verdict

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
    return f"✓ {signed.source} → {signed.target} ({signed.level.value}, {time})"


def signed_json(signed: SignedFile) -> dict[str, Any]:
    return {
        "output": str(signed.target),
        "level": signed.level.value,
        "signing_time": signed.signing_time.isoformat(),
        "timestamp_time": signed.timestamp_time.isoformat() if signed.timestamp_time else None,
    }


def report_text(report: FileReport) -> str:
    headline = describe_report(report)
    lines = [f"{_VERDICT_MARKS[report.verdict]} {report.path}: {headline.sentence}", f"  {headline.reason}"]
    lines += [f"  {_MARKS[f.severity]} {describe_finding(f)}" for f in report.findings]
    for number, signature in enumerate(report.signatures, start=1):
        name = signature.signer.common_name if signature.signer else tr("không rõ")
        lines.append(f"  {number}. {name} · {describe_signing_time(signature)}")
        lines += [f"     {_MARKS[f.severity]} {describe_finding(f)}" for f in signature.findings]
    return "\n".join(lines)


def report_json(report: FileReport) -> dict[str, Any]:
    headline = describe_report(report)
    return {
        "verdict": report.verdict.value if report.verdict else "unsigned",
        "sentence": headline.sentence,
        "reason": headline.reason,
        "sha256": report.sha256,
        "size_bytes": report.size_bytes,
        "judged_bytes": report.judged_bytes,
        "checked_at": report.checked_at.isoformat(),
        "training": report.is_training,
        "findings": _findings_json(report.findings),
        "signatures": [_signature_json(signature) for signature in report.signatures],
    }


def _signature_json(signature: SignatureReport) -> dict[str, Any]:
    return {
        "field": signature.field_name,
        "document_timestamp": signature.is_document_timestamp,
        "verdict": signature.verdict.value,
        "signer": certificate_json(signature.signer) if signature.signer else None,
        "signer_status": signature.signer_status.value,
        "claimed_time": signature.claimed_time.isoformat() if signature.claimed_time else None,
        "timestamp": {
            "time": signature.timestamp.time.isoformat(),
            "authority": signature.timestamp.authority,
            "verdict": signature.timestamp.verdict.value,
        }
        if signature.timestamp
        else None,
        "subfilter": signature.subfilter,
        "revision": signature.revision,
        "covered_bytes": signature.covered_bytes,
        "findings": _findings_json(signature.findings),
    }


def _findings_json(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [{"code": f.code.value, "severity": f.severity.value, **f.facts} for f in findings]


def certificate_json(certificate: Certificate) -> dict[str, Any]:
    return {
        "name": certificate.common_name,
        "title": certificate.title,
        "organization": certificate.organization,
        "unit": certificate.unit,
        "email": certificate.email,
        "serial_number": certificate.serial_number,
        "issuer": certificate.issuer_name,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "sha256": certificate.sha256,
    }


def signers_json(listing: SignerListing) -> dict[str, Any]:
    return {
        "tokens": [
            {
                "serial": token.serial,
                "label": token.label,
                "model": token.model,
                "manufacturer": token.manufacturer,
                "module": token.module_path,
                "hardware": token.is_hardware,
                "pin": {
                    "count_low": token.pin.count_low,
                    "final_try": token.pin.final_try,
                    "locked": token.pin.locked,
                },
                "certificates": [
                    {"key_id": signer.key_id, **certificate_json(signer.certificate)}
                    for signer in listing.signers
                    if signer.token.serial == token.serial
                ],
            }
            for token in listing.tokens
        ],
        "problems": [{"module": p.module_path, "code": p.code, **p.facts} for p in listing.problems],
    }
