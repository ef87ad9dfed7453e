"""``bdsigner browser``: let a token serve for logging in with Firefox and Chromium, and undo it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode, exit_code
from bdsigner.cli.output import print_error, print_json
from bdsigner.errors import BdsignerError, ErrorCode, TokenError
from bdsigner.messages.browser_texts import describe_store_state, manual_steps

if TYPE_CHECKING:
    from bdsigner.app import Application

_driver = click.option(
    "--driver",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Tệp trình điều khiển; mặc định của thiết bị đang cắm.",
)


@click.group("browser")
def command() -> None:
    """Dùng thiết bị để đăng nhập bằng trình duyệt (Điều 13 khoản 2, 3)."""


@command.command("status")
@_driver
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def status(context: Context, driver: Path | None, as_json: bool) -> int:
    """Trình duyệt nào đã biết thiết bị."""
    with context.application() as (application, _settings):
        module, product = _module(application, driver)
        stores = application.browsers.stores(module, product)
    if as_json:
        print_json(
            [
                {"browser": one.browser, "folder": str(one.folder), "state": one.state.value, "running": one.is_running}
                for one in stores
            ]
        )
    for store in stores if not as_json else ():
        click.echo(f"{store.browser}: {describe_store_state(store.state)} · {store.folder}")
    if not application.browsers.is_supported:
        click.echo(manual_steps(sys.platform, str(module)))
    return ExitCode.ALL_GOOD


@command.command("register")
@_driver
@click.pass_obj
def register(context: Context, driver: Path | None) -> int:
    """Đăng ký trình điều khiển của thiết bị với các trình duyệt."""
    with context.application() as (application, _settings):
        module, product = _module(application, driver)
        if not application.browsers.is_supported:
            click.echo(manual_steps(sys.platform, str(module)))
            return ExitCode.ALL_GOOD
        return _for_each(application, module, product, is_undo=False)


@command.command("undo")
@_driver
@click.pass_obj
def undo(context: Context, driver: Path | None) -> int:
    """Bỏ phần đã đăng ký; mục do nơi khác đăng ký được giữ nguyên."""
    with context.application() as (application, _settings):
        module, product = _module(application, driver)
        return _for_each(application, module, product, is_undo=True)


def _for_each(application: "Application", module: Path, product: str, *, is_undo: bool) -> int:
    browsers, good = application.browsers, 0
    stores = browsers.stores(module, product)
    for store in stores:
        try:
            if is_undo:
                browsers.unregister(store, product)
            else:
                browsers.register(store, module, product)
        except BdsignerError as error:
            print_error(error)
        else:
            good += 1
    for store in browsers.stores(module, product):
        click.echo(f"{store.browser}: {describe_store_state(store.state)}")
    return exit_code(good=good, total=len(stores))


def _module(application: "Application", driver: Path | None) -> tuple[Path, str]:
    if driver is not None:
        return driver.absolute(), driver.name
    modules = {token.module_path: token.module_name for token in application.devices.look().tokens}
    if not modules:
        raise TokenError(ErrorCode.TOKEN_NOT_FOUND)
    if len(modules) > 1:
        raise TokenError(ErrorCode.TOKEN_SEVERAL, count=len(modules))
    path, name = modules.popitem()
    return Path(path), name or Path(path).name
