"""Children that hang, die, print, send half a frame or a huge length, or ignore being stopped."""

import io
import logging
import os
import signal
import struct
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.childproc import (
    ChildChannel,
    ChildProcess,
    Frame,
    FrameError,
    FrameKind,
    FrameLimits,
    read_frame,
    worker_argv,
    write_frame,
)
from bdsigner.errors import ChildError, ErrorCode

LIMITS = FrameLimits(head_bytes=1000, body_bytes=200_000)
PATIENT_SECONDS = 30.0

ECHO = """
    channel = ChildChannel.over_stdio(LIMITS)
    while (call := channel.next_call()) is not None:
        channel.send(Frame(FrameKind.RESULT, call.head, call.body))
"""

MakeChild = Callable[[str], ChildProcess]


@pytest.fixture
def make_child(tmp_path: Path) -> Iterator[MakeChild]:
    """Start a script with the child's side of the protocol at hand."""
    children: list[ChildProcess] = []

    def make(script: str) -> ChildProcess:
        prelude = """
            import os, signal, struct, sys, time
            from bdsigner.childproc import ChildChannel, Frame, FrameKind, FrameLimits
            LIMITS = FrameLimits(head_bytes=1000, body_bytes=200_000)
        """
        file = tmp_path / f"child{len(children)}.py"
        file.write_text(textwrap.dedent(prelude) + textwrap.dedent(script))
        children.append(ChildProcess([sys.executable, str(file)], name="child", limits=LIMITS))
        return children[-1]

    yield make
    for child in children:
        child.close()


def failing_call(child: ChildProcess, *, timeout_seconds: float = PATIENT_SECONDS) -> ChildError:
    with pytest.raises(ChildError) as caught:
        child.call(b"{}", timeout_seconds=timeout_seconds)
    return caught.value


def test_a_call_comes_back_with_head_and_body(make_child: MakeChild) -> None:
    child = make_child(ECHO)
    for body in (b"", b"x", os.urandom(200_000)):
        frame = child.call(b'{"n":1}', body, timeout_seconds=PATIENT_SECONDS)
        assert (frame.kind, frame.head, bytes(frame.body)) == (FrameKind.RESULT, b'{"n":1}', body)


def test_the_child_ends_when_its_input_ends(make_child: MakeChild) -> None:
    child = make_child(ECHO)
    child.start()
    process = child._process
    assert process is not None
    child.close()
    assert process.returncode == 0
    assert child.pid is None
    assert failing_call(child).code is ErrorCode.CHILD_DIED


def test_a_hanging_child_is_stopped_at_the_deadline_and_started_anew(make_child: MakeChild, tmp_path: Path) -> None:
    mark = tmp_path / "hung"
    hang_once = f"""
    if not os.path.exists({str(mark)!r}):
        open({str(mark)!r}, "w").close()
        time.sleep(1000)
    """
    child = make_child(textwrap.dedent(hang_once) + textwrap.dedent(ECHO))
    started = time.monotonic()
    error = failing_call(child, timeout_seconds=1.0)
    assert error.code is ErrorCode.CHILD_TIMEOUT
    assert error.facts["seconds"] == 1.0
    assert time.monotonic() - started < 5
    assert child.call(b"again", timeout_seconds=PATIENT_SECONDS).head == b"again"


def test_a_child_that_ignores_being_stopped_is_killed(make_child: MakeChild) -> None:
    child = make_child("""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)
    """)
    started = time.monotonic()
    error = failing_call(child, timeout_seconds=1.0)
    assert error.facts["exit_code"] == -signal.SIGKILL
    assert time.monotonic() - started < 6


def test_closing_does_not_wait_for_a_child_that_ignores_it(make_child: MakeChild) -> None:
    child = make_child("""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.stderr.write("ready")
        sys.stderr.flush()
        time.sleep(1000)
    """)
    child.start()
    while child.stderr_tail != "ready":
        time.sleep(0.01)
    started = time.monotonic()
    child.close()
    assert time.monotonic() - started < 5
    assert child.pid is None


def test_a_child_that_dies_tells_its_exit_code_and_last_words(
    make_child: MakeChild, caplog: pytest.LogCaptureFixture
) -> None:
    child = make_child("""
        sys.stderr.write("x" * 10000 + "last \\x1b[31mwords")
        sys.stderr.flush()
        sys.exit(7)
    """)
    with caplog.at_level(logging.WARNING):
        error = failing_call(child)
    assert (error.code, error.facts["exit_code"]) == (ErrorCode.CHILD_DIED, 7)
    assert child.stderr_tail.endswith("last \N{REPLACEMENT CHARACTER}[31mwords")
    assert len(child.stderr_tail) == 4096
    assert "exit code 7" in caplog.text


def test_a_child_killed_while_idle_is_replaced(make_child: MakeChild) -> None:
    child = make_child(ECHO)
    pids = set()
    for _ in range(3):
        child.call(b"{}", timeout_seconds=PATIENT_SECONDS)
        process = child._process
        assert process is not None
        pids.add(process.pid)
        process.kill()
        process.wait()
    assert len(pids) == 3


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    child = ChildProcess([str(tmp_path / "none")], name="none", limits=LIMITS)
    assert failing_call(child).code is ErrorCode.CHILD_DIED


def test_printing_from_python_and_c_does_not_reach_the_frames(make_child: MakeChild) -> None:
    child = make_child("""
        import ctypes
        channel = ChildChannel.over_stdio(LIMITS)
        libc = ctypes.CDLL(None)
        while channel.next_call() is not None:
            print("from python", flush=True)
            libc.puts(b"from C")
            libc.fflush(None)
            os.write(1, b"from the descriptor")
            channel.send(Frame(FrameKind.RESULT, b"{}"))
    """)
    assert child.call(b"{}", timeout_seconds=PATIENT_SECONDS).head == b"{}"
    assert child.call(b"{}", timeout_seconds=PATIENT_SECONDS).head == b"{}"
    child.close()
    assert "from C" in child.stderr_tail


def test_reading_standard_input_cannot_steal_frames(make_child: MakeChild) -> None:
    child = make_child("""
        channel = ChildChannel.over_stdio(LIMITS)
        while channel.next_call() is not None:
            channel.send(Frame(FrameKind.RESULT, repr(os.read(0, 100)).encode()))
    """)
    assert child.call(b"{}", timeout_seconds=PATIENT_SECONDS).head == b"b''"


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ('b"\\x02\\x00"', "half a header"),
        ('struct.pack(">BII", 2, 10, 0) + b"half"', "half a frame"),
        ('struct.pack(">BII", 2, 2, 10) + b"{}half"', "half a frame"),
        ('struct.pack(">BII", 2, 0xFFFFFFFF, 0)', "too large"),
        ('struct.pack(">BII", 2, 0, 0xFFFFFFFF)', "too large"),
        ('struct.pack(">BII", 9, 0, 0)', "unknown frame kind 9"),
        ('struct.pack(">BII", 1, 0, 0)', "unexpected CALL"),
        ('struct.pack(">BII", 4, 0, 0)', "unexpected ASK"),
    ],
)
def test_nonsense_ends_the_child(make_child: MakeChild, sent: str, detail: str) -> None:
    child = make_child(f"""
        os.read(0, 11)
        os.write(1, {sent})
    """)
    error = failing_call(child)
    assert error.code is ErrorCode.CHILD_PROTOCOL
    assert detail in str(error.facts["detail"])
    assert child.pid is None


def test_an_answer_to_nothing_is_never_taken_for_the_next_calls(make_child: MakeChild) -> None:
    child = make_child("""
        channel = ChildChannel.over_stdio(LIMITS)
        while (call := channel.next_call()) is not None:
            channel.send(Frame(FrameKind.RESULT, call.head))
            channel.send(Frame(FrameKind.RESULT, b"forged"))
    """)
    assert child.call(b"first", timeout_seconds=PATIENT_SECONDS).head == b"first"
    while child._frames.empty():
        time.sleep(0.01)
    assert child.call(b"second", timeout_seconds=PATIENT_SECONDS).head == b"second"


def test_a_large_frame_to_a_child_that_does_not_read(make_child: MakeChild) -> None:
    child = make_child("time.sleep(1000)")
    started = time.monotonic()
    with pytest.raises(ChildError):
        child.call(b"{}", bytes(10_000_000), timeout_seconds=1.0)
    assert time.monotonic() - started < 5


ASKER = """
    channel = ChildChannel.over_stdio(LIMITS)
    while channel.next_call() is not None:
        replies = [channel.ask(b"%d" % n, b"q" * n) for n in range(3)]
        text = b",".join(reply.kind.name.encode() + b":" + reply.head for reply in replies)
        channel.send(Frame(FrameKind.RESULT, text))
"""


def test_questions_are_answered_while_a_call_runs(make_child: MakeChild) -> None:
    def answer(head: bytes, body: bytearray | bytes) -> Frame:
        assert len(body) == int(head)
        kind = FrameKind.FAILURE if head == b"1" else FrameKind.ANSWER
        return Frame(kind, b"a" + head)

    frame = make_child(ASKER).call(b"{}", timeout_seconds=PATIENT_SECONDS, answer=answer)
    assert frame.head == b"ANSWER:a0,FAILURE:a1,ANSWER:a2"


def test_the_deadline_stands_still_while_a_question_is_answered(make_child: MakeChild) -> None:
    def slow(head: bytes, body: bytearray | bytes) -> Frame:
        time.sleep(0.6)
        return Frame(FrameKind.ANSWER, b"")

    child = make_child(ASKER)
    child.start()
    assert child.call(b"{}", timeout_seconds=1.5, answer=slow).kind is FrameKind.RESULT


def test_what_an_answer_raises_comes_out_and_ends_the_child(make_child: MakeChild) -> None:
    def answer(head: bytes, body: bytearray | bytes) -> Frame:
        raise LookupError("no")

    child = make_child(ASKER)
    with pytest.raises(LookupError):
        child.call(b"{}", timeout_seconds=PATIENT_SECONDS, answer=answer)
    assert child.pid is None


def test_kill_from_another_thread_ends_a_running_call(make_child: MakeChild) -> None:
    child = make_child("""
        channel = ChildChannel.over_stdio(LIMITS)
        channel.next_call()
        channel.ask(b"started")
        time.sleep(1000)
    """)
    killer = threading.Thread(target=child.kill)

    def answer(head: bytes, body: bytearray | bytes) -> Frame:
        killer.start()
        return Frame(FrameKind.ANSWER, b"")

    with pytest.raises(ChildError) as caught:
        child.call(b"{}", timeout_seconds=PATIENT_SECONDS, answer=answer)
    killer.join()
    assert caught.value.facts["exit_code"] == -signal.SIGKILL


def test_restart_is_followed_by_a_fresh_child(make_child: MakeChild) -> None:
    child = make_child(ECHO)
    child.start()
    first = child.pid
    child.restart()
    assert child.pid is None
    assert child.call(b"{}", timeout_seconds=PATIENT_SECONDS).head == b"{}"
    assert child.pid not in (None, first)


def test_calls_from_many_threads_take_turns(make_child: MakeChild) -> None:
    child = make_child(ECHO)
    wrong: list[bytes] = []

    def call(number: int) -> None:
        for turn in range(20):
            head = b"%d.%d" % (number, turn)
            if child.call(head, timeout_seconds=PATIENT_SECONDS).head != head:
                wrong.append(head)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_worker_command_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_argv("token", "m.so") == [sys.executable, "-I", "-m", "bdsigner.token.worker", "m.so"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    (program, argument) = worker_argv("token", "m.so")
    assert Path(program).stem == "bdsigner-token"
    assert Path(program).parent == Path(sys.executable).parent
    assert argument == "m.so"


class _Pipe(io.BytesIO):
    """Gives at most three bytes a read, as a pipe may."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # narrower than typeshed's Buffer
        return super().readinto(buffer[:3])


@given(st.sampled_from(FrameKind), st.binary(max_size=50), st.binary(max_size=50))
def test_frames_survive_a_pipe_that_gives_crumbs(kind: FrameKind, head: bytes, body: bytes) -> None:
    pipe = _Pipe()
    write_frame(pipe, Frame(kind, head, body))  # type: ignore[arg-type]  # BytesIO is a raw stream in all but name
    pipe.seek(0)
    frame = read_frame(pipe, LIMITS)  # type: ignore[arg-type]  # as above
    assert frame is not None
    assert (frame.kind, frame.head, bytes(frame.body)) == (kind, head, body)
    assert read_frame(pipe, LIMITS) is None  # type: ignore[arg-type]  # as above


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_an_error(data: bytes) -> None:
    try:
        frame = read_frame(io.BytesIO(data), FrameLimits(head_bytes=20, body_bytes=20))  # type: ignore[arg-type]  # as above
    except FrameError:
        return
    assert frame is None or struct.calcsize(">BII") + len(frame.head) + len(frame.body) <= len(data)


def test_a_channel_takes_calls_only() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, Frame(FrameKind.ANSWER, b""))  # type: ignore[arg-type]  # as above
    pipe.seek(0)
    channel = ChildChannel(pipe, io.BytesIO(), LIMITS)  # type: ignore[arg-type]  # as above
    with pytest.raises(FrameError, match="ANSWER"):
        channel.next_call()


def test_a_question_without_answer_is_an_error() -> None:
    channel = ChildChannel(io.BytesIO(), io.BytesIO(), LIMITS)  # type: ignore[arg-type]  # as above
    with pytest.raises(FrameError, match="no answer"):
        channel.ask(b"{}")
