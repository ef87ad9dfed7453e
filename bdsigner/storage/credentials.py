"""Passwords of servers, in the system's keyring and nowhere else."""

import logging

log = logging.getLogger(__name__)

DIRECTORY = "bdsigner directory"
MAIL = "bdsigner mail"
"""What a password is for: the same user of the same server may have another one there."""


def read_password(server: str, user: str, *, service: str = DIRECTORY) -> str | None:
    """The password kept for a user of a server; ``None``: none is kept, or the keyring cannot be asked."""
    import keyring  # here: it looks for back ends when it is imported
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(f"{service} {server}", user)
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("the keyring does not answer: %s", type(error).__name__)
        return None


def keep_password(server: str, user: str, password: str, *, service: str = DIRECTORY) -> bool:
    """Keep a password; false where the system has no keyring that takes it."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(f"{service} {server}", user, password)
    except (KeyringError, OSError, RuntimeError) as error:
        log.warning("the keyring does not take it: %s", type(error).__name__)
        return False
    return True
