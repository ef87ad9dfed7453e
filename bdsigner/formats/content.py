"""What a CMS or a mail signs: read block by block as often as needed, never held."""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bdsigner.formats.ber import BLOCK_BYTES
from bdsigner.model.verification import SIGNATURE_SUFFIXES, FileKind

Blocks = Callable[[], Iterator[bytes]]
"""Begins at the start each time it is called."""

MAX_RATIO = 100
"""Compressed content that grows more than this is a bomb (hardening.md P4) …"""
FREE_BYTES = 1 << 20
"""… once it is past this size."""
MAX_NAME_LENGTH = 120
_HEAD_BYTES = 1024


class ContentError(ValueError):
    """The content cannot be read, or not within the limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """One pass over the content."""

    size_bytes: int
    sha256: str
    digests: dict[str, bytes]
    kind: FileKind | None
    """What it seems to be."""
    has_zero: bool
    """Text has none."""


def digest_content(blocks: Blocks, names: Iterable[str]) -> Digested:
    """Hash with all algorithms in one pass, those hashlib knows."""
    states = {name: hashlib.new(name, usedforsecurity=False) for name in {"sha256", *names} if name in _KNOWN}
    size, head, has_zero = 0, b"", False
    for block in blocks():
        for state in states.values():
            state.update(block)
        size += len(block)
        has_zero = has_zero or b"\0" in block
        if len(head) < _HEAD_BYTES:
            head += block[:_HEAD_BYTES]
    return Digested(
        size_bytes=size,
        sha256=states["sha256"].hexdigest(),
        digests={name: state.digest() for name, state in states.items()},
        kind=kind_of(head),
        has_zero=has_zero,
    )


_KNOWN = hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}


def file_blocks(file: BinaryIO) -> Blocks:
    """A whole file."""

    def blocks() -> Iterator[bytes]:
        file.seek(0)
        while block := file.read(BLOCK_BYTES):
            yield block

    return blocks


def canonical_lines(blocks: Blocks) -> Blocks:
    """Every line end as CR LF, as text is signed (RFC 8551 §3.1.1)."""

    def converted() -> Iterator[bytes]:
        held = b""
        for block in blocks():
            text = held + block
            held = b"\r" if text.endswith(b"\r") else b""
            text = text.removesuffix(held) if held else text
            yield text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if held:
            yield held

    return converted


def inflated(blocks: Blocks) -> Blocks:
    """What zlib-compressed content expands to (RFC 3274).  Raises ``ContentError``: damaged, over the limits."""

    def expanded() -> Iterator[bytes]:
        machine = zlib.decompressobj()
        taken, given = 0, 0
        try:
            for block in blocks():
                taken += len(block)
                pending = block
                while pending:
                    out = machine.decompress(pending, BLOCK_BYTES)
                    given += len(out)
                    if given > FREE_BYTES and given > MAX_RATIO * taken:
                        raise ContentError("expands too much")
                    yield out
                    pending = machine.unconsumed_tail
        except zlib.error as error:
            raise ContentError("damaged") from error
        if not machine.eof:
            raise ContentError("cut short")

    return expanded


_MAIL_FIELD = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]{1,64}:[^\n]*\r?\n")
_MAIL = re.compile(
    rb"^(?:content-type|mime-version|received|return-path|message-id|delivered-to)\s*:", re.IGNORECASE | re.MULTILINE
)
_LENGTH = rb"(?:\x80|[\x00-\x7f]|[\x81-\x88][\x00-\xff]{1,8}?)"
_CMS = re.compile(rb"\x30" + _LENGTH + rb"(?:\x06[\x09-\x0b]\x2a\x86\x48\x86\xf7\x0d\x01|\x02\x01[\x00-\x05]\x31)")
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS ?#?7|CMS|PKCS #7 SIGNED DATA)-----")
_BASE64 = re.compile(rb"\s*MI[A-Za-z0-9+/\s]+={0,2}\s*\Z")


def kind_of(head: bytes) -> FileKind | None:
    """Tell a kind by the first kilobyte; ``None``: none that carries signatures."""
    if _CMS.match(head) or _ARMOUR.search(head) or _BASE64.match(head):
        return FileKind.CMS
    if _MAIL_FIELD.match(head) and _MAIL.search(head):
        return FileKind.MAIL
    return FileKind.PDF if b"%PDF-" in head else None


def content_name(outer: str, kind: FileKind | None) -> str:
    """A name to keep the content of a signed file under: without its last suffix, safe on every system."""
    stem, _, suffix = outer.rpartition(".")
    name = stem if stem and f".{suffix.lower()}" in SIGNATURE_SUFFIXES else outer
    if kind is not None and not name.lower().endswith(_SUFFIXES[kind]):
        name += _SUFFIXES[kind]
    return safe_name(name) or "content"


def safe_name(untrusted_name: str) -> str:
    """A name without what some system cannot have in one; empty when nothing is left.  Its end is kept."""
    name = "".join(one for one in untrusted_name if unicodedata.category(one)[0] != "C" and one not in '<>:"/\\|?*')
    name = name.strip(" .")[-MAX_NAME_LENGTH:].strip(" .")
    return f"_{name}" if _RESERVED.match(name) else name


_SUFFIXES = {FileKind.PDF: ".pdf", FileKind.CMS: ".p7m", FileKind.MAIL: ".eml"}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)
