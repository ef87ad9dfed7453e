"""``adbe.x509.rsa_sha1``: a bare RSA value in ``/Contents``, the certificates in ``/Cert`` (ISO 32000-1 §12.8.3.2).

Deprecated, but still in archives.  The value is put into a SignedData without signed attributes, which says the same,
so that the rest of the verification need not know this form.
"""

from asn1crypto import algos, cms, core, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.pdf_utils import generic

from bdsigner.errors import CertificateError
from bdsigner.trust.keys import public_key_of
from bdsigner.verification.cms import CmsError
from bdsigner.verification.integrity.values import entry, raw_items, resolved

SUBFILTER = "adbe.x509.rsa_sha1"


def as_signed_data(contents: bytes, dictionary: generic.DictionaryObject) -> bytes:
    """Return the DER of a SignedData with this value and these certificates, the signer's first.

    Raises ``CmsError`` when either cannot be read.
    """
    certificates = _certificates(dictionary)
    if not certificates:
        raise CmsError("no certificate in Cert")
    try:
        value = core.OctetString.load(contents, strict=False).native
        signer = x509.Certificate.load(certificates[0], strict=True)
        digest = _digest_name(certificates[0], value)
        info = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number", {"issuer": signer.issuer, "serial_number": signer.serial_number}
            ),
            "digest_algorithm": {"algorithm": digest},
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": value,
        }
        chosen = [cms.CertificateChoices("certificate", x509.Certificate.load(one)) for one in certificates]
        data = {
            "version": "v1",
            "digest_algorithms": [{"algorithm": digest}],
            "encap_content_info": {"content_type": "data"},
            "certificates": chosen,
            "signer_infos": [info],
        }
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())
    except (ValueError, TypeError, KeyError) as error:
        raise CmsError(f"{type(error).__name__}: {error}"[:200]) from error


def _certificates(dictionary: generic.DictionaryObject) -> list[bytes]:
    held = entry(dictionary, "/Cert")
    values = raw_items(held) or [held]
    strings = (generic.ByteStringObject, generic.TextStringObject)
    return [bytes(one.original_bytes) for one in map(resolved, values) if isinstance(one, strings)]


def _digest_name(certificate: bytes, value: bytes) -> str:
    """What the value itself says it hashed; SHA-1, as the name promises, when it cannot be opened."""
    try:
        key = public_key_of(certificate)
        if not isinstance(key, rsa.RSAPublicKey):
            raise CmsError("no RSA key")
        opened = key.recover_data_from_signature(value, padding.PKCS1v15(), None)
        return str(algos.DigestInfo.load(opened)["digest_algorithm"]["algorithm"].native)
    except (CertificateError, InvalidSignature, ValueError):
        return "sha1"
