"""One signature in layers: who and when; what speaks against it; then every check and the raw details."""

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone, strong_font
from bdsigner.gui.verdicts import OUT_OF_SCOPE_SHAPE, signature_tone, tone_word, verdict_tone
from bdsigner.gui.widgets.statement import byte_count, fact_grid, plain_label, statement
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.findings import describe_signing_time
from bdsigner.messages.times import show_date, show_time
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate
from bdsigner.model.verification import Finding, Severity, SignatureReport, TimestampReport, Verdict


class SignatureCard(QFrame):
    """``details_button`` opens the last layer; ``of_file`` are findings that are told of the file already."""

    def __init__(
        self,
        signature: SignatureReport,
        number: int,
        of_file: Collection[Finding] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._signature = signature
        self.setProperty("role", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, UNIT)
        self._column.setSpacing(UNIT)
        self._column.addLayout(self._head(number))
        self._column.addLayout(fact_grid(self._main_facts()))
        for finding in signature.findings:
            if finding.severity is not Severity.OK and finding not in of_file:
                self._column.addWidget(statement(finding))
        self.details_button = QPushButton(tr("Các bước kiểm tra và chứng thư số"))
        self.details_button.setProperty("role", "disclosure")
        self.details_button.setCheckable(True)
        set_icon(self.details_button, "chevron-right", QPalette.ColorRole.Link, 2 * UNIT)
        self.details_button.toggled.connect(self._show_details)
        self._column.addWidget(self.details_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.details: QWidget | None = None

    def _head(self, number: int) -> QHBoxLayout:
        tone, shape, said = signature_tone(self._signature), "", ""
        if self._signature.is_out_of_scope and self._signature.verdict is Verdict.INDETERMINATE:
            shape, said = OUT_OF_SCOPE_SHAPE, tr("Ngoài phạm vi Quy chế")
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(ToneIcon(tone, 3 * UNIT, name=shape), alignment=Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        name = plain_label(self._signer_name())
        name.setFont(strong_font())
        texts.addWidget(name)
        kind = tr("Dấu thời gian của tập tin") if self._signature.is_document_timestamp else tr("Chữ ký {number}")
        word = QLabel(f"{kind.format(number=number)} · {said or tone_word(tone)}")
        set_tone(word, tone)
        texts.addWidget(word)
        row.addLayout(texts, stretch=1)
        self.setAccessibleName(f"{name.text()}: {word.text()}")
        return row

    def _signer_name(self) -> str:
        signer = self._signature.signer
        if signer is None:
            return tr("Không rõ người ký")
        return signer.common_name or signer.subject

    def _main_facts(self) -> list[tuple[str, str]]:
        signer = self._signature.signer
        office = signer.agency if signer else ""
        return [
            (tr("Chức danh"), signer.title if signer else ""),
            (tr("Cơ quan"), office),
            (tr("Thời gian ký"), describe_signing_time(self._signature)),
        ]

    def _show_details(self, is_open: bool) -> None:  # signature of the signal
        shape = "chevron-down" if is_open else "chevron-right"
        set_icon(self.details_button, shape, QPalette.ColorRole.Link, 2 * UNIT)
        if self.details is None:
            self.details = self._make_details()
            self._column.addWidget(self.details)
        self.details.setVisible(is_open)

    def _make_details(self) -> QWidget:
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(0, 0, 0, UNIT)
        column.setSpacing(UNIT)
        column.addWidget(_section(tr("Các bước kiểm tra")))
        for finding in self._signature.findings:
            column.addWidget(statement(finding))
        if self._signature.signer is not None:
            column.addWidget(_section(tr("Chứng thư số")))
            column.addLayout(fact_grid(_certificate_facts(self._signature.signer)))
        if self._signature.timestamp is not None:
            column.addWidget(_section(tr("Dấu thời gian")))
            column.addLayout(fact_grid(_timestamp_facts(self._signature.timestamp)))
        column.addWidget(_section(tr("Thông tin kỹ thuật")))
        column.addLayout(fact_grid(self._technical_facts()))
        return details

    def _technical_facts(self) -> list[tuple[str, str]]:
        signature = self._signature
        return [
            (tr("Trường chữ ký"), signature.field_name),
            (tr("Loại"), signature.subfilter),
            (tr("Thuật toán băm"), signature.digest_algorithm),
            (tr("Phiên bản tập tin"), str(signature.revision)),
            (tr("Phần được ký"), tr("{size} đầu tiên").format(size=byte_count(signature.covered_bytes))),
        ]


def _section(text: str) -> QLabel:
    label = make_muted(QLabel(text))
    label.setFont(strong_font())
    return label


def _timestamp_facts(timestamp: TimestampReport) -> list[tuple[str, str]]:
    return [
        (tr("Thời điểm"), show_time(timestamp.time)),
        (tr("Nơi cấp"), timestamp.authority),
        (tr("Kết luận"), tone_word(verdict_tone(timestamp.verdict))),
    ]


def _certificate_facts(certificate: Certificate) -> list[tuple[str, str]]:
    term = tr("{start} – {end}").format(
        start=show_date(certificate.not_before),
        end=show_date(certificate.not_after),
    )
    return [
        (tr("Cấp cho"), certificate.subject),
        (tr("Nơi cấp"), certificate.issuer),
        (tr("Thư điện tử"), certificate.email),
        (tr("Hiệu lực"), term),
        (tr("Số"), certificate.serial_number),
        (tr("Khóa"), f"{certificate.key_type.value.upper()} {certificate.key_bits}"),
        ("SHA-256", certificate.sha256),
    ]
