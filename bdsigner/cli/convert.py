"""``bdsigner convert``: Office documents and pictures to PDF."""

from pathlib import Path
from typing import Any

import click

from bdsigner.app import Application
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.output import error_json, print_error, print_json
from bdsigner.errors import BdsignerError


@click.command("convert")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(context: Context, files: tuple[Path, ...], output_dir: Path | None, as_json: bool) -> int:
    """Chuyển văn bản Office và hình ảnh sang PDF; tập tin gốc không bị thay đổi."""
    with context.application() as (application, _settings):
        answers = [_convert(application, path.absolute(), output_dir, as_json=as_json) for path in files]
    if as_json:
        print_json(answers)
    return exit_code(good=sum(1 for answer in answers if "output" in answer), total=len(answers))


def _convert(application: Application, path: Path, folder: Path | None, *, as_json: bool) -> dict[str, Any]:
    try:
        prepared = application.prepare(path, folder=folder.absolute() if folder is not None else None)
    except BdsignerError as error:
        if not as_json:
            print_error(error, path)
        return {"file": str(path), "error": error_json(error)}
    if not as_json:
        click.echo(f"✓ {path} → {prepared.pdf}")
    return {
        "file": str(path),
        "output": str(prepared.pdf),
        "converter": prepared.converter,
        "sha256": prepared.source_sha256,
        "output_sha256": prepared.pdf_sha256,
    }
