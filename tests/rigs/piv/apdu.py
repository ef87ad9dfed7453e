"""Command APDUs (ISO/IEC 7816-4) and BER-TLV, as far as PIV uses them."""

import struct
from dataclasses import dataclass
from enum import Enum

SHORT_ANSWER = 256
"""The longest answer without extended length."""


class Status(bytes, Enum):
    """Status words."""

    OK = b"\x90\x00"
    LOCKED = b"\x69\x83"
    NOT_VERIFIED = b"\x69\x82"
    CONDITIONS = b"\x69\x85"
    WRONG_DATA = b"\x6a\x80"
    NOT_FOUND = b"\x6a\x82"
    UNKNOWN_COMMAND = b"\x6d\x00"
    FAILURE = b"\x6f\x00"


def tries_left(count: int) -> bytes:
    """63Cx, or "locked" once none is left."""
    return bytes([0x63, 0xC0 | count]) if count else Status.LOCKED.value


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    is_chained: bool
    ins: int
    p1: int
    p2: int
    data: bytes
    answer_bytes: int

    @classmethod
    def parse(cls, apdu: bytes) -> "Command":
        cla, ins, p1, p2 = apdu[:4]
        data, answer_bytes = _body(apdu[4:])
        return cls(bool(cla & 0x10), ins, p1, p2, data, answer_bytes or SHORT_ANSWER)


def _body(body: bytes) -> tuple[bytes, int]:
    if len(body) <= 1:
        return b"", body[0] if body else 0
    if body[0] == 0 and len(body) >= 3:  # extended length
        (length,) = struct.unpack(">H", body[1:3])
        if len(body) == 3:
            return b"", length or 0x10000
        rest = body[3 + length :]
        return body[3 : 3 + length], (struct.unpack(">H", rest[-2:])[0] or 0x10000) if rest else 0
    rest = body[1 + body[0] :]
    return body[1 : 1 + body[0]], rest[0] if rest else 0


def tlv(tag: int, value: bytes) -> bytes:
    """One object in DER lengths."""
    name = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big")
    length = len(value)
    if length < 0x80:
        return name + bytes([length]) + value
    if length < 0x100:
        return name + b"\x81" + bytes([length]) + value
    return name + b"\x82" + struct.pack(">H", length) + value


def parse_tlv(data: bytes) -> dict[int, bytes]:
    """Objects with one-byte tags."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(data):
        tag, length = data[place], data[place + 1]
        place += 2
        if length in (0x81, 0x82):
            size = length - 0x80
            length = int.from_bytes(data[place : place + size], "big")
            place += size
        found[tag] = data[place : place + length]
        place += length
    return found
