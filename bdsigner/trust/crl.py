"""Certificate revocation lists (RFC 5280 §5, §6.3): complete lists signed by the certificate's own issuer.

Indirect, delta and partial-reason lists are not used: what they leave out would read as "not revoked".
"""

import logging
from collections.abc import Iterable
from dataclasses import replace

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from bdsigner.trust.statements import WEAK_HASHES, RevocationStatus, Statement, revoked_statement_status

log = logging.getLogger(__name__)

_UNDERSTOOD = (
    x509.CRLNumber,
    x509.AuthorityKeyIdentifier,
    x509.IssuingDistributionPoint,
    x509.IssuerAlternativeName,
    x509.AuthorityInformationAccess,
    x509.FreshestCRL,
)


def read_crl(untrusted_der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | None:
    """Return what the list says of ``certificate``; ``None`` when it may not be used for it."""
    try:
        statement = _read(x509.load_der_x509_crl(untrusted_der), certificate, issuer)
        return None if statement is None else replace(statement, der=untrusted_der)
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature, x509.DuplicateExtension) as error:
        log.info("CRL not usable: %s", error)
        return None


def _read(
    crl: x509.CertificateRevocationList, certificate: x509.Certificate, issuer: x509.Certificate
) -> Statement | None:
    if crl.issuer != issuer.subject or not _is_signed_by(crl, issuer) or not _covers(crl, certificate):
        return None
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    status, revoked_at = RevocationStatus.GOOD, None
    if entry is not None:
        status, revoked_at = revoked_statement_status(_reason(entry)), entry.revocation_date_utc
    return Statement(
        status=status,
        source="crl",
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        revoked_at=revoked_at,
    )


def _is_signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    if isinstance(crl.signature_hash_algorithm, WEAK_HASHES):
        return False
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not usage.crl_sign:
        return False
    key = issuer.public_key()
    return crl.is_signature_valid(key)  # type: ignore[arg-type]  # other key types raise TypeError, caught above


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    for extension in crl.extensions:
        value = extension.value
        if isinstance(value, x509.DeltaCRLIndicator):
            return False
        if isinstance(value, x509.IssuingDistributionPoint) and not _point_covers(value, certificate):
            return False
        if extension.critical and not isinstance(value, _UNDERSTOOD):
            return False
    return True


def _point_covers(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons or point.relative_name:
        return False
    is_ca = _is_ca(certificate)
    if (point.only_contains_user_certs and is_ca) or (point.only_contains_ca_certs and not is_ca):
        return False
    return point.full_name is None or not set(_addresses(point.full_name)).isdisjoint(crl_addresses(certificate))


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return None


def crl_addresses(certificate: x509.Certificate) -> list[str]:
    """Addresses of the complete lists a certificate names (RFC 5280 §4.2.1.13)."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return []
    return [
        address
        for point in points
        if point.crl_issuer is None and point.reasons is None
        for address in _addresses(point.full_name or ())
    ]


def _addresses(names: Iterable[x509.GeneralName]) -> list[str]:
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
