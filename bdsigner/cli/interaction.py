"""Questions on the terminal; answers given in advance by options."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdsigner.cli.pin import PinSource
from bdsigner.messages.questions import describe_question
from bdsigner.messages.translate import tr
from bdsigner.model.token import PinState
from bdsigner.ports import Phase, PinRequest, Question, QuestionCode

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class Decision(StrEnum):
    """An answer given in advance."""

    ASK = "ask"
    ALLOW = "allow"
    REFUSE = "refuse"


class TerminalInteraction:
    """``ports.Interaction`` on standard error and the PIN source."""

    def __init__(self, pin_source: PinSource, decisions: dict[QuestionCode, Decision]) -> None:
        self._pin_source = pin_source
        self._decisions = decisions

    def ask_pin(self, request: PinRequest) -> bytearray:
        files = ", ".join(path.name for path in request.files)
        lines = [
            tr("Ký {count} tập tin ({pages} trang): {files}").format(
                count=len(request.files), pages=request.pages, files=files
            ),
            tr("Người ký: {name} · thiết bị {label} ({serial})").format(
                name=request.signer.common_name, label=request.token_label, serial=request.token_serial
            ),
            *_pin_warnings(request.pin),
        ]
        click.echo("\n".join(lines), err=True)
        return self._pin_source(tr("Mã PIN: "))

    def confirm(self, question: Question) -> bool:
        decision = self._decisions.get(question.code, Decision.ASK)
        text = describe_question(question)
        click.echo(f"{text.title}. {text.sentence}", err=True)
        if decision is not Decision.ASK or not sys.stdin.isatty():
            return decision is Decision.ALLOW
        return click.confirm(f"{text.yes}?", default=False, err=True)


def _pin_warnings(pin: PinState) -> list[str]:
    if pin.final_try:
        return [tr("CẢNH BÁO: chỉ còn một lần thử; nhập sai thiết bị sẽ bị khóa.")]
    if pin.count_low:
        return [tr("Lưu ý: đã có lần nhập sai mã PIN trước đó.")]
    return []


def _shown(path: Path | None) -> str | None:
    return path.name if path else None


class TerminalProgress:
    """``ports.Progress`` as a bar on a terminal, silent elsewhere."""

    def __init__(self) -> None:
        self._bar: ProgressBar[Path] | None = None

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        if total < 2 or not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, file=sys.stderr, item_show_func=_shown)
        self._bar.update(done - self._bar.pos, path)
        if done == total:
            self._bar.render_finish()

    def is_cancelled(self) -> bool:
        return False
