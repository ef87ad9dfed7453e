"""``bdsigner request``: which form a situation calls for, filled in and printed (Điều 6–8)."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import error_json, print_error, print_json
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.messages.errors import describe
from bdsigner.messages.requests import CASE_NAMES
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.form import FilledRequest

_CASES = tuple(
    case.value for case in RequestCase if case not in (RequestCase.EXPIRED, RequestCase.DEMANDED, RequestCase.VIOLATION)
)
ROWS_FILE_BYTES = 4 << 20
"""Some thousand people; anything past this is another file."""


class _Pair(click.ParamType[tuple[str, str]]):
    """``key=value``."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        key, equals, text = str(value).partition("=")
        if not key or not equals:
            self.fail(tr("phải viết dạng tên=giá trị"), param, ctx)
        return key, text


def _filling(command: Callable[..., int]) -> Callable[..., int]:
    """What both commands are told of the form."""
    for option in reversed(
        (
            click.argument("case", type=click.Choice(_CASES)),
            click.option(
                "--from-token", "serial", default="", help="Số sê-ri thiết bị đã dùng trên máy này, để điền sẵn."
            ),
            click.option("--set", "typed", type=_Pair(), multiple=True, help="Điền một mục: tên=giá trị; nhiều lần."),
            click.option("--form", default="", help="Mẫu khác với mẫu của trường hợp này: mau-02, mau-03."),
            click.option(
                "--rows",
                type=click.Path(path_type=Path, dir_okay=False),
                help="Danh sách của Mẫu số 02, 03: tập tin .csv, dòng đầu là tên các cột.",
            ),
            click.option("--attach", type=_Pair(), multiple=True, help="Tài liệu kèm theo: tên=tập tin; nhiều lần."),
            click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON."),
            click.pass_obj,
        )
    ):
        command = option(command)
    return command


@click.group("request")
def command() -> None:
    """Giấy đề nghị gửi Sở: cấp, gia hạn, thu hồi, cập nhật chứng thư số (Điều 6, 7, 8)."""


@command.command("new")
@_filling
def new(context: Context, **given: Any) -> int:
    """Điền mẫu của trường hợp CASE từ những gì đã biết; cho biết còn thiếu gì.

    Với 7.1d và --from-token, thiết bị đó thôi ký trên máy này ngay.
    """
    with context.application() as (application, _settings):
        request = application.requests.fill(**_arguments(given))
    return _tell(request, as_json=given["as_json"])


@command.command("print")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@_filling
def print_command(context: Context, target: Path, **given: Any) -> int:
    """Ghi giấy đề nghị ra tập tin PDF TARGET để ký số hoặc in ra ký tay; không ghi đè tập tin nào."""
    with context.application() as (application, _settings):
        request = application.requests.fill(**_arguments(given))
        pages = application.requests.print(request, target.absolute())
    if given["as_json"]:
        print_json(_as_json(request) | {"output": str(target.absolute()), "pages": pages})
    else:
        click.echo(f"✓ {target}")
        _tell_missing(request)
    return ExitCode.ALL_GOOD


def _arguments(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": RequestCase(given["case"]),
        "serial": given["serial"],
        "form": given["form"],
        "typed": dict(given["typed"]),
        "rows": _read_rows(given["rows"]) if given["rows"] is not None else (),
        "files": {name: Path(path) for name, path in given["attach"]},
    }


def _read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table with a line of heads.  Raises ``DocumentError``."""
    try:
        with path.open("rb") as stream:
            content = stream.read(ROWS_FILE_BYTES + 1)
        if len(content) > ROWS_FILE_BYTES:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path))
        lines = csv.DictReader(content.decode("utf-8-sig").splitlines(), restkey="", restval="", strict=True)
        return [{str(key): str(value) for key, value in row.items()} for row in lines]
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path)) from error


def _tell(request: FilledRequest, *, as_json: bool) -> int:
    if as_json:
        print_json(_as_json(request))
    else:
        template = request.form.template
        click.echo(f"{tr(CASE_NAMES[request.form.case])} · {template.number or template.title}")
        for one in template.fields:
            click.echo(f"  {one.key}: {one.label.rstrip(': ')} = {request.form.values.get(one.key, '…')}")
        for problem in request.refused:
            print_error(problem)
        _tell_missing(request)
    return ExitCode.ALL_FAILED if request.refused else ExitCode.ALL_GOOD


def _tell_missing(request: FilledRequest) -> None:
    for problem in request.missing:
        click.echo(f"  ? {describe(problem).sentence}")


def _as_json(request: FilledRequest) -> dict[str, Any]:
    form = request.form
    return {
        "form": form.template.id,
        "form_version": form.template.version,
        "case": form.case.value,
        "values": form.values,
        "rows": list(form.rows),
        "fields": [{"key": one.key, "label": one.label, "kind": one.kind.value} for one in form.template.fields],
        "refused": [error_json(problem) for problem in request.refused],
        "missing": [error_json(problem) for problem in request.missing],
    }
