"""The dialog in which files to be signed are chosen."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from bdsigner.messages.translate import tr
from bdsigner.model.conversion import CONVERTIBLE_SUFFIXES


def ask_for_files(parent: QWidget, folder: Path | None, chosen: Callable[[list[Path]], None]) -> None:
    """Let the person choose files, in ``folder`` to begin with; ``chosen`` is called unless they change their mind."""
    dialog = QFileDialog(parent, tr("Chọn văn bản cần ký"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilter(_name_filter())
    if folder is not None:
        dialog.setDirectory(str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]))
    dialog.open()


def _name_filter() -> str:
    patterns = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in (".pdf", *sorted(CONVERTIBLE_SUFFIXES)))
    return tr("PDF, văn bản Office, hình ảnh ({patterns})").format(patterns=patterns)
