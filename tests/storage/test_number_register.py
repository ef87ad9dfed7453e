"""The agency's register of numbers: counted by symbol and year, never given twice, free again when nothing came of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.model.numbering import DocumentNumber
from bdsigner.storage.number_register import FileNumberRegister


def number(value: str, *, symbol: str = "QĐ-UBND", year: int = 2026) -> DocumentNumber:
    return DocumentNumber(number=value, symbol=symbol, year=year)


@pytest.fixture
def register(tmp_path: Path) -> FileNumberRegister:
    return FileNumberRegister(tmp_path / "numbers.sqlite")


def test_numbers_count_by_symbol_and_year(register: FileNumberRegister, tmp_path: Path) -> None:
    assert register.next_number("QĐ-UBND", 2026) == "1"
    register.claim(number("7"), tmp_path / "a.pdf")
    register.claim(number("12a"), tmp_path / "b.pdf")
    assert register.next_number("QĐ-UBND", 2026) == "13"
    assert register.next_number("QĐ-UBND", 2027) == "1"
    assert register.next_number("BC-SNV", 2026) == "1"


def test_a_number_has_one_holder(register: FileNumberRegister, tmp_path: Path) -> None:
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    assert register.claim(number("7"), first) is None
    assert register.claim(number("7"), first) is None, "the same file again, as after kill -9"
    assert register.claim(number("7"), second) == first
    assert register.holder(number("7")) == first


def test_it_is_free_again_when_nothing_was_signed(register: FileNumberRegister, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    register.claim(number("7"), path)
    register.settle(number("7"), path, is_signed=False)
    assert register.holder(number("7")) is None
    register.claim(number("7"), path)
    register.settle(number("7"), path, is_signed=True)
    register.settle(number("7"), path, is_signed=False)
    assert register.holder(number("7")) == path, "what was signed stays given"


def test_two_windows_never_get_the_same_number(tmp_path: Path) -> None:
    file = tmp_path / "numbers.sqlite"
    registers = [FileNumberRegister(file) for _ in range(4)]

    def take(index: int) -> str:
        register, path = registers[index % 4], tmp_path / f"{index}.pdf"
        while True:
            value = register.next_number("QĐ-UBND", 2026)
            if value and register.claim(number(value), path) is None:
                return value

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take, range(20)))
    assert sorted(map(int, taken)) == list(range(1, 21))


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 99_999), min_size=1, max_size=8))
def test_the_next_is_always_above_all_given(tmp_path_factory: pytest.TempPathFactory, values: list[int]) -> None:
    register = FileNumberRegister(tmp_path_factory.mktemp("sổ") / "numbers.sqlite")
    for value in values:
        register.claim(number(str(value)), Path(f"/{value}.pdf"))
    assert register.next_number("QĐ-UBND", 2026) == str(max(values) + 1)
    register.close()


def test_a_register_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    register = FileNumberRegister(blocked / "numbers.sqlite")
    assert register.next_number("QĐ-UBND", 2026) == ""
    assert register.claim(number("1"), tmp_path / "a.pdf") is None
