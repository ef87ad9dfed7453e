"""``bdsigner verify``: tell whether files are genuine, and hand the report on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from bdsigner.app import Application, Skill
from bdsigner.cli.context import Context
from bdsigner.cli.declaration import kind_and_mode_options
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import TerminalProgress
from bdsigner.cli.output import legal_text, print_error, report_text
from bdsigner.messages.register import describe_entering, unreported_text
from bdsigner.messages.translate import tr
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Verdict, VerificationOutcome
from bdsigner.reports.export import ReportFormat, write_letter, write_report
from bdsigner.reports.letter import Reporter
from bdsigner.reports.verification_json import encode, verification_json


@click.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help="Tập tin gốc của chữ ký rời (.p7s); không có thì tìm ngay bên cạnh.",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Bằng chứng phát hành do nơi gửi cung cấp (.phat-hanh.json); không có thì tìm ngay bên cạnh.",
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.option(
    "--report", "reports", multiple=True, type=click.Path(path_type=Path), help="Ghi phiếu kiểm tra: .pdf, .txt, .json."
)
@click.option("--letter", type=click.Path(path_type=Path), help="Ghi báo cáo Thủ trưởng cơ quan (Điều 18) ra PDF.")
@click.option("--reporter", default="", help="Trong báo cáo: họ và tên người báo cáo.")
@click.option("--reporter-title", default="", help="Trong báo cáo: chức vụ người báo cáo.")
@click.option("--agency", default="", help="Trong báo cáo: tên cơ quan.")
@click.option("--place", default="", help="Trong báo cáo: địa danh.")
@click.option("--note", default="", help="Trong báo cáo: ghi chú, ví dụ văn bản đến bằng kênh nào.")
@click.option("--register", "is_entered", is_flag=True, help="Ghi tập tin và kết luận vào sổ văn bản đến.")
@click.option("--received-by", "channel", default="", help="Với --register: mã hoặc tên đường nhận trong cấu hình.")
@kind_and_mode_options
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    content: Path | None,
    evidence: Path | None,
    as_json: bool,
    reports: tuple[Path, ...],
    letter: Path | None,
    kind: KindGroup | None,
    mode: SigningMode | None,
    reporter: str,
    reporter_title: str,
    agency: str,
    place: str,
    note: str,
    is_entered: bool,
    channel: str,
) -> int:
    """Kiểm tra chữ ký số trong tập tin PDF, .p7s, .p7m và thư .eml."""
    formats = [ReportFormat.of(target) for target in reports]
    if letter is not None and len(files) != 1:
        raise click.UsageError(tr("--letter: mỗi báo cáo về một tập tin."))
    if content is not None and len(files) != 1:
        raise click.UsageError(tr("--content chỉ dùng khi kiểm tra một tập tin."))
    if evidence is not None and len(files) != 1:
        raise click.UsageError(tr("--evidence chỉ dùng khi kiểm tra một tập tin."))
    evidences = {files[0].absolute(): evidence.absolute()} if evidence is not None else None
    contents = {files[0].absolute(): content.absolute()} if content is not None else {}
    made_at = datetime.now(UTC)
    with context.application() as (application, _settings):
        application.warm_up(Skill.VERIFYING)
        outcomes = application.verify(
            [path.absolute() for path in files],
            progress=TerminalProgress(),
            contents=contents,
            kind=kind,
            mode=mode,
            evidence=evidences,
        )
        _print(outcomes, application, as_json=as_json, made_at=made_at)
        for target, kind_of_report in zip(reports, formats, strict=True):
            write_report(outcomes, target.absolute(), kind_of_report, application, made_at=made_at)
        if letter is not None:
            who = Reporter(name=reporter, title=reporter_title, agency=agency, place=place, note=note)
            if not write_letter(outcomes[0], who, letter.absolute(), application, made_at=made_at):
                click.echo(f"? {unreported_text()}", err=True)
        if is_entered:
            _enter(outcomes, application, channel)
    good = sum(1 for o in outcomes if o.report and o.report.verdict is Verdict.VALID)
    return exit_code(good=good, total=len(outcomes))


def _enter(outcomes: Sequence[VerificationOutcome], application: Application, channel: str) -> None:
    chosen = next((one.id for one in application.profile.channels if channel in (one.id, one.name)), channel)
    done = application.register.receive(outcomes, channel=chosen)
    title, text = describe_entering(len(done.entered), len(done.known), [path.name for path in done.left_out])
    click.echo(f"{title}. {text}".rstrip(), err=True)  # the answer itself may be JSON


def _print(
    outcomes: Sequence[VerificationOutcome], application: Application, *, as_json: bool, made_at: datetime
) -> None:
    if as_json:
        regulation = application.profile.regulation
        click.echo(encode(verification_json(outcomes, regulation=regulation, made_at=made_at)), nl=False)
        return
    for outcome in outcomes:
        if outcome.report:
            click.echo(report_text(outcome.report))
        if outcome.legal:
            click.echo(legal_text(outcome.legal))
        if outcome.error:
            print_error(outcome.error, outcome.path)
