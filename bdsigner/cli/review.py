"""``bdsigner review``: the clerk's decision on a signed document (Đ10.3c)."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdsigner.app import Skill
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.output import print_json, report_text
from bdsigner.messages.register import describe_doubt, describe_standing, describe_state
from bdsigner.messages.translate import tr
from bdsigner.model.registered_document import DocumentState
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate

if TYPE_CHECKING:
    from bdsigner.storage.settings import Settings


@click.command("review")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--verdict", required=True, type=click.Choice([verdict.value for verdict in ReviewVerdict]))
@click.option("--reason", default="", help="Lý do trả lại.")
@click.option("--reviewer", default="", help="Họ tên văn thư; mặc định là tên đã dùng lần trước.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(context: Context, file: Path, verdict: str, reason: str, reviewer: str, as_json: bool) -> int:
    """Rà soát tính phù hợp về thẩm quyền trước khi phát hành (Điều 10 khoản 3 điểm c)."""
    with context.application() as (application, settings):
        application.warm_up(Skill.VERIFYING, Skill.DRAWING)
        candidate = application.register.examine(file.absolute())
        show_candidate(candidate)
        review = application.register.review(
            candidate, verdict=ReviewVerdict(verdict), reviewer=reviewer_of(reviewer, settings), reason=reason
        )
    if as_json:
        print_json(
            {
                "file": str(candidate.path),
                "sha256": review.sha256,
                "verdict": review.verdict.value,
                "reviewer": review.reviewer,
                "reason": review.reason,
                "at": review.at.isoformat(),
                "doubts": [{"code": one.code.value, "clause": one.clause, **one.facts} for one in candidate.doubts],
            }
        )
    else:
        is_approved = review.verdict is ReviewVerdict.RELEASE
        state = describe_state(DocumentState.APPROVED if is_approved else DocumentState.RETURNED)
        click.echo(f"✓ {file}: {state}")
    return ExitCode.ALL_GOOD


def reviewer_of(name: str, settings: "Settings") -> str:
    """Who decides: as told, as the window knows, else the person logged in."""
    return name.strip() or settings.reviewer or getpass.getuser()


def show_candidate(candidate: ReleaseCandidate) -> None:
    """What the clerk would look at, on standard error."""
    click.echo(report_text(candidate.report), err=True)
    click.echo(f"  {describe_standing(candidate)}", err=True)
    written = " / ".join(candidate.title_lines) or tr("không đọc được")
    click.echo(f"  {tr('Chức danh trên văn bản')}: {written}", err=True)
    holder = candidate.signer.title if candidate.signer is not None else ""
    click.echo(f"  {tr('Chức danh trên chứng thư số')}: {holder or tr('không ghi')}", err=True)
    for doubt in candidate.doubts:
        click.echo(f"  ? {describe_doubt(doubt)}", err=True)
