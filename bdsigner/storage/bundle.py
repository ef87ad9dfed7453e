"""The directory as a signed file: a CMS SignedData around a ZIP with ``directory.json`` (docs/directory.md)."""

import io
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from bdsigner.errors import CertificateError, DirectoryError, ErrorCode
from bdsigner.model.directory import Bundle, DirectorySource
from bdsigner.ports import DocumentGateway
from bdsigner.trust.published_certificate import PublishedCertificate
from bdsigner.verification.authorship import authorship, read_signed

MEMBER = "directory.json"
MAX_BUNDLE_BYTES = 256 << 20
"""100,000 certificates of 2 KiB, in base64."""
MAX_RATIO = 100
"""Certificates hardly shrink: what does is no directory (hardening.md P4)."""


class _File(Struct, kw_only=True, rename="camel"):
    made_at: Annotated[datetime, Meta(tz=True)]
    certificates: list[PublishedCertificate]


class SignedBundles:
    """Implements ``ports.BundleReader``: the CMS is judged in a document child like every other."""

    def __init__(self, documents: DocumentGateway, *, signer: str) -> None:
        """``signer`` is the SHA-256 (hex) of the department's certificate; empty: no file is taken."""
        self._documents = documents
        self._signer = signer

    def read(self, path: Path) -> Bundle:
        """See ``ports.BundleReader``."""
        if not self._signer:
            raise DirectoryError(ErrorCode.DIRECTORY_BUNDLE_NOT_EXPECTED, path=str(path))
        report = self._documents.verify(path)
        found = authorship(report, (self._signer,))
        if found.is_by_another:
            raise DirectoryError(ErrorCode.DIRECTORY_BUNDLE_SIGNER, path=str(path), signer=found.signer or "?")
        if not found.is_sound:
            raise _untrue(path)
        if report.content is None or report.content.size_bytes > MAX_BUNDLE_BYTES:
            raise _bad(path, "too large, or not inside")
        content = read_signed(path, report, self._documents)
        if content is None:
            raise _untrue(path)
        return _parse(content, path, is_signer_checked=found.is_revocation_known)


def _parse(content: bytes, path: Path, *, is_signer_checked: bool) -> Bundle:
    try:
        file = msgspec.json.decode(_unpacked(content, path), type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(path, str(error)[:200]) from error
    entries, unreadable = [], 0
    for one in file.certificates:
        try:
            entries.append(one.entry(DirectorySource.BUNDLE, path.name))
        except (CertificateError, ValueError):
            unreadable += 1
    return Bundle(
        entries=tuple(entries), made_at=file.made_at, unreadable=unreadable, is_signer_checked=is_signer_checked
    )


def _unpacked(content: bytes, path: Path) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = archive.getinfo(MEMBER)
            if member.file_size > min(MAX_BUNDLE_BYTES, MAX_RATIO * len(content)):
                raise _bad(path, "too large when unpacked")
            return archive.read(member)
    except KeyError as error:
        raise _bad(path, f"no {MEMBER}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise _bad(path, type(error).__name__) from error


def _untrue(path: Path) -> DirectoryError:
    return DirectoryError(ErrorCode.DIRECTORY_BUNDLE_SIGNATURE, path=str(path))


def _bad(path: Path, reason: str) -> DirectoryError:
    return DirectoryError(ErrorCode.DIRECTORY_BUNDLE_CONTENT, path=str(path), reason=reason)
