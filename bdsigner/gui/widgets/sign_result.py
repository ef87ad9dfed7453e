"""What came of signing: a verdict for the file looked at, a count for all, and where to go from here."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bdsigner.gui.error_actions import way_out_of_lock
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, title_font
from bdsigner.gui.signing.sign_files import FileState, SignFile
from bdsigner.gui.verdicts import judge_outcome
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.levels import unregistered_text
from bdsigner.messages.review import describe_objection
from bdsigner.messages.translate import tr
from bdsigner.model.signature import SignatureLevel


class SignResult(QScrollArea):
    open_file_asked = Signal()
    open_folder_asked = Signal()
    verify_asked = Signal()
    encrypt_asked = Signal()
    retry_asked = Signal()
    request_asked = Signal()
    another_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.heading = _text()
        self.heading.setFont(title_font())
        self.summary = make_muted(_text())
        self.file_name = ElidedLabel()
        self.verdict = Notice()
        self.timestamp_note = make_muted(_text())
        content = QWidget()
        content.setProperty("role", "scrolled")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(UNIT * 2, UNIT * 2, UNIT * 2, UNIT * 2)
        self._column.setSpacing(UNIT)
        for widget in (self.heading, self.summary, self.file_name, self.verdict, self.timestamp_note):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self._build_buttons()
        self.setWidget(content)

    def show_results(self, files: Sequence[SignFile], current: SignFile) -> None:
        """Say what came of all files and, in full, of the one looked at."""
        signed = [file for file in files if file.state is FileState.SIGNED]
        unsigned = [file for file in files if file.state in {FileState.FAILED, FileState.STOPPED}]
        self._show_heading(len(files), len(signed), len(unsigned))
        self.retry.setVisible(bool(unsigned))
        self.verify.setVisible(bool(signed))
        self.encrypt.setVisible(bool(signed))
        self.open_folder.setVisible(bool(signed))
        self._show_file(current)

    def _show_heading(self, total: int, signed: int, unsigned: int) -> None:
        self.heading.setText(tr("Đã ký xong") if signed else tr("Chưa ký được"))
        counts = [tr("Đã ký {signed} trên {total} tập tin.").format(signed=signed, total=total)]
        if unsigned:
            counts.append(tr("{count} tập tin chưa ký; bản gốc không bị thay đổi.").format(count=unsigned))
        self.summary.setText(" ".join(counts))
        self.summary.setVisible(total > 1)

    def _show_file(self, file: SignFile) -> None:
        signed = file.signed
        self.file_name.setText((signed.target if signed is not None else file.source).name)
        self.file_name.setToolTip(str(signed.target if signed is not None else file.source))
        self.open_file.setVisible(signed is not None)
        self.timestamp_note.setVisible(signed is not None)
        if signed is not None:
            has_time = signed.level is SignatureLevel.B_T
            notes = [tr("Có dấu thời gian.") if has_time else tr("Chưa có dấu thời gian.")]
            notes += [describe_objection(note) for note in signed.notes]
            notes += [] if signed.is_registered else [unregistered_text()]
            self.timestamp_note.setText("\n".join(notes))
        self._show_verdict(file)

    def _show_verdict(self, file: SignFile) -> None:
        verification = file.verification
        if file.problem is not None:
            action = way_out_of_lock(file.problem, self.request_asked.emit)
            self.verdict.say_error(file.problem, action=action)
        elif file.signed is None:
            self.verdict.say(Tone.UNKNOWN, tr("Chưa ký: bạn đã dừng trước tập tin này."))
        elif verification is None:
            self.verdict.say(Tone.UNKNOWN, tr("Đang kiểm tra bản đã ký…"))
        elif verification.error is not None:
            self.verdict.say_error(verification.error)
        else:
            judgement = judge_outcome(verification)
            self.verdict.say(judgement.tone, judgement.sentence, judgement.reason, shape=judgement.shape)

    def _build_buttons(self) -> None:
        self.open_file = self._button(tr("Mở tậ&p tin"), "file-text", self.open_file_asked)
        self.open_folder = self._button(tr("Mở thư &mục"), "folder-open", self.open_folder_asked)
        self.verify = self._button(tr("Kiểm tr&a"), "shield-check", self.verify_asked)
        self.encrypt = self._button(tr("Mã hóa cho n&gười nhận…"), "lock", self.encrypt_asked)
        self.retry = self._button(tr("Ký &lại tập tin chưa ký"), "refresh-cw", self.retry_asked)
        self.another = make_primary(self._button(tr("&Ký tập tin khác"), "", self.another_asked))

    def _button(self, text: str, icon_name: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        if icon_name:
            set_icon(button, icon_name)
        button.clicked.connect(signal)
        self._column.addWidget(button)
        return button


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
