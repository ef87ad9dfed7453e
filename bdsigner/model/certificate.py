"""X.509 certificates as the rest of the program sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class KeyUsage(StrEnum):
    """Key usages, in the order of RFC 5280 §4.2.1.3."""

    DIGITAL_SIGNATURE = "digital_signature"
    NON_REPUDIATION = "non_repudiation"
    KEY_ENCIPHERMENT = "key_encipherment"
    DATA_ENCIPHERMENT = "data_encipherment"
    KEY_AGREEMENT = "key_agreement"
    KEY_CERT_SIGN = "key_cert_sign"
    CRL_SIGN = "crl_sign"
    ENCIPHER_ONLY = "encipher_only"
    DECIPHER_ONLY = "decipher_only"


class KeyType(StrEnum):
    """Public key algorithms of signatures."""

    RSA = "rsa"
    EC = "ec"
    EDDSA = "eddsa"
    DSA = "dsa"


SIGNING_KEYS = frozenset({KeyType.RSA, KeyType.EC})
"""What tokens sign with here; signatures of the others are verified."""


_ENCRYPTING = {KeyType.RSA: KeyUsage.KEY_ENCIPHERMENT, KeyType.EC: KeyUsage.KEY_AGREEMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The content of one certificate; ``der`` is the certificate itself, the rest is read from it."""

    der: bytes
    sha256: str
    """Fingerprint of ``der``, lower-case hex."""
    serial_number: str
    """Serial number, upper-case hex without leading zeros."""
    subject: str
    """RFC 4514 string of the subject, for people."""
    issuer: str
    """RFC 4514 string of the issuer, for people."""
    issuer_name: str
    """Common name (else organization) of the issuer."""
    common_name: str
    """Name of the subscriber; empty when the certificate has none."""
    title: str
    """Chức danh (X.520 title); empty when not in the certificate (regulation.md §16.1)."""
    email: str
    """From SAN rfc822Name, else emailAddress; empty when neither is there (§16.2)."""
    organization: str
    """Cơ quan chủ quản: O (§16.2)."""
    unit: str
    """Cơ quan công tác: last OU; empty when none (§16.2)."""
    not_before: datetime
    not_after: datetime
    key_type: KeyType
    key_bits: int
    key_usage: frozenset[KeyUsage]
    """Empty when the extension is missing."""

    @property
    def may_encrypt(self) -> bool:
        """Whether its usage lets something be encrypted for its holder: keyEncipherment (RSA), keyAgreement (EC)."""
        needed = _ENCRYPTING.get(self.key_type)
        return needed is not None and needed in self.key_usage

    @property
    def agency(self) -> str:
        """Cơ quan: the governing body, and the workplace where it differs (§16.2); empty without the former."""
        if self.organization and self.unit and self.unit != self.organization:
            return f"{self.organization}, {self.unit}"
        return self.organization


class Usage(StrEnum):
    """What a certificate is to be used for (Đ3.6)."""

    SIGNING = "signing"
    """keyUsage digitalSignature or nonRepudiation (RFC 5280 §4.2.1.3)."""
    ENCRYPTING = "encrypting"
    """keyUsage keyEncipherment with an RSA key, keyAgreement with an EC key."""
    TIMESTAMPING = "timestamping"
    """extendedKeyUsage id-kp-timeStamping, alone and critical (RFC 3161 §2.3)."""


class CertificateStatus(StrEnum):
    """Status of a certificate (Đ3.5b), with ngoài phạm vi (Đ1) as its own outcome."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNPUBLISHED = "unpublished"
    """Not yet, or not at all, on the list of published certificates (Đ6.3a)."""
    OUT_OF_SCOPE = "out_of_scope"
    WRONG_USAGE = "wrong_usage"
    UNKNOWN = "unknown"
    """Could not be checked: neither good nor bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is known of a certificate's publication on the province's portal, with which it takes effect (Đ6.3a)."""

    has_list: bool = False
    """Whether a list of published certificates is at hand; without one nothing is known, which is no error (§16.3)."""
    published_at: datetime | None = None
    """``None``: the list does not name the certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAssessment:
    """What a check of a certificate at one moment found."""

    status: CertificateStatus
    checked_at: datetime
    chain: tuple[bytes, ...] = ()
    """DER of the path from just above the certificate up to, without, the anchor; empty when none was built."""
    is_issuer_known: bool = True
    """False when ``UNKNOWN`` means that not even a path could be sought: no anchors, or an issuer out of reach."""
    revoked_at: datetime | None = None
    revocation_source: str = ""
    """``ocsp``, ``crl`` or empty when neither answered."""
    decided_by: str = ""
    """Name of the CA in the path that decided the status; empty when it is the certificate itself."""
    publication: Publication = Publication()
    reason: str = ""
    """A short technical reason for the log; not shown as such."""
