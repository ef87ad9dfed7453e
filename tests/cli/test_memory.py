"""hardening S1, S2: when a command is through, its process holds no PIN, however it was given; nor does any file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.test_pin import NEW_PIN, Terminal, surroundings, until_seen
from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.support.memory import find_in_files, find_in_memory
from tests.support.pki import CHAIRMAN, Training

PIN = "73916482"
_HOLD = """
import sys
from bdsigner.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
print("held", code, flush=True)
sys.stdin.buffer.raw.read(1)
"""
"""Runs a command as its process would and stays, so that its memory can be searched."""


def test_signing_with_a_pin_from_a_descriptor(piv: PivRig, training: Training, tmp_path: Path) -> None:
    card = PivCard(pin=PIN)
    card.put(SIGN, training.key(CHAIRMAN), training.certificate(CHAIRMAN))
    piv.reader.insert(card)
    until_seen(piv, card.serial)
    home, file = tmp_path / "home", tmp_path / "công văn.pdf"
    shutil.copy(training.folder.samples / "cong-van.pdf", file)
    reading, writing = os.pipe()
    os.write(writing, f"{PIN}\n".encode())
    os.close(writing)
    profile = tmp_path / "profile"
    shutil.copytree(training.profile_folder, profile, ignore=shutil.ignore_patterns("devices.sqlite*"))
    form = (profile / "profile.toml").read_text("utf-8")
    assert str(training.module) in form
    (profile / "profile.toml").write_text(form.replace(str(training.module), str(piv.module)), "utf-8")
    arguments = ["--debug", "--profile", str(profile), "sign", "--kind", "noi_bo", "--objections", "allow", str(file)]
    arguments += ["--token", card.serial, "--pin-fd", str(reading)]
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, *arguments],
        pass_fds=[reading],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings(home),
    ) as process:
        os.close(reading)
        assert process.stdin is not None
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert next(line for line in lines if line.startswith("held")).strip() == "held 0"
        found = find_in_memory(process.pid, PIN)
        process.stdin.close()
    assert card.signatures == 1
    assert found == []
    assert find_in_files(tmp_path, PIN) == []


def test_changing_with_pins_typed_at_a_terminal(piv: PivRig, tmp_path: Path) -> None:
    card = PivCard(pin=PIN)
    card.put(SIGN, piv.card.keys[SIGN], piv.card.certificates[SIGN])
    piv.reader.insert(card)
    until_seen(piv, card.serial)
    home = tmp_path / "home"
    command = [sys.executable, "-c", _HOLD, "--debug", "--module", str(piv.module), "pin", "change"]
    terminal = Terminal(command, home)
    for prompt, secret in (("PIN cũ: ", PIN), ("PIN mới: ", NEW_PIN), ("Nhập lại mã PIN mới: ", NEW_PIN)):
        terminal.until(prompt)
        terminal.type(f"{secret}\n")
    terminal.until("held 0")
    found = [place for secret in (PIN, NEW_PIN) for place in find_in_memory(terminal.pid, secret)]
    terminal.press("\n")
    terminal.end()
    assert card.pin == NEW_PIN
    assert found == []
    assert [place for secret in (PIN, NEW_PIN) for place in find_in_files(home, secret)] == []
