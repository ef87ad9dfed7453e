"""What a library is for, from its first bytes; nothing that stands there makes the reader fail."""

from pathlib import Path

import msgspec._core
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bdsigner.token.library_format import Format, LibraryKind, kind_of, read_kind, this_process
from tests.support.softhsm import SoftHsm
from tests.token.libraries import elf, fat_mach_o, mach_o, pe


def kind(format_: Format, *processors: str, is_library: bool = True) -> LibraryKind:
    return LibraryKind(format_, frozenset(processors), is_library=is_library)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (elf(), kind(Format.ELF, "x64")),
        (elf(machine=3, is_64=False), kind(Format.ELF, "x86")),
        (elf(machine=0x3E, is_64=False), kind(Format.ELF, "x32")),
        (elf(machine=0xB7), kind(Format.ELF, "arm64")),
        (elf(machine=0x15, order=">"), kind(Format.ELF, "0x15")),
        (elf(kind=1), kind(Format.ELF, "x64", is_library=False)),
        (pe(), kind(Format.PE, "x64")),
        (pe(machine=0x14C), kind(Format.PE, "x86")),
        (pe(machine=0xAA64), kind(Format.PE, "arm64")),
        (pe(is_dll=False), kind(Format.PE, "x64", is_library=False)),
        (mach_o(), kind(Format.MACH_O, "arm64")),
        (mach_o(cpu=0x01000007, kind=8), kind(Format.MACH_O, "x64")),
        (mach_o(kind=2), kind(Format.MACH_O, "arm64", is_library=False)),
        (fat_mach_o(0x01000007, 0x0100000C), kind(Format.MACH_O, "x64", "arm64")),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(40), None),  # a Java class, version 52
        (b"MZ" + bytes(20), None),
        (pe()[:100], None),
        (b"\x7fELF", None),
        (b"", None),
    ],
)
def test_headers(head: bytes, expected: LibraryKind | None) -> None:
    assert kind_of(head) == expected


def test_this_process_loads_its_own_libraries() -> None:
    own = read_kind(Path(msgspec._core.__file__))
    assert own == this_process()


@pytest.mark.softhsm
def test_a_real_driver(softhsm: SoftHsm) -> None:
    assert read_kind(softhsm.module) == this_process()


@given(st.sampled_from([b"", b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"]), st.binary(max_size=300))
@example(b"MZ", bytes(0x3A) + b"\xff\xff\xff\xff")
@example(b"\xca\xfe\xba\xbe", b"\x00\x00\x00\x10")
def test_any_bytes_are_judged(magic: bytes, rest: bytes) -> None:
    found = kind_of(magic + rest)
    assert found is None or found.processors
