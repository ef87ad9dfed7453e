"""The program's log: one rotating file, a logger per module, text from outside made harmless.

Secrets are kept out where they live (a PIN is never formatted into anything); nothing is filtered here.
"""

import contextlib
import copy
import logging
import logging.handlers
import os
import re
from pathlib import Path

from bdsigner.storage.paths import ensure_folder, log_folder

LOG_FILE = "bdsigner.log"
LOG_BYTES = 1 << 20
LOG_BACKUPS = 3
MESSAGE_CHARACTERS = 4000
"""Longest message kept: a driver or a server may send more than anyone wants to read."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
"""Control characters, line separators, and what reorders or hides text (Unicode Bidi_Control)."""


def set_up_logging(folder: Path | None = None, *, debug: bool = False) -> Path | None:
    """Write the log to ``bdsigner.log`` in ``folder`` (the person's log folder); return the file.

    ``debug`` adds our own debug messages; other libraries speak from WARNING up only.  Replaces an earlier set-up.
    Returns ``None`` when the folder cannot be made: the program works without a log.
    """
    try:
        file = ensure_folder(folder or log_folder()) / LOG_FILE
    except OSError:
        return None
    handler = _RotatingFile(file, maxBytes=LOG_BYTES, backupCount=LOG_BACKUPS, encoding="utf-8", delay=True)
    handler.setFormatter(_CleanFormatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _RotatingFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    logging.getLogger("bdsigner").setLevel(logging.DEBUG if debug else logging.INFO)
    return file


def last_lines(count: int, folder: Path | None = None) -> list[str]:
    """The end of the log, as written; empty where there is none."""
    try:
        with ((folder or log_folder()) / LOG_FILE).open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - count * MESSAGE_CHARACTERS))
            return stream.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def clean_text(untrusted_text: str) -> str:
    """One line for a log: what cannot be printed is escaped (``\\x1b``), what is too long is cut."""
    cut = untrusted_text[:MESSAGE_CHARACTERS]
    rest = len(untrusted_text) - len(cut)
    return _UNPRINTABLE.sub(_escape, cut) + (f" … {rest} more" if rest else "")


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


class _CleanFormatter(logging.Formatter):
    """Keeps one message on one line and indents tracebacks, so that no text can pose as a log entry."""

    def format(self, record: logging.LogRecord) -> str:
        own = copy.copy(record)
        own.exc_text = None  # another handler may have left its own, uncleaned form there
        return super().format(own)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        record.message = clean_text(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802  # logging's name
        lines = super().formatException(ei).split("\n")
        return "\n".join(f"    {clean_text(line)}" for line in lines)


class _RotatingFile(logging.handlers.RotatingFileHandler):
    """Goes on in the same file when it cannot be renamed: on Windows another window may hold it open."""

    def rotate(self, source: str, dest: str) -> None:
        with contextlib.suppress(OSError):
            super().rotate(source, dest)
