"""Damaged outboxes: each starts with all that either place had, or says by name what it has not; never silently empty."""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.department.requests import changed, is_due, moved
from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.request import Request, RequestState
from bdsigner.storage.outbox.record import OUTBOX_FILE, RECORD_FILE, RECORD_FORMAT, REMOVED_PREFIX, SCHEMA
from bdsigner.storage.outbox.store import FileRequestStore
from tests.contracts.request_store import AT, make_request, request_id

COUNT = 12
"""More than one page holds, so that there are inner pages."""
SENDING, VICTIM, OLD = 3, 5, 7
"""One that was being sent; one that is damaged; one with a longer past."""
WAL_FILE = f"{OUTBOX_FILE}-wal"


def fill(store: FileRequestStore, first: int = 1) -> dict[str, Request]:
    for number in range(first, first + COUNT):
        request = make_request(number, reason=f"lý do số {number} " * 40)
        store.create(request)
        store.keep(request.id, "đơn.pdf", f"content {number}".encode())
    return {one.id: one for one in store.all()}


def move(store: FileRequestStore, number: int, *states: RequestState) -> None:
    for state in states:
        before = store.get(request_id(number))
        assert before is not None
        assert store.replace(before, moved(before, state, at=AT, channel="mail"))


class Image:
    """An outbox as kill -9 leaves it: part of it in the file, part in the log beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "image"
        live = FileRequestStore(folder / "live")
        fill(live)
        move(live, OLD, RequestState.SIGNED)
        live.close()
        shutil.copytree(live.folder, folder / "earlier")
        self.earlier = folder / "earlier"
        move(live, OLD, RequestState.QUEUED, RequestState.SENDING, RequestState.SENT, RequestState.RECEIVED)
        move(live, SENDING, RequestState.SIGNED, RequestState.QUEUED, RequestState.SENDING)
        self.requests = {one.id: one for one in live.all()}
        shutil.copytree(live.folder, self.folder)
        live.close()
        other = FileRequestStore(folder / "other")
        fill(other, first=100)
        shutil.copytree(other.folder, folder / "foreign")
        other.close()
        self.foreign = folder / "foreign"
        self.foreign_settled = folder / "other"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    made = Image(tmp_path_factory.mktemp("outbox"))
    assert (made.folder / WAL_FILE).stat().st_size > 4096
    assert (made.foreign / WAL_FILE).stat().st_size > 4096
    return made


@pytest.fixture
def folder(image: Image, tmp_path: Path) -> Path:
    return Path(shutil.copytree(image.folder, tmp_path / "requests"))


NOISE = hashlib.shake_256(b"noise").digest(9000)

Damage = Callable[[Path, Image], object]
"""What happens to the outbox in a folder."""


def flip(file: Path, *places: int, mask: int = 0x41) -> None:
    data = bytearray(file.read_bytes())
    for place in places:
        data[place] ^= mask
    file.write_bytes(data)


def settle(folder: Path) -> Path:
    """Bring everything into the file, so that damage to it is not covered by the log."""
    with contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert not (folder / WAL_FILE).exists()
    return folder / OUTBOX_FILE


def execute(statement: str, *values: object) -> Damage:
    def damage(folder: Path, image: Image) -> None:
        del image
        with contextlib.closing(sqlite3.connect(settle(folder))) as database, database:
            database.execute(statement, values)

    return damage


def flip_in_file(*places: int) -> Damage:
    return lambda folder, _: flip(settle(folder), *places)


def overwrite(content: bytes) -> Damage:
    return lambda folder, _: settle(folder).write_bytes(content)


def record(folder: Path, number: int = VICTIM) -> Path:
    return folder / request_id(number) / RECORD_FILE


def flip_text_of_row(text: bytes) -> Damage:
    def damage(folder: Path, image: Image) -> None:
        del image
        file = settle(folder)
        data = file.read_bytes()
        assert text in data
        flip(file, data.index(text) + len(text) // 2)

    return damage


def flip_sha_of_row(folder: Path, image: Image) -> None:
    with contextlib.closing(sqlite3.connect(settle(folder))) as database:
        query = "SELECT sha256 FROM request WHERE id = ?"
        sha256 = database.execute(query, (request_id(VICTIM),)).fetchone()[0]
    flip_text_of_row(sha256.encode())(folder, image)


def flip_inner_page(folder: Path, image: Image) -> None:
    """The page that says where the rows are: the file's only tree has its root on page 2."""
    del image
    file = settle(folder)
    assert file.read_bytes()[4096] == 0x05, "an interior page of a table"
    flip(file, *range(4096, 4096 + 40, 3))


def cut(name: str, part: float) -> Damage:
    return lambda folder, _: os.truncate(folder / name, int((folder / name).stat().st_size * part))


def cut_within_a_page(folder: Path, image: Image) -> None:
    del image
    file = settle(folder)
    os.truncate(file, file.stat().st_size - 1000)


def take_from(source: str, name: str) -> Damage:
    return lambda folder, image: shutil.copy(getattr(image, source) / name, folder / name)


def foreign_file(folder: Path, image: Image) -> None:
    shutil.copy(image.foreign_settled / OUTBOX_FILE, settle(folder))


def file_of_yesterday(folder: Path, image: Image) -> None:
    shutil.copy(image.earlier / OUTBOX_FILE, settle(folder))


def without_file(folder: Path, image: Image) -> None:
    del image
    settle(folder).unlink()


def folder_instead_of_file(folder: Path, image: Image) -> None:
    without_file(folder, image)
    (folder / OUTBOX_FILE).mkdir()
    (folder / OUTBOX_FILE / "x").write_text("x")


def link_to_nowhere(folder: Path, image: Image) -> None:
    without_file(folder, image)
    (folder / OUTBOX_FILE).symlink_to(folder / "nowhere")


def folder_instead_of_log(folder: Path, image: Image) -> None:
    del image
    settle(folder)
    (folder / WAL_FILE).mkdir()


def newer_copy(folder: Path, image: Image) -> None:
    del image
    content = json.loads(record(folder).read_text("utf-8"))
    record(folder).write_text(json.dumps(content | {"format": RECORD_FORMAT + 1, "request": "of another kind"}))


def both(*damages: Damage) -> Damage:
    def damage(folder: Path, image: Image) -> None:
        for one in damages:
            one(folder, image)

    return damage


def flip_copy(folder: Path, image: Image) -> None:
    del image
    flip(record(folder), record(folder).stat().st_size // 2)


def missing_copy(folder: Path, image: Image) -> None:
    del image
    record(folder).unlink()


FLIPPED_ROW = flip_text_of_row(f"lý do số {VICTIM} lý".encode())
FLIPPED_KEY = execute("UPDATE request SET id = ? WHERE id = ?", f"{request_id(VICTIM)[:-1]}f", request_id(VICTIM))
DAMAGES: dict[str, Damage] = {
    "killed": lambda *_: None,
    "file cut in half": lambda folder, _: os.truncate(file := settle(folder), file.stat().st_size // 2),
    "file cut to its header": lambda folder, _: os.truncate(settle(folder), 100),
    "file cut within a page": cut_within_a_page,
    "file cut under its log": cut(OUTBOX_FILE, 0.5),
    "log cut in half": cut(WAL_FILE, 0.5),
    "log cut to nothing": cut(WAL_FILE, 0),
    "log removed": lambda folder, _: (folder / WAL_FILE).unlink(),
    "log of another outbox": take_from("foreign", WAL_FILE),
    "log flipped": lambda folder, _: flip(folder / WAL_FILE, 5000),
    "log is a folder": folder_instead_of_log,
    "first bytes flipped": flip_in_file(3),
    "page size flipped": flip_in_file(16),
    "schema format flipped": flip_in_file(47),
    "schema text flipped": flip_text_of_row(b"CREATE TABLE request"),
    "name of a column flipped": flip_text_of_row(b", content"),
    "inner page flipped": flip_inner_page,
    "row's content flipped": FLIPPED_ROW,
    "row's SHA-256 flipped": flip_sha_of_row,
    "row's id flipped": FLIPPED_KEY,
    "row's id is no text": execute("UPDATE request SET id = x'ff00' WHERE id = ?", request_id(VICTIM)),
    "row's id and content flipped": both(FLIPPED_ROW, FLIPPED_KEY),
    "row twice": execute("INSERT INTO request SELECT * FROM request WHERE id = ?", request_id(VICTIM)),
    "row gone": execute("DELETE FROM request WHERE id = ?", request_id(VICTIM)),
    "all rows gone": execute("DELETE FROM request"),
    "file empty": overwrite(b""),
    "file all zeros": overwrite(bytes(8192)),
    "file random": overwrite(NOISE),
    "file is a text": overwrite("Kính gửi Cục Chứng thực số".encode() * 100),
    "file of a newer program": execute(f"PRAGMA user_version = {SCHEMA.version + 1}"),
    "file of an older program": execute("PRAGMA user_version = 0"),
    "table missing": execute("DROP TABLE request"),
    "column missing": execute("ALTER TABLE request DROP COLUMN sha256"),
    "file of another outbox": foreign_file,
    "file of yesterday": file_of_yesterday,
    "file missing": without_file,
    "file missing, log left": lambda folder, _: (folder / OUTBOX_FILE).unlink(),
    "file is a folder": folder_instead_of_file,
    "file is a link to nowhere": link_to_nowhere,
    "copy flipped": flip_copy,
    "copy empty": lambda folder, _: record(folder).write_bytes(b""),
    "copy missing": missing_copy,
    "copy is a folder": lambda folder, _: (record(folder).unlink(), record(folder).mkdir()),
    "copy of a newer program": newer_copy,
    "all copies missing": lambda folder, _: [record(folder, one).unlink() for one in range(1, COUNT + 1)],
    "folder missing": lambda folder, _: shutil.rmtree(record(folder).parent),
    "folder under another name": lambda folder, _: record(folder).parent.rename(folder / "an older name"),
    "folder twice": lambda folder, _: shutil.copytree(record(folder).parent, folder / "a copy of it"),
    "file cut within a page and a copy missing": both(missing_copy, cut_within_a_page),
    "row of an older schema whose copy is flipped": both(flip_copy, execute("PRAGMA user_version = 0")),
}
SILENT = {"killed", "row gone", "folder under another name", "folder twice"}
"""Nothing was lost and nothing is doubtful; all others are told."""
LOSSES: dict[str, Damage] = {
    "row and copy flipped": both(flip_copy, FLIPPED_ROW),
    "row flipped, copy missing": both(missing_copy, FLIPPED_ROW),
    "row gone, copy flipped": both(flip_copy, execute("DELETE FROM request WHERE id = ?", request_id(VICTIM))),
    "file missing, copy of a newer program": both(newer_copy, without_file),
    "file of a newer program, copy missing": both(missing_copy, execute("PRAGMA user_version = 2")),
    "schema text flipped, copy missing": both(missing_copy, flip_text_of_row(b"CREATE TABLE request")),
    "file random, copy empty": both(lambda f, _: record(f).write_bytes(b""), overwrite(NOISE)),
}
"""Both places of one request are gone: it is named."""


def check_whole(found: tuple[Request, ...], image: Image, *, without: str = "") -> None:
    """Everything that was reported as kept, at least; what was being sent may be uncertain now."""
    by_id = {one.id: one for one in found}
    for expected in image.requests.values():
        if expected.id == without:
            continue
        got = by_id[expected.id]
        if got != expected:
            assert expected.state is RequestState.SENDING
            assert got.state is RequestState.UNCERTAIN
            assert got.history[-1].state is RequestState.UNCERTAIN
            assert got.revision == expected.revision + 1
            assert is_due(got, AT)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_outbox_is_whole_again_and_told(name: str, folder: Path, image: Image) -> None:
    DAMAGES[name](folder, image)
    store = FileRequestStore(folder)
    check_whole(store.all(), image)
    recovery = store.recovery()
    assert (recovery is None) == (name in SILENT), recovery
    if recovery is not None:
        assert recovery.reason
        assert recovery.unreadable == ()
        assert all(path.exists() for path in recovery.set_aside)
    for request in image.requests.values():
        number = int(request.id[-2:], 16)
        found = store.get(request.id)
        assert found is not None
        if not (name == "folder missing" and number == VICTIM):
            assert (folder / request.id / "đơn.pdf").read_bytes() == f"content {number}".encode()
        assert store.replace(found, changed(found, at=AT))
    kept = store.all()
    store.close()
    again = FileRequestStore(folder)
    assert again.all() == kept
    assert again.recovery() == recovery, "told until it is acknowledged, and no more is found"
    again.acknowledge_recovery()
    assert again.recovery() is None
    again.close()
    assert again.recovery() is None


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_lost_is_named(name: str, folder: Path, image: Image) -> None:
    LOSSES[name](folder, image)
    store, lost = FileRequestStore(folder), request_id(VICTIM)
    found = store.all()
    assert len(found) == COUNT - 1, "the others are there"
    check_whole(found, image, without=lost)
    recovery = store.recovery()
    assert recovery is not None
    assert recovery.unreadable == (lost,)
    with pytest.raises(StorageError) as error:
        store.get(lost)
    assert error.value.code is ErrorCode.STORAGE_OUTBOX
    store.acknowledge_recovery()
    store.close()
    assert store.all() == found
    assert store.recovery() is None, "it was told"


def test_what_was_being_sent_is_uncertain_when_it_comes_from_its_copy(folder: Path, image: Image) -> None:
    without_file(folder, image)
    found = FileRequestStore(folder).get(request_id(SENDING))
    assert found is not None
    assert found.state is RequestState.UNCERTAIN
    assert found.next_attempt == found.changed_at
    assert found.history[-1].channel == ""


def test_what_is_being_sent_in_a_whole_outbox_is_left_alone(folder: Path) -> None:
    found = FileRequestStore(folder).get(request_id(SENDING))
    assert found is not None
    assert found.state is RequestState.SENDING


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE request SET content = x'00'",
        "UPDATE request SET sha256 = 'of another' WHERE rowid % 2",
        "DELETE FROM request WHERE rowid % 2",
        "DELETE FROM request",
        "DROP TABLE request",
    ],
)
def test_damage_is_met_while_the_outbox_is_open(statement: str, folder: Path, image: Image) -> None:
    store = FileRequestStore(folder)
    store.all()
    with contextlib.closing(sqlite3.connect(folder / OUTBOX_FILE)) as database, database:
        database.execute(statement)
    assert store.get(request_id(VICTIM)) == image.requests[request_id(VICTIM)]
    check_whole(store.all(), image)
    assert store.recovery() is not None


@pytest.mark.parametrize(
    "damage", [flip_in_file(18), flip_text_of_row(b" revision INTEGER")], ids=["read-only", "column"]
)
def test_damage_is_met_only_when_something_is_written(damage: Damage, folder: Path, image: Image) -> None:
    damage(folder, image)
    store, before = FileRequestStore(folder), image.requests[request_id(VICTIM)]
    after = changed(before, at=AT)
    assert store.replace(before, after)
    assert store.get(before.id) == after
    recovery = store.recovery()
    assert recovery is not None
    assert len(recovery.set_aside) == 1


def test_a_file_that_another_process_has_put_aside_is_written_to_no_more(folder: Path) -> None:
    one, two = FileRequestStore(folder), FileRequestStore(folder)
    one.all()
    (folder / OUTBOX_FILE).rename(folder / "elsewhere.sqlite")
    found = two.get(request_id(VICTIM))
    assert found is not None
    assert one.replace(found, after := changed(found, at=AT))
    assert two.get(request_id(VICTIM)) == after


def test_the_files_of_a_newer_program_are_kept_as_they_are(folder: Path, image: Image) -> None:
    newer_copy(folder, image)
    execute("PRAGMA user_version = 2")(folder, image)
    copy, file = record(folder).read_bytes(), (folder / OUTBOX_FILE).read_bytes()
    recovery = FileRequestStore(folder).recovery()
    assert recovery is not None
    assert recovery.unreadable == (request_id(VICTIM),)
    assert record(folder).read_bytes() == copy
    (kept,) = recovery.set_aside
    assert len(kept.read_bytes()) == len(file)
    with contextlib.closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT COUNT(*) FROM request").fetchone() == (COUNT,)


def test_a_folder_without_a_copy_is_named(folder: Path) -> None:
    (folder / "papers of somebody").mkdir()
    (folder / "papers of somebody" / "đơn.pdf").write_bytes(b"x")
    recovery = FileRequestStore(folder).recovery()
    assert recovery is not None
    assert recovery.unreadable == ("papers of somebody",)


def test_a_copy_whose_id_leads_elsewhere_is_not_followed(folder: Path, tmp_path: Path) -> None:
    content = msgspec.json.encode(make_request(id="../outside"))
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / "planted").mkdir()
    planted = b'{"format":1,"sha256":"%s","request":%s}' % (sha256.encode(), content)
    (folder / "planted" / RECORD_FILE).write_bytes(planted)
    recovery = FileRequestStore(folder).recovery()
    assert recovery is not None
    assert recovery.unreadable == ("planted",)
    assert not (tmp_path / "outside").exists()


def test_what_is_found_later_is_added(folder: Path, image: Image) -> None:
    store = FileRequestStore(folder)
    DAMAGES["row's content flipped"](folder, image)
    first = store.recovery()
    store.close()
    DAMAGES["file random"](folder, image)
    second = store.recovery()
    assert first is not None
    assert second is not None
    assert second.reason.startswith(f"{first.reason}; ")
    assert first.recovered == (request_id(VICTIM),)
    assert set(second.recovered) == set(image.requests)
    assert len(second.set_aside) == 1


def test_a_damaged_notice_is_no_silence(folder: Path, image: Image) -> None:
    without_file(folder, image)
    assert FileRequestStore(folder).recovery() is not None
    (folder / "recovery.json").write_bytes(b"\xff")
    assert FileRequestStore(folder).recovery() is not None


# Killed between two steps: each step of the real order, done by hand.


def test_killed_between_copy_and_row(folder: Path, image: Image, tmp_path: Path) -> None:
    """The copy is ahead of its row by one revision: the change is finished, and that is no damage."""
    store, before = FileRequestStore(folder), image.requests[request_id(VICTIM)]
    file = shutil.copy(settle(folder), tmp_path / "before.sqlite")
    after = moved(before, RequestState.SIGNED, at=AT)
    assert store.replace(before, after)
    store.close()
    shutil.copy(file, folder / OUTBOX_FILE)
    assert store.get(before.id) == after
    assert store.recovery() is None


def test_killed_between_the_first_copy_and_its_row(folder: Path, image: Image, tmp_path: Path) -> None:
    store, new = FileRequestStore(folder), make_request(50)
    file = shutil.copy(settle(folder), tmp_path / "before.sqlite")
    store.create(new)
    store.close()
    shutil.copy(file, folder / OUTBOX_FILE)
    assert store.get(new.id) == new
    assert len(store.all()) == COUNT + 1
    assert store.recovery() is None


def test_killed_while_the_first_copy_is_written(folder: Path, image: Image) -> None:
    place = folder / request_id(50)
    place.mkdir()
    (place / f".{RECORD_FILE}.0123456789abcdef.part").write_bytes(b"{")
    check_whole(FileRequestStore(folder).all(), image)
    assert FileRequestStore(folder).recovery() is None


@pytest.mark.parametrize("has_row", [True, False])
def test_killed_while_a_request_is_removed(has_row: bool, folder: Path, image: Image) -> None:
    """From the renaming of its folder on it is gone."""
    gone = request_id(VICTIM)
    (folder / gone).rename(folder / f"{REMOVED_PREFIX}{gone}")
    if not has_row:
        execute("DELETE FROM request WHERE id = ?", gone)(folder, image)
    store = FileRequestStore(folder)
    assert store.get(gone) is None
    check_whole(store.all(), image, without=gone)
    assert store.recovery() is None
    assert not [one.name for one in folder.iterdir() if gone in one.name]


@pytest.mark.parametrize("step", ["rescued", "renamed", "copies written"])
def test_killed_during_a_recovery(step: str, folder: Path, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of it was done: the next one ends it, and what was put aside is still told."""
    DAMAGES["file random"](folder, image)
    name = {"rescued": "rescue_rows", "renamed": "put_rest_aside", "copies written": "write_row"}[step]

    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(f"bdsigner.storage.outbox.recovery.{name}", die)
    with pytest.raises(KilledError):
        FileRequestStore(folder).all()
    monkeypatch.undo()
    store = FileRequestStore(folder)
    check_whole(store.all(), image)
    recovery = store.recovery()
    assert recovery is not None
    assert set(recovery.recovered) == set(image.requests)
    assert len(recovery.set_aside) == 1


# Any damage to the file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Request]]:
    folder = tmp_path_factory.mktemp("small") / "requests"
    store = FileRequestStore(folder)
    for number in range(1, 6):
        store.create(make_request(number))
    requests = {one.id: one for one in store.all()}
    store.close()
    return folder, requests


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_loses_nothing_that_has_a_copy(
    data: st.DataObject, small: tuple[Path, dict[str, Request]], tmp_path: Path
) -> None:
    source, requests = small
    folder = tmp_path / "requests"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    content = bytearray((folder / OUTBOX_FILE).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1) | st.integers(0, 120))
        damage = data.draw(st.binary(min_size=1, max_size=12))
        content[start : start + len(damage)] = damage
    (folder / OUTBOX_FILE).write_bytes(content[: data.draw(st.integers(1, len(content)) | st.just(len(content)))])
    store = FileRequestStore(folder)
    assert {one.id: one for one in store.all()} == requests
    for one in requests.values():
        assert store.get(one.id) == one
        assert store.replace(one, replace(changed(one, at=AT), subject="after"))
    assert {one.subject for one in store.all()} == {"after"}
    store.close()
    assert len(store.all()) == len(requests)
    store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_damage_to_what_a_killed_process_left(data: st.DataObject, image: Image, tmp_path: Path) -> None:
    """File, log and one copy, in any combination that leaves each request one of its two places."""
    folder = tmp_path / "requests"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(image.folder, folder)
    if data.draw(st.booleans(), label="only a copy"):
        names = [f"{request_id(data.draw(st.integers(1, COUNT)))}/{RECORD_FILE}"]
    else:
        names = data.draw(
            st.lists(st.sampled_from([OUTBOX_FILE, WAL_FILE, f"{OUTBOX_FILE}-shm"]), min_size=1, unique=True)
        )
    for name in names:
        content = bytearray((folder / name).read_bytes())
        start = data.draw(st.integers(0, len(content) - 1) | st.integers(0, 64))
        damage = data.draw(st.binary(min_size=1, max_size=40))
        content[start : start + len(damage)] = damage
        (folder / name).write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    store = FileRequestStore(folder)
    check_whole(store.all(), image)
    kept = store.all()
    store.close()
    assert store.all() == kept
    store.close()
