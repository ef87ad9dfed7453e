"""Several files on the signing page: which are to be looked at, one place for all of them, sheet or list."""

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.gui.signing.examine_control import ExamineControl
from bdsigner.gui.signing.oddities import OddityKind
from bdsigner.gui.signing.sign_files import ENDED, FileState, SignFiles
from bdsigner.gui.widgets.sign_desk import SignDesk
from bdsigner.messages.translate import tr

COMPARE_MILLISECONDS = 100
"""While files are being read, all are compared no more often than that."""


class ManyFiles(QObject):
    settings_changed = Signal(dict)

    def __init__(self, desk: SignDesk, files: SignFiles, rules: ExamineControl, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files = files
        self._rules = rules
        self._comparing = QTimer(self, singleShot=True, interval=COMPARE_MILLISECONDS)
        self._comparing.timeout.connect(self._compare)
        desk.overview.spread_asked.connect(self._spread)
        desk.overview.keep_asked.connect(self._keep)
        desk.overview.form_chosen.connect(lambda form: self.settings_changed.emit({"files_as": form}))

    def changed(self) -> None:
        """Something about a file is another now."""
        if not self._comparing.isActive():
            self._comparing.start()
        self._offer()

    def _offer(self) -> None:
        file = self._files.file
        is_ready = file is not None and file.state is FileState.READY and file.box is not None and not file.field
        oddity = file.oddity if file is not None else None
        self._desk.overview.offer(
            spread=is_ready,
            keep=is_ready and oddity is not None and oddity.kind is not OddityKind.STOPPED,
            is_over=not self._files.ready,
        )

    def _compare(self) -> None:
        if self._rules.is_due:
            # Some files are judged by what was declared before, others by what is now: no time to call any of them odd.
            self._comparing.start()
            return
        for number in self._files.compare():
            self._desk.overview.show_file(number)
        odd = {number for number, file in enumerate(self._files.files) if file.oddity is not None}
        self._desk.overview.set_odd(odd)
        self._offer()

    def _keep(self) -> None:
        file = self._files.file
        if file is not None:
            file.is_placed = True
            self._compare()
            self._rules.examine(file)

    def _spread(self) -> None:
        source = self._files.file
        if source is None or source.state in ENDED or self._files.is_reading:
            return
        moved, left = self._files.spread_place(source)
        for number in moved:
            self._desk.overview.show_file(number)
            self._rules.examine(self._files.files[number])
        self._desk.overview.say(_told(len(moved), left))


def _told(moved: int, left: int) -> str:
    if not moved:
        return tr("Không tập tin nào khác nhận được vị trí này: khác khổ giấy, ra ngoài chỗ được ký hoặc đè lên chữ.")
    sentence = tr("Đã áp dụng cho {count} tập tin.").format(count=moved)
    if not left:
        return sentence
    kept = tr("{count} tập tin giữ vị trí cũ: khác khổ giấy, ra ngoài chỗ được ký hoặc đè lên chữ.").format(count=left)
    return f"{sentence} {kept}"
