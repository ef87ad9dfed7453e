"""One window, one level of navigation; a file dropped anywhere finds its own way."""

from collections.abc import Callable, Sequence
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
from PySide6.QtWidgets import QMainWindow, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui import page_makers
from bdsigner.gui.arrivals import Arrivals
from bdsigner.gui.closing import Closing
from bdsigner.gui.jobs import cancel_jobs
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.room_stack import RoomStack
from bdsigner.gui.shell import Room, fill_navigation, lay_out_shell
from bdsigner.gui.token_watch import TokenWatch
from bdsigner.gui.widgets.drop_overlay import DropOverlay
from bdsigner.gui.widgets.navigation import Navigation
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.token_bar import TokenBar
from bdsigner.gui.widgets.training_banner import TrainingBanner
from bdsigner.messages.translate import tr

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.gui.aftercare import Aftercare
    from bdsigner.gui.device_policy import DevicePolicy
    from bdsigner.gui.interaction import QtInteraction
    from bdsigner.gui.pages.devices_page import DevicesPage
    from bdsigner.gui.pages.encryption_page import EncryptionPage
    from bdsigner.gui.pages.register_page import RegisterPage
    from bdsigner.gui.pages.requests_page import RequestsPage
    from bdsigner.gui.pages.settings_page import SettingsPage
    from bdsigner.gui.pages.sign_page import SignPage
    from bdsigner.gui.pages.verify_page import VerifyPage
    from bdsigner.gui.requests.outbox_control import OutboxControl
    from bdsigner.model.token import SignerListing

_START_SIZE = (1180, 760)


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
        self._preferences = preferences
        self._application: Application | None = None
        self._working: set[QObject] = set()
        self._is_painted = False
        self._encryption_page: EncryptionPage | None = None
        self._devices_page: DevicesPage | None = None
        self._requests_page: RequestsPage | None = None
        self._register_page: RegisterPage | None = None
        self.watch = TokenWatch(self)
        self.navigation = Navigation()
        self.banner = TrainingBanner()
        self.notice = Notice()
        self.rooms = RoomStack()
        self.token_bar = TokenBar()
        self.overlay = DropOverlay(self._lay_out())
        self.arrivals = Arrivals(self.notice, self)
        self.closing = Closing(self)
        self._connect()
        self._restore_geometry()
        self.navigation.show_room(Room.SIGN)

    @property
    def wants_reopening(self) -> bool:
        """Whether it was closed to be opened anew, with other settings."""
        return self.closing.wants_reopening

    @cached_property
    def interaction(self) -> "QtInteraction":
        """Questions of the use cases, put over this window."""
        from bdsigner.gui.interaction import QtInteraction

        interaction = QtInteraction(self)
        interaction.request_wanted.connect(self.open_request)
        return interaction

    @cached_property
    def device_policy(self) -> "DevicePolicy":
        """What is done about devices without being asked: reminders, logging out, the last look at closing."""
        from bdsigner.gui.device_policy import DevicePolicy

        policy = DevicePolicy(self)
        policy.screen_locked.connect(self.interaction.cancel_pins)
        policy.devices_wanted.connect(lambda: self.show_room(Room.DEVICES))
        policy.renewal_wanted.connect(self.open_enrolment)
        policy.closing_agreed.connect(self.closing.agree)
        return policy

    @cached_property
    def aftercare(self) -> "Aftercare":
        """What earlier work left to do: batches cut off, timestamps waited for."""
        from bdsigner.gui.aftercare import Aftercare

        aftercare = Aftercare(self.notice, self.interaction, self)
        aftercare.work_started.connect(lambda: self.begin_work(aftercare))
        aftercare.work_finished.connect(lambda: self.end_work(aftercare))
        return aftercare

    @cached_property
    def outbox(self) -> "OutboxControl":
        """Requests that are sent and followed by themselves."""
        from bdsigner.gui.requests.outbox_control import OutboxControl

        outbox = OutboxControl(self.notice, self)
        outbox.requests_wanted.connect(self._show_request)
        return outbox

    @cached_property
    def sign_page(self) -> "SignPage":
        """Ký số."""
        page = page_makers.make_sign_page(self, self._application, self._preferences)
        self.rooms.furnish(Room.SIGN, page)
        return page

    @cached_property
    def verify_page(self) -> "VerifyPage":
        """Kiểm tra."""
        page = page_makers.make_verify_page(self, self._application, self._preferences)
        self.rooms.furnish(Room.VERIFY, page)
        return page

    @cached_property
    def settings_page(self) -> "SettingsPage":
        """Cài đặt."""
        page = page_makers.make_settings_page(self, self._application, self._preferences)
        self.rooms.furnish(Room.SETTINGS, page)
        return page

    @property
    def encryption_page(self) -> "EncryptionPage | None":
        """Mã hóa; ``None`` until the parts are ready."""
        if self._encryption_page is None and self._application is not None:
            page = page_makers.make_encryption_page(self, self._application, self._preferences)
            self._encryption_page = page
            self.rooms.furnish(Room.ENCRYPTION, page)
        return self._encryption_page

    @property
    def devices_page(self) -> "DevicesPage | None":
        """Thiết bị; ``None`` until the parts are ready."""
        if self._devices_page is None and self._application is not None:
            self._devices_page = page_makers.make_devices_page(self, self._application)
            self.rooms.furnish(Room.DEVICES, self._devices_page)
        return self._devices_page

    @property
    def requests_page(self) -> "RequestsPage | None":
        """Yêu cầu; ``None`` until the parts are ready."""
        if self._requests_page is None and self._application is not None:
            self._requests_page = page_makers.make_requests_page(self, self._application, self._preferences)
            self.rooms.furnish(Room.REQUESTS, self._requests_page)
        return self._requests_page

    @property
    def register_page(self) -> "RegisterPage | None":
        """Nhật ký; ``None`` until the parts are ready."""
        if self._register_page is None and self._application is not None:
            self._register_page = page_makers.make_register_page(self, self._application, self._preferences)
            self.rooms.furnish(Room.REGISTER, self._register_page)
        return self._register_page

    def open_request(self, serial: str, is_lost: bool = False) -> None:  # slot of a signal
        """Begin a request for a device that is locked, or lost."""
        page = self.requests_page
        if page is not None:
            page.open_request(serial, is_lost=is_lost)
            self.show_room(Room.REQUESTS)

    def open_enrolment(self, serial: str) -> None:
        """Begin the renewal of what is on a device."""
        page = self.requests_page
        if page is not None:
            page.open_enrolment(serial)
            self.show_room(Room.REQUESTS)

    def _show_request(self, request_id: str) -> None:
        page = self.requests_page
        if page is not None:
            self.notice.clear()
            page.show_list(request_id)
            self.show_room(Room.REQUESTS)

    def set_application(self, application: "Application") -> None:
        """The parts are ready: work can begin."""
        self._application = application
        profile = application.profile
        self.banner.setVisible(profile.is_training)
        self.navigation.show_owner(profile.province, profile.emblem)
        for page in (self.sign_page, self.verify_page, self.settings_page):
            page.set_application(application)
        self.watch.set_application(application)
        self.device_policy.set_application(application)
        self.aftercare.set_application(application)
        self.outbox.set_application(application)
        self.arrivals.set_application(application)

    def show_start_error(self, error: BdsignerError) -> None:
        """The parts could not be built; settings can still be changed."""
        self.notice.say_error(error)
        self.show_room(Room.SETTINGS)

    def show_room(self, room: Room) -> None:
        """Go to a page, which is made if this is the first visit."""
        self.rooms.setCurrentWidget(self._page(room))
        if room is Room.REGISTER and self.register_page is not None:
            self.register_page.refresh()
        if room is Room.REQUESTS and self.requests_page is not None:
            self.requests_page.refresh()
        self.navigation.show_room(room)

    def _go(self, number: int) -> None:
        self.notice.clear()
        self.show_room(Room(number))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Treat files and folders as dropped: unsigned to Ký số, signed to Kiểm tra."""
        self.arrivals.open_paths(paths)

    # Work

    @property
    def is_working(self) -> bool:
        """Whether closing now would stop something."""
        return bool(self._working)

    def begin_work(self, page: QObject) -> None:
        self._working.add(page)
        self.watch.pause()

    def end_work(self, page: QObject) -> None:
        self._working.discard(page)
        self.device_policy.warn_of_factory_pins()
        if not self._working:
            self.watch.resume()

    def _show_signers(self, listing: "SignerListing") -> None:
        login = self._application.devices.open_login if self._application is not None else None
        self.token_bar.show_listing(listing, login)
        self.sign_page.set_signers(listing)
        if self._devices_page is not None:
            self._devices_page.show_listing(listing)
        if self._requests_page is not None:
            self._requests_page.set_listing(listing)
        self.device_policy.show_listing(listing)

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
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        here, requests = self.rooms.currentWidget(), self._requests_page
        place = self.mapToGlobal(event.position().toPoint())
        if requests is not None and here is requests and requests.take_drop(paths, place):
            return
        from bdsigner.gui.drops import is_envelope  # here: the first paint needs none of it

        page = self._encryption_page
        if page is not None and here is page and page.takes_files and not any(is_envelope(path) for path in paths):
            page.add_files(paths)
        else:
            self.open_paths(paths)

    # Opening and closing

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_working and not self.closing.is_agreed:
            event.ignore()
            self.closing.ask()
            return
        if not self.closing.is_agreed and self._application is not None and self.device_policy.hold_closing():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._preferences.change(window_geometry=geometry)
        if self._requests_page is not None:
            self._requests_page.finish()
        self.watch.stop()
        self.interaction.close()
        cancel_jobs()
        event.accept()

    def reopen(self) -> None:
        self.closing.wants_reopening = True
        self.close()

    # Making

    def _lay_out(self) -> QWidget:
        fill_navigation(self.navigation)
        central = lay_out_shell(self.navigation, self.banner, self.notice, self.rooms, self.token_bar)
        self.setCentralWidget(central)
        return central

    def _connect(self) -> None:
        self.navigation.chosen.connect(self._go)
        self.arrivals.verify_wanted.connect(self._take_signed)
        self.arrivals.sign_wanted.connect(self.sign)
        self.arrivals.decrypt_wanted.connect(self._decrypt)
        self.closing.agreed.connect(self.close)
        self.rooms.entrance.asked.connect(self._choose_files_to_sign)
        self.watch.changed.connect(self._show_signers)
        self.token_bar.refresh_requested.connect(self.watch.look_again)
        self.token_bar.opened.connect(lambda: self.show_room(Room.DEVICES))
        self.token_bar.logout_wanted.connect(self._log_out)
        self.token_bar.problem_opened.connect(self._show_problem)
        QShortcut(QKeySequence(Qt.Key.Key_F5), self).activated.connect(self.watch.look_again)

    def _page(self, room: Room) -> QWidget:
        """Makes the page; what stands in for it while the parts are not ready."""
        pages: dict[Room, Callable[[], QWidget | None]] = {
            Room.SIGN: lambda: self.sign_page,
            Room.VERIFY: lambda: self.verify_page,
            Room.ENCRYPTION: lambda: self.encryption_page,
            Room.DEVICES: lambda: self.devices_page,
            Room.REQUESTS: lambda: self.requests_page,
            Room.REGISTER: lambda: self.register_page,
            Room.SETTINGS: lambda: self.settings_page,
        }
        return pages[room]() or self.rooms.stand_in(room)

    def _choose_files_to_sign(self) -> None:
        self.sign_page.ask_for_files()

    def _log_out(self) -> None:
        self.device_policy.log_out()

    def _show_problem(self, error: BdsignerError) -> None:
        from bdsigner.gui.dialogs.message_dialog import show_error

        show_error(self, error)

    def _take_signed(self, paths: list[Path]) -> None:
        """Signed files that arrived: to the clerk who is at the register, else to be checked."""
        if self.rooms.currentIndex() == Room.REGISTER and self.register_page is not None:
            self.register_page.review_files(paths)
        else:
            self.verify(paths)

    def verify(self, paths: list[Path]) -> None:
        self.verify_page.verify_files(paths)
        self.show_room(Room.VERIFY)

    def encrypt(self, paths: list[Path]) -> None:
        page = self.encryption_page
        if page is not None:
            page.add_files(paths)
            self.show_room(Room.ENCRYPTION)

    def _decrypt(self, paths: list[Path]) -> None:
        page = self.encryption_page
        if page is not None:
            page.open_envelopes(paths)
            self.show_room(Room.ENCRYPTION)

    def sign(self, paths: list[Path]) -> None:
        self.sign_page.open_files(paths)
        self.show_room(Room.SIGN)

    def _restore_geometry(self) -> None:
        saved = self._preferences.settings.window_geometry
        if not saved or not self.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "replace"))):
            self.resize(*_START_SIZE)
