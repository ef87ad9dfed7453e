"""“Máy đã sẵn sàng chưa?”: what was looked at, the gravest first, each with what to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, set_tone, strong_font, text_width
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.self_check import describe_light, describe_result
from bdsigner.messages.translate import tr
from bdsigner.model.self_check import CheckResult, Light, SelfCheck
from bdsigner.ports import Phase

if TYPE_CHECKING:
    from bdsigner.app import Application

_WIDTH_CHARACTERS = 84
_HEIGHT_LINES = 34
_TONES = {
    Light.GREEN: Tone.VALID,
    Light.AMBER: Tone.CAUTION,
    Light.RED: Tone.BROKEN,
    Light.GREY: Tone.UNKNOWN,
}
_GRAVEST_FIRST = (Light.RED, Light.AMBER, Light.GREY, Light.GREEN)


class SelfCheckDialog(QDialog):
    """Checks as soon as it is made; may be closed at any moment."""

    def __init__(self, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._job: Job | None = None
        self._found: SelfCheck | None = None
        self.setWindowTitle(tr("Máy đã sẵn sàng chưa?"))
        self.summary = Notice()
        self.strip = WorkStrip()
        self.strip.cancelled.connect(self.reject)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(tr("Kết quả kiểm tra"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(self.summary)
        layout.addWidget(self.strip)
        layout.addWidget(self.area, stretch=1)
        layout.addLayout(self._buttons())
        self._fit_screen()
        self.check()

    def check(self) -> None:
        """Look at everything, again if need be."""
        application = self._application
        self.again_button.setEnabled(False)
        self.summary.clear()
        self.strip.start(tr("Đang kiểm tra máy…"))
        self._job = run_job(
            self,
            lambda progress: application.devices.self_check(progress=progress),
            done=self._show_result,
            failed=self._show_failure,
            progressed=self._show_progress,
        )

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    def _show_progress(self, _path: Path, _phase: Phase, done: int, total: int) -> None:
        self.strip.bar.setRange(0, total)
        self.strip.bar.setValue(done)

    def _show_result(self, found: SelfCheck) -> None:
        self._finish()
        self._found = found
        self.copy_button.setEnabled(True)
        self.save_button.setEnabled(True)
        self.summary.say(_TONES[found.light], describe_light(found.light))
        self.area.setWidget(_lines(found))

    def _show_failure(self, error: BdsignerError) -> None:
        self._finish()
        if not isinstance(error, UserCancelled):
            self.summary.say_error(error)

    def _finish(self) -> None:
        self._job = None
        self.strip.finish()
        self.again_button.setEnabled(True)

    def _copy(self) -> None:
        if self._found is not None:
            QGuiApplication.clipboard().setText(_report(self._found))
            self.copy_button.setText(tr("Đã chép"))

    def _save(self) -> None:
        title = tr("Lưu tệp hỗ trợ")
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            title,
            "bdsigner-support.txt",
            tr("Tệp văn bản (*.txt)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        found, application = self._found, self._application
        if not chosen or found is None:
            return
        path = Path(chosen)
        run_job(
            self,
            lambda progress: application.devices.save_support_file(path, found),
            done=lambda _: self.summary.say(Tone.VALID, tr("Đã lưu {file}.").format(file=path.name)),
            failed=self.summary.say_error,
        )

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        self.copy_button = QPushButton(tr("&Chép chi tiết"))
        set_icon(self.copy_button, "copy", size=2 * UNIT)
        self.copy_button.clicked.connect(self._copy)
        self.save_button = QPushButton(tr("&Lưu tệp hỗ trợ…"))
        self.save_button.clicked.connect(self._save)
        self.again_button = QPushButton(tr("&Kiểm tra lại"))
        set_icon(self.again_button, "refresh-cw", size=2 * UNIT)
        self.again_button.clicked.connect(self.check)
        self.close_button = make_primary(QPushButton(tr("Đó&ng")))
        self.close_button.clicked.connect(self.accept)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(False)
        for button in (self.copy_button, self.save_button, self.again_button):
            button.setAutoDefault(False)
        row.addWidget(self.copy_button)
        row.addWidget(self.save_button)
        row.addStretch(1)
        row.addWidget(self.again_button)
        row.addWidget(self.close_button)
        return row

    def _fit_screen(self) -> None:
        room = self.screen().availableSize() * 0.9
        height = self.fontMetrics().lineSpacing() * _HEIGHT_LINES
        self.resize(min(text_width(_WIDTH_CHARACTERS), room.width()), min(height, room.height()))


def _lines(found: SelfCheck) -> QWidget:
    shown = QWidget()
    column = QVBoxLayout(shown)
    column.setContentsMargins(0, 0, UNIT, 0)
    column.setSpacing(2 * UNIT)
    for light in _GRAVEST_FIRST:
        for result in found.results:
            if result.light is light:
                column.addWidget(_line(result))
    column.addStretch(1)
    return shown


def _line(result: CheckResult) -> QWidget:
    text = describe_result(result)
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(UNIT)
    row.addWidget(ToneIcon(_TONES[result.light], 3 * UNIT), alignment=Qt.AlignmentFlag.AlignTop)
    texts = QVBoxLayout()
    texts.setSpacing(UNIT // 2)
    texts.addLayout(_head(text.check, text.light, _TONES[result.light]))
    texts.addWidget(plain_label(text.sentence))
    if text.remedy:
        texts.addWidget(make_muted(plain_label(text.remedy)))
    row.addLayout(texts, stretch=1)
    line.setAccessibleName(f"{text.check}: {text.light}. {text.sentence} {text.remedy}".strip())
    return line


def _head(check: str, light: str, tone: Tone) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(UNIT)
    name = QLabel(check)
    name.setFont(strong_font())
    word = QLabel(f"· {light}")
    set_tone(word, tone)
    row.addWidget(name)
    row.addWidget(word)
    row.addStretch(1)
    return row


def _report(found: SelfCheck) -> str:
    """Codes and facts for support, as the command line's JSON has them."""
    return "\n".join([describe_light(found.light), *map(str, found.results)])
