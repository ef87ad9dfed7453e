"""Thiết bị: every token with its PIN and certificates, what is wrong with drivers, and what was used here before."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.devices.history import History
from bdsigner.gui.devices.known_list import KnownList
from bdsigner.gui.devices.problem_notice import ProblemNotice
from bdsigner.gui.devices.token_card import TokenCard
from bdsigner.gui.error_actions import way_out_of_lock
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import DeviceEvent, KnownDevice
from bdsigner.model.token import SignerListing, Token
from bdsigner.ports import Interaction

if TYPE_CHECKING:
    from bdsigner.app import Application

_HISTORY_ROWS = 20


class DevicesPage(QWidget):
    """Shows the last listing; what it needs from the memory is read off the GUI thread."""

    work_started = Signal()
    work_finished = Signal()
    refresh_requested = Signal()
    request_wanted = Signal(str, bool)
    """Serial of a device, and whether it was lost."""

    def __init__(self, application: "Application", interaction: Interaction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._interaction = interaction
        self._listing = SignerListing()
        self.cards: dict[str, TokenCard] = {}
        self._problems: list[ProblemNotice] = []
        self.notice = Notice()
        self.known = KnownList()
        self.known.loss_reported.connect(lambda serial: self.request_wanted.emit(serial, True))
        self.history = History()
        self.empty = EmptyState(
            icon_name="usb",
            title=tr("Chưa cắm thiết bị ký số"),
            text=tr("Cắm thiết bị lưu khóa bí mật (USB token) vào máy; thiết bị hiện ra ở đây trong một giây."),
            button=tr("Máy đã sẵn sàng chưa?"),
        )
        self.empty.asked.connect(self.open_self_check)
        self._list, self._column = scrolled_column(tr("Các thiết bị"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(self._head())
        layout.addWidget(self.notice)
        layout.addWidget(self.stack, stretch=1)
        for widget in (self.known, self.history):
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def show_listing(self, listing: SignerListing) -> None:
        """Show what is plugged in now."""
        self._listing = listing
        devices, present = self._application.devices, {token.serial for token in listing.tokens}

        def read(_progress: object) -> tuple[dict[str, int | None], list[KnownDevice], tuple[DeviceEvent, ...]]:
            misses = {serial: devices.misses(serial) for serial in present}
            away = [device for device in devices.known() if device.serial not in present and device.certificates]
            return misses, away, devices.events(limit=_HISTORY_ROWS)

        run_job(self, read, done=lambda found: self._fill(listing, *found), failed=self._say_failure)

    def open_self_check(self) -> None:
        """“Máy đã sẵn sàng chưa?”"""
        from bdsigner.gui.dialogs.self_check_dialog import SelfCheckDialog

        dialog = SelfCheckDialog(self._application, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_browsers(self, token: Token) -> None:
        from bdsigner.gui.dialogs.browser_dialog import BrowserDialog

        dialog = BrowserDialog(token, self._application, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def change_pin(self, serial: str) -> None:
        """Ask for the old PIN and a new one."""
        devices, interaction = self._application.devices, self._interaction
        self._work(lambda: devices.change_pin(serial, interaction=interaction), tr("Đã đổi mã PIN."), serial)

    def unblock_pin(self, serial: str) -> None:
        """Ask for the PUK and a new PIN."""
        devices, interaction = self._application.devices, self._interaction
        done = tr("Đã mở khóa thiết bị và đặt mã PIN mới.")
        self._work(lambda: devices.unblock_pin(serial, interaction=interaction), done, serial)

    def _work(self, work: Callable[[], None], done: str, serial: str) -> None:
        self.notice.clear()
        self.work_started.emit()

        def finished() -> None:
            self.work_finished.emit()
            self.refresh_requested.emit()

        def succeeded(_: object) -> None:
            finished()
            self.notice.say(Tone.VALID, done)

        def failed(error: BdsignerError) -> None:
            finished()
            self._say_pin_failure(error, serial)

        run_job(self, lambda progress: work(), done=succeeded, failed=failed)

    def _say_pin_failure(self, error: BdsignerError, serial: str) -> None:
        if not isinstance(error, UserCancelled):
            action = way_out_of_lock(error, lambda: self.request_wanted.emit(serial, False))
            self.notice.say_error(error, action=action)

    def _fill(
        self,
        listing: SignerListing,
        misses: dict[str, int | None],
        away: list[KnownDevice],
        events: tuple[DeviceEvent, ...],
    ) -> None:
        if listing is not self._listing:
            return  # a later look is on its way
        self._show_problems(listing)
        self._show_cards(listing, misses)
        self.known.show_devices(away)
        self.history.show_events(events)
        has_anything = bool(self.cards or self._problems or away)
        self.stack.setCurrentWidget(self._list if has_anything else self.empty)

    def _show_cards(self, listing: SignerListing, misses: dict[str, int | None]) -> None:
        kept = {token.serial: self._card(token, misses.get(token.serial)) for token in listing.tokens}
        for serial, card in self.cards.items():
            if kept.get(serial) is not card:
                self._column.removeWidget(card)
                card.deleteLater()
        self.cards = kept
        for place, card in enumerate(kept.values(), len(self._problems)):
            self._column.insertWidget(place, card)

    def _card(self, token: Token, misses: int | None) -> TokenCard:
        shown = self.cards.get(token.serial)
        if shown is not None and shown.token == token and shown.misses == misses:
            return shown
        card = TokenCard(token, misses, self._application)
        card.change_wanted.connect(self.change_pin)
        card.unblock_wanted.connect(self.unblock_pin)
        card.request_wanted.connect(lambda serial: self.request_wanted.emit(serial, False))
        card.export_wanted.connect(self._export)
        card.browser_wanted.connect(self._open_browsers)
        return card

    def _show_problems(self, listing: SignerListing) -> None:
        for notice in self._problems:
            self._column.removeWidget(notice)
            notice.deleteLater()
        self._problems = [ProblemNotice(problem) for problem in listing.problems]
        for place, notice in enumerate(self._problems):
            notice.try_again_wanted.connect(self._try_again)
            self._column.insertWidget(place, notice)

    def _try_again(self, module_path: str) -> None:
        self._application.devices.try_again(module_path)
        self.refresh_requested.emit()

    def _export(self, certificate: Certificate) -> None:
        name = f"{certificate.serial_number}.cer"
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            tr("Xuất chứng thư số"),
            name,
            tr("Chứng thư DER (*.cer);;Chứng thư PEM (*.pem)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not chosen:
            return
        target, devices = Path(chosen), self._application.devices
        run_job(
            self,
            lambda progress: devices.export_certificate(certificate.der, target),
            done=lambda _: self.notice.say(Tone.VALID, tr("Đã lưu {file}.").format(file=target.name)),
            failed=self.notice.say_error,
        )

    def _say_failure(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        title = QLabel(tr("Thiết bị"))
        title.setFont(title_font())
        self.check_button = QPushButton(tr("Máy đã sẵn sàng chưa?"))
        self.check_button.clicked.connect(self.open_self_check)
        self.refresh_button = QPushButton(tr("&Làm mới"))
        set_icon(self.refresh_button, "refresh-cw", size=2 * UNIT)
        self.refresh_button.clicked.connect(self.refresh_requested)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.check_button)
        row.addWidget(self.refresh_button)
        return row
