"""``bdsigner encrypt``: files for people of the directory, groups, or whoever a certificate file names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bdsigner.app import Application
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import Decision, TerminalInteraction, TerminalProgress
from bdsigner.cli.output import error_json, print_error, print_json
from bdsigner.cli.pin_source import pin_source
from bdsigner.cli.recipients import resolve
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate
from bdsigner.model.directory import CheckedRecipient
from bdsigner.model.encryption import EncryptionOutcome, EncryptionPlan
from bdsigner.ports import QuestionCode
from bdsigner.usecases.encrypt_files import refuse_unfit

_DECISIONS = click.Choice([decision.value for decision in Decision])


@click.command("encrypt")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to",
    "recipients",
    multiple=True,
    required=True,
    help="Người nhận: tên, thư điện tử, số hiệu chứng thư, tệp chứng thư hoặc tên nhóm; lặp lại được.",
)
@click.option("--archive", is_flag=True, help="Gộp tất cả thành một tệp nén được mã hóa.")
@click.option("--no-self", is_flag=True, help="Người gửi không đọc lại được.")
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option(
    "--unchecked", type=_DECISIONS, default="ask", help="Khi không kiểm tra được chứng thư số của người nhận."
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    recipients: tuple[str, ...],
    archive: bool,
    no_self: bool,
    output_dir: Path | None,
    unchecked: str,
    as_json: bool,
) -> int:
    """Mã hóa cho những người có chứng thư số; người không nhận được bị từ chối đích danh."""
    decisions = {QuestionCode.ENCRYPT_UNCHECKED_RECIPIENTS: Decision(unchecked)}
    interaction = TerminalInteraction(pin_source(from_stdin=False, descriptor=None), decisions)
    with context.application() as (application, _settings):
        checked = checked_recipients(application, recipients)
        sender = None if no_self else sender_of(application)
        plan = EncryptionPlan(
            files=tuple(path.absolute() for path in dict.fromkeys(files)),
            as_archive=archive,
            recipients=tuple(one.entry.certificate for one in checked),
            sender=sender,
            folder=output_dir.absolute() if output_dir is not None else None,
        )
        outcomes = application.encryption.encrypt(
            plan, checked=checked, interaction=interaction, progress=TerminalProgress(), tell=lambda *_: None
        )
    if as_json:
        print_json([encrypted_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            print_encrypted(outcome)
    return exit_code(good=sum(outcome.output is not None for outcome in outcomes), total=len(outcomes))


def checked_recipients(application: Application, who: Sequence[str]) -> tuple[CheckedRecipient, ...]:
    """Find and check them.  Raises ``BdsignerError`` USAGE, ``EncryptionError`` for who may not receive anything."""
    checked = application.directory.check(resolve(application.directory, who))
    refuse_unfit(checked)
    return checked


def sender_of(application: Application) -> Certificate | None:
    """Whose certificate lets the sender read along, where the profile wants that and a token is there."""
    if not application.profile.encryption.includes_sender:
        return None
    own = [one.certificate for one in application.directory.own() if one.certificate.may_encrypt]
    if not own:
        click.echo(tr("Chưa cắm thiết bị nên người gửi sẽ không đọc lại được tập tin đã mã hóa."), err=True)
        return None
    return own[0]


def print_encrypted(outcome: EncryptionOutcome) -> None:
    """One envelope in words."""
    if outcome.error is not None:
        print_error(outcome.error, outcome.sources[0])
        return
    names = ", ".join(one.common_name or one.subject for one in outcome.recipients)
    click.echo(f"✓ {outcome.output}: {tr('đọc được')}: {names}")
    if outcome.provider is not None and outcome.provider.is_auxiliary:
        click.echo("  " + tr("Công cụ bổ trợ: {name}").format(name=outcome.provider.name))


def encrypted_json(outcome: EncryptionOutcome) -> dict[str, Any]:
    """One envelope as programs read it."""
    return {
        "files": [str(path) for path in outcome.sources],
        "output": str(outcome.output) if outcome.output is not None else None,
        "sha256": outcome.sha256 or None,
        "recipients": [{"name": one.common_name, "serial_number": one.serial_number} for one in outcome.recipients],
        "provider": outcome.provider.id if outcome.provider is not None else None,
    } | ({"error": error_json(outcome.error)} if outcome.error is not None else {})
