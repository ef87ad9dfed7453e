"""The training folder: where its parts lie, and whether it is complete.

::

    <folder>/training.json     stamp: version, port, day of set-up, complete or not
             softhsm2.conf  tokens/
             pki/description.json  pki/keys/NAME.pem  pki/certificates/NAME.cer
             profile/          the shipped profile, for training
             samples/
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.training import pki
from bdsigner.training.people import PEOPLE, Condition, Person

VERSION = 3
"""Raised whenever set-up makes something else; an older folder is then made anew."""

STAMP_NAME = "training.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Content of ``training.json``."""

    version: int
    port: int
    """Loopback port of the server; stands in the certificates, so it is chosen once."""
    created: datetime
    origin: str
    """Digest of the folder's place and of the profile it was made from."""
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFolder:
    """A training folder that has been set up."""

    folder: Path
    stamp: Stamp

    @classmethod
    def open(cls, folder: Path) -> "TrainingFolder":
        """Open a complete, current training folder.

        Raises ``TrainingError`` TRAINING_FAILED when it must be set up first.
        """
        stamp = read_stamp(folder)
        if stamp is None or not stamp.complete or stamp.version != VERSION:
            raise TrainingError(ErrorCode.TRAINING_FAILED, step="open", path=str(folder))
        return cls(folder=folder, stamp=stamp)

    @property
    def softhsm_conf(self) -> Path:
        """For the environment variable ``SOFTHSM2_CONF``."""
        return self.folder / "softhsm2.conf"

    @property
    def tokens(self) -> Path:
        """Token store of SoftHSM2."""
        return self.folder / "tokens"

    @property
    def description(self) -> Path:
        """Description of the PKI for certomancer."""
        return self.folder / "pki" / "description.json"

    @property
    def keys(self) -> Path:
        """Private keys, PKCS#8 PEM: the server's, and copies of those on the tokens for tests."""
        return self.folder / "pki" / "keys"

    @property
    def certificates(self) -> Path:
        """Certificates, DER."""
        return self.folder / "pki" / "certificates"

    @property
    def profile(self) -> Path:
        """The profile folder of training mode."""
        return self.folder / "profile"

    @property
    def samples(self) -> Path:
        """Sample documents."""
        return self.folder / "samples"

    @property
    def base_url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.stamp.port}"

    @property
    def tsa_url(self) -> str:
        """The time-stamping authority."""
        return self._service("tsa", pki.TSA)

    @property
    def ocsp_url(self) -> str:
        """The OCSP responder of the people's issuer."""
        return self._service("ocsp", pki.INTERMEDIATE)

    @property
    def crl_url(self) -> str:
        """The CRL of the people's issuer."""
        return self._service("crls", pki.INTERMEDIATE) + "/latest.crl"

    @property
    def root_url(self) -> str:
        """The root certificate; also tells this folder's server from others."""
        return self._service("certs", pki.ROOT) + "/ca.crt"

    def _service(self, kind: str, label: str) -> str:
        return f"{self.base_url}/{pki.ARCHITECTURE}/{kind}/{label}"

    def certificate(self, name: str) -> bytes:
        """DER of the certificate of an authority or person."""
        return (self.certificates / f"{name}.cer").read_bytes()

    def chain(self, person: Person) -> tuple[bytes, ...]:
        """DER of the issuers of a person's certificate, without the root."""
        return () if person.condition is Condition.FOREIGN else (self.certificate(pki.INTERMEDIATE),)

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """DER of the only root the training profile trusts."""
        return (self.certificate(pki.ROOT),)


def person(name: str) -> Person:
    """Look a person up by name.  Raises ``KeyError``."""
    return {person.name: person for person in PEOPLE}[name]


def read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp of a training folder; ``None`` when it has none or an unreadable one."""
    try:
        return msgspec.json.decode((folder / STAMP_NAME).read_bytes(), type=Stamp)
    except (OSError, msgspec.DecodeError):
        return None


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Replace the stamp in one step."""
    partial = folder / f"{STAMP_NAME}.partial"
    partial.write_bytes(msgspec.json.encode(stamp))
    partial.replace(folder / STAMP_NAME)
