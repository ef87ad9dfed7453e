import hashlib

import pytest
from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.formats import der
from bdsigner.model.token import SignatureMechanism
from bdsigner.signing.cms import cms_template
from tests.signing.parts import Signer
from tests.support.softhsm import self_signed

DIGEST = hashlib.sha256(b"document").digest()


def _signed_data(signer: Signer, token: bytes | None = None) -> cms.SignedData:
    template = cms_template(signer.certificate, signer.chain, signer.mechanism)
    attributes = template.signed_attributes(DIGEST)
    signature = signer.sign(hashlib.sha256(attributes).digest())
    return cms.ContentInfo.load(template.signed_data(attributes, signature, token), strict=True)["content"]


def test_signed_attributes_are_those_of_pades(any_signer: Signer) -> None:
    (info,) = _signed_data(any_signer)["signer_infos"]
    attributes = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
    assert attributes["message_digest"][0].native == DIGEST
    assert attributes["content_type"][0].native == "data"
    (identifier,) = attributes["signing_certificate_v2"][0]["certs"]
    assert identifier["cert_hash"].native == hashlib.sha256(any_signer.certificate).digest()
    assert identifier["hash_algorithm"]["algorithm"].native == "sha256"
    protection = attributes["cms_algorithm_protection"][0]
    assert protection["digest_algorithm"]["algorithm"].native == "sha256"
    assert protection["signature_algorithm"].native == info["signature_algorithm"].native


@pytest.mark.parametrize("digest", [bytes(32), b"\xff" * 32, DIGEST])
def test_signed_attributes_are_sorted_as_der_wants(signer: Signer, digest: bytes) -> None:
    attributes = cms_template(signer.certificate, (), signer.mechanism).signed_attributes(digest)
    parsed = cms.CMSAttributes.load(attributes)
    assert parsed.dump(force=True) == attributes
    encoded = [attribute.dump() for attribute in parsed]
    assert encoded == sorted(encoded)


def test_signature_algorithms() -> None:
    rsa_certificate = self_signed(rsa.generate_private_key(65537, 2048), "Ánh")
    ec_certificate = self_signed(ec.generate_private_key(ec.SECP256R1()), "Ánh")
    pkcs1 = cms_template(rsa_certificate, (), SignatureMechanism.RSA_PKCS1).algorithm
    pss = cms_template(rsa_certificate, (), SignatureMechanism.RSA_PSS).algorithm
    ecdsa = cms_template(ec_certificate, (), SignatureMechanism.ECDSA).algorithm
    assert cms.SignedDigestAlgorithm.load(pkcs1).native == {"algorithm": "sha256_rsa", "parameters": None}
    assert pkcs1.endswith(der.NULL)
    parameters = cms.SignedDigestAlgorithm.load(pss)["parameters"]
    assert parameters["hash_algorithm"]["algorithm"].native == "sha256"
    assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha256"
    assert parameters["salt_length"].native == 32
    assert ecdsa == cms.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()


def test_certificates_are_all_there_once(signer: Signer) -> None:
    doubled = Signer(signer.certificate, (*signer.chain, signer.certificate), signer.key, signer.mechanism)
    encoded = [choice.dump() for choice in _signed_data(doubled)["certificates"]]
    assert encoded == sorted({signer.certificate, *signer.chain})


def test_issuer_and_serial_number_are_the_certificates(any_signer: Signer) -> None:
    (info,) = _signed_data(any_signer)["signer_infos"]
    certificate = cms.CertificateChoices.load(any_signer.certificate).chosen
    assert info["sid"].chosen["serial_number"].native == certificate.serial_number
    assert info["sid"].chosen["issuer"].dump() == certificate.issuer.dump()


def test_size_is_never_too_small_and_exact_for_rsa(any_signer: Signer) -> None:
    token = core.OctetString(bytes(5000)).dump()
    size = cms_template(any_signer.certificate, any_signer.chain, any_signer.mechanism).size_bytes(
        timestamp_token_bytes=len(token)
    )
    template = cms_template(any_signer.certificate, any_signer.chain, any_signer.mechanism)
    attributes = template.signed_attributes(DIGEST)
    signature = any_signer.sign(hashlib.sha256(attributes).digest())
    actual = len(template.signed_data(attributes, signature, token))
    slack = 8 if any_signer.mechanism is SignatureMechanism.ECDSA else 0
    assert actual <= size <= actual + slack


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_longest_ecdsa_signature(curve: ec.EllipticCurve) -> None:
    template = cms_template(self_signed(ec.generate_private_key(curve), "Ánh"), (), SignatureMechanism.ECDSA)
    largest = (1 << curve.key_size) - 1
    value = der.tlv(der.SEQUENCE, der.integer(largest), der.integer(largest))
    assert len(value) <= template.signature_bytes_max <= len(value) + 4


@pytest.mark.parametrize("certificate", [b"", b"no certificate", b"\x30\x03\x02\x01\x00", b"\x30\x00"])
def test_unreadable_certificate(certificate: bytes) -> None:
    with pytest.raises(CertificateError) as caught:
        cms_template(certificate, (), SignatureMechanism.RSA_PKCS1)
    assert caught.value.code is ErrorCode.CERTIFICATE_UNREADABLE


def test_templates_are_kept(signer: Signer) -> None:
    first = cms_template(signer.certificate, signer.chain, signer.mechanism)
    assert cms_template(signer.certificate, signer.chain, signer.mechanism) is first
