"""``bdsigner [--profile FOLDER] [--module FILE] [FILE …]``: the window from the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bdsigner.gui.run import run_window
from bdsigner.storage.settings import Settings, load_settings_or_defaults

if TYPE_CHECKING:
    from bdsigner.app import Application


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bdsigner", add_help=False)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--module", type=Path, action="append", default=[])
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args(arguments)
    settings, damaged = load_settings_or_defaults()

    def make(current: Settings) -> "Application":
        from bdsigner.app import Application
        from bdsigner.storage.logs import set_up_logging

        # Here, after the first paint, which would wait for the imports; nothing was there to log before.
        set_up_logging(debug=chosen.debug)
        return Application.from_settings(current, profile_folder=chosen.profile, modules=chosen.module)

    files = [path.absolute() for path in chosen.files]
    return run_window(settings, files=files, make=make, told_first=damaged)
