"""Walks over everything the window shows: names for screen readers, keys, and text that fits at twice the size."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, RequestError, TokenError
from bdsigner.gui.dialogs.comparison_window import ComparisonWindow
from bdsigner.gui.dialogs.letter_dialog import LetterDialog
from bdsigner.gui.dialogs.message_dialog import MessageDialog
from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.dialogs.password_dialog import PasswordDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.pages.requests_page import RequestsPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.shell import Room
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.messages.questions import describe_question
from bdsigner.model.comparison import Difference, PageComparison, PageState
from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.model.document import Page
from bdsigner.model.encryption import Envelope, EnvelopeRecipient
from bdsigner.model.geometry import Box
from bdsigner.model.register import HashedFile
from bdsigner.model.request import Alarm, Happening, RaisedAlarm, Recovery
from bdsigner.model.token import KeyScheme, PinState
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict
from bdsigner.ports import NewPinRequest, PinPurpose, PinRequest, Question, QuestionCode
from bdsigner.reports.letter import Reporter
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.storage.settings import Settings
from bdsigner.usecases.file_hash import sha256_of
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway, document_info
from tests.fakes.requests import FakeRequestStore
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.gui.requests_scene import DeskApplication, desk_application
from tests.support.register import NOW, released, reviewed
from tests.support.register import signed as entered
from tests.support.reports import certificate, report, signature

TOKEN = FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())})
Scene = Callable[[MainWindow, FakeDocumentGateway, Path, QtBot], QWidget]


def sign_empty(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return window


def sign_open(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    path = folder / "giấy mời.pdf"
    path.write_bytes(b"%PDF-1.7")
    window.open_paths([path])
    qtbot.waitUntil(lambda: bool(documents.drawings))
    return window


def sign_many(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    paths = [folder / f"giấy mời họp {number}.pdf" for number in range(4)]
    for path in paths:
        path.write_bytes(b"%PDF-1.7")
    documents.infos[paths[3]] = document_info(paths[3], pages=(Page(842, 595),))
    window.open_paths(paths)
    overview = window.sign_page.desk.overview
    qtbot.waitUntil(overview.only_odd.isVisible)
    overview.only_odd.click()
    qtbot.waitUntil(overview.keep.isVisible)
    return window


def verify_empty(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.show_room(Room.VERIFY)
    return window


def verify_results(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    files = [folder / "quyết định về việc phê duyệt quy hoạch.signed.pdf", folder / "biên bản.pdf"]
    for path in files:
        path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    bad = Finding(FindingCode.CHANGED_OTHER, Severity.FAIL)
    first = replace(signature(Verdict.INVALID, bad), covered_bytes=30_000)
    documents.reports[files[0]] = report(files[0], Verdict.INVALID, first, signature())
    with qtbot.waitSignal(window.verify_page.work_finished):
        window.open_paths(files)
    qtbot.waitUntil(lambda: bool(documents.drawings))
    window.verify_page.result.signatures[0].details_button.click()
    return window


def signed_revision(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    verify_results(window, documents, folder, qtbot)
    pages = window.verify_page.result.pages
    pages.revisions.show_button.click()
    qtbot.waitUntil(pages.view.isVisible)
    return window


def comparison(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    places = (Difference(Box(0, 72, 100, 200, 20)), Difference(Box(0, 330, 560, 200, 80), is_at_later_signature=True))
    documents.comparisons[0] = PageComparison(
        page=0, earlier_page=0, state=PageState.DIFFERENT, differences=places, earlier_page_count=1, later_page_count=1
    )
    verify_results(window, documents, folder, qtbot)
    window.verify_page.result.pages.revisions.compare_button.click()
    compared = window.findChild(ComparisonWindow)
    assert compared is not None
    qtbot.waitUntil(compared.summary.isVisible)
    return compared


def verify_one(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    """One file with all its layers open, and what it carries."""
    path = folder / "quyết định.p7m"
    path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    bad = Finding(FindingCode.CHANGED_OTHER, Severity.FAIL)
    inner = report(Path("văn bản bên trong.pdf"), Verdict.INVALID, signature(Verdict.INVALID, bad), signature(number=2))
    documents.reports[path] = replace(report(path, Verdict.INVALID, signature(), signature(number=2)), inner=inner)
    page = window.verify_page
    window.show_room(Room.VERIFY)
    with qtbot.waitSignal(page.work_finished):
        page.verify_files([path])
    assert page.result.layers is not None
    page.result.layers.raw_button.click()
    for card in page.result.signatures:
        card.details_button.click()
    return window


def letter(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return LetterDialog(
        "quyết định về việc phê duyệt quy hoạch.signed.pdf", Reporter(name="Phạm Thị Thùy Dương"), window
    )


def settings(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.settings_page.add_modules([str(folder / "driver.so")])
    window.show_room(Room.SETTINGS)
    return window


def refused(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.open_paths([folder / "mất.pdf"])
    qtbot.waitUntil(window.notice.isVisible)
    return window


def pin(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    request = PinRequest(
        purpose=PinPurpose.SIGN,
        token_label="GCA-01",
        token_serial="0123456789",
        pin=PinState(final_try=True, min_length=6, max_length=16),
        signer=certificate(),
        files=tuple(Path(f"công văn {number}.pdf") for number in range(12)),
        pages=40,
    )
    return PinDialog(request, window)


def devices(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.show_room(Room.DEVICES)
    page = window.devices_page
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.cards))
    card = next(iter(page.cards.values()))
    card.certificates[0].content_button.click()
    page.history.button.click()
    return window


def requests_page(window: MainWindow, qtbot: QtBot) -> RequestsPage:
    window.show_room(Room.REQUESTS)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: page.start.isVisible() or page.overview.isVisible())
    return page


def request_start(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    requests_page(window, qtbot)
    return window


def request_gate(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.open_request(TOKEN.serial)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: page.start.question is not None)
    return window


def request_form(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    """With a device that can sign, and everything said that is missing."""
    page = requests_page(window, qtbot)
    page.start.cards[Happening.LEAVING].click()
    qtbot.waitUntil(page.desk.isVisible)
    page.desk.form.tell_problems()
    return window


def request_papers(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    page = requests_page(window, qtbot)
    page.start.cards[Happening.CERTIFICATE_WANTED].click()
    qtbot.waitUntil(page.desk.isVisible)
    form = page.desk.form
    form.rows["group"].editor.show_value("5.1a-1")
    form.rows["group"].editor.edited.emit()
    qtbot.waitUntil(lambda: bool(form.papers))
    page.desk.area.ensureWidgetVisible(form.papers["specimen"])
    return window


def request_lost(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.open_request(TOKEN.serial, True)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(page.desk.isVisible)
    return window


def request_signed(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    request_lost(window, documents, folder, qtbot)
    page = window.requests_page
    assert page is not None
    page.control.attach_signed(folder / "bản ký tay.pdf")
    qtbot.waitUntil(page.desk.steps.send_button.isVisible)
    return window


def request_list(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    """One that could not be sent, and an alarm."""
    request_signed(window, documents, folder, qtbot)
    application, page = window._application, window.requests_page
    assert isinstance(application, DeskApplication)
    assert page is not None
    facade = application.requests
    error = RequestError(
        ErrorCode.REQUEST_MAIL_REFUSED, server="mail.binhduong.gov.vn", status=550, reason="5.7.1 not allowed"
    )
    facade.outcomes = [facade.failed(error, is_retried=False)]
    page.desk.steps.send_button.click()
    qtbot.waitUntil(lambda: page.overview.isVisible() and page.overview.details.send_button.isVisible())
    facade.raised = [RaisedAlarm(alarm=Alarm.NOT_SENT, request=one) for one in facade.all()]
    page.refresh()
    qtbot.waitUntil(page.alarm.isVisible)
    return window


def request_recovered(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    """A draft in an outbox that was found damaged."""
    request_lost(window, documents, folder, qtbot)
    application, page = window._application, window.requests_page
    assert isinstance(application, DeskApplication)
    assert page is not None
    store = application.services.requests
    assert isinstance(store, FakeRequestStore)
    (request,) = store.all()
    store.damage = Recovery(reason="damaged", recovered=(request.id,), set_aside=(folder / "outbox.damaged.sqlite",))
    page.show_list()
    qtbot.waitUntil(page.recovery.isVisible)
    return window


def mailbox_password(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return PasswordDialog("anh.ntp@binhduong.gov.vn", "mail.binhduong.gov.vn", is_refused=True, parent=window)


def register_empty(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.show_room(Room.REGISTER)
    page = window.register_page
    assert page is not None
    qtbot.waitUntil(page.empty.isVisible)
    return window


def register_filled(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    register, path = window._application.services.register, folder / "quyết định về quy hoạch.signed.pdf"  # type: ignore[union-attr]
    path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    target = HashedFile.at(path, sha256_of(path))
    register.append(entered(target=target), at=NOW, path=path)
    register.append(reviewed(target), at=NOW)
    register.append(released(target), at=NOW)
    window.show_room(Room.REGISTER)
    page = window.register_page
    assert page is not None
    qtbot.waitUntil(page.details.isVisible)
    return window


def review_desk(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    register_filled(window, documents, folder, qtbot)
    page = window.register_page
    assert page is not None
    page.details.review.click()
    qtbot.waitUntil(page.desk.isVisible)
    qtbot.waitUntil(lambda: bool(documents.drawings))
    return window


def encrypt_filled(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    files = [folder / "tờ trình về việc phê duyệt quy hoạch chi tiết.pdf", folder / "phụ lục.xlsx"]
    for file in files:
        file.write_bytes(b"x" * 123_456)
    window.show_room(Room.ENCRYPTION)
    page = window.encryption_page
    assert page is not None
    page.add_files(files)
    picker = page.encrypting.picker
    picker.add([DirectoryEntry.of(certificate(), DirectorySource.FILE)])
    picker.search.setText("Phương")
    qtbot.waitUntil(lambda: not picker.is_checking and bool(picker.hint.text()))
    return window


def decrypt_found(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.show_room(Room.ENCRYPTION)
    page = window.encryption_page
    assert page is not None
    path = folder / "quyết định về việc phê duyệt quy hoạch.pdf.p7m"
    page.open_envelopes([path])
    qtbot.waitUntil(page.decrypting.notice.isVisible)  # nothing is encrypted in these tests
    recipients = (EnvelopeRecipient(scheme=KeyScheme.RSA_OAEP, serial_number="4A77B1"),)
    envelope = Envelope(
        is_authenticated=False, cipher="AES-256-CBC", is_readable=True, size_bytes=123_456, recipients=recipients
    )
    page.decrypting._show_found(path, (envelope, (), ()))
    return window


def pin_to_decrypt(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    request = PinRequest(
        purpose=PinPurpose.DECRYPT,
        token_label="GCA-01",
        token_serial="0123456789",
        pin=PinState(min_length=6, max_length=16),
        signer=certificate(),
        files=(Path("công văn.pdf.p7m"), Path("tờ trình.pdf.p7m")),
    )
    return PinDialog(request, window)


def new_pin(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    request = NewPinRequest(
        purpose=PinPurpose.UNBLOCK,
        token_label="GCA-01",
        token_serial="0123456789",
        pin=PinState(min_length=6, max_length=16),
        holder="Nguyễn Hoàng Ánh",
    )
    return NewPinDialog(request, window)


def message(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return MessageDialog(TokenError(ErrorCode.TOKEN_WORKER_DIED, module="x.so"), window)


def question(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    asked = Question(QuestionCode.SIGN_WITHOUT_TIMESTAMP, {"cause": ErrorCode.NETWORK_TIMEOUT.value})
    return QuestionDialog(describe_question(asked), window)


SCENES = (
    sign_empty,
    sign_open,
    sign_many,
    verify_empty,
    verify_results,
    signed_revision,
    comparison,
    verify_one,
    letter,
    devices,
    request_start,
    request_gate,
    request_form,
    request_papers,
    request_lost,
    request_signed,
    request_list,
    request_recovered,
    mailbox_password,
    register_empty,
    register_filled,
    review_desk,
    encrypt_filled,
    decrypt_found,
    pin_to_decrypt,
    settings,
    refused,
    pin,
    new_pin,
    message,
    question,
)


@pytest.fixture(params=[1.0, 2.0], ids=["100%", "200%"])
def scaled(request: pytest.FixtureRequest, themed: QApplication) -> Iterator[QApplication]:
    normal = themed.font()
    larger = themed.font()
    larger.setPointSizeF(normal.pointSizeF() * request.param)
    themed.setFont(larger)
    yield themed
    themed.setFont(normal)


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def shown(
    request: pytest.FixtureRequest,
    scaled: QApplication,
    training_application: Application,
    documents: FakeDocumentGateway,
    tokens: FakeTokenGateway,
    tmp_path: Path,
    qtbot: QtBot,
) -> QWidget:
    tokens.tokens = [TOKEN]
    register = FileDocumentRegister(tmp_path / "signed-documents.sqlite")
    training_application.services = replace(training_application.services, register=register)
    training_application = desk_application(training_application, tmp_path)
    window = MainWindow(Preferences(Settings()))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    with qtbot.waitSignal(window.watch.changed):
        window.set_application(training_application)
    scene: Scene = request.param
    widget = scene(window, documents, tmp_path, qtbot)
    if isinstance(widget, QDialog):
        widget.open()
    # Laid out means: nothing moves any more within two rounds of events.
    places: list[object] = []
    qtbot.waitUntil(lambda: is_still(widget, places))
    return widget


def is_still(root: QWidget, places: list[object]) -> bool:
    QApplication.processEvents()
    places.append([(part.isVisible(), part.geometry().getRect()) for part in root.findChildren(QWidget)])
    return len(places) > 2 and places[-1] == places[-2] == places[-3]


def shown_parts(root: QWidget) -> list[QWidget]:
    return [part for part in root.findChildren(QWidget) if part.isVisible() and not part.visibleRegion().isEmpty()]


def is_inner(part: QWidget) -> bool:
    """Parts that Qt itself puts into a control, which speaks for them."""
    return isinstance(part, QScrollBar) or isinstance(part.parentWidget(), (QAbstractSpinBox, QComboBox))


def named(part: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(part)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def about(part: QWidget) -> str:
    text = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
    return f"{type(part).__name__} {part.objectName()} {text!r} {part.geometry().getRect()}"


def test_every_control_has_a_name_and_can_be_reached(shown: QWidget) -> None:
    controls = [
        part for part in shown_parts(shown) if part.focusPolicy() != Qt.FocusPolicy.NoFocus and not is_inner(part)
    ]
    assert controls
    assert [about(part) for part in controls if not named(part)] == []

    buttons = [part for part in shown_parts(shown) if isinstance(part, QAbstractButton) and not is_inner(part)]
    # In a group Tab leads to the chosen button and the arrow keys to the others.
    by_mouse_only = [about(b) for b in buttons if not b.focusPolicy() & Qt.FocusPolicy.TabFocus and b.group() is None]
    assert by_mouse_only == []


def test_mnemonics_can_be_typed_and_lead_to_one_control(shown: QWidget) -> None:
    texts = [
        part.text()
        for part in shown_parts(shown)
        if isinstance(part, QAbstractButton) or (isinstance(part, QLabel) and part.buddy() is not None)
    ]
    keys = {text: QKeySequence.mnemonic(text).toString() for text in texts}
    used = {text: key for text, key in keys.items() if key}

    assert [text for text, key in used.items() if not key.isascii()] == []
    shared = {key for key, count in Counter(used.values()).items() if count > 1}
    assert {text: key for text, key in used.items() if key in shared} == {}


def test_no_text_is_cut_off(shown: QWidget) -> None:
    cut = []
    for part in shown_parts(shown):
        if isinstance(part, ElidedLabel):
            continue
        if isinstance(part, QLabel):
            if part.wordWrap():
                fits = part.height() >= part.heightForWidth(part.width())
            else:
                fits = part.width() >= part.minimumSizeHint().width() and part.height() >= part.sizeHint().height()
        elif isinstance(part, (QAbstractButton, QComboBox)):
            least = part.minimumSizeHint()
            fits = part.width() >= least.width() and part.height() >= least.height()
        else:
            continue
        if not fits:
            cut.append(about(part))

    assert cut == []
