"""Giải mã: who can open a received file, and with which token; then what came out, and whether it is genuine."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.encryption.bytes_told import BytesTold
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, field_height, make_primary, strong_font
from bdsigner.gui.verdicts import judge_outcome
from bdsigner.gui.widgets.button_row import ButtonRow
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.gui.widgets.verdict_card import VerdictCard
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.sizes import describe_size
from bdsigner.messages.translate import tr
from bdsigner.model.device import KnownDevice
from bdsigner.model.encryption import DecryptionOutcome, Envelope
from bdsigner.model.token import SignerIdentity
from bdsigner.usecases.decrypt_files import no_holder

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.ports import Interaction

_Found = tuple[Envelope, tuple[SignerIdentity, ...], tuple[KnownDevice, ...]]


class DecryptPanel(QWidget):
    """Shows one received file after the other; ``show_files`` takes them, the last one asked for wins."""

    work_started = Signal()
    work_finished = Signal()
    verify_wanted = Signal(list)
    """What came out, as ``Path``."""

    def __init__(self, application: "Application", interaction: "Interaction", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._interaction = interaction
        self._paths: tuple[Path, ...] = ()
        self._holders: tuple[SignerIdentity, ...] = ()
        self._job: Job | None = None
        self.title = plain_label("")
        self.title.setFont(strong_font())
        self._facts = QVBoxLayout()
        self.holder_label = QLabel(tr("Mở bằng t&hiết bị"))
        self.holder = QComboBox()
        self.holder_label.setBuddy(self.holder)
        self.holder.setMinimumHeight(field_height())
        self.notice = Notice()
        self.button = make_primary(QPushButton(tr("&Giải mã…")))
        self.button.clicked.connect(self._decrypt)
        self.again_button = QPushButton(tr("Tìm &lại thiết bị"))
        self.again_button.clicked.connect(lambda: self.show_files(self._paths))
        self.strip = WorkStrip()
        self.strip.cancelled.connect(self._cancel)
        self.result = Notice()
        self.open_button = QPushButton(tr("&Mở tập tin"))
        self.open_button.clicked.connect(lambda: self._open(self._outputs()[0]))
        self.folder_button = QPushButton(tr("Mở thư mục"))
        self.folder_button.clicked.connect(lambda: self._open(self._outputs()[0].parent))
        self.result_buttons = ButtonRow([self.open_button, self.folder_button])
        self.verdict = VerdictCard()
        self.verdict.offer(tr("&Xem chi tiết"), self._verify, icon_name="shield-check")
        self._outcomes: tuple[DecryptionOutcome, ...] = ()
        self._lay_out()
        self._show_result(())

    def show_files(self, paths: Sequence[Path]) -> None:
        """Look at received files; the first says who opens them."""
        self._paths = tuple(paths)
        self._show_result(())
        self.notice.clear()
        self._set_holders(())
        count = len(self._paths)
        self.title.setText(self._paths[0].name if count == 1 else tr("{count} tập tin mã hóa").format(count=count))
        path, encryption = self._paths[0], self._application.encryption

        def look() -> _Found:
            envelope, holders = encryption.look(path)
            return envelope, holders, () if holders else encryption.missing(envelope)

        run_job(self, lambda _: look(), done=lambda found: self._show_found(path, found), failed=self._say)

    def _show_found(self, path: Path, found: _Found) -> None:
        if not self._paths or path != self._paths[0]:
            return  # another file was asked for meanwhile
        envelope, holders, known = found
        self._set_facts(envelope)
        self._set_holders(holders)
        if not envelope.is_readable:
            self.notice.say(
                Tone.UNKNOWN,
                tr("Thuật toán mã hóa chưa được hỗ trợ"),
                tr("Đề nghị người gửi mã hóa lại bằng AES-256, hoặc mở bằng phần mềm họ đã dùng."),
            )
            self.button.setEnabled(False)
        elif not holders:
            self.notice.say_error(no_holder(path, envelope, known))

    def _set_facts(self, envelope: Envelope) -> None:
        protects = (
            tr("phát hiện được nội dung bị sửa")
            if envelope.is_authenticated
            else tr("không phát hiện được nội dung bị sửa")
        )
        self._clear_facts()
        self._facts.addLayout(
            fact_grid(
                [
                    (tr("Kích thước"), describe_size(envelope.size_bytes)),
                    (tr("Số người nhận"), str(len(envelope.recipients))),
                    (tr("Kiểu mã hóa"), f"{envelope.cipher} ({protects})"),
                ]
            )
        )

    def _clear_facts(self) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            grid = item.layout()
            while grid is not None and (inner := grid.takeAt(0)) is not None:
                if (widget := inner.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()

    def _set_holders(self, holders: tuple[SignerIdentity, ...]) -> None:
        self._holders = holders
        self.holder.clear()
        for holder in holders:
            name = holder.certificate.common_name or holder.certificate.subject
            self.holder.addItem(f"{name} · {holder.token.label} ({holder.token.serial})")
        for widget in (self.holder_label, self.holder):
            widget.setVisible(bool(holders))
        self.holder.setEnabled(len(holders) > 1)
        self.button.setEnabled(bool(holders))
        self.again_button.setVisible(not holders)

    def _decrypt(self) -> None:
        holder, paths = self._holders[self.holder.currentIndex()], self._paths
        told = BytesTold(self.strip)
        self.button.setEnabled(False)
        self.notice.clear()
        self.strip.start(tr("Đang giải mã {file}").format(file=paths[0].name))
        self.work_started.emit()
        self._job = run_job(
            self,
            lambda progress: self._application.encryption.decrypt(
                paths, holder, interaction=self._interaction, progress=progress, tell=told.watched_by(progress)
            ),
            done=self._done,
            failed=self._failed,
            progressed=self.strip.show_progress,
        )

    def _done(self, outcomes: tuple[DecryptionOutcome, ...]) -> None:
        self._end()
        failed = [outcome.error for outcome in outcomes if outcome.error is not None]
        if failed:
            self.notice.say_error(failed[0])
        self._show_result(outcomes)

    def _failed(self, error: BdsignerError) -> None:
        self._end()
        self._say(error)

    def _end(self) -> None:
        self._job = None
        self.strip.finish()
        self.button.setEnabled(bool(self._holders))
        self.work_finished.emit()

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _show_result(self, outcomes: tuple[DecryptionOutcome, ...]) -> None:
        self._outcomes = outcomes
        outputs = self._outputs()
        self.result_buttons.setVisible(bool(outputs))
        self.open_button.setVisible(len(outputs) == 1)
        inner = [verdict for outcome in outcomes for verdict in outcome.inner]
        self.verdict.setVisible(len(inner) == 1)
        if len(inner) == 1:
            self.verdict.show_judgement(judge_outcome(inner[0]), inner[0].path.name, inner[0].legal)
        if not outputs:
            self.result.clear()
            return
        unsigned = [
            one for one in outcomes if one.envelope is not None and not one.envelope.is_authenticated and not one.inner
        ]
        self.result.say(
            Tone.CAUTION if unsigned else Tone.VALID,
            tr("Đã giải mã {file}").format(file=outputs[0].name)
            if len(outputs) == 1
            else tr("Đã giải mã {count} tập tin").format(count=len(outputs)),
            tr("Kiểu mã hóa này không phát hiện được nội dung bị sửa, và nội dung không có chữ ký.")
            if unsigned
            else tr("Lưu tại {folder}.").format(folder=outputs[0].parent),
        )

    def _outputs(self) -> list[Path]:
        return [outcome.output for outcome in self._outcomes if outcome.output is not None]

    def _verify(self) -> None:
        self.verify_wanted.emit(self._outputs())

    @staticmethod
    def _open(path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(3 * UNIT // 2)
        column.addWidget(self.title)
        column.addLayout(self._facts)
        column.addWidget(self.holder_label)
        column.addWidget(self.holder)
        column.addWidget(self.notice)
        column.addWidget(ButtonRow([self.button, self.again_button]))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * UNIT)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget in (card, self.strip, self.result, self.result_buttons, self.verdict):
            layout.addWidget(widget)
        layout.addStretch(1)
