"""What the ``request`` commands are told: pairs, lists from a table, requests by the beginning of their id."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bdsigner.errors import DocumentError, ErrorCode, RequestError
from bdsigner.messages.requests import SAFE_QUESTION
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Request

CASES = tuple(
    case.value for case in RequestCase if case not in (RequestCase.EXPIRED, RequestCase.DEMANDED, RequestCase.VIOLATION)
)
ROWS_FILE_BYTES = 4 << 20
"""Some thousand people; anything past this is another file."""
ID_CHARACTERS = 4
"""A shorter beginning of an id is a slip of the hand sooner than a request."""


class Pair(click.ParamType[tuple[str, str]]):
    """``key=value``."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        key, equals, text = str(value).partition("=")
        if not key or not equals:
            self.fail(tr("phải viết dạng tên=giá trị"), param, ctx)
        return key, text


json_option = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
request_argument = click.argument("request_id", metavar="ID")
set_option = click.option("--set", "typed", type=Pair(), multiple=True, help="Điền một mục: tên=giá trị; nhiều lần.")
rows_option = click.option(
    "--rows",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Danh sách của Mẫu số 02, 03: tập tin .csv, dòng đầu là tên các cột.",
)
attach_option = click.option("--attach", type=Pair(), multiple=True, help="Tài liệu kèm theo: tên=tập tin; nhiều lần.")


def full_id(beginning: str, requests: Sequence[Request]) -> str:
    """The one id that begins like that.  Raises ``RequestError`` REQUEST_NOT_FOUND, ``click.UsageError``."""
    wanted = beginning.strip().casefold()
    found = [one.id for one in requests if one.id == wanted or one.id.startswith(wanted)]
    if len(wanted) < ID_CHARACTERS:
        raise click.UsageError(tr("Mã yêu cầu cần ít nhất {count} ký tự.").format(count=ID_CHARACTERS))
    if not found:
        raise RequestError(ErrorCode.REQUEST_NOT_FOUND, request=beginning)
    if len(found) > 1:
        raise click.UsageError(tr("Nhiều yêu cầu có mã bắt đầu như vậy; hãy gõ thêm."))
    return found[0]


def ask_whether_safe() -> None:
    """Đ8.1: a device that is not safe is a case of Đ7.1d.  Raises ``click.UsageError`` unless the person says it is."""
    if not sys.stdin.isatty():
        raise click.UsageError(tr("Cần --device-is-safe: {question}").format(question=tr(SAFE_QUESTION)))
    if not click.confirm(tr(SAFE_QUESTION), err=True):
        raise click.UsageError(tr("Thiết bị không an toàn thì lập yêu cầu thu hồi: bdsigner request new 7.1d."))


def files_of(attach: Sequence[tuple[str, str]]) -> dict[str, Path]:
    """Papers by the id of their attachment; an empty path takes one away."""
    return {name: Path(path).absolute() if path else Path() for name, path in attach}


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table with a line of heads.  Raises ``DocumentError``."""
    try:
        with path.open("rb") as stream:
            content = stream.read(ROWS_FILE_BYTES + 1)
        if len(content) > ROWS_FILE_BYTES:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path))
        lines = csv.DictReader(content.decode("utf-8-sig").splitlines(), restkey="", restval="", strict=True)
        return [{str(key): str(value) for key, value in row.items()} for row in lines]
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path)) from error
