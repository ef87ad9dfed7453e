"""Enters the sandbox of the lane given, tries what it forbids and what must still work, prints the outcomes as JSON.

Started by the tests: ``python -I sandboxed.py LANE FOLDER``.
"""

import asyncio
import ctypes
import errno
import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from bdsigner.documents import sandbox
from bdsigner.documents.children import Lane


def clone3() -> None:
    """Call clone3, whose flags a filter cannot see."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(435, None, 0) < 0:
        raise OSError(ctypes.get_errno(), "clone3")


def io_uring() -> None:
    """Call io_uring_setup, which could open sockets past the filter."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 1, None) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


def thread() -> None:
    """Run a thread to its end."""
    started = threading.Thread(target=int)
    started.start()
    started.join()


def outcome(attempt: Callable[[], object]) -> str:
    """``ok`` or the name of what was raised."""
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    except MemoryError:
        return "MemoryError"
    return "ok"


def main() -> None:
    """Try everything."""
    lane, folder = Lane(sys.argv[1]), Path(sys.argv[2])
    parent = os.getppid()
    status = sandbox.enter(lane)
    attempts: dict[str, Callable[[], object]] = {
        "inet": lambda: socket.socket(socket.AF_INET),
        "inet6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "io_uring": io_uring,
        "program": lambda: subprocess.run(["true"], check=False),  # it must not start at all
        "exec": lambda: os.execv(sys.executable, [sys.executable]),  # noqa: S606  # it must not start at all
        "fork": os.fork,
        "clone3": clone3,
        "signal to the parent": lambda: os.kill(parent, 0),
        "memory": lambda: bytearray(sandbox.MEMORY_BYTES),
        "read": (folder / "there").read_bytes,
        "create": lambda: (folder / "new").write_bytes(b"1"),
        "append": lambda: (folder / "there").open("ab").close(),
        "rename": lambda: (folder / "there").rename(folder / "moved"),
        "remove": lambda: next(folder.iterdir()).unlink(),
        "thread": thread,
        "event loop": lambda: asyncio.run(asyncio.sleep(0)),
    }
    outcomes = {name: outcome(attempt) for name, attempt in attempts.items()}
    sandbox.allow_cpu(7)
    limits = {
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "cpu": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    }
    print(
        json.dumps(
            {"status": [status.memory, status.cpu, status.privileges, status.system_calls], **outcomes, **limits}
        )
    )


main()
