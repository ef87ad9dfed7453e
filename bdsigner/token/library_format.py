"""What kind of library a file is, from its first bytes, and whether this process could load it.

Said before anything is loaded, so that a person reads "this driver is for 32-bit programs" instead of a loader's error.
ELF: System V gABI chapter 4; PE/COFF: Microsoft PE Format; Mach-O: ``mach-o/loader.h`` and ``mach-o/fat.h``.
"""

import platform
import struct
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HEAD_BYTES = 4096
"""All headers looked at lie within; a PE header that starts further on is none of a library's."""
_MAX_FAT_SLICES = 16


class Format(StrEnum):
    """Executable formats, by the system that loads them."""

    ELF = "linux"
    PE = "windows"
    MACH_O = "macos"


@dataclass(frozen=True, slots=True)
class LibraryKind:
    """One format with the processors the file is for."""

    format: Format
    processors: frozenset[str]
    """``x86``, ``x64``, ``arm``, ``arm64``, or a number in hex for others."""
    is_library: bool
    """False for a program or an object file."""


_ELF_MACHINES = {0x03: "x86", 0x28: "arm", 0x3E: "x64", 0xB7: "arm64"}
_PE_MACHINES = {0x014C: "x86", 0x01C4: "arm", 0x8664: "x64", 0xAA64: "arm64"}
_MACH_CPUS = {0x00000007: "x86", 0x0000000C: "arm", 0x01000007: "x64", 0x0100000C: "arm64"}
_ELF_SHARED = 3
_PE_IS_DLL = 0x2000
_MACH_DYLIB, _MACH_BUNDLE = 6, 8
_HOST_PROCESSORS = {
    "amd64": "x64",
    "x86_64": "x64",
    "i386": "x86",
    "i686": "x86",
    "x86": "x86",
    "aarch64": "arm64",
    "arm64": "arm64",
}
_HOST_FORMATS = {"win32": Format.PE, "darwin": Format.MACH_O}
_32_BIT = {"x64": "x86", "arm64": "arm"}
"""What a 64-bit Python on such a processor becomes as a 32-bit one."""


def read_kind(path: Path) -> LibraryKind | None:
    """Look at a file; ``None`` for what is no executable of any kind.  Raises ``OSError``."""
    with path.open("rb") as stream:
        return kind_of(stream.read(HEAD_BYTES))


def kind_of(head: bytes) -> LibraryKind | None:
    """The same for a file's first bytes; these are untrusted."""
    try:
        return _elf(head) or _pe(head) or _mach_o(head)
    except (struct.error, IndexError):
        return None  # ends within its headers


def this_process() -> LibraryKind:
    """What this process can load."""
    machine = platform.machine().lower()
    processor = _HOST_PROCESSORS.get(machine, machine)
    if sys.maxsize < 2**32:
        processor = _32_BIT.get(processor, processor)
    return LibraryKind(_HOST_FORMATS.get(sys.platform, Format.ELF), frozenset({processor}), is_library=True)


def _elf(head: bytes) -> LibraryKind | None:
    if head[:4] != b"\x7fELF":
        return None
    order = ">" if head[5] == 2 else "<"
    kind, machine = struct.unpack_from(f"{order}HH", head, 16)
    name = _ELF_MACHINES.get(machine, f"{machine:#x}")
    if head[4] == 1 and name == "x64":
        name = "x32"  # 32-bit pointers on a 64-bit processor
    return LibraryKind(Format.ELF, frozenset({name}), is_library=kind == _ELF_SHARED)


def _pe(head: bytes) -> LibraryKind | None:
    if head[:2] != b"MZ":
        return None
    (start,) = struct.unpack_from("<I", head, 0x3C)
    if head[start : start + 4] != b"PE\0\0":
        return None
    (machine,) = struct.unpack_from("<H", head, start + 4)
    (flags,) = struct.unpack_from("<H", head, start + 22)
    name = _PE_MACHINES.get(machine, f"{machine:#x}")
    return LibraryKind(Format.PE, frozenset({name}), is_library=bool(flags & _PE_IS_DLL))


def _mach_o(head: bytes) -> LibraryKind | None:
    magic = head[:4]
    if magic in (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"):
        return _fat_mach_o(head, entry_bytes=20 if magic[3] == 0xBE else 32)
    orders = {
        b"\xce\xfa\xed\xfe": "<",
        b"\xcf\xfa\xed\xfe": "<",
        b"\xfe\xed\xfa\xce": ">",
        b"\xfe\xed\xfa\xcf": ">",
    }
    if magic not in orders:
        return None
    cpu, _, kind = struct.unpack_from(f"{orders[magic]}III", head, 4)
    name = _MACH_CPUS.get(cpu, f"{cpu:#x}")
    return LibraryKind(Format.MACH_O, frozenset({name}), is_library=kind in (_MACH_DYLIB, _MACH_BUNDLE))


def _fat_mach_o(head: bytes, *, entry_bytes: int) -> LibraryKind | None:
    """Several processors in one file; Java classes begin alike, with a version where the count stands."""
    (count,) = struct.unpack_from(">I", head, 4)
    if not 0 < count <= _MAX_FAT_SLICES:
        return None
    cpus = [struct.unpack_from(">I", head, 8 + entry_bytes * number)[0] for number in range(count)]
    return LibraryKind(Format.MACH_O, frozenset(_MACH_CPUS.get(cpu, f"{cpu:#x}") for cpu in cpus), is_library=True)
