"""The list of error codes for support is what the program says."""

from tests.support.errors_page import PAGE, render


def test_errors_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render()
