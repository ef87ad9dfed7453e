"""The PIN dialogs on the smallest screen in use, at the normal and at twice the text size: all of it can be reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import private_display
from tests.window.screen import Screen, open_process

pytestmark = pytest.mark.timeout(90)
SETUP = """
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton
from bdsigner.gui.look.colours import Tone
from bdsigner.ports import PinPurpose
from tests.window.pin_dialogs import CHANGE, SIGN
normal = qt.font().pointSizeF()
long_name = Path("bao_cao_" * 28 + ".pdf")
batch = replace(SIGN, files=(long_name, *(Path(f"quyết định số {n}.pdf") for n in range(11))), number=2, total=12)
last, locked = replace(SIGN.pin, final_try=True), replace(SIGN.pin, locked=True)
puk_last = replace(locked, puk_final_try=True)
makers = {
    "one file": lambda: PinDialog(SIGN),
    "a long name": lambda: PinDialog(replace(SIGN, files=(long_name,))),
    "batch": lambda: PinDialog(batch),
    "last try": lambda: PinDialog(replace(batch, pin=last, total=1)),
    "locked": lambda: PinDialog(replace(SIGN, pin=locked)),
    "change": lambda: NewPinDialog(CHANGE),
    "unblock": lambda: NewPinDialog(replace(CHANGE, purpose=PinPurpose.UNBLOCK, pin=locked)),
    "last PUK": lambda: NewPinDialog(replace(CHANGE, purpose=PinPurpose.UNBLOCK, pin=puk_last)),
}
def show(kind, scale):
    global dialog
    font = qt.font()
    font.setPointSizeF(normal * scale)
    qt.setFont(font)
    dialog = makers[kind]()
    dialog.show()
def whole(part):
    return part.visibleRegion().boundingRect() == part.rect()
def on_screen(part):
    return dialog.screen().availableGeometry().contains(QRect(part.mapToGlobal(QPoint()), part.size()))
def out_of_reach():
    area = dialog._area
    buttons = [b.text() for b in dialog.findChildren(QAbstractButton) if b.isVisibleTo(dialog) and b.text()
               and not area.isAncestorOf(b) and not (whole(b) and on_screen(b))]
    wide = ["content"] if area.widget().width() > area.viewport().width() else []
    first = dialog.focusWidget()
    return buttons + wide + ([] if whole(first) and on_screen(first) else ["what is used first"])
def warned():
    row = getattr(dialog, "row", None) or dialog.repeated
    row.field.setFocus()
    row.keyboard_notice.say(Tone.CAUTION, "Phím Caps Lock đang bật.")
def is_warning_seen():
    row = getattr(dialog, "row", None) or dialog.repeated
    return whole(row.field) and whole(row.keyboard_notice) and on_screen(row.keyboard_notice)
"""
KINDS = ("one file", "a long name", "batch", "last try", "locked", "change", "unblock", "last PUK")


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with private_display("1366x768x24") as display, open_process(display, "tests.window.pin_dialogs") as screen:
        screen.ask(SETUP)
        yield screen


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_clipped_and_the_buttons_can_be_reached(
    screen: Screen, tmp_path: Path, kind: str, scale: float
) -> None:
    screen.ask(f"show({kind!r}, {scale})")
    try:
        screen.until("dialog.isVisible() and out_of_reach() == []", seconds=5)
        if kind != "locked":
            screen.ask("warned()")
            screen.until("is_warning_seen() and out_of_reach() == []", seconds=5)
    except AssertionError:
        screen.ask(f"dialog.grab().save({str(tmp_path / 'dialog.png')!r})")
        raise AssertionError(screen.ask("out_of_reach()"), tmp_path) from None
    finally:
        screen.ask("dialog.close()")
