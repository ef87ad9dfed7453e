"""``bdsigner doctor``: whether this machine is ready to sign."""

from pathlib import Path

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.interaction import TerminalProgress
from bdsigner.cli.output import print_json
from bdsigner.errors import ProfileError
from bdsigner.messages.self_check import describe_light, describe_result
from bdsigner.messages.translate import tr
from bdsigner.model.self_check import Check, CheckResult, Light, ResultCode, SelfCheck

_MARKS = {Light.GREEN: "✓", Light.AMBER: "!", Light.RED: "✗", Light.GREY: "?"}
_EXIT = {Light.GREEN: ExitCode.ALL_GOOD, Light.AMBER: ExitCode.SOME_FAILED, Light.RED: ExitCode.ALL_FAILED}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option(
    "--support-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Lưu tệp hỗ trợ (đã che tên, số giấy tờ); không ghi đè tập tin có sẵn.",
)
@click.pass_obj
def command(context: Context, as_json: bool, support_file: Path | None) -> int:
    """Kiểm tra máy đã sẵn sàng để ký số chưa."""
    try:
        with context.application() as (application, _settings):
            found = application.devices.self_check(progress=TerminalProgress())
            if support_file is not None:
                application.devices.save_support_file(support_file.absolute(), found)
    except ProfileError as error:
        if support_file is not None:
            raise
        found = _without_profile(error)
    if as_json:
        print_json(_json(found))
    else:
        _print(found)
    if support_file is not None:
        click.echo(tr("Đã lưu tệp hỗ trợ: {file}").format(file=support_file), err=True)
    return _EXIT[found.light]


def _without_profile(error: ProfileError) -> SelfCheck:
    """Nothing else can be looked at without a profile."""
    facts = {name: str(value) for name, value in error.facts.items()} | {"code": error.code.value}
    broken = CheckResult(check=Check.PROFILE, code=ResultCode.ERROR, light=Light.RED, facts=facts)
    return SelfCheck(results=(broken,))


def _print(found: SelfCheck) -> None:
    last = ""
    for result in found.results:
        text = describe_result(result)
        if text.check != last:
            click.echo(text.check)
            last = text.check
        click.echo(f"  {_MARKS[result.light]} {text.light}: {text.sentence}")
        if text.remedy:
            click.echo(f"      → {text.remedy}")
    click.echo(describe_light(found.light))


def _json(found: SelfCheck) -> dict[str, object]:
    return {
        "light": found.light.value,
        "results": [
            {"check": one.check.value, "code": one.code.value, "light": one.light.value, **one.facts}
            | {"sentence": describe_result(one).sentence, "remedy": describe_result(one).remedy}
            for one in found.results
        ],
    }
