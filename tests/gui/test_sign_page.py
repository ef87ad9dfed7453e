from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.gui.pages.sign_page import SignPage
from bdsigner.messages.errors import describe_code
from bdsigner.model.document import ArchivalClaim, CertificationLevel, DocumentInfo, SignatureField
from bdsigner.model.geometry import Box
from bdsigner.model.signature import SignatureLevel
from bdsigner.model.token import SignerListing
from bdsigner.storage.settings import Settings
from tests.fakes.documents import A4, document_info
from tests.gui.signing_scene import Scene, ScriptedInteraction, signer_certificate, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window
PATIENCE_SECONDS = 5


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path) as scene:
        yield scene


def test_the_empty_page_teaches_and_offers_one_button(scene: Scene) -> None:
    assert scene.page.empty.isVisible()
    assert "Thả vào đây" in scene.page.empty.text.text()
    assert scene.page.empty.button.text() == "Chọn tậ&p tin PDF…"


def test_the_button_opens_the_chooser_and_the_folder_is_remembered(scene: Scene) -> None:
    path = scene.pdf("cong-van.pdf")
    scene.qtbot.mouseClick(scene.page.empty.button, Qt.MouseButton.LeftButton)
    dialog = scene.page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(path)])
    dialog.close()
    scene.qtbot.waitUntil(scene.is_ready)
    assert scene.settings_changes == [{"last_folder": scene.folder}]


def test_what_is_opened_stands_ready_to_be_signed(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf", pages=3))
    desk = scene.page.desk
    assert scene.box.page == 2, "the last page"
    assert desk.view.current_page == 2
    assert desk.options.file_name.text() == "cong-van.pdf"
    assert desk.options.file_facts.text().startswith("3 trang")
    assert desk.options.output.text() == "cong-van.signed.pdf"
    assert "Nguyễn Hoàng Ánh · Chủ tịch · đến" in desk.options.signers.combo.currentText()
    assert desk.footer.sign.isEnabled()
    assert desk.options.level is SignatureLevel.B_T
    assert not desk.options.note.isVisible()


def test_files_opened_before_the_parts_are_ready_are_looked_at_then(qtbot: QtBot, scene: Scene) -> None:
    path = scene.pdf("som.pdf")
    page = SignPage(None, Settings(), ScriptedInteraction())
    qtbot.addWidget(page)
    page.show()
    page.open_files([path])
    page.set_application(scene.application)
    qtbot.waitUntil(page.desk.isVisible)
    assert page.desk.options.file_name.text() == "som.pdf"


def test_signing_shows_the_verdict_and_leaves_the_original_alone(scene: Scene) -> None:
    path = scene.pdf("cong-van.pdf")
    before = path.read_bytes()
    scene.open(path)
    with scene.qtbot.waitSignals([scene.page.work_started, scene.page.work_finished]):
        scene.sign()
    result = scene.page.desk.result
    scene.qtbot.waitUntil(lambda: result.verdict.title == "Chữ ký hợp lệ, văn bản nguyên vẹn")
    assert result.isVisible()
    assert result.heading.text() == "Đã ký xong"
    assert result.file_name.text() == "cong-van.signed.pdf"
    assert (scene.folder / "cong-van.signed.pdf").is_file()
    assert path.read_bytes() == before
    request = scene.interaction.requests[0]
    assert request.files == (path,)
    assert [change["last_signer"] for change in scene.settings_changes] == [request.signer.sha256]
    assert not scene.page.desk.box.isVisible(), "the signature stands in the file now"
    with scene.qtbot.waitSignal(scene.page.verify_requested) as asked:
        result.verify.click()
    assert asked.args == [[scene.folder / "cong-van.signed.pdf"]]


def test_a_wrong_pin_is_said_once_and_another_try_needs_no_reopening(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.interaction.pin = "000000"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    error = scene.page.desk.options.error
    expected = describe_code(ErrorCode.TOKEN_PIN_INCORRECT, {})
    assert error.isVisible()
    assert error.title == expected.title
    assert not scene.page.desk.options.note.isVisible(), "said once"
    assert len(scene.interaction.requests) == 1, "never asked again by itself"
    assert scene.token.tries_left == 2
    assert not list(scene.folder.glob("*.signed.pdf"))

    scene.interaction.pin = "123456"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert (scene.folder / "cong-van.signed.pdf").is_file()
    assert not error.isVisible()


def test_details_of_an_error_can_be_copied(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.token.login_error = ErrorCode.TOKEN_DRIVER_FAILED
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    with scene.qtbot.waitSignal(scene.page.desk.options.error.details_copied):
        scene.page.desk.options.error.copy_button.click()
    assert ErrorCode.TOKEN_DRIVER_FAILED.value in QGuiApplication.clipboard().text()


def test_cancelling_at_the_pin_changes_nothing_and_says_nothing(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.interaction.pin = None
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    desk = scene.page.desk
    assert not desk.options.error.isVisible()
    assert desk.footer.sign.isEnabled()
    assert desk.box.isVisible()
    assert not list(scene.folder.glob("*.signed.pdf"))


def test_progress_shows_only_what_takes_long_and_can_be_stopped(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    go_on = Event()
    scene.documents.before = lambda call, path: call == "check_signable" and go_on.wait(PATIENCE_SECONDS)
    strip = scene.page.desk.footer.strip
    scene.sign()
    assert not strip.isVisible()
    assert not scene.page.desk.options.isEnabled()
    scene.qtbot.waitUntil(strip.isVisible)
    scene.qtbot.mouseClick(strip.cancel_button, Qt.MouseButton.LeftButton)
    with scene.qtbot.waitSignal(scene.page.work_finished):
        go_on.set()
    assert not strip.isVisible()
    assert scene.page.desk.options.isEnabled()
    assert scene.interaction.requests == []
    assert not list(scene.folder.glob("*.signed.pdf"))


def test_nothing_else_is_opened_while_work_is_under_way(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    go_on = Event()
    scene.documents.before = lambda call, path: call == "sign" and go_on.wait(PATIENCE_SECONDS)
    scene.sign()
    scene.page.open_files([scene.pdf("khac.pdf")])
    with scene.qtbot.waitSignal(scene.page.work_finished):
        go_on.set()
    assert scene.page.desk.options.file_name.text() == "cong-van.pdf"


def test_without_a_token_the_button_waits_and_says_why(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.page.set_signers(SignerListing())
    footer = scene.page.desk.footer
    assert not footer.sign.isEnabled()
    assert footer.reason.text().startswith("Chưa thấy thiết bị")
    assert footer.sign.accessibleDescription() == footer.reason.text()
    with scene.qtbot.waitSignal(scene.page.refresh_requested):
        scene.qtbot.mouseClick(footer.refresh, Qt.MouseButton.LeftButton)
    scene.show_signers()
    scene.qtbot.waitUntil(scene.is_ready)
    assert footer.sign.isEnabled()
    assert not footer.refresh.isVisible()


def test_a_locked_token_is_named(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.token.tries_left = 0
    scene.show_signers()
    assert "đã bị khóa PIN" in scene.page.desk.footer.reason.text()


def test_the_chosen_signer_stays_chosen_when_the_tokens_are_looked_at_again(scene: Scene) -> None:
    key = scene.token.keys["01"]
    scene.token.keys["02"] = key
    scene.token.certificates["02"] = signer_certificate("Trần Thị Bình", days=-1)
    scene.show_signers()
    combo = scene.page.desk.options.signers.combo
    combo.setCurrentIndex(1)
    assert "đã hết hạn từ" in scene.page.desk.options.signers.details.text()
    scene.show_signers()
    assert combo.currentIndex() == 1
    assert "Trần Thị Bình" in combo.currentText()


def test_among_several_nobody_is_chosen_for_the_person(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.page.set_signers(SignerListing())
    scene.token.keys["02"] = scene.token.keys["01"]
    scene.token.certificates["02"] = signer_certificate("Trần Thị Bình", days=300)
    scene.show_signers()
    signers, footer = scene.page.desk.options.signers, scene.page.desk.footer
    assert signers.signer is None
    assert footer.reason.text() == "Chọn chứng thư số để ký."
    assert not footer.sign.isEnabled()
    signers.combo.setCurrentIndex(0)
    assert footer.sign.isEnabled()


def test_who_signed_last_is_chosen_again(scene: Scene) -> None:
    scene.page.set_signers(SignerListing())
    scene.token.keys["02"] = scene.token.keys["01"]
    scene.token.certificates["02"] = signer_certificate("Trần Thị Bình", days=300)
    last = sha256(scene.token.certificates["02"]).hexdigest()
    scene.page.set_settings(Settings(last_signer=last))
    scene.show_signers()
    signer = scene.page.desk.options.signers.signer
    assert signer is not None
    assert signer.certificate.sha256 == last


def test_earlier_signatures_are_told_to_stay(scene: Scene) -> None:
    path = scene.pdf("da-ky.pdf")
    scene.documents.infos[path] = document_info(path, is_signed=True)
    scene.open(path)
    assert scene.page.desk.options.note.title == "Văn bản đã có 1 chữ ký"
    assert scene.page.desk.footer.sign.isEnabled()


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ({"is_encrypted": True}, ErrorCode.DOCUMENT_ENCRYPTED),
        ({"has_xfa": True}, ErrorCode.DOCUMENT_XFA),
        ({"is_repaired": True}, ErrorCode.DOCUMENT_DAMAGED),
        ({"certification": CertificationLevel.NO_CHANGES}, ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE),
    ],
)
def test_a_file_that_cannot_be_signed_says_why(scene: Scene, flaw: dict[str, object], code: ErrorCode) -> None:
    path = scene.pdf("khoa.pdf")
    state = path.stat()
    facts = {"path": path, "size_bytes": state.st_size, "modified_ns": state.st_mtime_ns, "pages": (A4,)} | flaw
    scene.documents.infos[path] = DocumentInfo(**facts)  # type: ignore[arg-type]  # a parametrized flaw
    scene.page.open_files([path])
    scene.qtbot.waitUntil(scene.page.desk.options.note.isVisible)
    assert scene.page.desk.options.note.title == describe_code(code, {}).title
    assert not scene.page.desk.footer.sign.isEnabled()
    assert not scene.page.desk.box.isVisible()


def test_a_file_that_cannot_be_read_says_why(scene: Scene) -> None:
    path = scene.folder / "anh.jpg"
    path.write_bytes(b"JFIF")
    scene.page.open_files([path])
    scene.qtbot.waitUntil(scene.page.desk.options.note.isVisible)
    assert scene.page.desk.options.note.title == describe_code(ErrorCode.DOCUMENT_NOT_PDF, {}).title


def test_a_file_changed_meanwhile_is_looked_at_again(scene: Scene) -> None:
    path = scene.pdf("cong-van.pdf")
    scene.open(path)
    scene.documents.errors[path] = SigningError(ErrorCode.DOCUMENT_CHANGED_MEANWHILE, path=str(path))
    looks: list[str] = []
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert scene.page.desk.options.error.title == describe_code(ErrorCode.DOCUMENT_CHANGED_MEANWHILE, {}).title
    scene.documents.before = lambda call, _path: looks.append(call)
    scene.qtbot.waitUntil(scene.page.desk.options.note.isVisible)
    scene.documents.errors.clear()


def test_an_output_that_exists_gets_the_next_free_name(scene: Scene) -> None:
    path = scene.pdf("cong-van.pdf")
    (scene.folder / "cong-van.signed.pdf").write_bytes(b"earlier")
    scene.open(path)
    assert scene.page.desk.options.output.text() == "cong-van.signed-2.pdf"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert (scene.folder / "cong-van.signed-2.pdf").is_file()
    assert (scene.folder / "cong-van.signed.pdf").read_bytes() == b"earlier"


def test_the_output_can_be_named(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    output = scene.page.desk.options.output
    output.clear()
    scene.qtbot.keyClicks(output, "ban chinh")
    assert scene.page.desk.footer.sign.isEnabled()
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert (scene.folder / "ban chinh.pdf").is_file()


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\\b", "a:b", ".."])
def test_a_name_that_cannot_be_one_is_refused(scene: Scene, name: str) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    output = scene.page.desk.options.output
    output.clear()
    scene.qtbot.keyClicks(output, name)
    assert not scene.page.desk.footer.sign.isEnabled()
    assert "tên" in scene.page.desk.footer.reason.text()


def test_an_invisible_signature_has_no_box(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    options = scene.page.desk.options
    options.visible.setChecked(False)
    assert not scene.page.desk.box.isVisible()
    assert not options.box.isVisible()
    options.timestamp.setChecked(False)
    assert options.timestamp_note.isVisible()
    assert options.level is SignatureLevel.B_B
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert scene.page.desk.result.timestamp_note.text() == "Chưa có dấu thời gian."


def test_an_archive_file_says_what_it_is_and_what_of_it_cannot_be_kept(scene: Scene) -> None:
    path = scene.pdf("luu-tru.pdf")
    claim = ArchivalClaim(part=1, conformance="A")
    scene.documents.infos[path] = replace(document_info(path), archival=claim)
    scene.open(path)
    assert scene.page.desk.options.file_facts.text().endswith("PDF/A-1a")
    title = describe_code(ErrorCode.SIGNING_ARCHIVAL_TAGS, {}).title
    shown = scene.page.desk.options.objections.notices
    scene.qtbot.waitUntil(lambda: title in [notice.title for notice in shown if notice.isVisible()])
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert "PDF/A-1b" in scene.page.desk.result.timestamp_note.text()


def test_an_empty_field_of_the_document_is_offered_and_taken(scene: Scene) -> None:
    place = Box(0, 300, 500, 180, 70)
    field = SignatureField(name="NguoiKy", is_signed=False, box=place)
    scene.open(scene.pdf("mau.pdf", empty_fields=(field,)))
    options = scene.page.desk.options
    assert options.places.currentText() == "Ô ký có sẵn: NguoiKy"
    assert scene.box == place
    assert not options.box.isEnabled()
    options.places.setCurrentIndex(1)
    options.places.activated.emit(1)
    assert scene.box != place
    assert options.box.isEnabled()


def test_a_box_too_small_says_so_and_cannot_be_signed(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    facts = {"min_width_mm": 60, "min_height_mm": 25}
    scene.documents.appearance_error = SigningError(ErrorCode.SIGNING_BOX_TOO_SMALL, **facts)
    scene.page.desk.options.box.width_mm.setValue(10)
    scene.qtbot.waitUntil(lambda: bool(scene.page.desk.box.problem))
    assert not scene.page.desk.footer.sign.isEnabled()
    assert "60 × 25 mm" in scene.page.desk.footer.reason.text()
    scene.documents.appearance_error = None
    scene.page.desk.options.box.width_mm.setValue(75)
    scene.qtbot.waitUntil(scene.page.desk.footer.sign.isEnabled)


def test_the_size_of_the_box_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    with signing_scene(qtbot, tmp_path, Settings(appearance_width_mm=90, appearance_height_mm=35)) as scene:
        scene.open(scene.pdf("cong-van.pdf"))
        fields = scene.page.desk.options.box
        assert (fields.width_mm.value(), fields.height_mm.value()) == (90, 35)
        fields.width_mm.setValue(80)
        with qtbot.waitSignal(scene.page.work_finished):
            scene.sign()
        assert scene.settings_changes[-1]["appearance_width_mm"] == pytest.approx(80)


def test_the_plan_carries_what_was_looked_at(scene: Scene) -> None:
    path = scene.pdf("cong-van.pdf")
    scene.open(path)
    seen: list[tuple[int | None, int | None]] = []
    sign = scene.documents.sign

    def noting(request, **callbacks):  # type: ignore[no-untyped-def]  # passes through whatever it is given
        seen.append((request.expected_size_bytes, request.expected_modified_ns))
        return sign(request, **callbacks)

    scene.documents.sign = noting  # type: ignore[method-assign]  # listens in
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert seen == [(path.stat().st_size, path.stat().st_mtime_ns)]


def test_keys_open_and_sign(scene: Scene) -> None:
    scene.open(scene.pdf("cong-van.pdf"))
    scene.page.activateWindow()
    scene.qtbot.waitUntil(scene.page.isActiveWindow)
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.qtbot.keyClick(scene.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert scene.page.desk.result.isVisible()
    scene.qtbot.keyClick(scene.page, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    dialog = scene.page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.close()
