"""Chooses a PNG file for the visible signature; what the file is, or why it cannot be used, stands below."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import Lane, run_job
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.translate import tr
from bdsigner.model.signature import PictureSize
from bdsigner.ports import Progress


class PictureChoice(QWidget):
    chosen = Signal(object)
    """The ``Path`` of the file, ``None`` when it is given up."""

    def __init__(self, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application: Application | None = None
        self._title = title
        self.path: Path | None = None
        heading = QLabel(title)
        heading.setFont(strong_font())
        self.state = make_muted(plain_label(""))
        self.notice = Notice()
        self.choose_button = QPushButton(tr("Chọn tệp PNG…"))
        set_icon(self.choose_button, "folder-open")
        self.choose_button.setAccessibleName(tr("{title}: chọn tệp PNG").format(title=title))
        self.choose_button.clicked.connect(self._ask)
        self.remove_button = QPushButton(tr("Không dùng"))
        set_icon(self.remove_button, "trash-2")
        self.remove_button.setAccessibleName(tr("{title}: không dùng").format(title=title))
        self.remove_button.clicked.connect(lambda: self.choose(None))
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        for button in (self.choose_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        for widget in (heading, make_muted(plain_label(hint)), self.state, self.notice):
            column.addWidget(widget)
        column.addLayout(buttons)

    def set_application(self, application: Application, path: Path | None) -> None:
        """Show what was chosen before."""
        self._application = application
        self._show(path)

    def choose(self, path: Path | None) -> None:
        """Take another file, or none; told even where it cannot be used, as signing will say so too."""
        self._show(path)
        self.chosen.emit(path)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self._title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Hình PNG (*.png *.PNG)"))
        if self.path is not None:
            dialog.setDirectory(str(self.path.parent))
        dialog.fileSelected.connect(lambda name: self.choose(Path(name)))
        dialog.open()

    def _show(self, path: Path | None) -> None:
        self.path = path
        self.notice.clear()
        self.state.setText(path.name if path is not None else tr("Chưa chọn tệp nào."))
        self.remove_button.setVisible(path is not None)
        application = self._application
        if application is None or path is None:
            return

        def work(_progress: Progress) -> PictureSize:
            return application.read_picture(path)

        def tell(size: PictureSize) -> None:
            if self.path == path:
                self.state.setText(_described(path, size))

        def refuse(error: BdsignerError) -> None:
            if self.path == path:
                self.notice.say_error(error)

        run_job(self, work, done=tell, failed=refuse, lane=Lane.DRAWING)


def _described(path: Path, size: PictureSize) -> str:
    pixels = tr("{width} × {height} điểm ảnh").format(width=size.width_px, height=size.height_px)
    if size.width_mm is None or size.height_mm is None:
        return f"{path.name} · {pixels}"
    return f"{path.name} · {pixels} · {size.width_mm:.1f} × {size.height_mm:.1f} mm"
