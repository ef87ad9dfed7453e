"""The command group: global options, and commands imported only when called."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdsigner import __version__
from bdsigner.cli.commands import COMMANDS
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled

if TYPE_CHECKING:
    from bdsigner.app import DocumentChildren


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bdsigner.cli.{cmd_name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bdsigner")
@click.option("--profile", type=click.Path(path_type=Path, file_okay=False), help="Thư mục cấu hình (profile).")
@click.option(
    "--module", "modules", type=click.Path(path_type=Path), multiple=True, help="Tệp trình điều khiển PKCS#11."
)
@click.option("--language", type=click.Choice(["vi", "en"]), help="Ngôn ngữ của thông báo.")
@click.option("--debug", is_flag=True, help="Ghi nhật ký chi tiết.")
@click.pass_context
def cli(
    context: click.Context, profile: Path | None, modules: tuple[Path, ...], language: str | None, debug: bool
) -> None:
    """Ký số và kiểm tra văn bản điện tử theo Quyết định 69/2014/QĐ-UBND."""
    context.obj = Context(
        profile_folder=profile, modules=modules, language=language, is_debug=debug, children=context.obj
    )


def run(arguments: Sequence[str], children: "DocumentChildren | None" = None) -> int:
    """Run the command line, with ``children`` that may run already; returns the exit code, never raises."""
    try:
        result = cli.main(args=list(arguments), prog_name="bdsigner", standalone_mode=False, obj=children)
    except click.UsageError as error:
        error.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.ALL_FAILED
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.CANCELLED
    except UserCancelled:
        return ExitCode.CANCELLED
    except BdsignerError as error:
        from bdsigner.cli.output import print_error

        print_error(error)
        return ExitCode.USAGE if error.code is ErrorCode.USAGE else ExitCode.ALL_FAILED
    except Exception as error:  # the last line of defence: coded, logged, no traceback for the person
        import logging

        from bdsigner.cli.output import print_error

        logging.getLogger(__name__).exception("unexpected")
        print_error(BdsignerError(ErrorCode.UNEXPECTED, kind=type(error).__name__))
        return ExitCode.INTERNAL
    return int(result) if isinstance(result, int) else ExitCode.ALL_GOOD
