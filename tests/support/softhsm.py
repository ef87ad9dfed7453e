"""SoftHSM tokens for tests: made once a session, copied for each test, so that no test sees another's PIN flags."""

import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bdsigner.token.provisioning import KeyPair, Provision, provision

PIN = "Bí-mật-271828"
"""Not ASCII and found nowhere else, so that a leak of it can be searched for."""
SO_PIN = "87654321"
LABEL = "Token Nguyễn Ánh"
RSA_2048, RSA_3072, EC_P256 = "a1", "a2", "b1"
MODULE_CANDIDATES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class SoftHsm:
    """A folder of tokens with the configuration that makes SoftHSM use it."""

    folder: Path
    module: Path
    certificates: dict[str, bytes]
    """DER by key id, the same on each token."""

    @property
    def environment(self) -> dict[str, str]:
        """What the process that loads the module needs."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def copy_to(self, folder: Path) -> "SoftHsm":
        """An independent copy."""
        shutil.copytree(self.folder / "tokens", folder / "tokens")
        _write_configuration(folder)
        return replace(self, folder=folder)

    def init_token(self, label: str) -> None:
        """Add a token without keys."""
        argv = ["--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN]
        subprocess.run(["softhsm2-util", *argv], env=self.environment, check=True, capture_output=True)

    def remove_tokens(self) -> None:
        """Delete all token files, as if the tokens were pulled."""
        shutil.rmtree(self.folder / "tokens")
        (self.folder / "tokens").mkdir()


def make_softhsm(folder: Path) -> SoftHsm:
    """Make a token with RSA-2048, RSA-3072 and P-256 keys and a certificate for each."""
    module = next(path for path in MODULE_CANDIDATES if path.exists())
    (folder / "tokens").mkdir(parents=True)
    _write_configuration(folder)
    keys: dict[str, PrivateKey] = {
        RSA_2048: rsa.generate_private_key(65537, 2048),
        RSA_3072: rsa.generate_private_key(65537, 3072),
        EC_P256: ec.generate_private_key(ec.SECP256R1()),
    }
    certificates = {key_id: self_signed(key, f"Nguyễn Văn Ánh {key_id}") for key_id, key in keys.items()}
    softhsm = SoftHsm(folder, module, certificates)
    softhsm.init_token(LABEL)
    pairs = tuple(
        KeyPair(
            key_id=key_id,
            label=f"Khóa ký {key_id}",
            private_key=key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
            certificate=certificates[key_id],
        )
        for key_id, key in keys.items()
    )
    provision(Provision(module_path=str(module), pin=PIN, tokens={LABEL: pairs}), softhsm.environment)
    return softhsm


def self_signed(key: PrivateKey, common_name: str) -> bytes:
    """DER of a certificate that says no more than whose key it is."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _write_configuration(folder: Path) -> None:
    lines = (
        f"directories.tokendir = {folder / 'tokens'}",
        "objectstore.backend = file",
        "log.level = ERROR",
        "slots.removable = false",
    )
    (folder / "softhsm2.conf").write_text("\n".join(lines), "utf-8")
