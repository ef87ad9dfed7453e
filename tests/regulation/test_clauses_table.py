"""The table of docs/regulation.md §17 is true to the program: codes, functions and tests exist, and none is left out."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode
from bdsigner.model.signing_rules import ObjectionWeight

ROOT = Path(__file__).parents[2]
_SECTION = "## 17. "
_COLUMNS = 6
_NAMED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    clause: str
    weights: frozenset[str]
    code: str
    rule: str
    test: str


def rows() -> Iterator[Row]:
    text = (ROOT / "docs" / "regulation.md").read_text(encoding="utf-8")
    for line in text[text.index(f"\n{_SECTION}") :].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and not line.startswith("| Clause"):
            assert len(cells) == _COLUMNS, line
            clause, _says, weight, *named = cells
            code, rule, test = ((_NAMED.search(cell) or ["", ""])[1] for cell in named)
            yield Row(clause, frozenset(weight.split(" / ")) - {"–"}, code, rule, test)


ROWS = list(rows())
WEIGHTS = {weight.value.upper() for weight in ObjectionWeight}


def test_the_table_is_read() -> None:
    assert len(ROWS) > 50


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.test.partition("::")[2])
def test_rule_code_and_test_exist(row: Row) -> None:
    assert re.search(r"Đ\d|§\d|product", row.clause)
    assert row.weights <= WEIGHTS
    assert bool(row.code) == bool(row.weights), "who stops or asks names a code"
    if row.code:
        ErrorCode(row.code)
    if row.rule:
        module, _, name = row.rule.partition(".")
        assert callable(getattr(importlib.import_module(f"bdsigner.regulation.{module}"), name))
    module, _, name = row.test.partition("::")
    found = [file for file in (ROOT / "tests").rglob(f"{module}.py") if f"def {name}(" in file.read_text("utf-8")]
    assert len(found) == 1, row.test


@pytest.mark.parametrize("code", [code.value for code in ErrorCode if code.value.startswith("regulation.")])
def test_each_code_of_the_regulation_has_its_row(code: str) -> None:
    assert any(row.code == code for row in ROWS)
