"""Judge a file by what its bytes are, whatever its name says: a PDF, a CMS, a mail."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.formats.ber import BLOCK_BYTES
from bdsigner.formats.content import Blocks, ContentError, content_name, file_blocks, kind_of
from bdsigner.formats.mail import MailError, SignedEntity, find_signed
from bdsigner.formats.views import ViewError, without_armour
from bdsigner.model.verification import (
    FileKind,
    FileReport,
    Finding,
    FindingCode,
    SignatureReport,
    SignedContent,
)
from bdsigner.ports import Fetcher, TellIntegrity, not_told
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.verification.cms import CmsError
from bdsigner.verification.cms_file import CmsFile, JudgedCms, judge_cms, open_cms, overall
from bdsigner.verification.findings import note, unknown
from bdsigner.verification.pdf import verify_pdf
from bdsigner.verification.standing import TrustSource

HEAD_BYTES = 1024
MAX_CONTENT_BYTES = 1 << 30
"""Written out to be judged as a file of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A CMS, or the signed part of a mail."""

    cms: CmsFile
    part: SignedEntity | None = None


def verify_file(
    path: Path,
    *,
    content: Path | None,
    anchors: tuple[bytes, ...],
    fetcher: Fetcher | None,
    checked_at: datetime,
    is_training: bool,
    tell: TellIntegrity = not_told,
) -> FileReport:
    """Judge every signature in a file, as of ``checked_at`` (aware); ``content`` is what a detached one signs.

    Nothing in the file makes this raise: see ``pdf.verify_pdf``.  Signatures inside the content are not judged here.

    Raises ``DocumentError`` only when there is nothing to judge; ``UserCancelled`` when ``fetcher`` does.
    """
    with _reading(path) as (file, size):
        kind = kind_of(file.read(HEAD_BYTES))
        if kind not in (FileKind.CMS, FileKind.MAIL):
            return verify_pdf(
                path, anchors=anchors, fetcher=fetcher, checked_at=checked_at, is_training=is_training, tell=tell
            )
        sha256 = _sha256(file)

        def report(judged: JudgedCms) -> FileReport:
            training = (note(FindingCode.TRAINING_CERTIFICATE),) if is_training and judged.signatures else ()
            return FileReport(
                path=path,
                size_bytes=size,
                sha256=sha256,
                checked_at=checked_at,
                verdict=overall(judged.findings, judged.signatures),
                findings=(*judged.findings, *training),
                signatures=judged.signatures,
                judged_bytes=size,
                is_training=is_training,
                kind=kind,
                content=_described(path, content, judged),
            )

        trust = TrustSource(anchors=anchors, fetches=BoundedFetches(fetcher), now=checked_at)
        judged = _judge(file, size, kind, content, trust, lambda early: tell(report(early)))
    return report(judged)


def extract_content(path: Path, partial: Path) -> int:
    """Write what a CMS or a mail carries to ``partial``, an empty file of ours; returns its size in bytes.

    Raises ``DocumentError``: DOCUMENT_DAMAGED, DOCUMENT_LIMITS, and as ``verify_file``.
    """
    with _reading(path) as (file, size):
        try:
            opened = _open(file, size, kind_of(file.read(HEAD_BYTES)))
            blocks = None if opened is None else _carried(opened)
            if blocks is None:
                raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="no content")
            written = 0
            with partial.open("r+b") as output:
                for block in blocks():
                    written += output.write(block)
                    if written > MAX_CONTENT_BYTES:
                        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path), reason="content")
        except (CmsError, ContentError, MailError, ViewError) as error:
            raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason=str(error)) from error
    return written


@contextmanager
def _reading(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    try:
        with path.open("rb") as file:
            yield file, os.fstat(file.fileno()).st_size
    except OSError as error:
        code = ErrorCode.DOCUMENT_NOT_FOUND if isinstance(error, FileNotFoundError) else ErrorCode.DOCUMENT_UNREADABLE
        raise DocumentError(code, path=str(path), reason=error.strerror or "") from error


def _judge(
    file: BinaryIO,
    size: int,
    kind: FileKind,
    content: Path | None,
    trust: TrustSource,
    tell: Callable[[JudgedCms], None],
) -> JudgedCms:
    try:
        opened = _open(file, size, kind)
    except (CmsError, MailError, ViewError) as error:
        return JudgedCms(findings=(unknown(FindingCode.SIGNATURE_UNREADABLE, reason=str(error)),))
    if opened is None:
        return JudgedCms()
    if opened.part is not None:
        part = opened.part
        judged = judge_cms(
            opened.cms, part.content, trust, is_mail=True, tell=lambda early: tell(_as_mail(part, early))
        )
        return _as_mail(part, judged)
    if content is None:
        return judge_cms(opened.cms, None, trust, tell=tell)
    with _reading(content) as (beside, _):
        return judge_cms(opened.cms, file_blocks(beside), trust, tell=tell)


def _as_mail(part: SignedEntity, judged: JudgedCms) -> JudgedCms:
    findings = (*judged.findings, *_mail_findings(part, judged.signatures))
    return replace(judged, findings=findings, is_enclosed=judged.content is not None)


def _open(file: BinaryIO, size: int, kind: FileKind | None) -> _Opened | None:
    """Find the CMS; ``None``: there is none.  Raises ``CmsError``, ``MailError``, ``ViewError``."""
    if kind is FileKind.MAIL:
        part = find_signed(file, size)
        return _Opened(cms=open_cms(part.cms, part.cms_bytes), part=part) if part is not None else None
    if kind is not FileKind.CMS:
        return None
    plain, length = without_armour(file, size)
    return _Opened(cms=open_cms(plain, length))


def _carried(opened: _Opened) -> Blocks | None:
    return opened.part.content if opened.part is not None and opened.part.content is not None else opened.cms.enclosed


def _mail_findings(part: SignedEntity, signatures: tuple[SignatureReport, ...]) -> list[Finding]:
    if not signatures:
        return []
    findings = [note(FindingCode.MAIL_HEADERS_UNSIGNED)]
    if not part.is_whole:
        findings.append(unknown(FindingCode.MAIL_PARTLY_SIGNED))
    names = {one.signer.email.lower() for one in signatures if one.signer is not None and one.signer.email}
    if names and part.senders and not names & set(part.senders):  # RFC 8550 §3
        facts = {"sender": ", ".join(part.senders), "signer": ", ".join(sorted(names))}
        findings.append(unknown(FindingCode.MAIL_SENDER_DIFFERS, **facts))
    return findings


def _described(path: Path, content: Path | None, judged: JudgedCms) -> SignedContent | None:
    if judged.content is None:
        return None
    beside = not judged.is_enclosed and content is not None
    return SignedContent(
        name=content.name if beside and content is not None else content_name(path.name, judged.content.kind),
        size_bytes=judged.content.size_bytes,
        sha256=judged.content.sha256,
        kind=judged.content.kind,
        is_enclosed=judged.is_enclosed,
    )


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    state = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        state.update(block)
    return state.hexdigest()
