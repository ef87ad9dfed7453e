"""What a token child does to itself before a driver is loaded (hardening S2)."""

import sys

ADDRESS_SPACE_BYTES = 2 * 1024**3
"""A driver that answers a garbage length must fail here, not take the machine's memory; drivers need some 200 MiB."""
_PR_SET_DUMPABLE = 4
_SEM_FAILCRITICALERRORS = 0x0001
_SEM_NOGPFAULTERRORBOX = 0x0002
_SEM_NOOPENFILEERRORBOX = 0x8000


def harden_process() -> None:
    """No core dump may hold a PIN, no other process of the same user may read our memory, memory is bounded."""
    if sys.platform == "win32":
        _silence_windows_dialogs()
    else:
        _limit_resources()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def wipe(secret: bytearray | bytes) -> None:
    """Zero a buffer in place; bytes cannot be wiped, only an empty body of a frame is one."""
    if isinstance(secret, bytearray):
        secret[:] = bytes(len(secret))


def die_after(seconds: int) -> None:
    """Let the system end this process unless called again in time; 0 ends the watch.

    A driver that hangs can hold the interpreter, so that nobody would notice the application's death: the alarm
    signal ends the process all the same.  Does nothing on Windows.
    """
    if sys.platform != "win32":
        import signal

        signal.alarm(seconds)


if sys.platform == "win32":

    def _silence_windows_dialogs() -> None:
        """A crash dialog would keep a dead child alive until somebody clicks it away, and may write a dump."""
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX | _SEM_NOOPENFILEERRORBOX)

else:

    def _limit_resources() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if sys.platform == "linux":  # macOS accepts the limit and then refuses ordinary mappings
            allowed = ADDRESS_SPACE_BYTES if hard == resource.RLIM_INFINITY else min(hard, ADDRESS_SPACE_BYTES)
            resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
