"""``bdsigner request`` sign, send, save, status: a request on its way to the department and back (Điều 6–8, 13)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode, exit_code
from bdsigner.cli.interaction import Decision, TerminalInteraction, TerminalProgress
from bdsigner.cli.output import print_json
from bdsigner.cli.pin_source import pin_source
from bdsigner.cli.request_options import full_id, json_option, request_argument
from bdsigner.cli.request_output import (
    SHOWN_CHARACTERS,
    print_history,
    print_standing,
    print_warnings,
    request_json,
    warnings_json,
)
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.messages.translate import tr
from bdsigner.model.request import Request, RequestState
from bdsigner.ports import QuestionCode

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.app.requests import Requests
    from bdsigner.model.token import SignerIdentity

_DECISIONS = click.Choice([decision.value for decision in Decision])


def _key_options(command: Callable[..., int]) -> Callable[..., int]:
    """Whose key, and where its PIN comes from; as ``bdsigner sign``."""
    for option in (
        click.option("--pin-fd", type=int, help="Đọc mã PIN từ file descriptor."),
        click.option("--pin-stdin", is_flag=True, help="Đọc mã PIN từ dòng đầu của đầu vào chuẩn."),
        click.option("--cert", "cert_serial", help="Số hiệu chứng thư số, khi có nhiều chứng thư số."),
        click.option("--token", "token_serial", help="Số sê-ri thiết bị, khi có nhiều thiết bị."),
    ):
        command = option(command)
    return command


_sender_option = click.option("--from", "send_from", default="", help="Hộp thư công vụ để gửi, khi gửi bằng thư.")


@click.command("sign")
@request_argument
@_key_options
@click.option("--manager", "is_manager", is_flag=True, help="Ký xác nhận của cơ quan quản lý trực tiếp.")
@click.option("--send-from", default="", help="Hộp thư công vụ: ký luôn thư và để yêu cầu chờ gửi.")
@click.option("--without-timestamp", type=_DECISIONS, default="ask", help="Khi không lấy được dấu thời gian.")
@click.option("--unchecked-certificate", type=_DECISIONS, default="ask", help="Khi không hỏi được tình trạng thu hồi.")
@click.option("--objections", type=_DECISIONS, default="ask", help="Khi quy định để người ký quyết định.")
@json_option
@click.pass_obj
def sign(
    context: Context,
    request_id: str,
    token_serial: str | None,
    cert_serial: str | None,
    pin_stdin: bool,
    pin_fd: int | None,
    is_manager: bool,
    send_from: str,
    without_timestamp: str,
    unchecked_certificate: str,
    objections: str,
    as_json: bool,
) -> int:
    """Ký số giấy đề nghị bằng thiết bị."""
    interaction = TerminalInteraction(
        pin_source(from_stdin=pin_stdin, descriptor=pin_fd),
        {
            QuestionCode.SIGN_WITHOUT_TIMESTAMP: Decision(without_timestamp),
            QuestionCode.SIGN_UNCHECKED_CERTIFICATE: Decision(unchecked_certificate),
        },
        objections=Decision(objections),
    )
    with context.application() as (application, _settings):
        requests = application.requests
        wanted = full_id(request_id, requests.all())
        signer = _signer(application, token_serial, cert_serial)
        request = requests.sign(
            wanted,
            serial=signer.token.serial,
            key_id=signer.key_id,
            is_manager=is_manager,
            send_from=send_from,
            interaction=interaction,
            progress=TerminalProgress(),
        )
    return _tell([request], as_json=as_json)


@click.command("send")
@click.argument("request_id", metavar="[ID]", required=False)
@_sender_option
@_key_options
@json_option
@click.pass_obj
def send(
    context: Context,
    request_id: str | None,
    send_from: str,
    token_serial: str | None,
    cert_serial: str | None,
    pin_stdin: bool,
    pin_fd: int | None,
    as_json: bool,
) -> int:
    """Gửi ngay yêu cầu đã ký; không nêu ID thì gửi mọi yêu cầu đang chờ và đã đến lúc.

    --token hoặc --cert chọn thiết bị để đăng nhập, khi nơi nhận đòi hỏi (Điều 13 khoản 3).
    """
    if request_id is None and (send_from or token_serial or cert_serial):
        raise click.UsageError("--from / --token / --cert: ID")
    interaction = TerminalInteraction(pin_source(from_stdin=pin_stdin, descriptor=pin_fd), {})
    with context.application() as (application, _settings):
        requests = application.requests
        if request_id is None:
            sent = requests.send_due(progress=TerminalProgress())
        else:
            wanted = _queued(full_id(request_id, requests.all()), requests, send_from)
            login: dict[str, Any] = {}
            if token_serial or cert_serial:
                signer = _signer(application, token_serial, cert_serial)
                login = {"serial": signer.token.serial, "key_id": signer.key_id, "interaction": interaction}
            sent = (requests.send_now(wanted, progress=TerminalProgress(), **login),)
    if not sent and not as_json:
        click.echo(tr("Không có yêu cầu nào đến lúc gửi."), err=True)
    return _tell(sent, as_json=as_json, waiting_is_failure=True)


@click.command("save")
@request_argument
@click.argument("target", metavar="TARGET.zip", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.pass_obj
def save(context: Context, request_id: str, target: Path, as_json: bool) -> int:
    """Lưu yêu cầu đã ký thành một tập tin ZIP để nộp trực tiếp; không ghi đè tập tin nào."""
    with context.application() as (application, _settings):
        requests = application.requests
        request = requests.save_for_hand(full_id(request_id, requests.all()), target.absolute())
    if not as_json:
        click.echo(f"✓ {target}")
    return _tell([request], as_json=as_json)


@click.command("status")
@click.argument("request_id", metavar="[ID]", required=False)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Nhận phiếu trả lời của Sở từ tập tin (.p7m, .eml).",
)
@json_option
@click.pass_obj
def status(context: Context, request_id: str | None, receipt: Path | None, as_json: bool) -> int:
    """Hỏi Sở tình hình các yêu cầu đã gửi; cho biết yêu cầu nào cần gọi điện."""
    with context.application() as (application, _settings):
        requests = application.requests
        wanted = full_id(request_id, requests.all()) if request_id is not None else ""
        if receipt is not None:
            wanted = requests.take_receipt(receipt.absolute()).id
        else:
            requests.follow(progress=TerminalProgress())
        shown = [one for one in requests.all() if (one.id == wanted if wanted else not one.state.is_over)]
        alarms, recovery = requests.alarms(), requests.recovery()
        channels, phone = requests.channels, application.profile.requests.phone
    if as_json:
        print_json({"requests": [request_json(one) for one in shown], **warnings_json(alarms, recovery, phone)})
        return ExitCode.ALL_GOOD
    for one in shown:
        print_standing(one)
        print_history(one, channels)
    if not shown:
        click.echo(tr("Không có yêu cầu nào."), err=True)
    print_warnings(alarms, recovery, phone)
    return ExitCode.ALL_GOOD


@click.command("acknowledge")
@click.argument("request_id", metavar="[ID]", required=False)
@click.pass_obj
def acknowledge(context: Context, request_id: str | None) -> int:
    """Đã đọc cảnh báo: với ID, người dùng tự gọi điện về yêu cầu đó; không nêu ID, về nơi lưu bị hỏng."""
    with context.application() as (application, _settings):
        requests = application.requests
        if request_id is None:
            requests.acknowledge_recovery()
        else:
            click.echo(f"✓ {requests.acknowledge_alarm(full_id(request_id, requests.all())).id[:SHOWN_CHARACTERS]}")
    return ExitCode.ALL_GOOD


@click.command("password")
@click.argument("channel_id", metavar="CHANNEL")
@click.option("--user", default="", help="Hộp thư, khi cấu hình không nêu tên đăng nhập.")
@click.pass_obj
def password(context: Context, channel_id: str, user: str) -> int:
    """Lưu mật khẩu hộp thư của đường gửi CHANNEL vào kho khóa của hệ điều hành."""
    with context.application() as (application, _settings):
        requests = application.requests
        mails = {one.id: one.server for one in requests.channels if one.server is not None}
        server = mails.get(channel_id)
        if server is None:
            known = ", ".join(mails) or "–"
            raise click.UsageError(tr("Không có đường gửi bằng thư tên như vậy; đang có: {known}").format(known=known))
        who = server.user or user
        if not who:
            raise click.UsageError("--user")
        entered = click.prompt(tr("Mật khẩu của {user}").format(user=who), hide_input=True, err=True)
        if not requests.keep_password(channel_id, who, entered):
            raise RequestError(ErrorCode.REQUEST_NO_PASSWORD, user=who, server=server.host)
    return ExitCode.ALL_GOOD


def _signer(application: "Application", token_serial: str | None, cert_serial: str | None) -> "SignerIdentity":
    from bdsigner.cli.sign import choose_signer  # here: most of these commands need no token

    return choose_signer(application, token_serial, cert_serial)


def _queued(request_id: str, requests: "Requests", send_from: str) -> str:
    """What is signed is made ready first; what waits goes as it was made, unless from another mailbox."""
    state = next(one.state for one in requests.all() if one.id == request_id)
    is_not_ready = state in (RequestState.DRAFT, RequestState.SIGNED)
    if is_not_ready or (send_from and state is RequestState.QUEUED):
        requests.queue(request_id, send_from=send_from)
    return request_id


def _tell(changed: "list[Request] | tuple[Request, ...]", *, as_json: bool, waiting_is_failure: bool = False) -> int:
    if as_json:
        print_json([request_json(one) for one in changed])
    else:
        for one in changed:
            print_standing(one)
    good = sum(not (waiting_is_failure and one.state.waits_for_sending) for one in changed)
    return exit_code(good=good, total=len(changed))
