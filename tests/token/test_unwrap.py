"""Keys that OpenSSL wrapped, unwrapped by real tokens: SoftHSM and a card behind OpenSC."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.encryption.reading import open_envelope, read_envelope
from bdsigner.errors import EncryptionError, ErrorCode, TokenError
from bdsigner.model.token import KeyScheme, SignatureMechanism, Token, TokenCertificate, WrappedKey
from bdsigner.token.gateway import ChildTokenGateway, ChildTokenSession
from bdsigner.token.mechanisms import from_oaep, from_pkcs1_v1_5
from tests.encryption.people import not_watched
from tests.rigs.fixtures import HOLDER, PivRig
from tests.rigs.piv import DECRYPT
from tests.support.openssl_cms import run
from tests.support.softhsm import EC_P256, PIN, RSA_2048, RSA_3072, self_signed
from tests.token.test_piv import until

CONTENT = b"Cong van so 12\r\n" * 5000
V1_5: list[str] = []
OAEP_SHA256 = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"]
OAEP_SHA1 = ["-keyopt", "rsa_padding_mode:oaep"]
ECDH_SHA256 = ["-keyopt", "ecdh_kdf_md:sha256"]
ECDH_SHA1: list[str] = []
DIGEST = bytes(range(32))


def envelope_for(certificate: bytes, folder: Path, options: list[str], cipher: str = "-aes-256-gcm") -> Path:
    """As OpenSSL makes it."""
    pem, plain, envelope = folder / "to.pem", folder / "plain", folder / "for.p7m"
    pem.write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    plain.write_bytes(CONTENT)
    made = run(
        "-encrypt", cipher, "-binary", "-in", plain, "-outform", "DER", "-out", envelope, "-recip", pem, *options
    )
    assert made.returncode == 0, made.stderr.decode()
    return envelope


def decrypted(envelope: Path, session: ChildTokenSession, mine: TokenCertificate) -> bytes:
    """With the key on the token."""
    target = envelope.with_name("out")
    target.write_bytes(b"")
    (one,) = read_envelope(envelope, [mine.der]).recipients
    assert one.candidate == 0
    open_envelope(
        envelope,
        target,
        recipient=0,
        certificate=mine.der,
        unwrap=lambda wrapped: session.unwrap(mine.key_id, wrapped),
        tell=not_watched,
    )
    return target.read_bytes()


def certificate_of(token: Token, key_id: str) -> TokenCertificate:
    return next(one for one in token.certificates if one.key_id == key_id)


@pytest.mark.parametrize("cipher", ["-aes-256-gcm", "-aes-256-cbc", "-aes-128-cbc"])
@pytest.mark.parametrize(
    ("key_id", "options"),
    [
        (RSA_2048, V1_5),
        (RSA_2048, OAEP_SHA256),
        (RSA_3072, OAEP_SHA1),
        (EC_P256, ECDH_SHA256),
        (EC_P256, ECDH_SHA1),
    ],
)
def test_softhsm(
    gateway: ChildTokenGateway, token: Token, tmp_path: Path, key_id: str, options: list[str], cipher: str
) -> None:
    mine = certificate_of(token, key_id)
    envelope = envelope_for(mine.der, tmp_path, options, cipher)
    with gateway.session(token.serial, bytearray(PIN.encode()), signatures=2) as session:
        assert decrypted(envelope, session, mine) == CONTENT
        assert decrypted(envelope, session, mine) == CONTENT
        with pytest.raises(TokenError) as spent:
            decrypted(envelope, session, mine)
    assert spent.value.code is ErrorCode.TOKEN_SESSION_SPENT


@pytest.mark.parametrize("options", [V1_5, OAEP_SHA256], ids=["v1.5", "oaep"])
def test_a_key_for_somebody_else_is_told_in_one_code_and_the_login_goes_on(
    gateway: ChildTokenGateway, token: Token, tmp_path: Path, options: list[str]
) -> None:
    mine = certificate_of(token, RSA_2048)
    other = self_signed(rsa.generate_private_key(65537, 2048), "Người khác")
    envelope = envelope_for(other, tmp_path, options)
    with gateway.session(token.serial, bytearray(PIN.encode()), signatures=4) as session:
        for wrong in (b"\x00" * 256, b"\x01" * 256, b"short"):
            with pytest.raises(TokenError) as refused:
                session.unwrap(RSA_2048, WrappedKey(scheme=KeyScheme.RSA_PKCS1, data=wrong))
            assert refused.value.code is ErrorCode.TOKEN_DECRYPTION_FAILED
        with pytest.raises(EncryptionError) as failed:
            open_envelope(
                envelope,
                _empty(tmp_path),
                recipient=0,
                certificate=mine.der,
                unwrap=lambda wrapped: session.unwrap(mine.key_id, wrapped),
                tell=not_watched,
            )
        assert failed.value.code is ErrorCode.ENCRYPTION_NOT_DECRYPTED
        session.confirm_more(1)
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)


def _empty(folder: Path) -> Path:
    path = folder / "empty"
    path.write_bytes(b"")
    return path


def test_a_point_that_lies_elsewhere_is_refused(gateway: ChildTokenGateway, token: Token) -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    point = b"\x04" + other.x.to_bytes(48, "big") + other.y.to_bytes(48, "big")
    pin = bytearray(PIN.encode())
    with gateway.session(token.serial, pin, signatures=1) as session, pytest.raises(TokenError) as refused:
        session.unwrap(EC_P256, WrappedKey(scheme=KeyScheme.ECDH, data=point))
    assert refused.value.code in (ErrorCode.TOKEN_DECRYPTION_FAILED, ErrorCode.TOKEN_DRIVER_FAILED)


CARD_KEYS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


@pytest.fixture
def card_gateway(piv: PivRig, request: pytest.FixtureRequest) -> Iterator[ChildTokenGateway]:
    key = CARD_KEYS[request.param]()
    piv.remove()
    piv.card.put(DECRYPT, key, self_signed(key, HOLDER))
    piv.insert()
    gateway = ChildTokenGateway([piv.module])
    until(lambda: [one for token in gateway.list_tokens().tokens for one in token.certificates])
    yield gateway
    gateway.close()


@pytest.mark.parametrize(
    ("card_gateway", "options"),
    [("rsa", V1_5), ("rsa", OAEP_SHA256), ("p256", ECDH_SHA256), ("p384", ECDH_SHA256)],
    indirect=["card_gateway"],
)
def test_a_card(card_gateway: ChildTokenGateway, piv: PivRig, tmp_path: Path, options: list[str]) -> None:
    (token,) = card_gateway.list_tokens().tokens
    mine = next(one for one in token.certificates if one.der == piv.card.certificates[DECRYPT])
    envelope = envelope_for(mine.der, tmp_path, options)
    with card_gateway.session(token.serial, bytearray(piv.card.pin.encode()), signatures=1) as session:
        assert decrypted(envelope, session, mine) == CONTENT


@pytest.mark.parametrize("card_gateway", ["rsa"], indirect=True)
def test_a_card_pulled_while_its_key_works(card_gateway: ChildTokenGateway, piv: PivRig, tmp_path: Path) -> None:
    (token,) = card_gateway.list_tokens().tokens
    mine = next(one for one in token.certificates if one.der == piv.card.certificates[DECRYPT])
    envelope = envelope_for(mine.der, tmp_path, V1_5)
    piv.card.before_key = piv.remove
    pin = bytearray(piv.card.pin.encode())
    with card_gateway.session(token.serial, pin, signatures=1) as session, pytest.raises(TokenError) as gone:
        decrypted(envelope, session, mine)
    assert gone.value.code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_LOGIN_LOST)
    assert not envelope.with_name("out").read_bytes()


KEY = rsa.generate_private_key(65537, 2048)


def raw(encrypted: bytes) -> bytes:
    """What CKM_RSA_X_509 gives."""
    numbers = KEY.private_numbers()
    return pow(int.from_bytes(encrypted), numbers.d, numbers.public_numbers.n).to_bytes(256)


@given(message=st.binary(max_size=100), digest=st.sampled_from(["SHA1", "SHA256", "SHA384"]))
def test_padding_as_a_library_makes_it(message: bytes, digest: str) -> None:
    algorithm = getattr(hashes, digest)()
    oaep = padding.OAEP(padding.MGF1(algorithm), algorithm, None)
    assert from_oaep(raw(KEY.public_key().encrypt(message, oaep)), digest.lower()) == message
    assert from_pkcs1_v1_5(raw(KEY.public_key().encrypt(message, padding.PKCS1v15()))) == message


@given(block=st.binary(min_size=0, max_size=300))
def test_other_blocks_are_refused(block: bytes) -> None:
    with pytest.raises(ValueError, match="padding"):
        from_oaep(block, "sha256")
    if not block.startswith(b"\x00\x02"):
        with pytest.raises(ValueError, match="padding"):
            from_pkcs1_v1_5(block)
