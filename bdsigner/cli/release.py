"""``bdsigner release``: record by which way a reviewed document leaves the agency (Đ10.3c)."""

from pathlib import Path

import click

from bdsigner.app import Skill
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import print_json
from bdsigner.cli.register import document_json
from bdsigner.cli.review import show_candidate
from bdsigner.messages.register import describe_state
from bdsigner.model.release_candidate import ReleaseOrder


@click.command("release")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--channel", required=True, help="Mã hoặc tên đường gửi trong cấu hình.")
@click.option("--sender", default="", help="Hộp thư công vụ đã gửi.")
@click.option("--to", "recipients", multiple=True, help="Nơi nhận; có thể lặp lại.")
@click.option(
    "--evidence", type=click.Path(path_type=Path, dir_okay=False), help="Ghi thêm bằng chứng phát hành (JSON)."
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(
    context: Context,
    file: Path,
    channel: str,
    sender: str,
    recipients: tuple[str, ...],
    evidence: Path | None,
    as_json: bool,
) -> int:
    """Ghi nhận phát hành văn bản đã rà soát; chương trình không tự gửi thư (Điều 10 khoản 3 điểm c)."""
    with context.application() as (application, _settings):
        application.warm_up(Skill.VERIFYING, Skill.DRAWING)
        candidate = application.register.examine(file.absolute())
        show_candidate(candidate)
        chosen = next((one.id for one in application.profile.channels if channel in (one.id, one.name)), channel)
        order = ReleaseOrder(channel=chosen, sender=sender, recipients=tuple(one.strip() for one in recipients))
        document = application.register.release(candidate, order)
        if evidence is not None:
            application.register.save_evidence(document, evidence.absolute())
    if as_json:
        written = {"evidence": str(evidence.absolute())} if evidence is not None else {}
        print_json(document_json(document) | written)
    else:
        click.echo(f"✓ {file}: {describe_state(document.state)}")
    return ExitCode.ALL_GOOD
