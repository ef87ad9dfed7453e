"""Writes ``docs/cross-checks.md``: ``python -m tests.support.verification_page``; needs ``pdfsig`` and ``openssl``."""

import logging
import tempfile
from collections import Counter
from pathlib import Path

from tests.support.crosscheck import Row, rows

PAGE = Path(__file__).parents[2] / "docs" / "cross-checks.md"

_BEHIND_THE_END = (
    "pyHanko reads the file up to the last `%%EOF`; viewers draw what stands behind it. Here it is a change."
)
_FORM_FILLED = (
    "For pyHanko every new value or look of a form field is form filling. What was signed showed another one, so a "
    "person is told: not whole, with the field and its page."
)
_EMPTY_FIELD = (
    "pyHanko takes any new signature field for allowed. This one takes room on the page and covers what was signed."
)
_COVERED = (
    "pyHanko takes a later visible signature for form filling; here its look is drawn, and it lies over signed text."
)
_LAST_ONE_WHOLE = (
    "pdfsig says of each signature by itself whether it is valid, and the last one covers all. That the first no longer "
    "describes what the file shows is not its question."
)
EXPLAINED: dict[tuple[str, str, str], str] = {
    ("pyHanko", "sound", "certified, then signed"): (
        "pyHanko allows no new signature field after a certification. ISO 32000-2 Table 257 names signing among what "
        "P = 2 allows, and agencies co-sign certified documents; the new signature covers nothing on the page."
    ),
    ("pyHanko", "sound", "CMS with empty content"): (
        "Some writers put an empty content where none belongs. It is over no other bytes, so OpenSSL, pdfsig and this "
        "program take it for detached; pyHanko raises an error."
    ),
    ("pyHanko", "incremental", "text behind the end"): _BEHIND_THE_END,
    ("pyHanko", "incremental", "objects and the old startxref"): _BEHIND_THE_END,
    ("pyHanko", "incremental", "update without %%EOF"): _BEHIND_THE_END,
    ("pyHanko", "shadow replace", "value and look"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "look overwritten"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "look exchanged"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "value only"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "field hidden"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "check box"): _FORM_FILLED,
    ("pyHanko", "shadow replace", "NeedAppearances"): (
        "With NeedAppearances viewers draw the fields anew from their values; pyHanko does not look at that entry."
    ),
    ("pyHanko", "sneaky signature", "empty field over the text"): _EMPTY_FIELD,
    ("pyHanko", "sneaky signature", "empty visible field"): _EMPTY_FIELD,
    ("pyHanko", "sneaky signature", "signed, its look over the text"): _COVERED,
    ("pyHanko", "forms", "default look"): (
        "The form's default look changes how fields are drawn anew; pyHanko does not look at that entry."
    ),
    ("pdfsig", "incremental", "change signed by the attacker"): _LAST_ONE_WHOLE,
    ("pdfsig", "incremental", "change signed by the victim"): _LAST_ONE_WHOLE,
    ("pdfsig", "sneaky signature", "signed, its look over the text"): _LAST_ONE_WHOLE,
    ("pdfsig", "certification", "no changes allowed, signed again"): _LAST_ONE_WHOLE,
}
"""Who, family, variant: why the answers differ.  A disagreement without a sentence fails the tests."""

_HEAD = """# Verification, held against others

Every sound variant (`tests/assets/valid_pdfs.py`) and every attack (`tests/assets/attacks`, listed in
[attacks.md](attacks.md)) is judged by this program and by those that can judge the same thing: `openssl cms` the CMS and
the bytes of the ByteRange, `pdfsig` of Poppler also whether the last signature covers the whole file, pyHanko with its
own difference analysis what later revisions changed. Whatever one of them leaves open ("not whole" without saying what
changed, "not judged", an unusual ByteRange) is no disagreement. CMS files and mails are compared with `openssl cms` case
by case in `tests/verification/test_cms_openssl.py`; there is no disagreement.

This page is made by the tests (`python -m tests.support.verification_page`); a new disagreement, or one that is gone,
fails them.

"""


def differing(found: list[Row]) -> list[tuple[str, str, str]]:
    """Who disagrees about which file."""
    return [(who, *row.key) for row in found for who in row.disagreements()]


def page(found: list[Row]) -> str:
    """The page as text."""
    sound = [row for row in found if row.family == "sound"]
    differ = differing(found)
    counts = Counter(who for who, *_ in differ)
    by_key = {row.key: row for row in found}
    lines = [
        f"{len(found)} files, {len(sound)} of them sound. Disagreements: "
        + ", ".join(f"{who} {counts[who]}" for who in ("OpenSSL", "pyHanko", "pdfsig"))
        + ".",
        "",
        "## Sound files",
        "",
        "| variant | expected | got | OpenSSL | pyHanko | pdfsig |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.expected} | {one.ours} | {one.openssl} | {one.pyhanko} | {one.pdfsig} |"
            for one in sound
        ),
        "",
        "## Disagreements, explained",
        "",
        "| file | got | who | says | why |",
        "|---|---|---|---|---|",
    ]
    for who, family, name in differ:
        row = by_key[family, name]
        says = {"OpenSSL": row.openssl, "pyHanko": row.pyhanko, "pdfsig": row.pdfsig}[who]
        lines.append(f"| {family}: {name} | {row.ours} | {who} | {says} | {EXPLAINED[who, family, name]} |")
    lines += [
        "",
        "## Attacks",
        "",
        "| file | expected | got | OpenSSL | pyHanko |",
        "|---|---|---|---|---|",
        *(
            f"| {one.family}: {one.name} | {one.expected} | {one.ours} | {one.openssl} | {one.pyhanko} |"
            for one in found
            if one.family != "sound"
        ),
    ]
    return _HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    logging.disable(logging.CRITICAL)  # pyHanko logs every path it cannot build
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(rows(Path(folder), with_pdfsig=True)), "utf-8")


if __name__ == "__main__":
    main()
