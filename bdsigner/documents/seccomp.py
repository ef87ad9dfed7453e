"""Linux system call filter of the document children (seccomp, BPF).

Refused with EPERM: sockets of any family (``socketpair``, which asyncio's event loop needs, stays), io_uring (it can
open sockets past the filter), starting programs and processes, looking into or ending other processes, and parts of
the kernel no parser needs.  In the ``view`` lane also everything that creates, changes or names a file.
``clone3`` and ``openat2`` hide their flags behind a pointer that a filter cannot follow: ENOSYS makes libc fall back
to ``clone`` and ``openat``.

Sources: kernel ``Documentation/userspace-api/seccomp_filter.rst``, ``asm/unistd_64.h``, ``asm-generic/unistd.h``.
"""

import ctypes
import errno
import os
import platform
import struct

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6] (both machines are little-endian)
_OFFSET_NUMBER = 0
_OFFSET_ARCH = 4
_OFFSET_ARGS = 16

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_GREATER_EQUAL = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_SET = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_FAIL = 0x00050000  # SECCOMP_RET_ERRNO, the number in the low 16 bits

_CLONE_THREAD = 0x00010000
_X32_BIT = 0x40000000
"""x86-64 calls with this bit are the x32 ABI: the same calls under other numbers."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the machine does not have the call
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "io_uring_setup": (425, 425),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kill": (62, 129),
    "tkill": (200, 130),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
}
_DENIED_WRITING: dict[str, tuple[int | None, int | None]] = {
    "creat": (85, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_OPEN = (2, None)
_OPENAT = (257, 56)
_OPENAT2 = (437, 437)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _fail(number: int | None, error: int) -> bytes:
    if number is None:
        return b""
    return _instruction(_JUMP_EQUAL, number, 0, 1) + _instruction(_RETURN, _FAIL | error)


def _by_flag(number: int | None, argument: int, flags: int, *, if_set: int, if_clear: int) -> bytes:
    """Decide call ``number`` by the flags in its argument of that index."""
    if number is None:
        return b""
    return (
        _instruction(_JUMP_EQUAL, number, 0, 4)
        + _instruction(_LOAD, _OFFSET_ARGS + 8 * argument)
        + _instruction(_JUMP_SET, flags, 0, 1)
        + _instruction(_RETURN, if_set)
        + _instruction(_RETURN, if_clear)
    )


def build_filter(machine: str, *, read_only: bool) -> bytes:
    """Assemble the filter for ``x86_64`` or ``aarch64``.  Raises ``OSError`` for another machine."""
    if machine not in _AUDIT_ARCH:
        raise OSError(errno.ENOSYS, "no system call numbers for this machine", machine)
    column = list(_AUDIT_ARCH).index(machine)
    denied = _FAIL | errno.EPERM
    parts = [
        _instruction(_LOAD, _OFFSET_ARCH),
        _instruction(_JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD, _OFFSET_NUMBER),
    ]
    if machine == "x86_64":
        parts += [_instruction(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1), _instruction(_RETURN, denied)]
    parts += [_fail(numbers[column], errno.EPERM) for numbers in _DENIED.values()]
    parts.append(_fail(_CLONE3[column], errno.ENOSYS))
    parts.append(_by_flag(_CLONE[column], 0, _CLONE_THREAD, if_set=_ALLOW, if_clear=denied))
    if read_only:
        parts += [_fail(numbers[column], errno.EPERM) for numbers in _DENIED_WRITING.values()]
        parts.append(_fail(_OPENAT2[column], errno.ENOSYS))
        parts.append(_by_flag(_OPEN[column], 1, _WRITING, if_set=denied, if_clear=_ALLOW))
        parts.append(_by_flag(_OPENAT[column], 2, _WRITING, if_set=denied, if_clear=_ALLOW))
    parts.append(_instruction(_RETURN, _ALLOW))
    return b"".join(parts)


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_new_privileges() -> None:
    """Set ``no_new_privs``, which an unprivileged filter needs.  Raises ``OSError``."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0)


def install_filter(*, read_only: bool) -> None:
    """Put the filter on this thread and all it will start; cannot be undone.  Raises ``OSError``."""
    code = build_filter(platform.machine(), read_only=read_only)
    program = _Program(len(code) // 8, code)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _prctl(option: int, first: int, second: int) -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    if prctl(option, first, second, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
