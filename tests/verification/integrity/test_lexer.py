"""Positions of dictionary entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.verification.integrity.lexer import LexError, object_body, read_dictionary


def values(data: bytes) -> dict[str, bytes]:
    entries, end = read_dictionary(data, 0)
    assert data[end - 2 : end] == b">>"
    return {entry.key: data[entry.start : entry.end] for entry in entries}


def test_every_kind_of_value() -> None:
    data = b"<< /A 12 0 R/B<0aFF >/C (a\\)(b)) /D [1 -2.5 [/X] <<\n/E true>> 7 0 R] %comment >>\n/F#47 /N /H null/I<</J(>>)>>>>"
    assert values(data) == {
        "/A": b"12 0 R",
        "/B": b"<0aFF >",
        "/C": b"(a\\)(b))",
        "/D": b"[1 -2.5 [/X] <<\n/E true>> 7 0 R]",
        "/FG": b"/N",
        "/H": b"null",
        "/I": b"<</J(>>)>>",
    }


def test_numbers_that_only_look_like_references() -> None:
    assert values(b"<</A 1 /B [1 2 3]/C 4>>") == {"/A": b"1", "/B": b"[1 2 3]", "/C": b"4"}


def test_doubled_keys_are_seen() -> None:
    entries, _ = read_dictionary(b"<</A 1/A 2>>", 0)
    assert [entry.key for entry in entries] == ["/A", "/A"]


@pytest.mark.parametrize(
    "data",
    [b"", b"<<", b"<</A", b"<</A <00", b"<</A (x", b"<</A [1", b"<< A 1>>", b"[1]", b"<</A >>", b"<</A" + b"[" * 99],
)
def test_no_dictionary(data: bytes) -> None:
    with pytest.raises(LexError):
        read_dictionary(data, 0)


def test_object_header() -> None:
    assert object_body(b"\n12 0 obj<<>>") == 9
    with pytest.raises(LexError):
        object_body(b"12 0 R")


@given(data=st.binary(max_size=200))
def test_garbage_is_typed(data: bytes) -> None:
    for text in (data, b"<<" + data, b"<</A " + data + b">>"):
        try:
            entries, end = read_dictionary(text, 0)
        except LexError:
            continue
        assert all(0 <= entry.start <= entry.end <= end <= len(text) for entry in entries)
