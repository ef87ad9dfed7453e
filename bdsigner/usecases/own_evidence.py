"""What this machine's own register can prove of a file that is being verified (regulation.md §16.5)."""

import logging

from bdsigner.errors import StorageError
from bdsigner.model.legal_value import OwnEvidence
from bdsigner.model.register import Released, Signed
from bdsigner.model.registered_document import RegisteredDocument, documents_in, find_document
from bdsigner.model.verification import FileReport, SignatureReport
from bdsigner.ports import Services

log = logging.getLogger(__name__)


def registered_as(report: FileReport, services: Services) -> RegisteredDocument | None:
    """What the register knows of exactly these bytes; ``None``: nothing, or its chain is broken.  Never raises."""
    try:
        register = services.register.read()
    except StorageError as error:
        log.info("the register says nothing of a file: %s", error)
        return None
    return find_document(documents_in(register.entries), report.sha256) if register.first_broken is None else None


def own_evidence(
    document: RegisteredDocument | None, report: FileReport, signature: SignatureReport, *, is_training: bool
) -> OwnEvidence:
    """What that proves for one signature.  Training signs on software: nobody had a device in hand."""
    if document is None:
        return OwnEvidence()
    serial = signature.signer.serial_number if signature.signer is not None else ""
    events = [entry.event for entry in document.entries]
    devices = [one.device_serial for one in events if isinstance(one, Signed) and one.certificate_serial == serial]
    released = [one for one in events if isinstance(one, Released) and one.file.sha256 == report.sha256]
    review = document.review
    return OwnEvidence(
        signed_on=devices[-1] if devices and not is_training else "",
        review=review if review is not None and review.sha256 == report.sha256 else None,
        channel=released[-1].channel if released else "",
        sender=released[-1].sender if released else "",
    )
