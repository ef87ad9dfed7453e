"""The signed part of a mail (RFC 8551, RFC 1847): where it lies, and whether anything stands outside it.

Only the structure is read.  Who opens the parts has to know that a signature covers its part and nothing else: neither
the fields of the mail (from, to, subject) nor what stands before or behind the part.
"""

import email.message
import email.parser
import email.policy
import email.utils
import io
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from bdsigner.formats.content import Blocks, file_blocks
from bdsigner.formats.views import Base64File, FileSlice, buffered

MAX_HEADER_BYTES = 256 << 10
MAX_LINE_BYTES = 64 << 10
MAX_PARTS = 500
MAX_DEPTH = 8
MAX_QUOTED_BYTES = 8 << 20
"""Quoted-printable is held in memory; no mail program uses it for signatures."""

_TRACE = re.compile(rb"application/(?:x-)?pkcs7-(?:mime|signature)", re.IGNORECASE)
_TRACE_BYTES = 40
"""No match of ``_TRACE`` is longer."""
_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_DETACHED = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})


class MailError(ValueError):
    """The mail cannot be read as it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One MIME entity in a file: its fields, and where its body lies."""

    headers: email.message.Message
    start: int
    """Of the entity: its first field."""
    body: int
    end: int
    depth: int = 0

    @property
    def type(self) -> str:
        """Media type in small letters."""
        return self.headers.get_content_type()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEntity:
    """The outermost signed part of a mail."""

    cms: BinaryIO
    cms_bytes: int
    content: Blocks | None
    """What stands signed beside the signature; ``None``: inside the CMS."""
    is_whole: bool
    """Nothing of the mail's body lies outside."""
    senders: tuple[str, ...] = field(default=())
    """Addresses the mail claims to come from, in small letters."""


def find_signed(file: BinaryIO, size: int) -> SignedEntity | None:
    """Find the outermost signed or encrypted part; ``None``: there is none.

    Raises ``MailError``, also when the mail speaks of a signature that its structure does not show.
    """
    try:
        mail = _entity(file, 0, size, 0)
        found = _signed_in(file, mail, [MAX_PARTS], is_whole=True)
        senders = _senders(mail)
    except (MailError, OSError):
        raise
    except Exception as error:  # the standard library's parser raises whatever a hostile field leads to
        raise MailError(f"{type(error).__name__}: {error}"[:200]) from error
    if found is None:
        if _has_trace(file):
            raise MailError("not in the structure")
        return None
    cms, length, content, is_whole = found
    return SignedEntity(cms=cms, cms_bytes=length, content=content, is_whole=is_whole, senders=senders)


def _has_trace(file: BinaryIO) -> bool:
    """A mail in which something was signed must not look unsigned, whatever became of its structure."""
    tail = b""
    for block in file_blocks(file)():
        if _TRACE.search(tail + block):
            return True
        tail = block[-_TRACE_BYTES:]
    return False


def _senders(mail: Entity) -> tuple[str, ...]:
    fields = [*mail.headers.get_all("from", []), *mail.headers.get_all("sender", [])]
    claimed = email.utils.getaddresses([str(one) for one in fields])
    return tuple(dict.fromkeys(address.lower() for _, address in claimed if "@" in address))


_Found = tuple[BinaryIO, int, Blocks | None, bool]


def _signed_in(file: BinaryIO, entity: Entity, budget: list[int], *, is_whole: bool) -> _Found | None:
    if entity.type in _OPAQUE:
        return (*_decoded(file, entity), None, is_whole)
    if entity.type == "message/rfc822" and entity.depth < MAX_DEPTH:
        inner = _entity(file, entity.body, entity.end, entity.depth + 1)
        return _signed_in(file, inner, budget, is_whole=False)
    if not entity.type.startswith("multipart/"):
        return None
    parts = list(_parts(file, entity, budget))
    if entity.type == "multipart/signed" and len(parts) >= 2 and parts[1].type in _DETACHED:
        content = file_blocks(buffered(FileSlice(file, parts[0].start, parts[0].end)))
        return (*_decoded(file, parts[1]), content, is_whole and len(parts) == 2)
    if entity.type == "multipart/signed":  # by another protocol, or cut: it must not look unsigned
        raise MailError(f"signed by {entity.headers.get_param('protocol', '?')}")
    for part in parts:
        if part.depth <= MAX_DEPTH and (found := _signed_in(file, part, budget, is_whole=False)) is not None:
            return found
    return None


def _entity(file: BinaryIO, start: int, end: int, depth: int) -> Entity:
    file.seek(start)
    at, lines = start, []
    while at < end and at - start <= MAX_HEADER_BYTES:
        line = file.readline(min(MAX_LINE_BYTES, end - at))
        at += len(line)
        if not line.strip(b"\r\n"):
            break
        lines.append(line)
    else:
        if at - start > MAX_HEADER_BYTES:
            raise MailError("header too large")
    if lines and depth == 0 and lines[0].startswith(b"From "):  # as kept in a mailbox file
        del lines[0]
    headers = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(b"".join(lines))
    return Entity(headers=headers, start=start, body=at, end=end, depth=depth)


def _parts(file: BinaryIO, entity: Entity, budget: list[int]) -> Iterator[Entity]:
    """The parts between the boundaries; the line end before a boundary belongs to it (RFC 2046 §5.1.1)."""
    boundary = entity.headers.get_boundary()
    if not boundary:
        raise MailError("no boundary")
    mark = b"--" + boundary.encode("latin-1", "replace")
    spans: list[tuple[int, int]] = []
    start: int | None = None
    at, ending, is_line_start = entity.body, 0, True
    file.seek(at)
    while at < entity.end:
        line = file.readline(min(MAX_LINE_BYTES, entity.end - at))
        if not line:
            break
        rest = line.rstrip(b"\r\n\t ").removeprefix(mark) if is_line_start and line.startswith(mark) else None
        if rest in (b"", b"--"):
            if start is not None:
                spans.append((start, max(start, at - ending)))
            start = None if rest else at + len(line)
            budget[0] -= 1
            if budget[0] < 0:
                raise MailError("too many parts")
            if rest:
                break
        at += len(line)
        ending = 2 if line.endswith(b"\r\n") else 1 if line.endswith(b"\n") else 0
        is_line_start = bool(ending)
    if start is not None:
        raise MailError("cut short")
    for first, last in spans:
        yield _entity(file, first, last, entity.depth + 1)


def _decoded(file: BinaryIO, entity: Entity) -> tuple[BinaryIO, int]:
    encoding = str(entity.headers.get("content-transfer-encoding", "7bit")).strip().lower()
    if encoding == "base64":
        view = Base64File(file, entity.body, entity.end)
        return buffered(view), view.length
    if encoding == "quoted-printable":
        if entity.end - entity.body > MAX_QUOTED_BYTES:
            raise MailError("quoted-printable")
        file.seek(entity.body)
        data = quopri.decodestring(file.read(entity.end - entity.body))
        return io.BytesIO(data), len(data)
    part = FileSlice(file, entity.body, entity.end)
    return buffered(part), part.length
