"""Ký số: look at the page, the signature already stands on it, press one button."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled
from bdsigner.gui.error_actions import way_out_of_lock
from bdsigner.gui.signing.box_control import BoxControl
from bdsigner.gui.signing.examine_control import ExamineControl
from bdsigner.gui.signing.file_dialog import ask_for_files
from bdsigner.gui.signing.first_looks import FirstLooks
from bdsigner.gui.signing.folder_watching import FolderWatching
from bdsigner.gui.signing.many_files import ManyFiles
from bdsigner.gui.signing.result_control import ResultControl
from bdsigner.gui.signing.sign_files import (
    ENDED,
    FileState,
    FirstLook,
    Looker,
    SignFile,
    SignFiles,
    file_name,
    signing_plan,
)
from bdsigner.gui.signing.signing_run import SigningRun
from bdsigner.gui.widgets.empty_state import nothing_to_sign
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.gui.widgets.sign_desk import SignDesk
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr
from bdsigner.model.document import DocumentInfo
from bdsigner.model.signature import SigningOutcome
from bdsigner.model.token import SignerListing
from bdsigner.ports import Interaction, Phase
from bdsigner.storage.settings import Settings


class SignPage(QWidget):
    work_started = Signal()
    work_finished = Signal()
    verify_requested = Signal(list)
    encrypt_requested = Signal(list)
    """Signed files, as ``Path``, that the person wants judged in full."""
    refresh_requested = Signal()
    """Look at the tokens again."""
    request_wanted = Signal(str)
    """Serial of a locked token."""
    settings_changed = Signal(dict)
    """Fields of ``Settings`` with their new values, to be kept."""

    def __init__(
        self,
        application: Application | None,
        settings: Settings,
        interaction: Interaction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._application: Application | None = None
        self._settings = settings
        self._interaction = interaction
        self._files = SignFiles()
        self._files.size_mm = (settings.appearance_width_mm, settings.appearance_height_mm)
        self._waiting: list[Path] = []
        self._is_working = False
        self._source: PageSource | None = None
        self._build()
        self._looks = FirstLooks(self)
        self._run = SigningRun(self)
        self._boxes = BoxControl(self.desk, self._files, self)
        self._rules = ExamineControl(self.desk, self._files, self)
        self._many = ManyFiles(self.desk, self._files, self._rules, self)
        self._watching = FolderWatching(self)
        self._late: list[Path] = []
        self._results = ResultControl(self.desk, self._files, self)
        self._connect()
        self.set_settings(settings)
        self.set_application(application)

    # What the shell calls

    def set_application(self, application: Application | None) -> None:
        """Work with another set of parts; files opened before there were any are looked at now."""
        self._application = application
        self._boxes.set_application(application)
        self._rules.set_application(application)
        self._source = PageSource(application, self) if application is not None else None
        if self._source is not None:
            self.desk.sheet.set_source(self._source)
        opened, self._waiting = self._waiting or [file.source for file in self._files.files], []
        if opened:
            self.open_files(opened)
        self._update_actions()

    def set_signers(self, listing: SignerListing) -> None:
        """Who can sign now."""
        self.desk.options.signers.set_listing(listing)

    def set_settings(self, settings: Settings) -> None:
        """Settings that hold from the next file on; pictures of the signature hold at once."""
        self._settings = settings
        if self._application is not None and self._application.pictures != settings.pictures:
            self._application.pictures = settings.pictures
            self._boxes.ask_picture()
            self._rules.examine_all()
        self.desk.options.signers.remember(settings.last_signer)
        self.desk.overview.set_form(settings.files_as)

    def open_files(self, paths: list[Path]) -> None:
        """Show files, or folders of files, in place of what was there; does nothing while work is under way."""
        if self._is_working:
            return
        if self._application is None:
            self._waiting = list(paths)
            return
        self._run.forget()
        self._rules.forget()
        self._offer_watch(paths)
        self._looks.start(self._looker(self._application), paths)

    def ask_for_files(self) -> None:
        """Let the person choose files."""
        ask_for_files(self, self._settings.last_folder, self._files_selected)

    # Opening

    def _files_selected(self, paths: list[Path]) -> None:
        if paths:
            self.settings_changed.emit({"last_folder": paths[0].parent})
            self.open_files(paths)

    def _found(self, paths: list[Path]) -> None:
        self._files.start_over(paths)
        self._stack.setCurrentWidget(self.desk if paths else self.empty)
        if paths:
            self.desk.start_over(self._files.files)
        else:
            self.empty.text.setText(tr("Thư mục này không có tập tin PDF nào cần ký. Thả tập tin hoặc thư mục khác."))
        self._update_actions()

    def _looked(self, number: int, look: FirstLook | BdsignerError) -> None:
        if number >= len(self._files.files):
            return
        self._files.learn(number, look)
        # Somebody may have been chosen, or something declared, while it was being read.
        is_old = isinstance(look, FirstLook) and look.signer != self.desk.options.signers.signer
        if is_old or self._files.files[number].declaration is not None:
            self._rules.examine(self._files.files[number])
        self.desk.overview.show_file(number)
        if number == self._files.current:
            self._show_current()
        self._update_actions()

    def _looker(self, application: Application) -> Looker:
        return Looker(application, self._settings.output_suffix, self.desk.options.signers.signer)

    def _examined(self, file: SignFile) -> None:
        """The rules have spoken on one file."""
        if file is self._files.file:
            self._boxes.show()
        self.desk.overview.show_file(self._files.files.index(file))
        self._update_actions()

    # Watching

    def _offer_watch(self, paths: list[Path]) -> None:
        """A folder that was opened alone can be watched."""
        self._watching.offer(paths[0] if len(paths) == 1 and paths[0].is_dir() else None)
        watch = self.desk.options.watch
        watch.setChecked(False)
        watch.setVisible(self._watching.folder is not None)

    def _watch(self, is_wanted: bool) -> None:
        if is_wanted:
            self._watching.start(self._settings.output_suffix)
        else:
            self._watching.stop()

    def _appeared(self, paths: list[Path]) -> None:
        """New scans: behind the others, with what was said of those."""
        known = {file.source for file in self._files.files}
        self._late += [path for path in paths if path not in known]
        application = self._application
        if application is None or self._is_working or not self._late:
            return
        late, self._late = self._late, []
        declaration = self._files.files[0].declaration if self._files.files else None
        self._files.add(late)
        for file in self._files.files[-len(late) :]:
            file.declaration = declaration
        self._stack.setCurrentWidget(self.desk)
        self.desk.start_over(self._files.files, current=self._files.current)
        self._show_current()
        self._looks.more(self._looker(application), late)
        self._update_actions()

    def _show_current(self) -> None:
        """Show the file looked at: its pages, its box, what is decided or what came of it."""
        file = self._files.file
        if file is None:
            return
        self.desk.show_file(file)
        if file.info is not None and self._source is not None:
            self._show_pages(file, file.info)
        if file.state in ENDED:
            self.desk.show_results(self._files.files, file)
            if file.signed is not None and self._application is not None:
                self._looks.at_result(self._application, file.signed.target)

    def _show_pages(self, file: SignFile, info: DocumentInfo) -> None:
        if self._source is None:
            return
        self.desk.show_document(self._source, info, file.place)
        self._boxes.show()

    def _result_seen(self, info: DocumentInfo) -> None:
        """Show the file as it stands on the disk now, where the signature is."""
        file = self._files.file
        if file is not None and file.signed is not None and file.signed.target == info.path:
            self._show_pages(file, info)

    def _row_chosen(self, row: int) -> None:
        self._files.current = row
        self._show_current()
        self._many.changed()

    def _remove(self, row: int) -> None:
        if self._is_working or len(self._files.files) < 2 or self._files.is_reading:
            return
        self._files.remove(row)
        self.desk.start_over(self._files.files, current=self._files.current)
        self._show_current()
        self._update_actions()

    def _name_changed(self, typed: str) -> None:
        file = self._files.file
        if file is not None:
            file.output_name = file_name(typed)
            self._update_actions()

    # Signing

    def _update_actions(self) -> None:
        self._many.changed()
        if self._is_working:
            return
        is_signer_missing = self._application is not None and self.desk.options.signers.is_nobody_there
        self.desk.footer.set_reason(self._why_not(), offers_refresh=is_signer_missing)
        self.desk.footer.set_count(len(self._files.ready))

    def _why_not(self) -> str:
        """Why nothing can be signed now; empty when it can."""
        files = self._files
        if self._application is None:
            return tr("Đang khởi động…")
        if self.desk.options.signers.why_none:
            return self.desk.options.signers.why_none
        if files.is_reading:
            return tr("Đang đọc tập tin…")
        if not files.ready:
            return tr("Không ký được tập tin này.") if len(files.files) == 1 else tr("Không còn tập tin nào để ký.")
        if self._boxes.problem is not None:
            message = describe(self._boxes.problem)
            return f"{message.sentence} {message.remedy}"
        if self._rules.problem:
            return self._rules.problem
        if not all(file.output_name for file in files.ready):
            return tr("Nhập một tên dùng được cho tập tin sau khi ký.")
        return ""

    def _sign(self) -> None:
        signer, application = self.desk.options.signers.signer, self._application
        if signer is None or application is None or self._is_working or self._why_not():
            return
        options = self.desk.options
        plan = signing_plan(self._files.ready, signer, level=options.level, is_visible=options.is_visible_signature)
        self._is_working = True
        self.desk.begin_work()
        self.work_started.emit()
        self._run.start(application, plan, self._interaction)

    def _progressed(self, path: Path, phase: Phase, done: int, total: int) -> None:
        self.desk.footer.strip.show_progress(path, phase, done, total)
        state = {Phase.SIGNING: FileState.SIGNING, Phase.DONE: FileState.DONE}.get(phase)
        for row, file in enumerate(self._files.files):
            if file.source == path and state is not None and file.state not in ENDED:
                file.state = state
                self.desk.overview.show_file(row)

    def _signed(self, outcomes: Sequence[SigningOutcome]) -> None:
        by_source = {outcome.source: outcome for outcome in outcomes}
        files = self._files.files
        for file in files:
            if file.source in by_source and file.state not in ENDED:
                file.finish(by_source[file.source])
        if len(files) == 1 and files[0].signed is None:
            self._failed(files[0].problem or UserCancelled())
            return
        self._end_work()
        self._keep_choices()
        self.desk.overview.tell_again()
        self._show_current()

    def _keep_choices(self) -> None:
        kept: dict[str, object] = {}
        signer, (width_mm, height_mm) = self.desk.options.signers.signer, self._files.size_mm
        if signer is not None:
            kept["last_signer"] = signer.certificate.sha256
        if width_mm and height_mm:
            kept |= {"appearance_width_mm": width_mm, "appearance_height_mm": height_mm}
        self.settings_changed.emit(kept)

    def _failed(self, error: BdsignerError) -> None:
        """Nothing was signed: say it once, and leave everything as it was for another try."""
        self._end_work()
        self._try_again()
        if not isinstance(error, UserCancelled):
            self.desk.options.say_error(error, action=way_out_of_lock(error, self._ask_for_request))
        if error.code is ErrorCode.DOCUMENT_CHANGED_MEANWHILE and self._application is not None:
            number, file = self._files.current, self._files.files[self._files.current]
            self._looks.again(self._looker(self._application), file.source, number=number)

    def _ask_for_request(self) -> None:
        signer = self.desk.options.signers.signer
        if signer is not None:
            self.request_wanted.emit(signer.token.serial)

    def _try_again(self) -> None:
        self._files.prepare_again()
        self.desk.overview.tell_again()
        self.desk.show_options()
        self._boxes.show()
        self._update_actions()

    def _end_work(self) -> None:
        self._is_working = False
        self.desk.end_work()
        self._appeared([])
        self.work_finished.emit()

    # Parts

    def _build(self) -> None:
        self.empty = nothing_to_sign()
        self.desk = SignDesk()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        footer = self.desk.footer
        for keys, action in (
            ("Ctrl+O", self.ask_for_files),
            ("Ctrl+S", footer.sign.click),
            ("Esc", footer.strip.cancel_button.click),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _connect(self) -> None:
        desk = self.desk
        self.empty.asked.connect(self.ask_for_files)
        self._looks.found.connect(self._found)
        self._looks.looked.connect(self._looked)
        self._looks.result_seen.connect(self._result_seen)
        self._boxes.changed.connect(self._update_actions)
        self._boxes.placed.connect(self._rules.examine_current)
        self._rules.examined.connect(self._examined)
        self._many.settings_changed.connect(self.settings_changed)
        self._watching.appeared.connect(self._appeared)
        desk.options.watch.toggled.connect(self._watch)
        self._run.progressed.connect(self._progressed)
        self._run.signed.connect(self._signed)
        self._run.failed.connect(self._failed)
        self._run.judged.connect(self._results.take_verdicts)
        self._results.verify_asked.connect(self.verify_requested)
        self._results.encrypt_asked.connect(self.encrypt_requested)
        self._results.retry_asked.connect(self._try_again)
        self._results.request_asked.connect(self._ask_for_request)
        self._results.another_asked.connect(self.ask_for_files)
        desk.overview.file_chosen.connect(self._row_chosen)
        desk.overview.removal_asked.connect(self._remove)
        desk.options.name_changed.connect(self._name_changed)
        desk.options.signers.chosen.connect(self._update_actions)
        desk.options.signers.chosen.connect(self._rules.examine_all)
        desk.footer.sign_asked.connect(self._sign)
        desk.footer.cancel_asked.connect(self._run.cancel)
        desk.footer.refresh_asked.connect(self.refresh_requested)
