"""The PIN dialogs alone, in a process that is told and asked as ``tests.window.remote`` is; PINs come by keys only."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from bdsigner.errors import UserCancelled
from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.interaction import QtInteraction
from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.model.token import PinState
from bdsigner.ports import NewPinRequest, PinPurpose, PinRequest
from tests.support.reports import certificate
from tests.window.remote import Remote

SIGN = PinRequest(
    purpose=PinPurpose.SIGN,
    token_label="GCA-01",
    token_serial="0123456789",
    pin=PinState(min_length=6, max_length=16),
    signer=certificate(),
    files=(Path("cong-van.pdf"),),
    pages=3,
)
CHANGE = NewPinRequest(
    purpose=PinPurpose.CHANGE,
    token_label="GCA-01",
    token_serial="0123456789",
    pin=PinState(min_length=6, max_length=16),
    holder="Nguyễn Thị Phương Ánh",
    personal_numbers=("0123456789",),
)


class Asker:
    """Asks from another thread, as a use case does, and wipes what it gets; ``received`` keeps lengths only."""

    def __init__(self, interaction: QtInteraction) -> None:
        self._interaction = interaction
        self.received: list[list[int]] = []

    def sign(self, **pin: bool) -> None:
        request = replace(SIGN, pin=replace(SIGN.pin, **pin))
        self._start(lambda: [self._interaction.ask_pin(request)])

    def change(self) -> None:
        def ask() -> list[bytearray]:
            typed = self._interaction.ask_new_pin(CHANGE)
            return [typed.secret, typed.new]

        self._start(ask)

    def _start(self, ask: Callable[[], list[bytearray]]) -> None:
        def work() -> None:
            try:
                pins = ask()
            except UserCancelled:
                self.received.append([])
                return
            lengths = [len(pin) for pin in pins]
            for pin in pins:
                pin[:] = bytes(len(pin))
            self.received.append(lengths)

        threading.Thread(target=work).start()


def main() -> int:
    qt = QApplication([])
    ensure_font(qt)
    apply_theme(qt, "light")
    window = QWidget()
    window.resize(900, 800)
    window.show()
    asker = Asker(QtInteraction(window))
    names = {"QApplication": QApplication, "PinDialog": PinDialog, "NewPinDialog": NewPinDialog}
    remote = Remote(names | {"qt": qt, "window": window, "asker": asker})
    code = qt.exec()
    remote.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(main())
