"""Writes ``docs/errors.md``: ``python -m tests.support.errors_page``."""

from pathlib import Path

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.messages.translate import Language, set_language
from bdsigner.storage.resources import resource_path

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
HEAD = """# Error codes

What each code means and what to do. The program shows the code below every message; `{…}` stands for a fact of the
case. This page is made from the catalogue (`python -m tests.support.errors_page`).

"""


def render() -> str:
    """The whole page, both languages."""
    rows = {language: _rows(language) for language in Language}
    set_language(Language.VIETNAMESE, resource_path("locale"))
    return HEAD + "\n".join(
        f"### `{code.value}`\n\n{rows[Language.VIETNAMESE][code]}\n\n{rows[Language.ENGLISH][code]}\n"
        for code in ErrorCode
    )


def _rows(language: Language) -> dict[ErrorCode, str]:
    set_language(language, resource_path("locale"))
    facts = {name: "{" + name + "}" for name in _FACT_NAMES} | {"since": "2026-01-01T00:00:00+07:00"}
    rows: dict[ErrorCode, str] = {}
    for code in ErrorCode:
        message = describe_code(code, facts)
        row = f"**{message.title}.** {message.sentence} → {message.remedy}"
        rows[code] = row.replace("01.01.2026 00:00:00 +07:00", "{since}")
    return rows


def _fact_names() -> set[str]:
    import string

    from bdsigner.messages.errors import TEXTS

    return {
        name
        for text in TEXTS.values()
        for source in (text.sentence, text.remedy)
        for _, name, _, _ in string.Formatter().parse(source)
        if name and name != "file"
    } | {"path"}


_FACT_NAMES = _fact_names()

if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
