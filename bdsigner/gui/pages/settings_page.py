"""Cài đặt: what the person may choose; every choice is kept at once."""

from pathlib import Path

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import bdsigner
from bdsigner.app import Application
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, field_height, make_muted, strong_font, text_width, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.picture_choice import PictureChoice
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.translate import tr
from bdsigner.model.profile import AppearanceProfile
from bdsigner.storage.paths import log_folder
from bdsigner.storage.settings import SUFFIX_CHARACTERS, SUFFIX_PATTERN, settings_file

_FIELD_CHARACTERS = 28
_MODULE_ROWS = 3


class SettingsPage(QWidget):
    """Theme holds at once; language and drivers need the window to be opened anew, which is offered."""

    reopen_requested = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._at_start = (preferences.settings.language, preferences.settings.extra_module_paths)
        self.reopen_notice = Notice()
        self.reopen_button = QPushButton(tr("Mở &lại cửa sổ ngay"))
        self.reopen_button.clicked.connect(self.reopen_requested)
        self.reopen_button.hide()
        body = QWidget()
        body.setProperty("role", "scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(2 * UNIT)
        title = QLabel(tr("Cài đặt"))
        title.setFont(title_font())
        column.addWidget(title)
        column.addWidget(self.reopen_notice)
        column.addWidget(self.reopen_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(_card(tr("Giao diện"), self._look()))
        column.addWidget(_card(tr("Tập tin đã ký"), self._output()))
        column.addWidget(_card(tr("Trình điều khiển thiết bị (PKCS#11)"), self._modules()))
        self.pictures = _card(tr("Hình chữ ký và con dấu"), self._signature_pictures())
        self.pictures.hide()
        column.addWidget(self.pictures)
        self._profile = QVBoxLayout()
        column.addWidget(_card(tr("Hồ sơ cấu hình"), self._profile))
        column.addWidget(_card(tr("Về chương trình"), _about()))
        column.addStretch(1)
        self._show_profile(None)
        area = QScrollArea()
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def set_application(self, application: Application) -> None:
        """Show the profile in force, and what it lets a person choose."""
        self._show_profile(application)
        self.pictures.setVisible(application.profile.appearance_profile is AppearanceProfile.ND_30_2020)
        settings = self._preferences.settings
        self.hand.set_application(application, settings.hand_signature)
        self.seal.set_application(application, settings.seal)

    def _look(self) -> QFormLayout:
        settings = self._preferences.settings
        # Each language in its own words, so that whoever cannot read the other finds it.
        self.language = _choice({"vi": "Tiếng Việt", "en": "English"}, settings.language)
        self.language.activated.connect(lambda _: self._change_language())
        self.theme = _choice({"system": tr("Theo hệ thống"), "light": tr("Sáng"), "dark": tr("Tối")}, settings.theme)
        self.theme.activated.connect(lambda _: self._preferences.change(theme=self.theme.currentData()))
        form = _form()
        form.addRow(tr("N&gôn ngữ"), self.language)
        form.addRow(tr("Mà&u sắc"), self.theme)
        return form

    def _output(self) -> QFormLayout:
        self.suffix = QLineEdit(self._preferences.settings.output_suffix)
        self.suffix.setMaxLength(SUFFIX_CHARACTERS)
        self.suffix.setValidator(QRegularExpressionValidator(QRegularExpression(SUFFIX_PATTERN), self.suffix))
        self.suffix.setMaximumWidth(text_width(_FIELD_CHARACTERS))
        self.suffix.textChanged.connect(self._show_example)
        self.suffix.editingFinished.connect(lambda: self._preferences.change(output_suffix=self.suffix.text()))
        self.example = make_muted(QLabel())
        self.example.setTextFormat(Qt.TextFormat.PlainText)
        form = _form()
        form.addRow(tr("Thêm &vào tên"), self.suffix)
        form.addRow("", self.example)
        self._show_example()
        return form

    def _modules(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(UNIT)
        column.addWidget(
            make_muted(plain_label(tr("Chương trình tự tìm các trình điều khiển thường gặp; thêm tệp khác nếu cần.")))
        )
        self.modules = QListWidget()
        self.modules.setAccessibleName(tr("Các tệp trình điều khiển đã thêm"))
        self.modules.setFixedHeight(_MODULE_ROWS * (self.fontMetrics().lineSpacing() + 2 * UNIT) + UNIT)
        column.addWidget(self.modules)
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        self.add_button = QPushButton(tr("Thê&m tệp…"))
        set_icon(self.add_button, "plus")
        self.add_button.clicked.connect(self._choose_module)
        self.remove_button = QPushButton(tr("Bỏ tệ&p đã chọn"))
        set_icon(self.remove_button, "trash-2")
        self.remove_button.setEnabled(False)
        self.remove_button.clicked.connect(self._remove_module)
        self.modules.currentRowChanged.connect(lambda row: self.remove_button.setEnabled(row >= 0))
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._list_modules()
        return column

    def _signature_pictures(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2 * UNIT)
        hint = tr("Màu xanh, nền trong suốt; đặt giữa chức danh và họ tên trên bản gốc.")
        self.hand = PictureChoice(tr("Chữ ký tay"), hint)
        self.hand.chosen.connect(lambda path: self._preferences.change(hand_signature=path))
        hint = tr(
            "Màu đỏ, nền trong suốt, đúng kích thước thật; để trống nếu văn thư đóng dấu bằng chữ ký số của cơ quan."
        )
        self.seal = PictureChoice(tr("Con dấu của cơ quan"), hint)
        self.seal.chosen.connect(lambda path: self._preferences.change(seal=path))
        for choice in (self.hand, self.seal):
            column.addWidget(choice)
        return column

    def _choose_module(self) -> None:
        dialog = QFileDialog(self, tr("Chọn tệp trình điều khiển PKCS#11"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Trình điều khiển (*.dll *.so *.dylib)"), tr("Mọi tập tin (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_modules)
        dialog.open()

    def add_modules(self, names: list[str]) -> None:
        """Keep more driver files."""
        paths = dict.fromkeys([*self._preferences.settings.extra_module_paths, *map(Path, names)])
        self._change_modules(tuple(paths))

    def _remove_module(self) -> None:
        chosen = self.modules.currentRow()
        paths = self._preferences.settings.extra_module_paths
        self._change_modules(tuple(path for row, path in enumerate(paths) if row != chosen))

    def _change_modules(self, paths: tuple[Path, ...]) -> None:
        self._preferences.change(extra_module_paths=paths)
        self._list_modules()
        self._offer_reopening()

    def _list_modules(self) -> None:
        with QSignalBlocker(self.modules):
            self.modules.clear()
            self.modules.addItems([str(path) for path in self._preferences.settings.extra_module_paths])
        self.modules.setVisible(self.modules.count() > 0)
        self.remove_button.setEnabled(False)

    def _change_language(self) -> None:
        self._preferences.change(language=self.language.currentData())
        self._offer_reopening()

    def _offer_reopening(self) -> None:
        settings = self._preferences.settings
        is_needed = (settings.language, settings.extra_module_paths) != self._at_start
        self.reopen_button.setVisible(is_needed)
        if is_needed:
            self.reopen_notice.say(Tone.UNKNOWN, tr("Thay đổi có hiệu lực khi cửa sổ được mở lại."))
        else:
            self.reopen_notice.clear()

    def _show_example(self) -> None:
        self.example.setText(tr("Ví dụ: cong-van.pdf → {name}").format(name=f"cong-van{self.suffix.text()}.pdf"))

    def _show_profile(self, application: Application | None) -> None:
        while (item := self._profile.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if application is None:
            self._profile.addWidget(plain_label(tr("Chưa nạp được hồ sơ cấu hình.")))
            return
        profile = application.profile
        self._profile.addWidget(plain_label(f"{profile.province} – {profile.regulation}"))
        self._profile.addWidget(make_muted(plain_label(tr("Thư mục: {folder}").format(folder=profile.folder))))


def _choice(names: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for value, name in names.items():
        box.addItem(name, value)
    box.setCurrentIndex(box.findData(chosen))
    box.setMinimumSize(text_width(_FIELD_CHARACTERS), field_height())
    return box


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(2 * UNIT)
    form.setVerticalSpacing(UNIT)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    return form


def _card(title: str, content: QFormLayout | QVBoxLayout) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
    column.setSpacing(UNIT + UNIT // 2)
    heading = QLabel(title)
    heading.setFont(strong_font())
    column.addWidget(heading)
    column.addLayout(content)
    return card


def _about() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(UNIT // 2)
    column.addWidget(plain_label(tr("bdsigner {version}").format(version=bdsigner.__version__)))
    column.addWidget(
        plain_label(tr("Giấy phép AGPL-3.0-or-later: được dùng, xem mã nguồn, sửa và chia sẻ với cùng giấy phép."))
    )
    column.addWidget(make_muted(plain_label(tr("Cài đặt: {path}").format(path=settings_file()))))
    column.addWidget(make_muted(plain_label(tr("Nhật ký: {path}").format(path=log_folder()))))
    return column
