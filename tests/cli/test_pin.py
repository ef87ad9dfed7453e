"""``bdsigner pin`` as a person or a script runs it: a process, a card that counts, a terminal of its own."""

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bdsigner.token.gateway import ChildTokenGateway
from tests.rigs.fixtures import PivRig
from tests.support.memory import find_in_files

NEW_PIN = "80254713"
WRONG_PIN = "50718263"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def surroundings(home: Path) -> dict[str, str]:
    """A home of its own and no soft tokens of other tests: a card is the only device."""
    return {name: value for name, value in os.environ.items() if name != "SOFTHSM2_CONF"} | {"BDSIGNER_HOME": str(home)}


def until_seen(piv: PivRig, serial: str = "") -> None:
    """A card put in shows up a moment later: the service looks at its readers every 0.4 s."""
    end = time.monotonic() + 10
    with contextlib.closing(ChildTokenGateway([piv.module])) as gateway:
        while (serial or piv.card.serial) not in [token.serial for token in gateway.list_tokens().tokens]:
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.fixture
def command(piv: PivRig) -> list[str]:
    until_seen(piv)
    return [sys.executable, "-m", "bdsigner", "--debug", "--module", str(piv.module)]


@pytest.fixture
def run(command: list[str], home: Path) -> Run:
    def call(*arguments: str, lines: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*command, *arguments],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            env=surroundings(home),
            timeout=50,
            check=False,
        )

    return call


class Terminal:
    """A process with a terminal of its own, as a person has it."""

    def __init__(self, command: list[str], home: Path) -> None:
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, surroundings(home))  # noqa: S606  # the point
        self.shown = ""

    def until(self, text: str, seconds: float = 30.0) -> None:
        """Until the terminal shows it, after what was waited for before."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            left = end - time.monotonic()
            assert left > 0, f"not shown: {text}; but: {self.shown}"
            if select.select([self._master], [], [], left)[0]:
                try:
                    self.shown += os.read(self._master, 4096).decode(errors="replace")
                except OSError:
                    raise AssertionError(f"ended without {text}: {self.shown}") from None
        self.shown = self.shown.split(text, 1)[1]

    def type(self, keys: str) -> None:
        """When the echo is off: a person waits for the prompt, and the prompt comes first."""
        end = time.monotonic() + 10
        while self.echoes:
            assert time.monotonic() < end
            time.sleep(0.01)
        self.press(keys)

    def press(self, keys: str) -> None:
        """Whatever the terminal does with them."""
        os.write(self._master, keys.encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def end(self) -> tuple[int, str]:
        """Exit code and the rest of what it showed."""
        while True:
            try:
                piece = os.read(self._master, 4096)
            except OSError:
                break
            if not piece:
                break
            self.shown += piece.decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self._master)
        return os.waitstatus_to_exitcode(status), self.shown


def test_change_in_a_terminal_shows_no_key_and_takes_back_what_was_mistyped(
    piv: PivRig, command: list[str], home: Path
) -> None:
    terminal = Terminal([*command, "pin", "change"], home)
    terminal.until("PIN cũ: ")
    terminal.type(f"é\x7f{piv.card.pin[:2]}9\x7f{piv.card.pin[2:]}\n")
    terminal.until("PIN mới: ")
    terminal.type(f"{NEW_PIN}\n")
    terminal.until("Nhập lại mã PIN mới: ")
    terminal.type(f"{NEW_PIN}\n")
    terminal.until("Đã đổi mã PIN")
    code, rest = terminal.end()
    assert code == 0
    assert NEW_PIN not in rest
    assert piv.card.pin == NEW_PIN
    assert find_in_files(home, NEW_PIN) == []


def test_interrupted_at_the_prompt_nothing_is_done_and_the_terminal_echoes_again(
    piv: PivRig, command: list[str], home: Path
) -> None:
    terminal = Terminal([*command, "pin", "change"], home)
    terminal.until("PIN cũ: ")
    terminal.type("1234\x03")
    end = time.monotonic() + 10
    while not terminal.echoes:
        assert time.monotonic() < end
        time.sleep(0.01)
    code, rest = terminal.end()
    assert code not in (0, None)
    assert "Traceback" not in rest
    assert piv.card.verifications == 0


def test_a_new_pin_that_is_mistyped_or_weak_never_reaches_the_card(piv: PivRig, run: Run) -> None:
    weak = run("pin", "change", "--pin-stdin", lines=(piv.card.pin, "12345678"))
    assert weak.returncode != 0
    assert "token.new_pin_weak" in weak.stderr
    assert piv.card.verifications == 0


def test_wrong_pins_lock_the_request_is_printed_and_the_puk_unblocks(piv: PivRig, run: Run, home: Path) -> None:
    for left in (2, 1, 0):
        refused = run("pin", "change", "--pin-stdin", lines=(WRONG_PIN, NEW_PIN))
        assert refused.returncode == 3
        assert piv.card.pin_left == left
    assert "token.pin_locked" in refused.stderr
    assert "Điều 8 khoản 1 điểm a" in refused.stdout + refused.stderr
    assert piv.card.serial in refused.stdout
    state = json.loads(run("pin", "status", "--json").stdout)
    assert [(one["serial"], one["reported_by_device"]["locked"]) for one in state] == [(piv.card.serial, True)]
    piv.remove()
    request = run("pin", "request", "--token", piv.card.serial)
    assert request.returncode == 0
    assert piv.card.serial in request.stdout
    piv.insert()
    until_seen(piv)

    unblocked = run("pin", "unblock", "--pin-stdin", lines=(piv.card.puk, NEW_PIN))
    assert unblocked.returncode == 0, unblocked.stderr
    assert (piv.card.pin, piv.card.pin_left) == (NEW_PIN, 3)
    for secret in (WRONG_PIN, NEW_PIN, piv.card.puk):
        assert find_in_files(home, secret) == []


def test_a_descriptor_carries_old_and_new_pin(piv: PivRig, command: list[str], home: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{piv.card.pin}\r\n{NEW_PIN}".encode())
    os.close(writing)
    done = subprocess.run(
        [*command, "pin", "change", "--pin-fd", str(reading)],
        pass_fds=[reading],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=surroundings(home),
        timeout=50,
        check=False,
    )
    os.close(reading)
    assert done.returncode == 0, done.stderr
    assert piv.card.pin == NEW_PIN


def test_without_terminal_or_option_the_program_says_how(piv: PivRig, run: Run) -> None:
    done = run("pin", "change")
    assert done.returncode != 0
    assert "--pin-stdin" in done.stderr
    assert piv.card.verifications == 0
