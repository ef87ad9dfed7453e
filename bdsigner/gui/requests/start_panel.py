"""The guided start: what happened, with which device, and what the regulation wants to know (Điều 6–8)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QStackedWidget, QWidget

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.theme import UNIT, make_muted, title_font
from bdsigner.gui.requests.choice_card import ChoiceCard
from bdsigner.gui.requests.happenings import describe_happening
from bdsigner.gui.requests.question_card import QuestionCard
from bdsigner.gui.requests.two_columns import TwoColumns
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.devices import plain_text
from bdsigner.messages.requests import SAFE_QUESTION
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.device import KnownDevice
from bdsigner.model.request import Asked, Happening

if TYPE_CHECKING:
    from bdsigner.app import Application

_CARD_CHARACTERS = 44


class StartPanel(QStackedWidget):
    """Asks only what it must; ``start_over`` shows the first question, ``begin`` one whose answer is known."""

    decided = Signal(object, str)
    """The ``Decision``, and the serial number of the device; empty: none that was seen here."""

    def __init__(self, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._happening: Happening | None = None
        self._serial: str | None = None
        """``None``: not asked yet."""
        self._answers: dict[Asked, bool] = {}
        self._devices: list[tuple[KnownDevice, str]] = []
        self.notice = Notice()
        self.cards: dict[Happening, ChoiceCard] = {}
        self._first = self._make_first()
        self._asking, self._asking_column = scrolled_column(tr("Câu hỏi"))
        self._asking_column.addWidget(self.notice)
        self._asking_column.addStretch(1)
        self.question: QuestionCard | None = None
        self.addWidget(self._first)
        self.addWidget(self._asking)

    def start_over(self) -> None:
        """Ask what happened."""
        self._happening, self._serial, self._answers = None, None, {}
        self.notice.clear()
        self.setCurrentWidget(self._first)

    def begin(self, happening: Happening, serial: str | None = None) -> None:
        """Go on from what happened; with a serial number the device is known, too."""
        self._happening, self._serial, self._answers = happening, serial, {}
        self.notice.clear()
        if serial is not None:
            self._go_on()
            return
        devices = self._application.devices

        def read() -> list[tuple[KnownDevice, str]]:
            known = [device for device in devices.known() if device.certificates]
            return [(device, _holder(self._application, device)) for device in known]

        run_job(self, lambda _: read(), done=self._take_devices, failed=self._say)

    def _choose(self, happening: Happening) -> None:
        self.begin(happening)

    def _take_devices(self, found: list[tuple[KnownDevice, str]]) -> None:
        self._devices = found
        if len(found) > 1:
            self._ask_device()
            return
        self._serial = found[0][0].serial if found else ""
        self._go_on()

    def _go_on(self) -> None:
        if self._happening is None:
            return
        decision = self._application.requests.decide(
            self._happening,
            is_device_safe=self._answers.get(Asked.IS_DEVICE_SAFE),
            is_still_authorised=self._answers.get(Asked.IS_STILL_AUTHORISED),
        )
        if isinstance(decision, Asked):
            self._ask(decision)
        else:
            self.decided.emit(decision, self._serial or "")

    # Questions

    def _ask(self, asked: Asked) -> None:
        if asked is Asked.IS_DEVICE_SAFE:
            self._show_question(
                tr(SAFE_QUESTION),
                tr(
                    "Nếu không còn an toàn thì phải đề nghị thu hồi chứng thư số, và thiết bị ngừng ký trên máy này ngay."
                ),
                [(tr("Đún&g, thiết bị vẫn an toàn"), True), (tr("&Không, có thể đã thất lạc hoặc lộ"), False)],
                asked,
            )
        else:
            self._show_question(
                tr("Ở chức danh mới, bạn vẫn được ký văn bản của cơ quan?"),
                tr("Nếu không còn thẩm quyền ký thì chứng thư số được thu hồi; nếu còn thì được cập nhật."),
                [(tr("&Vẫn được ký"), True), (tr("&Không còn"), False)],
                asked,
            )

    def _show_question(self, question: str, text: str, answers: list[tuple[str, bool]], asked: Asked) -> None:
        buttons = [(QPushButton(label), partial(self._answer, asked, value)) for label, value in answers]
        self._put(QuestionCard(question, text, buttons, back=self._back_button()))

    def _answer(self, asked: Asked, value: bool) -> None:  # of a button, one value a button
        self._answers[asked] = value
        self._go_on()

    def _ask_device(self) -> None:
        answers: list[tuple[QPushButton, Callable[[], object]]] = []
        for device, holder in self._devices:
            label = plain_text(device.label or device.serial)
            seen = tr("số {serial} · thấy lần cuối {date}").format(
                serial=plain_text(device.serial), date=show_date(device.last_seen)
            )
            name = f"{label} · {holder}" if holder else label
            card = ChoiceCard(name.replace("&", "&&"), seen, icon_name="usb")
            answers.append((card, partial(self._choose_device, device.serial)))
        other = ChoiceCard(
            tr("Thiết bị &khác, hoặc không có ở đây"),
            tr("Thiết bị chưa từng dùng ở máy này; thông tin sẽ điền tay."),
            icon_name="circle-question-mark",
        )
        answers.append((other, lambda: self._choose_device("")))
        self._put(
            QuestionCard(
                tr("Việc này về thiết bị nào?"),
                tr("Đây là những thiết bị đã từng dùng ở máy này."),
                answers,
                back=self._back_button(),
                is_list=True,
            )
        )

    def _choose_device(self, serial: str) -> None:
        self._serial = serial
        self._go_on()

    def _put(self, question: QuestionCard) -> None:
        if self.question is not None:
            self._asking_column.removeWidget(self.question)
            self.question.hide()
            self.question.deleteLater()
        self.question = question
        self._asking_column.insertWidget(0, question)
        question.show()  # at once: Qt would wait for the next round of events
        self.setCurrentWidget(self._asking)
        # The keyboard comes along, and no answer is chosen beforehand.
        self._asking.setFocus()

    def _back_button(self) -> QPushButton:
        button = QPushButton(tr("Quay &lại"))
        button.setProperty("role", "flat")
        button.clicked.connect(self.start_over)
        return button

    # Making

    def _make_first(self) -> QScrollArea:
        area, column = scrolled_column(tr("Chuyện gì đã xảy ra?"))
        column.setSpacing(3 * UNIT // 2)
        title = plain_label(tr("Chuyện gì đã xảy ra?"))
        title.setFont(title_font())
        column.addWidget(title)
        told = plain_label(
            tr("Chọn điều đúng nhất; chương trình điền sẵn giấy đề nghị, giúp bạn ký hoặc in, rồi gửi và theo dõi.")
        )
        column.addWidget(make_muted(told))
        for happening in Happening:
            text = describe_happening(happening)
            card = ChoiceCard(text.sentence, text.explanation, icon_name=text.icon_name, tone=text.tone)
            card.clicked.connect(partial(self._choose, happening))
            self.cards[happening] = card
        column.addWidget(TwoColumns(list(self.cards.values()), least_characters=_CARD_CHARACTERS))
        column.addStretch(1)
        return area

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.setCurrentWidget(self._asking)
            self.notice.say_error(error)


def _holder(application: "Application", device: KnownDevice) -> str:
    """Whose certificate was seen on it last."""
    certificates = application.devices.certificates(device.certificates)
    newest = max(certificates, key=lambda one: one.not_before, default=None)
    return plain_text(newest.common_name) if newest is not None else ""
