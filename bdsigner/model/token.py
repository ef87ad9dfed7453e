"""Tokens, their keys and certificates, and what is known of the PIN."""

from dataclasses import dataclass
from enum import StrEnum

from bdsigner.model.certificate import Certificate, KeyType


class SignatureMechanism(StrEnum):
    """How a digest is signed; the names are ours, PKCS#11 mechanisms stay in the driver."""

    RSA_PKCS1 = "rsa-pkcs1"
    RSA_PSS = "rsa-pss"
    ECDSA = "ecdsa"


class KeyScheme(StrEnum):
    """How the content's key is wrapped for one recipient."""

    RSA_OAEP = "rsa-oaep"
    """RFC 3560; written with SHA-256."""
    RSA_PKCS1 = "rsa-pkcs1"
    """RFC 8017 §7.2; the most portable, allowed by policy."""
    ECDH = "ecdh"
    """Ephemeral-static ECDH with the X9.63 key derivation and AES key wrap (RFC 5753 §3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """What a private key is asked for; nothing else of an envelope reaches the token."""

    scheme: KeyScheme
    data: bytes
    """RSA: the encrypted key.  ECDH: the originator's public point, uncompressed (X9.62)."""
    oaep_hash: str = "sha256"
    """With RSA_OAEP: name of digest and MGF1 digest (``sha1``, ``sha256``, ``sha384``, ``sha512``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinState:
    """What the token's flags say of the user PIN (PKCS#11 v2.40 §3.2 CK_TOKEN_INFO).  Flags are hints."""

    is_set: bool = True
    count_low: bool = False
    """At least one wrong PIN since the last good one."""
    final_try: bool = False
    locked: bool = False
    pin_pad: bool = False
    """The PIN is typed on the device (CKF_PROTECTED_AUTHENTICATION_PATH)."""
    must_change: bool = False
    """The token itself asks for a new PIN (CKF_USER_PIN_TO_BE_CHANGED)."""
    min_length: int = 0
    """In bytes; 0 when the token does not say (CK_TOKEN_INFO ulMinPinLen)."""
    max_length: int = 0
    puk_count_low: bool = False
    """The same flags for the security officer's PIN (CKF_SO_PIN_…); most drivers never set them."""
    puk_final_try: bool = False
    puk_locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCertificate:
    """A certificate on a token, as read; ``der`` is untrusted."""

    key_id: str
    """CKA_ID as lower-case hex; names the key pair together with the token's serial."""
    label: str
    der: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token present in one slot of one PKCS#11 module."""

    serial: str
    label: str
    model: str
    manufacturer: str
    module_path: str
    module_name: str = ""
    """Product the driver belongs to, from the catalogue or the driver itself; empty when neither says."""
    reader: str = ""
    """Slot description: the name of the reader or of the virtual slot."""
    is_hardware: bool
    """False for soft tokens, which production mode refuses (Đ3.7)."""
    pin: PinState
    mechanisms: frozenset[SignatureMechanism]
    certificates: tuple[TokenCertificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenProblem:
    """A module or slot that could not be used; others still are."""

    module_path: str
    is_quarantined: bool = False
    """The module crashed or hung and is left alone until a person says "try again"."""
    code: str
    """Value of an ``ErrorCode``."""
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenListing:
    """All tokens seen in one pass, and what went wrong meanwhile."""

    tokens: tuple[Token, ...] = ()
    problems: tuple[TokenProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePresence:
    """What a cheap look at one module shows; two that show the same need no listing in between."""

    is_seen: bool
    """False when the module was not looked at: it is in use, or left alone."""
    is_quarantined: bool = False
    readers: tuple[str, ...] = ()
    """Descriptions of all slots, with a token in them or not."""
    tokens: tuple[str, ...] = ()
    """Slot, serial number and label of each token."""
    cost_seconds: float = 0.0
    """How long the look took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerIdentity:
    """A key pair on a token with its certificate: what a person chooses to sign with."""

    token: Token
    key_id: str
    certificate: Certificate

    @property
    def mechanism(self) -> SignatureMechanism:
        """The mechanism used with this key."""
        if self.certificate.key_type is KeyType.EC:
            return SignatureMechanism.ECDSA
        return SignatureMechanism.RSA_PKCS1


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerListing:
    """Signing identities on all tokens; ``problems`` also names unreadable certificates."""

    signers: tuple[SignerIdentity, ...] = ()
    tokens: tuple[Token, ...] = ()
    problems: tuple[TokenProblem, ...] = ()
