"""The layout reader on documents whose layout is known: nearly all right, none wrong and sure of it."""

from collections import Counter
from pathlib import Path

import pytest

from bdsigner.documents.opening import Documents
from bdsigner.documents.words import DocumentPages
from bdsigner.layout.reader import read_layout
from bdsigner.model.layout import Certainty, DocumentLayout
from bdsigner.model.vietnamese import fold
from tests.support.administrative import Document, corpus, draw
from tests.support.office_documents import convert_all

CASES = dict(corpus())
RIGHT_SHARE = 0.99


def read(document: Document, folder: Path) -> DocumentLayout:
    path = folder / "document.pdf"
    path.write_bytes(draw(document))
    documents = Documents()
    try:
        return read_layout(DocumentPages(documents.open(path)))
    finally:
        documents.close()


def wrong_and_sure(document: Document, seen: DocumentLayout) -> list[str]:
    """What the reader is sure of and wrong about."""
    return [part for part, is_right, is_sure in judged(document, seen) if is_sure and not is_right]


def judged(document: Document, seen: DocumentLayout) -> list[tuple[str, bool, bool]]:
    """Part, whether it is right, whether the reader is sure."""
    answers = []
    number, date, sign_off, mark = seen.number, seen.date, seen.sign_off, seen.secrecy_mark
    answers.append(
        (
            "number",
            number is not None and (number.number.value, number.symbol) == (document.number, document.symbol),
            number is not None and number.certainty is Certainty.SURE,
        )
    )
    digits = [value if value.isdigit() else "" for value in (document.day, document.month, document.year)]
    answers.append(
        (
            "date",
            date is not None and [date.day.value, date.month.value, date.year.value] == digits,
            date is not None and date.certainty is Certainty.SURE,
        )
    )
    titles = [fold(line.text) for line in sign_off.title_lines] if sign_off else []
    name = fold(sign_off.name.text) if sign_off and sign_off.name else ""
    answers.append(
        (
            "sign-off",
            titles == [fold(line) for line in document.titles] and name == fold(document.name),
            sign_off is not None and sign_off.certainty is Certainty.SURE,
        )
    )
    answers.append(
        (
            "mark",
            (mark.level.value if mark else "") == document.mark,
            mark is not None and mark.certainty is Certainty.SURE,
        )
    )
    return answers


def is_unsure_by_nature(name: str) -> bool:
    """Joint documents, a name on another page and a note in the gap are to be asked about, not decided."""
    return name.startswith(("joint-", "name-alone-", "note-"))


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 300


@pytest.mark.timeout(240)
def test_nearly_all_are_read_right_and_none_is_wrong_and_sure(tmp_path: Path) -> None:
    wrong: list[str] = []
    sure_and_wrong: list[str] = []
    sure_of_the_unsure: list[str] = []
    unsure: Counter[str] = Counter()
    for name, document in CASES.items():
        seen = read(document, tmp_path)
        answers = judged(document, seen)
        wrong += [f"{name}: {part}" for part, is_right, _ in answers if not is_right]
        sure_and_wrong += [f"{name}: {part}" for part in wrong_and_sure(document, seen)]
        is_sure = seen.sign_off is not None and seen.sign_off.certainty is Certainty.SURE
        if is_unsure_by_nature(name) and is_sure:
            sure_of_the_unsure.append(name)
        if not is_unsure_by_nature(name) and not is_sure:
            unsure[name.rsplit("-", 1)[0]] += 1
    print("wrong:", wrong, "unsure:", dict(unsure))
    assert sure_and_wrong == []
    assert sure_of_the_unsure == []
    assert len({line.partition(":")[0] for line in wrong}) <= (1 - RIGHT_SHARE) * len(CASES), wrong


@pytest.fixture(scope="module")
def by_office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every third document that a word processor can lay out, as it lays it out."""
    kinds = (
        "plain",
        "nfd",
        "late",
        "landscape",
        "a3",
        "unfilled",
        "dotted",
        "long",
        "no-rec",
        "secret",
        "agency",
        "app",
    )
    names = [name for name in CASES if name.startswith(kinds)][::3]
    return convert_all({name: CASES[name] for name in names}, tmp_path_factory.mktemp("office"))


@pytest.mark.timeout(240)
def test_what_a_word_processor_made_is_read_right(by_office: dict[str, Path]) -> None:
    assert len(by_office) >= 70
    for name, path in by_office.items():
        documents = Documents()
        try:
            seen = read_layout(DocumentPages(documents.open(path)))
        finally:
            documents.close()
        assert [part for part, is_right, _ in judged(CASES[name], seen) if not is_right] == [], name
