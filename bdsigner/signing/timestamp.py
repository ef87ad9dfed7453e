"""RFC 3161 timestamps: the request, and the check of the answer before it enters a signature.

``check_response`` is pure, so the application can refuse a useless answer exactly as it treats an unreachable
authority (ask the next one, ask the person), and the document child checks again what it embeds.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, tsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.formats import der
from bdsigner.formats.der import NULL, OCTET_STRING, SEQUENCE, oid, tlv

TOKEN_BYTES_MAX = 16 * 1024
"""Room for a token in a signature: 1.5–10 KiB were seen, the upper end with the authority's whole chain."""
RESPONSE_BYTES_MAX = 64 * 1024
"""Tokens with a whole chain stay below 10 KiB; anything near this is no timestamp."""
_NONCE_BYTES = 8
_CERT_REQ = b"\x01\x01\xff"
_VERSION_1 = der.integer(1)
_SHA256 = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), NULL)

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""What an authority may sign with; SHA-1 is refused."""


@dataclass(frozen=True, slots=True)
class TimestampInfo:
    """A checked timestamp; whether its authority is trusted is not judged here."""

    token: bytes
    """DER ``TimeStampToken``, as received."""
    time: datetime


class _UnusableAnswerError(Exception):
    """Why an answer is refused; for the log."""


def build_request(signature: bytes) -> bytes:
    """DER ``TimeStampReq`` over a signature value; see ``request_for``."""
    return request_for(hashlib.sha256(signature).digest())


def request_for(digest: bytes) -> bytes:
    """DER ``TimeStampReq`` over what has that SHA-256, with a fresh nonce, asking for the certificate (RFC 3161 §2.4.1)."""
    imprint = tlv(SEQUENCE, _SHA256, tlv(OCTET_STRING, digest))
    nonce = der.integer(int.from_bytes(os.urandom(_NONCE_BYTES), "big"))
    return tlv(SEQUENCE, _VERSION_1, imprint, nonce, _CERT_REQ)


def check_response(request_der: bytes, untrusted_response: bytes) -> TimestampInfo:
    """Return the token if it answers this request and its own signature holds (RFC 3161 §2.4.2, §2.3).

    Raises ``NetworkError`` ``NETWORK_BAD_ANSWER`` with the fact ``detail``.  Does not build a chain.
    """
    if len(untrusted_response) > RESPONSE_BYTES_MAX:
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, reason="too large")
    try:
        return _check(tsp.TimeStampReq.load(request_der), untrusted_response)
    except _UnusableAnswerError as error:
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, reason=str(error)) from error
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
        UnsupportedAlgorithm,
    ) as error:
        # what asn1crypto and cryptography raise on bytes that only look like an answer
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, reason=f"unreadable: {type(error).__name__}") from error


def _check(request: tsp.TimeStampReq, untrusted_response: bytes) -> TimestampInfo:
    (response,) = der.elements(untrusted_response)
    status_info, *rest = der.elements(response.content)  # a refusal carries no token, which asn1crypto cannot read
    status = tsp.PKIStatusInfo.load(status_info.encoded)["status"].native
    if status not in ("granted", "granted_with_mods"):
        raise _UnusableAnswerError(f"status {status}")
    (token_element,) = rest
    token = cms.ContentInfo.load(token_element.encoded, strict=True)
    if token["content_type"].native != "signed_data":
        raise _UnusableAnswerError("no signed data")
    signed = token["content"]
    content = signed["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise _UnusableAnswerError("no timestamp")
    info = content["content"].parsed
    _check_answers(request, info)
    _check_signature(signed, content["content"].contents)
    time = info["gen_time"].native
    return TimestampInfo(token.dump(), time.replace(tzinfo=UTC) if time.tzinfo is None else time)


def _check_answers(request: tsp.TimeStampReq, info: tsp.TSTInfo) -> None:
    if info["message_imprint"]["hash_algorithm"]["algorithm"].native != "sha256":
        raise _UnusableAnswerError("other digest algorithm")
    if info["message_imprint"]["hashed_message"].native != request["message_imprint"]["hashed_message"].native:
        raise _UnusableAnswerError("other imprint")
    if info["nonce"].native != request["nonce"].native:
        raise _UnusableAnswerError("other nonce")


def _check_signature(signed: cms.SignedData, content: bytes) -> None:
    if len(signed["signer_infos"]) != 1:  # RFC 3161 §2.4.2: no other signature than the authority's
        raise _UnusableAnswerError("not one signer")
    signer = signed["signer_infos"][0]
    certificate = signer_certificate(signed, signer["sid"])
    if certificate is None:
        raise _UnusableAnswerError("signer's certificate missing")
    usage = certificate.extended_key_usage_value
    if usage is None or "time_stamping" not in usage.native:
        raise _UnusableAnswerError("certificate not for timestamps")
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    hash_name = signer["digest_algorithm"]["algorithm"].native
    if hash_name not in _HASHES:
        raise _UnusableAnswerError(f"digest {hash_name}")
    if attributes["content_type"][0].native != "tst_info":
        raise _UnusableAnswerError("other content type")
    if attributes["message_digest"][0].native != hashlib.new(hash_name, content).digest():
        raise _UnusableAnswerError("content changed")
    _check_certificate_binding(attributes, certificate)
    _verify(certificate, signer, hash_name)


def signer_certificate(signed: cms.SignedData, sid: cms.SignerIdentifier) -> x509.Certificate | None:
    """The certificate inside that a SignerInfo names (RFC 5652 §5.3); ``None`` when it is not there."""
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if not isinstance(certificate, x509.Certificate):
            continue
        if sid.name == "issuer_and_serial_number":
            found = (
                certificate.serial_number == sid.chosen["serial_number"].native
                and certificate.issuer.dump() == sid.chosen["issuer"].dump()
            )
        else:
            found = certificate.key_identifier == sid.chosen.native
        if found:
            return certificate
    return None


def _check_certificate_binding(attributes: dict[str, cms.SetOfAny], certificate: x509.Certificate) -> None:
    """ESSCertID (RFC 2634 §5.4, SHA-1) or ESSCertIDv2 (RFC 5816): the certificate must be the one meant."""
    if "signing_certificate_v2" in attributes:
        identifier = attributes["signing_certificate_v2"][0]["certs"][0]
        hash_name = identifier["hash_algorithm"]["algorithm"].native
    elif "signing_certificate" in attributes:
        identifier, hash_name = attributes["signing_certificate"][0]["certs"][0], "sha1"
    else:
        raise _UnusableAnswerError("certificate not bound")
    if identifier["cert_hash"].native != hashlib.new(hash_name, certificate.dump()).digest():
        raise _UnusableAnswerError("other certificate bound")


def _verify(certificate: x509.Certificate, signer: cms.SignerInfo, hash_name: str) -> None:
    key = load_der_public_key(certificate.public_key.dump())
    signature = signer["signature"].native
    data = bytes((der.SET,)) + signer["signed_attrs"].dump()[1:]  # RFC 5652 §5.4: signed as SET OF
    algorithm = signer["signature_algorithm"]
    hash_algorithm = _HASHES[hash_name]()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hash_algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pss":
            salt_bytes = algorithm["parameters"]["salt_length"].native
            key.verify(signature, data, padding.PSS(padding.MGF1(hash_algorithm), salt_bytes), hash_algorithm)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hash_algorithm)
        else:
            raise _UnusableAnswerError("key type")
    except InvalidSignature as error:
        raise _UnusableAnswerError("signature does not hold") from error
