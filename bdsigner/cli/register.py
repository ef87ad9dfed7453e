"""``bdsigner register``: list the register of signed documents, check its chain, write it down for others."""

from pathlib import Path
from typing import Any

import click

from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import print_json
from bdsigner.messages.register import (
    describe_entry,
    describe_register,
    describe_state,
    register_csv,
)
from bdsigner.messages.translate import tr
from bdsigner.model.register import Reported
from bdsigner.model.registered_document import DocumentState, RegisteredDocument

_json_option = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")


@click.group("register")
def command() -> None:
    """Sổ văn bản đã ký và văn bản đến trên máy này (Điều 10 khoản 3 điểm c)."""


@command.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in DocumentState]), help="Chỉ văn bản ở tình trạng này."
)
@click.option("--find", "text", default="", help="Chỉ văn bản có các từ này, có dấu hoặc không dấu.")
@_json_option
@click.pass_obj
def list_command(context: Context, state: str | None, text: str, as_json: bool) -> int:
    """Các văn bản, mới nhất trước."""
    with context.application() as (application, _settings):
        documents = [
            one
            for one in application.register.documents()
            if (state is None or one.state.value == state) and one.is_found_by(text)
        ]
    if as_json:
        print_json([document_json(one) for one in documents])
        return ExitCode.ALL_GOOD
    for one in documents:
        number = one.document.number or tr("không số")
        click.echo(f"{describe_state(one.state)} · {number} · {one.document.title or one.file.name}")
        click.echo(f"  {one.file.name} · {one.file.sha256}")
        for entry in one.entries:
            click.echo(f"  {describe_entry(entry)}")
    if not documents:
        click.echo(tr("Không có văn bản nào."))
    return ExitCode.ALL_GOOD


@command.command("check")
@_json_option
@click.pass_obj
def check(context: Context, as_json: bool) -> int:
    """Kiểm tra chuỗi băm: có mục nào bị sửa, bỏ hoặc đổi chỗ không."""
    with context.application() as (application, _settings):
        register = application.register.read()
    if as_json:
        print_json(
            {
                "entries": len(register.links),
                "first_broken": register.first_broken,
                "set_aside": list(register.set_aside),
                "last_hash": register.links[-1].hash if register.links else None,
            }
        )
    else:
        click.echo(describe_register(register))
    return ExitCode.ALL_GOOD if register.first_broken is None else ExitCode.ALL_FAILED


@command.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@_json_option
@click.pass_obj
def export(context: Context, target: Path, as_json: bool) -> int:
    """Ghi sổ ra tập tin: .csv là bảng, còn lại là JSON kèm chuỗi băm; không ghi đè tập tin nào."""
    with context.application() as (application, _settings):
        application.register.export(target.absolute(), table=register_csv)
    if as_json:
        print_json({"output": str(target.absolute())})
    else:
        click.echo(f"✓ {target}")
    return ExitCode.ALL_GOOD


def document_json(one: RegisteredDocument) -> dict[str, Any]:
    """A document as programs read it."""
    review, released, received = one.review, one.released, one.received
    return {
        "file": one.file.name,
        "sha256": one.file.sha256,
        "state": one.state.value,
        "number": one.document.number,
        "issued": one.document.issued,
        "title": one.document.title,
        "kind": one.kind.value,
        "mode": one.mode.value,
        "signer": one.signer,
        "signer_title": one.title,
        "submitted_by": one.signed.submitted_by if one.signed is not None else "",
        "review": {
            "verdict": review.verdict.value,
            "reviewer": review.reviewer,
            "at": review.at.isoformat(),
            "reason": review.reason,
            "sha256": review.sha256,
        }
        if review is not None
        else None,
        "release": {
            "channel": released.channel,
            "sender": released.sender,
            "recipients": list(released.recipients),
            "sha256": released.file.sha256,
        }
        if released is not None
        else None,
        "received": {
            "verdict": received.verdict.value if received.verdict is not None else "unsigned",
            "standing": received.standing.value if received.standing is not None else None,
            "findings": list(received.findings),
            "certificate_serial": received.certificate_serial,
            "timestamp": received.timestamp.isoformat() if received.timestamp is not None else None,
            "channel": received.channel,
        }
        if received is not None
        else None,
        "reports": [
            {"letter": event.saved_at, "sha256": event.letter.sha256, "reporter": event.reporter}
            for event in (entry.event for entry in one.entries)
            if isinstance(event, Reported)
        ],
        "entries": [entry.link.number for entry in one.entries],
    }
