"""After signing: verdicts as they come, and the ways on."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from bdsigner.gui.signing.sign_files import ENDED, SignFiles
from bdsigner.gui.widgets.sign_desk import SignDesk
from bdsigner.model.verification import VerificationOutcome


class ResultControl(QObject):
    verify_asked = Signal(list)
    """Signed files, as ``Path``."""
    encrypt_asked = Signal(list)
    """Signed files, as ``Path``."""
    retry_asked = Signal()
    request_asked = Signal()
    """The token is locked: ask for unblocking (Đ8.1a)."""
    another_asked = Signal()

    def __init__(self, desk: SignDesk, files: SignFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files = files
        result = desk.result
        result.open_file_asked.connect(self._open_file)
        result.open_folder_asked.connect(self._open_folder)
        result.verify_asked.connect(lambda: self.verify_asked.emit(self._signed()))
        result.encrypt_asked.connect(lambda: self.encrypt_asked.emit(self._signed()))
        result.retry_asked.connect(self.retry_asked)
        result.request_asked.connect(self.request_asked)
        result.another_asked.connect(self.another_asked)

    def take_verdicts(self, outcomes: Sequence[VerificationOutcome]) -> None:
        """Add the judgement of signed files to what is shown of them."""
        by_path = {outcome.path: outcome for outcome in outcomes}
        for file in self._files.files:
            if file.signed is not None and file.signed.target in by_path:
                file.verification = by_path[file.signed.target]
        self._desk.overview.tell_again()
        current = self._files.file
        if current is not None and current.state in ENDED:
            self._desk.show_results(self._files.files, current)

    def _open_file(self) -> None:
        file = self._files.file
        if file is not None and file.signed is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.signed.target)))

    def _open_folder(self) -> None:
        if signed := self._signed():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(signed[0].parent)))

    def _signed(self) -> list[Path]:
        return [file.signed.target for file in self._files.files if file.signed is not None]
