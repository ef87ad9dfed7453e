"""Takes what names a person out of text that leaves the machine; the same person gets the same mask in one text."""

import re
from collections.abc import Iterable
from pathlib import PurePath

SHORTEST_NAME = 3
"""Shorter user names would mask syllables."""
KEPT_CHARACTERS = 4
"""The end of a serial number is kept, so that support can tell two tokens apart."""

_SECRET = re.compile(
    r"(?i)\b((?:so[-_ ]?)?pin|puk|mã pin|mã puk|password|passphrase|passwd|pwd|secret|mật khẩu)\b"
    r"([\"']?\s*(?:[:=]|là)\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&]+)"
)
"""A secret word, what joins it to its value, and the value."""
_MAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
_FILE = re.compile(
    r"""(?ix) [^\s/\\"'<>|:*?=]?[^/\\"'<>|:*?=\n]* \.(pdf|docx?|odt|xlsx?|ods|pptx?|rtf|txt|p7[ms]|eml|jpe?g|png|tiff?)\b"""
)
"""A file name with one of the endings that documents have; it may hold blanks, as Vietnamese names do."""
_SERIAL = re.compile(r"\b(?=[0-9A-Fa-f]*\d)[0-9A-Fa-f]{12,}\b")
_NUMBER = re.compile(r"(?<![\w.])(?!\d{4}-\d\d-\d\d\b)\+?\d(?:[ .-]?\d){8,14}(?![\w])")
"""CMND 9 digits, CCCD 12, tax codes 10 or 13, telephone numbers 10 or 11; blanks, points or dashes in between.
Dates as a log writes them stay."""


class Masker:
    """Masks one text after another with the same masks."""

    def __init__(self, *, names: Iterable[str] = (), home: str = "", user: str = "") -> None:
        """``names`` are of persons, as they stand in certificates and token labels."""
        known = {name.strip() for name in names if len(name.strip()) >= SHORTEST_NAME}
        self._names = [(re.compile(_flexible(name), re.IGNORECASE), name) for name in _longest_first(known)]
        self._home = re.compile(re.escape(home), re.IGNORECASE) if len(home) > 1 else None
        is_user_name = len(user) >= SHORTEST_NAME
        self._user = re.compile(rf"(?<!\w){re.escape(user)}(?!\w)", re.IGNORECASE) if is_user_name else None
        self._masks: dict[tuple[str, str], str] = {}

    def mask(self, text: str) -> str:
        """The text with masks such as ``[thư 1]`` in place of what names a person."""
        text = _SECRET.sub(lambda found: f"{found[1]}{found[2]}[bí mật]", text)
        if self._home is not None:
            text = self._home.sub("~", text)
        text = _MAIL.sub(lambda found: self._mask("thư", found[0].casefold()), text)
        text = _FILE.sub(self._file, text)
        for pattern, name in self._names:
            text = pattern.sub(self._mask("tên", name.casefold()), text)
        text = _SERIAL.sub(lambda found: f"…{found[0][-KEPT_CHARACTERS:]}", text)
        text = _NUMBER.sub(lambda found: self._mask("số", re.sub(r"\D", "", found[0])), text)
        if self._user is not None:
            text = self._user.sub("[người dùng]", text)
        return text

    def _file(self, found: re.Match[str]) -> str:
        name = found[0].strip()
        return self._mask("tập tin", name.casefold()) + PurePath(name).suffix

    def _mask(self, kind: str, value: str) -> str:
        number = 1 + sum(1 for known_kind, _ in self._masks if known_kind == kind)
        return self._masks.setdefault((kind, value), f"[{kind} {number}]")


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _flexible(name: str) -> str:
    """The name with any white space between its words."""
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in name.split()) + r"(?!\w)"
