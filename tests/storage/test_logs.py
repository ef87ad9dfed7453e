"""The log: one line a message, whatever comes from outside."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.storage import logs
from bdsigner.storage.logs import clean_text, set_up_logging

log = logging.getLogger("bdsigner.tests.logs")
foreign = logging.getLogger("some_library")


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("bdsigner")
    before, level = list(root.handlers), ours.level
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    ours.setLevel(level)


def start(folder: Path, *, debug: bool = False) -> Path:
    file = set_up_logging(folder, debug=debug)
    assert file is not None
    return file


def test_a_message_is_one_line_with_its_module(tmp_path: Path) -> None:
    file = start(tmp_path / "nhật ký")
    log.info("ký %s", "xong")
    (line,) = file.read_text("utf-8").splitlines()
    assert " INFO " in line
    assert line.endswith("bdsigner.tests.logs: ký xong")


def test_outside_text_cannot_pose_as_an_entry(tmp_path: Path) -> None:
    file = start(tmp_path)
    log.warning("driver said %r and %s", "x", "a\n2026-01-01 INFO 1 bdsigner: all good\r\x1b[2J\u202eevil\x00\u2028")
    (line,) = file.read_text("utf-8").split("\n")[:-1]
    assert line.endswith(r"a\n2026-01-01 INFO 1 bdsigner: all good\r\x1b[2J\u202eevil\x00\u2028")


def test_a_traceback_is_indented(tmp_path: Path) -> None:
    file = start(tmp_path)
    try:
        raise ValueError("first\n2026-01-01 ERROR forged\x1b[0m")
    except ValueError:
        log.exception("failed")
    first, *rest = file.read_text("utf-8").splitlines()
    assert first.endswith("failed")
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert "\x1b" not in "".join(rest)


@pytest.mark.parametrize("debug", [False, True])
def test_debug_is_a_switch_for_our_own_modules(debug: bool, tmp_path: Path) -> None:
    file = start(tmp_path, debug=debug)
    log.debug("detail")
    foreign.info("headers of a request")
    foreign.warning("trouble")
    text = file.read_text("utf-8")
    assert ("detail" in text) is debug
    assert "headers" not in text
    assert "trouble" in text


def test_setting_up_again_does_not_double_the_lines(tmp_path: Path) -> None:
    start(tmp_path)
    file = start(tmp_path)
    log.info("once")
    assert file.read_text("utf-8").count("once") == 1


def test_the_log_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 2000)
    file = start(tmp_path)
    for number in range(200):
        log.info("message %d", number)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["bdsigner.log", "bdsigner.log.1", "bdsigner.log.2", "bdsigner.log.3"]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    assert "message 199" in file.read_text("utf-8")


def test_a_log_that_cannot_be_renamed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows another window holds the file; here a folder stands in the way of the new name."""
    monkeypatch.setattr(logs, "LOG_BYTES", 300)
    monkeypatch.setattr(logs, "LOG_BACKUPS", 1)
    monkeypatch.setattr("os.rename", _refuse)
    file = start(tmp_path)
    for number in range(20):
        log.info("message %d", number)
    assert "message 19" in file.read_text("utf-8")


def _refuse(_source: str, _target: str) -> None:
    raise PermissionError(13, "The process cannot access the file")


def test_no_log_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert set_up_logging(tmp_path / "file" / "logs") is None


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    cleaned = clean_text(text)
    assert len(cleaned.splitlines()) <= 1
    assert not any(ord(character) < 0x20 for character in cleaned)
    cleaned.encode("utf-8")


def test_vietnamese_is_left_alone_and_length_is_bounded() -> None:
    assert clean_text("Ủy ban nhân dân tỉnh") == "Ủy ban nhân dân tỉnh"
    assert len(clean_text("x" * 1_000_000)) < logs.MESSAGE_CHARACTERS + 30
