import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.department.number_words import MOST, in_words

_VALUES = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7}
_VALUES |= {"tám": 8, "chín": 9}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "một"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm linh năm"),
        (110, "một trăm mười"),
        (999, "chín trăm chín mươi chín"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1021, "một nghìn không trăm hai mươi mốt"),
        (21_000, "hai mươi mốt nghìn"),
        (100_000, "một trăm nghìn"),
        (305_015, "ba trăm linh năm nghìn không trăm mười lăm"),
        (999_999, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín"),
    ],
)
def test_is_said_as_people_say_it(number: int, words: str) -> None:
    assert in_words(number) == words


@given(st.integers(1, MOST))
def test_can_be_read_back(number: int) -> None:
    assert _read(in_words(number)) == number


@pytest.mark.parametrize("number", [0, -1, MOST + 1])
def test_others_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=re.escape(str(number))):
        in_words(number)


def _read(words: str) -> int:
    total, group, digit = 0, 0, 0
    for word in words.split():
        match word:
            case "nghìn":
                total, group, digit = (group + digit) * 1000, 0, 0
            case "trăm":
                group, digit = digit * 100, 0
            case "mươi":
                group, digit = group + digit * 10, 0
            case "mười":
                group += 10
            case "linh":
                pass
            case _:
                digit = _VALUES[word]
    return total + group + digit
