"""An open session in the token child: its keys, what is left of what the person confirmed, and how a key signs."""

import contextlib
from typing import cast

import pkcs11
from pkcs11 import KDF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.types import DecryptMixin, DeriveMixin, PrivateKey, Session, SignMixin
from pkcs11.util.ec import encode_ecdsa_signature

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import KeyScheme, SignatureMechanism, WrappedKey
from bdsigner.token.hardening import wipe
from bdsigner.token.mechanisms import digest_info, emsa_pkcs1_v1_5, from_oaep, from_pkcs1_v1_5
from bdsigner.token.protocol import TokenIdentity
from bdsigner.token.reading import MAX_OBJECTS

MAX_ECDSA_BYTES = 132
"""Two halves of a P-521 signature, the longest (PKCS#11 v2.40 §2.3.1)."""

_OAEP = {
    "sha1": (Mechanism.SHA_1, pkcs11.MGF.SHA1),
    "sha224": (Mechanism.SHA224, pkcs11.MGF.SHA224),
    "sha256": (Mechanism.SHA256, pkcs11.MGF.SHA256),
    "sha384": (Mechanism.SHA384, pkcs11.MGF.SHA384),
    "sha512": (Mechanism.SHA512, pkcs11.MGF.SHA512),
}
_RSA = (SignatureMechanism.RSA_PKCS1, SignatureMechanism.RSA_PSS)
KeyName = tuple[str, KeyType]


class WipeablePin:
    """A PIN that python-pkcs11 takes for a ``str``: of a PIN it only asks ``encode`` and passes the buffer to C.

    So no immutable copy is made here; a driver's own copies are beyond us.
    """

    def __init__(self, pin: bytearray | bytes) -> None:
        self._pin = pin

    def encode(self, _encoding: str) -> bytearray | bytes:
        """The buffer itself."""
        return self._pin


class Login:
    """Keys by CKA_ID and type; used by the driver's one thread only."""

    def __init__(self, session: Session, token: TokenIdentity, signatures: int, *, is_pin_pad: bool) -> None:
        self.session = session
        self.token = token
        self.signatures_left = signatures
        self.had_wrong_pin = False
        """The flags told of wrong PINs before this login; OpenSC goes on telling so until it is initialized anew."""
        self._is_pin_pad = is_pin_pad
        self._mechanisms: set[Mechanism] = set()
        self._keys: dict[KeyName, PrivateKey] = {}
        self._unwrapping_keys: dict[KeyName, PrivateKey] = {}
        self._always_authenticate: set[KeyName] = set()
        self._pin = bytearray()
        """For the first signature of a key that wants the PIN for each: the person has just typed it for that."""

    @property
    def always_authenticate(self) -> tuple[str, ...]:
        """Ids of the keys with CKA_ALWAYS_AUTHENTICATE."""
        return tuple(sorted({key_id for key_id, _ in self._always_authenticate}))

    def read_keys(self, pin: bytearray | bytes) -> None:
        """Find the keys; ``pin`` is copied only where one of them wants it again.  Raises what the driver raises."""
        self._mechanisms = self.session.token.slot.get_mechanisms()
        objects = self.session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        for key, _ in zip(objects, range(MAX_OBJECTS), strict=False):
            try:
                name = (key[Attribute.ID].hex(), key[Attribute.KEY_TYPE])
            except ValueError:
                continue  # a key type that python-pkcs11 does not know
            if isinstance(key, SignMixin):
                self._keys.setdefault(name, cast(PrivateKey, key))
            if isinstance(key, (DecryptMixin, DeriveMixin)):
                self._unwrapping_keys.setdefault(name, cast(PrivateKey, key))
            with contextlib.suppress(pkcs11.AttributeTypeInvalid, pkcs11.FunctionFailed):
                if key[Attribute.ALWAYS_AUTHENTICATE]:
                    self._always_authenticate.add(name)
        if self._always_authenticate:
            self._pin = bytearray(pin)

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, pin: bytearray | bytes) -> bytes:
        """Sign a SHA-256 digest; every call counts, whatever came of it, but one that lacks its PIN.

        Raises ``TokenError`` before the driver is asked, then what the driver raises.
        """
        if self.signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT)
        name = (key_id, KeyType.RSA if mechanism in _RSA else KeyType.EC)
        key = self._keys.get(name)
        if key is None:
            self.signatures_left -= 1
            raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, key_id=key_id)
        context_pin = self._context_pin(name, pin)
        self.signatures_left -= 1
        data, raw, parameters = self._choose(key, digest, mechanism)
        try:
            value = cast(SignMixin, key).sign(data, mechanism=raw, mechanism_param=parameters, pin=context_pin)
        finally:
            if context_pin is not None:
                self.forget_pin()
        return _checked(value, mechanism)

    def unwrap(self, key_id: str, wrapped: WrappedKey, pin: bytearray | bytes) -> bytes:
        """Use a key on a wrapped one; counts as a signature does.

        Raises ``TokenError`` before the driver is asked, then what the driver raises, and ``ValueError`` for padding.
        """
        if self.signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT)
        name = (key_id, KeyType.EC if wrapped.scheme is KeyScheme.ECDH else KeyType.RSA)
        key = self._unwrapping_keys.get(name)
        if key is None:
            self.signatures_left -= 1
            raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, key_id=key_id)
        context_pin = self._context_pin(name, pin)
        self.signatures_left -= 1
        try:
            if wrapped.scheme is KeyScheme.ECDH:
                return self._agree(cast(DeriveMixin, key), wrapped.data)
            return self._decrypt(cast(DecryptMixin, key), wrapped, context_pin)
        finally:
            if context_pin is not None:
                self.forget_pin()

    def _agree(self, key: DeriveMixin, point: bytes) -> bytes:
        """The x coordinate (PKCS#11 v2.40 §2.3.6, CKD_NULL) as a session object whose value may be read."""
        if Mechanism.ECDH1_DERIVE not in self._mechanisms:
            raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason="ECDH")
        secret = key.derive_key(
            KeyType.GENERIC_SECRET,
            8 * (len(point) // 2),
            mechanism=Mechanism.ECDH1_DERIVE,
            mechanism_param=(KDF.NULL, None, point),
            template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
        )
        try:
            return bytes(secret[Attribute.VALUE])
        finally:
            secret.destroy()

    def _decrypt(self, key: DecryptMixin, wrapped: WrappedKey, pin: WipeablePin | None) -> bytes:
        """Padding is taken off here where the token gives the raw block: drivers know OAEP with few digests only.

        What some of them say of padding that is not right they also say of a token that was pulled.
        """
        is_oaep = wrapped.scheme is KeyScheme.RSA_OAEP
        modulus = key[Attribute.MODULUS]
        if len(wrapped.data) != len(modulus) or wrapped.data >= modulus:
            raise ValueError("not for this key")
        if Mechanism.RSA_X_509 in self._mechanisms:
            with contextlib.suppress(pkcs11.MechanismInvalid):  # offered, but not for decrypting
                block = cast(bytes, key.decrypt(wrapped.data, mechanism=Mechanism.RSA_X_509, pin=pin))
                block = block.rjust(len(wrapped.data), b"\x00")  # some drivers leave leading zeros out
                return from_oaep(block, wrapped.oaep_hash) if is_oaep else from_pkcs1_v1_5(block)
        raw, parameters = Mechanism.RSA_PKCS, None
        if is_oaep:
            raw, parameters = Mechanism.RSA_PKCS_OAEP, (*_OAEP[wrapped.oaep_hash], None)
        if raw not in self._mechanisms:
            raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason=wrapped.scheme.value)
        return cast(bytes, key.decrypt(wrapped.data, mechanism=raw, mechanism_param=parameters, pin=pin))

    def forget_pin(self) -> None:
        """Zero what is kept of the PIN."""
        wipe(self._pin)
        self._pin = bytearray()

    def is_alive(self) -> bool:
        """Whether the session still answers; the slots must have been polled before, drivers answer from caches."""
        objects = self.session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        return next(iter(objects), None) is not None or not self._keys

    def _context_pin(self, name: KeyName, pin: bytearray | bytes) -> WipeablePin | None:
        """The PIN of a CKU_CONTEXT_SPECIFIC login, for keys that want one before each signature."""
        if name not in self._always_authenticate:
            return None
        if self._is_pin_pad:
            # python-pkcs11 has no PIN pad form of this login; an empty PIN could cost a try.
            raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason="context login on a PIN pad")
        if not pin and not self._pin:
            raise TokenError(ErrorCode.TOKEN_PIN_NEEDED, key_id=name[0])
        return WipeablePin(pin or self._pin)

    def _choose(self, key: PrivateKey, digest: bytes, mechanism: SignatureMechanism) -> tuple[bytes, Mechanism, object]:
        """Data, mechanism and parameter among the token's own: raw mechanisms are all drivers' common ground."""
        offered = self._mechanisms
        if mechanism is SignatureMechanism.RSA_PKCS1 and Mechanism.RSA_PKCS in offered:
            return digest_info(digest), Mechanism.RSA_PKCS, None
        if mechanism is SignatureMechanism.RSA_PKCS1 and Mechanism.RSA_X_509 in offered:
            return emsa_pkcs1_v1_5(digest, len(key[Attribute.MODULUS])), Mechanism.RSA_X_509, None
        if mechanism is SignatureMechanism.RSA_PSS and Mechanism.RSA_PKCS_PSS in offered:
            return digest, Mechanism.RSA_PKCS_PSS, (Mechanism.SHA256, pkcs11.MGF.SHA256, len(digest))
        if mechanism is SignatureMechanism.ECDSA and Mechanism.ECDSA in offered:
            return digest, Mechanism.ECDSA, None
        raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason=mechanism.value)


def _checked(value: bytes, mechanism: SignatureMechanism) -> bytes:
    if mechanism is not SignatureMechanism.ECDSA:
        return value
    if not value or len(value) % 2 or len(value) > MAX_ECDSA_BYTES:
        raise ValueError("not an ECDSA signature value")
    return encode_ecdsa_signature(value)
