"""Page number and zoom, above the page view."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.page_view import Fit, PageView
from bdsigner.messages.translate import tr

ICON_SIDE = 18
PERCENTS = (50, 75, 100, 125, 150, 200, 300, 400)


class PageToolbar(QWidget):
    def __init__(self, view: PageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.page = QSpinBox(minimum=1, maximum=1)
        self.page.setAccessibleName(tr("Số trang"))
        self.page.setKeyboardTracking(False)
        self.count = QLabel()
        self.zoom = QComboBox()
        self.zoom.setAccessibleName(tr("Độ phóng"))
        self.zoom.addItem(tr("Vừa chiều rộng"), Fit.WIDTH)
        self.zoom.addItem(tr("Vừa cả trang"), Fit.PAGE)
        for percent in PERCENTS:
            self.zoom.addItem(tr("{percent} %").format(percent=percent), percent / 100)
        self._free = self.zoom.count()
        self.smaller = self._button("zoom-out", tr("Thu nhỏ"), view.zoom_out)
        self.larger = self._button("zoom-in", tr("Phóng to"), view.zoom_in)
        self._lay_out()
        self._add_shortcuts()
        self.page.valueChanged.connect(lambda number: view.go_to_page(number - 1))
        self.zoom.activated.connect(self._zoom_chosen)
        view.current_page_changed.connect(self._show_page)
        view.zoom_changed.connect(self._show_zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines where one is too narrow, as with large text."""
        super().resizeEvent(event)
        needed = sum(group.sizeHint().width() for group in (self._pages, self._zooms)) + UNIT * 2
        is_narrow = self.width() < needed
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._row.direction() is not direction:
            self._row.setDirection(direction)

    def _lay_out(self) -> None:
        caption = QLabel(tr("Tran&g"))
        caption.setBuddy(self.page)
        self._pages = _group(caption, self.page, self.count)
        self._zooms = _group(self.smaller, self.zoom, self.larger)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        self._row.setSpacing(UNIT // 2)
        self._row.addWidget(self._pages, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addStretch(1)
        self._row.addWidget(self._zooms, 0, Qt.AlignmentFlag.AlignLeft)

    def _button(self, icon_name: str, name: str, action: object) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "flat")
        set_icon(button, icon_name, size=max(ICON_SIDE, self.fontMetrics().height()))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action)
        return button

    def _add_shortcuts(self) -> None:
        view = self._view
        for keys, action in (
            ("Ctrl++", view.zoom_in),
            ("Ctrl+=", view.zoom_in),
            ("Ctrl+-", view.zoom_out),
            ("Ctrl+0", lambda: view.set_zoom(1.0)),
            ("Ctrl+1", lambda: view.set_fit(Fit.WIDTH)),
            ("Ctrl+2", lambda: view.set_fit(Fit.PAGE)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _zoom_chosen(self, index: int) -> None:
        chosen = self.zoom.itemData(index)
        if isinstance(chosen, Fit):
            self._view.set_fit(chosen)
        elif isinstance(chosen, float):
            self._view.set_zoom(chosen)

    def _show_page(self, page: int) -> None:
        with QSignalBlocker(self.page):
            self.page.setMaximum(max(1, self._view.page_count))
            self.page.setValue(page + 1)
        self.count.setText(tr("/ {count}").format(count=self._view.page_count))

    def _show_zoom(self) -> None:
        """Name the fit, or the percentage even when it is none of those offered."""
        if self.zoom.count() > self._free:
            self.zoom.removeItem(self._free)
        wanted: Fit | float = self._view.fit if self._view.fit is not Fit.FREE else round(self._view.zoom, 2)
        index = next((i for i in range(self._free) if self.zoom.itemData(i) == wanted), -1)
        if index < 0:
            self.zoom.addItem(tr("{percent} %").format(percent=round(self._view.zoom * 100)), self._view.zoom)
            index = self._free
        self.zoom.setCurrentIndex(index)


def _group(*widgets: QWidget) -> QWidget:
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(UNIT // 2)
    for widget in widgets:
        row.addWidget(widget)
    return group
