"""A field from which no PIN can stay behind: what is typed goes into a buffer of ours, the widget gets bullets only.

A ``QLineEdit`` keeps its text in strings on the heap that nobody wipes, one for each letter typed; here these strings
hold bullets.  Keys come one by one, so that no string of a whole PIN is ever made.
"""

import sys

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

MAX_PIN_BYTES = 255
_BULLET = "•"
_HINTS = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
    | Qt.InputMethodHint.ImhPreferLatin
)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_LOCK_MASK = 0x2
"""Caps Lock in the native modifiers of a key event (X11 core protocol, ``LockMask``; Wayland's are the same)."""
_LEFT_TO_THE_DIALOG = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
)


class PinField(QLineEdit):
    """Typing, taking back and "select all"; no input method, paste, drop, undo or context menu."""

    edited = Signal()
    """What was typed, or the state of Caps Lock, has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        buffer = self._buffer = bytearray(MAX_PIN_BYTES)
        self._length = 0
        self.caps_lock = bool(_system_caps_lock())
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_HINTS)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.textChanged.connect(self._keep_bullets)
        self.destroyed.connect(lambda: _wipe(buffer))

    @property
    def byte_count(self) -> int:
        """Length of the PIN in UTF-8."""
        return self._length

    def has_composed_letter(self) -> bool:
        """Whether an input method has put accents on letters (Telex, VNI)."""
        return any(byte >= 0x80 for byte in memoryview(self._buffer)[: self._length])

    def peek(self) -> bytearray:
        """A copy for a rule to look at; whoever asks wipes it."""
        return bytearray(memoryview(self._buffer)[: self._length])

    def take(self) -> bytearray:
        """Hand the PIN over, in UTF-8; nothing of it stays here."""
        pin = self.peek()
        self.wipe()
        return pin

    def wipe(self) -> None:
        """Forget what was typed."""
        _wipe(self._buffer)
        self._length = 0
        self._show_bullets()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.caps_lock
        self.caps_lock = self._caps_lock_after(event)
        if event.key() in _LEFT_TO_THE_DIALOG:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._take_back(is_all=bool(self.selectedText()) or bool(event.modifiers() & _COMMANDS))
        elif event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.selectAll()
        elif event.text().isprintable() and not self._is_command(event):
            self._type(event.text())
        if self.caps_lock != before:
            self.edited.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Some platforms send composed letters all the same: they are taken, so that the person is warned."""
        self._type(event.commitString())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The middle button would paste the selection on X11.  What is marked is all or nothing, as what is typed."""
        if event.button() == Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            if self.selectedText():
                self.selectAll()
            else:
                self.end(False)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._length and not event.spontaneous():  # it is when the desktop puts the window aside
            self.wipe()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        # Some styles and platforms switch the input method on again with the focus.
        if event.type() is QEvent.Type.FocusIn:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        return super().event(event)

    def _type(self, text: str) -> None:
        if not text:  # Shift alone, keys that move, an empty composition
            return
        if self.selectedText():
            self._take_back(is_all=True)
        for character in text:
            encoded = character.encode("utf-8", "ignore")
            end = self._length + len(encoded)
            if end <= MAX_PIN_BYTES:
                self._buffer[self._length : end] = encoded
                self._length = end
        self._show_bullets()

    def _take_back(self, *, is_all: bool) -> None:
        start = 0 if is_all else max(0, self._length - 1)
        while start and self._buffer[start] & 0xC0 == 0x80:  # within a character of UTF-8
            start -= 1
        self._buffer[start:] = bytes(MAX_PIN_BYTES - start)
        self._length = start
        self._show_bullets()

    def _show_bullets(self) -> None:
        self.setText(self._bullets())
        self.edited.emit()

    def _bullets(self) -> str:
        return _BULLET * sum(byte & 0xC0 != 0x80 for byte in memoryview(self._buffer)[: self._length])

    def _keep_bullets(self, text: str) -> None:
        """Assistive programs can set the text of a line edit; here only keys count."""
        if text != self._bullets():
            self.setText(self._bullets())

    @staticmethod
    def _is_command(event: QKeyEvent) -> bool:
        """A shortcut; AltGr comes as Control with Alt and types letters."""
        pressed = event.modifiers() & _COMMANDS
        is_altgr = pressed == Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        return bool(pressed) and not is_altgr

    def _caps_lock_after(self, event: QKeyEvent) -> bool:
        """Where the system does not tell the lock's state, a capital without Shift (or the reverse) does."""
        is_lock_key = event.key() == Qt.Key.Key_CapsLock
        known = _system_caps_lock()
        if known is not None:
            return known
        if QGuiApplication.platformName() in ("xcb", "wayland"):  # before the key did its work
            return bool(event.nativeModifiers() & _LOCK_MASK) != is_lock_key
        if is_lock_key:
            return not self.caps_lock
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.isascii():
            return typed.isupper() != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return self.caps_lock


def _wipe(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))


def _system_caps_lock() -> bool | None:
    """``None``: the system cannot be asked."""
    if sys.platform == "win32":
        import ctypes

        virtual_key_capital = 0x14
        return bool(ctypes.windll.user32.GetKeyState(virtual_key_capital) & 1)
    return None
