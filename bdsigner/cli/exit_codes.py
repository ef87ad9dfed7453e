"""Exit codes of all commands; documented in ``docs/cli.md``."""

from enum import IntEnum


class ExitCode(IntEnum):
    ALL_GOOD = 0
    SOME_FAILED = 1
    USAGE = 2
    ALL_FAILED = 3
    CANCELLED = 4
    INTERNAL = 70


def exit_code(*, good: int, total: int) -> ExitCode:
    """From how many of the files came out well."""
    if good == total:
        return ExitCode.ALL_GOOD
    return ExitCode.SOME_FAILED if good else ExitCode.ALL_FAILED
