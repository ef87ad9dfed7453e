"""Enters received documents that were verified into the register, when the person wants it (§12)."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.register import describe_entering
from bdsigner.messages.translate import tr
from bdsigner.model.verification import VerificationOutcome


class RegisterControl(QObject):
    """Asks by which way the documents came, enters them, says what became of it on the page's notice."""

    work_started = Signal()
    work_finished = Signal()

    def __init__(self, page: QWidget, notice: Notice) -> None:
        super().__init__(page)
        self._page = page
        self._notice = notice
        self.menu: QMenu | None = None
        """The last one asked with."""

    def ask(self, application: Application, outcomes: Sequence[VerificationOutcome], at: QPoint) -> None:
        """Offer the ways of the profile at that place of the screen; the last choice leaves the way open."""
        menu = self.menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wanted = tuple(outcomes)
        for channel in application.profile.channels:
            text = tr("Nhận qua {channel}").format(channel=channel.name).replace("&", "&&")
            menu.addAction(text, partial(self._enter, application, wanted, channel.id))
        menu.addAction(tr("Không ghi đường nhận"), partial(self._enter, application, wanted, ""))
        menu.popup(at)

    def _enter(self, application: Application, outcomes: tuple[VerificationOutcome, ...], channel: str) -> None:
        self._notice.clear()
        self.work_started.emit()

        def enter(_: object) -> tuple[Tone, str, str]:
            done = application.register.receive(outcomes, channel=channel)
            tone = Tone.CAUTION if done.left_out else Tone.VALID if done.entered else Tone.UNKNOWN
            left_out = [path.name for path in done.left_out]
            return tone, *describe_entering(len(done.entered), len(done.known), left_out)

        def tell(told: tuple[Tone, str, str]) -> None:
            self.work_finished.emit()
            self._notice.say(*told)

        def failed(error: BdsignerError) -> None:
            self.work_finished.emit()
            self._notice.say_error(error)

        run_job(self, enter, done=tell, failed=failed)
