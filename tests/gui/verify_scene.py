"""A verify page over scripted documents, and what tests do with it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.gui.pages.verify_page import VerifyPage
from bdsigner.model.verification import Finding, FindingCode, Severity

CHANGED = Finding(FindingCode.CHANGED_OTHER, Severity.FAIL)
OUT_OF_SCOPE = Finding(FindingCode.CHAIN_OUT_OF_SCOPE, Severity.UNKNOWN)


def verify(page: VerifyPage, qtbot: QtBot, *paths: Path) -> None:
    with qtbot.waitSignal(page.work_finished):
        page.verify_files(paths)


def text_of(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def write_pdfs(folder: Path, names: Sequence[str]) -> list[Path]:
    """Files that only the fake gateway takes for PDF."""
    paths = [folder / name for name in names]
    for path in paths:
        path.write_bytes(b"%PDF-1.7")
    return paths
