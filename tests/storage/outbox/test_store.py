"""The outbox on the disk: the contract, two processes at once, kill -9, disks that are full or read-only."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.department.requests import changed
from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.model.request import KeptFile
from bdsigner.ports import RequestStore
from bdsigner.storage.locks import LifeLock
from bdsigner.storage.outbox.record import read_copy
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.usecases.request_changes import change_found
from tests.contracts.request_store import AT, RequestStoreContract, make_request, request_id
from tests.fakes.requests import FakeRequestStore


class TestFakeRequestStore(RequestStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], RequestStore]:
        return lambda: FakeRequestStore(tmp_path / "requests")


class TestFileRequestStore(RequestStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], RequestStore]:
        return lambda: FileRequestStore(tmp_path / "requests")


@pytest.fixture
def store(tmp_path: Path) -> FileRequestStore:
    return FileRequestStore(tmp_path / "requests")


def test_everything_is_its_owners_only(store: FileRequestStore) -> None:
    request = make_request()
    store.create(request)
    store.keep(request.id, "đơn.pdf", b"content")
    assert store.replace(request, changed(request, at=AT))
    with store.sending():
        found = [store.folder, *store.folder.rglob("*")]
        modes = {path.relative_to(store.folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in found}
    files = ("outbox.sqlite", "outbox.sqlite-wal", "sending.lock", f"{request.id}/record.json", f"{request.id}/đơn.pdf")
    assert {name for name in files if modes[name] == 0o600} == set(files)
    assert {mode for name, mode in modes.items() if name in (".", request.id)} == {0o700}
    assert set(modes.values()) == {0o600, 0o700}
    assert not [name for name in modes if "before" in name or name.endswith(".part")], "nothing half is left"


def test_reading_makes_nothing(store: FileRequestStore) -> None:
    assert (store.all(), store.get(request_id(1)), store.recovery()) == ((), None, None)
    store.acknowledge_recovery()
    assert not store.folder.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../đơn.pdf", "đơn.pdf"),
        ("C:\\Đơn\\đơn.pdf", "CĐơnđơn.pdf"),
        ("đơn\u202efdp.exe\n", "đơnfdp.exe"),
        ("Đo\u031b\u0301n.pdf", "Đớn.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1"),
        (".ẩn", "ẩn"),
        ("record.json", "_record.json"),
        ("RECORD.damaged-1.json", "_RECORD.damaged-1.json"),
        (" .. ", "file"),
        ("", "file"),
        ("b\udcff.pdf", "b.pdf"),
        ("đơn. ", "đơn"),
        ("a/b", "ab"),
    ],
)
def test_a_name_is_one_that_every_system_can_have(name: str, kept: str, store: FileRequestStore) -> None:
    store.create(make_request())
    file = store.keep(request_id(1), name, b"content")
    assert file.name == kept
    assert store.path(request_id(1), file).read_bytes() == b"content"
    assert store.keep(request_id(1), name, b"other").name != kept


@given(name=st.text(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_name_leads_out_of_the_folder_or_is_too_long(name: str, store: FileRequestStore) -> None:
    (store.folder / request_id(1)).mkdir(parents=True, exist_ok=True)
    file = store.keep(request_id(1), name, name.encode("utf-8", "replace"))
    path = store.path(request_id(1), file)
    assert path.parent == store.folder / request_id(1)
    assert len(os.fsencode(file.name)) <= 255
    assert unicodedata.is_normalized("NFC", file.name)


def test_a_long_name_keeps_its_end(store: FileRequestStore) -> None:
    store.create(make_request())
    names = [store.keep(request_id(1), "ướ" * 200 + ".pdf", str(one).encode()).name for one in range(11)]
    assert len(set(names)) == 11
    assert all(name.endswith(".pdf") and len(name.encode()) <= 255 for name in names)


def test_what_is_no_plain_file_is_not_what_was_kept(store: FileRequestStore, tmp_path: Path) -> None:
    store.create(make_request())
    file = store.keep(request_id(1), "đơn.pdf", b"content")
    (tmp_path / "outside").write_bytes(b"content")
    store.path(request_id(1), file).unlink()
    (store.folder / request_id(1) / "đơn.pdf").symlink_to(tmp_path / "outside")
    with pytest.raises(StorageError):
        store.path(request_id(1), file)
    with pytest.raises(StorageError):
        store.path(request_id(1), replace(file, name="../../outside"))


@pytest.mark.skipif(sys.platform != "linux", reason="a file that opens and cannot be read")
def test_a_source_that_cannot_be_read_leaves_nothing(store: FileRequestStore, tmp_path: Path) -> None:
    store.create(make_request())
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for source, code in (
        (Path("/proc/self/mem"), ErrorCode.DOCUMENT_UNREADABLE),
        (pipe, ErrorCode.DOCUMENT_NOT_FOUND),
    ):
        with pytest.raises(DocumentError) as error:
            store.keep(request_id(1), "đơn.pdf", source)
        assert error.value.code is code
    assert [one.name for one in (store.folder / request_id(1)).iterdir()] == ["record.json"]


@pytest.mark.parametrize("was_there", [False, True])
def test_papers_are_kept_of_a_request_only(was_there: bool, store: FileRequestStore) -> None:
    """Alone they would be taken for a damaged request, as after its removal in another window."""
    if was_there:
        store.create(make_request())
        store.remove(make_request())
    with pytest.raises(StorageError) as error:
        store.keep(request_id(1), "đơn.pdf", b"content")
    assert error.value.code is ErrorCode.STORAGE_OUTBOX
    assert store.recovery() is None


def test_a_folder_that_was_deleted_is_made_again_for_the_next_paper(store: FileRequestStore) -> None:
    request = make_request()
    store.create(request)
    shutil.rmtree(store.folder / request.id)
    kept = store.keep(request.id, "đơn.pdf", b"content")
    assert store.path(request.id, kept).read_bytes() == b"content"
    assert store.all() == (request,)


@pytest.mark.parametrize("bad", ["", "..", "../x", "a/b", "A" * 8, "x" * 65, ".removed-x", "x.y"])
def test_an_id_never_leads_out_of_the_folder(bad: str, store: FileRequestStore) -> None:
    store.create(make_request())
    assert store.get(bad) is None
    calls: list[Callable[[], object]] = [
        lambda: store.create(make_request(id=bad)),
        lambda: store.remove(make_request(id=bad)),
        lambda: store.keep(bad, "a", b"b"),
        lambda: store.path(bad, KeptFile(name="a", sha256="", size_bytes=0)),
    ]
    for call in calls:
        with pytest.raises(StorageError) as error:
            call()
        assert error.value.code is ErrorCode.STORAGE_OUTBOX


def test_what_could_not_be_read_again_is_refused_before_anything_is_written(store: FileRequestStore) -> None:
    request = make_request()
    with pytest.raises(StorageError):
        store.create(replace(request, subject="\udcff"))
    assert (store.all(), store.recovery()) == ((), None)
    store.create(request)
    for bad in ("\udcff", "x" * (16 << 20)):
        with pytest.raises(StorageError):
            store.replace(request, replace(changed(request, at=AT), subject=bad))
    assert store.get(request.id) == request


def test_an_id_is_taken_once(store: FileRequestStore) -> None:
    request = make_request()
    store.create(request)
    with pytest.raises(StorageError):
        store.create(replace(request, subject="another"))
    store.close()
    assert store.all() == (request,)


def test_a_revision_is_never_left_out(store: FileRequestStore) -> None:
    request = make_request()
    store.create(request)
    with pytest.raises(ValueError, match="revision"):
        store.replace(request, request)


def test_threads_make_every_change_once(store: FileRequestStore) -> None:
    store.create(make_request())

    def count(_: int) -> None:
        for _ in range(5):
            change_found(request_id(1), store, lambda one: replace(changed(one, at=AT), attempts=one.attempts + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    found = store.get(request_id(1))
    assert found is not None
    assert (found.attempts, found.revision) == (20, 20)


# Other processes

PROLOGUE = """
import json, os, sys
from dataclasses import replace
from pathlib import Path
from bdsigner.department.requests import changed
from bdsigner.errors import StorageError
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.usecases.request_changes import change_found
from tests.contracts.request_store import AT, make_request, request_id
folder, own = Path(sys.argv[1]), int(sys.argv[2])
store = FileRequestStore(folder / "requests")
def count(number):
    return change_found(request_id(number), store, lambda one: replace(changed(one, at=AT), attempts=one.attempts + 1))
"""


def start(folder: Path, script: str, own: int = 0, *, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    argv = [*prefix, sys.executable, "-c", PROLOGUE + textwrap.dedent(script), str(folder), str(own)]
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[3])


def kill(process: subprocess.Popen[str]) -> str:
    """Returns what it still said."""
    process.kill()
    said, _ = process.communicate(timeout=50)
    assert process.returncode == -signal.SIGKILL
    return said


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Both make the outbox, create their own, and change one that both have."""
    script = """
        for number in range(10):
            store.create(make_request(1000 * own + number))
        if own == 1:
            store.create(make_request(7))
        while store.get(request_id(7)) is None:
            pass
        for _ in range(25):
            count(7)
        """
    running = [start(tmp_path, script, own) for own in (1, 2)]
    assert [(one.communicate(timeout=50), one.returncode)[1] for one in running] == [0, 0]
    store = FileRequestStore(tmp_path / "requests")
    found = {one.id: one for one in store.all()}
    assert set(found) == {request_id(1000 * own + one) for own in (1, 2) for one in range(10)} | {request_id(7)}
    assert (found[request_id(7)].attempts, found[request_id(7)].revision) == (50, 50)
    assert store.recovery() is None


def test_only_one_process_sends_until_it_ends(tmp_path: Path) -> None:
    store = FileRequestStore(tmp_path / "requests")
    other = start(tmp_path, "with store.sending() as mine:\n    print(mine, flush=True)\n    sys.stdin.read()")
    assert other.stdout is not None
    assert other.stdout.readline() == "True\n"
    with store.sending() as mine:
        assert not mine
    kill(other)
    with store.sending() as mine:
        assert mine


KILLS = int(os.environ.get("BDSIGNER_OUTBOX_KILLS", "8"))


def test_what_was_reported_as_kept_outlasts_kill_9(tmp_path: Path) -> None:
    """A process creates, changes and removes as fast as it can, saying each time what is done, and is killed."""
    script = """
        numbers = [own * 1000]
        for turn in range(1, 1000):
            numbers.append(own * 1000 + turn)
            store.create(make_request(numbers[-1]))
            print("kept", numbers[-1], 0, flush=True)
            for number in numbers[-3:]:
                if store.get(request_id(number)) is not None:
                    print("kept", number, count(number).revision, flush=True)
            if turn % 4 == 0:
                print("removing", numbers[-4], -1, flush=True)
                store.remove(make_request(numbers[-4]))
                print("removed", numbers[-4], -1, flush=True)
        """
    kept, removing, removed = dict[int, int](), set[int](), set[int]()
    for own in range(1, KILLS + 1):
        process = start(tmp_path, script, own)
        assert process.stdout is not None
        for _ in range(5 + 3 * (own % 7)):
            _note(process.stdout.readline(), kept, removing, removed)
        threading.Event().wait(0.001 * (own * 7 % 13))  # any moment will do: the steps take some milliseconds
        for line in kill(process).splitlines(keepends=True):
            _note(line, kept, removing, removed)
        store = FileRequestStore(tmp_path / "requests")
        found = {one.id: one for one in store.all()}
        for number, revision in kept.items():
            if number not in removing:
                assert found[request_id(number)].revision >= revision
        assert not {request_id(one) for one in removed} & set(found)
        assert store.recovery() is None, "nothing is damaged"
        for one in found.values():
            assert read_copy(store.folder / one.id) == one
        store.close()
    assert len(kept) > KILLS


def _note(line: str, kept: dict[int, int], removing: set[int], removed: set[int]) -> None:
    if not line.endswith("\n"):
        return  # killed while it said so
    what, number, revision = line.split()
    if what == "kept":
        kept[int(number)] = int(revision)
    else:
        (removing if what == "removing" else removed).add(int(number))


def test_a_full_and_a_read_only_disk(tmp_path: Path) -> None:
    """A tmpfs of 1 MiB in a mount namespace of its own."""
    script = """
        import shutil, subprocess
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
        def attempt(name, work):
            try:
                work()
                told[name] = "done"
            except StorageError as error:
                told[name] = error.code.value
        def seen():
            other = FileRequestStore(folder / "requests")
            found = [(one.id, one.revision) for one in other.all()]
            is_told = other.recovery() is not None
            other.close()  # an open file keeps the disk from being made read-only
            return [found == expected, not is_told]
        told, request = {}, make_request(1, certificate=b"")
        store.create(request)
        request = count(1)
        kept = store.keep(request.id, "a.pdf", b"content")
        expected = [(request.id, 1)]
        filler = (folder / "filler").open("wb", buffering=0)
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError:
            pass
        attempt("create", lambda: store.create(make_request(2)))
        attempt("change", lambda: count(1))
        attempt("keep", lambda: store.keep(request.id, "b.pdf", bytes(100_000)))
        store.close()
        (folder / "filler").unlink()
        filler.close()
        told["after"] = seen()
        told["files"] = sorted(one.name for one in (folder / "requests" / request.id).iterdir())
        big = replace(changed(request, at=AT), reason="x" * 300_000)
        with (folder / "filler").open("wb") as filler:
            filler.write(bytes(shutil.disk_usage(folder).free - 450_000))
        attempt("change that has room for one of its two places", lambda: store.replace(request, big))
        store.close()
        (folder / "filler").unlink()
        told["after that"] = seen()
        store.close()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        attempt("read-only create", lambda: store.create(make_request(2)))
        attempt("read-only change", lambda: count(1))
        attempt("read-only keep", lambda: store.keep(request.id, "b.pdf", b"x"))
        attempt("read-only list", store.all)
        attempt("read-only file", lambda: store.path(request.id, kept))
        print(json.dumps(told))
        """
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--mount")
    process = start(tmp_path, script, prefix=namespace)
    answer, _ = process.communicate(timeout=50)
    assert json.loads(answer) == {
        "create": "storage.full",
        "change": "storage.full",
        "keep": "storage.full",
        "after": [True, True],
        "files": ["a.pdf", "record.json"],
        "change that has room for one of its two places": "storage.full",
        "after that": [True, True],
        "read-only create": "storage.read_only",
        "read-only change": "storage.read_only",
        "read-only keep": "storage.read_only",
        "read-only list": "storage.read_only",
        "read-only file": "done",
    }


def test_a_process_that_does_not_let_go_is_not_waited_for_for_ever(
    store: FileRequestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(make_request())
    lock = LifeLock(store.folder / "outbox.lock")
    assert lock.take()
    monkeypatch.setattr("bdsigner.storage.outbox.file.WAIT_SECONDS", 0.05)
    with pytest.raises(StorageError) as error:
        store.all()
    assert error.value.code is ErrorCode.STORAGE_OUTBOX
    lock.release()
    assert len(store.all()) == 1
