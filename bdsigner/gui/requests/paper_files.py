"""Files of requests: asked for with dialogs, and shown in the system's viewer."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from bdsigner.gui.preferences import Preferences
from bdsigner.gui.requests.attachment_row import PAPER_FILTER
from bdsigner.messages.translate import tr

RECEIPT_SUFFIXES = (".eml", ".p7m", ".p7s")
PAPER_SUFFIXES = tuple({pattern.removeprefix("*").lower() for pattern in PAPER_FILTER.split()})


class PaperFiles(QObject):
    """What was only looked at is deleted with it: forms hold personal data."""

    def __init__(self, window: QWidget, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._looks: TemporaryDirectory[str] | None = None
        self._count = 0

    def look_path(self) -> Path:
        """A file name of its own for a form that is only looked at."""
        if self._looks is None:
            self._looks = TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True)
        self._count += 1
        return Path(self._looks.name) / tr("giay-de-nghi-{number}.pdf").format(number=self._count)

    def forget(self) -> None:
        """Delete what was only looked at."""
        if self._looks is not None:
            self._looks.cleanup()
            self._looks = None

    def ask_target(self, title: str, name: str, pattern: str, take: Callable[[Path], object]) -> QFileDialog:
        """Where to save; names that are taken are refused later, and nothing is replaced."""
        dialog = self._dialog(title, pattern)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        return self._open(dialog, take)

    def ask_signed(self, take: Callable[[Path], object]) -> QFileDialog:
        """Which file is the signed paper."""
        pattern = tr("Bản chụp, tập tin PDF ({pattern})").format(pattern=PAPER_FILTER)
        dialog = self._dialog(tr("Chọn bản đã ký"), pattern, tr("Mọi tập tin (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return self._open(dialog, take)

    def ask_receipt(self, take: Callable[[Path], object]) -> QFileDialog:
        """Which file is the receipt."""
        pattern = tr("Phiếu trả lời (*.eml *.p7m *.p7s *.EML *.P7M)")
        dialog = self._dialog(tr("Chọn phiếu trả lời"), pattern, tr("Mọi tập tin (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return self._open(dialog, take)

    @staticmethod
    def show(path: Path) -> None:
        """In the system's viewer."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _dialog(self, title: str, *patterns: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setNameFilters(list(patterns))
        if self._preferences.settings.last_folder is not None:
            dialog.setDirectory(str(self._preferences.settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _open(self, dialog: QFileDialog, take: Callable[[Path], object]) -> QFileDialog:
        dialog.fileSelected.connect(lambda name: take(Path(name)))
        dialog.open()
        return dialog
