"""The training folder as tests see it: certificates and keys by name, addresses, tokens, a running server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bdsigner.model.profile import Profile
from bdsigner.storage.profile import load_profile
from bdsigner.training import TRAINING_PIN, pki
from bdsigner.training.folder import TrainingFolder, person
from bdsigner.training.people import FAULTY_TOKEN, Agency
from bdsigner.training.server import ThreadServer
from bdsigner.training.setup import set_up
from bdsigner.training.soft_token import CONF_VARIABLE, find_softhsm

AGENCY = Agency(province="Bình Dương", mail_domain="binhduong.gov.vn")

CHAIRMAN, VICE_CHAIRMAN, CHIEF_OF_OFFICE, SPECIALIST = "chu-tich", "pho-chu-tich", "chanh-van-phong", "chuyen-vien"
EC_HEAD = "truong-phong"
"""Has a P-256 key with digitalSignature, nonRepudiation and keyAgreement."""
REVOKED, SUSPENDED, EXPIRED, NOT_YET_VALID = "thu-hoi", "tam-dung", "het-han", "chua-hieu-luc"
ENCRYPTION_ONLY = "chi-ma-hoa"
FOREIGN = "ngoai-pham-vi"
"""Sound in all respects, but its root is not among the anchors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training folder, served on loopback while the test session lasts; ``SOFTHSM2_CONF`` is set."""

    folder: TrainingFolder

    @property
    def profile_folder(self) -> Path:
        return self.folder.profile

    @property
    def profile(self) -> Profile:
        """The training profile: the shipped one with the training root and the loopback TSA."""
        return load_profile(self.profile_folder)

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """DER of the training root."""
        return self.folder.anchors

    @property
    def softhsm_conf(self) -> Path:
        return self.folder.softhsm_conf

    @property
    def module(self) -> Path:
        """The SoftHSM2 library."""
        return find_softhsm()

    @property
    def pin(self) -> bytearray:
        """A new buffer each time: its receiver wipes it."""
        return bytearray(TRAINING_PIN.encode())

    @property
    def faulty_token(self) -> str:
        return FAULTY_TOKEN

    def token_label(self, name: str) -> str:
        """Label of the token that holds a person's key."""
        return person(name).token

    def key_id(self, name: str) -> str:
        """CKA_ID, hex, of a person's key."""
        return person(name).key_id

    def certificate(self, name: str) -> bytes:
        """DER of the certificate of a person or authority (``pki.ROOT`` …)."""
        return self.folder.certificate(name)

    def x509(self, name: str) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate(name))

    def chain(self, name: str) -> tuple[bytes, ...]:
        """DER of the issuers without the root."""
        return self.folder.chain(person(name))

    def key_path(self, name: str) -> Path:
        """PEM file, PKCS#8, not encrypted."""
        return self.folder.keys / f"{name}.pem"

    def key(self, name: str) -> RSAPrivateKey | EllipticCurvePrivateKey:
        key = load_pem_private_key(self.key_path(name).read_bytes(), password=None)
        assert isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey)
        return key

    def rsa_key(self, name: str) -> RSAPrivateKey:
        key = self.key(name)
        assert isinstance(key, RSAPrivateKey)
        return key

    @property
    def tsa_url(self) -> str:
        return self.folder.tsa_url

    @property
    def foreign_tsa_url(self) -> str:
        """A TSA whose root is not among the anchors."""
        return f"{self.folder.base_url}/{pki.ARCHITECTURE}/tsa/{pki.FOREIGN_TSA}"

    @property
    def ocsp_url(self) -> str:
        return self.folder.ocsp_url

    @property
    def crl_url(self) -> str:
        return self.folder.crl_url


@contextmanager
def served_training(folder: Path) -> Iterator[Training]:
    """Set a training folder up and serve it; ``SOFTHSM2_CONF`` points to it meanwhile."""
    training = set_up(folder)
    before = os.environ.get(CONF_VARIABLE)
    os.environ[CONF_VARIABLE] = str(training.softhsm_conf)
    try:
        with ThreadServer(training):
            yield Training(folder=training)
    finally:
        if before is None:
            del os.environ[CONF_VARIABLE]
        else:
            os.environ[CONF_VARIABLE] = before
