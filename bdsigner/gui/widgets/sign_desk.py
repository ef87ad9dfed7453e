"""The three columns of the signing page: small pages or the list, the page, what is left to decide."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import text_width
from bdsigner.gui.signing.sign_files import SignFile, empty_places
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.gui.widgets.page_toolbar import PageToolbar
from bdsigner.gui.widgets.page_view import PageView
from bdsigner.gui.widgets.sign_actions import SignActions
from bdsigner.gui.widgets.sign_options import SignOptions
from bdsigner.gui.widgets.sign_overview import SignOverview
from bdsigner.gui.widgets.sign_result import SignResult
from bdsigner.gui.widgets.signature_box import SignatureBox
from bdsigner.gui.widgets.thumbnails import Thumbnails
from bdsigner.messages.layout import describe_zone
from bdsigner.messages.translate import tr
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box

PANEL_CHARACTERS = 37
PANEL_LEAST = 272
PAGE_LEAST = 240
"""A page narrower than this is no use: the thumbnails give way first."""


class SignDesk(QWidget):
    """Puts the parts side by side and shows one file in all of them; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = Thumbnails()
        self.overview = SignOverview()
        self.files = self.overview.list
        self.sheet = self.overview.sheet
        self.view = PageView()
        self.view.setMinimumWidth(PAGE_LEAST)
        self.box = SignatureBox(self.view)
        self.options = SignOptions()
        self.footer = SignActions()
        self.result = SignResult()
        self._is_list = False
        self._is_page_alone = False
        self._has_thumbnails = False
        self.panel = self._build_panel()
        self._centre = centre = QWidget()
        self.toolbar = PageToolbar(self.view, centre)
        self.back = QPushButton(tr("Trở lại các tập tin"))
        self.back.clicked.connect(self.leave_page)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.toolbar)
        column.addWidget(self.view, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        for widget in (self.thumbnails, self.overview, centre, self.panel):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setStretchFactor(2, 3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)
        self._fit_columns()
        self.thumbnails.page_chosen.connect(self.view.go_to_page)
        self.view.current_page_changed.connect(self.thumbnails.set_current)
        self.overview.opened.connect(self.go_to_page)
        self.options.visibility_changed.connect(self.sheet.set_has_boxes)

    def start_over(self, files: Sequence[SignFile], *, current: int = 0) -> None:
        """Show one file in the form for one, several in the form of a list; nothing is read of them yet."""
        self._is_list = len(files) > 1
        self._is_page_alone = False
        self.overview.show_files(files, current=current)
        self._has_thumbnails = False
        self._fit_columns()
        if self._is_list:
            rest = self.width() - self.panel.width()
            self.splitter.setSizes([0, rest // 2, rest // 2, self.panel.width()])
        self.box.set_box(None)
        self.view.clear()
        self.options.error.clear()
        self.show_options()
        self.show_file(files[current])

    def show_file(self, file: SignFile) -> None:
        self.options.show_file(file, is_one_of_many=self._is_list)

    def show_document(self, source: PageSource, info: DocumentInfo, place: Box | None) -> None:
        """Show the pages of a file with ``place`` in sight, and the places it keeps for signatures."""
        source.open(info)
        self._has_thumbnails = len(info.pages) > 1
        self._fit_columns()
        self.view.show_document(source, place)
        self.view.set_outlines(tuple(empty_places(info).values()))
        self.thumbnails.show_document(source)
        self.thumbnails.set_current(self.view.current_page)
        self.box.set_pages(info.pages)

    def show_place(self, file: SignFile, place: Box | None) -> None:
        """Show where the signature will stand, in every part that tells of it."""
        self.box.set_zone(file.zone, describe_zone(file.zone_mode))
        self.box.set_box(place, is_fixed=bool(file.field))
        self.thumbnails.set_box(place)
        self.options.show_box(file)

    def show_options(self) -> None:
        self._pages.setCurrentWidget(self._choices)

    def show_results(self, files: Sequence[SignFile], current: SignFile) -> None:
        self.result.show_results(files, current)
        self._pages.setCurrentWidget(self.result)

    def go_to_page(self) -> None:
        """From one of many files to its page, which takes their place where there is no room for both."""
        self._is_page_alone = True
        self._fit_columns()
        (self.box if self.box.isVisible() else self.view).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_page(self) -> None:
        """Back to the files."""
        self._is_page_alone = False
        self._fit_columns()
        (self.sheet if self.sheet.isVisible() else self.files).setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_work(self) -> None:
        """Nothing may be changed while it is being signed."""
        self.options.error.clear()
        self.options.setEnabled(False)
        self.box.setEnabled(False)
        self.footer.begin()

    def end_work(self) -> None:
        self.options.setEnabled(True)
        self.box.setEnabled(True)
        self.footer.end()

    def minimumSizeHint(self) -> QSize:
        """Room for what cannot give way: the choices and the page, or the list."""
        beside = self.overview.minimumWidth() if self._is_list else PAGE_LEAST
        return QSize(self.panel.width() + beside, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _build_panel(self) -> QFrame:
        self._choices = QWidget()
        column = QVBoxLayout(self._choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options, 1)
        column.addWidget(self.footer)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._choices)
        self._pages.addWidget(self.result)
        panel = QFrame()
        panel.setProperty("role", "panel")
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._pages)
        panel.setFixedWidth(max(PANEL_LEAST, text_width(PANEL_CHARACTERS), self.options.needed_width()))
        return panel

    def _fit_columns(self) -> None:
        """Show what there is room for: first the choices, then the list, the page, and last the thumbnails."""
        rest = self.width() - self.panel.width()
        has_both = rest >= self.overview.minimumWidth() + PAGE_LEAST
        self.overview.setVisible(self._is_list and (has_both or not self._is_page_alone))
        self._centre.setVisible(not self._is_list or has_both or self._is_page_alone)
        self.back.setVisible(self._is_list and not has_both)
        has_room = rest >= self.thumbnails.maximumWidth() + PAGE_LEAST
        has_thumbnails = self._has_thumbnails and not self._is_list and has_room
        self.thumbnails.setVisible(has_thumbnails)
        if not self._is_list:
            beside = self.thumbnails.maximumWidth() if has_thumbnails else 0
            self.splitter.setSizes([beside, 0, rest - beside, self.panel.width()])
