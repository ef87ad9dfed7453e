import hashlib

import pytest

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism
from bdsigner.signing.check import check_signature_value
from tests.signing.parts import Signer

DIGEST = hashlib.sha256(b"signed attributes").digest()


def test_a_good_signature_passes(any_signer: Signer) -> None:
    check_signature_value(any_signer.certificate, DIGEST, any_signer.sign(DIGEST), any_signer.mechanism)


def test_a_signature_over_something_else_is_refused(any_signer: Signer) -> None:
    other = any_signer.sign(hashlib.sha256(b"other").digest())
    _refused(any_signer, other, any_signer.mechanism)


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 256, b"\x30\x06\x02\x01\x00\x02\x01\x00"])
def test_garbage_is_refused(any_signer: Signer, garbage: bytes) -> None:
    _refused(any_signer, garbage, any_signer.mechanism)


def test_another_mechanism_is_refused(any_signer: Signer) -> None:
    for mechanism in set(SignatureMechanism) - {any_signer.mechanism}:
        _refused(any_signer, any_signer.sign(DIGEST), mechanism)


def test_unreadable_certificate() -> None:
    with pytest.raises(CertificateError) as caught:
        check_signature_value(b"no certificate", DIGEST, b"", SignatureMechanism.RSA_PKCS1)
    assert caught.value.code is ErrorCode.CERTIFICATE_UNREADABLE


def _refused(signer: Signer, signature: bytes, mechanism: SignatureMechanism) -> None:
    with pytest.raises(TokenError) as caught:
        check_signature_value(signer.certificate, DIGEST, signature, mechanism)
    assert caught.value.code is ErrorCode.TOKEN_SIGNATURE_MISMATCH
