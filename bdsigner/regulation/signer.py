"""Who may sign with what: device and certificate."""

from datetime import datetime

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus
from bdsigner.model.profile import Mode
from bdsigner.model.token import Token
from bdsigner.regulation.effect import effective_from

_REFUSALS = {
    CertificateStatus.EXPIRED: ErrorCode.CERTIFICATE_EXPIRED,
    CertificateStatus.NOT_YET_VALID: ErrorCode.CERTIFICATE_NOT_YET_VALID,
    CertificateStatus.REVOKED: ErrorCode.CERTIFICATE_REVOKED,
    CertificateStatus.SUSPENDED: ErrorCode.CERTIFICATE_SUSPENDED,
    CertificateStatus.UNPUBLISHED: ErrorCode.CERTIFICATE_UNPUBLISHED,
    CertificateStatus.OUT_OF_SCOPE: ErrorCode.CERTIFICATE_OUT_OF_SCOPE,
    CertificateStatus.WRONG_USAGE: ErrorCode.CERTIFICATE_USAGE,
}


def check_device(token: Token, mode: Mode) -> None:
    """Đ3.7: the key lives in a hardware device; a software token serves training only.

    Raises ``TokenError`` ``TOKEN_SOFTWARE_REFUSED``.
    """
    if mode is Mode.PRODUCTION and not token.is_hardware:
        raise TokenError(ErrorCode.TOKEN_SOFTWARE_REFUSED, label=token.label, serial=token.serial, clause="Đ3.7")


def check_signer(certificate: Certificate, assessment: CertificateAssessment) -> bool:
    """Đ1, Đ3.5b, Đ3.6, Đ6.3a: only a certificate in force, of the special-purpose CA, meant for signing.

    Returns whether its revocation status was really seen; ``False`` means it could not be checked, which is neither
    good nor bad and left to the person.  Raises ``CertificateError`` for every other status.
    """
    refusal = _REFUSALS.get(assessment.status)
    if refusal is not None:
        since = _since(certificate, assessment)
        raise CertificateError(
            refusal,
            name=certificate.common_name,
            serial=certificate.serial_number,
            issuer=certificate.issuer_name,
            **({"since": since.isoformat()} if since else {}),
        )
    return assessment.status is CertificateStatus.GOOD


def _since(certificate: Certificate, assessment: CertificateAssessment) -> datetime | None:
    if assessment.status is CertificateStatus.UNPUBLISHED:
        return effective_from(certificate, assessment.publication)
    if assessment.revoked_at is not None:
        return assessment.revoked_at
    if assessment.status is CertificateStatus.NOT_YET_VALID:
        return certificate.not_before
    return certificate.not_after
