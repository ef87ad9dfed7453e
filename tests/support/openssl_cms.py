"""CMS files as ``openssl cms`` makes and judges them: the other opinion of these tests."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.small_pki import Holder


def run(*arguments: str | Path, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Call ``openssl cms``."""
    return subprocess.run(["openssl", "cms", *map(str, arguments)], input=data, capture_output=True, check=False)


def write_keys(holder: Holder, folder: Path, name: str) -> tuple[Path, Path]:
    """Certificate and key as PEM files."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    certificate.write_bytes(holder.certificate.public_bytes(Encoding.PEM))
    key.write_bytes(private_pem(holder.key))
    return certificate, key


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class OpenSsl:
    """Signs for one or two holders; ``chain`` goes into every file."""

    def __init__(self, folder: Path, chain: Sequence[Holder], **holders: Holder) -> None:
        self.folder = folder
        self.chain = folder / "chain.pem"
        self.chain.write_bytes(b"".join(one.certificate.public_bytes(Encoding.PEM) for one in chain))
        self.keys = {name: write_keys(holder, folder, name) for name, holder in holders.items()}

    def sign(self, content: Path, *options: str, form: str = "DER", by: Sequence[str] = ("signer",)) -> bytes:
        """Sign a file; ``options`` as on the command line, those of a signer last."""
        named = [option for name in by for option in ("-signer", self.keys[name][0], "-inkey", self.keys[name][1])]
        out = self.folder / "out.cms"
        arguments = ["-sign", "-in", content, "-out", out, "-outform", form, "-certfile", self.chain, *named, *options]
        done = run(*arguments)
        assert done.returncode == 0, done.stderr.decode()
        return out.read_bytes()

    def resign(self, signed: Path, *options: str, by: str = "second") -> bytes:
        """Add a signer to a DER file."""
        certificate, key = self.keys[by]
        out = self.folder / "resigned.cms"
        form = ("-inform", "DER", "-outform", "DER")
        done = run("-resign", "-in", signed, "-out", out, *form, "-signer", certificate, "-inkey", key, *options)
        assert done.returncode == 0, done.stderr.decode()
        return out.read_bytes()

    def holds(self, signed: Path, form: str, *options: str | Path) -> bool:
        """Whether OpenSSL finds every signature right; chains are not asked for."""
        return run("-verify", "-noverify", "-in", signed, "-inform", form, *options).returncode == 0
