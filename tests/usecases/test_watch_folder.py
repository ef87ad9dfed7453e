"""New scans in a folder: told once, when they are whole, and never this program's own files."""

import os
from pathlib import Path

import pytest

from bdsigner.usecases.watch_folder import FolderWatch

OLD_NS = 1_700_000_000_000_000_000


@pytest.fixture
def watch(tmp_path: Path) -> FolderWatch:
    (tmp_path / "cũ.pdf").write_bytes(b"old")
    watch = FolderWatch(tmp_path, suffixes=frozenset({".pdf", ".jpg"}), own_ending=".signed")
    assert watch.look() == (), "what was there before is no news"
    return watch


def put(folder: Path, name: str, content: bytes = b"scan", *, at_ns: int = OLD_NS) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, ns=(at_ns, at_ns))
    return path


def test_a_scan_is_told_once_at_the_second_look(watch: FolderWatch) -> None:
    path = put(watch.folder, "mới.pdf")
    assert watch.look() == ()
    assert watch.look() == (path,)
    assert watch.look() == ()


def test_a_file_that_still_grows_is_waited_for(watch: FolderWatch) -> None:
    put(watch.folder, "lớn.pdf", b"half", at_ns=OLD_NS)
    watch.look()
    path = put(watch.folder, "lớn.pdf", b"whole", at_ns=OLD_NS + 1)
    assert watch.look() == ()
    assert watch.look() == (path,)


def test_one_written_to_just_now_is_waited_for(watch: FolderWatch) -> None:
    (watch.folder / "vừa.pdf").write_bytes(b"scan")
    watch.look()
    assert watch.look() == ()


@pytest.mark.parametrize(
    "name", ["a.signed.pdf", ".a.pdf.0123456789abcdef.part", "a.pdf.tmp", "~$a.pdf", "ghi chú.txt", ".ẩn.pdf"]
)
def test_other_files_are_none(watch: FolderWatch, name: str) -> None:
    put(watch.folder, name)
    watch.look()
    assert watch.look() == ()


def test_an_empty_file_and_a_folder_are_none(watch: FolderWatch) -> None:
    put(watch.folder, "rỗng.pdf", b"")
    (watch.folder / "thư mục.pdf").mkdir()
    watch.look()
    assert watch.look() == ()


def test_a_folder_that_is_away_for_a_moment_brings_no_old_news(watch: FolderWatch) -> None:
    away = watch.folder.with_name("xa")
    watch.folder.rename(away)
    assert watch.look() == ()
    away.rename(watch.folder)
    assert watch.look() == ()
    assert watch.look() == ()
    path = put(watch.folder, "mới.jpg")
    watch.look()
    assert watch.look() == (path,)
