"""Asks for the password of the mailbox that requests are sent from; it goes to the system's keyring only."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.dialogs.pin_dialog import dialog_title
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, text_width
from bdsigner.gui.widgets.statement import breakable, plain_label
from bdsigner.messages.translate import tr

_WIDTH_CHARACTERS = 60
_LONGEST = 1_000


class PasswordDialog(QDialog):
    """``take_password`` hands it over once."""

    def __init__(self, user: str, server: str, *, is_refused: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Mật khẩu hộp thư"))
        title = tr("Máy chủ thư không nhận mật khẩu") if is_refused else tr("Nhập mật khẩu hộp thư để gửi")
        told = plain_label(
            breakable(
                tr("Hộp thư {user} trên máy chủ {server}. Mật khẩu được giữ trong kho khóa của hệ điều hành.").format(
                    user=user, server=server
                )
            )
        )
        told.setMinimumWidth(text_width(_WIDTH_CHARACTERS))
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(_LONGEST)
        self.field.setAccessibleName(tr("Mật khẩu hộp thư"))
        hints = Qt.InputMethodHint
        self.field.setInputMethodHints(hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase)
        caption = QLabel(tr("&Mật khẩu của hộp thư"))
        caption.setBuddy(self.field)
        note = make_muted(plain_label(tr("Đây không phải mã PIN của thiết bị ký số.")))
        self.cancel_button = QPushButton(tr("&Hủy"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.send_button = make_primary(QPushButton(tr("&Gửi")))
        self.send_button.setDefault(True)
        self.send_button.setEnabled(False)
        self.send_button.clicked.connect(self.accept)
        self.field.textChanged.connect(lambda text: self.send_button.setEnabled(bool(text)))
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.send_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        for widget in (dialog_title(title), told, caption, self.field, note):
            column.addWidget(widget)
        column.addSpacing(UNIT)
        column.addLayout(buttons)
        self.field.setFocus()

    def take_password(self) -> str:
        """What was typed; nothing of it stays in the field."""
        password = self.field.text()
        self.field.clear()
        return password

    def done(self, result: int) -> None:
        if not result:
            self.field.clear()
        super().done(result)
