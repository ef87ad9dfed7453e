"""The clerk's desk: the page with its signature at the left; verdict, titles side by side and the decision at the right."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSplitter, QWidget

from bdsigner.app import Application
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font, text_width, title_font
from bdsigner.gui.register.release_form import ReleaseForm
from bdsigner.gui.verdicts import judge_outcome
from bdsigner.gui.widgets.judged_pages import JudgedPages
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.register import describe_doubt, describe_standing
from bdsigner.messages.translate import tr
from bdsigner.model.release_candidate import ReleaseCandidate
from bdsigner.model.release_evidence import EVIDENCE_ENDING
from bdsigner.model.signing_rules import Objection
from bdsigner.model.verification import VerificationOutcome

_LEAST_CHARACTERS = 38


class ReviewDesk(QSplitter):
    left = Signal()
    """The person goes back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._application: Application | None = None
        self.candidate: ReleaseCandidate | None = None
        self.pages = JudgedPages()
        self.pages.shows_signature_first = True
        self.back = QPushButton(tr("Về &danh sách"))
        self.back.clicked.connect(self.left)
        self.file_name = plain_label("")
        self.file_name.setFont(title_font())
        self.verdict = Notice()
        self.standing = Notice()
        self.comparison = _Comparison()
        self.doubts = Notice()
        self.form = ReleaseForm()
        self.error = Notice()
        self.area, column = scrolled_column(tr("Rà soát văn bản"))
        column.setSpacing(UNIT)
        column.setContentsMargins(UNIT, 0, UNIT, 0)
        for widget in (
            self.back,
            self.file_name,
            self.verdict,
            self.standing,
            self.comparison,
            self.doubts,
            self.error,
            self.form,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self.area.setMinimumWidth(text_width(_LEAST_CHARACTERS))
        self.addWidget(self.pages)
        self.addWidget(self.area)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(UNIT)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.form.edited.connect(self._ask_rules)

    def show_candidate(
        self, application: Application, candidate: ReleaseCandidate, *, reviewer: str, mailbox: str
    ) -> None:
        """Begin with a file that was looked at."""
        self._application, self.candidate = application, candidate
        self.error.clear()
        self.file_name.setText(candidate.path.name)
        judged = judge_outcome(VerificationOutcome(path=candidate.path, report=candidate.report))
        self.verdict.say(judged.tone, judged.sentence, judged.reason, shape=judged.shape)
        is_plain = candidate.document is not None and not candidate.is_changed
        tone, shape = (Tone.UNKNOWN, "info") if is_plain else (Tone.CAUTION, "")
        self.standing.say(tone, describe_standing(candidate), shape=shape)
        self.comparison.show_candidate(candidate)
        self._show_doubts(candidate)
        self.pages.show_report(application, candidate.report)
        self.form.start_over(application.profile.channels, reviewer=reviewer, mailbox=mailbox)
        self._ask_rules()
        (self.form.recipients if reviewer else self.form.reviewer).setFocus()

    def _show_doubts(self, candidate: ReleaseCandidate) -> None:
        if candidate.doubts:
            title = tr("Có điểm chưa phù hợp về thẩm quyền, văn thư quyết định")
            self.doubts.say(Tone.CAUTION, title, "\n".join(describe_doubt(one) for one in candidate.doubts))
        else:
            self.doubts.clear()

    def _ask_rules(self) -> None:
        """What forbids the release as it is filled in; told only of what is filled in already."""
        application, candidate = self._application, self.candidate
        if application is None or candidate is None:
            return
        order, reviewer = self.form.order, self.form.reviewer.text().strip()

        def told(objections: tuple[Objection, ...]) -> None:
            if self.candidate is candidate and self.form.order == order:
                self.form.show_objections(objections if order.recipients or order.sender else ())

        run_job(
            self,
            lambda _: application.register.objections(candidate, order, reviewer=reviewer),
            done=told,
            failed=self.error.say_error,
        )


class _Comparison(QFrame):
    """Titles and names: as they stand on the page, and as the certificate has them."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.written = plain_label("")
        self.certified = plain_label("")
        for label in (self.written, self.certified):
            label.setFont(strong_font())
        self.written_name = plain_label("")
        self.certified_name = plain_label("")
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, UNIT)
        grid.setHorizontalSpacing(2 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        for column, (caption, title, name) in enumerate(
            (
                (tr("Trên văn bản"), self.written, self.written_name),
                (tr("Trên chứng thư số"), self.certified, self.certified_name),
            )
        ):
            head = make_muted(QLabel(caption))
            head.setWordWrap(True)
            for row, label in enumerate((head, title, name)):
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)

    def show_candidate(self, candidate: ReleaseCandidate) -> None:
        signer = candidate.signer
        self.written.setText("\n".join(candidate.title_lines) or tr("không đọc được chức danh"))
        self.certified.setText((signer.title if signer is not None else "") or tr("không ghi chức danh"))
        self.written_name.setText(candidate.written_name)
        self.certified_name.setText(signer.common_name if signer is not None else "")
        for label in (self.written_name, self.certified_name):
            label.setVisible(bool(label.text()))


def evidence_name(path: Path) -> str:
    """A name for the evidence of a release, beside the file."""
    return path.stem + EVIDENCE_ENDING
