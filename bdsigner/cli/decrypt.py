"""``bdsigner decrypt``: open files that were encrypted for a token's certificate."""

from pathlib import Path
from typing import Any

import click

from bdsigner.app import Application
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import TerminalInteraction, TerminalProgress
from bdsigner.cli.output import error_json, legal_text, print_error, print_json, report_text
from bdsigner.cli.pin_source import pin_source
from bdsigner.messages.translate import tr
from bdsigner.model.encryption import DecryptionOutcome
from bdsigner.model.token import SignerIdentity
from bdsigner.model.verification import Verdict
from bdsigner.usecases.decrypt_files import no_holder


@click.command("decrypt")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option("--token", "serial", help="Số sê-ri thiết bị, khi có nhiều thiết bị.")
@click.option("--pin-stdin", is_flag=True, help="Đọc mã PIN từ dòng đầu của đầu vào chuẩn.")
@click.option("--pin-fd", type=int, help="Đọc mã PIN từ file descriptor.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    output_dir: Path | None,
    serial: str | None,
    pin_stdin: bool,
    pin_fd: int | None,
    as_json: bool,
) -> int:
    """Giải mã bằng thiết bị; nội dung có chữ ký được kiểm tra ngay."""
    interaction = TerminalInteraction(pin_source(from_stdin=pin_stdin, descriptor=pin_fd), {})
    paths = [path.absolute() for path in dict.fromkeys(files)]
    folder = output_dir.absolute() if output_dir is not None else None
    with context.application() as (application, _settings):
        holder = _holder(application, paths[0], serial)
        outcomes = application.encryption.decrypt(
            paths, holder, folder=folder, interaction=interaction, progress=TerminalProgress(), tell=lambda *_: None
        )
    if as_json:
        print_json([_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _print(outcome)
    return exit_code(good=sum(outcome.output is not None for outcome in outcomes), total=len(outcomes))


def _holder(application: Application, path: Path, serial: str | None) -> SignerIdentity:
    """The key that opens the first file.  Raises ``EncryptionError``, ``DocumentError``."""
    envelope, holders = application.encryption.look(path)
    fitting = [one for one in holders if serial is None or one.token.serial == serial]
    if not fitting:
        raise no_holder(path, envelope, application.encryption.missing(envelope))
    return fitting[0]


def _print(outcome: DecryptionOutcome) -> None:
    if outcome.error is not None:
        print_error(outcome.error, outcome.path)
        return
    click.echo(f"✓ {outcome.path} → {outcome.output}")
    if outcome.envelope is not None and not outcome.envelope.is_authenticated and not outcome.inner:
        click.echo("  " + tr("Kiểu mã hóa này không phát hiện được nội dung bị sửa, và nội dung không có chữ ký."))
    for inner in outcome.inner:
        if inner.report is not None:
            click.echo(report_text(inner.report))
        if inner.legal is not None:
            click.echo(legal_text(inner.legal))


def _json(outcome: DecryptionOutcome) -> dict[str, Any]:
    verdicts = [one.report.verdict for one in outcome.inner if one.report is not None]
    return {
        "file": str(outcome.path),
        "output": str(outcome.output) if outcome.output is not None else None,
        "cipher": outcome.envelope.cipher if outcome.envelope is not None else None,
        "is_authenticated": outcome.envelope.is_authenticated if outcome.envelope is not None else None,
        "verdict": next((verdict.value for verdict in verdicts if isinstance(verdict, Verdict)), None),
    } | ({"error": error_json(outcome.error)} if outcome.error is not None else {})
