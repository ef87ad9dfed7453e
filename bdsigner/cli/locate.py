"""``bdsigner locate``: what the layout reader sees, as JSON."""

from pathlib import Path
from typing import Any

import click
import msgspec

from bdsigner.app import Application, Skill
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.output import error_json, print_json
from bdsigner.errors import BdsignerError
from bdsigner.messages.layout import describe_observation
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.layout import DocumentLayout

_BOX_KEYS = {"page", "x_pt", "y_pt", "width_pt", "height_pt"}


@click.command("locate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--signer", default="", help="Họ tên người ký, khi văn bản không có “Nơi nhận”.")
@click.pass_obj
def command(context: Context, files: tuple[Path, ...], signer: str) -> int:
    """Đọc vị trí số, ngày, chức danh, chỗ ký trong các tập tin PDF; in dạng JSON."""
    with context.application() as (application, _settings):
        application.warm_up(Skill.READING)
        answers = [_locate(application, path.absolute(), signer) for path in files]
    print_json(answers)
    return exit_code(good=sum(1 for answer in answers if "layout" in answer), total=len(answers))


def _locate(application: Application, path: Path, signer: str) -> dict[str, Any]:
    try:
        layout = application.read_layout(path, signer_name=signer)
        archival = application.inspect(path).archival
    except BdsignerError as error:
        return {"file": str(path), "error": error_json(error)}
    return {
        "file": str(path),
        "pdfa": archival.name if archival is not None else None,
        "explanation": explain(layout),
        "layout": _in_mm(msgspec.to_builtins(layout)),
    }


def explain(layout: DocumentLayout) -> list[str]:
    return [describe_observation(observation) for observation in layout.observations]


def _in_mm(value: Any) -> Any:
    """Boxes in millimetres and pages from 1, as ``--place`` takes them; points elsewhere stay points."""
    if isinstance(value, dict):
        if value.keys() == _BOX_KEYS:
            edges = {key.replace("_pt", "_mm"): round(value[key] / PT_PER_MM, 1) for key in value if key != "page"}
            return {"page": value["page"] + 1} | edges
        return {key: _in_mm(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_mm(item) for item in value]
    return round(value, 2) if isinstance(value, float) else value
