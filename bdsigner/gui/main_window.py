"""One window, one level of navigation; a file dropped anywhere finds its own way."""

from collections.abc import Sequence
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

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

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import cancel_jobs, run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.token_watch import TokenWatch
from bdsigner.gui.widgets.drop_overlay import DropOverlay
from bdsigner.gui.widgets.empty_state import nothing_to_sign
from bdsigner.gui.widgets.navigation import Navigation
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.token_bar import TokenBar
from bdsigner.gui.widgets.training_banner import TrainingBanner
from bdsigner.messages.translate import tr

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.gui.dialogs.question_dialog import QuestionDialog
    from bdsigner.gui.drops import Refusal, Routing
    from bdsigner.gui.interaction import QtInteraction
    from bdsigner.gui.pages.settings_page import SettingsPage
    from bdsigner.gui.pages.sign_page import SignPage
    from bdsigner.gui.pages.verify_page import VerifyPage
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
    """The shell around the pages.

    What is needed for the first paint is made at once; pages are imported and made when they are first wanted, and
    everything slow waits for ``set_application``.
    """

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
        self.watch = TokenWatch(self)
        self.navigation = Navigation()
        self.banner = TrainingBanner()
        self.notice = Notice()
        self.rooms = QStackedWidget()
        self.token_bar = TokenBar()
        self.overlay = DropOverlay(self._lay_out())
        self._connect()
        self._restore_geometry()
        self.navigation.show_room(Room.SIGN)

    @cached_property
    def interaction(self) -> "QtInteraction":
        """Questions of the use cases, put over this window."""
        from bdsigner.gui.interaction import QtInteraction

        return QtInteraction(self)

    @cached_property
    def sign_page(self) -> "SignPage":
        """Ký số."""
        from bdsigner.gui.pages.sign_page import SignPage

        page = SignPage(self._application, self._preferences.settings, self.interaction)
        page.work_started.connect(lambda: self._begin_work(page))
        page.work_finished.connect(lambda: self._end_work(page))
        page.verify_requested.connect(self._verify)
        page.refresh_requested.connect(self.watch.refresh)
        page.settings_changed.connect(lambda fields: self._preferences.change(**fields))
        self._preferences.changed.connect(lambda: page.set_settings(self._preferences.settings))
        self._furnish(Room.SIGN, page)
        return page

    @cached_property
    def verify_page(self) -> "VerifyPage":
        """Kiểm tra."""
        from bdsigner.gui.pages.verify_page import VerifyPage

        page = VerifyPage(self._application, self._preferences)
        page.work_started.connect(lambda: self._begin_work(page))
        page.work_finished.connect(lambda: self._end_work(page))
        page.sign_requested.connect(self._sign)
        self._furnish(Room.VERIFY, page)
        return page

    @cached_property
    def settings_page(self) -> "SettingsPage":
        """Cài đặt."""
        from bdsigner.gui.pages.settings_page import SettingsPage

        page = SettingsPage(self._preferences)
        if self._application is not None:
            page.set_application(self._application)
        page.reopen_requested.connect(self._reopen)
        self._furnish(Room.SETTINGS, page)
        return page

    def set_application(self, application: "Application") -> None:
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
        """Go to a page, which is made if this is the first visit."""
        self.rooms.setCurrentWidget(self._page(room))
        self.navigation.show_room(room)

    def _go(self, number: int) -> None:
        self.notice.clear()
        self.show_room(Room(number))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Treat files and folders as dropped: unsigned to Ký số, signed to Kiểm tra."""
        if self._application is None:
            self._waiting += paths
            return
        from bdsigner.gui.drops import route_files

        inspect, wanted = self._application.inspect, tuple(paths)
        self.notice.clear()
        run_job(
            self,
            lambda progress: route_files(wanted, inspect, progress),
            done=self._follow,
            failed=self._report,
        )

    def _follow(self, routing: "Routing") -> None:
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

    def _say_refused(self, refused: "Sequence[Refusal]") -> None:
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

    def _show_signers(self, listing: "SignerListing") -> None:
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
        from bdsigner.gui.dialogs.question_dialog import QuestionDialog
        from bdsigner.messages.questions import QuestionText

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

    def _close_after(self, dialog: "QuestionDialog") -> None:
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
        self._entrance = nothing_to_sign()
        for stand_in in (self._entrance, QWidget(), QWidget()):
            self.rooms.addWidget(stand_in)
        self.navigation.add_room(tr("Ký &số"), "file-pen-line")
        self.navigation.add_room(tr("K&iểm tra"), "shield-check")
        self.navigation.add_gap()
        self.navigation.add_room(tr("&Cài đặt"), "settings")
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addWidget(self.banner)
        frame = QWidget()
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 0)
        framed.addWidget(self.notice)
        frame.hide()
        self.notice.shown.connect(frame.setVisible)
        content.addWidget(frame)
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
        self.navigation.chosen.connect(self._go)
        self._entrance.asked.connect(self._choose_files_to_sign)
        self.watch.changed.connect(self._show_signers)
        self.watch.failed.connect(self.token_bar.show_error)
        self.token_bar.refresh_requested.connect(self.watch.refresh)
        self.token_bar.problem_opened.connect(self._show_problem)
        QShortcut(QKeySequence(Qt.Key.Key_F5), self).activated.connect(self.watch.refresh)

    def _page(self, room: Room) -> QWidget:
        match room:
            case Room.SIGN:
                return self.sign_page
            case Room.VERIFY:
                return self.verify_page
            case Room.SETTINGS:
                return self.settings_page

    def _furnish(self, room: Room, page: QWidget) -> None:
        """Put a page in the place of what stood in for it."""
        page.setMinimumSize(*_LEAST_ROOM)
        is_here = self.rooms.currentIndex() == room
        stand_in = self.rooms.widget(room)
        self.rooms.insertWidget(room, page)
        if is_here:
            self.rooms.setCurrentWidget(page)
        if stand_in is not None:
            self.rooms.removeWidget(stand_in)
            stand_in.deleteLater()

    def _choose_files_to_sign(self) -> None:
        self.sign_page.ask_for_files()

    def _show_problem(self, error: BdsignerError) -> None:
        from bdsigner.gui.dialogs.message_dialog import show_error

        show_error(self, error)

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
