"""One window, one level of navigation; a file dropped anywhere finds its own way."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.colours import Tone
from bdsigner.gui.dialogs.message_dialog import show_error
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.drops import Refusal, Routing, route_files
from bdsigner.gui.interaction import QtInteraction
from bdsigner.gui.jobs import cancel_jobs, run_job
from bdsigner.gui.pages.settings_page import SettingsPage
from bdsigner.gui.pages.sign_page import SignPage
from bdsigner.gui.pages.verify_page import VerifyPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.theme import UNIT
from bdsigner.gui.token_watch import TokenWatch
from bdsigner.gui.widgets.drop_overlay import DropOverlay
from bdsigner.gui.widgets.navigation import Navigation
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.token_bar import TokenBar
from bdsigner.gui.widgets.training_banner import TrainingBanner
from bdsigner.messages.questions import QuestionText
from bdsigner.messages.translate import tr
from bdsigner.model.token import SignerListing

_START_SIZE = (1180, 760)
_LEAST_ROOM = (620, 320)
"""Fits a screen of 1024 × 700; without it the widest form of any page, shown or not, would set the least size."""


class Room(IntEnum):
    """Where the person can be; the order is the navigation's."""

    SIGN = 0
    VERIFY = 1
    SETTINGS = 2


class MainWindow(QMainWindow):
    """The shell around the pages; everything slow waits for ``set_application``."""

    painted = Signal()
    """The window has been drawn for the first time."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setWindowTitle(tr("bdsigner – ký số văn bản"))
        self.setAcceptDrops(True)
        self.wants_reopening = False
        self._preferences = preferences
        self._application: Application | None = None
        self._waiting: list[Path] = []
        self._working: set[QObject] = set()
        self._may_close = False
        self._is_painted = False
        self.interaction = QtInteraction(self)
        self.watch = TokenWatch(self)
        self.navigation = Navigation()
        self.banner = TrainingBanner()
        self.notice = Notice()
        self.rooms = QStackedWidget()
        self.sign_page = SignPage(None, preferences.settings, self.interaction)
        self.verify_page = VerifyPage(None, preferences)
        self.settings_page = SettingsPage(preferences)
        self.token_bar = TokenBar()
        self.overlay = DropOverlay(self._lay_out())
        self._connect()
        self._restore_geometry()
        self.show_room(Room.SIGN)

    def set_application(self, application: Application) -> None:
        """The parts are ready: work can begin."""
        self._application = application
        profile = application.profile
        self.banner.setVisible(profile.is_training)
        self.navigation.show_owner(profile.province, profile.emblem)
        for page in (self.sign_page, self.verify_page, self.settings_page):
            page.set_application(application)
        self.watch.set_application(application)
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.open_paths(waiting)

    def show_start_error(self, error: BdsignerError) -> None:
        """The parts could not be built; settings can still be changed."""
        self.notice.say_error(error)
        self.show_room(Room.SETTINGS)

    def show_room(self, room: Room) -> None:
        """Go to a page."""
        self.rooms.setCurrentIndex(room)
        self.navigation.show_room(room)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Treat files and folders as dropped: unsigned to Ký số, signed to Kiểm tra."""
        if self._application is None:
            self._waiting += paths
            return
        inspect, wanted = self._application.inspect, tuple(paths)
        self.notice.clear()
        run_job(
            self,
            lambda progress: route_files(wanted, inspect, progress),
            done=self._follow,
            failed=self._report,
        )

    def _follow(self, routing: Routing) -> None:
        if routing.to_verify:
            self.verify_page.verify_files(routing.to_verify)
            self.show_room(Room.VERIFY)
        if routing.to_sign:
            self.sign_page.open_files(list(routing.to_sign))
            self.show_room(Room.SIGN)
        if routing.refused:
            self._say_refused(routing.refused)
        elif routing.to_sign and routing.to_verify:
            count = len(routing.to_verify)
            self.notice.say(Tone.UNKNOWN, tr("{count} tập tin đã có chữ ký, xem ở trang Kiểm tra.").format(count=count))

    def _say_refused(self, refused: Sequence[Refusal]) -> None:
        if len(refused) == 1 and refused[0].error is not None:
            self.notice.say_error(refused[0].error)
            return
        title = tr("Không mở được {count} mục").format(count=len(refused))
        self.notice.say(Tone.CAUTION, title, "\n".join(refusal.sentence for refusal in refused))

    def _report(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    # Work

    @property
    def is_working(self) -> bool:
        """Whether closing now would stop something."""
        return bool(self._working)

    def _begin_work(self, page: QObject) -> None:
        self._working.add(page)
        self.watch.pause()

    def _end_work(self, page: QObject) -> None:
        self._working.discard(page)
        if not self._working:
            self.watch.resume()

    def _show_signers(self, listing: SignerListing) -> None:
        self.token_bar.show_listing(listing)
        self.sign_page.set_signers(listing)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.acceptProposedAction()
        self.open_paths([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    # Opening and closing

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_working and not self._may_close:
            event.ignore()
            self._ask_before_closing()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._preferences.change(window_geometry=geometry)
        self.watch.stop()
        self.interaction.close()
        cancel_jobs()
        event.accept()

    def _ask_before_closing(self) -> None:
        question = QuestionText(
            title=tr("Công việc chưa xong"),
            sentence=tr("Nếu đóng bây giờ, việc đang làm sẽ dừng. Tập tin đã ký xong vẫn được giữ."),
            yes=tr("Dừng và đóng"),
            no=tr("Làm tiếp"),
        )
        dialog = QuestionDialog(question, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._close_after(dialog))
        dialog.open()

    def _close_after(self, dialog: QuestionDialog) -> None:
        self._may_close = bool(dialog.decision)
        if self._may_close:
            self.close()
        else:
            self.wants_reopening = False

    def _reopen(self) -> None:
        self.wants_reopening = True
        self.close()

    # Making

    def _lay_out(self) -> QWidget:
        for page in (self.sign_page, self.verify_page, self.settings_page):
            page.setMinimumSize(*_LEAST_ROOM)
            self.rooms.addWidget(page)
        self.navigation.add_room(tr("Ký &số"), "file-pen-line")
        self.navigation.add_room(tr("K&iểm tra"), "shield-check")
        self.navigation.add_gap()
        self.navigation.add_room(tr("&Cài đặt"), "settings")
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addWidget(self.banner)
        framed = QVBoxLayout()
        framed.setContentsMargins(3 * UNIT, 0, 3 * UNIT, 0)
        framed.addWidget(self.notice)
        content.addLayout(framed)
        content.addWidget(self.rooms, stretch=1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addLayout(content, stretch=1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, stretch=1)
        column.addWidget(self.token_bar)
        self.setCentralWidget(central)
        return central

    def _connect(self) -> None:
        self.navigation.chosen.connect(lambda number: self.show_room(Room(number)))
        for page in (self.sign_page, self.verify_page):
            page.work_started.connect(lambda page=page: self._begin_work(page))
            page.work_finished.connect(lambda page=page: self._end_work(page))
        self.sign_page.verify_requested.connect(self._verify)
        self.sign_page.refresh_requested.connect(self.watch.refresh)
        self.sign_page.settings_changed.connect(lambda fields: self._preferences.change(**fields))
        self._preferences.changed.connect(lambda: self.sign_page.set_settings(self._preferences.settings))
        self.verify_page.sign_requested.connect(self._sign)
        self.settings_page.reopen_requested.connect(self._reopen)
        self.watch.changed.connect(self._show_signers)
        self.watch.failed.connect(self.token_bar.show_error)
        self.token_bar.refresh_requested.connect(self.watch.refresh)
        self.token_bar.problem_opened.connect(lambda error: show_error(self, error))
        QShortcut(QKeySequence(Qt.Key.Key_F5), self).activated.connect(self.watch.refresh)

    def _verify(self, paths: list[Path]) -> None:
        self.verify_page.verify_files(paths)
        self.show_room(Room.VERIFY)

    def _sign(self, paths: list[Path]) -> None:
        self.sign_page.open_files(paths)
        self.show_room(Room.SIGN)

    def _restore_geometry(self) -> None:
        saved = self._preferences.settings.window_geometry
        if not saved or not self.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "replace"))):
            self.resize(*_START_SIZE)
