"""When a certificate takes effect: Đ6.3a, §16.3."""

from dataclasses import replace
from datetime import datetime

from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus, Publication


def effective_from(certificate: Certificate, publication: Publication) -> datetime | None:
    """Đ6.3a: the later of the start of validity and the publication; ``None`` while the publication is not known."""
    if publication.published_at is None:
        return None
    return max(certificate.not_before, publication.published_at)


def with_publication(assessment: CertificateAssessment, publication: Publication) -> CertificateAssessment:
    """Đ6.3a: a certificate that a list at hand does not name, or names as published later, is not in effect.

    What else is known to be wrong stays: only GOOD and UNKNOWN become UNPUBLISHED.  Without a list nothing changes.
    """
    status = assessment.status
    if status in (CertificateStatus.GOOD, CertificateStatus.UNKNOWN) and publication.has_list:
        published_at = publication.published_at
        if published_at is None or published_at > assessment.checked_at:
            status = CertificateStatus.UNPUBLISHED
    return replace(assessment, status=status, publication=publication)
