"""The card: what it holds, its PIN and PUK with their counters, and what its keys do."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from tests.rigs.piv.apdu import Command, Status, parse_tlv, tlv, tries_left

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

AID = bytes.fromhex("A000000308000010000100")
PIN_REFERENCE, PUK_REFERENCE = 0x80, 0x81
PIN_FIELD_BYTES = 8
_RSA_ALGORITHMS = {2048: 0x07, 3072: 0x05}
_DIGESTS = {20: hashes.SHA1(), 32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}  # noqa: S303  # by length


class Slot(IntEnum):
    """Keys by reference (SP 800-73-4 part 1, table 4b)."""

    SIGN = 0x9A
    SIGN_EACH = 0x9C
    """PIN Always: the PIN must have been presented right before."""
    DECRYPT = 0x9D
    CARD_AUTHENTICATION = 0x9E


SIGN, SIGN_EACH, DECRYPT, CARD_AUTHENTICATION = Slot
_CERTIFICATES = {SIGN: "5FC105", SIGN_EACH: "5FC10A", DECRYPT: "5FC10B", CARD_AUTHENTICATION: "5FC101"}


@dataclass
class PivCard:
    """Change its fields at any time, from any thread: it is asked command by command."""

    pin: str = "123456"
    puk: str = "12345678"
    tries: int = 3
    guid: bytes = field(default_factory=lambda: os.urandom(16))
    """OpenSC shows it as the serial number."""
    key_seconds: float = 0.0
    """How long a private key works; real tokens need 0.3 to 1.5 s."""
    command_seconds: float = 0.0
    """How long every command takes."""
    failures: dict[int, list[bytes]] = field(default_factory=dict)
    """Status words to answer next, by instruction; OpenSC asks some things twice."""
    before_key: Callable[[], None] = lambda: None
    """Called before a private key works: pull the card, wait for ever …"""

    def __post_init__(self) -> None:
        self.keys: dict[Slot, PrivateKey] = {}
        self.certificates: dict[Slot, bytes] = {}
        self.pin_left = self.puk_left = self.tries
        self.verifications = 0
        """VERIFY commands that carried a PIN."""
        self.signatures = 0
        self._lock = threading.Lock()
        self.power_up()

    @property
    def serial(self) -> str:
        """As OpenSC writes it: the last 16 hex digits, what fits CK_TOKEN_INFO."""
        return self.guid.hex()[-16:]

    def put(self, slot: Slot, key: PrivateKey, certificate: bytes) -> None:
        """Store a key with its certificate (DER)."""
        self.keys[slot] = key
        self.certificates[slot] = certificate

    def power_up(self) -> None:
        """What a card forgets without power."""
        self._is_selected = self._is_verified = self._is_fresh = False
        self._chained = self._pending = b""

    @property
    def atr(self) -> bytes:
        """Answer to reset: T=0 and T=1 offered, a name, the check byte."""
        body = bytes([0x86, 0x80, 0x01]) + b"BDSIGN"
        check = 0
        for byte in body:
            check ^= byte
        return b"\x3b" + body + bytes([check])

    def process(self, apdu: bytes) -> bytes:
        """Answer one command APDU; a card never dies of a bad command."""
        with self._lock:
            time.sleep(self.command_seconds)
            try:
                return self._process(Command.parse(apdu))
            except (IndexError, ValueError, KeyError):
                return Status.FAILURE.value

    def _process(self, command: Command) -> bytes:
        if command.ins == 0xC0:  # GET RESPONSE
            return self._send(command.answer_bytes)
        if command.is_chained:
            self._chained += command.data
            return Status.OK.value
        data, self._chained = self._chained + command.data, b""
        if failures := self.failures.get(command.ins):
            return failures.pop(0)
        answer, status = self._dispatch(command, data)
        if status != Status.OK.value:
            return answer + status
        self._pending = answer
        return self._send(command.answer_bytes)

    def _send(self, limit: int) -> bytes:
        part, self._pending = self._pending[:limit], self._pending[limit:]
        if self._pending:
            return part + bytes([0x61, min(len(self._pending), 0xFF)])
        return part + Status.OK.value

    def _dispatch(self, command: Command, data: bytes) -> tuple[bytes, bytes]:
        if command.ins == 0xA4:
            return self._select(command.p1, data)
        if not self._is_selected:
            return b"", Status.CONDITIONS.value
        if command.ins == 0xCB and (command.p1, command.p2) == (0x3F, 0xFF):
            found = self._object(parse_tlv(data)[0x5C].hex().upper())
            return (b"", Status.NOT_FOUND.value) if found is None else (found, Status.OK.value)
        if command.ins == 0x20 and command.p2 == PIN_REFERENCE:
            return b"", self._verify(command.p1, data)
        if command.ins == 0x24:
            return b"", self._change(command.p2, data)
        if command.ins == 0x2C and command.p2 == PIN_REFERENCE:
            return b"", self._reset_counter(data)
        if command.ins == 0x87:
            return self._use_key(command.p1, Slot(command.p2), data)
        return b"", Status.UNKNOWN_COMMAND.value

    def _select(self, p1: int, data: bytes) -> tuple[bytes, bytes]:
        if p1 != 4 or not data or not AID.startswith(data):
            return b"", Status.NOT_FOUND.value
        self._is_selected, self._is_verified, self._is_fresh = True, False, False
        name = tlv(0x4F, AID[5:]) + tlv(0x79, tlv(0x4F, AID[:5])) + tlv(0x50, b"bdsigner test card")
        return tlv(0x61, name), Status.OK.value

    def _object(self, tag: str) -> bytes | None:
        if tag == "7E":  # discovery: the PIV PIN only
            return tlv(0x7E, tlv(0x4F, AID) + tlv(0x5F2F, b"\x40\x00"))
        if tag == "5FC102":  # CHUID
            agency = bytes.fromhex("D4E739DA739CED39CE739DA1685A1082108CE73984108257FC")
            parts = ((0x30, agency), (0x34, self.guid), (0x35, b"20990101"), (0x3E, b""), (0xFE, b""))
            return tlv(0x53, b"".join(tlv(each, value) for each, value in parts))
        if tag == "5FC107":  # card capability container
            parts = ((0xF0, bytes.fromhex("A000000116FF02") + self.guid[:14]), (0xF1, b"\x21"), (0xF2, b"\x21"))
            empty = ((each, b"") for each in (0xF3, 0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE))
            return tlv(
                0x53, b"".join(tlv(each, value) for each, value in (*parts, (0xF4, b"\0"), (0xF5, b"\x10"), *empty))
            )
        for slot, name in _CERTIFICATES.items():
            if tag == name and slot in self.certificates:
                return tlv(0x53, tlv(0x70, self.certificates[slot]) + tlv(0x71, b"\0") + tlv(0xFE, b""))
        return None

    def _verify(self, p1: int, data: bytes) -> bytes:
        if p1 == 0xFF:
            self._is_verified = self._is_fresh = False
            return Status.OK.value
        if not data:
            return Status.OK.value if self._is_verified else tries_left(self.pin_left)
        self.verifications += 1
        if self.pin_left == 0:
            return Status.LOCKED.value
        if data != _padded(self.pin):
            self._is_verified = self._is_fresh = False
            self.pin_left -= 1
            return tries_left(self.pin_left)
        self.pin_left, self._is_verified, self._is_fresh = self.tries, True, True
        return Status.OK.value

    def _change(self, reference: int, data: bytes) -> bytes:
        is_pin = reference == PIN_REFERENCE
        left = self.pin_left if is_pin else self.puk_left
        if left == 0:
            return Status.LOCKED.value
        old, new = data[:PIN_FIELD_BYTES], data[PIN_FIELD_BYTES:]
        if old != _padded(self.pin if is_pin else self.puk):
            left -= 1
            if is_pin:
                self.pin_left, self._is_verified = left, False
            else:
                self.puk_left = left
            return tries_left(left)
        if not _is_acceptable(new):
            return Status.WRONG_DATA.value
        if is_pin:
            self.pin, self.pin_left, self._is_verified = _text(new), self.tries, True
        else:
            self.puk, self.puk_left = _text(new), self.tries
        return Status.OK.value

    def _reset_counter(self, data: bytes) -> bytes:
        if self.puk_left == 0:
            return Status.LOCKED.value
        if data[:PIN_FIELD_BYTES] != _padded(self.puk):
            self.puk_left -= 1
            return tries_left(self.puk_left)
        if not _is_acceptable(data[PIN_FIELD_BYTES:]):
            return Status.WRONG_DATA.value
        self.puk_left = self.pin_left = self.tries
        self.pin = _text(data[PIN_FIELD_BYTES:])
        return Status.OK.value

    def _use_key(self, algorithm: int, slot: Slot, data: bytes) -> tuple[bytes, bytes]:
        key = self.keys.get(slot)
        fields = parse_tlv(parse_tlv(data)[0x7C])
        if key is None or 0x82 not in fields:
            return b"", Status.WRONG_DATA.value
        if slot is not CARD_AUTHENTICATION and not self._is_verified:
            return b"", Status.NOT_VERIFIED.value
        if slot is SIGN_EACH and not self._is_fresh:
            return b"", Status.NOT_VERIFIED.value
        self.before_key()
        time.sleep(self.key_seconds)
        self._is_fresh = False
        value = _apply(key, algorithm, fields)
        if value is None:
            return b"", Status.WRONG_DATA.value
        self.signatures += 1
        return tlv(0x7C, tlv(0x82, value)), Status.OK.value


def _apply(key: PrivateKey, algorithm: int, fields: dict[int, bytes]) -> bytes | None:
    """Sign or decrypt the challenge (81), or agree on a secret with the other's point (85)."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        message = int.from_bytes(fields[0x81], "big")
        if _RSA_ALGORITHMS[key.key_size] != algorithm or message >= numbers.public_numbers.n:
            return None
        first, second = pow(message, numbers.dmp1, numbers.p), pow(message, numbers.dmq1, numbers.q)
        whole = second + numbers.q * (((first - second) * numbers.iqmp) % numbers.p)
        return whole.to_bytes(key.key_size // 8, "big")
    if 0x85 in fields:
        return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(key.curve, fields[0x85]))
    return key.sign(fields[0x81], ec.ECDSA(utils.Prehashed(_DIGESTS[len(fields[0x81])])))


def _padded(pin: str) -> bytes:
    return pin.encode().ljust(PIN_FIELD_BYTES, b"\xff")


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\xff").decode()


def _is_acceptable(padded: bytes) -> bool:
    digits = padded.rstrip(b"\xff")
    return len(padded) == PIN_FIELD_BYTES and 6 <= len(digits) <= PIN_FIELD_BYTES and digits.isdigit()
