"""The soft tokens, seen through the real token process: one a leader, with keys that fit their certificates."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.model.token import SignatureMechanism, Token
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.training import pki, soft_token
from bdsigner.training.people import PEOPLE
from tests.support.pki import CHAIRMAN, EC_HEAD, Training

pytestmark = [pytest.mark.training, pytest.mark.softhsm]


@pytest.fixture(scope="module")
def gateway(training: Training) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway((training.module,))
    yield gateway
    gateway.close()


def token_of(gateway: ChildTokenGateway, training: Training, name: str) -> Token:
    return next(token for token in gateway.list_tokens().tokens if token.label == training.token_label(name))


def test_every_person_has_key_and_certificate_on_the_own_token(gateway: ChildTokenGateway, training: Training) -> None:
    listing = gateway.list_tokens()
    assert listing.problems == ()
    found = {(token.label, one.key_id, one.der) for token in listing.tokens for one in token.certificates}
    assert found == {(p.token, p.key_id, training.certificate(p.name)) for p in PEOPLE}


def test_the_tokens_say_that_they_are_trial_and_software(gateway: ChildTokenGateway) -> None:
    for token in gateway.list_tokens().tokens:
        assert token.label.startswith("BẢN THỬ")
        assert not token.is_hardware


def test_the_chairmans_key_signs_with_the_training_pin(gateway: ChildTokenGateway, training: Training) -> None:
    digest = hashlib.sha256(b"van ban").digest()
    token = token_of(gateway, training, CHAIRMAN)
    with gateway.session(token.serial, training.pin, signatures=1) as session:
        signature = session.sign(training.key_id(CHAIRMAN), digest, SignatureMechanism.RSA_PKCS1)
    key = training.x509(CHAIRMAN).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(SHA256()))


def test_the_ec_key_signs(gateway: ChildTokenGateway, training: Training) -> None:
    digest = hashlib.sha256(b"van ban").digest()
    token = token_of(gateway, training, EC_HEAD)
    with gateway.session(token.serial, training.pin, signatures=1) as session:
        signature = session.sign(training.key_id(EC_HEAD), digest, SignatureMechanism.ECDSA)
    key = training.x509(EC_HEAD).public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(signature, digest, ec.ECDSA(utils.Prehashed(SHA256())))


READ_USES = """
import sys, pkcs11
from pkcs11 import Attribute, ObjectClass
module, label, pin, key_id = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=label).open(user_pin=pin) as session:
    key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(key_id))
    names = ("SIGN", "DECRYPT", "DERIVE", "SENSITIVE", "PRIVATE", "EXTRACTABLE")
    print(*(name for name in names if key[Attribute[name]]))
"""
"""Runs in a child: PKCS#11 modules are not loaded into the test process."""


@pytest.mark.parametrize(
    ("name", "uses"), [(CHAIRMAN, "SIGN DECRYPT SENSITIVE PRIVATE"), (EC_HEAD, "SIGN DERIVE SENSITIVE PRIVATE")]
)
def test_keys_can_sign_and_decrypt_but_never_leave(training: Training, name: str, uses: str) -> None:
    argv = [str(training.module), training.token_label(name), training.pin.decode(), training.key_id(name)]
    done = subprocess.run(
        [sys.executable, "-c", READ_USES, *argv], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout.strip() == uses


def test_a_machine_without_softhsm_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soft_token, "_candidates", lambda: (Path("/nowhere/libsofthsm2.so"),))
    with pytest.raises(TrainingError) as caught:
        soft_token.find_softhsm()
    assert caught.value.code is ErrorCode.TRAINING_SOFTHSM_MISSING


def test_a_machine_without_the_extra_is_told_so(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "certomancer.registry", None)
    with pytest.raises(TrainingError) as caught:
        pki.open_architecture(training.folder.description, training.folder.keys)
    assert caught.value.code is ErrorCode.TRAINING_EXTRA_MISSING


def test_a_provisioning_that_fails_says_why(training: Training, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    certificates = tmp_path / "certificates"
    certificates.mkdir()
    for one in PEOPLE:
        (certificates / f"{one.name}.cer").write_bytes(b"no certificate")
    with pytest.raises(TrainingError) as caught:
        soft_token.make_tokens(tmp_path / "softhsm2.conf", tokens, keys=training.folder.keys, certificates=certificates)
    assert caught.value.code is ErrorCode.TRAINING_FAILED
    assert caught.value.facts["step"] == "provisioning"
