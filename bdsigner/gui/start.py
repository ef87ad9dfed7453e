"""``bdsigner [--profile FOLDER] [--module FILE] [FILE …]``: the window from the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bdsigner.gui.run import run_window
from bdsigner.storage.logs import set_up_logging
from bdsigner.storage.settings import load_settings


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bdsigner", add_help=False)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--module", type=Path, action="append", default=[])
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args(arguments)
    set_up_logging(debug=chosen.debug)
    settings = load_settings()
    files = [path.absolute() for path in chosen.files]
    if not (chosen.profile or chosen.module):
        return run_window(settings, files=files)
    from bdsigner.app import Application

    application = Application.from_settings(settings, profile_folder=chosen.profile, modules=chosen.module)
    return run_window(settings, files=files, application=application)
