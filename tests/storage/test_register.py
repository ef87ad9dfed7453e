"""The register of signed documents: only added to, and whatever is done to it afterwards is found."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.legal_value import LegalStanding
from bdsigner.model.register import (
    CHAIN_START,
    BegunAnew,
    ChainLink,
    EventKind,
    HashedFile,
    first_broken,
    link,
)
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.usecases.register_export import register_json
from tests.support.register import NOW, made_of, received, released, reported, reviewed, signed

Links = list[ChainLink]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "signed-documents.sqlite"


@pytest.fixture
def register(file: Path) -> FileDocumentRegister:
    return FileDocumentRegister(file)


def fill(register: FileDocumentRegister, count: int = 3) -> None:
    for number in range(count):
        register.append(signed(f"văn bản {number}"), at=NOW)


def tamper(register: FileDocumentRegister, file: Path, *statements: str) -> None:
    """As somebody with the file at hand would, the triggers first."""
    register.close()
    database = sqlite3.connect(file)
    database.executescript("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_removed;")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_what_was_entered_comes_back_in_order(register: FileDocumentRegister, tmp_path: Path) -> None:
    made = signed(converted_from=HashedFile(name="quyết định.docx", sha256=made_of("docx")), submitted_by="Sở Xây dựng")
    path = tmp_path / "b\udcff.pdf"
    register.append(made, at=NOW, path=path)
    register.append(reviewed(made.target), at=NOW)
    register.append(released(made.target), at=NOW)
    came = received(standing=LegalStanding.NOT_BINDING, findings=("content_changed",))
    register.append(came, at=NOW)
    register.append(reported(came.file), at=NOW)

    found = register.read()

    events = [made, reviewed(made.target), released(made.target), came, reported(came.file)]
    assert [entry.event for entry in found.entries] == events
    assert [entry.kind for entry in found.entries] == [
        EventKind.SIGNED,
        EventKind.REVIEWED,
        EventKind.RELEASED,
        EventKind.RECEIVED,
        EventKind.REPORTED,
    ]
    assert (found.first_broken, found.set_aside) == (None, ())
    assert register.place_of(made.target.sha256) == path
    assert register.last_at(path) == made.target.sha256
    assert register.place_of(made_of("another")) is None


def test_text_that_is_not_unicode_neither_stops_nor_damages_it(register: FileDocumentRegister) -> None:
    register.append(signed(submitted_by="S\udcff"), at=NOW)
    register.note_conversion(made_of("a"), HashedFile.at(Path("b\udcff.docx"), made_of("b")))
    assert register.read().first_broken is None
    kept = register.converted_from(made_of("a"))
    assert kept is not None
    assert kept.name == "b\ufffd.docx"
    assert register.converted_from(made_of("c")) is None


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE entry SET content = replace(content, 'Chủ tịch', 'Phó Chủ tịch') WHERE number = 2", 2),
        ("UPDATE entry SET hash = upper(hash) || '0' WHERE number = 3", 3),
        ("UPDATE entry SET content = 'không phải JSON' WHERE number = 1", 1),
        ("UPDATE entry SET content = X'ff00' WHERE number = 1", 1),
        ("DELETE FROM entry WHERE number = 2", 2),
        ("DELETE FROM entry WHERE number = 1", 1),
        ("DELETE FROM entry WHERE number = 4", 4),
        ("DELETE FROM entry", 1),
        ("DELETE FROM head", 5),
        ("INSERT INTO entry SELECT 9, content, hash FROM entry WHERE number = 1", 5),
    ],
)
def test_what_is_done_to_the_file_is_found(
    register: FileDocumentRegister, file: Path, statement: str, number: int
) -> None:
    fill(register, 4)
    tamper(register, file, statement)
    assert register.read().first_broken == number


def test_what_was_taken_off_the_end_stays_missing(register: FileDocumentRegister, file: Path) -> None:
    fill(register, 4)
    tamper(register, file, "DELETE FROM entry WHERE number > 2")
    fill(register, 1)
    found = register.read()
    assert found.first_broken == 3
    assert [one.number for one in found.links] == [1, 2, 5], "nothing takes the place of what is gone"


def test_entries_cannot_be_changed_by_mistake(register: FileDocumentRegister, file: Path) -> None:
    fill(register)
    register.close()
    database = sqlite3.connect(file)
    for statement in ("UPDATE entry SET hash = ''", "DELETE FROM entry"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            database.execute(statement)
    database.close()


def chain(count: int) -> Links:
    links: Links = []
    for number in range(1, count + 1):
        previous = links[-1].hash if links else CHAIN_START
        links.append(link(signed(f"văn bản {number}"), number=number, at=NOW, previous=previous))
    return links


def head(links: Links) -> tuple[int, str]:
    return (links[-1].number, links[-1].hash) if links else (0, CHAIN_START)


def changed(links: Links, data: st.DataObject) -> int:
    """One character of one entry; returns its number."""
    place = data.draw(st.integers(0, len(links) - 1))
    one = links[place]
    at = data.draw(st.integers(0, len(one.content) - 1))
    put = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != one.content[at]))
    links[place] = ChainLink(number=one.number, content=one.content[:at] + put + one.content[at + 1 :], hash=one.hash)
    return place + 1


def rehashed(links: Links, data: st.DataObject) -> int:
    """One entry is written anew with a hash that fits it: the next one no longer fits, or the head."""
    place = data.draw(st.integers(0, len(links) - 1))
    previous = links[place - 1].hash if place else CHAIN_START
    links[place] = link(signed("khác"), number=place + 1, at=NOW, previous=previous)
    return place + 2


def dropped(links: Links, data: st.DataObject) -> int:
    place = data.draw(st.integers(0, len(links) - 1))
    del links[place]
    return place + 1


def moved(links: Links, data: st.DataObject) -> int:
    one = data.draw(st.integers(0, len(links) - 2))
    other = data.draw(st.integers(one + 1, len(links) - 1))
    links[one], links[other] = links[other], links[one]
    return one + 1


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.integers(2, 7), st.sampled_from([changed, rehashed, dropped, moved]), st.data())
def test_any_changed_dropped_or_moved_entry_is_found(
    count: int, harm: Callable[[Links, st.DataObject], int], data: st.DataObject
) -> None:
    links = chain(count)
    last = head(links)
    assert first_broken(links, last) is None
    expected = harm(links, data)
    assert first_broken(links, last) == expected


def test_the_exported_chain_can_be_checked_without_this_program(register: FileDocumentRegister) -> None:
    fill(register, 5)
    exported = json.loads(register_json(register.read()))
    assert exported["schema"] == "bdsigner.register/1"
    previous = "0" * 64
    for number, one in enumerate(exported["links"], 1):
        content = json.loads(one["content"])
        assert (content["number"], content["previous"]) == (number, previous)
        assert sha256(one["content"].encode()).hexdigest() == one["hash"]
        previous = one["hash"]


def test_two_windows_at_once_keep_one_chain(file: Path) -> None:
    registers = [FileDocumentRegister(file) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: registers[number % 4].append(signed(f"văn bản {number}"), at=NOW), range(40)))
    found = registers[0].read()
    assert (len(found.entries), found.first_broken) == (40, None)


def test_windows_that_make_the_file_at_the_same_moment_all_enter_what_they_have(tmp_path: Path) -> None:
    # SQLite does not wait for others while it turns a new file to write-ahead logging.
    for round_ in range(40):
        file, together = tmp_path / f"{round_}.sqlite", Barrier(6)

        def enter(number: int, file: Path = file, together: Barrier = together) -> None:
            together.wait(10)
            FileDocumentRegister(file).append(signed(f"văn bản {number}"), at=NOW)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(enter, range(6)))
        assert len(FileDocumentRegister(file).read().entries) == 6


def test_kill_9_while_appending_loses_nothing_that_was_entered(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bdsigner.storage.register import FileDocumentRegister;"
        "from tests.support.register import NOW, signed\n"
        f"register = FileDocumentRegister(Path({str(file)!r}))\n"
        "for number in range(10_000):\n"
        "    register.append(signed(f'văn bản {number}'), at=NOW); print(number, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(25)]
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.readlines()
    entered = sum(line.endswith("\n") for line in told)
    register = FileDocumentRegister(file)
    found = register.read()
    assert len(found.entries) in (entered, entered + 1), "one may be in that was not told any more"
    assert found.first_broken is None
    fill(register, 1)
    assert register.read().first_broken is None


def test_a_damaged_register_is_kept_and_the_next_one_says_so(register: FileDocumentRegister, file: Path) -> None:
    fill(register)
    register.close()
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)

    assert register.read().set_aside != (), "told before anything is entered"
    fill(register, 1)

    found = register.read()
    begun = found.entries[0].event
    assert isinstance(begun, BegunAnew)
    assert [begun.kept.name] == list(found.set_aside)
    assert begun.kept.sha256 == sha256((file.parent / begun.kept.name).read_bytes()).hexdigest()
    assert (len(found.entries), found.first_broken) == (2, None)


def test_a_register_that_cannot_be_used_is_a_coded_error(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    register = FileDocumentRegister(blocked / "signed-documents.sqlite")
    for call in (register.read, lambda: register.append(signed(), at=NOW)):
        with pytest.raises(StorageError) as caught:
            call()
        assert caught.value.code is ErrorCode.STORAGE_REGISTER
    assert register.place_of("ab") is None
    assert register.last_at(tmp_path) == ""
    register.note_conversion("ab", HashedFile(name="a", sha256="b"))
    assert register.converted_from("ab") is None
