"""Which errors mean that the file is damaged: each provoked on a real one."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode
from bdsigner.storage.outbox.errors import is_damage, outbox_error

Provoke = Callable[[Path], object]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "outbox.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE request (id TEXT NOT NULL)")
        database.commit()
        yield file


def run(file: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(file, timeout=0.01, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement).fetchall()


def while_another_writes(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        run(file, "BEGIN IMMEDIATE")


def closed(file: Path) -> None:
    database = sqlite3.connect(file)
    database.close()
    database.execute("SELECT 1")


def not_a_database(file: Path) -> None:
    file.write_bytes(b"x" * 4096)
    run(file, "SELECT * FROM request")


def no_text(file: Path) -> None:
    run(file, "INSERT INTO request VALUES (CAST(x'ff' AS TEXT))", "SELECT id FROM request")


def full(file: Path) -> None:
    pages = "PRAGMA max_page_count = 2"  # SQLite says the same of a disk without room
    run(file, pages, "INSERT INTO request VALUES (hex(zeroblob(9000)))")


DAMAGE: dict[str, Provoke] = {
    "not a database": not_a_database,
    "no table": lambda file: run(file, "DROP TABLE request", "SELECT * FROM request"),
    "no column": lambda file: run(file, "SELECT content FROM request"),
    "no text": no_text,
    "called read-only": lambda file: run(file, "PRAGMA query_only = 1", "DELETE FROM request"),
}
NO_DAMAGE: dict[str, tuple[Provoke, ErrorCode]] = {
    "another writes": (while_another_writes, ErrorCode.STORAGE_OUTBOX),
    "a mistake of ours": (closed, ErrorCode.STORAGE_OUTBOX),
    "full": (full, ErrorCode.STORAGE_FULL),
    "folder missing": (lambda file: run(file.parent / "none" / file.name, "SELECT 1"), ErrorCode.STORAGE_OUTBOX),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_the_file_is_damaged(name: str, file: Path) -> None:
    with pytest.raises(sqlite3.Error) as error:
        DAMAGE[name](file)
    assert is_damage(error.value, file)


@pytest.mark.parametrize("name", NO_DAMAGE)
def test_the_file_is_left_alone(name: str, file: Path) -> None:
    provoke, code = NO_DAMAGE[name]
    with pytest.raises(sqlite3.Error) as error:
        provoke(file)
    place = file.parent / "none" / file.name if name == "folder missing" else file
    assert not is_damage(error.value, place)
    told = outbox_error(error.value, place)
    assert told.code is code
    assert told.facts["reason"]
