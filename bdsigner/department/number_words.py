"""Whole numbers in Vietnamese words, as Mẫu số 03 wants them (``bằng chữ``)."""

MOST = 999_999
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_words(number: int) -> str:
    """``15`` → ``mười lăm``; raises ``ValueError`` outside 1 … ``MOST``."""
    if not 1 <= number <= MOST:
        raise ValueError(number)
    thousands, rest = divmod(number, 1000)
    words = [_group(thousands, is_first=True), "nghìn"] if thousands else []
    if rest:
        words.append(_group(rest, is_first=not thousands))
    return " ".join(words)


def _group(number: int, *, is_first: bool) -> str:
    """Up to three digits; behind thousands the hundreds are always said: ``một nghìn không trăm linh năm``."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [] if is_first and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones:
            words += ["linh", _DIGITS[ones]] if words else [_DIGITS[ones]]
    else:
        words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
        words += [_last(ones, tens)] if ones else []
    return " ".join(words)


def _last(ones: int, tens: int) -> str:
    """``một`` is ``mốt`` and ``bốn`` is ``tư`` behind ``mươi``; ``năm`` is ``lăm`` behind any ten."""
    if ones == 5:
        return "lăm"
    if tens > 1:
        return {1: "mốt", 4: "tư"}.get(ones, _DIGITS[ones])
    return _DIGITS[ones]
