"""What was typed is readable with the keyring's key or not at all; losing it costs nothing but typing."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgetfulKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from bdsigner.storage.typed_values import FILE_BYTES, NONCE_BYTES, SERVICE, USER, KeyringTypedValues

VALUES = {"full_name": "NGUYỄN ÁNH", "id_number": "280712345", "permanent_address": "Thủ Dầu Một"}


class _Keyring(KeyringBackend):
    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.is_locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture(autouse=True)
def own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring() -> _Keyring:
    backend = _Keyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def typed(tmp_path: Path) -> KeyringTypedValues:
    return KeyringTypedValues(tmp_path / "dữ liệu" / "typed-values.bin")


def test_what_was_typed_is_there_for_the_next_program(ring: _Keyring, typed: KeyringTypedValues) -> None:
    assert typed.recall() == {}
    assert ring.asked == 0
    assert typed.remember(VALUES)
    assert typed.remember({"id_number": "1"})
    assert KeyringTypedValues(typed.file).recall() == VALUES | {"id_number": "1"}
    assert list(ring.kept) == [(SERVICE, USER)]


def test_nothing_of_it_can_be_read_in_the_file(ring: _Keyring, typed: KeyringTypedValues) -> None:
    typed.remember(VALUES)
    content = typed.file.read_bytes()
    for text in (*VALUES, *VALUES.values(), *ring.kept.values()):
        assert text.encode() not in content
        assert text.encode("utf-16-le") not in content
    if sys.platform != "win32":
        assert stat.S_IMODE(typed.file.stat().st_mode) == 0o600
    assert [one.name for one in typed.file.parent.iterdir()] == [typed.file.name]


def test_every_file_has_a_nonce_of_its_own_and_the_same_again_is_not_written(
    ring: _Keyring, typed: KeyringTypedValues
) -> None:
    nonces = set()
    for number in range(20):
        typed.remember({"id_number": str(number)})
        nonces.add(typed.file.read_bytes()[:NONCE_BYTES])
    assert len(nonces) == 20
    before = typed.file.stat().st_ino, typed.file.read_bytes()
    assert typed.remember({"id_number": "19"})
    assert (typed.file.stat().st_ino, typed.file.read_bytes()) == before


@pytest.mark.parametrize("backend", [NoKeyring(), ForgetfulKeyring()], ids=["none", "keeps nothing"])
def test_without_a_keyring_nothing_is_kept(backend: KeyringBackend, typed: KeyringTypedValues) -> None:
    keyring.set_keyring(backend)
    assert not typed.remember(VALUES)
    assert typed.recall() == {}
    assert not typed.file.exists()
    typed.forget()


def test_a_locked_keyring_loses_nothing(ring: _Keyring, typed: KeyringTypedValues) -> None:
    typed.remember(VALUES)
    ring.is_locked = True
    assert typed.recall() == {}
    assert not typed.remember({"gender": "Nam"})
    ring.is_locked = False
    assert typed.recall() == VALUES


def test_a_keyring_that_fails_for_once_gets_no_new_key(
    ring: _Keyring, typed: KeyringTypedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed.remember(VALUES)

    def interrupted(service: str, username: str) -> str:
        raise LookupError("of another maker's own")

    with monkeypatch.context() as patched:
        patched.setattr(ring, "get_password", interrupted)
        assert not typed.remember({"gender": "Nam"})
        assert typed.recall() == {}
    assert typed.recall() == VALUES


@pytest.mark.parametrize("key", ["", "no base64!", "c2hvcnQ=", "A" * 43 + "="])
def test_another_key_begins_anew(ring: _Keyring, typed: KeyringTypedValues, key: str) -> None:
    typed.remember(VALUES)
    ring.kept[SERVICE, USER] = key
    assert typed.recall() == {}
    assert typed.remember({"gender": "Nam"})
    assert typed.recall() == {"gender": "Nam"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_file_gives_nothing_and_is_replaced(
    ring: _Keyring, typed: KeyringTypedValues, data: st.DataObject
) -> None:
    typed.forget()
    typed.remember(VALUES)
    content = bytearray(typed.file.read_bytes())
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    typed.file.write_bytes(content)
    assert typed.recall() == {}
    assert typed.remember({"gender": "Nữ"})
    assert typed.recall() == {"gender": "Nữ"}


def test_a_huge_file_is_not_read_to_its_end(ring: _Keyring, typed: KeyringTypedValues) -> None:
    typed.remember(VALUES)
    with typed.file.open("ab") as stream:
        stream.truncate(FILE_BYTES * 4)
    assert typed.recall() == {}


def test_forgetting_takes_file_and_key(ring: _Keyring, typed: KeyringTypedValues) -> None:
    typed.remember(VALUES)
    typed.forget()
    assert not typed.file.exists()
    assert ring.kept == {}
    assert typed.recall() == {}
    typed.forget()


def test_a_folder_that_cannot_be_used_stops_nothing(ring: _Keyring, tmp_path: Path) -> None:
    blocked = tmp_path / "tập tin"
    blocked.write_text("no folder")
    typed = KeyringTypedValues(blocked / "typed-values.bin")
    assert typed.recall() == {}
    assert not typed.remember(VALUES)
    typed.forget()


def test_a_write_that_fails_leaves_what_was_there(
    ring: _Keyring, typed: KeyringTypedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed.remember(VALUES)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert not typed.remember({"gender": "Nam"})
    assert typed.recall() == VALUES
    assert [one.name for one in typed.file.parent.iterdir()] == [typed.file.name]


def test_nothing_typed_is_logged(ring: _Keyring, typed: KeyringTypedValues, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        typed.remember(VALUES)
        typed.recall()
        typed.file.write_bytes(typed.file.read_bytes()[:-1])
        typed.recall()
        typed.forget()
    for value in (*VALUES.values(), *ring.kept.values()):
        assert value not in caplog.text
