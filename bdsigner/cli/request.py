"""``bdsigner request``: a request to the department from its first value to the signed paper (Điều 6–8)."""

from pathlib import Path
from typing import Any

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import print_json
from bdsigner.cli.request_options import (
    CASES,
    ask_whether_safe,
    attach_option,
    files_of,
    full_id,
    json_option,
    read_rows,
    request_argument,
    rows_option,
    set_option,
)
from bdsigner.cli.request_output import (
    SHOWN_CHARACTERS,
    filled_json,
    line_of,
    print_fields,
    print_history,
    print_judgement,
    print_standing,
    print_warnings,
    request_json,
    warnings_json,
)
from bdsigner.cli.request_sending import acknowledge, password, save, send, sign, status
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.request import RequestView

_target = click.argument("target", type=click.Path(path_type=Path, dir_okay=False))


@click.group("request")
def command() -> None:
    """Giấy đề nghị gửi Sở: cấp, gia hạn, thu hồi, cập nhật chứng thư số (Điều 6, 7, 8)."""


for _command in (sign, send, save, status, password, acknowledge):
    command.add_command(_command)


@command.command("new")
@click.argument("case", type=click.Choice(CASES))
@click.option("--from-token", "serial", default="", help="Số sê-ri thiết bị đã dùng trên máy này, để điền sẵn.")
@set_option
@click.option("--form", default="", help="Mẫu khác với mẫu của trường hợp này: mau-02, mau-03.")
@rows_option
@attach_option
@click.option(
    "--device-is-safe",
    is_flag=True,
    help="Cam đoan thiết bị chưa bị thất lạc, sao chép hoặc sử dụng ngoài ý muốn (Điều 8 khoản 1); cần cho 8.1a, 8.1b, 8.1c.",
)
@click.option(
    "--dry-run", is_flag=True, help="Chỉ xem mẫu sẽ được điền thế nào; không lưu gì, không dừng thiết bị nào."
)
@json_option
@click.pass_obj
def new(
    context: Context,
    case: str,
    serial: str,
    typed: tuple[tuple[str, str], ...],
    form: str,
    rows: Path | None,
    attach: tuple[tuple[str, str], ...],
    device_is_safe: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Lập yêu cầu cho trường hợp CASE, điền sẵn những gì đã biết; cho biết còn thiếu gì và bước tiếp theo.

    Với 7.1d và --from-token, thiết bị đó thôi ký trên máy này ngay.
    """
    wanted: dict[str, Any] = {
        "case": RequestCase(case),
        "serial": serial,
        "form": form,
        "typed": dict(typed),
        "rows": read_rows(rows) if rows is not None else (),
        "files": files_of(attach),
    }
    with context.application() as (application, _settings):
        if not dry_run:
            if application.requests.needs_safe_device(wanted["case"]) and not device_is_safe:
                ask_whether_safe()
            return _tell(application.requests.begin(**wanted), as_json=as_json, with_fields=True)
        filled = application.requests.fill(**wanted)
    if as_json:
        print_json(filled_json(filled))
    else:
        print_fields(filled)
        print_judgement(filled)
    return ExitCode.ALL_FAILED if filled.refused else ExitCode.ALL_GOOD


@command.command("change")
@request_argument
@set_option
@rows_option
@attach_option
@json_option
@click.pass_obj
def change(
    context: Context,
    request_id: str,
    typed: tuple[tuple[str, str], ...],
    rows: Path | None,
    attach: tuple[tuple[str, str], ...],
    as_json: bool,
) -> int:
    """Sửa yêu cầu chưa ký; “--set tên=” bỏ một mục, “--attach tên=” bỏ một tài liệu."""
    with context.application() as (application, _settings):
        requests = application.requests
        view = requests.change(
            full_id(request_id, requests.all()),
            typed=dict(typed),
            rows=read_rows(rows) if rows is not None else None,
            files=files_of(attach),
        )
    return _tell(view, as_json=as_json)


@command.command("list")
@click.option("--all", "with_ended", is_flag=True, help="Cả những yêu cầu đã xong, bị từ chối, đã bỏ.")
@json_option
@click.pass_obj
def list_requests(context: Context, with_ended: bool, as_json: bool) -> int:
    """Các yêu cầu trên máy này, mới nhất trước; không hỏi Sở."""
    with context.application() as (application, _settings):
        requests = application.requests
        listed = [one for one in requests.all() if with_ended or not one.state.is_over]
        alarms, recovery = requests.alarms(), requests.recovery()
        phone = application.profile.requests.phone
    if as_json:
        print_json({"requests": [request_json(one) for one in listed], **warnings_json(alarms, recovery, phone)})
        return ExitCode.ALL_GOOD
    for one in listed:
        click.echo(line_of(one))
    if not listed:
        click.echo(tr("Không có yêu cầu nào."), err=True)
    print_warnings(alarms, recovery, phone)
    return ExitCode.ALL_GOOD


@command.command("show")
@request_argument
@json_option
@click.pass_obj
def show(context: Context, request_id: str, as_json: bool) -> int:
    """Nội dung, tài liệu và các bước đã qua của một yêu cầu; không hỏi Sở."""
    with context.application() as (application, _settings):
        requests = application.requests
        view = requests.view(full_id(request_id, requests.all()))
        channels = requests.channels
    if as_json:
        print_json(_view_json(view))
        return ExitCode.ALL_GOOD
    print_fields(view.filled)
    if view.request.state.is_open_for_changes:
        print_judgement(view.filled)
    print_standing(view.request)
    print_history(view.request, channels)
    return ExitCode.ALL_GOOD


@command.command("print")
@request_argument
@_target
@json_option
@click.pass_obj
def print_command(context: Context, request_id: str, target: Path, as_json: bool) -> int:
    """Ghi giấy đề nghị, hoặc bản đã ký của nó, ra tập tin PDF TARGET; không ghi đè tập tin nào."""
    with context.application() as (application, _settings):
        requests = application.requests
        pages = requests.print(full_id(request_id, requests.all()), target.absolute())
    if as_json:
        print_json({"output": str(target.absolute()), "pages": pages})
    else:
        click.echo(f"✓ {target}")
    return ExitCode.ALL_GOOD


@command.command("attach")
@request_argument
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def attach_signed(context: Context, request_id: str, path: Path, as_json: bool) -> int:
    """Nhận bản chụp tờ giấy đã ký tay, hoặc tập tin PDF đã ký ở nơi khác, làm bản đã ký của yêu cầu."""
    with context.application() as (application, _settings):
        requests = application.requests
        request = requests.attach_signed(full_id(request_id, requests.all()), path.absolute())
    if as_json:
        print_json(request_json(request))
    else:
        print_standing(request)
    return ExitCode.ALL_GOOD


@command.command("withdraw")
@request_argument
@click.pass_obj
def withdraw(context: Context, request_id: str) -> int:
    """Bỏ một yêu cầu chưa gửi; thiết bị đã báo mất bằng yêu cầu này lại ký được trên máy này."""
    with context.application() as (application, _settings):
        requests = application.requests
        full = full_id(request_id, requests.all())
        requests.withdraw(full)
    click.echo(f"✓ {full[:SHOWN_CHARACTERS]}")
    return ExitCode.ALL_GOOD


@command.command("forget")
@click.pass_obj
def forget(context: Context) -> int:
    """Quên những gì đã gõ vào các mẫu trước đây (họ tên, giấy tờ, địa chỉ …); các yêu cầu đã lập không đổi."""
    with context.application() as (application, _settings):
        application.requests.forget_typed()
    return ExitCode.ALL_GOOD


def _tell(view: RequestView, *, as_json: bool, with_fields: bool = False) -> int:
    """A draft after what was typed; some of it may have been refused."""
    if as_json:
        print_json(_view_json(view))
    else:
        print_standing(view.request)
        if with_fields:
            print_fields(view.filled)
        print_judgement(view.filled)
    return ExitCode.SOME_FAILED if view.filled.refused else ExitCode.ALL_GOOD


def _view_json(view: RequestView) -> dict[str, Any]:
    return request_json(view.request) | filled_json(view.filled)
