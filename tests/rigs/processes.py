"""Rigs as processes of their own, for tests that kill the client."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

READY = "listening on "


@contextmanager
def rig_process(module: str, *arguments: str) -> Iterator[int]:
    """``python -m tests.rigs.MODULE ARGUMENTS``; gives the port it listens on and ends it with the block."""
    command = [sys.executable, "-m", f"tests.rigs.{module}", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith(READY), line
            yield int(line.removeprefix(READY))
        finally:
            assert process.stdin is not None
            process.stdin.close()  # the rig ends with its input
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def serve_until_input_ends(port: int) -> None:
    """What a rig does as a process, once it serves."""
    print(f"{READY}{port}", flush=True)
    sys.stdin.read()
