"""The outcome of a check: many files as a list on top; one file in layers on the left, its judged pages on the right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.verification.outcome_list import OutcomeList
from bdsigner.gui.widgets.judged_pages import JudgedPages
from bdsigner.messages.translate import tr
from bdsigner.model.verification import FileKind, FileReport, VerificationOutcome

if TYPE_CHECKING:  # start-up makes this widget, and nothing is verified yet
    from bdsigner.gui.verification.layers import EarlyLayers, Layers
    from bdsigner.gui.verification.legal_panel import Declared
    from bdsigner.gui.widgets.signature_card import SignatureCard
    from bdsigner.gui.widgets.verdict_card import VerdictCard

_REPORT_SHARE, _PAGES_SHARE = 3, 2
_LIST_SHARE, _FILE_SHARE = 1, 2
"""How parts share the room until the person moves a handle."""


class VerifyResult(QSplitter):
    """Shows outcomes; ``shown`` is the one whose layers are open."""

    outcome_shown = Signal(object)
    kind_chosen = Signal(object, object, object)
    """The ``VerificationOutcome``, and as what it is to be judged: ``KindGroup`` and ``SigningMode``, or ``None``."""
    save_asked = Signal(object)
    """The outcomes that a report is wanted on, as a tuple."""
    register_asked = Signal(object, object)
    """The outcomes that are to be entered into the register, as a tuple, and the ``QPoint`` where to ask on."""
    content_asked = Signal(object)
    """The ``VerificationOutcome`` of a detached signature that lacks what it signs."""
    stop_asked = Signal()
    letter_asked = Signal(object)
    """The ``VerificationOutcome`` that is to be reported to the head of the agency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._application: Application | None = None
        self._declared: dict[object, Declared] = {}
        """What the person said of each file."""
        self._is_divided = False
        self.shown: VerificationOutcome | None = None
        self.layers: Layers | None = None
        self.early: EarlyLayers | None = None
        """What is shown of a file until its outcome is known."""
        self.files = OutcomeList()
        self.files.outcome_chosen.connect(self._show_outcome)
        self.files.save_asked.connect(self.save_asked)
        self.files.register_asked.connect(self.register_asked)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(tr("Kết quả kiểm tra"))
        self.pages = JudgedPages()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, UNIT, 0)
        column.addWidget(self._area)
        self._file = QSplitter(Qt.Orientation.Horizontal)
        self._file.addWidget(left)
        self._file.addWidget(self.pages)
        self._file.setStretchFactor(0, _REPORT_SHARE)
        self._file.setStretchFactor(1, _PAGES_SHARE)
        self.addWidget(self.files)
        self.addWidget(self._file)
        self.setStretchFactor(0, _LIST_SHARE)
        self.setStretchFactor(1, _FILE_SHARE)
        for splitter in (self, self._file):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(UNIT)

    @property
    def verdict(self) -> "VerdictCard":
        """What is said of the file that is shown."""
        return self._layers.verdict

    @property
    def signatures(self) -> "list[SignatureCard]":
        """Cards of the file that is shown."""
        return self._layers.signatures

    def show_outcomes(self, application: Application, outcomes: Sequence[VerificationOutcome]) -> None:
        """Replace everything; the first outcome is opened."""
        self._application = application
        self._declared = {}
        self.files.setVisible(len(outcomes) > 1)
        self.shown = None
        self.files.show_outcomes(outcomes)
        if len(outcomes) > 1:
            share = self.height() * _LIST_SHARE // (_LIST_SHARE + _FILE_SHARE)
            list_height = min(share, self.files.height_of_all)
            self.setSizes([list_height, self.height() - list_height])

    def show_early(self, application: Application, report: FileReport) -> None:
        """Show what is known of one file that is still being judged; ``show_outcomes`` comes in its place."""
        from bdsigner.gui.verification.layers import EarlyLayers

        self._application = application
        self.shown = None
        self.files.hide()
        self.early = EarlyLayers(report)
        self.early.stop_asked.connect(self.stop_asked)
        self._set_layers(self.early)
        self._show_pages(report)

    def replace(self, before: VerificationOutcome, after: VerificationOutcome, declared: "Declared") -> None:
        """A file was judged again as the kind of document that the person said it is."""
        self._declared[after.path] = declared
        self.files.replace(before, after)
        if self.shown is not before:
            return
        if after.report is before.report:
            self.shown = after
            self._layers.show_legal(after)
        else:
            self._show_outcome(after)

    @property
    def _layers(self) -> "Layers":
        if self.layers is None:
            raise RuntimeError("nothing is shown yet")
        return self.layers

    def _show_outcome(self, outcome: VerificationOutcome) -> None:
        if self._application is None or outcome is self.shown:
            return
        self.shown = outcome
        was_early = self.early is not None
        self._show_layers(outcome)
        if not was_early or outcome.report is None or not self.pages.renew(outcome.report):
            self._show_pages(outcome.report)
        self.outcome_shown.emit(outcome)

    def _show_pages(self, report: FileReport | None) -> None:
        has_pages = report is not None and report.kind is FileKind.PDF
        if self._application is not None and report is not None and has_pages:
            self.pages.show_report(self._application, report)
        else:
            self.pages.clear()
        self.pages.setVisible(has_pages)
        if has_pages and not self._is_divided:
            # The pages are still empty and would be given next to nothing.
            self._file.setSizes([self.width() * _REPORT_SHARE, self.width() * _PAGES_SHARE])
            self._is_divided = True

    def _show_layers(self, outcome: VerificationOutcome) -> None:
        from bdsigner.gui.verification.layers import Layers

        self.layers = Layers(outcome, self._declared.get(outcome.path, (None, None)))
        self.layers.kind_chosen.connect(lambda kind, mode: self.kind_chosen.emit(self.shown, kind, mode))
        self.layers.save_asked.connect(lambda: self.save_asked.emit((self.shown,)))
        self.layers.register_asked.connect(lambda at: self.register_asked.emit((self.shown,), at))
        self.layers.content_asked.connect(lambda: self.content_asked.emit(self.shown))
        self.layers.letter_asked.connect(lambda: self.letter_asked.emit(self.shown))
        self.early = None
        self._set_layers(self.layers)

    def _set_layers(self, layers: "Layers | EarlyLayers") -> None:
        # What is told early keeps the room of a scroll bar free, so that the card does not move when the rest comes.
        policy = Qt.ScrollBarPolicy
        self._area.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if self.early is None else policy.ScrollBarAlwaysOn
        )
        self._area.setWidget(layers)
