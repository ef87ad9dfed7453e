"""Every PIN situation with a card that really counts, through the real window: mouse and keyboard come from outside."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, SIGN_EACH, PivCard
from tests.support.display import private_display
from tests.support.memory import children_of, find_in_files, find_in_memory
from tests.support.pdfs import text_pdf
from tests.support.pki import CHAIRMAN, VICE_CHAIRMAN, Training
from tests.window.screen import DIALOG, Screen, open_window

SCREEN = "1320x900x24"
FIRST_PIN, SECOND_PIN, THIRD_PIN = "73916482", "80254713", "61937528"
WRONG_PIN, PUK = "50718263", "29416037"
OPTIONS = "window.sign_page.desk.options"
FOOTER = "window.sign_page.desk.footer"
PAGE = "window.devices_page"
CARD = f"next(iter({PAGE}.cards.values()))"
REQUESTS = "window.requests_page"
KEPT = ("request-locked",)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as display:
        yield display


@pytest.fixture
def card(piv: PivRig, training: Training) -> PivCard:
    """The chairman's card; its certificate is one of the training PKI."""
    card = PivCard(pin=FIRST_PIN, puk=PUK)
    card.put(SIGN, training.key(CHAIRMAN), training.certificate(CHAIRMAN))
    piv.reader.insert(card)
    return card


@pytest.fixture
def files(training: Training, tmp_path: Path) -> list[Path]:
    folder = tmp_path / "Văn bản đi"
    folder.mkdir()
    files = [folder / f"công văn {number}.pdf" for number in (1, 2, 3)]
    for file in files:
        file.write_bytes(text_pdf(lines=20))
    return files


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def open_files(screen: Screen, files: list[Path]) -> None:
    screen.ask(f"window.open_paths([Path(name) for name in {[str(file) for file in files]!r}])")
    screen.until(f"{FOOTER}.sign.isEnabled()")


def ask_to_sign(screen: Screen) -> None:
    screen.click(f"{FOOTER}.sign")


def type_pin(screen: Screen, pin: str) -> None:
    screen.until_dialog("PinDialog")
    screen.type(f"{DIALOG}.field", pin)
    screen.key(f"{DIALOG}.field", "Return")


def until_error(screen: Screen, code: str) -> None:
    screen.until(f"{OPTIONS}.error.isVisible() and {code!r} in {OPTIONS}.error._code.text()")


def signed(file: Path) -> Path:
    return file.with_name(f"{file.stem}.signed.pdf")


def picture(screen: Screen, tmp_path: Path, name: str) -> None:
    """Kept beside the test's own files, and for the docs when asked; not where it shows paths of the machine."""
    screen.picture(tmp_path / f"{name}.png")
    if name in KEPT and (kept := os.environ.get("BDSIGNER_SCREENSHOTS")):
        shutil.copy(tmp_path / f"{name}.png", Path(kept) / f"{name}.png")


@pytest.mark.timeout(170)
def test_wrong_lock_request_unblock_change_and_sign_leave_no_pin_behind(
    training: Training, piv: PivRig, card: PivCard, files: list[Path], home: Path, display: str, tmp_path: Path
) -> None:
    with open_window(display, home, profile=training.profile_folder, modules=[piv.module]) as screen:
        open_files(screen, files[:1])
        ask_to_sign(screen)
        screen.answer(is_yes=True)  # Đ14.2, once a device
        type_pin(screen, WRONG_PIN)
        until_error(screen, "token.pin_incorrect")
        assert card.pin_left == 2
        ask_to_sign(screen)
        screen.until_dialog("PinDialog")
        assert "1 lần nhập sai" in screen.ask(f"{DIALOG}.tries.second.text()")
        type_pin(screen, WRONG_PIN)
        until_error(screen, "token.pin_incorrect")
        screen.until("window.watch.listing.tokens[0].pin.final_try")
        ask_to_sign(screen)
        screen.until_dialog("PinDialog")
        assert "MỘT lần thử" in screen.ask(f"{DIALOG}.tries.first.text()")
        type_pin(screen, WRONG_PIN)
        screen.until(f"{DIALOG}._is_confirming")
        assert card.verifications == 2
        picture(screen, tmp_path, "pin-final-try")
        screen.click(f"{DIALOG}.sign_button")
        until_error(screen, "token.pin_locked")
        assert (card.pin_left, card.verifications) == (0, 3)
        assert not signed(files[0]).exists()

        screen.click(f"{OPTIONS}.error.action_button")
        screen.until(f"{REQUESTS} is not None and {REQUESTS}.start.question is not None")
        screen.click(f"{REQUESTS}.start.question.answers[0]")
        screen.until(f"{REQUESTS}.desk.isVisible() and {REQUESTS}.desk.request is not None")
        picture(screen, tmp_path, "request-locked")
        form = tmp_path / "đề nghị.pdf"
        screen.ask(f"{REQUESTS}.files.show = lambda path: None")
        screen.ask(f"{REQUESTS}.control.save_form(Path({str(form)!r}))")
        screen.until(f"{REQUESTS}.notice._title.text()")
        assert "Đã lưu" in (shown := screen.ask(f"{REQUESTS}.notice._title.text() + {REQUESTS}.notice._text.text()")), (
            shown
        )
        with pymupdf.open(form) as document:
            told = " ".join("".join(page.get_text() for page in document).split())
        assert "NGUYỄN HOÀNG ÁNH" in told
        assert card.serial in told
        assert not any(secret in told for secret in (FIRST_PIN, WRONG_PIN, PUK))
        screen.until("'khóa' in window.token_bar.label.text()")

        screen.ask("window.show_room(Room.DEVICES)")
        screen.until(f"{PAGE}.cards and {CARD}.token.pin.locked")
        assert not screen.ask(f"{CARD}.change_button.isEnabled()")
        set_pin(screen, "unblock", PUK, SECOND_PIN)
        screen.until(f"{PAGE}.notice.isVisible() and 'mở khóa' in {PAGE}.notice.title")
        assert (card.pin, card.pin_left, card.puk_left) == (SECOND_PIN, 3, 3)
        screen.until(f"{PAGE}.cards and {CARD}.change_button.isEnabled()")

        set_pin(screen, "change", SECOND_PIN, THIRD_PIN)
        screen.until(f"'Đã đổi' in {PAGE}.notice.title")
        assert (card.pin, card.pin_left) == (THIRD_PIN, 3)

        screen.ask("window.show_room(Room.SIGN)")
        screen.until(f"{FOOTER}.sign.isEnabled()")
        ask_to_sign(screen)
        type_pin(screen, THIRD_PIN)
        screen.until("window.sign_page.desk.result.verify.isVisible()")
        assert signed(files[0]).exists()
        assert card.signatures == 1
        assert_nothing_left(screen.process.pid, home, tmp_path)


def set_pin(screen: Screen, what: str, secret: str, new: str) -> None:
    screen.click(f"{CARD}.{what}_button")
    screen.until_dialog("NewPinDialog")
    screen.type(f"{DIALOG}.secret.field", secret)
    screen.type(f"{DIALOG}.new.field", "12345678")
    assert not screen.ask(f"{DIALOG}.set_button.isEnabled()")
    screen.key(f"{DIALOG}.new.field", "ctrl+a")
    screen.type(f"{DIALOG}.new.field", new)
    screen.type(f"{DIALOG}.repeated.field", new)
    screen.until(f"{DIALOG}.set_button.isEnabled()")
    screen.key(f"{DIALOG}.repeated.field", "Return")
    screen.until_closed()


def assert_nothing_left(window: int, home: Path, folder: Path) -> None:
    """hardening S1, S2, S4: the window, the children of all kinds, everything written, at debug level."""
    pids = [window, *children_of(window)]
    assert len(pids) >= 3  # the window, a token child, a document child
    found = []
    for secret in (FIRST_PIN, SECOND_PIN, THIRD_PIN, WRONG_PIN, PUK):
        for pid in pids:
            command, environment = (Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
            found += [(secret, command, place) for place in find_in_memory(pid, secret)]
            assert secret.encode() not in command + environment
        assert find_in_files(home, secret) == []
        assert find_in_files(folder, secret) == []
    assert found == []
    assert "logged in to token" in (home / "logs" / "bdsigner.log").read_text("utf-8")


def test_the_search_finds_what_is_there() -> None:
    """The search of memory would find a PIN: a process that keeps one, in its own hands and in Qt's."""
    code = (
        "import sys\nfrom PySide6.QtWidgets import QApplication, QLineEdit\n"
        "qt = QApplication([])\nfield = QLineEdit()\ntext = sys.stdin.readline().strip()\n"
        "field.setText(text)\ndel text\nprint('ready', flush=True)\nsys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{FIRST_PIN}\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "ready"
        found = find_in_memory(process.pid, FIRST_PIN)
        process.stdin.close()
    assert any(place.startswith("UTF-16") for place in found)


@pytest.mark.timeout(120)
def test_a_card_pulled_in_each_phase_loses_nothing(
    training: Training, piv: PivRig, card: PivCard, files: list[Path], home: Path, display: str
) -> None:
    with open_window(display, home, profile=training.profile_folder, modules=[piv.module]) as screen:
        open_files(screen, files)
        # Pulled while it is listed, and put back.
        piv.reader.remove()
        screen.until("not window.watch.listing.tokens", seconds=3)
        assert "Chưa cắm" in screen.ask("window.token_bar.label.text()")
        piv.reader.insert(card)
        screen.until(f"{FOOTER}.sign.isEnabled()")

        # Pulled while the PIN is asked for.
        ask_to_sign(screen)
        screen.answer(is_yes=True)
        screen.until_dialog("PinDialog")
        piv.reader.remove()
        type_pin(screen, FIRST_PIN)
        screen.until(f"{OPTIONS}.error.isVisible()")
        assert screen.ask(f"{OPTIONS}.error._code.text()").split()[-1] in ("token.removed", "token.not_found")
        assert not any(signed(file).exists() for file in files)
        screen.until("not window.watch.listing.tokens")
        piv.reader.insert(card)
        screen.until(f"{FOOTER}.sign.isEnabled()")

        # Pulled in the middle of the second signature: the first file stands, the rest is untouched.
        card.before_key = lambda: piv.reader.remove() if card.signatures == 1 else None
        ask_to_sign(screen)
        type_pin(screen, FIRST_PIN)
        screen.until("window.sign_page.desk.result.retry.isVisible()", seconds=30)
        assert [signed(file).exists() for file in files] == [True, False, False]
        assert sorted(path.name for path in files[0].parent.iterdir()) == sorted(
            [*(file.name for file in files), signed(files[0]).name]
        )
        card.before_key = lambda: None
        screen.until("not window.watch.listing.tokens")
        piv.reader.insert(card)

        # Put back: the rest is signed, the first not again.
        screen.until("window.watch.listing.tokens")
        screen.click("window.sign_page.desk.result.retry")
        screen.until(f"{FOOTER}.sign.isEnabled()")
        ask_to_sign(screen)
        type_pin(screen, FIRST_PIN)
        screen.until(f"Path({str(signed(files[2]))!r}).exists()", seconds=30)
        assert all(signed(file).exists() for file in files)
        assert card.pin_left == 3


@pytest.mark.timeout(120)
def test_a_key_that_wants_the_pin_for_each_file(
    training: Training, piv: PivRig, card: PivCard, files: list[Path], home: Path, display: str
) -> None:
    card.keys.clear()
    card.certificates.clear()
    card.put(SIGN_EACH, training.key(VICE_CHAIRMAN), training.certificate(VICE_CHAIRMAN))
    piv.reader.insert(card)
    with open_window(display, home, profile=training.profile_folder, modules=[piv.module]) as screen:
        open_files(screen, files)
        ask_to_sign(screen)
        screen.answer(is_yes=True)
        type_pin(screen, FIRST_PIN)
        screen.until_dialog("QuestionDialog")
        assert screen.ask(f"{DIALOG}.yes_button.text()") == "Ký từng tập tin"
        assert card.signatures == 0
        screen.answer(is_yes=True)
        for number in (2, 3):
            screen.until_dialog("PinDialog")
            screen.until(f"{DIALOG}.windowTitle() and {number} == {DIALOG}._request.number")
            type_pin(screen, FIRST_PIN)
            screen.until(f"not isinstance({DIALOG}, PinDialog) or {DIALOG}._request.number != {number}")
        screen.until(f"Path({str(signed(files[2]))!r}).exists()", seconds=30)
        assert all(signed(file).exists() for file in files)
        assert card.signatures == 3


@pytest.mark.timeout(90)
def test_an_open_login_ends_when_the_screen_is_locked_or_the_card_pulled(
    training: Training, piv: PivRig, card: PivCard, files: list[Path], home: Path, display: str
) -> None:
    options = {"profile": training.profile_folder, "modules": [piv.module], "policy": "idle"}
    with open_window(display, home, **options) as screen:  # type: ignore[arg-type]  # told by name
        open_files(screen, files[:1])
        ask_to_sign(screen)
        screen.answer(is_yes=True)
        type_pin(screen, FIRST_PIN)
        screen.until("window.sign_page.desk.result.verify.isVisible()")
        screen.until("application.devices.open_login is not None")
        screen.until("window.token_bar.logout_button.isVisible()")
        screen.ask("window.device_policy.screen_lock.locked.emit()")
        screen.until("application.devices.open_login is None")
        screen.until("not window.token_bar.logout_button.isVisible()")
        verifications = card.verifications

        open_files(screen, files[1:2])
        ask_to_sign(screen)
        type_pin(screen, FIRST_PIN)
        screen.until("application.devices.open_login is not None")
        open_files(screen, files[2:])
        ask_to_sign(screen)
        screen.answer(is_yes=True)  # by consent, without a PIN
        screen.until(f"Path({str(signed(files[2]))!r}).exists()")
        assert card.verifications == verifications + 1
        piv.reader.remove()
        screen.until("application.devices.open_login is None")
        assert card.signatures == 3
