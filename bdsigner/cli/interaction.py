"""Questions on the terminal; answers given in advance by options."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdsigner.cli.pin_source import PinSource
from bdsigner.errors import ErrorCode, TokenError
from bdsigner.messages.pin_state import describe_device_report, describe_own_count, describe_puk_report
from bdsigner.messages.questions import describe_question
from bdsigner.messages.review import describe_points, describe_review
from bdsigner.messages.translate import tr
from bdsigner.model.token import PinState
from bdsigner.ports import NewPin, NewPinRequest, Phase, PinPurpose, PinRequest, Question, QuestionCode, SigningReview

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class Decision(StrEnum):
    """An answer given in advance."""

    ASK = "ask"
    ALLOW = "allow"
    REFUSE = "refuse"


_TOLD = (QuestionCode.KEEP_DEVICE_SECRET, QuestionCode.SIGN_WITH_PIN_FOR_EACH)
"""Without a person at the terminal these are told and work goes on: whoever wrote the command decided."""


class TerminalInteraction:
    """``ports.Interaction`` on standard error and the PIN source."""

    def __init__(
        self,
        pin_source: PinSource,
        decisions: dict[QuestionCode, Decision],
        *,
        objections: Decision = Decision.ASK,
        asks_twice: bool = False,
    ) -> None:
        """``objections``: what to do about rules that leave the decision to the person.

        ``asks_twice``: a new PIN is typed by a person, not read from a program.
        """
        self._objections = objections
        self._pin_source = pin_source
        self._decisions = decisions
        self._asks_twice = asks_twice

    def ask_pin(self, request: PinRequest) -> bytearray:
        whose = tr("Người ký: {name} · thiết bị {label} ({serial})")
        if request.purpose is PinPurpose.DECRYPT:
            whose = tr("Người nhận: {name} · thiết bị {label} ({serial})")
        lines = [
            _what(request),
            whose.format(name=request.signer.common_name, label=request.token_label, serial=request.token_serial),
            *describe_points(request.notes),
            *_pin_lines(request.pin, request.misses_here),
        ]
        if request.total > 1:
            lines.append(
                tr("Mã PIN thứ {number} trong {total}: thiết bị đòi mã PIN cho từng tập tin.").format(
                    number=request.number, total=request.total
                )
            )
        click.echo("\n".join(lines), err=True)
        if request.pin.pin_pad:
            click.echo(tr("Nhập mã PIN trên thiết bị."), err=True)
            return bytearray()
        return self._pin_source(tr("Mã PIN: "))

    def ask_new_pin(self, request: NewPinRequest) -> NewPin:
        is_change = request.purpose is PinPurpose.CHANGE
        title = (
            tr("Đổi mã PIN của thiết bị {label} ({serial})")
            if is_change
            else tr("Mở khóa thiết bị {label} ({serial}) bằng mã PUK")
        )
        lines = [title.format(label=request.token_label, serial=request.token_serial)]
        if is_change:
            lines += _pin_lines(request.pin, request.misses_here)
        else:
            lines += [describe_puk_report(request.pin), describe_device_report(request.pin)]
            lines.append(tr("CẢNH BÁO: nhập sai mã PUK nhiều lần thiết bị sẽ hỏng vĩnh viễn."))
        click.echo("\n".join(lines), err=True)
        secret = self._pin_source(tr("Mã PIN cũ: ") if is_change else tr("Mã PUK: "))
        new = self._pin_source(tr("Mã PIN mới: "))
        if self._asks_twice:
            repeated = self._pin_source(tr("Nhập lại mã PIN mới: "))
            is_same = repeated == new
            repeated[:] = bytes(len(repeated))
            if not is_same:
                secret[:], new[:] = bytes(len(secret)), bytes(len(new))
                raise TokenError(ErrorCode.TOKEN_NEW_PIN_WEAK, reason="mismatch")
        return NewPin(secret=secret, new=new)

    def review(self, review: SigningReview) -> bool:
        text = describe_review(review)
        click.echo(f"{text.title}:\n{text.sentence}", err=True)
        if self._objections is not Decision.ASK or not sys.stdin.isatty():
            return self._objections is Decision.ALLOW
        return click.confirm(f"{text.yes}?", default=False, err=True)

    def confirm(self, question: Question) -> bool:
        decision = self._decisions.get(question.code, Decision.ASK)
        text = describe_question(question)
        click.echo(f"{text.title}. {text.sentence}", err=True)
        if decision is Decision.ASK and question.code in _TOLD and not sys.stdin.isatty():
            return True
        if decision is not Decision.ASK or not sys.stdin.isatty():
            return decision is Decision.ALLOW
        return click.confirm(f"{text.yes}?", default=False, err=True)


def _what(request: PinRequest) -> str:
    files = ", ".join(path.name for path in request.files)
    if request.purpose is PinPurpose.DECRYPT:
        return tr("Giải mã {files}").format(files=files)
    if not request.pages:
        return tr("Ký {files}").format(files=files)
    text = tr("Ký {count} tập tin ({pages} trang): {files}")
    return text.format(count=len(request.files), pages=request.pages, files=files)


def _pin_lines(pin: PinState, misses: int | None) -> list[str]:
    lines = [describe_device_report(pin), describe_own_count(misses)]
    if pin.final_try:
        lines.append(tr("CẢNH BÁO: chỉ còn một lần thử; nhập sai thiết bị sẽ bị khóa."))
    return lines


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
