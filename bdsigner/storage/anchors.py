"""CA certificates a deployer puts into the profile: trust anchors, and issuers that need not be fetched."""

import re
import ssl
from pathlib import Path

ANCHOR_FOLDER = "anchors"
ISSUER_FOLDER = "issuers"
"""Intermediate certificates: known, not trusted, so that a path is built without network."""
DIRECTORY_FOLDER = "directory_ca"
"""What the servers of the directory (Đ9) must prove themselves with."""
DEPARTMENT_FOLDER = "department_ca"
"""What the department's server for requests must prove itself with (Đ13.2); empty: the anchors."""
MAIL_FOLDER = "mail_ca"
"""What the agency's mail server must prove itself with; empty: the system's roots."""
ANCHOR_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})
"""Other files (README) are left alone."""
ANCHOR_FILE_BYTES = 1 << 20
_PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class AnchorError(Exception):
    """A file that holds something else than CA certificates; ``load_profile`` gives it its code."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


def read_ca_certificates(folder: Path) -> tuple[bytes, ...]:
    """DER of all certificates in the folder, PEM (several a file) or DER, in the order of file names, none twice.

    A missing or empty folder means: none.  Raises ``AnchorError``.
    """
    found: dict[bytes, None] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix.lower() in ANCHOR_SUFFIXES and not file.name.startswith("."):
            found.update(dict.fromkeys(_read_file(file)))
    return tuple(found)


def _read_file(file: Path) -> list[bytes]:
    try:
        with file.open("rb") as stream:
            content = stream.read(ANCHOR_FILE_BYTES + 1)
    except OSError as error:
        raise AnchorError(file, error.strerror or type(error).__name__) from error
    if len(content) > ANCHOR_FILE_BYTES:
        raise AnchorError(file, f"larger than {ANCHOR_FILE_BYTES} bytes")
    if b"PRIVATE KEY-----" in content:
        raise AnchorError(file, "holds a private key")
    certificates = _split(file, content)
    for certificate in certificates:
        _check(file, certificate)
    return certificates


def _split(file: Path, content: bytes) -> list[bytes]:
    pem = _PEM_CERTIFICATE.findall(content)
    if not pem:
        return [content]
    try:
        return [ssl.PEM_cert_to_DER_cert(block.decode("ascii")) for block in pem]
    except ValueError as error:
        raise AnchorError(file, f"bad PEM: {error}") from error


def _check(file: Path, certificate: bytes) -> None:
    """Refuse what OpenSSL cannot read as one certificate and what is no CA (``X509_check_ca``).

    OpenSSL through ``ssl`` rather than ``cryptography``: a fraction of the import time, paid at every start.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError) as error:
        raise AnchorError(file, "not a certificate in PEM or DER") from error
    if context.cert_store_stats()["x509_ca"] == 0:
        raise AnchorError(file, "not the certificate of a CA")
    if context.get_ca_certs(binary_form=True) != [certificate]:
        raise AnchorError(file, "not exactly one certificate in DER")
