"""What earlier work left to do: files that wait for their timestamp, batches that were cut off."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.batch import UnfinishedBatch
from bdsigner.model.extension import WaitingFate, WaitingOutcome
from bdsigner.model.signature import SigningOutcome
from bdsigner.ports import Interaction

EVERY_MILLISECONDS = 60_000
"""How often the queue is looked at; each file has a pause of its own."""


class Aftercare(QObject):
    """Looks when the parts are ready and every minute; says in the window's notice what came of it."""

    work_started = Signal()
    work_finished = Signal()

    def __init__(self, notice: Notice, interaction: Interaction, parent: QObject) -> None:
        super().__init__(parent)
        self._notice = notice
        self._interaction = interaction
        self._application: Application | None = None
        self._is_busy = False
        self._timer = QTimer(self, interval=EVERY_MILLISECONDS)
        self._timer.timeout.connect(self.work_off_waiting)

    def set_application(self, application: Application) -> None:
        """Begin: offer what was cut off, then work the queue off."""
        self._application = application
        self._timer.start()
        run_job(self, lambda _: application.unfinished_batches(), done=self._offer, failed=lambda _error: None)
        self.work_off_waiting()

    def work_off_waiting(self) -> None:
        """Fetch the timestamps that are due, unless that is under way."""
        application = self._application
        if application is None or self._is_busy:
            return
        self._is_busy = True

        def end() -> None:
            self._is_busy = False

        def done(outcomes: tuple[WaitingOutcome, ...]) -> None:
            end()
            self._tell_waiting(outcomes)

        run_job(
            self,
            lambda progress: application.work_off_waiting(progress=progress, is_due_only=True),
            done=done,
            failed=lambda _error: end(),
        )

    def _tell_waiting(self, outcomes: Sequence[WaitingOutcome]) -> None:
        extended = [one.file.path.name for one in outcomes if one.fate is WaitingFate.EXTENDED]
        if extended:
            title = tr("Đã bổ sung dấu thời gian cho {count} tập tin").format(count=len(extended))
            self._notice.say(Tone.VALID, title, ", ".join(extended[:5]))

    def _offer(self, batches: tuple[UnfinishedBatch, ...]) -> None:
        batch = next((one for one in batches if one.left), None)
        if batch is not None:
            text = tr("Bắt đầu lúc {time}, còn {count} tập tin chưa ký; tập tin đã ký không bị ký lại.")
            self._notice.say(
                Tone.CAUTION,
                tr("Có lô ký bị ngắt giữa chừng"),
                text.format(time=show_time(batch.began_at), count=batch.left),
                action=(tr("Ký tiếp"), self._resumer(batch)),
            )

    def _resumer(self, batch: UnfinishedBatch) -> Callable[[], None]:
        def resume() -> None:
            application = self._application
            if application is None:
                return
            self._notice.clear()
            self.work_started.emit()
            run_job(
                self,
                lambda progress: application.resume(batch, interaction=self._interaction, progress=progress),
                done=self._resumed,
                failed=self._failed,
            )

        return resume

    def _resumed(self, outcomes: tuple[SigningOutcome, ...]) -> None:
        self.work_finished.emit()
        failed = [one for one in outcomes if one.signed is None]
        signed = tr("Đã ký {count} tập tin").format(count=len(outcomes) - len(failed))
        if failed:
            names = ", ".join(one.source.name for one in failed[:5])
            self._notice.say(Tone.CAUTION, signed, tr("Chưa ký được: {names}").format(names=names))
        else:
            self._notice.say(Tone.VALID, signed)

    def _failed(self, error: BdsignerError) -> None:
        self.work_finished.emit()
        if not isinstance(error, UserCancelled):
            self._notice.say_error(error)
