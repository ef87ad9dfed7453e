"""The real window in a process of its own, asked and told from outside, line by line (``python -m tests.window.remote``).

Each line of standard input is a JSON string of Python, run in the window's thread; the answer is its value as JSON.
What a person types comes from outside too, through the X server: so no PIN ever stands in this process's own code.
"""

import contextlib
import json
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
from keyring.backend import KeyringBackend
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit

from bdsigner.app import Application, SystemClock
from bdsigner.app.deliveries import make_deliveries
from bdsigner.documents.children import DocumentChildren, Skill
from bdsigner.documents.envelopes import ChildEnvelopes
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.dialogs.password_dialog import PasswordDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.jobs import stop_jobs
from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.shell import Room
from bdsigner.gui.signing.file_state import describe_state
from bdsigner.messages.translate import Language, set_language
from bdsigner.model.profile import (
    ChannelKind,
    MailSecurity,
    MailServer,
    PinPolicy,
    RequestChannel,
    RequestPolicy,
    TokenPolicy,
)
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Services
from bdsigner.storage.address_book import FileAddressBook
from bdsigner.storage.devices import FileDeviceMemory
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.logs import set_up_logging
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.profile import load_profile
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.storage.resources import resource_path
from bdsigner.storage.settings import Settings
from bdsigner.token.child import Deadlines
from bdsigner.token.gateway import ChildTokenGateway
from tests.window.hands import Hands

BEAT_MS = 10


class Heart(QObject):
    """Measures how long the window's thread was away by the program's own doing.

    What it, or a thread it may have waited for, spent waiting for a core of a busy machine is not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = time.monotonic()
        self._waited = _waited_seconds()
        self.longest_seconds = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now, waited = time.monotonic(), _waited_seconds()
        more = {thread: seconds - self._waited.get(thread, 0.0) for thread, seconds in waited.items()}
        own = more.pop(threading.get_native_id(), 0.0)
        self.longest_seconds = max(self.longest_seconds, now - self._last - own - max(more.values(), default=0.0))
        self._last, self._waited = now, waited

    def rest(self) -> float:
        """The longest absence since the last call, in seconds."""
        longest, self.longest_seconds = self.longest_seconds, 0.0
        return longest


def _waited_seconds() -> dict[int, float]:
    """How long each thread could run and no core was free (proc(5), schedstat)."""
    waited = {}
    for folder in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            waited[int(folder.name)] = int((folder / "schedstat").read_text().split()[1]) / 1e9
    return waited


class Remote(QObject):
    """Takes lines from a reading thread into the window's thread."""

    _line = Signal(str)

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__()
        self._names = names
        self._line.connect(self._answer)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._line.emit(line)
        self._line.emit(json.dumps("qt.exit(0)"))  # quit() would ask the window, which reminds of a card plugged in

    def _answer(self, line: str) -> None:
        source = json.loads(line)
        try:
            try:
                value = eval(source, self._names)  # noqa: S307  # what the test sends is the test's own
            except SyntaxError:
                exec(source, self._names)  # noqa: S102
                value = None
            answer = {"value": value}
        except Exception:  # noqa: BLE001  # told to the test
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
        sys.stdout.flush()


class MemoryKeyring(KeyringBackend):
    """Keeps passwords as long as the process lives."""

    priority = 1  # type: ignore[assignment]  # as every back end of the library says it

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def request_policy(mail: dict[str, Any]) -> RequestPolicy:
    """One mailbox behind the test's own mail server; without one requests are handed over."""
    hand = RequestChannel(id="nop", name="Nộp trực tiếp", kind=ChannelKind.FILE)
    if not mail:
        return RequestPolicy(channels=(hand,))
    server = MailServer(host=mail["host"], port=mail["port"], security=MailSecurity(mail["security"]))
    channel = RequestChannel(
        id="thu", name="Thư điện tử công vụ", kind=ChannelKind.MAIL, to="so@binhduong.gov.vn", server=server
    )
    return RequestPolicy(channels=(channel, hand), mail_roots=(Path(mail["root"]).read_bytes(),))


def build(
    profile_folder: Path, modules: Sequence[Path], *, deadline: float, policy: str, mail: dict[str, Any]
) -> Application:
    """The application as ``from_profile`` builds it, with the modules, deadlines and mail server of the test."""
    profile = load_profile(profile_folder)
    profile = replace(profile, token=TokenPolicy(pin=PinPolicy(policy), idle_seconds=60), requests=request_policy(mail))
    seconds = (
        {}
        if not deadline
        else dict.fromkeys(("list_seconds", "login_seconds", "sign_seconds", "close_seconds"), deadline)
    )
    children = DocumentChildren(tuple(Skill))
    services = Services(
        forms=FormFolder(),
        profile=profile,
        tokens=ChildTokenGateway(modules, deadlines=Deadlines(**seconds)),
        documents=ChildDocumentGateway(profile, HttpFetcher(profile.network), children=children),
        envelopes=ChildEnvelopes(children),
        address_book=FileAddressBook(),
        timestamper=HttpTimestamper(profile.timestamp, profile.network),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FileDeviceMemory(),
        register=FileDocumentRegister(),
        requests=FileRequestStore(),
        deliveries=make_deliveries(profile),
    )
    return Application(services)


def _state(window: MainWindow) -> str:
    """What a test that waited in vain wants to know."""
    footer, listing = window.sign_page.desk.footer, window.watch.listing
    labels = [signer.token.label for signer in listing.signers] if listing is not None else None
    return (
        f"dialog {QApplication.activeModalWidget()!r}, working {window.sign_page._is_working}, "
        f"button {footer.sign.isEnabled()}, reason {footer.reason.text()!r}, looking {window.watch.is_looking}, "
        f"signers {labels}, problems {listing and listing.problems}"
    )


def main() -> int:
    options = json.loads(sys.argv[1])
    keyring.set_keyring(MemoryKeyring())
    set_up_logging(debug=True)
    qt = QApplication([])
    set_language(Language(options.get("language", "vi")), resource_path("locale"))
    ensure_font(qt)
    font = qt.font()
    font.setPointSizeF(font.pointSizeF() * options.get("text_scale", 1.0))
    qt.setFont(font)
    apply_theme(qt, options.get("theme", "light"))
    application = build(
        Path(options["profile"]),
        [Path(module) for module in options["modules"]],
        deadline=options.get("deadline", 0.0),
        policy=options.get("policy", "batch"),
        mail=options.get("mail", {}),
    )
    window = MainWindow(Preferences(Settings()))
    window.resize(1280, 820)
    window.show()
    window.set_application(application)
    names: dict[str, Any] = {
        "Path": Path,
        "describe_state": describe_state,
        "PinDialog": PinDialog,
        "NewPinDialog": NewPinDialog,
        "QApplication": QApplication,
        "QFileDialog": QFileDialog,
        "QLabel": QLabel,
        "QLineEdit": QLineEdit,
        "PasswordDialog": PasswordDialog,
        "QuestionDialog": QuestionDialog,
        "Room": Room,
    }
    names["state"] = lambda: _state(window)
    names |= {"drop": Hands(window, Path()).drop, "apply_theme": apply_theme}
    remote = Remote(names | {"qt": qt, "window": window, "application": application, "heart": Heart()})
    code = qt.exec()
    remote.deleteLater()
    window.watch.stop()
    application.close()
    stop_jobs()
    return code


if __name__ == "__main__":
    sys.exit(main())
