"""OCSP responses (RFC 6960): signed by the certificate's issuer or by a responder which that issuer named."""

import logging
from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from bdsigner.trust.statements import WEAK_HASHES, RevocationStatus, Statement, revoked_statement_status

log = logging.getLogger(__name__)

MAX_RESPONDERS = 8
"""Certificates of an OCSP response looked at; responders send one to three."""

ResponderCheck = Callable[[x509.Certificate], bool]
"""Whether a responder's own certificate is known not to be revoked."""


def ocsp_request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the DER request.  SHA-1 only names the certificate here; many responders know no other (RFC 5019)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303  # an identifier
    return builder.build().public_bytes(serialization.Encoding.DER)


def ocsp_addresses(certificate: x509.Certificate) -> list[str]:
    """Addresses of the responders a certificate names (RFC 5280 §4.2.2.1)."""
    return access_addresses(certificate, AuthorityInformationAccessOID.OCSP)


def access_addresses(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    """Addresses of one access method of the authorityInfoAccess extension."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return []
    locations = (item.access_location for item in access if item.access_method == method)
    return [location.value for location in locations if isinstance(location, x509.UniformResourceIdentifier)]


def read_ocsp(
    untrusted_der: bytes, certificate: x509.Certificate, issuer: x509.Certificate, *, responder_is_good: ResponderCheck
) -> Statement | None:
    """Return what the response says of ``certificate``; ``None`` when it says nothing usable."""
    try:
        response = ocsp.load_der_ocsp_response(untrusted_der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        single = next(_matching(response, certificate, issuer), None)
        signer = None if single is None else _signer(response, issuer, responder_is_good)
        if single is None or signer is None:
            return None
        responder = b"" if signer is issuer else signer.public_bytes(serialization.Encoding.DER)
        return _statement(single, untrusted_der, responder)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        log.info("OCSP response not usable: %s", error)
        return None


def _matching(
    response: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> Iterator[ocsp.OCSPSingleResponse]:
    for single in response.responses:
        if single.serial_number == certificate.serial_number:
            ours = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
            names = (single.issuer_name_hash, single.issuer_key_hash)
            if names == (ours.issuer_name_hash, ours.issuer_key_hash):
                yield single


def _signer(
    response: ocsp.OCSPResponse, issuer: x509.Certificate, responder_is_good: ResponderCheck
) -> x509.Certificate | None:
    """Whose signature holds and counts: the issuer's, or that of a responder it named; ``None``: nobody's."""
    if _is_signed_by(response, issuer):
        return issuer
    for responder in response.certificates[:MAX_RESPONDERS]:
        if _is_signed_by(response, responder) and _is_named(responder, issuer, response, responder_is_good):
            return responder
    return None


def _is_signed_by(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    digest = response.signature_hash_algorithm
    if digest is None or isinstance(digest, WEAK_HASHES):
        return False
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _is_named(
    responder: x509.Certificate,
    issuer: x509.Certificate,
    response: ocsp.OCSPResponse,
    responder_is_good: ResponderCheck,
) -> bool:
    """RFC 6960 §4.2.2.2: issued directly by the CA, for OCSP signing, in force when it signed, not revoked."""
    try:
        responder.verify_directly_issued_by(issuer)
        purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, x509.ExtensionNotFound):
        return False
    if ExtendedKeyUsageOID.OCSP_SIGNING not in purposes:
        return False
    if not responder.not_valid_before_utc <= response.produced_at_utc <= responder.not_valid_after_utc:
        return False
    exempt = any(isinstance(extension.value, x509.OCSPNoCheck) for extension in responder.extensions)
    return exempt or responder_is_good(responder)


def _statement(single: ocsp.OCSPSingleResponse, der: bytes, responder: bytes) -> Statement | None:
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    status = RevocationStatus.GOOD
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        status = revoked_statement_status(single.revocation_reason)
    return Statement(
        status=status,
        source="ocsp",
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        revoked_at=single.revocation_time_utc,
        der=der,
        responder=responder,
    )
