"""Reads CMS SignedData (RFC 5652) from an untrusted value or file, the content of a file left where it lies."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from asn1crypto import cms, core, x509

from bdsigner.formats import ber
from bdsigner.formats.ber import BerError, BerFile, Element
from bdsigner.formats.content_info import content_type_of, is_named, read_container
from bdsigner.trust.revocation import Evidence
from bdsigner.verification.cms import CmsError, SignedValue, certificate_binding

MAX_CMS_BYTES = 8 << 20
"""Of one SignedData in memory, and of each part around the content of one in a file; with large CRLs inside real
ones reach 1–2 MiB."""
MAX_CERTIFICATES = 256
MAX_SIGNERS = 64
"""A document that made the round of every department has a dozen."""
MAX_REVOCATIONS = 64

_OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2"
"""id-ri-ocsp-response (RFC 5940)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A SignedData with the content left where it lies."""

    content_type: str
    content: Element | None
    """``None``: detached."""
    certificates: tuple[bytes, ...]
    evidence: Evidence
    signers: tuple[SignedValue, ...]
    unreadable: tuple[str, ...]
    """Why each SignerInfo that is not among ``signers`` could not be read."""


def read_signed_data(untrusted: bytes) -> SignedValue:
    """Read a DER or BER ContentInfo with one signer, zero padding behind it allowed.  Raises ``CmsError``."""
    signers = read_signers(untrusted)
    if len(signers) != 1:
        raise CmsError(f"{len(signers)} signers")
    return signers[0]


def read_signers(untrusted: bytes) -> tuple[SignedValue, ...]:
    """Read a DER or BER ContentInfo with any number of signers, none unreadable.  Raises ``CmsError``."""
    if len(untrusted) > MAX_CMS_BYTES:
        raise CmsError("too large")
    source = BerFile(io.BytesIO(untrusted), len(untrusted))
    try:
        kind, body, end = read_container(source)
        if untrusted[end:].strip(b"\0"):
            raise CmsError("bytes behind the structure")
        if kind != "signed_data":
            raise CmsError(f"content type {kind}")
        message = read_message(source, body)
        if message.unreadable:
            raise CmsError(message.unreadable[0])
        content = None if message.content is None else b"".join(content_of(source, message.content))
    except CmsError:
        raise
    except Exception as error:
        raise unreadable(error) from error
    # Empty means the same as none: seen in valid detached signatures.
    return tuple(replace(one, content=content or None, evidence=message.evidence) for one in message.signers)


def unreadable(error: Exception) -> CmsError:
    """asn1crypto raises whatever a hostile structure leads to; the text says what."""
    return CmsError(str(error) if isinstance(error, BerError) else f"{type(error).__name__}: {error}"[:200])


def read_message(source: BerFile, body: Element) -> SignedMessage:
    """Read a SignedData (RFC 5652 §5.1).  Raises ``BerError``, ``CmsError``."""
    if body.tag != ber.SEQUENCE:
        raise CmsError("no SignedData")
    parts = list(source.children(body))
    if len(parts) < 4 or [one.tag for one in parts[:3]] != [ber.INTEGER, ber.SET, ber.SEQUENCE]:
        raise CmsError("no SignedData")
    optional = {one.tag: one for one in parts[3:-1]}
    if parts[-1].tag != ber.SET or not optional.keys() <= {0xA0, 0xA1} or len(optional) != len(parts) - 4:
        raise CmsError("no SignedData")
    encapsulated = list(source.children(parts[2]))
    if not 1 <= len(encapsulated) <= 2 or encapsulated[0].tag != ber.OBJECT_IDENTIFIER:
        raise CmsError("no content type")
    certificates = _certificates(source, optional.get(0xA0))
    content_type = content_type_of(source, encapsulated[0])
    signers: list[SignedValue] = []
    failed: list[str] = []
    left = 2 * MAX_CMS_BYTES
    for element in source.children(parts[-1]):
        if left < 0 or len(signers) + len(failed) == MAX_SIGNERS:
            raise CmsError("too many signers")
        left -= source.end_of(element) - element.start
        try:
            signers.append(read_signer(source.whole(element, MAX_CMS_BYTES), certificates, content_type))
        except Exception as error:  # noqa: BLE001  # asn1crypto raises whatever a hostile structure leads to
            failed.append(str(unreadable(error)))
    content = None
    if len(encapsulated) == 2:
        content = source.element(encapsulated[1].content, encapsulated[1].end)
    return SignedMessage(
        content_type=content_type,
        content=content,
        certificates=certificates,
        evidence=_evidence(source, optional.get(0xA1)),
        signers=tuple(signers),
        unreadable=tuple(failed),
    )


def content_of(source: BerFile, element: Element) -> Iterator[bytes]:
    """The octets that are signed: of the OCTET STRING, else all behind identifier and length (RFC 5652 §5.2.1).

    Raises ``BerError``.
    """
    if element.tag & ~ber.CONSTRUCTED == ber.OCTET_STRING:
        yield from source.octets(element)
    else:
        end = source.end_of(element) - (2 if element.end is None else 0)
        for at in range(element.content, end, ber.BLOCK_BYTES):
            yield source.read(at, ber.BLOCK_BYTES, end)


def _certificates(source: BerFile, element: Element | None) -> tuple[bytes, ...]:
    found: list[bytes] = []
    left = MAX_CMS_BYTES
    for one in source.children(element) if element is not None else ():
        if one.tag != ber.SEQUENCE:
            continue  # attribute certificates and the like say nothing of keys
        found.append(source.whole(one, left))
        left -= len(found[-1])
        if len(found) > MAX_CERTIFICATES:
            raise CmsError("too many certificates")
    return tuple(found)


def _evidence(source: BerFile, element: Element | None) -> Evidence:
    crls: list[bytes] = []
    ocsps: list[bytes] = []
    left = MAX_CMS_BYTES
    for one in source.children(element) if element is not None else ():
        untrusted = source.whole(one, left)
        left -= len(untrusted)
        if len(crls) + len(ocsps) == MAX_REVOCATIONS:
            break
        if one.tag == ber.SEQUENCE:
            crls.append(untrusted)
        elif one.tag == 0xA1:
            parts = [source.whole(part, MAX_CMS_BYTES) for part in source.children(one)]
            if len(parts) == 2 and core.ObjectIdentifier.load(parts[0]).dotted == _OCSP_RESPONSE:
                ocsps.append(parts[1])
    return Evidence(tuple(ocsps), tuple(crls))


def read_signer(untrusted: bytes, certificates: tuple[bytes, ...], content_type: str) -> SignedValue:
    """Read one SignerInfo.  Raises whatever asn1crypto does for a hostile structure."""
    signer_info = cms.SignerInfo.load(untrusted, strict=True)
    attributes = signer_info["signed_attrs"]
    _ = signer_info["signature"].native, signer_info["signature_algorithm"]["algorithm"].native
    named = _named_signers(signer_info["sid"], certificates)
    signed = SignedValue(
        signer_info=signer_info,
        digest_algorithm=str(signer_info["digest_algorithm"]["algorithm"].native),
        certificates=certificates,
        signer=named[0] if named else None,
        content_type=content_type,
        content=None,
        attributes=None if isinstance(attributes, core.Void) else attributes,
    )
    for other in named[1:]:  # several certificates under one name and number: the signature itself may say which
        if certificate_binding(signed) is False:
            signed = replace(signed, signer=other)
    return signed


def _named_signers(sid: cms.SignerIdentifier, certificates: Iterable[bytes]) -> list[bytes]:
    return [der for der in certificates if _is_named(sid, der)]


def _is_named(sid: cms.SignerIdentifier, der: bytes) -> bool:
    try:
        is_issuer = sid.name == "issuer_and_serial_number"
        return is_named(sid.chosen if is_issuer else bytes(sid.chosen.native), x509.Certificate.load(der))
    except (ValueError, TypeError, KeyError):
        return False
