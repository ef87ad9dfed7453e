"""What a certificate says, in full: for people to read, not for decisions (Đ3.4)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ContentRow(StrEnum):
    """The nine contents of a certificate, in the order of Đ3.4."""

    ISSUER = "issuer"
    SUBSCRIBER = "subscriber"
    SERIAL_NUMBER = "serial_number"
    VALIDITY = "validity"
    PUBLIC_KEY = "public_key"
    ISSUER_SIGNATURE = "issuer_signature"
    USE_LIMITS = "use_limits"
    LIABILITY_LIMITS = "liability_limits"
    OTHER = "other"


class ItemCode(StrEnum):
    """Kinds of single facts, in the order in which they are shown."""

    ISSUER_ORGANIZATION = "issuer_organization"
    ISSUER_NAME = "issuer_name"
    SUBSCRIBER_NAME = "subscriber_name"
    SERIAL_NUMBER = "serial_number"
    NOT_BEFORE = "not_before"
    """ISO 8601, as ``NOT_AFTER`` and ``BIRTH_DATE``."""
    NOT_AFTER = "not_after"
    KEY = "key"
    """``RSA 2048 bit``."""
    KEY_FINGERPRINT = "key_fingerprint"
    """SHA-256 of the SubjectPublicKeyInfo, lower-case hex."""
    SIGNATURE_ALGORITHM = "signature_algorithm"
    SIGNATURE_VALUE = "signature_value"
    """Lower-case hex."""
    KEY_USAGE = "key_usage"
    """Value of a ``KeyUsage``."""
    PURPOSE = "purpose"
    """Object identifier of an extended key usage (RFC 5280 §4.2.1.12)."""
    POLICY = "policy"
    """Object identifier."""
    POLICY_ADDRESS = "policy_address"
    PERMITTED_NAME = "permitted_name"
    EXCLUDED_NAME = "excluded_name"
    VALUE_LIMIT = "value_limit"
    """Amount and currency of a transaction (ETSI EN 319 412-5 §4.3.2)."""
    NOTICE = "notice"
    """Text of a policy's user notice (RFC 5280 §4.2.1.4)."""
    SUBJECT_ATTRIBUTE = "subject_attribute"
    """``kind`` is its object identifier."""
    BIRTH_DATE = "birth_date"
    ALTERNATIVE_NAME = "alternative_name"
    OCSP_ADDRESS = "ocsp_address"
    CRL_ADDRESS = "crl_address"
    ISSUER_ADDRESS = "issuer_address"
    STATEMENT_ADDRESS = "statement_address"
    """Of a PKI disclosure statement (ETSI EN 319 412-5 §4.3.4)."""
    UNREADABLE = "unreadable"
    """Object identifier of an extension that is there but cannot be read."""


@dataclass(frozen=True, slots=True)
class Item:
    """One fact as the certificate has it: untrusted text, bounded in length, not cleaned for display."""

    code: ItemCode
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDetails:
    """What ``Certificate`` leaves out; ``trust.certificate_details`` reads it when somebody looks."""

    items: tuple[Item, ...]
    birth_date: date | None = None
    """From the subject directory attributes (RFC 3739 §3.3.2)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One of the nine contents; without items it is not in the certificate."""

    code: ContentRow
    items: tuple[Item, ...]
