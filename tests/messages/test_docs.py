"""What the docs quote is what the program says."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

from bdsigner.storage.resources import resource_path
from tests.support.errors_page import PAGE, render

ANSWERS = PAGE.with_name("verification.md")


def test_errors_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render()


def test_every_answer_that_is_explained_can_be_given() -> None:
    quoted = re.findall(r"^\| \*\*(.+?)\*\* \|", ANSWERS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(quoted) > 10
    assert [one for one in quoted if one not in _sentences()] == []


def _sentences() -> set[object]:
    catalogue: Path = resource_path("locale", "en", "LC_MESSAGES", "bdsigner.po")
    with catalogue.open("rb") as file:
        return {message.id for message in read_po(file, locale="en")}
