"""“Dùng cho trình duyệt”: which browsers know a token's driver; register it, or take it out again."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.dialogs.pin_dialog import dialog_title
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.browser_texts import describe_store_state, manual_steps
from bdsigner.messages.translate import tr
from bdsigner.model.browser import BrowserStore, StoreState
from bdsigner.model.token import Token

if TYPE_CHECKING:
    from bdsigner.app import Application


class BrowserDialog(QDialog):
    """For the driver of one token."""

    def __init__(self, token: Token, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._browsers = application.browsers
        self._module = Path(token.module_path)
        self._product = token.module_name or self._module.name
        self.rows: list[QWidget] = []
        self.setWindowTitle(tr("Dùng thiết bị cho trình duyệt"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(dialog_title(tr("Dùng thiết bị để đăng nhập bằng trình duyệt")))
        layout.addWidget(
            plain_label(
                tr("Trình duyệt đã biết thiết bị sẽ hỏi chứng thư số và mã PIN khi một trang web cần xác thực.")
            )
        )
        if not self._browsers.is_supported:
            layout.addWidget(plain_label(manual_steps(sys.platform, str(self._module))))
        self.notice = Notice()
        layout.addWidget(self.notice)
        self._column = QVBoxLayout()
        self._column.setSpacing(UNIT)
        layout.addLayout(self._column)
        self.close_button = make_primary(QPushButton(tr("Đó&ng")))
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        layout.addLayout(row)
        self._refresh()

    def _refresh(self) -> None:
        run_job(
            self,
            lambda progress: self._browsers.stores(self._module, self._product),
            done=self._show,
            failed=self.notice.say_error,
        )

    def _show(self, stores: tuple[BrowserStore, ...]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = [self._row(store) for store in stores]
        for row in self.rows:
            self._column.addWidget(row)

    def _row(self, store: BrowserStore) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        is_known = store.state in (StoreState.REGISTERED, StoreState.KNOWN)
        row.addWidget(
            ToneIcon(Tone.VALID if is_known else Tone.UNKNOWN, 3 * UNIT, name="" if is_known else "circle-dashed")
        )
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(plain_label(store.browser))
        texts.addWidget(make_muted(plain_label(describe_store_state(store.state))))
        row.addLayout(texts, stretch=1)
        button = self._button(store)
        if button is not None:
            row.addWidget(button)
        return widget

    def _button(self, store: BrowserStore) -> QPushButton | None:
        browsers, module, product = self._browsers, self._module, self._product
        if store.state is StoreState.ABSENT:
            return self._acting(tr("Đăng ký"), store, lambda: browsers.register(store, module, product))
        if store.state is StoreState.REGISTERED:
            return self._acting(tr("Bỏ đăng ký"), store, lambda: browsers.unregister(store, product))
        return None

    def _acting(self, text: str, store: BrowserStore, work: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{text}: {store.browser}")

        def failed(error: BdsignerError) -> None:
            self.notice.say_error(error)
            self._refresh()

        def act() -> None:
            button.setEnabled(False)
            self.notice.clear()
            run_job(self, lambda progress: work(), done=lambda _: self._refresh(), failed=failed)

        button.clicked.connect(act)
        return button
