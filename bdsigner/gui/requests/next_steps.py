"""“Việc tiếp theo”: one way on, by what is plugged in and how far the request is."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, strong_font
from bdsigner.gui.widgets.signer_choice import SignerChoice
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, RequestChannel
from bdsigner.model.request import Request, RequestState
from bdsigner.model.token import SignerIdentity, SignerListing

_LONGEST_MAILBOX = 254


class NextSteps(QFrame):
    """Its buttons only ask; the page acts."""

    sign_asked = Signal()
    sign_more_asked = Signal()
    print_asked = Signal()
    attach_asked = Signal()
    send_asked = Signal()
    hand_asked = Signal()
    look_asked = Signal()
    give_up_asked = Signal()

    def __init__(self, channels: tuple[RequestChannel, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._channels = channels
        self._request: Request | None = None
        self._listing = SignerListing()
        self._is_printed = False
        self._is_working = False
        self.title = QLabel(tr("Việc tiếp theo"))
        self.title.setFont(strong_font())
        self.told = make_muted(plain_label(""))
        self.signers = SignerChoice()
        self.signers.chosen.connect(self._update)
        self.is_manager = QCheckBox(tr("Tôi ký với tư cách cơ &quan"))
        self.is_manager.setAccessibleName(tr("Tôi ký với tư cách cơ quan quản lý trực tiếp"))
        self.manager_text = make_muted(plain_label(tr("Đánh dấu khi bạn ký xác nhận thay cơ quan quản lý trực tiếp.")))
        self.mailbox = QLineEdit()
        self.mailbox.setAccessibleName(tr("Hộp thư công vụ dùng để gửi"))
        self.mailbox.setMaxLength(_LONGEST_MAILBOX)
        self._mailbox_caption = QLabel(tr("&Hộp thư công vụ để gửi"))
        self._mailbox_caption.setBuddy(self.mailbox)
        self.sign_button = QPushButton(tr("&Ký và gửi…"))
        self.print_button = QPushButton(tr("In để ký t&ay…"))
        self.attach_button = QPushButton(tr("Đí&nh kèm bản đã ký…"))
        self.send_button = QPushButton(tr("&Gửi"))
        self.hand_button = QPushButton(tr("Lưu để nộp t&rực tiếp…"))
        self.sign_more_button = QPushButton(tr("&Ký thêm…"))
        self.look_button = QPushButton(tr("&Xem giấy đề nghị"))
        self.give_up_button = QPushButton(tr("Bỏ yêu cầu…"))
        for button, asked in (
            (self.sign_button, self.sign_asked),
            (self.send_button, self.send_asked),
            (self.print_button, self.print_asked),
            (self.attach_button, self.attach_asked),
            (self.hand_button, self.hand_asked),
            (self.sign_more_button, self.sign_more_asked),
            (self.look_button, self.look_asked),
            (self.give_up_button, self.give_up_asked),
        ):
            button.clicked.connect(asked)
        self._lay_out()
        self._update()

    @property
    def signer(self) -> SignerIdentity | None:
        """Who would sign; ``None``: nobody can."""
        return self.signers.signer if not self.signers.why_none else None

    @property
    def has_automatic_channel(self) -> bool:
        """Whether the program itself can send."""
        return any(one.kind is not ChannelKind.FILE for one in self._channels)

    def show_request(self, request: Request, *, mailbox: str) -> None:
        """Another request, or the same further on; ``mailbox`` stands there unless the person has typed another."""
        is_same = self._request is not None and self._request.id == request.id
        self._request = request
        if not is_same:
            self._is_printed = False
            self.is_manager.setChecked(False)
            self.mailbox.setModified(False)
        if not self.mailbox.isModified():
            self.mailbox.setText(mailbox)
        self.set_listing(self._listing)

    def set_listing(self, listing: SignerListing) -> None:
        """Who is there: a lost device, or one that is locked, signs nothing."""
        self._listing = listing
        usable = tuple(one for one in listing.signers if self._may_sign(one))
        self.signers.set_listing(replace(listing, signers=usable))
        self._update()

    def set_printed(self) -> None:
        """The paper is there: the next step is to bring it back."""
        self._is_printed = True
        self._update()

    def set_working(self, *, is_working: bool) -> None:
        """While it is signed or sent nothing else begins."""
        self._is_working = is_working
        self._update()

    def _may_sign(self, signer: SignerIdentity) -> bool:
        request = self._request
        is_lost = request is not None and request.case is RequestCase.LOST and request.serial == signer.token.serial
        return not (is_lost or signer.token.pin.locked)

    def _update(self) -> None:
        is_draft = self._request is not None and self._request.state is RequestState.DRAFT
        is_signed = self._request is not None and self._request.state is RequestState.SIGNED
        is_by_hand = self._request is not None and self._request.is_hand_signed
        has_signers = bool(self.signers.combo.count())
        may_add = is_signed and has_signers and not is_by_hand
        for widget in (self.signers, self.is_manager, self.manager_text):
            widget.setVisible((is_draft and has_signers) or may_add)
        has_mail = any(one.kind is ChannelKind.MAIL for one in self._channels)
        may_send_now = is_signed or (is_draft and has_signers)
        self.mailbox.setVisible(has_mail and may_send_now)
        self._mailbox_caption.setVisible(has_mail and may_send_now)
        sends = self.has_automatic_channel
        self.sign_button.setText(tr("&Ký và gửi…") if sends else tr("&Ký…"))
        self.sign_button.setVisible(is_draft and has_signers)
        self.print_button.setVisible(is_draft)
        self.attach_button.setVisible(is_draft)
        self.send_button.setVisible(is_signed and sends)
        self.hand_button.setVisible(is_signed)
        self.sign_more_button.setVisible(may_add)
        self.told.setText(self._sentence(is_draft=is_draft, has_signers=has_signers))
        self._mark_primary(is_draft=is_draft, has_signers=has_signers)
        for button in self._buttons():
            button.setEnabled(not self._is_working)
        for button in (self.sign_button, self.sign_more_button):
            button.setEnabled(not self._is_working and self.signer is not None)

    def _sentence(self, *, is_draft: bool, has_signers: bool) -> str:
        if not is_draft:
            return (
                tr("Giấy đề nghị đã ký. Gửi đi, hoặc lưu thành một tập tin để nộp trực tiếp.")
                if self.has_automatic_channel
                else tr(
                    "Giấy đề nghị đã ký. Cấu hình chưa có đường gửi tự động: lưu thành một tập tin để nộp trực tiếp."
                )
            )
        if has_signers:
            return tr("Có thiết bị ký: ký ngay tại đây. Không dùng được thì in ra để ký tay.")
        if self._is_printed:
            return tr("Ký tay tờ giấy, chụp hoặc quét lại, rồi thả bản chụp vào đây hoặc bấm Đính kèm bản đã ký.")
        return tr("Không có thiết bị ký dùng được: in giấy ra để ký tay, chụp hoặc quét lại rồi đính kèm và gửi.")

    def _mark_primary(self, *, is_draft: bool, has_signers: bool) -> None:
        if not is_draft:
            primary = self.send_button if self.has_automatic_channel else self.hand_button
        elif has_signers:
            primary = self.sign_button
        else:
            primary = self.attach_button if self._is_printed else self.print_button
        for button in self._buttons():
            role = "primary" if button is primary else ""
            if (button.property("role") or "") != role:
                button.setProperty("role", role)
                button.style().unpolish(button)
                button.style().polish(button)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.sign_button,
            self.send_button,
            self.print_button,
            self.attach_button,
            self.hand_button,
            self.sign_more_button,
            self.look_button,
            self.give_up_button,
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        for widget in (
            self.title,
            self.told,
            self.signers,
            self.is_manager,
            self.manager_text,
            self._mailbox_caption,
            self.mailbox,
            *self._buttons(),
        ):
            column.addWidget(widget)
        make_primary(self.print_button)
