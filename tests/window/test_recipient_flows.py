"""The person who receives a file, through the real window: what is answered, in words, colour and shape."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.display import private_display
from tests.support.pki import Training
from tests.support.received_files import (
    CHANGED,
    CONTENT,
    CUT_SHORT,
    DETACHED,
    ENCRYPTED,
    ENVELOPE,
    FOREIGN_ROOT,
    ONE_BYTE,
    REVOKED_AFTER,
    REVOKED_BEFORE,
    UNSTAMPED,
    VALID,
    make_received_files,
    offline_profile,
)
from tests.window.screen import DIALOG, Screen, open_window

SCREEN = "1320x860x24"
PAGE = "window.verify_page"
RESULT = f"{PAGE}.result"
CARD = f"{RESULT}.verdict"
IS_JUDGED = f"{RESULT}.isVisible() and {PAGE}._job is None"
ARE_PAGES_DRAWN = f"not {RESULT}.pages.isVisible() or not {RESULT}.pages.view.is_loading"
CUT = f"[one.text() for one in {CARD}.findChildren(QLabel) if one.isVisible() and one.height() < one.heightForWidth(one.width())]"
DO_NOT_USE = "Không dùng văn bản này; đề nghị nơi gửi cung cấp bản khác, và báo Thủ trưởng cơ quan (Điều 18 khoản 2)."
NOT_BINDING = "Văn bản không đủ điều kiện có giá trị pháp lý theo Điều 12."
UNDETERMINED = "Chưa xác định được giá trị pháp lý: còn điều kiện chưa kiểm tra được."
TRAINED = "BẢN THỬ: các điều kiện kiểm tra được tự động đều đạt, nhưng không có giá trị pháp lý."
BUT = "Chữ ký hợp lệ, nhưng có điểm cần lưu ý"
OPEN = "Chưa xác định được chữ ký có hợp lệ hay không"


class Answer(NamedTuple):
    """What a person reads first."""

    tone: str
    shape: str
    sentence: str
    reason: str
    """Times in it are left out."""
    legal: str


VALID_ANSWER = Answer(
    "valid", "circle-check", "Chữ ký hợp lệ, văn bản nguyên vẹn", "Ký bởi: Nguyễn Hoàng Ánh.", TRAINED
)
ANSWERS = {
    UNSTAMPED: Answer(
        "caution",
        "triangle-alert",
        BUT,
        "Ký bởi: Nguyễn Hoàng Ánh. Chưa có dấu thời gian; giờ ký là giờ do máy người ký khai. "
        "Nếu văn bản cần giá trị pháp lý, đề nghị nơi gửi bổ sung dấu thời gian.",
        NOT_BINDING,
    ),
    REVOKED_BEFORE: Answer(
        "broken",
        "octagon-x",
        "Chữ ký không hợp lệ",
        "Chứng thư số đã bị thu hồi từ …; không có dấu thời gian nào chứng minh chữ ký có trước lúc đó. " + DO_NOT_USE,
        NOT_BINDING,
    ),
    REVOKED_AFTER: Answer(
        "caution",
        "triangle-alert",
        BUT,
        "Ký bởi: Đỗ Văn Thuyên. Chứng thư số bị thu hồi từ …, sau thời điểm ký: chữ ký này không bị ảnh hưởng.",
        NOT_BINDING,
    ),
    FOREIGN_ROOT: Answer(
        "unknown",
        "globe",
        "Chữ ký ngoài phạm vi Quy chế, chưa rõ có hợp lệ hay không",
        "Chứng thư số không do hệ thống chứng thực chuyên dùng cấp nên ngoài phạm vi Quy chế (Điều 1). "
        "Phần được ký còn nguyên vẹn. "
        "Nếu văn bản cần giá trị pháp lý theo Quy chế, đề nghị nơi gửi ký bằng chứng thư số chuyên dùng.",
        "Ngoài phạm vi Quy chế: chữ ký không dùng chứng thư số chuyên dùng.",
    ),
    CHANGED: Answer(
        "broken",
        "octagon-x",
        "Văn bản đã bị thay đổi sau khi ký",
        f"Sau khi ký, nội dung tập tin đã bị thay đổi. Phần liên quan: nội dung trang. Trang: 1. {DO_NOT_USE}",
        NOT_BINDING,
    ),
    ONE_BYTE: Answer(
        "broken",
        "octagon-x",
        "Văn bản đã bị thay đổi sau khi ký",
        f"Nội dung được ký không còn như lúc ký: đã bị sửa hoặc bị hỏng. {DO_NOT_USE}",
        NOT_BINDING,
    ),
}
PICTURES = {
    UNSTAMPED: "recipient-no-timestamp",
    REVOKED_BEFORE: "recipient-revoked-before",
    REVOKED_AFTER: "recipient-revoked-after",
    FOREIGN_ROOT: "recipient-foreign",
    CHANGED: "recipient-changed",
    ONE_BYTE: "recipient-one-byte",
}


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as name:
        yield name


@pytest.fixture(scope="module")
def received(training: Training, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("received") / "den"
    folder.mkdir()
    make_received_files(training, folder)
    return folder


@pytest.fixture(scope="module")
def screen(training: Training, display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """One window for everything, as the files of a morning are looked at; checking needs no token (Đ2.2)."""
    home = tmp_path_factory.mktemp("recipient")
    with open_window(display, home, profile=training.profile_folder, modules=[]) as screen:
        yield screen


def texts(widget: str) -> str:
    """Asks for what can be read of a widget."""
    return f"[label.text() for label in {widget}.findChildren(QLabel) if label.isVisible()]"


def keep(screen: Screen, tmp_path: Path, name: str) -> None:
    """A picture to look at; where it is kept when asked."""
    screen.until(ARE_PAGES_DRAWN)
    screen.picture(tmp_path / f"{name}.png")
    if kept := os.environ.get("BDSIGNER_SCREENSHOTS"):
        shutil.copy(tmp_path / f"{name}.png", Path(kept) / f"{name}.png")


def drop(screen: Screen, file: Path) -> None:
    screen.ask(f"drop(Path({str(file)!r}))")


def until_judged(screen: Screen, file: Path) -> None:
    screen.until(f"{IS_JUDGED} and {RESULT}.shown.path == Path({str(file)!r})")


def choose(screen: Screen, file: Path) -> None:
    """In the file chooser that is open, with the keyboard."""
    screen.until_dialog("QFileDialog")
    screen.type(f"{DIALOG}.focusWidget()", str(file))
    screen.key(DIALOG, "Return")
    screen.until_closed()


def answer(screen: Screen) -> Answer:
    sentence, reason, legal = screen.ask(
        f"({CARD}.sentence.text(), {CARD}.reason.text(), {CARD}.legal.sentence.text())"
    )
    assert {sentence, reason, legal} <= set(screen.ask(texts(RESULT))), "to be read on the page"
    tone, shape = screen.ask(f"({CARD}.icon.tone.value, {CARD}.icon.shape_name)")
    assert screen.ask(f"{CARD}.property('tone')") == tone, "the card has the colour of its shape"
    assert screen.ask(f"{CARD}.accessibleDescription()") == legal
    assert screen.ask(CUT) == [], "nothing on the card is cut off"
    return Answer(tone, shape, sentence, without_times(reason), legal)


def without_times(text: str) -> str:
    return re.sub(r"\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d \+07:00", "…", text)


def choose_on_the_page(screen: Screen, file: Path) -> None:
    """By the button of the page, with mouse and keyboard."""
    screen.ask("window.show_room(Room.VERIFY)")
    screen.click(f"({PAGE}.open_button if {PAGE}.open_button.isVisible() else {PAGE}.empty.button)")
    choose(screen, file)
    until_judged(screen, file)


def test_a_valid_file_chosen_with_the_button(screen: Screen, received: Path, tmp_path: Path) -> None:
    choose_on_the_page(screen, received / VALID)
    assert answer(screen) == VALID_ANSWER
    keep(screen, tmp_path, "recipient-valid")
    screen.ask("apply_theme(qt, 'dark')")
    keep(screen, tmp_path, "recipient-valid-dark")
    screen.ask("apply_theme(qt, 'light')")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_file_that_is_dropped(screen: Screen, received: Path, tmp_path: Path, name: str) -> None:
    drop(screen, received / name)
    until_judged(screen, received / name)
    assert answer(screen) == ANSWERS[name]
    keep(screen, tmp_path, PICTURES[name])


def test_a_change_after_signing_in_the_dark(screen: Screen, received: Path, tmp_path: Path) -> None:
    screen.ask("apply_theme(qt, 'dark')")
    drop(screen, received / CHANGED)
    until_judged(screen, received / CHANGED)
    assert answer(screen) == ANSWERS[CHANGED]
    keep(screen, tmp_path, "recipient-changed-dark")
    screen.ask("apply_theme(qt, 'light')")


def test_a_download_that_broke_off_is_called_damaged_and_not_unsigned(
    screen: Screen, received: Path, tmp_path: Path
) -> None:
    """Dropped it is taken for a draft to sign, and refused; chosen for checking, what may be lost is said."""
    drop(screen, received / CUT_SHORT)
    screen.until(f"'Tập tin bị hỏng' in {texts('window.sign_page')}")
    assert any("Lấy lại tập tin từ nơi gửi" in text for text in screen.ask(texts("window.sign_page")))
    assert not screen.ask("window.sign_page.desk.footer.sign.isEnabled()")

    choose_on_the_page(screen, received / CUT_SHORT)
    assert screen.ask(f"({CARD}.icon.tone.value, {CARD}.icon.shape_name)") == ["unknown", "file-minus"]
    assert screen.ask(f"{CARD}.sentence.text()") == "Không thấy chữ ký số nào, và tập tin có thể đã hỏng"
    assert screen.ask(f"{CARD}.reason.text()") == (
        "Cuối hoặc cấu trúc tập tin không đúng: có thể tải dở, bị cắt hoặc bị thêm dữ liệu. "
        "Nếu văn bản lẽ ra đã được ký, hãy lấy lại tập tin từ nơi gửi."
    )
    assert not screen.ask(f"{CARD}.legal.isVisible()")
    keep(screen, tmp_path, "recipient-damaged")


def test_a_file_with_a_password_is_not_judged(screen: Screen, received: Path, tmp_path: Path) -> None:
    """Advice that fits both: who takes the password out of a signed file takes the signature out too."""
    drop(screen, received / ENCRYPTED)
    screen.until("window.notice.isVisible()")
    said = screen.ask("(window.notice.title, window.notice.text)")
    assert said[0] == "Tập tin có mật khẩu"
    assert said[1] == (
        f"Tập tin {ENCRYPTED} được bảo vệ bằng mật khẩu nên chưa đọc được. Văn bản nhận được: đề nghị nơi gửi cung cấp bản "
        "không có mật khẩu (tự bỏ mật khẩu sẽ làm mất chữ ký). Văn bản của bạn: bỏ mật khẩu trong phần mềm đã tạo ra nó."
    )
    keep(screen, tmp_path, "recipient-password-dropped")

    choose_on_the_page(screen, received / ENCRYPTED)
    assert screen.ask(f"({CARD}.icon.tone.value, {CARD}.icon.shape_name)") == ["unknown", "file-x"]
    assert screen.ask(f"({CARD}.sentence.text(), {CARD}.reason.text())") == said
    assert "Mã lỗi: document.encrypted" in screen.ask(texts(RESULT))
    assert not screen.ask("window.notice.isVisible()"), "what was said of the dropped file is no longer said"
    keep(screen, tmp_path, "recipient-password")


def test_an_envelope_says_that_it_must_be_opened_first(screen: Screen, received: Path, tmp_path: Path) -> None:
    """Chosen for checking; dropped it goes to be decrypted."""
    choose_on_the_page(screen, received / ENVELOPE)
    assert screen.ask(f"({CARD}.icon.tone.value, {CARD}.icon.shape_name)") == ["unknown", "circle-question-mark"]
    assert screen.ask(f"{CARD}.sentence.text()") == "Chưa đọc được: tập tin đã được mã hóa"
    reason = "Nội dung đã mã hóa cho người nhận; hãy giải mã rồi kiểm tra nội dung bên trong."
    assert screen.ask(f"{CARD}.reason.text()") == reason
    assert not screen.ask(f"{CARD}.legal.isVisible()")
    keep(screen, tmp_path, "recipient-envelope")


def test_a_detached_signature_asks_for_what_it_signs(screen: Screen, received: Path, tmp_path: Path) -> None:
    drop(screen, received / DETACHED)
    screen.until_dialog("QFileDialog")
    until_judged(screen, received / DETACHED)
    assert answer(screen) == Answer(
        "unknown",
        "circle-question-mark",
        OPEN,
        "Chữ ký rời: chưa có tập tin mà nó ký nên chưa kiểm tra được; hãy chọn tập tin ấy.",
        UNDETERMINED,
    )
    assert Path(DETACHED).name in screen.ask(f"{DIALOG}.windowTitle()")
    screen.picture(tmp_path / "recipient-detached-asked.png")
    screen.key(DIALOG, "Escape")
    screen.until_closed()
    assert screen.ask(f"{CARD}.button.text()") == "Chọn tập tin &gốc…"
    said = screen.ask(texts(RESULT))
    assert len([text for text in said if "hãy chọn tập tin ấy" in text]) == 1, "said once, on the card"
    keep(screen, tmp_path, "recipient-detached-lacking")
    screen.click(f"{CARD}.button")
    choose(screen, received / CONTENT)
    screen.until(f"{IS_JUDGED} and {RESULT}.shown.report.content is not None")
    assert answer(screen) == VALID_ANSWER._replace(legal=UNDETERMINED)
    assert any(Path(CONTENT).name in text for text in screen.ask(texts(RESULT)))
    keep(screen, tmp_path, "recipient-detached")


def test_without_a_network_nothing_is_called_valid_or_invalid(
    training: Training, received: Path, display: str, tmp_path: Path
) -> None:
    with open_window(display, tmp_path / "home", profile=offline_profile(training), modules=[]) as screen:
        drop(screen, received / VALID)
        until_judged(screen, received / VALID)
        assert answer(screen) == Answer(
            "unknown",
            "circle-question-mark",
            OPEN,
            "Chưa hỏi được nơi cấp xem chứng thư số có bị thu hồi hay không. Kết nối mạng rồi kiểm tra lại.",
            UNDETERMINED,
        )
        assert "Chưa kiểm tra được nơi cấp dấu thời gian." in screen.ask(texts(RESULT))
        keep(screen, tmp_path, "recipient-offline")


def test_a_foreign_root_at_twice_the_text_size(
    training: Training, received: Path, display: str, tmp_path: Path
) -> None:
    home, profile = tmp_path / "home", training.profile_folder
    with open_window(display, home, profile=profile, modules=[], text_scale=2.0) as screen:
        drop(screen, received / FOREIGN_ROOT)
        until_judged(screen, received / FOREIGN_ROOT)
        assert answer(screen) == ANSWERS[FOREIGN_ROOT]
        keep(screen, tmp_path, "recipient-foreign-large")


def test_every_answer_fits_at_twice_the_text_size_in_english_and_the_dark(
    training: Training, received: Path, display: str, tmp_path: Path
) -> None:
    options = {"text_scale": 2.0, "language": "en", "theme": "dark"}
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[], **options) as screen:
        for name, wanted in ANSWERS.items():
            drop(screen, received / name)
            until_judged(screen, received / name)
            seen = answer(screen)
            assert (seen.tone, seen.shape) == (wanted.tone, wanted.shape)
            assert seen.sentence not in (wanted.sentence, "")
            assert seen.legal not in (wanted.legal, "")
            keep(screen, tmp_path, f"{PICTURES[name]}-large-english")
