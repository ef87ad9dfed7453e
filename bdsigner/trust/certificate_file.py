"""One certificate in a file that a person chose."""

import re
import ssl
from pathlib import Path

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.model.certificate import Certificate
from bdsigner.trust.certificates import MAX_CERTIFICATE_BYTES, parse_certificate

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----")


def read_certificate_file(path: Path) -> Certificate:
    """Read DER, or the first certificate of PEM (RFC 7468 §5); says nothing of trust.

    Raises ``CertificateError`` CERTIFICATE_UNREADABLE, ``OSError``.
    """
    with path.open("rb") as file:
        content = file.read(4 * MAX_CERTIFICATE_BYTES)
    found = _PEM.search(content)
    if found is None:
        return parse_certificate(content)
    try:
        return parse_certificate(ssl.PEM_cert_to_DER_cert(found[0].decode("ascii")))
    except ValueError as error:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason="bad PEM") from error
