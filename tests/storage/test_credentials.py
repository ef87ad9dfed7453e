"""Passwords are in the system's keyring or nowhere."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordSetError

from bdsigner.storage.credentials import MAIL, keep_password, read_password

LDAP = "ldaps://danhba.example"


class _Keyring(KeyringBackend):
    priority = 1.0

    def __init__(self, *, is_locked: bool = False) -> None:
        super().__init__()
        self.is_locked = is_locked
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise PasswordSetError("locked")
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_password_is_kept_for_one_user_of_one_server() -> None:
    keyring.set_keyring(_Keyring())
    assert read_password(LDAP, "cn=a") is None
    assert keep_password(LDAP, "cn=a", "mật khẩu")
    assert read_password(LDAP, "cn=a") == "mật khẩu"
    assert read_password("ldaps://other.example", "cn=a") is None


def test_a_mailbox_and_a_directory_have_their_own() -> None:
    keyring.set_keyring(_Keyring())
    assert keep_password("mail.example", "a", "của thư", service=MAIL)
    assert read_password("mail.example", "a") is None
    assert keep_password("mail.example", "a", "của danh bạ")
    assert read_password("mail.example", "a", service=MAIL) == "của thư"
    assert read_password("mail.example", "a") == "của danh bạ"


@pytest.mark.parametrize("backend", [NoKeyring(), _Keyring(is_locked=True)])
def test_without_a_keyring_nothing_is_kept_and_nothing_raised(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    assert not keep_password(LDAP, "cn=a", "mật khẩu")
    assert read_password(LDAP, "cn=a") is None
