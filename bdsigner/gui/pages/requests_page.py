"""Yêu cầu: what to do when a token is locked or lost, with everything already filled in that is known of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.devices.known_list import KnownList
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_primary, strong_font, title_font
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.messages.devices import plain_text
from bdsigner.messages.requests import SAFE_QUESTION, describe_case, draft_facts
from bdsigner.messages.translate import tr
from bdsigner.model.device import KnownDevice, RequestCase, RequestDraft

if TYPE_CHECKING:
    from bdsigner.app import Application


class RequestsPage(QWidget):
    """``open_request`` shows one case; what is shown is kept, so that the form can be filled from it later."""

    devices_wanted = Signal()

    def __init__(self, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._draft: RequestDraft | None = None
        self.notice = Notice()
        self.empty = EmptyState(
            icon_name="inbox",
            title=tr("Chưa có yêu cầu nào"),
            text=tr(
                "Khi thiết bị bị khóa, thất lạc hoặc lộ khóa, yêu cầu gửi cơ quan quản lý bắt đầu từ trang Thiết bị."
            ),
            button=tr("&Mở trang Thiết bị"),
        )
        self.empty.asked.connect(self.devices_wanted)
        self._area, self._column = scrolled_column(tr("Yêu cầu"))
        self.known = KnownList()
        self.known.loss_reported.connect(lambda serial: self.open_request(serial, is_lost=True))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(self._head())
        layout.addWidget(self.notice)
        layout.addWidget(self.stack, stretch=1)
        self._column.addWidget(self.known)
        self._column.addStretch(1)
        self.case: QWidget | None = None

    def refresh(self) -> None:
        """Show the request that was begun last, and the devices that could be reported as lost."""
        devices = self._application.devices
        run_job(
            self,
            lambda progress: (devices.drafts(), devices.known()),
            done=lambda found: self._show_begun(*found),
            failed=self._say_failure,
        )

    def open_request(self, serial: str, *, is_lost: bool) -> None:
        """Begin a request for a device, present or not."""
        devices = self._application.devices
        case = RequestCase.LOST if is_lost else RequestCase.PIN_LOCKED
        self.notice.clear()
        run_job(
            self,
            lambda progress: (devices.draft_request(case, serial), devices.known()),
            done=lambda found: self._open(*found),
            failed=self._say_failure,
        )

    def _open(self, draft: RequestDraft, known: Sequence[KnownDevice]) -> None:
        self._show(draft, known)
        # The keyboard comes along from where the way here began; no answer is chosen beforehand.
        self._area.setFocus()

    def _show_begun(self, drafts: Sequence[RequestDraft], known: Sequence[KnownDevice]) -> None:
        if self._draft is not None:
            self.known.show_devices(self._reportable(known))
        elif drafts:
            self._show(drafts[0], known)
        else:
            self.known.show_devices(self._reportable(known))
            self.stack.setCurrentWidget(self._area if known else self.empty)

    def _show(self, draft: RequestDraft, known: Sequence[KnownDevice]) -> None:
        self._draft = draft
        self.known.show_devices(self._reportable(known))
        self._replace(self._gate(draft) if draft.case is RequestCase.PIN_LOCKED else self._request(draft))
        self.stack.setCurrentWidget(self._area)

    def _reportable(self, known: Sequence[KnownDevice]) -> list[KnownDevice]:
        shown = self._draft.serial if self._draft is not None and self._draft.case is RequestCase.LOST else ""
        return [device for device in known if device.certificates and device.serial != shown]

    def _replace(self, case: QWidget) -> None:
        if self.case is not None:
            self._column.removeWidget(self.case)
            self.case.hide()
            self.case.deleteLater()
        self.case = case
        self._column.insertWidget(0, case)
        case.show()  # at once: Qt would wait for the next round of events

    def _gate(self, draft: RequestDraft) -> QWidget:
        """Đ8.1: an update is only for a device that is safe; otherwise it is a revocation (Đ7.1d)."""
        card, column = _card()
        title = plain_label(tr(SAFE_QUESTION))
        title.setFont(title_font())
        column.addWidget(title)
        column.addWidget(
            plain_label(tr("Câu trả lời quyết định đây là yêu cầu mở khóa (Điều 8) hay thu hồi chứng thư số (Điều 7)."))
        )
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        self.safe_button = make_primary(QPushButton(tr("Đúng, thiết bị vẫn &an toàn")))
        self.safe_button.clicked.connect(lambda: self._confirm_safe(draft))
        self.lost_button = QPushButton(tr("&Không, có thể đã thất lạc hoặc lộ"))
        self.lost_button.clicked.connect(lambda: self.open_request(draft.serial, is_lost=True))
        row.addWidget(self.safe_button)
        row.addWidget(self.lost_button)
        row.addStretch(1)
        column.addLayout(row)
        return card

    def _confirm_safe(self, draft: RequestDraft) -> None:
        self._replace(self._request(draft))
        self._area.setFocus()  # the button that had it is gone

    def _request(self, draft: RequestDraft) -> QWidget:
        profile = self._application.profile
        text = describe_case(draft.case, department=profile.department, centre=profile.centre)
        card, column = _card()
        title = plain_label(text.title)
        title.setFont(title_font())
        column.addWidget(title)
        column.addWidget(plain_label(text.meaning))
        column.addWidget(_strong(tr("Việc cần làm")))
        for number, step in enumerate(text.steps, 1):
            column.addWidget(plain_label(f"{number}. {step}"))
        column.addWidget(_strong(tr("Thông tin đã biết")))
        column.addLayout(fact_grid([(label, plain_text(value)) for label, value in draft_facts(draft)]))
        column.addLayout(self._buttons(draft))
        return card

    def _buttons(self, draft: RequestDraft) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        self.save_button = make_primary(QPushButton(tr("&Lưu giấy đề nghị…")))
        self.save_button.clicked.connect(lambda: self._save(draft))
        row.addWidget(self.save_button)
        row.addStretch(1)
        return row

    def _save(self, draft: RequestDraft) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            tr("Lưu giấy đề nghị"),
            tr("de-nghi-{serial}.pdf").format(serial=draft.serial),
            tr("Tệp PDF (*.pdf)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            self.save_form(draft, Path(chosen))

    def save_form(self, draft: RequestDraft, target: Path) -> None:
        """Write the form of the case, filled in with what is known; the rest is left to hand."""
        requests = self._application.requests
        run_job(
            self,
            lambda progress: requests.print(requests.fill(draft.case, serial=draft.serial), target),
            done=lambda _: self.notice.say(
                Tone.VALID,
                tr("Đã lưu {file}. Điền nốt phần còn trống, ký, rồi gửi.").format(file=target.name),
            ),
            failed=self.notice.say_error,
        )

    def _say_failure(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        title = QLabel(tr("Yêu cầu"))
        title.setFont(title_font())
        self.devices_button = QPushButton(tr("&Mở trang Thiết bị"))
        set_icon(self.devices_button, "usb", size=2 * UNIT)
        self.devices_button.clicked.connect(self.devices_wanted)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.devices_button)
        return row


def _card() -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
    column.setSpacing(3 * UNIT // 2)
    return card, column


def _strong(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(strong_font())
    return label
