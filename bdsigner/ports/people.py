"""What a person is asked and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import Fact

if TYPE_CHECKING:
    from bdsigner.model.certificate import Certificate
    from bdsigner.model.signing_rules import FileObjections
    from bdsigner.model.token import PinState


class PinPurpose(StrEnum):
    """What a PIN is asked for."""

    SIGN = "sign"
    DECRYPT = "decrypt"
    CHANGE = "change"
    """The old PIN and a new one."""
    UNBLOCK = "unblock"
    """The PUK and a new PIN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRequest:
    """All that a person is told before typing a PIN to sign or to decrypt."""

    purpose: PinPurpose
    token_label: str
    token_serial: str
    pin: PinState
    signer: Certificate
    """Whose key it is."""
    files: tuple[Path, ...]
    pages: int = 0
    """Pages of all files together; 0 when unknown."""
    notes: tuple[FileObjections, ...] = ()
    """What the person is to know of the files and is not asked; with the first PIN of a batch."""
    misses_here: int | None = 0
    """Wrong PINs since the last good one, counted on this machine; ``None`` when that count cannot be read."""
    number: int = 1
    """Which PIN of the batch this is, where each file wants one."""
    total: int = 1
    """How many PINs the batch will ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPinRequest:
    """All that a person is told before a PIN is changed or unblocked."""

    purpose: PinPurpose
    """CHANGE or UNBLOCK."""
    token_label: str
    token_serial: str
    pin: PinState
    holder: str
    """Name on the token's certificate; empty without one."""
    personal_numbers: tuple[str, ...] = ()
    """Digits a PIN must not be: ID numbers, and birth dates as DDMMYYYY, from the certificates."""
    misses_here: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """What was typed; whoever receives it wipes both."""

    secret: bytearray = field(repr=False)
    """The old PIN or the PUK."""
    new: bytearray = field(repr=False)


class QuestionCode(StrEnum):
    """Yes-or-no decisions only a person may take."""

    SIGN_WITHOUT_TIMESTAMP = "sign_without_timestamp"
    SIGN_UNCHECKED_CERTIFICATE = "sign_unchecked_certificate"
    SIGN_WITH_PIN_FOR_EACH = "sign_with_pin_for_each"
    """The key wants the PIN for each of ``count`` files; known only after the login where it was not seen before."""
    SIGN_WITH_OPEN_LOGIN = "sign_with_open_login"
    """The policy left the login open: ``count`` files will be signed without asking for the PIN again."""
    ENCRYPT_UNCHECKED_RECIPIENTS = "encrypt_unchecked_recipients"
    """Nothing is known of the certificates of ``count`` recipients, ``names``: neither good nor bad."""
    KEEP_DEVICE_SECRET = "keep_device_secret"  # noqa: S105  # the name of a question
    """Đ14.2 at the first use of a device: what it means that it is kept as ``secrecy``."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the facts its sentence needs."""

    code: QuestionCode
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningReview:
    """All that the rules leave to the person, of all files of one confirmation."""

    files: tuple[FileObjections, ...]


class Interaction(Protocol):
    """Questions to the person; called from worker threads, blocks until answered."""

    def ask_pin(self, request: PinRequest) -> bytearray:
        """Return the PIN in UTF-8; the receiver wipes it.  Raises ``UserCancelled``."""

    def ask_new_pin(self, request: NewPinRequest) -> NewPin:
        """Return the old PIN or PUK and the new PIN, in UTF-8; the receiver wipes them.  Raises ``UserCancelled``."""

    def review(self, review: SigningReview) -> bool:
        """Return whether to go on with what the rules ask about.  Raises ``UserCancelled``."""

    def confirm(self, question: Question) -> bool:
        """Return the decision.  Raises ``UserCancelled`` when the person wants to stop altogether."""


class Phase(StrEnum):
    """What is being done to a file right now."""

    READING = "reading"
    SIGNING = "signing"
    VERIFYING = "verifying"
    INTACT = "intact"
    """Every signature holds; what changed later and the certificates are still being judged."""
    ANALYSING = "analysing"
    """The same for a file whose signatures do not hold, or not as far as one can tell."""
    EXTENDING = "extending"
    COMPARING = "comparing"
    ENCRYPTING = "encrypting"
    DECRYPTING = "decrypting"
    DONE = "done"


class Progress(Protocol):
    """Watches a use case; the core does not know who watches."""

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        """Called between steps; ``done`` of ``total`` files are finished.

        Raises ``UserCancelled`` when the person asked to stop; nothing half-done is left.
        """

    def is_cancelled(self) -> bool:
        """Whether the person asked to stop; for waits that would otherwise go on."""
