"""Outputs appear whole or not at all, never in place of another file, on good and on bad disks."""

import contextlib
import errno
import os
import threading
import time
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.storage.outputs import FileOutputs, rename_without_replacing, storage_error
from bdsigner.storage.partials import NAME_BYTES, create_partial, sweep_partials

ORIGINAL = b"%PDF original"
RESULT = b"%PDF signed"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Công văn.pdf"
    path.write_bytes(ORIGINAL)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "Công văn.signed.pdf"


def write(target: Path, source: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        new.partial.write_bytes(RESULT)
        new.commit()


def refusal(target: Path, source: Path) -> StorageError:
    before = sorted(source.parent.iterdir())
    with pytest.raises(StorageError) as caught:
        write(target, source)
    assert sorted(source.parent.iterdir()) == before
    assert source.read_bytes() == ORIGINAL
    assert caught.value.facts["path"] == str(target)
    assert caught.value.facts["folder"] == str(target.parent)
    return caught.value


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_committed_file_has_its_name_and_a_normal_mode(source: Path, target: Path) -> None:
    umask = os.umask(0o027)
    try:
        write(target, source)
        beside = target.with_name("normal")
        beside.write_bytes(b"")
    finally:
        os.umask(umask)
    assert target.read_bytes() == RESULT
    assert target.stat().st_mode == beside.stat().st_mode
    assert target.stat().st_nlink == 1
    assert names(target.parent) == {source.name, target.name, "normal"}


def test_until_then_it_is_private_and_beside_the_target(source: Path, target: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        assert new.partial.parent == target.parent
        assert new.partial.name.startswith(f".{target.name}.")
        assert new.partial.stat().st_mode & 0o777 == 0o600
        assert new.partial.stat().st_size == 0
        assert not target.exists()


def test_what_is_not_committed_is_removed(source: Path, target: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        new.partial.write_bytes(RESULT)
    assert names(target.parent) == {source.name}


def test_what_fails_is_removed_and_the_failure_comes_out(source: Path, target: Path) -> None:
    def fail() -> None:
        with FileOutputs().new_file(target, source=source) as new:
            new.partial.write_bytes(RESULT)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names(target.parent) == {source.name}


def test_a_partial_file_that_vanished_is_a_coded_failure(source: Path, target: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        new.partial.unlink()
        with pytest.raises(StorageError):
            new.commit()


@pytest.mark.parametrize("kind", ["other file", "symlink to itself", "symlink to the source"])
def test_a_partial_file_that_was_replaced_is_not_published(kind: str, source: Path, target: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        kept = new.partial.with_name("kept")
        new.partial.rename(kept)
        if kind == "other file":
            new.partial.write_bytes(b"evil")
        else:
            new.partial.symlink_to(kept if kind == "symlink to itself" else source)
        with pytest.raises(StorageError) as caught:
            new.commit()
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert names(target.parent) == {source.name, "kept"}


def test_an_existing_target_is_never_replaced(source: Path, target: Path) -> None:
    target.write_bytes(b"precious")
    assert refusal(target, source).code is ErrorCode.STORAGE_EXISTS
    assert target.read_bytes() == b"precious"


def test_a_folder_or_a_dangling_link_is_in_the_way_too(source: Path, target: Path) -> None:
    target.mkdir()
    assert refusal(target, source).code is ErrorCode.STORAGE_EXISTS
    target.rmdir()
    target.symlink_to("nowhere")
    assert refusal(target, source).code is ErrorCode.STORAGE_EXISTS


def test_a_target_that_appears_meanwhile_is_not_replaced(source: Path, target: Path) -> None:
    with FileOutputs().new_file(target, source=source) as new:
        new.partial.write_bytes(RESULT)
        target.write_bytes(b"faster")
        with pytest.raises(StorageError) as caught:
            new.commit()
    assert caught.value.code is ErrorCode.STORAGE_EXISTS
    assert target.read_bytes() == b"faster"
    assert names(target.parent) == {source.name, target.name}


def test_of_many_writers_exactly_one_wins(source: Path, target: Path) -> None:
    outputs, outcomes, start = FileOutputs(), [], threading.Barrier(8)

    def attempt(number: int) -> None:
        try:
            with outputs.new_file(target, source=source) as new:
                new.partial.write_bytes(b"%d" % number)
                start.wait(10)
                new.commit()
            outcomes.append(number)
        except StorageError as error:
            assert error.code is ErrorCode.STORAGE_EXISTS  # noqa: PT017  # in a thread
            outcomes.append(-1)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [number for number in outcomes if number >= 0]
    assert len(outcomes) == 8
    assert len(winners) == 1
    assert target.read_bytes() == b"%d" % winners[0]


@pytest.mark.parametrize("spelling", ["same", "dots", "hard link", "symlink", "linked folder"])
def test_the_source_is_recognised_under_any_name(spelling: str, source: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    if spelling == "hard link":
        other.hardlink_to(source)
    elif spelling == "symlink":
        other.symlink_to(source)
    elif spelling == "linked folder":
        (tmp_path / "link").symlink_to(tmp_path)
        other = tmp_path / "link" / source.name
    elif spelling == "dots":
        (tmp_path / "sub").mkdir()
        other = tmp_path / "sub" / ".." / source.name
    else:
        other = source
    assert refusal(other, source).code is ErrorCode.STORAGE_IS_SOURCE


def test_a_missing_folder_is_named(source: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone" / "x.pdf", source).code is ErrorCode.STORAGE_FOLDER_MISSING
    assert refusal(source / "x.pdf", source).code is ErrorCode.STORAGE_FOLDER_MISSING


def test_a_relative_target_stands_in_the_current_folder(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source.parent)
    write(Path("x.pdf"), Path(source.name))
    assert (source.parent / "x.pdf").read_bytes() == RESULT


def test_the_longest_name_works_and_a_longer_one_is_refused(source: Path, tmp_path: Path) -> None:
    longest = tmp_path / ("ế" * 83 + "xx.pdf")
    assert len(os.fsencode(longest.name)) == NAME_BYTES
    write(longest, source)
    assert longest.read_bytes() == RESULT
    error = refusal(tmp_path / ("ế" * 83 + "xxx.pdf"), source)
    assert error.code is ErrorCode.STORAGE_NAME_TOO_LONG
    assert error.facts["limit"] == NAME_BYTES


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, ErrorCode.STORAGE_READ_ONLY),
        (errno.EROFS, ErrorCode.STORAGE_READ_ONLY),
        (errno.EDQUOT, ErrorCode.STORAGE_FULL),
        (errno.ESTALE, ErrorCode.STORAGE_FAILED),
        (errno.EIO, ErrorCode.STORAGE_FAILED),
        (errno.ENAMETOOLONG, ErrorCode.STORAGE_NAME_TOO_LONG),
    ],
)
def test_the_systems_words_become_codes(number: int, code: ErrorCode) -> None:
    error = storage_error(OSError(number, os.strerror(number)), Path("/share/x.pdf"))
    assert error.code is code
    assert error.facts == {"path": "/share/x.pdf", "folder": "/share", "reason": os.strerror(number)}


def test_a_file_locked_on_windows_is_not_called_read_only() -> None:
    locked = OSError(errno.EACCES, "used by another process")
    locked.winerror = 32  # type: ignore[attr-defined]  # as Windows sets it
    assert storage_error(locked, Path("x")).code is ErrorCode.STORAGE_FAILED


def test_without_hard_links_nothing_is_replaced_either(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No FAT disk is at hand: ``link`` answers as it would there."""

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write(target, source)
    assert target.read_bytes() == RESULT
    other = target.with_name("other")
    other.write_bytes(b"precious")
    partial = create_partial(target)
    with pytest.raises(FileExistsError):
        rename_without_replacing(partial, other)
    assert other.read_bytes() == b"precious"
    partial.unlink()


def test_a_folder_that_cannot_be_synced_is_no_failure(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some network shares: the file has its name by then."""

    def refuse(_folder: Path) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr("bdsigner.storage.outputs.sync_folder", refuse)
    write(target, source)
    assert target.read_bytes() == RESULT


def test_sweeping_removes_only_old_partial_files_of_ours(source: Path, target: Path) -> None:
    stale, fresh = create_partial(target), create_partial(target)
    mimic = target.with_name(".x.pdf.part")
    link = target.with_name(".x.pdf.0123456789abcdef.part")
    mimic.write_bytes(b"")
    link.symlink_to(source)
    for path in (stale, mimic, source):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert sweep_partials(target.parent) == 1
    assert names(target.parent) == {source.name, fresh.name, mimic.name, link.name}
    assert sweep_partials(target.parent / "gone") == 0


def test_writing_in_a_folder_sweeps_it_first(source: Path, target: Path) -> None:
    stale = create_partial(target)
    os.utime(stale, (time.time() - 90_000,) * 2)
    write(target, source)
    assert names(target.parent) == {source.name, target.name}


def test_what_a_killed_process_left_of_a_target_is_swept_and_nothing_else(tmp_path: Path) -> None:
    outputs, target = FileOutputs(), tmp_path / "văn bản.signed.pdf"
    left = [tmp_path / f".văn bản.signed.pdf.{number:016x}.part" for number in range(2)]
    others = [
        tmp_path / f".văn bản.pdf.{7:016x}.part",
        tmp_path / ".văn bản.signed.pdf.short.part",
        tmp_path / "văn bản.signed.pdf",
    ]
    for path in (*left, *others):
        path.touch()
    outputs.sweep(target)
    assert sorted(tmp_path.iterdir()) == sorted(others)
    outputs.sweep(tmp_path / "không có" / "a.pdf")


def test_files_committed_together_wait_for_their_folder_once(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("bdsigner.storage.outputs.sync_folder", synced.append)
    (tmp_path / "khác").mkdir()
    targets = [tmp_path / f"{number}.pdf" for number in range(20)] + [tmp_path / "khác" / "0.pdf"]
    outputs = FileOutputs()
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(outputs.new_file(target, source=source)) for target in targets]
        for file in files:
            file.partial.write_bytes(RESULT)
        targets[3].write_bytes(b"another's")
        errors = outputs.commit_all(files)
    failed = errors[3]
    assert failed is not None
    assert failed.code is ErrorCode.STORAGE_EXISTS
    assert [error for error in errors if error is not None] == [failed]
    assert all(target.read_bytes() == RESULT for target in targets if target != targets[3])
    assert targets[3].read_bytes() == b"another's"
    assert sorted(synced) == sorted([tmp_path, tmp_path / "khác"])
    assert names(tmp_path) == {source.name, "khác", *(target.name for target in targets[:20])}
