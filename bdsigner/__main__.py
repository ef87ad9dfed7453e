"""Entry point: a command runs on the terminal, everything else opens the window."""

import sys


def main() -> int:
    """``bdsigner COMMAND …`` is the command line, ``bdsigner [FILE …]`` the window.  Returns the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from bdsigner import __version__

        sys.stdout.write(f"bdsigner {__version__}\n")
        return 0
    from bdsigner.cli.commands import is_command_line

    if is_command_line(arguments):
        from bdsigner.cli.start import main as run_command

        return run_command(arguments)
    from bdsigner.gui.start import main as open_window

    return open_window(arguments)


if __name__ == "__main__":
    sys.exit(main())
