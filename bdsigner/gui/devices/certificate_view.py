"""One certificate: whose it is, how long it serves, how it stands, and its nine contents (Đ3.4) on demand."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone, strong_font
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.certificates import describe_row, describe_status
from bdsigner.messages.devices import plain_text
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus

if TYPE_CHECKING:
    from bdsigner.app import Application

EXPIRES_SOON_DAYS = 30
_STATUS_TONES = {
    CertificateStatus.GOOD: Tone.VALID,
    CertificateStatus.SUSPENDED: Tone.CAUTION,
    CertificateStatus.NOT_YET_VALID: Tone.CAUTION,
    CertificateStatus.UNPUBLISHED: Tone.CAUTION,
    CertificateStatus.UNKNOWN: Tone.UNKNOWN,
    CertificateStatus.OUT_OF_SCOPE: Tone.UNKNOWN,
    CertificateStatus.WRONG_USAGE: Tone.UNKNOWN,
    CertificateStatus.EXPIRED: Tone.BROKEN,
    CertificateStatus.REVOKED: Tone.BROKEN,
}


def term(certificate: Certificate, now: datetime) -> tuple[Tone, str]:
    """How long a certificate will serve."""
    days = (certificate.not_after - now).days
    if certificate.not_after < now:
        return Tone.BROKEN, tr("Đã hết hạn ngày {date}").format(date=show_date(certificate.not_after))
    if now < certificate.not_before:
        return Tone.CAUTION, tr("Có hiệu lực từ {date}").format(date=show_date(certificate.not_before))
    tone = Tone.CAUTION if days < EXPIRES_SOON_DAYS else Tone.VALID
    return tone, tr("Còn {days} ngày, đến {date}").format(days=days, date=show_date(certificate.not_after))


class CertificateView(QFrame):
    """Asks nobody on the network until the person presses the button."""

    export_wanted = Signal(object)
    """The ``Certificate`` to write to a file."""

    def __init__(
        self,
        certificate: Certificate,
        others: tuple[bytes, ...],
        application: "Application",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.certificate = certificate
        self._others = others
        self._application = application
        self.content: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, UNIT, 0, 0)
        self._column.setSpacing(UNIT)
        self._column.addLayout(self._head())
        self.status = Notice()
        self._column.addWidget(self.status)
        self._column.addLayout(self._buttons())

    def check(self) -> None:
        """Ask the CA's services how the certificate stands."""
        devices, certificate, others = self._application.devices, self.certificate, self._others
        self.check_button.setEnabled(False)
        self.check_button.setText(tr("Đang kiểm tra…"))
        run_job(
            self,
            lambda progress: devices.check_online(certificate, others),
            done=lambda found: self._show_status(*found),
            failed=self._show_failure,
        )

    def _head(self) -> QHBoxLayout:
        certificate = self.certificate
        tone, words = term(certificate, datetime.now(UTC))
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(ToneIcon(tone, 3 * UNIT), alignment=Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 4)
        name = plain_label(plain_text(certificate.common_name or certificate.subject))
        name.setFont(strong_font())
        office = plain_label(plain_text(" · ".join(filter(None, (certificate.title, certificate.agency)))))
        left = QLabel(words)
        set_tone(left, tone)
        issuer = make_muted(
            plain_label(
                tr("Số {serial} · {issuer} cấp").format(
                    serial=certificate.serial_number, issuer=plain_text(certificate.issuer_name)
                )
            )
        )
        for label in (name, office, left, issuer):
            if label.text():
                texts.addWidget(label)
        row.addLayout(texts, stretch=1)
        self.setAccessibleName(f"{name.text()}: {words}")
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        self.content_button = QPushButton(tr("Nội dung chứng thư số (Điều 3 khoản 4)"))
        self.content_button.setProperty("role", "disclosure")
        self.content_button.setCheckable(True)
        set_icon(self.content_button, "chevron-right", QPalette.ColorRole.Link, 2 * UNIT)
        self.content_button.toggled.connect(self._show_content)
        self.check_button = QPushButton(tr("Kiểm tra trực tuyến"))
        self.check_button.clicked.connect(self.check)
        self.export_button = QPushButton(tr("Xuất chứng thư…"))
        self.export_button.clicked.connect(lambda: self.export_wanted.emit(self.certificate))
        row.addWidget(self.content_button)
        row.addStretch(1)
        row.addWidget(self.check_button)
        row.addWidget(self.export_button)
        return row

    def _show_content(self, is_open: bool) -> None:  # signature of the signal
        shape = "chevron-down" if is_open else "chevron-right"
        set_icon(self.content_button, shape, QPalette.ColorRole.Link, 2 * UNIT)
        if self.content is None:
            self.content = self._make_content()
            self._column.addWidget(self.content)
        self.content.setVisible(is_open)

    def _make_content(self) -> QWidget:
        content = QWidget()
        rows = [describe_row(row) for row in self._application.devices.rows(self.certificate)]
        facts = [(row.label, "\n".join(plain_text(line) for line in row.lines)) for row in rows]
        grid = fact_grid(facts, caption_characters=34)
        grid.setContentsMargins(0, 0, 0, UNIT)
        content.setLayout(grid)
        return content

    def _show_status(self, assessment: CertificateAssessment, path: tuple[str, ...]) -> None:
        self._finish_check()
        text = describe_status(self.certificate, assessment)
        way = tr("Đường dẫn chứng thực: {path}").format(path=" → ".join(map(plain_text, path)))
        lines = "\n".join(part for part in (text.sentence, text.note, way) if part)
        self.status.say(_STATUS_TONES[assessment.status], text.word, lines)

    def _show_failure(self, error: BdsignerError) -> None:
        self._finish_check()
        self.status.say_error(error)

    def _finish_check(self) -> None:
        self.check_button.setEnabled(True)
        self.check_button.setText(tr("Kiểm tra lại"))
