"""``bdsigner pin``: change a token's PIN, unblock it with the PUK, see what is known of it."""

from typing import TYPE_CHECKING, Any

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.interaction import TerminalInteraction
from bdsigner.cli.output import print_json
from bdsigner.cli.pin_source import pin_source
from bdsigner.errors import ErrorCode, TokenError
from bdsigner.messages.pin_state import describe_device_report, describe_lengths, describe_own_count
from bdsigner.messages.requests import draft_text
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.token import Token
from bdsigner.usecases.list_signers import no_token

if TYPE_CHECKING:
    from bdsigner.app import Application

_LOCKED = (ErrorCode.TOKEN_PIN_LOCKED, ErrorCode.TOKEN_PUK_LOCKED)
_token_option = click.option("--token", "serial", help="Số sê-ri thiết bị, khi có nhiều thiết bị.")
_stdin_option = click.option("--pin-stdin", is_flag=True, help="Đọc các mã từ đầu vào chuẩn, mỗi dòng một mã.")
_fd_option = click.option("--pin-fd", type=int, help="Đọc các mã từ file descriptor, mỗi dòng một mã.")


@click.group("pin")
def command() -> None:
    """Xem, đổi hoặc mở khóa mã PIN của thiết bị."""


@command.command("status")
@_token_option
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def status(context: Context, serial: str | None, as_json: bool) -> int:
    """Điều đã biết về mã PIN: thiết bị báo gì, máy này đếm được gì."""
    with context.application() as (application, _settings):
        tokens = _tokens(application, serial)
        states = [(token, application.devices.misses(token.serial)) for token in tokens]
    if as_json:
        print_json([_state_json(token, misses) for token, misses in states])
        return ExitCode.ALL_GOOD
    for token, misses in states:
        click.echo(f"{token.label} · {token.serial}")
        for line in (describe_device_report(token.pin), describe_own_count(misses), describe_lengths(token.pin)):
            if line:
                click.echo(f"  {line}")
    return ExitCode.ALL_GOOD


@command.command("change")
@_token_option
@_stdin_option
@_fd_option
@click.pass_obj
def change(context: Context, serial: str | None, pin_stdin: bool, pin_fd: int | None) -> int:
    """Đổi mã PIN: hỏi mã cũ, rồi mã mới."""
    with context.application() as (application, _settings):
        token = _one_token(application, serial)
        interaction = _interaction(pin_stdin, pin_fd)
        with _Locked(application, token):
            application.devices.change_pin(token.serial, interaction=interaction)
    click.echo(tr("Đã đổi mã PIN của thiết bị {label}.").format(label=token.label))
    return ExitCode.ALL_GOOD


@command.command("unblock")
@_token_option
@_stdin_option
@_fd_option
@click.pass_obj
def unblock(context: Context, serial: str | None, pin_stdin: bool, pin_fd: int | None) -> int:
    """Mở khóa bằng mã PUK: hỏi mã PUK, rồi mã PIN mới."""
    with context.application() as (application, _settings):
        token = _one_token(application, serial)
        interaction = _interaction(pin_stdin, pin_fd)
        with _Locked(application, token):
            application.devices.unblock_pin(token.serial, interaction=interaction)
    click.echo(tr("Đã mở khóa thiết bị {label} và đặt mã PIN mới.").format(label=token.label))
    return ExitCode.ALL_GOOD


@command.command("request")
@_token_option
@click.pass_obj
def request(context: Context, serial: str | None) -> int:
    """Thông tin để yêu cầu mở khóa theo Điều 8 khoản 1 điểm a; không cần cắm thiết bị."""
    with context.application() as (application, _settings):
        if serial is None:
            serial = _one_token(application, None).serial
        _print_draft(application, serial)
    return ExitCode.ALL_GOOD


class _Locked:
    """When the PIN turns out to be locked, says what that means and keeps what a request will need."""

    def __init__(self, application: "Application", token: Token) -> None:
        self._application = application
        self._token = token

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, TokenError) and (error.code in _LOCKED or error.facts.get("locked")):
            _print_draft(self._application, self._token.serial)


def _print_draft(application: "Application", serial: str) -> None:
    draft = application.devices.draft_request(RequestCase.PIN_LOCKED, serial)
    profile = application.profile
    click.echo(draft_text(draft, department=profile.department, centre=profile.centre))


def _interaction(pin_stdin: bool, pin_fd: int | None) -> TerminalInteraction:
    source = pin_source(from_stdin=pin_stdin, descriptor=pin_fd)
    return TerminalInteraction(source, {}, asks_twice=not pin_stdin and pin_fd is None)


def _tokens(application: "Application", serial: str | None) -> list[Token]:
    listing = application.devices.look()
    tokens = [token for token in listing.tokens if serial is None or token.serial == serial]
    if not tokens:
        raise no_token(listing, serial)
    return tokens


def _one_token(application: "Application", serial: str | None) -> Token:
    tokens = _tokens(application, serial)
    if len(tokens) > 1:
        raise TokenError(ErrorCode.TOKEN_SEVERAL, count=len(tokens))
    return tokens[0]


def _state_json(token: Token, misses: int | None) -> dict[str, Any]:
    pin = token.pin
    return {
        "serial": token.serial,
        "label": token.label,
        "reported_by_device": {
            "is_set": pin.is_set,
            "count_low": pin.count_low,
            "final_try": pin.final_try,
            "locked": pin.locked,
            "pin_pad": pin.pin_pad,
            "must_change": pin.must_change,
        },
        "misses_counted_here": misses,
        "min_length": pin.min_length or None,
        "max_length": pin.max_length or None,
    }
