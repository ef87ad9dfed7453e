"""Vietnamese text compared as people compare it: whatever its Unicode form, case, spacing and place of the tone mark."""

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below."""
_LATE_TONE = re.compile(f"([ou])([aey])([{_TONES}])")
"""``hoà``, ``uỷ``: the newer way puts the mark on the second vowel, the older one on the first."""
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """A form in which two spellings of the same words are equal: NFC, lower case, single spaces, ``hoà`` as ``hòa``.

    The result is for comparing only: it also moves marks where a careful writer would not.
    """
    decomposed = unicodedata.normalize("NFD", text.casefold())
    moved = _LATE_TONE.sub(r"\1\3\2", decomposed)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", moved)).strip()


def fold_tightly(text: str) -> str:
    """``fold`` without any spaces, for words that were torn apart."""
    return fold(text).replace(" ", "")


def is_capitals(text: str) -> bool:
    """Whether there are letters, at least two, and none of them is lower case."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 2 and not any(character.islower() for character in letters)


def searchable(text: str) -> str:
    """A form to look in: the words as ``fold`` has them, and once more without diacritics."""
    return f"{fold(text)}\n{bare(text)}"


def is_in(query: str, looked_in: str) -> bool:
    """Whether every word of the query is in a ``searchable`` text; one without diacritics finds one with them."""
    return all(word in looked_in for word in fold(query).split())


def words_of(text: str) -> list[str]:
    """Words without diacritics, each once: what a directory is searched by."""
    return list(dict.fromkeys(_WORD.findall(bare(text))))


def begins_words(query: str, text: str) -> bool:
    """Whether every word of the query begins a word of the text; one without diacritics finds one with them."""
    words = words_of(text)
    return all(any(word.startswith(asked) for word in words) for asked in words_of(query))


def bare(text: str) -> str:
    """Lower case without diacritics, ``đ`` as ``d``; for looking in, never for telling people apart."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
