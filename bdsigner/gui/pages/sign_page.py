"""Ký số: look at the page, the signature already stands on it, press one button."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled
from bdsigner.gui.signing.box_control import BoxControl
from bdsigner.gui.signing.first_looks import FirstLooks
from bdsigner.gui.signing.result_control import ResultControl
from bdsigner.gui.signing.sign_files import ENDED, FileState, FirstLook, SignFile, SignFiles, file_name, signing_plan
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
    """Signed files, as ``Path``, that the person wants judged in full."""
    refresh_requested = Signal()
    """Look at the tokens again."""
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
        self._results = ResultControl(self.desk, self._files, self)
        self._connect()
        self.set_settings(settings)
        self.set_application(application)

    # What the shell calls

    def set_application(self, application: Application | None) -> None:
        """Work with another set of parts; files opened before there were any are looked at now."""
        self._application = application
        self._boxes.set_application(application)
        self._source = PageSource(application, self) if application is not None else None
        opened, self._waiting = self._waiting or [file.source for file in self._files.files], []
        if opened:
            self.open_files(opened)
        self._update_actions()

    def set_signers(self, listing: SignerListing) -> None:
        """Who can sign now."""
        self.desk.options.signers.set_listing(listing)

    def set_settings(self, settings: Settings) -> None:
        """Settings that hold from the next file on."""
        self._settings = settings
        self.desk.options.signers.remember(settings.last_signer)

    def open_files(self, paths: list[Path]) -> None:
        """Show files, or folders of files, in place of what was there; does nothing while work is under way."""
        if self._is_working:
            return
        if self._application is None:
            self._waiting = list(paths)
            return
        self._run.forget()
        self._looks.start(self._application, paths, suffix=self._settings.output_suffix)

    def ask_for_files(self) -> None:
        """Let the person choose files."""
        dialog = QFileDialog(self, tr("Chọn văn bản cần ký"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Văn bản PDF (*.pdf *.PDF)"))
        if self._settings.last_folder is not None:
            dialog.setDirectory(str(self._settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._files_selected)
        dialog.open()

    # Opening

    def _files_selected(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
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
        self.desk.files.show_file(number, self._files.files[number])
        if number == self._files.current:
            self._show_current()
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
                self.desk.files.show_file(row, file)

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
        self.desk.files.tell_again(files)
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
            self.desk.options.say_error(error)
        if error.code is ErrorCode.DOCUMENT_CHANGED_MEANWHILE and self._application is not None:
            number, file = self._files.current, self._files.files[self._files.current]
            self._looks.again(self._application, file.source, number=number, suffix=self._settings.output_suffix)

    def _try_again(self) -> None:
        self._files.prepare_again()
        self.desk.files.tell_again(self._files.files)
        self.desk.show_options()
        self._boxes.show()
        self._update_actions()

    def _end_work(self) -> None:
        self._is_working = False
        self.desk.end_work()
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
        self._run.progressed.connect(self._progressed)
        self._run.signed.connect(self._signed)
        self._run.failed.connect(self._failed)
        self._run.judged.connect(self._results.take_verdicts)
        self._results.verify_asked.connect(self.verify_requested)
        self._results.retry_asked.connect(self._try_again)
        self._results.another_asked.connect(self.ask_for_files)
        desk.files.file_chosen.connect(self._row_chosen)
        desk.files.removal_asked.connect(self._remove)
        desk.options.name_changed.connect(self._name_changed)
        desk.options.signers.chosen.connect(self._update_actions)
        desk.footer.sign_asked.connect(self._sign)
        desk.footer.cancel_asked.connect(self._run.cancel)
        desk.footer.refresh_asked.connect(self.refresh_requested)
