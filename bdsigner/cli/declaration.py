"""Options by which a person says what is signed: kind, mode, number, date, secrecy (Đ10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

import click

from bdsigner.messages.declaration import describe_kind_and_mode
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode

AUTO = "auto"
NEXT = "next"
"""Of ``--number``: the next one of the agency's register."""
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the options say; ``None`` where the document itself is asked."""

    kind: KindGroup | None
    mode: SigningMode | None
    number: str
    issued: date | None
    is_secret: bool
    is_paper_signed: bool
    submitted_by: str

    def over(self, suggested: Declaration) -> Declaration:
        """The options first, then what the layout suggests.  A mode makes a document official."""
        is_mode_given = self.mode is not None
        return replace(
            suggested,
            kind=self.kind or (KindGroup.OFFICIAL if is_mode_given else suggested.kind),
            mode=self.mode or (suggested.mode if self.kind is None else SigningMode.ORIGINAL),
            number=self.number,
            issued=self.issued,
            is_secret=self.is_secret,
            is_paper_signed=self.is_paper_signed,
            submitted_by=self.submitted_by,
        )

    def complete(self) -> Declaration | None:
        """The declaration where nothing needs to be suggested; ``None`` where something does."""
        if self.kind is None and self.mode is None:
            return None
        return self.over(Declaration())


def declaration_options(command: Command) -> Command:
    """Add the options; the command takes them as ``declared``."""

    def wrapped(*args: Any, **options: Any) -> Any:
        kind, mode, issued = options.pop("kind"), options.pop("mode"), options.pop("issued")
        declared = Declared(
            kind=_kind(kind),
            mode=_mode(mode),
            number=options.pop("number"),
            issued=issued.date() if isinstance(issued, datetime) else None,
            is_secret=options.pop("secret"),
            is_paper_signed=options.pop("paper_signed"),
            submitted_by=options.pop("submitted_by"),
        )
        return command(*args, declared=declared, **options)

    return _decorated(command, wrapped, _OPTIONS)


def kind_and_mode_options(command: Command) -> Command:
    """Add what a document is; the command takes ``kind`` and ``mode``, ``None`` where the document itself is asked."""

    def wrapped(*args: Any, **options: Any) -> Any:
        return command(*args, **options | {"kind": _kind(options["kind"]), "mode": _mode(options["mode"])})

    return _decorated(command, wrapped, (_KIND, _MODE))


def _kind(value: str) -> KindGroup | None:
    return KindGroup(value) if value != AUTO else None


def _mode(value: str) -> SigningMode | None:
    return SigningMode(value) if value != AUTO else None


def _decorated(command: Command, wrapped: Callable[..., Any], options: Sequence[Callable[[Any], Any]]) -> Command:
    wrapped.__doc__, wrapped.__name__ = command.__doc__, command.__name__
    decorated: Any = wrapped
    for option in reversed(options):
        decorated = option(decorated)
    result: Command = decorated
    return result


_KIND = click.option(
    "--kind",
    type=click.Choice([AUTO, *(kind.value for kind in KindGroup)]),
    default=AUTO,
    show_default=True,
    help="Loại văn bản (Điều 10 khoản 1).",
)
_MODE = click.option(
    "--mode",
    type=click.Choice([AUTO, *(mode.value for mode in SigningMode)]),
    default=AUTO,
    show_default=True,
    help="goc: bản gốc; so-hoa: bản số hóa (Điều 10 khoản 2).",
)
_OPTIONS = (
    _KIND,
    _MODE,
    click.option("--number", default="", help="Số văn bản ghi vào ô còn trống; next: số tiếp theo trong sổ."),
    click.option(
        "--date", "issued", type=click.DateTime(["%d/%m/%Y", "%Y-%m-%d"]), help="Ngày ban hành ghi vào ô còn trống."
    ),
    click.option("--secret", is_flag=True, help="Khai là văn bản mật: chương trình từ chối ký."),
    click.option("--paper-signed", is_flag=True, help="Bản số hóa: xác nhận bản giấy đã được ký."),
    click.option("--submitted-by", default="", help="Người hoặc đơn vị trình ký, để ghi vào sổ."),
)


def describe(declaration: Declaration) -> str:
    """What a document is taken for, for the person at the terminal."""
    return describe_kind_and_mode(declaration.kind, declaration.mode)
