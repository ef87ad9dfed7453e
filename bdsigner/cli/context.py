"""What the global options say, and the application built from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.app import Application, DocumentChildren
    from bdsigner.storage.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    profile_folder: Path | None
    modules: tuple[Path, ...]
    language: str | None
    is_debug: bool
    children: "DocumentChildren | None"
    """Started ahead for the command."""

    @contextmanager
    def application(self) -> Iterator["tuple[Application, Settings]"]:
        """Load settings, language and profile; children end with the block.  Raises ``ProfileError``."""
        from bdsigner.app import Application
        from bdsigner.cli.output import print_error
        from bdsigner.messages.translate import Language, set_language
        from bdsigner.storage.logs import set_up_logging
        from bdsigner.storage.resources import resource_path
        from bdsigner.storage.settings import load_settings_or_defaults

        set_up_logging(debug=self.is_debug)
        settings, damaged = load_settings_or_defaults()
        if damaged is not None:
            print_error(damaged)
        set_language(Language(self.language or settings.language), resource_path("locale"))
        application = Application.from_settings(
            settings, profile_folder=self.profile_folder, modules=self.modules, children=self.children
        )
        try:
            yield application, settings
        finally:
            application.close()
