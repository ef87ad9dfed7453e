"""Tokens: the gateway to all of them, a login, and who watches them come and go."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bdsigner.model.token import ModulePresence, SignatureMechanism, TokenListing, WrappedKey


class TokenSession(Protocol):
    """A login that the person confirmed; ends with its ``with`` block, whatever happens."""

    @property
    def always_authenticate(self) -> frozenset[str]:
        """Ids of the keys that want the PIN for each signature (CKA_ALWAYS_AUTHENTICATE, PKCS#11 v2.40 §4.9)."""

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, *, pin: bytearray | None = None) -> bytes:
        """Sign a SHA-256 digest with the key of that CKA_ID.

        A key of ``always_authenticate`` uses the PIN of the login for the first signature and wants ``pin`` (wiped
        before this returns) for each later one; ``TOKEN_PIN_NEEDED`` without it.  Raises ``TokenError``;
        ``TOKEN_SESSION_SPENT`` past the number of signatures the session was opened for.
        """

    def unwrap(self, key_id: str, wrapped: WrappedKey, *, pin: bytearray | None = None) -> bytes:
        """Use the private key of that CKA_ID on a wrapped key: RSA: the content's key, ECDH: the x coordinate.

        Counts as a signature, and wants a PIN as one does.  Raises ``TokenError``; TOKEN_DECRYPTION_FAILED for
        whatever does not fit; the login may go on.
        """

    def confirm_more(self, signatures: int) -> None:
        """Set how many signatures the person has confirmed now, in a login that the policy left open."""

    def is_alive(self) -> bool:
        """Ask the token whether the login still holds; false once it was pulled.  Uses no key, never raises."""

    def close(self) -> None:
        """Log out; the end of the ``with`` block does the same.  Never raises."""


class TokenGateway(Protocol):
    """All tokens of all PKCS#11 modules; may be called from any thread."""

    def list_tokens(self, *, patience_seconds: float | None = None) -> TokenListing:
        """Look at every slot afresh, without login.  Never raises for a bad module: see ``problems``.

        With ``patience_seconds`` modules that have not answered by then show what they showed last, beside a problem
        TOKEN_MODULE_SLOW; they go on being asked.  ``None`` waits until each has answered or its deadline is over.
        """

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> AbstractContextManager[TokenSession]:
        """Log in for exactly ``signatures`` signatures.  Wipes ``pin`` before returning, also on error.

        Raises ``TokenError``: never retries a PIN.
        """

    def change_pin(self, serial: str, old: bytearray, new: bytearray) -> None:
        """Change the user PIN (C_Login, then C_SetPIN).  Wipes both before returning; tries the old one once.

        Raises ``TokenError``: TOKEN_PIN_… as ``session`` does, TOKEN_NEW_PIN_REFUSED when the token takes the old
        but not the new, TOKEN_PIN_PAD_ONLY, TOKEN_PIN_UNKNOWN_STATE.
        """

    def unblock_pin(self, serial: str, puk: bytearray, new: bytearray) -> None:
        """Set a new user PIN with the PUK (security officer's PIN).  Wipes both; tries the PUK once.

        Raises ``TokenError``: TOKEN_PUK_INCORRECT, TOKEN_PUK_LOCKED, TOKEN_NEW_PIN_REFUSED,
        TOKEN_UNBLOCK_UNSUPPORTED when the driver knows no way, TOKEN_PIN_UNKNOWN_STATE.
        """

    @property
    def module_count(self) -> int:
        """How many modules there are; the same for as long as the gateway lives."""

    def presence(
        self, modules: Collection[int] | None = None, *, patience_seconds: float | None = None
    ) -> tuple[ModulePresence, ...]:
        """A cheap look at modules (``None``: all) by their number from 0, in that order; never waits for a user of one.

        Modules that have not answered in ``patience_seconds`` count as not seen; they go on being asked.
        """

    def try_again(self, module_path: str) -> None:
        """Take a quarantined module up again; the next listing loads it."""

    def close(self) -> None:
        """End all children."""


class Watcher(Protocol):
    """Tells of tokens that come and go, until it is closed."""

    @property
    def is_paused(self) -> bool:
        """Whether the tokens are left alone now."""

    def refresh(self) -> None:
        """Look now and tell what is seen, changed or not."""

    def pause(self) -> None:
        """Leave the tokens alone."""

    def resume(self) -> None:
        """Go on, with a look at once."""

    def close(self) -> None:
        """Stop."""
