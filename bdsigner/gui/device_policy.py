"""What the window does about devices without being asked (Đ14.2): reminds, logs out, and looks once more at closing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog

from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.screen_lock import ScreenLock
from bdsigner.messages.translate import tr

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.gui.main_window import MainWindow
    from bdsigner.model.token import SignerListing
    from bdsigner.usecases.device_overview import DueReminder


class DevicePolicy(QObject):
    """Belongs to the window."""

    screen_locked = Signal()
    devices_wanted = Signal()
    renewal_wanted = Signal(str)
    """Serial of the device whose certificate ends."""
    closing_agreed = Signal()
    """The person has seen the reminder to take the token out, or has taken it out."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._application: Application | None = None
        self._listing: SignerListing | None = None
        self._warned: set[str] = set()
        self.reminder_dialog: QDialog | None = None
        self.screen_lock = ScreenLock(window)
        self.screen_lock.locked.connect(self._on_screen_locked)

    def set_application(self, application: "Application") -> None:
        """The parts are ready."""
        self._application = application

    def show_listing(self, listing: "SignerListing") -> None:
        """Remind of certificates that end; a reminder at closing ends when the token is taken out."""
        self._listing = listing
        if self.reminder_dialog is not None and not self._tokens_to_take_out():
            self.reminder_dialog.accept()
        application = self._application
        if application is not None and listing.tokens:
            run_job(
                self,
                lambda progress: _remind(application, listing),
                done=self._show_reminders,
                failed=lambda _: None,  # a reminder that cannot be made is made next time
            )

    def warn_of_factory_pins(self) -> None:
        """A token that took a PIN it was delivered with: said once, until it is changed."""
        application = self._application
        known = application.devices.factory_pins if application is not None else frozenset()
        if known - self._warned:
            self._warned |= known
            self._window.notice.say(
                Tone.CAUTION,
                tr("Mã PIN đang là mã mặc định của nhà sản xuất"),
                tr("Ai cũng đoán được mã này; hãy đổi ngay."),
                action=(tr("Đổi mã PIN"), self.devices_wanted.emit),
            )

    def hold_closing(self) -> bool:
        """Whether the window must wait: a device is still plugged in, and the person is reminded of it."""
        if self.reminder_dialog is not None:
            return True
        labels = self._tokens_to_take_out()
        if not labels:
            return False
        self.log_out()
        from bdsigner.gui.dialogs.question_dialog import QuestionDialog
        from bdsigner.messages.questions import QuestionText

        question = QuestionText(
            title=tr("Rút thiết bị trước khi rời máy"),
            sentence=tr("Thiết bị {labels} vẫn còn cắm. Đã đăng xuất; hãy rút thiết bị và giữ bên mình.").format(
                labels=", ".join(f"“{label}”" for label in labels)
            ),
            yes=tr("Đóng chương trình"),
            no=tr("Quay lại"),
        )
        dialog = QuestionDialog(question, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _: self._after_reminder(dialog))
        self.reminder_dialog = dialog
        dialog.open()
        return True

    def _after_reminder(self, dialog: "QDialog") -> None:
        self.reminder_dialog = None
        is_wanted = getattr(dialog, "decision", None)
        if is_wanted or not self._tokens_to_take_out():
            self.closing_agreed.emit()

    def _tokens_to_take_out(self) -> list[str]:
        application, listing = self._application, self._listing
        if application is None or listing is None or not application.profile.token.remind_on_exit:
            return []
        return [token.label or token.serial for token in listing.tokens if token.is_hardware]

    def _on_screen_locked(self) -> None:
        self.screen_locked.emit()
        self.log_out()

    def log_out(self) -> None:
        """Give all logins up."""
        application = self._application
        if application is not None:
            run_job(
                self,
                lambda progress: application.devices.release_logins(),
                done=lambda _: self._window.watch.refresh(),
                failed=lambda _: None,  # logging out tells of its failures in the log
            )

    def _device_of(self, fingerprint: str) -> str:
        """Serial of the device with that certificate; empty: it was pulled out meanwhile."""
        signers = self._listing.signers if self._listing is not None else ()
        return next((one.token.serial for one in signers if one.certificate.sha256 == fingerprint), "")

    def _show_reminders(self, due: "tuple[DueReminder, ...]") -> None:
        if not due:
            return
        from bdsigner.messages.certificates import describe_reminder

        gravest = min(due, key=lambda one: one.reminder.days_left)
        text = describe_reminder(gravest.reminder, gravest.certificate)
        tone = Tone.BROKEN if gravest.reminder.is_expired else Tone.CAUTION
        serial = self._device_of(gravest.certificate.sha256)
        action = (
            (tr("Đề nghị gia hạn"), lambda: self.renewal_wanted.emit(serial))
            if serial
            else (tr("Xem thiết bị"), self.devices_wanted.emit)
        )
        self._window.notice.say(tone, text.title, f"{text.sentence} {text.remedy}", action=action)


def _remind(application: "Application", listing: "SignerListing") -> "tuple[DueReminder, ...]":
    """Find the reminders that are due, and tell the desktop of them."""
    from bdsigner.gui.notifications import notify
    from bdsigner.messages.certificates import describe_reminder

    due = application.devices.reminders_due(listing.tokens)
    for one in due:
        text = describe_reminder(one.reminder, one.certificate)
        notify(text.title, f"{text.sentence} {text.remedy}")
    return due
