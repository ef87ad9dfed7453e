"""Where requests to the department are kept, and how they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import ErrorCode, StorageError

if TYPE_CHECKING:
    from bdsigner.model.profile import RequestChannel
    from bdsigner.model.request import Attempt, KeptFile, Recovery, Request

SignChallenge = Callable[[bytes], bytes]
"""Challenge of the department's server → DER CMS SignedData over it, made with the person's token (Đ13.3)."""


class RequestStore(Protocol):
    """The outbox: one row and one folder a request.  Thread- and process-safe; outlasts kill -9 and power cuts.

    Unlike what is only remembered, it is never silently begun anew: what cannot be read or written is an error, and
    what was found damaged is told (``recovery``).  Every method may raise ``StorageError`` STORAGE_OUTBOX,
    STORAGE_FULL, STORAGE_READ_ONLY.
    """

    def create(self, request: Request) -> None:
        """Keep a new one."""

    def get(self, request_id: str) -> Request | None:
        """As it is now; ``None``: there is none of that id."""

    def all(self) -> tuple[Request, ...]:
        """All of them, the newest first."""

    def replace(self, before: Request, after: Request) -> bool:
        """Keep a change, flushed to the disk when this returns; false when another was quicker.

        ``after.revision`` is ``before.revision + 1``.
        """

    def remove(self, request: Request) -> None:
        """Forget one that was never sent, with its folder."""

    def keep(self, request_id: str, name: str, content: bytes | Path) -> KeptFile:
        """Put a file into the request's folder, whole and flushed; the same content again is fine.

        A name that holds other content is given a number.  ``Path``: that file is copied; raises ``DocumentError``
        when it cannot be read.
        """

    def path(self, request_id: str, file: KeptFile) -> Path:
        """Where a kept file is.  Raises STORAGE_OUTBOX when its content is not what was kept."""

    def sending(self) -> AbstractContextManager[bool]:
        """Be the one who sends, in all processes, or not (false): held as long as the context, or the process, lives."""

    def recovery(self) -> Recovery | None:
        """What was found damaged since the last acknowledgement; ``None``: nothing."""

    def acknowledge_recovery(self) -> None:
        """The person has read it."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class NoRequestStore:
    """A ``RequestStore`` for where there is none."""

    def create(self, request: Request) -> None:
        """Refuse: a request that is not kept would be lost."""
        del request
        raise _none()

    def get(self, request_id: str) -> Request | None:
        """There is none."""
        del request_id
        return None

    def all(self) -> tuple[Request, ...]:
        """There are none."""
        return ()

    def replace(self, before: Request, after: Request) -> bool:
        """Refuse."""
        del before, after
        raise _none()

    def remove(self, request: Request) -> None:
        """There is nothing to remove."""
        del request

    def keep(self, request_id: str, name: str, content: bytes | Path) -> KeptFile:
        """Refuse."""
        del request_id, name, content
        raise _none()

    def path(self, request_id: str, file: KeptFile) -> Path:
        """There is none."""
        del request_id, file
        raise _none()

    def sending(self) -> AbstractContextManager[bool]:
        """Nobody sends."""
        from contextlib import nullcontext

        return nullcontext(False)

    def recovery(self) -> Recovery | None:
        """Nothing was damaged."""
        return None

    def acknowledge_recovery(self) -> None:
        """There is nothing to acknowledge."""

    def close(self) -> None:
        """Nothing to close."""


def _none() -> StorageError:
    return StorageError(ErrorCode.STORAGE_OUTBOX, reason="there is none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What is handed to a channel: files that do not change any more."""

    request_id: str
    sender: str
    """Mailbox of the person (MAIL_FROM, RFC 5321 §4.1.1.2); empty for HTTPS."""
    message: Path | None
    """The mail, CRLF line ends; for a MAIL."""
    document: Path
    machine_copy: Path
    attachments: Mapping[str, Path]
    """By ``Attachment.id``."""


class Delivery(Protocol):
    """One kind of channel.  May be called from any thread; every call ends within a time limit of its own."""

    def send(
        self,
        consignment: Consignment,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Attempt:
        """Send it once.  Never raises for what the network or a server does: that is the ``Attempt``.

        ``UserCancelled`` only before anything has left.  ``login`` ``None``: nobody can sign a challenge now.
        """

    def status(
        self,
        request_id: str,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        """What the department says of it now, unread; ``None``: it does not know it, or the channel cannot be asked.

        Raises ``RequestError`` REQUEST_SERVER_… and REQUEST_LOGIN_…, ``UserCancelled``.
        """


class TypedValues(Protocol):
    """What a person typed into forms before, encrypted with a key in the system's keyring.

    Where there is no keyring nothing is kept.  Never raises.
    """

    def recall(self) -> dict[str, str]:
        """By the keys of regulation.md §13."""

    def remember(self, values: Mapping[str, str]) -> bool:
        """Add these to what is kept; false when nothing can be kept."""

    def forget(self) -> None:
        """Keep nothing of it any more."""


class NoTypedValues:
    """``TypedValues`` for where nothing is remembered."""

    def recall(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def remember(self, values: Mapping[str, str]) -> bool:
        """Nothing is kept."""
        del values
        return False

    def forget(self) -> None:
        """There is nothing."""
