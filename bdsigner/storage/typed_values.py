"""What a person typed into forms, for the next form: one encrypted file, its key in the system's keyring.

The file holds numbers of identity papers and addresses, so it is never there without a keyring that guards its key.
Losing it costs typing once more: what cannot be read is begun anew.
"""

import base64
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from bdsigner.storage.partials import write_whole
from bdsigner.storage.paths import data_folder

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

VALUES_FILE = "typed-values.bin"
SERVICE, USER = "bdsigner forms", "typed-values"
"""Under what the keyring knows the key."""
FORMAT = b"bdsigner.typed-values/1"
"""Associated data: a file of another format is not taken for this one."""
KEY_BYTES = 32
NONCE_BYTES = 12
"""96 bits, drawn at random (NIST SP 800-38D §8.2.2): far from 2^32 files are written with one key."""
FILE_BYTES = 1 << 20
"""Some twenty values take a few kilobytes; anything past this is another file."""

Answer = TypeVar("Answer")


class _KeyringError(Exception):
    """The keyring cannot be asked, or there is none."""


class KeyringTypedValues:
    """Implements ``ports.TypedValues``: AES-256-GCM, the key made when something is first kept."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` ``None``: in the person's data folder."""
        self._given = file
        self._lock = threading.Lock()

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._given or data_folder() / VALUES_FILE

    def recall(self) -> dict[str, str]:
        """See ``ports.TypedValues``."""
        with self._lock:
            content = self._read()
            if not content:
                return {}  # the keyring is not bothered: it may ask the person to unlock it
            try:
                return _decrypted(content, _read_key())
            except _KeyringError:
                return {}

    def remember(self, values: Mapping[str, str]) -> bool:
        """See ``ports.TypedValues``; what is kept already is not written again."""
        with self._lock:
            try:
                key = _read_key()
                before = _decrypted(self._read(), key)
                after = before | dict(values)
                return after == before or self._write(after, key or _make_key())
            except _KeyringError:
                return False

    def forget(self) -> None:
        """See ``ports.TypedValues``."""
        with self._lock:
            try:
                self.file.unlink(missing_ok=True)
            except OSError as error:
                log.warning("%s cannot be removed: %s", VALUES_FILE, type(error).__name__)
            _drop_key()

    def _read(self) -> bytes:
        """What the file holds; empty: nothing that could be read."""
        try:
            with self.file.open("rb") as stream:
                return stream.read(FILE_BYTES)
        except FileNotFoundError:
            return b""
        except OSError as error:
            log.warning("%s cannot be read: %s", VALUES_FILE, type(error).__name__)
            return b""

    def _write(self, values: Mapping[str, str], key: bytes) -> bool:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # here: most runs type nothing

        nonce = os.urandom(NONCE_BYTES)
        content = nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(values), FORMAT)
        try:
            write_whole(self.file, content)
        except OSError as error:
            log.warning("%s cannot be written: %s", VALUES_FILE, type(error).__name__)
            return False
        return True


def _decrypted(content: bytes, key: bytes | None) -> dict[str, str]:
    """The values; none when there are none, the file is damaged, or it was encrypted with another key."""
    if not content or key is None:
        return {}
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        plain = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], FORMAT)
        return msgspec.json.decode(plain, type=dict[str, str])
    except (InvalidTag, ValueError) as error:  # msgspec's errors are ValueErrors
        log.warning("%s is begun anew: %s", VALUES_FILE, type(error).__name__)
        return {}


def _read_key() -> bytes | None:
    """The key; ``None``: there is none, or what is there is none.  Raises ``_KeyringError``."""
    kept = _ask(lambda ring: ring.get_password(SERVICE, USER))
    try:
        key = base64.b64decode(kept or "", validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _make_key() -> bytes:
    """A new key in the keyring.  Raises ``_KeyringError`` where the system has none that keeps it."""
    key = os.urandom(KEY_BYTES)
    _ask(lambda ring: ring.set_password(SERVICE, USER, base64.b64encode(key).decode("ascii")))
    if _read_key() != key:  # there are back ends that take everything and keep nothing
        raise _KeyringError
    return key


def _drop_key() -> None:
    with contextlib.suppress(_KeyringError):  # most often: there was none
        _ask(lambda ring: ring.delete_password(SERVICE, USER))


def _ask(question: Callable[["KeyringBackend"], Answer]) -> Answer:
    """Raises ``_KeyringError`` for whatever the back end raises: those of other makers keep to no list."""
    import keyring  # here: it looks for back ends when it is imported

    try:
        return question(keyring.get_keyring())
    except Exception as error:
        log.info("the keyring does not answer: %s", type(error).__name__)
        raise _KeyringError from error
