"""One child process: frames, deadlines, questions back to the parent, stop and restart.

A frame is ``>BII``: kind, length of the head, length of the body; then the head (JSON, made by the callers) and the
body (bytes: a page picture, a PIN).  Both lengths are bounded on both sides before anything is read.

A call goes out as CALL.  Until its RESULT or FAILURE comes back the child may send any number of ASK frames, each
answered by one ANSWER or FAILURE.  The deadline counts the child's own time: it stands still while a question is
being answered.  After a timeout, a death or a protocol error the child is gone; the next call starts a new one.
"""

import contextlib
import io
import logging
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from bdsigner.errors import ChildError, ErrorCode

log = logging.getLogger(__name__)

_HEADER = struct.Struct(">BII")
STOP_GRACE_SECONDS = 1.0
"""How long a child may take to end after its input was closed or it was terminated."""
STDERR_TAIL_BYTES = 4096
PIPE_BYTES = 4096
"""A frame below this fits an empty pipe on every system (Windows has the smallest, 4 KiB); Linux tells what fits."""


class FrameKind(IntEnum):
    """What a frame is."""

    CALL = 1
    RESULT = 2
    FAILURE = 3
    ASK = 4
    ANSWER = 5


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """Largest head and body accepted, in bytes."""

    head_bytes: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; ``head`` is JSON of the protocol above, ``body`` raw bytes (wipeable)."""

    kind: FrameKind
    head: bytes
    body: bytearray | bytes = b""


Answer = Callable[[bytes, bytearray | bytes], Frame]
"""Serves an ASK: head and body → an ANSWER or FAILURE frame.  What it raises ends the call and the child."""


class FrameError(Exception):
    """The other side sent something that is not a frame within the limits."""


def write_frame(stream: io.RawIOBase, frame: Frame) -> None:
    """Write one frame to an unbuffered stream, so that no copy of a body stays in a buffer of ours."""
    _write_all(stream, _HEADER.pack(frame.kind, len(frame.head), len(frame.body)) + frame.head)
    if frame.body:
        _write_all(stream, frame.body)


def read_frame(stream: io.RawIOBase, limits: FrameLimits) -> Frame | None:
    """Read one frame from an unbuffered stream; ``None`` at the end of input.  Raises ``FrameError``."""
    header = bytearray(_HEADER.size)
    got = _read_into(stream, header)
    if got == 0:
        return None
    if got < _HEADER.size:
        raise FrameError("half a header")
    kind, head_length, body_length = _HEADER.unpack(header)
    if head_length > limits.head_bytes or body_length > limits.body_bytes:
        raise FrameError(f"frame too large: {head_length} + {body_length} bytes")
    try:
        known = FrameKind(kind)
    except ValueError:
        raise FrameError(f"unknown frame kind {kind}") from None
    head, body = bytearray(head_length), bytearray(body_length)
    if _read_into(stream, head) < head_length or _read_into(stream, body) < body_length:
        raise FrameError("half a frame")
    return Frame(known, bytes(head), body)


def _write_all(stream: io.RawIOBase, data: bytes | bytearray) -> None:
    with memoryview(data) as view:
        sent = 0
        while sent < len(view):
            sent += stream.write(view[sent:]) or 0


def _read_into(stream: io.RawIOBase, buffer: bytearray) -> int:
    with memoryview(buffer) as view:
        got = 0
        while got < len(view):
            count = stream.readinto(view[got:])
            if not count:
                break
            got += count
        return got


def worker_argv(worker: str, *args: str) -> list[str]:
    """Command line of one of our worker programs: ``token`` or ``documents``.

    From source it is ``python -I -m bdsigner.<worker>.worker``; in the frozen program an executable of its own
    beside the main one, so that a worker's bundle stays small.
    """
    if getattr(sys, "frozen", False):
        suffix = ".exe" if sys.platform == "win32" else ""
        return [os.path.join(os.path.dirname(sys.executable), f"bdsigner-{worker}{suffix}"), *args]  # noqa: PTH118, PTH120  # pathlib is not needed by the token worker
    return [sys.executable, "-I", "-m", f"bdsigner.{worker}.worker", *args]


def _pipe_bytes(pipe: io.RawIOBase) -> int:
    """Bytes of a frame that an empty pipe surely takes, however it is cut into pages."""
    if sys.platform != "linux":
        return PIPE_BYTES
    import fcntl

    return max(PIPE_BYTES, fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) // 2)


class ChildProcess:
    """A child that is started at the first call and started anew after it died.  One call at a time."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        name: str,
        limits: FrameLimits,
        environment: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """``environment`` is asked at each start for what the child gets beside our own environment."""
        self.name = name
        self._argv = list(argv)
        self._environment = environment
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.SimpleQueue[Frame | FrameError | None] = queue.SimpleQueue()
        self._stderr = bytearray()
        self._closed = False
        self._pipe_bytes = PIPE_BYTES

    @property
    def pid(self) -> int | None:
        """Process id of the running child; ``None`` when there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def stderr_tail(self) -> str:
        """The last of what the child printed, control characters replaced."""
        text = bytes(self._stderr).decode("utf-8", "replace")
        return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)

    def start(self) -> None:
        """Start the child now, so that the first call need not wait for it."""
        with self._lock:
            self._ensure_started()

    def call(
        self,
        head: bytes,
        body: bytearray | bytes = b"",
        *,
        timeout_seconds: float,
        answer: Answer | None = None,
    ) -> Frame:
        """Send a CALL, serve its questions, return the RESULT or FAILURE frame.

        Raises ``ChildError`` (died, timeout, protocol) and whatever ``answer`` raises; the child is ended then.
        """
        with self._lock:
            process = self._ensure_started()
            try:
                return self._converse(process, Frame(FrameKind.CALL, head, body), timeout_seconds, answer)
            except OSError as error:
                raise self._ended(ErrorCode.CHILD_DIED) from error
            except BaseException:
                self._stop(grace_seconds=0)
                raise

    def restart(self) -> None:
        """End the child after the running call; the next call starts a new one."""
        with self._lock:
            self._stop(grace_seconds=0)

    def close(self) -> None:
        """End the child for good; waits for a running call unless ``kill`` is used."""
        self._closed = True
        with self._lock:
            self._stop(grace_seconds=STOP_GRACE_SECONDS)

    def kill(self) -> None:
        """End the child at once, from any thread; a running call then raises ``ChildError``."""
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()

    def _converse(
        self, process: subprocess.Popen[bytes], call: Frame, timeout_seconds: float, answer: Answer | None
    ) -> Frame:
        deadline = time.monotonic() + timeout_seconds
        self._send(process, call, deadline)
        while True:
            try:
                frame = self._frames.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise self._ended(ErrorCode.CHILD_TIMEOUT, seconds=timeout_seconds) from None
            if frame is None:
                raise self._ended(ErrorCode.CHILD_DIED)
            if isinstance(frame, FrameError):
                raise self._ended(ErrorCode.CHILD_PROTOCOL, detail=str(frame))
            if frame.kind in (FrameKind.RESULT, FrameKind.FAILURE):
                return frame
            if frame.kind is not FrameKind.ASK or answer is None:
                raise self._ended(ErrorCode.CHILD_PROTOCOL, detail=f"unexpected {frame.kind.name}")
            asked_at = time.monotonic()
            reply = answer(frame.head, frame.body)
            deadline += time.monotonic() - asked_at
            self._send(process, reply, deadline)

    def _send(self, process: subprocess.Popen[bytes], frame: Frame, deadline: float) -> None:
        stdin = cast(io.RawIOBase, process.stdin)
        if len(frame.head) + len(frame.body) < self._pipe_bytes:
            write_frame(stdin, frame)
            return
        # A larger frame blocks until the child reads it: a hung child must not hold us past the deadline.
        watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), process.kill)
        watchdog.start()
        try:
            write_frame(stdin, frame)
        finally:
            watchdog.cancel()

    def _ensure_started(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise ChildError(ErrorCode.CHILD_DIED, child=self.name, exit_code=0)
        process = self._process
        # What lies in the queue before a call is the end of a dying child, or an answer to nothing: no child to use.
        if process is not None and process.poll() is None and self._frames.empty():
            return process
        self._stop(grace_seconds=0)
        self._frames = queue.SimpleQueue()
        self._stderr = bytearray()
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows only: no console beside the window
        try:
            process = subprocess.Popen(
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=flags,
                bufsize=0,
                env=os.environ | self._environment(),
            )
        except OSError as error:
            raise ChildError(ErrorCode.CHILD_DIED, child=self.name, exit_code=-1, detail=str(error)) from error
        self._process = process
        self._pipe_bytes = _pipe_bytes(cast(io.RawIOBase, process.stdin))
        threading.Thread(
            target=self._read_frames, args=(process, self._frames), name=f"{self.name}-frames", daemon=True
        ).start()
        threading.Thread(
            target=self._read_stderr, args=(process, self._stderr), name=f"{self.name}-stderr", daemon=True
        ).start()
        log.debug("started %s, pid %d", self.name, process.pid)
        return process

    def _read_frames(
        self, process: subprocess.Popen[bytes], frames: "queue.SimpleQueue[Frame | FrameError | None]"
    ) -> None:
        with cast(io.RawIOBase, process.stdout) as stream:
            while True:
                try:
                    frame = read_frame(stream, self._limits)
                except FrameError as error:
                    frames.put(error)
                    return
                except (OSError, ValueError):
                    frame = None
                frames.put(frame)
                if frame is None:
                    return

    @staticmethod
    def _read_stderr(process: subprocess.Popen[bytes], tail: bytearray) -> None:
        with cast(io.RawIOBase, process.stderr) as stream, contextlib.suppress(OSError, ValueError):
            while chunk := stream.read(STDERR_TAIL_BYTES):
                tail += chunk
                del tail[:-STDERR_TAIL_BYTES]

    def _ended(self, code: ErrorCode, **facts: str | float) -> ChildError:
        self._stop(grace_seconds=0.2 if code is ErrorCode.CHILD_DIED else 0)
        exit_code = self._last_exit_code
        log.warning("%s: %s, exit code %s, stderr: %s", self.name, code.value, exit_code, self.stderr_tail)
        return ChildError(code, child=self.name, exit_code=exit_code, **facts)

    _last_exit_code: int = 0

    def _stop(self, *, grace_seconds: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        for end in (None, process.terminate, process.kill):
            if end is not None:
                with contextlib.suppress(OSError):
                    end()
            wait = grace_seconds if end is None else STOP_GRACE_SECONDS
            try:
                self._last_exit_code = process.wait(wait)
            except subprocess.TimeoutExpired:
                continue
            break


class ChildChannel:
    """The child's side: takes calls from one descriptor, answers on another, may ask in between."""

    def __init__(self, stdin: io.RawIOBase, stdout: io.RawIOBase, limits: FrameLimits) -> None:
        self._in = stdin
        self._out = stdout
        self._limits = limits

    @classmethod
    def over_stdio(cls, limits: FrameLimits) -> "ChildChannel":
        """Claim descriptors 0 and 1 for frames; whatever else prints to stdout then goes to stderr.

        Vendor libraries print from C, so this is done on the descriptors, before a library is loaded.
        """
        frames_in, frames_out = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        if sys.platform == "win32":
            import ctypes
            import msvcrt

            for number, descriptor in ((-10, 0), (-11, 1)):
                ctypes.windll.kernel32.SetStdHandle(number, msvcrt.get_osfhandle(descriptor))
            msvcrt.setmode(frames_in, os.O_BINARY)
            msvcrt.setmode(frames_out, os.O_BINARY)
        return cls(io.FileIO(frames_in, "rb"), io.FileIO(frames_out, "wb"), limits)

    def next_call(self) -> Frame | None:
        """Wait for a CALL; ``None`` when the parent is gone.  Raises ``FrameError``."""
        frame = read_frame(self._in, self._limits)
        if frame is not None and frame.kind is not FrameKind.CALL:
            raise FrameError(f"expected a call, got {frame.kind.name}")
        return frame

    def send(self, frame: Frame) -> None:
        """Send a RESULT or FAILURE."""
        write_frame(self._out, frame)

    def ask(self, head: bytes, body: bytes = b"") -> Frame:
        """Ask the parent; returns its ANSWER or FAILURE.  Raises ``FrameError`` when the parent is gone."""
        write_frame(self._out, Frame(FrameKind.ASK, head, body))
        frame = read_frame(self._in, self._limits)
        if frame is None or frame.kind not in (FrameKind.ANSWER, FrameKind.FAILURE):
            raise FrameError("no answer")
        return frame
