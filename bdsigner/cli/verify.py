"""``bdsigner verify``: tell whether files are genuine."""

from pathlib import Path

import click

from bdsigner.app import Skill
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import TerminalProgress
from bdsigner.cli.output import error_json, print_error, print_json, report_json, report_text
from bdsigner.model.verification import Verdict


@click.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(context: Context, files: tuple[Path, ...], as_json: bool) -> int:
    """Kiểm tra chữ ký số trong các tập tin PDF."""
    with context.application() as (application, _settings):
        application.warm_up(Skill.VERIFYING)
        outcomes = application.verify([path.absolute() for path in files], progress=TerminalProgress())
    if as_json:
        print_json(
            [
                {"file": str(o.path)}
                | (report_json(o.report) if o.report else {})
                | ({"error": error_json(o.error)} if o.error else {})
                for o in outcomes
            ]
        )
    else:
        for outcome in outcomes:
            if outcome.report:
                click.echo(report_text(outcome.report))
            if outcome.error:
                print_error(outcome.error, outcome.path)
    good = sum(1 for o in outcomes if o.report and o.report.verdict is Verdict.VALID)
    return exit_code(good=good, total=len(outcomes))
