"""The first moment of a command: which child to start, and how little is imported for it."""

import subprocess
import sys

import pytest

from bdsigner.cli.commands import is_command_line, likely_command


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["sign", "a.pdf"], "sign"),
        (["--profile", "/etc/bdsigner", "--debug", "verify", "a.pdf"], "verify"),
        (["tokens", "--json"], "tokens"),
        (["sign", "--help"], ""),
        (["a.pdf"], ""),
        ([], ""),
    ],
)
def test_the_command_is_seen_without_parsing(arguments: list[str], command: str) -> None:
    assert likely_command(arguments) == command
    assert is_command_line(arguments) == bool(command or "--help" in arguments)


def test_the_child_is_started_before_anything_is_imported_for_the_command() -> None:
    code = (
        "import sys\n"
        "import bdsigner.cli.start\n"
        "print(sorted({'click', 'msgspec', 'cryptography', 'bdsigner.model.profile', 'bdsigner.ports'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
