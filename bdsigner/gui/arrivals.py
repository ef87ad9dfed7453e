"""Files and folders that were dropped, opened or handed over: looked at off the GUI thread, then sent to their page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.translate import tr

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.gui.drops import Refusal, Routing


class Arrivals(QObject):
    """Says in the window's notice what goes nowhere, and why."""

    verify_wanted = Signal(list)
    """Signed files, as ``Path``."""
    sign_wanted = Signal(list)
    """Everything that can be signed, as ``Path``."""
    decrypt_wanted = Signal(list)
    """Encrypted files, as ``Path``."""

    def __init__(self, notice: Notice, parent: QObject) -> None:
        super().__init__(parent)
        self._notice = notice
        self._application: Application | None = None
        self._waiting: list[Path] = []

    def set_application(self, application: "Application") -> None:
        """The parts are ready; what came before is looked at now."""
        self._application = application
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.open_paths(waiting)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Find out where each goes."""
        if self._application is None:
            self._waiting += paths
            return
        from bdsigner.gui.drops import route_files

        inspect, wanted = self._application.inspect, tuple(paths)
        self._notice.clear()
        run_job(
            self,
            lambda progress: route_files(wanted, inspect, progress),
            done=self._follow,
            failed=self._report,
        )

    def _follow(self, routing: "Routing") -> None:
        if routing.to_decrypt:
            self.decrypt_wanted.emit(list(routing.to_decrypt))
        if routing.to_verify:
            self.verify_wanted.emit(list(routing.to_verify))
        if routing.to_sign:
            self.sign_wanted.emit(list(routing.to_sign))
        if routing.refused:
            self._say_refused(routing.refused)
        elif routing.to_sign and routing.to_verify:
            text = tr("{count} tập tin đã có chữ ký, xem ở trang Kiểm tra.").format(count=len(routing.to_verify))
            self._notice.say(Tone.UNKNOWN, text)

    def _say_refused(self, refused: "Sequence[Refusal]") -> None:
        if len(refused) == 1 and refused[0].error is not None:
            self._notice.say_error(refused[0].error)
            return
        title = tr("Không mở được {count} mục").format(count=len(refused))
        self._notice.say(Tone.CAUTION, title, "\n".join(refusal.sentence for refusal in refused))

    def _report(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self._notice.say_error(error)
