"""First bytes of libraries for other systems and processors, made by hand."""

import struct


def elf(*, machine: int = 0x3E, is_64: bool = True, kind: int = 3, order: str = "<") -> bytes:
    """ELF header: a shared object unless told otherwise."""
    start = b"\x7fELF" + bytes([2 if is_64 else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    return start + struct.pack(f"{order}HHI", kind, machine, 1) + bytes(40)


def pe(*, machine: int = 0x8664, is_dll: bool = True, start: int = 0x80) -> bytes:
    """DOS stub and COFF header."""
    dos = b"MZ" + bytes(0x3A) + struct.pack("<I", start)
    coff = struct.pack("<HHIIIHH", machine, 3, 0, 0, 0, 240, 0x2022 if is_dll else 0x22)
    return dos.ljust(start, b"\0") + b"PE\0\0" + coff


def mach_o(*, cpu: int = 0x0100000C, kind: int = 6) -> bytes:
    """A thin 64-bit file."""
    return b"\xcf\xfa\xed\xfe" + struct.pack("<IIIIIII", cpu, 0, kind, 1, 1, 0, 0)


def fat_mach_o(*cpus: int) -> bytes:
    """Several processors in one file."""
    entries = b"".join(struct.pack(">IIIII", cpu, 0, 4096, 100, 12) for cpu in cpus)
    return b"\xca\xfe\xba\xbe" + struct.pack(">I", len(cpus)) + entries
