"""Keeps what is declared, what the rules say and what will be typed into the page agreed with signer and place."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from bdsigner.app import Application
from bdsigner.gui.jobs import run_job
from bdsigner.gui.signing.examining import Examined, Examining, Wish
from bdsigner.gui.signing.sign_files import ENDED, FileState, SignFile, SignFiles
from bdsigner.gui.widgets.sign_desk import SignDesk
from bdsigner.messages.errors import describe, describe_code
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode


class ExamineControl(QObject):
    examined = Signal(object)
    """The ``SignFile`` of which more is known now."""

    def __init__(self, desk: SignDesk, files: SignFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files = files
        self._application: Application | None = None
        self._examining = Examining(self)
        self._examining.examined.connect(self._take)
        desk.options.document.edited.connect(self._declared)
        desk.options.document.next_wanted.connect(self._take_number)
        desk.options.document.submitter_named.connect(files.name_submitter)

    def set_application(self, application: Application | None) -> None:
        self._application = application
        self._examining.set_application(application)

    def forget(self) -> None:
        """Other files are opened."""
        self._examining.forget()

    @property
    def is_due(self) -> bool:
        """Whether the rules have not answered yet."""
        return self._examining.is_due

    @property
    def problem(self) -> str:
        """Why the files cannot be signed as they are declared; empty when they can."""
        ready = self._files.ready
        for file in ready:
            if file.stop is not None:
                title = describe_code(file.stop.code, file.stop.facts).title
                return title if len(self._files.files) == 1 else f"{file.source.name}: {title}"
            if file.filling_problem is not None:
                return describe(file.filling_problem).sentence
        return self._desk.options.document.date_problem

    def examine_all(self) -> None:
        """Ask the rules again for every file, the one looked at first."""
        current = self._files.file
        for file in sorted(self._files.files, key=lambda one: one is not current):
            self.examine(file)

    def examine_current(self) -> None:
        """Ask the rules again for the file looked at."""
        if self._files.file is not None:
            self.examine(self._files.file)

    def examine(self, file: SignFile) -> None:
        """Ask the rules again for one file, unless its turn is over."""
        if file.info is None or file.state in ENDED or file.state in (FileState.SIGNING, FileState.DONE):
            return
        if self._application is None:
            return
        options = self._desk.options
        self._examining.ask(
            Wish(
                source=file.source,
                signer=options.signers.signer,
                declaration=file.declaration,
                box=file.place if file.is_placed or file.field else None,
                is_visible=options.is_visible_signature,
                pictures=self._application.pictures,
                scale=self._desk.view.device_scale,
            )
        )

    def _declared(self, declaration: Declaration) -> None:
        """A person said what is signed: of several files it is said of all that were taken for the same, but for the number."""
        looked_at = self._files.file
        taken_for = _sort_of(looked_at.declared) if looked_at is not None else None
        for file in self._files.files:
            if file is not looked_at and _sort_of(file.declared) not in (None, taken_for):
                continue  # an original among scans stays one
            number = file.declaration.number if file.declaration is not None else ""
            before = _sort_of(file.declared)
            file.declaration = declaration if file is looked_at else replace(declaration, number=number)
            # Another kind or mode has another zone; all else leaves the signature where the person put it.
            if before != _sort_of(declaration):
                file.is_placed = False
        self.examine_all()

    def _take_number(self, symbol: str, year: int) -> None:
        application, options = self._application, self._desk.options
        if application is not None:
            take = options.document.take_number
            run_job(self, lambda _: application.next_number(symbol, year), done=take, failed=options.say_error)

    def _take(self, examined: Examined) -> None:
        file = next((one for one in self._files.files if one.source == examined.wish.source), None)
        if file is None or file.state in ENDED:
            return
        file.examined(examined.examination, examined.problem)
        if file is self._files.file:
            self._desk.options.show_examination(file)
            self._desk.view.set_pictures(examined.fillings)
        self.examined.emit(file)


def _sort_of(declaration: Declaration | None) -> tuple[KindGroup, SigningMode] | None:
    return (declaration.kind, declaration.mode) if declaration is not None else None
