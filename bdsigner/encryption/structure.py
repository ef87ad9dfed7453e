"""Reads what surrounds the content of an envelope, untrusted: recipients and algorithms (RFC 5652 §6, RFC 5083)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from asn1crypto import algos, cms, core
from cryptography.hazmat.primitives import hashes

from bdsigner.encryption import algorithms as oids
from bdsigner.encryption.algorithms import CipherKind
from bdsigner.errors import DocumentError, EncryptionError, ErrorCode
from bdsigner.formats import ber
from bdsigner.formats.ber import BerError, BerFile, Element, in_der
from bdsigner.formats.content_info import read_container
from bdsigner.model.token import KeyScheme

MAX_INFOS_BYTES = 4 << 20
"""All recipients together; 500 with RSA keys of 4,096 bits have 350 KiB."""
MAX_RECIPIENTS = 2_000
MAX_ATTRIBUTES_BYTES = 1 << 20
MIN_TAG_BYTES, MAX_TAG_BYTES = 12, 16
"""RFC 5084 §3.2; ``cryptography`` knows no larger one."""
_ENVELOPES = {"enveloped_data": False, "authenticated_enveloped_data": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientKey:
    """The content's key as wrapped for one recipient."""

    identifier: cms.IssuerAndSerialNumber | bytes | None
    """Of the certificate: issuer and serial number, or its key identifier."""
    scheme: KeyScheme | None = None
    """``None``: a way that is not known here."""
    wrapped: bytes = b""
    oaep_hash: str = ""
    """Name of the digest, with RSA_OAEP."""
    point: bytes = b""
    """The originator's public point, as it stands, with ECDH."""
    kdf: type[hashes.HashAlgorithm] | None = None
    wrap: bytes = b""
    """DER AlgorithmIdentifier of the key wrap, as it stands, with ECDH."""
    wrap_key_bytes: int = 0
    user_material: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEnvelope:
    """An envelope with the content left where it lies."""

    source: BerFile
    is_authenticated: bool
    algorithm: str
    """Dotted number of the content's algorithm."""
    cipher: CipherKind | None
    """``None``: one that is not known here."""
    nonce: bytes
    tag_bytes: int
    content: Element
    """The encrypted content, tagged [0]."""
    attributes: bytes
    """DER of authAttrs as they are authenticated (RFC 5083 §2.2); empty without."""
    mac: bytes
    recipients: tuple[RecipientKey, ...]


def read_structure(file: BinaryIO, size: int) -> ReadEnvelope:
    """Read everything but the content of a BER or DER envelope.

    Raises ``EncryptionError`` ENCRYPTION_NOT_ENVELOPE; ``DocumentError`` DOCUMENT_DAMAGED.
    """
    source = BerFile(file, size)
    try:
        kind, body, _ = read_container(source)
        if kind not in _ENVELOPES:
            raise EncryptionError(ErrorCode.ENCRYPTION_NOT_ENVELOPE, type=kind)
        return _read(source, body, is_authenticated=_ENVELOPES[kind])
    except (EncryptionError, OSError):
        raise
    except Exception as error:  # asn1crypto raises whatever a hostile structure leads to
        reason = str(error) if isinstance(error, BerError) else f"{type(error).__name__}: {error}"[:200]
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=reason) from error


def _read(source: BerFile, body: Element, *, is_authenticated: bool) -> ReadEnvelope:
    parts = _Parts(source, body)
    parts.take(ber.INTEGER)
    parts.take_optional(0xA0)  # originatorInfo: certificates and lists nobody asked for
    infos = parts.take(ber.SET)
    encrypted = _Parts(source, parts.take(ber.SEQUENCE))
    attributes = parts.take_optional(0xA1)
    mac = b"".join(source.octets(parts.take(ber.OCTET_STRING))) if is_authenticated else b""
    encrypted.take(ber.OBJECT_IDENTIFIER)
    algorithm = core.Sequence.load(source.whole(encrypted.take(ber.SEQUENCE), MAX_ATTRIBUTES_BYTES))
    content = encrypted.take_optional(0xA0) or encrypted.take(0x80)
    number = core.ObjectIdentifier.load(algorithm[0].dump()).dotted
    cipher = oids.CIPHERS.get(number)
    if cipher is not None and cipher.is_gcm != is_authenticated:
        cipher = None
    nonce, tag_bytes = _parameters(algorithm[1].dump() if len(algorithm) > 1 else b"", cipher)
    if is_authenticated and cipher is not None and len(mac) != tag_bytes:
        raise BerError("mac")
    return ReadEnvelope(
        source=source,
        is_authenticated=is_authenticated,
        algorithm=number,
        cipher=cipher,
        nonce=nonce,
        tag_bytes=tag_bytes,
        content=content,
        attributes=_attributes(source, attributes) if is_authenticated and attributes is not None else b"",
        mac=mac,
        recipients=tuple(_recipients(source, infos)),
    )


class _Parts:
    """The elements of a structure, in order."""

    def __init__(self, source: BerFile, parent: Element) -> None:
        self._left = list(source.children(parent))

    def take(self, tag: int) -> Element:
        """The next, which must have that tag.  Raises ``BerError``."""
        found = self.take_optional(tag)
        if found is None:
            raise BerError("not the structure of an envelope")
        return found

    def take_optional(self, tag: int) -> Element | None:
        """The next if it has that tag; strings may also be in pieces."""
        if not self._left:
            return None
        found = self._left[0].tag
        is_pieces = tag == ber.OCTET_STRING and found == tag | ber.CONSTRUCTED
        return self._left.pop(0) if found == tag or is_pieces else None


def _parameters(encoded: bytes, cipher: CipherKind | None) -> tuple[bytes, int]:
    """Nonce or initialization vector, and the length of the tag.  Raises ``BerError``."""
    if cipher is None:
        return b"", 0
    if not cipher.is_gcm:
        vector = bytes(core.OctetString.load(encoded, strict=True).native)
        if len(vector) != cipher.block_bytes:
            raise BerError("initialization vector")
        return vector, 0
    parameters = core.Sequence.load(encoded, strict=True)
    nonce = bytes(core.OctetString.load(parameters[0].dump()).native)
    tag_bytes = int(core.Integer.load(parameters[1].dump()).native) if len(parameters) > 1 else MIN_TAG_BYTES
    if not 8 <= len(nonce) <= 128 or not MIN_TAG_BYTES <= tag_bytes <= MAX_TAG_BYTES:
        raise BerError("parameters")
    return nonce, tag_bytes


def _attributes(source: BerFile, element: Element) -> bytes:
    """The DER encoding of the SET OF, with its own tag in place of [1] (RFC 5083 §2.2)."""
    whole = source.whole(element, MAX_ATTRIBUTES_BYTES)
    return in_der(bytes((ber.SET,)) + whole[1:], is_sorted=True)


def _recipients(source: BerFile, infos: Element) -> Iterator[RecipientKey]:
    if source.end_of(infos) - infos.start > MAX_INFOS_BYTES:
        raise BerError("recipients too large")
    count = 0
    for element in source.children(infos):
        for recipient in _keys_of(source.whole(element, MAX_INFOS_BYTES)):
            count += 1
            if count > MAX_RECIPIENTS:
                raise BerError("too many recipients")
            yield recipient


def _keys_of(encoded: bytes) -> list[RecipientKey]:
    """Of one RecipientInfo; one that cannot be read is somebody's all the same."""
    try:
        info = cms.RecipientInfo.load(encoded, strict=True)
        if info.name == "ktri":
            return [_transported(info.chosen)]
        if info.name == "kari":
            return _agreed(encoded)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass
    return [RecipientKey(identifier=None)]


def _transported(info: cms.KeyTransRecipientInfo) -> RecipientKey:
    identifier = info["rid"].chosen
    named = _readable(identifier) if info["rid"].name == "issuer_and_serial_number" else bytes(identifier.native)
    wrapped = bytes(info["encrypted_key"].native)
    algorithm = info["key_encryption_algorithm"]
    number = algorithm["algorithm"].dotted
    if number == oids.RSA:
        return RecipientKey(identifier=named, scheme=KeyScheme.RSA_PKCS1, wrapped=wrapped)
    digest = _oaep_hash(algorithm["parameters"].dump()) if number == oids.RSA_OAEP else None
    scheme = KeyScheme.RSA_OAEP if digest is not None else None
    return RecipientKey(identifier=named, scheme=scheme, wrapped=wrapped, oaep_hash=digest or "")


def _oaep_hash(encoded: bytes) -> str | None:
    """The digest of RSAES-OAEP-params (RFC 4055 §4.1); ``None`` for two different ones, or a label."""
    parameters = algos.RSAESOAEPParams.load(encoded, strict=True)
    mask = parameters["mask_gen_algorithm"]
    source = parameters["p_source_algorithm"]
    digest = parameters["hash_algorithm"]["algorithm"].dotted
    if mask["algorithm"].dotted != oids.MGF1 or mask["parameters"]["algorithm"].dotted != digest:
        return None
    if source["algorithm"].dotted != oids.P_SPECIFIED or source["parameters"].native:
        return None
    known = oids.HASHES.get(digest)
    return str(known.name) if known is not None else None


def _agreed(encoded: bytes) -> list[RecipientKey]:
    """asn1crypto knows no implicitly tagged originator and no certificates by key identifier: by hand (RFC 5652 §6.2.2)."""
    source = BerFile(io.BytesIO(encoded), len(encoded))
    parts = _Parts(source, source.element(0))
    parts.take(ber.INTEGER)
    (originator,) = source.children(parts.take(0xA0))
    material = parts.take_optional(0xA1)
    algorithm = core.Sequence.load(source.whole(parts.take(ber.SEQUENCE), MAX_INFOS_BYTES))
    keys = parts.take(ber.SEQUENCE)
    number = core.ObjectIdentifier.load(algorithm[0].dump()).dotted
    wrap = algorithm[1].dump() if len(algorithm) > 1 else b""
    wrap_number = core.ObjectIdentifier.load(core.Sequence.load(wrap)[0].dump()).dotted if wrap else ""
    is_known = originator.tag == 0xA1 and number in oids.ECDH_KDF and wrap_number in oids.KEY_WRAPS
    found: list[RecipientKey] = []
    for element in source.children(keys):
        identifier, wrapped = source.children(element)
        found.append(
            RecipientKey(
                identifier=_certificate_of(source, identifier),
                scheme=KeyScheme.ECDH if is_known else None,
                wrapped=b"".join(source.octets(wrapped)),
                point=_point(source, originator) if is_known else b"",
                kdf=oids.ECDH_KDF.get(number),
                wrap=wrap,
                wrap_key_bytes=oids.KEY_WRAPS.get(wrap_number, 0),
                user_material=_material(source, material) if material is not None else None,
            )
        )
    return found


def _point(source: BerFile, originator: Element) -> bytes:
    """The bits of OriginatorPublicKey."""
    _, key = source.children(originator)
    return bytes(core.BitString.load(source.whole(key, MAX_INFOS_BYTES)).cast(core.OctetBitString).native)


def _material(source: BerFile, element: Element) -> bytes:
    (inner,) = source.children(element)
    return b"".join(source.octets(inner))


def _certificate_of(source: BerFile, element: Element) -> cms.IssuerAndSerialNumber | bytes:
    """KeyAgreeRecipientIdentifier: issuer and serial number, or [0] with a key identifier first."""
    if element.tag == ber.SEQUENCE:
        return _readable(cms.IssuerAndSerialNumber.load(source.whole(element, MAX_INFOS_BYTES), strict=True))
    first = next(iter(source.children(element)))
    return b"".join(source.octets(first))


def _readable(identifier: cms.IssuerAndSerialNumber) -> cms.IssuerAndSerialNumber:
    """The same, read to its last byte, as asn1crypto puts that off.  Raises ``ValueError`` and the like."""
    _ = identifier["issuer"].human_friendly, identifier["issuer"].hashable, identifier["serial_number"].native
    return identifier
