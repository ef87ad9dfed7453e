"""The child's limits: what is forbidden fails, what is needed works."""

import ctypes
import errno
import json
import socket
import struct
import subprocess
from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents import jobobject, sandbox, seccomp
from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from tests.documents.conftest import MakeFile
from tests.documents.parts import worker
from tests.support import pdfs

FORBIDDEN = ("inet", "inet6", "unix", "io_uring", "program", "exec", "fork", "signal to the parent")
WRITING = ("create", "append", "rename", "remove")
ALLOWED = 0x7FFF0000
DENIED = 0x00050000


@pytest.mark.parametrize("lane", list(Lane))
def test_what_a_child_can_and_cannot_do(tmp_path: Path, lane: Lane) -> None:
    (tmp_path / "there").write_bytes(b"1")
    run = subprocess.run(worker("sandboxed.py", lane, str(tmp_path)), capture_output=True, check=True, timeout=30)
    seen = json.loads(run.stdout)
    assert seen["status"] == [True, True, True, True]
    assert {name: seen[name] for name in FORBIDDEN} == dict.fromkeys(FORBIDDEN, "EPERM")
    assert seen["clone3"] == "ENOSYS"
    assert seen["memory"] == "MemoryError"
    assert {name: seen[name] for name in WRITING} == dict.fromkeys(WRITING, "EPERM" if lane is Lane.VIEW else "ok")
    assert [seen["read"], seen["thread"], seen["event loop"]] == ["ok"] * 3
    assert (seen["core"], seen["files"]) == (0, sandbox.OPEN_FILES)
    assert 7 <= seen["cpu"] <= 9


@pytest.mark.parametrize("lane", list(Lane))
def test_the_real_children_are_in_the_sandbox(gateway: ChildDocumentGateway, lane: Lane) -> None:
    pong = gateway.ping(lane)
    assert pong.lane is lane
    assert [pong.sandbox.memory, pong.sandbox.cpu, pong.sandbox.privileges, pong.sandbox.system_calls] == [True] * 4


def test_opening_and_drawing_sends_no_packet(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    """N2: a page whose image and content lie at an address on the network."""
    with socket.create_server(("127.0.0.1", 0)) as server, pymupdf.open(stream=pdfs.text_pdf(), filetype="pdf") as pdf:
        url = f"<</FS/URL/F(http://127.0.0.1:{server.getsockname()[1]}/x)>>"
        for xref in range(1, pdf.xref_length()):
            if pdf.xref_is_stream(xref):
                pdf.xref_set_key(xref, "F", url)
        pdf.xref_set_key(pdf.pdf_catalog(), "OpenAction", f"<</S/SubmitForm/F {url}>>")
        path = make_file(pdf.tobytes())
        server.setblocking(False)
        gateway.inspect(path)
        gateway.render_page(path, 0, scale=1)
        with pytest.raises(BlockingIOError):
            server.accept()


def decide(program: bytes, arch: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a filter as the kernel does."""
    data = struct.pack("=IIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    code = list(struct.iter_unpack("=HBBI", program))
    accumulator, position = 0, 0
    while True:
        operation, if_true, if_false, operand = code[position]
        position += 1
        match operation:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, operand)
            case 0x06:
                return int(operand)
            case 0x15:
                position += if_true if accumulator == operand else if_false
            case 0x35:
                position += if_true if accumulator >= operand else if_false
            case 0x45:
                position += if_true if accumulator & operand else if_false


CLONE_THREAD = 0x10000
X86, ARM = 0xC000003E, 0xC00000B7


@pytest.mark.parametrize(
    ("machine", "arch", "socket_", "connect", "execve", "clone", "openat", "socketpair", "read"),
    [("x86_64", X86, 41, 42, 59, 56, 257, 53, 0), ("aarch64", ARM, 198, 203, 221, 220, 56, 199, 63)],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_the_filter_decides_by_machine(
    machine: str,
    arch: int,
    socket_: int,
    connect: int,
    execve: int,
    clone: int,
    openat: int,
    socketpair: int,
    read: int,
    read_only: bool,
) -> None:
    program = seccomp.build_filter(machine, read_only=read_only)
    eperm = DENIED | errno.EPERM
    assert [decide(program, arch, number) for number in (socket_, connect, execve)] == [eperm] * 3
    assert [decide(program, arch, number) for number in (socketpair, read)] == [ALLOWED] * 2
    assert decide(program, arch, clone, (CLONE_THREAD | 0xFFFF,)) == ALLOWED
    assert decide(program, arch, clone, (17,)) == eperm
    assert decide(program, arch, openat, (0, 0, 0)) == ALLOWED
    assert decide(program, arch, openat, (0, 0, 0o101)) == (eperm if read_only else ALLOWED)
    assert decide(program, 0x40000003, read) == 0x80000000, "a 32-bit call under another number ends the process"


def test_x32_calls_are_refused() -> None:
    program = seccomp.build_filter("x86_64", read_only=False)
    assert decide(program, X86, 0x40000000 | 41) == DENIED | errno.EPERM


def test_an_unknown_machine_has_no_filter() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.build_filter("riscv64", read_only=True)


def test_windows_structure_has_the_documented_size() -> None:
    """144 bytes on 64-bit Windows; a wrong size makes the system refuse the limits."""
    limits = jobobject.extended_limits(sandbox.MEMORY_BYTES)
    assert ctypes.sizeof(limits) == 144
    assert limits.process_memory == sandbox.MEMORY_BYTES
    assert limits.basic.active_process_limit == 1
