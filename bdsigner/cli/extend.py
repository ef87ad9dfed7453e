"""``bdsigner extend``: bring signed files to a higher level, or work off those that wait for a timestamp."""

from pathlib import Path
from typing import Any

import click

from bdsigner.app import Application, Skill, output_path
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode, exit_code
from bdsigner.cli.interaction import TerminalProgress
from bdsigner.cli.output import error_json, print_error, print_json
from bdsigner.messages.levels import describe_fate, describe_shortfall
from bdsigner.messages.translate import tr
from bdsigner.model.extension import (
    ExtendedFile,
    ExtensionOutcome,
    ExtensionPlan,
    WaitingFate,
    WaitingFile,
    WaitingOutcome,
)
from bdsigner.model.signature import SignatureLevel

_LEVELS = [level.value for level in SignatureLevel if level.has_timestamp]
_GOOD = (WaitingFate.EXTENDED, WaitingFate.IMPROVED)


@click.command("extend")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(_LEVELS), default="B-LTA", show_default=True, help="Mức muốn đạt.")
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option("--suffix", help="Phần thêm vào tên kết quả, mặc định theo mức: “.b-lta”.")
@click.option("--waiting", "is_waiting", is_flag=True, help="Bổ sung ngay các tập tin đang chờ dấu thời gian.")
@click.option("--list", "is_list", is_flag=True, help="Liệt kê các tập tin đang chờ dấu thời gian.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    level: str,
    output_dir: Path | None,
    suffix: str | None,
    is_waiting: bool,
    is_list: bool,
    as_json: bool,
) -> int:
    """Bổ sung dấu thời gian và dữ liệu kiểm tra lâu dài; tập tin nguồn không bị ghi đè."""
    if sum((bool(files), is_waiting, is_list)) != 1:
        raise click.UsageError("FILES / --waiting / --list")
    with context.application() as (application, _settings):
        if is_list:
            _print_waiting(application.waiting(), as_json=as_json)
            return ExitCode.ALL_GOOD
        if is_waiting:
            return _work_off(application, as_json=as_json)
        application.warm_up(Skill.VERIFYING)
        plans = [
            ExtensionPlan(
                source=path,
                target=output_path(path, suffix=suffix or f".{level.lower()}", folder=output_dir).absolute(),
            )
            for path in dict.fromkeys(file.absolute() for file in files)
        ]
        outcomes = application.extend(plans, SignatureLevel(level), progress=TerminalProgress())
    _print_extended(outcomes, as_json=as_json)
    good = sum(1 for one in outcomes if one.extended is not None and one.extended.missing is None)
    return exit_code(good=good, total=len(outcomes))


def _work_off(application: Application, *, as_json: bool) -> int:
    outcomes = application.work_off_waiting(progress=TerminalProgress())
    if as_json:
        print_json([_outcome_json(one) for one in outcomes])
    else:
        for one in outcomes:
            mark = "✓" if one.fate in _GOOD else "?" if one.fate is WaitingFate.KEPT else "✗"
            level = f" ({one.level.value})" if one.level is not None else ""
            click.echo(f"{mark} {one.file.path}: {describe_fate(one.fate)}{level}")
            if one.error is not None:
                print_error(one.error, one.file.path)
    left = len(application.waiting())
    if left and not as_json:
        click.echo(tr("Còn {count} tập tin chờ dấu thời gian.").format(count=left), err=True)
    return exit_code(good=sum(1 for one in outcomes if one.fate in _GOOD), total=len(outcomes))


def _print_extended(outcomes: tuple[ExtensionOutcome, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"file": str(one.source)}
                | (_extended_json(one.extended) if one.extended else {})
                | ({"error": error_json(one.error)} if one.error else {})
                for one in outcomes
            ]
        )
        return
    for one in outcomes:
        if one.extended is not None:
            click.echo(_extended_text(one.extended))
        if one.error is not None:
            print_error(one.error, one.source)


def _extended_text(extended: ExtendedFile) -> str:
    mark, note = "✓", ""
    if extended.missing is not None:
        mark, note = "?", f": {describe_shortfall(extended.missing, extended.missing_of)}"
    return f"{mark} {extended.source} → {extended.target} ({extended.level.value}){note}"


def _extended_json(extended: ExtendedFile) -> dict[str, Any]:
    return {
        "output": str(extended.target),
        "level": extended.level.value,
        "missing": extended.missing.value if extended.missing is not None else None,
        "missing_of": extended.missing_of or None,
        "timestamp_time": extended.timestamp_time.isoformat() if extended.timestamp_time is not None else None,
    }


def _print_waiting(files: tuple[WaitingFile, ...], *, as_json: bool) -> None:
    if as_json:
        print_json([_waiting_json(one) for one in files])
        return
    for one in files:
        last = f", {one.last_error}" if one.last_error else ""
        line = tr("chờ {level} từ {since}, đã thử {attempts} lần")
        text = line.format(level=one.level.value, since=one.since.isoformat(), attempts=one.attempts)
        click.echo(f"· {one.path}: {text}{last}")
    if not files:
        click.echo(tr("Không có tập tin nào chờ dấu thời gian."))


def _waiting_json(file: WaitingFile) -> dict[str, Any]:
    return {
        "file": str(file.path),
        "sha256": file.sha256,
        "level": file.level.value,
        "since": file.since.isoformat(),
        "attempts": file.attempts,
        "last_error": file.last_error or None,
    }


def _outcome_json(outcome: WaitingOutcome) -> dict[str, Any]:
    return {
        "file": str(outcome.file.path),
        "fate": outcome.fate.value,
        "level": outcome.level.value if outcome.level is not None else None,
        "timestamp_time": outcome.timestamp_time.isoformat() if outcome.timestamp_time is not None else None,
    } | ({"error": error_json(outcome.error)} if outcome.error is not None else {})
