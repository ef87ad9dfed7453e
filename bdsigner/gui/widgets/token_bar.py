"""The status bar is the token: what is plugged in, whose it is, how long it holds."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from bdsigner.errors import BdsignerError, ErrorCode, error_from
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import SIZE, set_icon
from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.errors import describe
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr

if TYPE_CHECKING:  # made after the first paint
    from bdsigner.model.token import SignerIdentity, SignerListing, Token, TokenProblem
    from bdsigner.usecases.token_logins import OpenLogin

EXPIRES_SOON_DAYS = 30
"""From here on the remaining days are amber: a renewal takes the department some weeks."""


@dataclass(frozen=True, slots=True)
class TokenStatus:
    """One line about all tokens."""

    tone: Tone
    text: str
    shape: str = ""
    problem: "TokenProblem | None" = None


def token_status(listing: "SignerListing", now: datetime, login: "OpenLogin | None" = None) -> TokenStatus:
    """Sum up what is plugged in; the state of the only token, or how many there are, and a login left open."""
    status = _without_login(listing, now)
    if login is None:
        return status
    until = tr("{status} · phiên đang mở đến {time}").format(status=status.text, time=show_time(login.until))
    return replace(status, text=until)


def _without_login(listing: "SignerListing", now: datetime) -> TokenStatus:
    problem = listing.problems[0] if listing.problems else None
    if not listing.tokens:
        return _without_token(problem)
    if len(listing.tokens) > 1:
        text = tr("{count} thiết bị đang cắm · {signers} chứng thư số để ký").format(
            count=len(listing.tokens), signers=len(listing.signers)
        )
        return TokenStatus(Tone.VALID if listing.signers else Tone.CAUTION, text, problem=problem)
    return _one_token(listing.tokens[0], listing.signers, problem, now)


def _without_token(problem: "TokenProblem | None") -> TokenStatus:
    if problem is None:
        return TokenStatus(Tone.UNKNOWN, tr("Chưa cắm thiết bị ký số"), "circle-dashed")
    return TokenStatus(Tone.CAUTION, describe(_as_error(problem)).title, problem=problem)


def _one_token(
    token: "Token", signers: "tuple[SignerIdentity, ...]", problem: "TokenProblem | None", now: datetime
) -> TokenStatus:
    label = token.label or token.serial
    if token.pin.locked:
        return TokenStatus(Tone.BROKEN, tr("{label} · đã bị khóa mã PIN").format(label=label), "lock", problem)
    if not signers:
        return TokenStatus(Tone.CAUTION, tr("{label} · không có chứng thư số để ký").format(label=label), "", problem)
    tone, term = _term(signers[0], now)
    parts = [label, signers[0].certificate.common_name, term]
    if token.pin.final_try:
        tone = Tone.BROKEN
        parts.append(tr("mã PIN chỉ còn một lần thử"))
    elif token.pin.count_low and tone is Tone.VALID:
        tone = Tone.CAUTION
        parts.append(tr("mã PIN đã bị nhập sai"))
    return TokenStatus(tone, " · ".join(part for part in dict.fromkeys(parts) if part), problem=problem)


def _term(signer: "SignerIdentity", now: datetime) -> tuple[Tone, str]:
    days = (signer.certificate.not_after - now).days
    if days < 0:
        return Tone.BROKEN, tr("đã hết hạn")
    if now < signer.certificate.not_before:
        return Tone.CAUTION, tr("chưa có hiệu lực")
    tone = Tone.CAUTION if days < EXPIRES_SOON_DAYS else Tone.VALID
    return tone, tr("còn hạn {days} ngày").format(days=days)


def _as_error(problem: "TokenProblem") -> BdsignerError:
    return error_from(ErrorCode(problem.code), {"module": problem.module_path, **problem.facts})


class TokenBar(QFrame):
    """Shows a ``TokenStatus``; a problem can be opened, F5 asks for a fresh look."""

    refresh_requested = Signal()
    opened = Signal()
    """The person wants to see the devices."""
    logout_wanted = Signal()
    problem_opened = Signal(object)
    """A ``BdsignerError`` to show in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: TokenProblem | None = None
        self.setProperty("role", "status")
        self._icon = ToneIcon(Tone.UNKNOWN, SIZE - 2, name="circle-dashed")
        self.label = ElidedLabel()
        make_muted(self.label)
        self.problem_button = QToolButton()
        self.problem_button.setProperty("role", "flat")
        self.problem_button.setText(tr("Xem sự cố"))
        self.problem_button.clicked.connect(self._open_problem)
        self.problem_button.hide()
        self.logout_button = QToolButton()
        self.logout_button.setProperty("role", "flat")
        self.logout_button.setText(tr("Đăng xuất"))
        self.logout_button.clicked.connect(self.logout_wanted)
        self.logout_button.hide()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.refresh_button = QToolButton()
        self.refresh_button.setProperty("role", "flat")
        self.refresh_button.setAccessibleName(tr("Làm mới thiết bị"))
        self.refresh_button.setToolTip(tr("Làm mới thiết bị (F5)"))
        set_icon(self.refresh_button, "refresh-cw", size=SIZE - 4)
        self.refresh_button.clicked.connect(self.refresh_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * UNIT, UNIT // 2, UNIT, UNIT // 2)
        layout.setSpacing(UNIT)
        layout.addWidget(self._icon)
        layout.addWidget(self.label, stretch=1)
        layout.addWidget(self.logout_button)
        layout.addWidget(self.problem_button)
        layout.addWidget(self.refresh_button)
        self._say(TokenStatus(Tone.UNKNOWN, tr("Đang tìm thiết bị ký số…"), "circle-dashed"))

    @property
    def tone(self) -> Tone:
        """What the colour says now."""
        return self._icon.tone

    def show_listing(self, listing: "SignerListing", login: "OpenLogin | None" = None) -> None:
        """Show what a look at the tokens found, and whether a login was left open."""
        self.logout_button.setVisible(login is not None)
        self._say(token_status(listing, datetime.now(UTC), login))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def _say(self, status: TokenStatus) -> None:
        self._problem = status.problem
        self.problem_button.setVisible(status.problem is not None)
        self.label.setText(status.text)
        self._icon.show_tone(status.tone, status.shape)
        self.setAccessibleName(tr("Thiết bị ký số: {status}").format(status=status.text))

    def _open_problem(self) -> None:
        if self._problem is not None:
            self.problem_opened.emit(_as_error(self._problem))
