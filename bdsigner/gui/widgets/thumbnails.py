"""The column of small pages: drawn only where it is looked at."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from bdsigner.gui.look.theme import colours
from bdsigner.gui.widgets.page_source import THUMBNAIL_SIDE, PageSource
from bdsigner.messages.translate import tr
from bdsigner.model.geometry import Box

PADDING = 8

Index = QModelIndex | QPersistentModelIndex


class _Pages(QAbstractListModel):
    """One row a page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.source: PageSource | None = None

    def start_over(self, source: PageSource) -> None:
        self.beginResetModel()
        self.source = source
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default; never changed
        return len(self.source.pages) if self.source is not None else 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return str(index.row() + 1)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("Trang {page}").format(page=index.row() + 1)
        return None


class _Thumbnail(QStyledItemDelegate):
    """Paints one small page with its number and, where it stands, the signature box."""

    def __init__(self, parent: "Thumbnails") -> None:
        super().__init__(parent)
        self.box: Box | None = None
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(THUMBNAIL_SIDE + 2 * PADDING, THUMBNAIL_SIDE + 3 * PADDING + line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        source = self._view.source
        if source is None:
            return
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        palette: QPalette = option.palette
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        if is_current:
            painter.fillRect(cell, QColor(colours().selected))
        paper = self._paper(source, index.row(), cell)
        self._paint_page(painter, source, index.row(), paper, palette, is_current=is_current)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        text = QRect(cell.left(), cell.top() + THUMBNAIL_SIDE + PADDING, cell.width(), cell.bottom() - paper.bottom())
        text.setBottom(cell.bottom())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignCenter), str(index.row() + 1))

    def _paper(self, source: PageSource, page: int, cell: QRect) -> QRect:
        size = source.pages[page]
        scale = THUMBNAIL_SIDE / max(size.width_pt, size.height_pt)
        paper = QRect(0, 0, max(1, round(size.width_pt * scale)), max(1, round(size.height_pt * scale)))
        paper.moveCenter(cell.center())
        paper.moveTop(cell.top() + PADDING + (THUMBNAIL_SIDE - paper.height()) // 2)
        return paper

    def _paint_page(
        self, painter: QPainter, source: PageSource, page: int, paper: QRect, palette: QPalette, *, is_current: bool
    ) -> None:
        painter.fillRect(paper, Qt.GlobalColor.white)
        image = source.thumbnail(page)
        if image is not None:
            painter.drawImage(paper, image)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent if is_current else QPalette.ColorRole.Mid), 1))
        painter.drawRect(paper)
        if self.box is not None and self.box.page == page:
            scale = paper.width() / source.pages[page].width_pt
            place = QRectF(
                self.box.x_pt * scale, self.box.y_pt * scale, self.box.width_pt * scale, self.box.height_pt * scale
            )
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(place.translated(paper.topLeft()))


class Thumbnails(QListView):
    page_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = _Pages(self)
        self._delegate = _Thumbnail(self)
        self.setModel(self._pages)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Các trang thu nhỏ"))
        self.setFixedWidth(THUMBNAIL_SIDE + 2 * PADDING + self.verticalScrollBar().sizeHint().width())
        self.verticalScrollBar().valueChanged.connect(self._look)
        self.selectionModel().currentChanged.connect(self._chosen)

    @property
    def source(self) -> PageSource | None:
        return self._pages.source

    def show_document(self, source: PageSource) -> None:
        """Start over with the document that ``source`` has open."""
        if self.source is not source:
            if self.source is not None:
                self.source.thumbnail_ready.disconnect(self._picture_arrived)
            source.thumbnail_ready.connect(self._picture_arrived)
        source.thumbnail_density = self.devicePixelRatioF()
        self._delegate.box = None
        self._pages.start_over(source)
        self._look()

    def set_box(self, box: Box | None) -> None:
        """Show where the signature will stand."""
        self._delegate.box = box
        self.viewport().update()

    def set_current(self, page: int) -> None:
        """Follow the page view, without answering it."""
        index = self._pages.index(page)
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().blockSignals(True)
            self.setCurrentIndex(index)
            self.selectionModel().blockSignals(False)
            self.scrollTo(index)
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look()

    def _look(self) -> None:
        source = self.source
        if source is None or not self.isVisible() or not source.pages:
            return
        height = self.sizeHintForRow(0)
        top = self.verticalScrollBar().value()
        last = min(len(source.pages) - 1, (top + self.viewport().height()) // height)
        source.want_thumbnails(range(min(top // height, last), last + 1))

    def _chosen(self, current: Index) -> None:
        if current.isValid():
            self.page_chosen.emit(current.row())

    def _picture_arrived(self, page: int) -> None:
        self.update(self._pages.index(page))
