"""The English catalogue is complete, fits the source and is compiled."""

import gettext
import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import bdsigner
from bdsigner.storage.resources import resource_path

KEYWORDS = {"tr": None, "tr_noop": None, "_": None}
FOLDER = resource_path("locale", "en", "LC_MESSAGES")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (FOLDER / "bdsigner.po").open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def source_texts() -> set[str]:
    package = Path(bdsigner.__file__).parent
    return {text for _, _, text, _, _ in extract_from_dir(package, keywords=KEYWORDS) if isinstance(text, str)}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_source_text_is_translated(catalogue: Catalog, source_texts: set[str]) -> None:
    missing = [text for text in source_texts if not (message := catalogue.get(text)) or not message.string]

    assert missing == []


def test_nothing_is_translated_that_nobody_says(catalogue: Catalog, source_texts: set[str]) -> None:
    assert {message.id for message in catalogue if message.id} <= source_texts


def test_placeholders_are_kept(catalogue: Catalog) -> None:
    wrong = [m.id for m in catalogue if m.id and placeholders(str(m.id)) != placeholders(str(m.string))]

    assert wrong == []


def test_compiled_catalogue_is_current(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    with (FOLDER / "bdsigner.mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)
    fresh = gettext.GNUTranslations(compiled)

    assert all(shipped.gettext(str(m.id)) == fresh.gettext(str(m.id)) for m in catalogue if m.id)
