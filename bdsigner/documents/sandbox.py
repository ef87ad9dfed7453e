"""Limits a document child puts on itself before it reads anything (hardening.md P1).

Linux: address space, processor time, open files, no core dumps, ``no_new_privs``, a system call filter.
Windows: a job object (memory, no child processes); sockets stay possible there.  macOS: the resource limits only.
Wall time is bounded by the application's deadline everywhere.  What the system refuses is left out and told in
``SandboxStatus``; the rest still holds.

Not bounded: which files a child may read (Python, fonts and the emblem lie all over the disk, and without a network
what it read goes to the application only), and which existing files the ``work`` lane may write.
"""

import logging
import math
import sys
import time
from collections.abc import Callable

from bdsigner.documents.children import Lane
from bdsigner.documents.protocol import SandboxStatus

log = logging.getLogger(__name__)

MEMORY_BYTES = 1 << 30
OPEN_FILES = 128
"""Descriptors; a child needs its pipes, one or two documents and what an event loop opens."""


def _granted(apply: Callable[[], None]) -> bool:
    try:
        apply()
    except (OSError, ValueError, AttributeError) as error:
        log.warning("limit not granted: %s", error)
        return False
    return True


if sys.platform == "win32":
    from bdsigner.documents import jobobject

    def enter(lane: Lane) -> SandboxStatus:
        """Apply all that Windows offers; cannot be undone."""
        del lane  # the filter by lane exists on Linux only
        return SandboxStatus(memory=_granted(lambda: jobobject.enter_job(MEMORY_BYTES)))

    def allow_cpu(seconds: int) -> None:
        """Windows knows no limit that can be raised for each call; the application's deadline bounds it."""

else:
    import resource

    def enter(lane: Lane) -> SandboxStatus:
        """Apply all that this system offers; cannot be undone."""
        _granted(lambda: _bound(resource.RLIMIT_CORE, 0))
        _granted(lambda: _bound(resource.RLIMIT_NOFILE, OPEN_FILES))
        memory = _granted(lambda: _bound(resource.RLIMIT_AS, MEMORY_BYTES))
        if sys.platform != "linux":
            return SandboxStatus(memory=memory, cpu=True)
        from bdsigner.documents import seccomp

        return SandboxStatus(
            memory=memory,
            cpu=True,
            privileges=_granted(seccomp.forbid_new_privileges),
            system_calls=_granted(lambda: seccomp.install_filter(read_only=lane is Lane.VIEW)),
        )

    def allow_cpu(seconds: int) -> None:
        """Let this process use that much more processor time; past it the system ends it with SIGXCPU."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = math.ceil(time.process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))

    def _bound(kind: int, most: int) -> None:
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
