"""What a person sees of the certificates on a device: contents, status, path, and when to renew."""

from collections.abc import Iterable
from dataclasses import dataclass

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import Certificate, CertificateAssessment
from bdsigner.model.certificate_content import Row
from bdsigner.model.token import Token
from bdsigner.ports import Services
from bdsigner.regulation.certificate_content import content_rows
from bdsigner.regulation.effect import with_publication
from bdsigner.regulation.renewal import Reminder, days_left, reminder_due
from bdsigner.trust.certificate_details import read_details
from bdsigner.trust.certificates import parse_certificate


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A reminder with the certificate it is about."""

    certificate: Certificate
    reminder: Reminder


def read_certificates(ders: Iterable[bytes]) -> tuple[Certificate, ...]:
    """Those that can be read, in order; what cannot is told by the listing of signers."""
    read = []
    for der in ders:
        try:
            read.append(parse_certificate(der))
        except CertificateError:
            continue
    return tuple(read)


def certificate_rows(certificate: Certificate) -> tuple[Row, ...]:
    """The nine contents of Đ3.4.  Raises ``CertificateError`` for what cannot be read."""
    return content_rows(certificate, read_details(certificate.der))


def check_online(certificate: Certificate, others: tuple[bytes, ...], services: Services) -> CertificateAssessment:
    """Chain, validity, revocation and publication at this moment; asks the CA's services."""
    assessment = services.documents.assess_certificate(certificate.der, others, at=services.clock.now())
    return with_publication(assessment, services.publications.find(certificate))


def path_names(certificate: Certificate, assessment: CertificateAssessment) -> tuple[str, ...]:
    """Names from the certificate up to the one that the last known issuer names: the anchor of a whole path."""
    path = (certificate, *read_certificates(assessment.chain))
    names = [one.common_name or one.subject for one in path]
    return (*names, path[-1].issuer_name) if path[-1].issuer_name not in names else tuple(names)


def reminders_due(tokens: Iterable[Token], services: Services) -> tuple[DueReminder, ...]:
    """Reminders to show now; each threshold is told once a certificate, and this counts as told."""
    now = services.clock.now()
    due: dict[str, DueReminder] = {}
    for certificate in read_certificates(one.der for token in tokens for one in token.certificates):
        left = days_left(certificate.not_after, now)
        reminder = reminder_due(left, services.memory.reminders_shown(certificate.sha256))
        if reminder is not None and certificate.sha256 not in due:
            services.memory.set_reminder_shown(certificate.sha256, reminder.threshold_days)
            due[certificate.sha256] = DueReminder(certificate, reminder)
    return tuple(due.values())
