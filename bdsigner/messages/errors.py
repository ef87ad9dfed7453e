"""ErrorCode → title, sentence, remedy, may-retry; one catalogue for the window and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bdsigner.errors import BdsignerError, ErrorCode, Fact
from bdsigner.messages.browser_texts import BROWSER_TEXTS
from bdsigner.messages.conversion_texts import CONVERSION_TEXTS
from bdsigner.messages.device_texts import DEVICE_TEXTS
from bdsigner.messages.directory_texts import DIRECTORY_TEXTS
from bdsigner.messages.encryption_texts import ENCRYPTION_TEXTS
from bdsigner.messages.file_texts import FILE_TEXTS
from bdsigner.messages.form_texts import FORM_TEXTS
from bdsigner.messages.regulation_texts import REGULATION_TEXTS
from bdsigner.messages.request_texts import REQUEST_TEXTS
from bdsigner.messages.text import Text, fill
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import CertificateStatus

TEXTS: dict[ErrorCode, Text] = {
    **DEVICE_TEXTS,
    **FILE_TEXTS,
    **ENCRYPTION_TEXTS,
    **FORM_TEXTS,
    **REQUEST_TEXTS,
    **BROWSER_TEXTS,
    **REGULATION_TEXTS,
    **CONVERSION_TEXTS,
    **DIRECTORY_TEXTS,
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads: what happened, to which file, what to do next."""

    code: str
    title: str
    sentence: str
    remedy: str
    may_retry: bool
    """Whether doing the same again can help without anything else changing first."""


def describe(error: BdsignerError) -> Message:
    """Say it in the person's language; never fails, whatever facts are missing."""
    return describe_code(error.code, error.facts)


def describe_code(code: ErrorCode, facts: Mapping[str, Fact]) -> Message:
    """As ``describe`` for a code and facts that crossed a pipe or were stored."""
    text = TEXTS[code]
    known = {name: str(value) for name, value in facts.items()}
    if "path" in known:
        known["file"] = Path(known["path"]).name
    if "shortfall" in known:
        from bdsigner.messages.levels import shortfall_text  # here: other errors need no levels

        known["why"] = shortfall_text(known["shortfall"], known.get("name", ""))
    if "recipient_status" in known:
        from bdsigner.messages.certificates import recipient_word  # here: other errors need no certificates

        known["status"] = recipient_word(CertificateStatus(known["recipient_status"]))
    if "state" in known:
        from bdsigner.messages.requests import known_state  # here: other errors need no requests

        known["state"] = known_state(known["state"])
    return Message(
        code=code.value,
        title=tr(text.title),
        sentence=fill(text.sentence, known),
        remedy=fill(text.remedy, known),
        may_retry=text.may_retry,
    )
