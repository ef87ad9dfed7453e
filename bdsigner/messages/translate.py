"""Vietnamese is the language of the source; other languages come from gettext catalogues in ``resources/locale``."""

import gettext
from enum import StrEnum
from pathlib import Path

DOMAIN = "bdsigner"


class Language(StrEnum):
    """Languages the program speaks."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


_translations: gettext.NullTranslations = gettext.NullTranslations()


def set_language(language: Language, locale_folder: Path) -> None:
    """Switch all later ``tr`` calls; a missing catalogue leaves the source text."""
    global _translations  # noqa: PLW0603  # one language a process, as in gettext.install
    _translations = gettext.translation(DOMAIN, locale_folder, languages=[language.value], fallback=True)


def tr(message: str) -> str:
    """Translate one source sentence."""
    return _translations.gettext(message)


def tr_noop(message: str) -> str:
    """Mark a sentence of a table for extraction; ``tr`` is called where it is shown."""
    return message
