"""Whether a signed file is by one of the few whom the profile names by certificate, and what exactly they signed.

Of lists of certificates, receipts and forms: nothing in them counts unless one of these signed it.
"""

import hashlib
import tempfile
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from bdsigner.model.verification import FileReport, FindingCode, Severity
from bdsigner.ports import DocumentGateway

_OUTSIDE = frozenset({FindingCode.MAIL_SENDER_DIFFERS, FindingCode.MAIL_PARTLY_SIGNED})
"""On fields and parts of a mail that nobody signed: they do not count, only what ``read_signed`` gives does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """By whom a file is."""

    signer: str
    """Name in the certificate of the one looked for, else of the first; empty: not signed, or not readable."""
    is_by_another: bool
    """It is signed, but not by one of those."""
    is_sound: bool
    """By one of those, and nothing speaks against it."""
    is_revocation_known: bool
    """Whether the signer's certificate is known not to be revoked; only with ``is_sound``."""


def authorship(report: FileReport, expected: Container[str]) -> Authorship:
    """``expected``: SHA-256 (hex) of the certificates.

    Whose mailbox a mail comes from does not matter, nor what others put beside the signed part.  That revocation could not be asked for is forgiven: the profile names this very certificate, and such files are
    brought along to machines without a network.  A revocation that is known, and everything else unknown, is not.
    """
    named = [one for one in report.signatures if one.signer is not None and one.signer.sha256 in expected]
    first = next((one.signer for one in (*named, *report.signatures) if one.signer is not None), None)
    of_file = [one for one in report.findings if one.code not in _OUTSIDE]
    findings = [*of_file, *(finding for one in named for finding in one.findings)]
    flaws = [one for one in findings if one.severity in (Severity.UNKNOWN, Severity.FAIL)]
    unknown = [one for one in flaws if one.severity is Severity.UNKNOWN and one.code is FindingCode.REVOCATION_UNKNOWN]
    return Authorship(
        signer="" if first is None else first.common_name,
        is_by_another=bool(report.signatures) and not named,
        is_sound=bool(named) and len(unknown) == len(flaws),
        is_revocation_known=bool(named) and not unknown,
    )


def read_signed(path: Path, report: FileReport, documents: DocumentGateway) -> bytes | None:
    """What a CMS or a mail carries: exactly the bytes that were judged; ``None``: none, or the file was changed since.

    The caller has looked at ``report.content.size_bytes``.  Raises ``DocumentError``.
    """
    if report.content is None:
        return None
    with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as folder:
        partial = Path(folder, "content")
        partial.touch(mode=0o600)
        documents.extract_content(path, partial)
        content = partial.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == report.content.sha256 else None
