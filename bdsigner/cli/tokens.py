"""``bdsigner tokens``: which tokens are present and who can sign with them."""

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import print_json, signers_json
from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.messages.pin_state import describe_device_report
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.token import SignerListing


@click.command("tokens")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(context: Context, as_json: bool) -> int:
    """Liệt kê thiết bị và chứng thư số dùng để ký."""
    with context.application() as (application, _settings):
        listing = application.devices.look()
    if as_json:
        print_json(signers_json(listing))
    else:
        _print(listing)
    return ExitCode.ALL_GOOD if listing.tokens else ExitCode.ALL_FAILED


def _print(listing: SignerListing) -> None:
    for token in listing.tokens:
        number = tr("số sê-ri {serial}").format(serial=token.serial)
        click.echo(f"{token.label} · {token.model} · {number}")
        click.echo(
            "  "
            + tr("đầu đọc {reader}, trình điều khiển {driver}").format(
                reader=token.reader or "–", driver=token.module_name or token.module_path
            )
        )
        click.echo(f"  {describe_device_report(token.pin)}")
        for signer in listing.signers:
            if signer.token.serial == token.serial:
                certificate = signer.certificate
                until = show_date(certificate.not_after)
                click.echo(
                    f"  {certificate.common_name} · {certificate.title or '–'} · "
                    + tr("số {serial}, còn hạn đến {until}").format(serial=certificate.serial_number, until=until)
                )
    if not listing.tokens:
        message = describe_code(ErrorCode.TOKEN_NOT_FOUND, {})
        click.echo(f"{message.sentence} {message.remedy}", err=True)
    for problem in listing.problems:
        message = describe_code(ErrorCode(problem.code), problem.facts)
        click.echo(f"! {message.title}. {message.sentence} [{message.code}]", err=True)
