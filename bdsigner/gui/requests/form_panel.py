"""The form of a request to fill in: made from its template, filled in with what is known, kept while it is typed."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.requests.attachment_row import AttachmentRow
from bdsigner.gui.requests.field_groups import grouped
from bdsigner.gui.requests.field_row import FieldRow
from bdsigner.gui.requests.form_saver import FormSaver
from bdsigner.gui.requests.two_columns import TwoColumns
from bdsigner.messages.translate import tr
from bdsigner.model.request import RequestView

if TYPE_CHECKING:
    from bdsigner.app import Application

_FIELD_CHARACTERS = 34


class FormPanel(QWidget):
    """Labels stay Vietnamese whatever the language of the window: they are those of the paper."""

    changed = Signal(object)
    """The ``RequestView`` as it is kept now."""
    failed = Signal(object)

    def __init__(self, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._view: RequestView | None = None
        self.rows: dict[str, FieldRow] = {}
        self.papers: dict[str, AttachmentRow] = {}
        self._cards: list[QWidget] = []
        self._papers_card: QWidget | None = None
        self.saved_mark = make_muted(QLabel())
        self.saver = FormSaver(application, self)
        self.saver.saved.connect(self._take)
        self.saver.failed.connect(self._fail)
        self.saver.waiting.connect(lambda: self.saved_mark.setText(tr("đang lưu…")))
        self.required_mark = make_muted(QLabel())
        self.required_mark.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self.required_mark, stretch=1)
        head.addWidget(self.saved_mark)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3 * UNIT // 2)
        self._column.addLayout(head)

    @property
    def problems(self) -> tuple[BdsignerError, ...]:
        """What speaks against the form, or is missing in it, as far as it is known."""
        if self._view is None:
            return ()
        return self._view.filled.refused + self._view.filled.missing

    @property
    def refused(self) -> tuple[BdsignerError, ...]:
        """What is wrong in the form: it is not even printed like that."""
        return self._view.filled.refused if self._view is not None else ()

    def show_request(self, view: RequestView) -> None:
        """Show another request's form; what was typed into the one before is kept first."""
        self.saver.start(view.request.id)
        is_same = self._view is not None and self._view.request.id == view.request.id
        self._view = view
        if not is_same:
            self._make_rows(view)
            self.saved_mark.clear()
        self._show_view(view, is_new=not is_same)

    def close_form(self) -> None:
        """Nothing is shown any more; what was typed is kept first."""
        self.saver.finish()
        self._view = None

    def tell_problems(self) -> bool:
        """Say at each field what is wrong or missing, and go to the first; false when there is none."""
        for row in self.rows.values():
            row.tell_now()
        keys = {str(error.facts.get("key", "")) for error in self.problems}
        first = next((row for key, row in self.rows.items() if key in keys), None)
        if first is not None:
            self._reveal(first)
            first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            paper = next((row for key, row in self.papers.items() if key in keys), None)
            if paper is not None:
                self._reveal(paper)
                paper.choose_button.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(self.problems)

    def take_paper(self, attachment: str, path: Path) -> None:
        """This file is the paper of that id."""
        self.saver.put_file(attachment, path)

    def _take(self, view: RequestView) -> None:
        self._view = view
        self.saved_mark.setText(tr("đã lưu"))
        self._show_view(view, is_new=False)
        self.changed.emit(view)

    def _fail(self, error: BdsignerError) -> None:
        self.saved_mark.setText(tr("chưa lưu được"))
        self.failed.emit(error)

    def _show_view(self, view: RequestView, *, is_new: bool) -> None:
        problems = {str(error.facts.get("key", "")): error for error in reversed(self.problems)}
        refused = {str(error.facts.get("key", "")) for error in view.filled.refused}
        for key, row in self.rows.items():
            value = view.filled.form.values.get(key, "")
            if is_new or value != row.value:
                row.show_value(value, is_refused=key in refused)
            row.set_problem(problems.get(key))
        count = len(self.problems)
        left = tr("còn {count} mục phải điền hoặc sửa").format(count=count) if count else tr("đã đủ")
        required = tr("* bắt buộc")  # not in the f-string: what collects texts does not look into them
        self.required_mark.setText(f"{required} · {left}")
        self._show_papers(view)

    def _show_papers(self, view: RequestView) -> None:
        wanted = self._application.requests.papers(view.filled.form)
        kept = view.request.attachments
        shown = {key: row.kept for key, row in self.papers.items()}
        if shown == {one.id: kept.get(one.id) for one in wanted} and self._papers_card is not None:
            return
        if self._papers_card is not None:
            self._column.removeWidget(self._papers_card)
            self._papers_card.hide()
            self._papers_card.deleteLater()
        card, column = _card(tr("Tài liệu kèm theo"))
        self.papers = {one.id: AttachmentRow(one, kept.get(one.id)) for one in wanted}
        for row in self.papers.values():
            row.chosen.connect(self.take_paper)
            column.addWidget(row)
        self._papers_card = card
        self._column.addWidget(card)
        card.setVisible(bool(wanted))

    def _make_rows(self, view: RequestView) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.rows, self._cards = {}, []
        form, max_years = view.filled.form, self._application.profile.max_term_years
        for title, fields in grouped(one for one in form.template.fields if one.belongs_to(form.case)):
            card, column = _card(title)
            rows = [FieldRow(one, is_required=one.is_required_in(form.case), max_years=max_years) for one in fields]
            for row in rows:
                self.rows[row.field.key] = row
                row.edited.connect(partial(self._put, row))
            wide = [row for row in rows if row.is_wide]
            column.addWidget(TwoColumns(rows, wide=wide, least_characters=_FIELD_CHARACTERS))
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)

    def _put(self, row: FieldRow) -> None:
        self.saver.put(row.field.key, row.value)

    def _reveal(self, row: QWidget) -> None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            # Later: what is said below the field has not been laid out yet.
            QTimer.singleShot(0, area, partial(area.ensureWidgetVisible, row))


def _card(title: str) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
    column.setSpacing(3 * UNIT // 2)
    label = QLabel(title)
    label.setFont(strong_font())
    column.addWidget(label)
    return card, column
