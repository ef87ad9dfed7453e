"""What OpenSSL says of a signed mail."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.training import pki
from tests.support.pki import Training


def verify_mail(tool: str, mail: Path, training: Training, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Verify it with ``openssl smime`` or ``openssl cms`` against the training root."""
    root = folder / "root.pem"
    root.write_bytes(training.x509(pki.ROOT).public_bytes(Encoding.PEM))
    argv = ["openssl", tool, "-verify", "-in", str(mail), "-CAfile", str(root), "-purpose", "any"]
    return subprocess.run(argv, capture_output=True, check=False)
