"""The server's side of a login with a token, by OpenSSL: not with the code that makes the signature."""

import hashlib
import ssl
import subprocess
import tempfile
from pathlib import Path


def verified_content(signed: bytes, content: bytes) -> str:
    """SHA-256 (hex) of the certificate that signed exactly this content; empty when there is none.

    Whose the certificate is and whether it is still good is for the server's own list of those it lets in.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, found, signer = (Path(folder) / name for name in ("given", "found", "signer"))
        given.write_bytes(signed)
        command = ["openssl", "cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", given]
        done = subprocess.run([*command, "-out", found, "-signer", signer], capture_output=True, check=False)
        if done.returncode != 0 or found.read_bytes() != content:
            return ""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(signer.read_text("ascii").strip())).hexdigest()
