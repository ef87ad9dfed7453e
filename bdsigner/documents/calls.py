"""One call into a document child: its deadline, its questions, and what its failure means."""

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from bdsigner.childproc import ChildProcess, FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.answers import Answers
from bdsigner.documents.protocol import Call, Envelope, Failure
from bdsigner.errors import BdsignerError, ChildError, DocumentError, ErrorCode, Fact

Result = TypeVar("Result")

_ENDED_BY_LIMIT = frozenset(-getattr(signal, name) for name in ("SIGXCPU", "SIGABRT") if hasattr(signal, name))
"""Exit codes of a child over its limits: processor time; memory, which MuPDF's C++ part answers by ``abort()``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a call may take in the child (hardening.md P1); its questions to the application do not count."""

    wall_seconds: float = 15.0
    cpu_seconds: int = 10
    file_bytes_per_second: int = 10_000_000
    """Signing and verifying read the whole file: they get the time a slow network share needs on top."""
    warm_seconds: float = 60.0
    """Imports from a cold, slow disk."""

    def wall_for(self, size_bytes: int) -> float:
        """Seconds for a call that reads that many bytes."""
        return self.wall_seconds + size_bytes / self.file_bytes_per_second

    def cpu_for(self, size_bytes: int) -> int:
        """Seconds of processor time for a call that reads that many bytes."""
        return self.cpu_seconds + size_bytes // self.file_bytes_per_second


USUAL_DEADLINES = Deadlines()


def call_child(
    child: ChildProcess,
    call: Call,
    kind: type[Result],
    *,
    deadlines: Deadlines,
    path: Path | None = None,
    size_bytes: int = 0,
    answers: Answers | None = None,
) -> tuple[Result, bytearray | bytes]:
    """Have a child do something with a file of that size; its result and what came beside it.

    Raises the error the child failed with, what ``answers`` kept, ``DocumentError`` for a child that died or hung.
    """
    head = protocol.encode(Envelope(call, deadlines.cpu_for(size_bytes)))
    try:
        frame = child.call(head, timeout_seconds=deadlines.wall_for(size_bytes), answer=answers)
    except ChildError as error:
        raise _child_failure(error, path) from error
    if answers is not None and answers.raised is not None:
        raise answers.raised
    try:
        if frame.kind is FrameKind.RESULT:
            return protocol.decode(frame.head, kind), frame.body
        failure = protocol.decode(frame.head, Failure)
    except msgspec.MsgspecError as error:
        child.restart()
        raise document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, reason="unreadable answer") from error
    if failure.code is ErrorCode.DOCUMENT_LIMITS:
        child.restart()  # what a bomb left of the address space may be too little for the next file
    raise _with_path(failure.as_error(), path)


def size_of(path: Path) -> int:
    """In bytes; 0 for a file that cannot be looked at: the child says what is wrong with it."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _child_failure(error: ChildError, path: Path | None) -> DocumentError:
    exit_code = error.facts.get("exit_code", 0)
    if error.code is ErrorCode.CHILD_TIMEOUT or exit_code in _ENDED_BY_LIMIT:
        return document_error(ErrorCode.DOCUMENT_LIMITS, path, exit_code=exit_code)
    return document_error(ErrorCode.DOCUMENT_WORKER_DIED, path, exit_code=exit_code)


def document_error(code: ErrorCode, path: Path | None, **facts: Fact) -> DocumentError:
    """An error with its file, where there is one."""
    return DocumentError(code, **({} if path is None else {"path": str(path)}), **facts)


def _with_path(error: BdsignerError, path: Path | None) -> BdsignerError:
    """Name the file in a failure of the child, which speaks of "the" file."""
    if path is None or "path" in error.facts:
        return error
    return type(error)(error.code, path=str(path), **error.facts)
