"""Enter into the register what becomes of documents here (§12).

A register that cannot be written never takes back what was done: it is told.
"""

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bdsigner.errors import BdsignerError, StorageError, UserCancelled
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.register import DocumentSummary, Extended, HashedFile, Signed
from bdsigner.model.signature import FilePlan, SignatureLevel, SignedFile
from bdsigner.model.signing_rules import Declaration
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Services
from bdsigner.regulation.numbering import written_date, written_number
from bdsigner.usecases.file_hash import sha256_of

log = logging.getLogger(__name__)


def summary_of(layout: DocumentLayout, declaration: Declaration | None = None) -> DocumentSummary:
    """What the layout reader knows of a document, with the number and date that are going to be typed into it."""
    declared = declaration or Declaration()
    number, date = layout.number, layout.date
    shown = issued = ""
    if number is not None and (value := number.number.value or written_number(declared.number)):
        shown = f"{value}/{number.symbol}"
    if date is not None and date.is_filled:
        issued = f"{date.day.value}/{date.month.value}/{date.year.value}"
    elif declared.issued is not None:
        issued = "/".join(written_date(declared.issued))
    return DocumentSummary(number=shown, issued=issued, title=" ".join(layout.title))


def enter_signed(
    signed: SignedFile,
    declaration: Declaration | None,
    signer: SignerIdentity,
    document: DocumentSummary,
    services: Services,
    *,
    is_of_batch: bool,
) -> SignedFile:
    """Enter a file that has its name; returns it with whether that could be done."""
    declared, certificate = declaration or Declaration(), signer.certificate
    try:
        source = HashedFile.at(signed.source, sha256_of(signed.source))
        services.register.append(
            Signed(
                source=source,
                target=HashedFile.at(signed.target, sha256_of(signed.target)),
                converted_from=services.register.converted_from(source.sha256),
                document=document,
                kind=declared.kind,
                mode=declared.mode,
                submitted_by=declared.submitted_by,
                signer=certificate.common_name,
                title=certificate.title,
                certificate_serial=certificate.serial_number,
                device_serial=signer.token.serial,
                level=signed.level,
                signed_at=signed.signing_time,
                timestamp=signed.timestamp_time,
            ),
            at=services.clock.now(),
            path=signed.target.absolute(),
            is_of_batch=is_of_batch,
        )
    except (StorageError, OSError) as error:
        log.warning("a signed file is not in the register: %s", error)
        return replace(signed, is_registered=False)
    return signed


def enter_recovered(plan: FilePlan, device_serial: str, services: Services) -> None:
    """Enter a file whose process was killed after it had its name and before it was entered; nothing is entered twice."""
    try:
        sha256 = sha256_of(plan.target)
        if services.register.place_of(sha256) is not None:
            return
        report = services.documents.verify(plan.target)
        made = next((one for one in reversed(report.signatures) if not one.is_document_timestamp), None)
        if made is None or made.signer is None:
            return
        source, declared = HashedFile.at(plan.source, sha256_of(plan.source)), plan.declaration or Declaration()
        now = services.clock.now()
        services.register.append(
            Signed(
                source=source,
                target=HashedFile.at(plan.target, sha256),
                converted_from=services.register.converted_from(source.sha256),
                document=summary_of(services.documents.read_layout(plan.source), declared),
                kind=declared.kind,
                mode=declared.mode,
                submitted_by=declared.submitted_by,
                signer=made.signer.common_name,
                title=made.signer.title,
                certificate_serial=made.signer.serial_number,
                device_serial=device_serial,
                level=SignatureLevel.B_B if made.timestamp is None else SignatureLevel.B_T,
                signed_at=made.claimed_time or now,
                timestamp=made.timestamp.time if made.timestamp is not None else None,
            ),
            at=now,
            path=plan.target.absolute(),
        )
    except UserCancelled:
        raise
    except (BdsignerError, OSError) as error:
        log.warning("a recovered file is not in the register: %s", error)


def enter_extended(
    path: Path,
    services: Services,
    *,
    before: str,
    sha256: str,
    level: SignatureLevel,
    timestamp: datetime | None,
) -> None:
    """Enter that a registered file has other bytes now; what is not registered, or entered already, is left alone."""
    if services.register.place_of(before) is None or services.register.place_of(sha256) is not None:
        return
    extended = Extended(before=before, target=HashedFile.at(path, sha256), level=level, timestamp=timestamp)
    try:
        services.register.append(extended, at=services.clock.now(), path=path.absolute())
    except StorageError as error:
        log.warning("an extended file is not in the register: %s", error)
