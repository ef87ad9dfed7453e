"""Enter into the register what came from elsewhere and was verified, and what was reported of it (§12, Đ18.2)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.model.legal_value import LegalValue, SignatureValue
from bdsigner.model.register import DocumentSummary, HashedFile, Received, Reported
from bdsigner.model.registered_document import RegisteredDocument, documents_in, find_document
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import FileKind, FileReport, Severity, SignatureReport, VerificationOutcome
from bdsigner.ports import Services
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.signed_register import summary_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """What became of the files that were to be entered."""

    entered: tuple[Path, ...] = ()
    known: tuple[Path, ...] = ()
    """Entered before, with the same answer."""
    left_out: tuple[Path, ...] = ()
    """They could not be verified, or are no longer the files that were."""


def enter_received(outcomes: Sequence[VerificationOutcome], services: Services, *, channel: str = "") -> Entering:
    """Enter verified files with their verdicts; ``channel`` is the ``SendingChannel.id`` of the way they came.

    Each hash is taken again at this moment.  Raises ``StorageError``: what was entered before that stays entered.
    """
    documents = documents_in(services.register.read().entries)
    name = next((one.name for one in services.profile.channels if one.id == channel), "")
    entered: list[Path] = []
    known: list[Path] = []
    left_out: list[Path] = []
    try:
        for outcome in outcomes:
            report = outcome.report
            if report is None or _hash_now(outcome.path) != report.sha256:
                left_out.append(outcome.path)
                continue
            received = _received(report, outcome.legal, services, channel, name)
            if _is_known(received, find_document(documents, report.sha256)):
                known.append(outcome.path)
                continue
            services.register.append(received, at=services.clock.now(), path=outcome.path.absolute(), is_of_batch=True)
            entered.append(outcome.path)
    finally:
        services.register.flush()
    return Entering(entered=tuple(entered), known=tuple(known), left_out=tuple(left_out))


def enter_reported(outcome: VerificationOutcome, services: Services, *, reporter: str, letter: Path) -> None:
    """Enter that a file was reported to the head of the agency, and where the letter is.

    Raises ``StorageError``; ``OSError``: the letter cannot be read.
    """
    report = outcome.report
    findings = _against(report) if report is not None else ()
    if outcome.error is not None:
        findings = (outcome.error.code.value,)
    services.register.append(
        Reported(
            file=HashedFile.at(outcome.path, report.sha256 if report is not None else _hash_now(outcome.path)),
            verdict=report.verdict if report is not None else None,
            findings=findings,
            reporter=reporter,
            letter=HashedFile.at(letter, sha256_of(letter)),
            saved_at=os.fsencode(letter.absolute()).decode("utf-8", "replace"),
        ),
        at=services.clock.now(),
        path=outcome.path.absolute(),
    )


def _received(
    report: FileReport, legal: LegalValue | None, services: Services, channel: str, channel_name: str
) -> Received:
    value, signature = _deciding(report, legal)
    signer = signature.signer if signature is not None else None
    timestamp = signature.timestamp if signature is not None else None
    return Received(
        file=HashedFile.at(report.path, report.sha256),
        document=_summary(report, signer.common_name if signer is not None else "", services),
        kind=value.kind if value is not None else KindGroup.OFFICIAL,
        mode=value.mode if value is not None else SigningMode.ORIGINAL,
        verdict=report.verdict,
        standing=legal.standing if legal is not None else None,
        findings=_against(report),
        signer=signer.common_name or signer.subject if signer is not None else "",
        title=signer.title if signer is not None else "",
        certificate_serial=signer.serial_number if signer is not None else "",
        timestamp=timestamp.time if timestamp is not None else None,
        channel=channel,
        channel_name=channel_name,
    )


def _deciding(report: FileReport, legal: LegalValue | None) -> tuple[SignatureValue | None, SignatureReport | None]:
    """The signature that the file's legal value hangs on."""
    if legal is None:
        return None, None
    value = next((one for one in legal.signatures if one.field_name == legal.decided_by), None)
    return value, next((one for one in report.signatures if one.field_name == legal.decided_by), None)


def _summary(report: FileReport, signer_name: str, services: Services) -> DocumentSummary:
    """What can be read of a PDF; an entry does not wait for what cannot."""
    if report.kind is not FileKind.PDF:
        return DocumentSummary()
    try:
        layout = services.documents.read_layout(report.path, signer_name=signer_name, is_as_written=True)
    except UserCancelled:
        raise
    except BdsignerError:
        return DocumentSummary()
    return summary_of(layout)


def _against(report: FileReport) -> tuple[str, ...]:
    codes = (one.code.value for one in report.all_findings if one.severity in (Severity.FAIL, Severity.UNKNOWN))
    return tuple(dict.fromkeys(codes))


def _is_known(received: Received, document: RegisteredDocument | None) -> bool:
    """Whether the last word on these bytes in the register is the same already."""
    before = document.received if document is not None else None
    return before is not None and _answer(before) == _answer(received)


def _answer(one: Received) -> tuple[object, ...]:
    return one.file.sha256, one.verdict, one.standing, one.findings, one.kind, one.mode, one.channel


def _hash_now(path: Path) -> str:
    """Empty where the file cannot be read."""
    try:
        return sha256_of(path)
    except OSError:
        return ""
