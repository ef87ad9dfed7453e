"""A person at the window: ``python -m tests.window.person PROFILE PICTURES FILE`` (run by the tests under Xvfb).

Drops a file, moves the box with mouse and keyboard, types a wrong PIN and the right one, looks at the verdict, the
settings and the dark theme.  Prints what was seen as JSON.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication

from bdsigner.app import Application
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.shell import Room
from bdsigner.storage.profile import load_profile
from bdsigner.storage.settings import Settings
from bdsigner.training import TRAINING_PIN
from tests.window.hands import Hands

SIGNER = "Nguyễn Hoàng Ánh"
VALID = "Chữ ký hợp lệ, văn bản nguyên vẹn"


class Visit:
    """One visit to the window; ``seen`` is what the tests look at."""

    def __init__(self, profile: Path, pictures: Path, file: Path) -> None:
        self.seen: dict[str, object] = {}
        self.application = Application.from_profile(load_profile(profile))
        self.preferences = Preferences(Settings())
        self.window = MainWindow(self.preferences)
        self.hands = Hands(self.window, pictures)
        self.file = file
        self.page = self.window.sign_page
        self.desk = self.page.desk
        self.boxes = self.desk.options.box

    def run(self) -> None:
        self.window.resize(1280, 820)
        self.window.show()
        self.window.set_application(self.application)
        self.application.warm_up()
        self.hands.until("signers", lambda: self.desk.options.signers.combo.count() > 1)
        self.hands.picture("sign-empty")
        self.open_file()
        self.drag_out()
        self.choose_internal()
        self.place_box()
        self.kill_token_child()
        self.wrong_pin()
        self.sign()
        self.verify()
        self.wrong_file()
        self.settings()
        self.dark()
        self.application.close()

    def open_file(self) -> None:
        self.hands.drop(self.file)
        self.hands.until("the page", lambda: self.desk.view.page_count and not self.desk.view.is_loading)
        self.seen["before_choice"] = self.desk.footer.reason.text()
        combo = self.desk.options.signers.combo
        self.hands.click(combo)
        self.hands.keys(combo, "Home")
        for _ in range(combo.count()):
            if SIGNER in combo.currentText() or SIGNER in str(combo.view().currentIndex().data()):
                break
            self.hands.keys(combo, "Down")
        self.hands.keys(combo, "Return")
        self.hands.until("the signer", lambda: SIGNER in combo.currentText())
        self.hands.until("the button", self.desk.footer.sign.isEnabled)
        self.hands.picture("sign-opened")

    def drag_out(self) -> None:
        """As an official original its signature stays in the sign-off."""
        box = self.desk.box
        middle = box.mapToGlobal(box.rect().center())
        self.hands.drag(middle, middle + QPoint(-260, -200), is_dropped=False)
        self.hands.until("the reason", lambda: box.hint)
        self.seen["stopped"] = [box.hint, self.boxes.note.text()]
        self.hands.picture("sign-stopped")
        self.hands.drop_held()
        self.hands.until("the rules", lambda: not self.page._rules.is_due)
        self.seen["signable_at_the_edge"] = self.desk.footer.sign.isEnabled()

    def choose_internal(self) -> None:
        """As an internal document its signature may stand anywhere."""
        kind = self.desk.options.document.kind
        self.hands.click(kind)
        self.hands.keys(kind, "Home", "Down", "Down", "Return")
        self.hands.until("the kind", lambda: kind.currentIndex() == 2)
        self.hands.until("the rules", lambda: not self.page._rules.is_due)
        self.hands.until("the button", self.desk.footer.sign.isEnabled)

    def place_box(self) -> None:
        box = self.desk.box
        before = (self.boxes.x_mm.value(), self.boxes.y_mm.value())
        middle = box.mapToGlobal(box.rect().center())
        self.hands.drag(middle, middle + QPoint(0, -90))
        dragged = (self.boxes.x_mm.value(), self.boxes.y_mm.value())
        self.hands.keys(box, "Left", "Left", "Left", "Up")
        nudged = (self.boxes.x_mm.value(), self.boxes.y_mm.value())
        self.boxes.width_mm.selectAll()
        self.hands.click(self.boxes.width_mm)
        self.hands.keys(self.boxes.width_mm, "ctrl+a")
        self.hands.type(self.boxes.width_mm, "80")
        self.hands.keys(self.boxes.width_mm, "Tab")
        self.seen["moves"] = [before, dragged, nudged]
        self.seen["width_mm"] = self.boxes.width_mm.value()
        self.hands.picture("sign-placed")

    def kill_token_child(self) -> None:
        """Kill -9 of the token child before the person signs: the next listing brings it back."""
        self._kill_token_child()
        self.hands.keys(self.window, "F5")
        self.hands.until("signers again", self.desk.footer.sign.isEnabled)

    def wrong_pin(self) -> None:
        self.hands.click(self.desk.footer.sign)
        self._confirm_device()
        dialog = self._until_pin()
        self.hands.picture("pin")
        self.hands.type(dialog.field, "654321")
        self.hands.keys(dialog.field, "Return")
        self.hands.until("the refusal", self.desk.options.error.isVisible)
        self.hands.picture("wrong-pin")
        self.seen["after_wrong_pin"] = sorted(path.name for path in self.file.parent.iterdir())

    def sign(self) -> None:
        dialog = self._ask_for_pin()
        # While the PIN is being asked for nothing is logged in: a new child takes its place unnoticed.
        self._kill_token_child()
        self.hands.type(dialog.field, TRAINING_PIN)
        self.hands.keys(dialog.field, "Return")
        self.hands.until("the result", self.desk.result.verify.isVisible)
        self.hands.until("the verdict", lambda: self.desk.result.verdict.title == VALID)
        self.hands.until("the signed page", lambda: not self.desk.view.is_loading)
        self.hands.picture("signed")
        self.seen["signed"] = sorted(path.name for path in self.file.parent.iterdir())

    def verify(self) -> None:
        self.hands.click(self.desk.result.verify)
        self.hands.until("the check page", lambda: self.window.rooms.currentIndex() == Room.VERIFY)
        result = self.window.verify_page.result
        self.hands.until("the judgement", result.isVisible)
        self.hands.until("the judged page", lambda: not result.pages.view.is_loading)
        self.hands.picture("verified")

    def wrong_file(self) -> None:
        picture = self.file.with_name("ảnh chụp.pdf")
        picture.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(400))
        self.hands.drop(picture)
        self.hands.until("the refusal", self.window.notice.isVisible)
        self.hands.picture("wrong-file")
        self.seen["is_alive"] = self.window.isVisible()

    def settings(self) -> None:
        self.window.show_room(Room.SETTINGS)
        self.hands.picture("settings")

    def dark(self) -> None:
        qt = QApplication.instance()
        assert isinstance(qt, QApplication)
        apply_theme(qt, "dark")
        self.hands.picture("settings-dark")
        self.window.show_room(Room.VERIFY)
        self.hands.picture("verified-dark")
        self.window.show_room(Room.SIGN)
        self.hands.picture("signed-dark")

    def _kill_token_child(self) -> None:
        (child,) = self.application.services.tokens.child_pids
        os.kill(child, signal.SIGKILL)

    def _ask_for_pin(self) -> PinDialog:
        self.hands.click(self.desk.footer.sign)
        return self._until_pin()

    def _confirm_device(self) -> None:
        """Điều 14.2: once for each device, before it first signs; another test's window may have asked already."""
        self.hands.until(
            "the question or the PIN dialog",
            lambda: isinstance(QApplication.activeModalWidget(), QuestionDialog | PinDialog),
        )
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QuestionDialog):
            self.hands.picture("first-use")
            self.hands.click(dialog.yes_button)

    def _until_pin(self) -> PinDialog:
        self.hands.until("the PIN dialog", lambda: isinstance(QApplication.activeModalWidget(), PinDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PinDialog)
        return dialog


def main(profile: str, pictures: str, file: str) -> int:
    qt = QApplication([])
    ensure_font(qt)
    apply_theme(qt, "light")
    visit = Visit(Path(profile), Path(pictures), Path(file))
    failed: list[BaseException] = []

    def go() -> None:
        try:
            visit.run()
        except BaseException as error:  # noqa: BLE001  # told by the exit code below, not lost in the event loop
            failed.append(error)
        qt.quit()

    QTimer.singleShot(0, go)
    qt.exec()
    if failed:
        traceback.print_exception(failed[0])
        sys.stderr.flush()
        os._exit(1)  # a dialog may still wait for an answer that will not come
    print(json.dumps(visit.seen, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
