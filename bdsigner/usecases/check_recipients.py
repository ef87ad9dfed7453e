"""Tell for whom something may be encrypted (Đ13.1): in scope, in force, not revoked, published, for encrypting."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, Usage
from bdsigner.model.directory import CheckedRecipient, DirectoryEntry
from bdsigner.model.limits import VERIFIED_AT_ONCE
from bdsigner.ports import Services
from bdsigner.regulation.effect import with_publication

log = logging.getLogger(__name__)

CHECK_SECONDS = 30.0
"""For all recipients together; of those not done by then nothing is known."""


def check_recipients(
    entries: Sequence[DirectoryEntry], services: Services, *, seconds: float = CHECK_SECONDS
) -> tuple[CheckedRecipient, ...]:
    """Check each recipient's certificate now, side by side, in their order.

    What could not be checked in time, or at all, is UNKNOWN: neither good nor bad.  Raises ``ProfileError`` for a
    faulty list of publications.
    """
    if not entries:
        return ()
    at_once = min(len(entries), VERIFIED_AT_ONCE)
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="recipient")
    try:
        running = [pool.submit(_assess, entry, services) for entry in entries]
        done = wait(running, timeout=seconds).done
        late = _unknown(services, "time")
        found = [one.result() if one in done else late for one in running]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        services.documents.rest()
    return tuple(_checked(entry, one, services) for entry, one in zip(entries, found, strict=True))


def _assess(entry: DirectoryEntry, services: Services) -> CertificateAssessment:
    now = services.clock.now()
    try:
        return services.documents.assess_certificate(entry.certificate.der, (), at=now, usage=Usage.ENCRYPTING)
    except UserCancelled:
        raise
    except BdsignerError as error:
        log.warning("recipient %s not checked: %s", entry.certificate.serial_number, error)
        return _unknown(services, error.code.value if error.code is not ErrorCode.UNEXPECTED else "unexpected")


def _unknown(services: Services, reason: str) -> CertificateAssessment:
    return CertificateAssessment(status=CertificateStatus.UNKNOWN, checked_at=services.clock.now(), reason=reason)


def _checked(entry: DirectoryEntry, assessment: CertificateAssessment, services: Services) -> CheckedRecipient:
    newer = services.address_book.successors(entry)
    return CheckedRecipient(
        entry=entry,
        assessment=with_publication(assessment, services.publications.find(entry.certificate)),
        newer=newer[0] if newer else None,
    )
