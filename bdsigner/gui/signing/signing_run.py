"""One press of the button: sign off the GUI thread, then judge what came out of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.model.signature import SigningOutcome, SigningPlan
from bdsigner.model.verification import VerificationOutcome
from bdsigner.ports import Interaction, NewPin, NewPinRequest, Phase, PinRequest, Progress, Question, SigningReview


class SigningRun(QObject):
    progressed = Signal(object, object, int, int)
    """File, ``Phase``, files finished, files in all."""
    signed = Signal(object)
    """One ``SigningOutcome`` a file, in the order of the plan."""
    failed = Signal(object)
    """The ``BdsignerError`` that kept everything from being signed."""
    judged = Signal(object)
    """One ``VerificationOutcome`` a signed file."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._judging: Job | None = None

    def start(self, application: Application, plan: SigningPlan, interaction: Interaction) -> None:
        def work(progress: Progress) -> tuple[SigningOutcome, ...]:
            asking = _UntilStopped(interaction, progress)
            return application.sign(plan, interaction=asking, progress=progress)

        def done(outcomes: tuple[SigningOutcome, ...]) -> None:
            self._job = None
            self.signed.emit(outcomes)
            self._judge(application, [outcome.signed.target for outcome in outcomes if outcome.signed is not None])

        def failed(error: BdsignerError) -> None:
            self._job = None
            self.failed.emit(error)

        def progressed(path: Path, phase: Phase, finished: int, total: int) -> None:
            self.progressed.emit(path, phase, finished, total)

        self._job = run_job(self, work, done=done, failed=failed, progressed=progressed)

    def cancel(self) -> None:
        """Stop at the next step; files signed so far stay signed."""
        if self._job is not None:
            self._job.cancel()

    def forget(self) -> None:
        """Other files were opened: verdicts under way are of no interest any more."""
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None

    def _judge(self, application: Application, targets: Sequence[Path]) -> None:
        if not targets:
            return

        def work(progress: Progress) -> tuple[VerificationOutcome, ...]:
            return application.verify(targets, progress=progress)

        def failed(error: BdsignerError) -> None:
            self.judged.emit(tuple(VerificationOutcome(path=target, error=error) for target in targets))

        job = run_job(self, work, done=lambda outcomes: self._judged(job, outcomes), failed=failed)
        self._judging = job

    def _judged(self, job: Job, outcomes: tuple[VerificationOutcome, ...]) -> None:
        if self._judging is job:
            self._judging = None
            self.judged.emit(outcomes)


class _UntilStopped:
    """Asks nothing more of a person who has pressed stop."""

    def __init__(self, interaction: Interaction, progress: Progress) -> None:
        self._interaction = interaction
        self._progress = progress

    def ask_pin(self, request: PinRequest) -> bytearray:
        self._check()
        return self._interaction.ask_pin(request)

    def ask_new_pin(self, request: NewPinRequest) -> NewPin:
        self._check()
        return self._interaction.ask_new_pin(request)

    def review(self, review: SigningReview) -> bool:
        self._check()
        return self._interaction.review(review)

    def confirm(self, question: Question) -> bool:
        self._check()
        return self._interaction.confirm(question)

    def _check(self) -> None:
        if self._progress.is_cancelled():
            raise UserCancelled
