"""What an OCSP response or a CRL says of one certificate, once its signature holds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes

WEAK_HASHES = (hashes.MD5, hashes.SHA1)
"""Not accepted under revocation data: colliding pairs can be made."""


class RevocationStatus(StrEnum):
    """What is known of a certificate's revocation."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    """certificateHold: tạm dừng (Đ3.5b)."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One authentic statement on one certificate."""

    status: RevocationStatus
    source: str
    """``ocsp`` or ``crl``."""
    is_from_file: bool = False
    this_update: datetime
    next_update: datetime | None
    revoked_at: datetime | None = None
    der: bytes = b""
    """The response or list it was read from."""
    responder: bytes = b""
    """DER of the delegated OCSP responder's certificate; empty when the issuer itself signed."""
    responder_crls: tuple[bytes, ...] = ()
    """Lists that show that the responder was not revoked; none for one with id-pkix-ocsp-nocheck."""


def revoked_statement_status(reason: x509.ReasonFlags | None) -> RevocationStatus:
    """Status of a revoked entry by its reason code (RFC 5280 §5.3.1)."""
    if reason is x509.ReasonFlags.certificate_hold:
        return RevocationStatus.HELD
    if reason is x509.ReasonFlags.remove_from_crl:
        return RevocationStatus.GOOD
    return RevocationStatus.REVOKED
