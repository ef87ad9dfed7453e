"""Requests through the real window with mouse and keyboard, in no more steps than they should need."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pymupdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.model.profile import MailSecurity
from tests.net.tls import TestCa
from tests.rigs.effects import Effects
from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.rigs.smtp_server import HOST, SmtpRig, smtp_server
from tests.support.display import private_display
from tests.support.openssl_mail import verify_mail
from tests.support.pki import CHAIRMAN, Training
from tests.window.screen import DIALOG, Screen, open_window
from tests.window.test_signing_flows import PIN, enter_pin, keep

SCREEN = "1320x900x24"
PAGE = "window.requests_page"
DESK, STEPS, OVERVIEW = f"{PAGE}.desk", f"{PAGE}.desk.steps", f"{PAGE}.overview"
MAILBOX, PASSWORD = "anhnh@binhduong.gov.vn", "mat-khau-thu"
ID_NUMBER = "280712345"
MOST_CLICKS = 6
ROOM = "window.navigation._group.button(Room.REQUESTS)"


@dataclass
class Clicks:
    """The mouse, and how often it was used."""

    screen: Screen
    count: int = 0

    def __call__(self, widget: str) -> None:
        self.count += 1
        self.screen.click(widget)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as name:
        yield name


@pytest.fixture
def mail_server(effects: Effects, tls: ssl.SSLContext) -> Iterator[SmtpRig]:
    with smtp_server(effects, tls, security=MailSecurity.TLS, accounts={MAILBOX: PASSWORD}) as rig:
        yield rig


@pytest.fixture
def mail(ca: TestCa, mail_server: SmtpRig, tmp_path: Path) -> dict[str, object]:
    root = tmp_path / "root.der"
    root.write_bytes(ca.certificate.public_bytes(Encoding.DER))
    return {"host": HOST, "port": mail_server.port, "security": MailSecurity.TLS.value, "root": str(root)}


def insert(piv: PivRig, training: Training, pin: str = PIN) -> PivCard:
    card = PivCard(pin=pin, puk="87654321")
    card.put(SIGN, training.key(CHAIRMAN), training.certificate(CHAIRMAN))
    piv.reader.insert(card)
    return card


def remove(piv: PivRig, screen: Screen) -> None:
    """Also before the window is closed, which would wait for it."""
    piv.reader.remove()
    screen.until("not window.watch.listing.tokens")


def watch_viewer(screen: Screen) -> None:
    """What the system's viewer would be asked to show."""
    screen.ask("shown = []")
    screen.ask("window.requests_page.files.show = lambda path: shown.append(str(path))")


def choose_file(screen: Screen, path: Path) -> None:
    """Typed into the file dialog, whose keyboard lacks Vietnamese letters: such names are put there."""
    screen.until_dialog("QFileDialog")
    screen.ask(f"{DIALOG}.findChild(QLineEdit).setText({str(path)!r})")
    screen.key(f"{DIALOG}.findChild(QLineEdit)", "Return")
    screen.until_closed()


def type_into(screen: Screen, key: str, text: str) -> None:
    control = f"{DESK}.form.rows[{key!r}].editor.control"
    screen.ask(f"{DESK}.area.ensureWidgetVisible({control})")
    screen.ask(f"{control}.selectAll()")
    screen.type(control, text)


def scan(file: Path) -> Path:
    """The paper as it comes from a scanner: a page of pixels."""
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        page.draw_line((300, 700), (450, 720))
        picture = page.get_pixmap(dpi=100)
        page.insert_image(page.rect, pixmap=picture)
        document.save(file)
    return file


def words(file: Path) -> str:
    with pymupdf.open(file) as document:
        return " ".join("".join(page.get_text() for page in document).split())


@pytest.mark.timeout(170)
def test_a_staff_member_reports_a_lost_device_without_any_token(
    training: Training,
    piv: PivRig,
    mail: dict[str, object],
    mail_server: SmtpRig,
    effects: Effects,
    display: str,
    tmp_path: Path,
) -> None:
    card = insert(piv, training)
    options = {"profile": training.profile_folder, "modules": [piv.module], "mail": mail}
    with open_window(display, tmp_path / "home", **options) as screen:  # type: ignore[arg-type]  # told by name
        watch_viewer(screen)
        screen.until("window.watch.listing is not None and window.watch.listing.tokens", seconds=30)
        remove(piv, screen)  # it was used here once, and is lost now
        click = Clicks(screen)

        click(ROOM)
        screen.until(f"{PAGE} is not None and {PAGE}.start.isVisible()")
        keep(screen, tmp_path, "request-start")
        screen.ask("from bdsigner.model.request import Happening")
        click(f"{PAGE}.start.cards[Happening.LOST_OR_EXPOSED]")
        screen.until(f"{DESK}.isVisible() and {DESK}.request is not None")
        assert card.serial in screen.ask(f"{DESK}.warning.title")
        assert screen.ask(f"{DESK}.form.rows['full_name'].value") == "NGUYỄN HOÀNG ÁNH"
        type_into(screen, "id_number", ID_NUMBER)
        assert screen.ask(f"{DESK}.form.rows['email'].value") == MAILBOX
        screen.until(f"{DESK}.form.saved_mark.text() == 'đã lưu'")
        keep(screen, tmp_path, "request-form")

        click(f"{STEPS}.print_button")
        form = tmp_path / "de-nghi.pdf"
        choose_file(screen, form)
        screen.until(f"shown == [{str(form)!r}]", seconds=30)
        assert ID_NUMBER in words(form)
        click(f"{STEPS}.attach_button")
        choose_file(screen, scan(tmp_path / "scan.pdf"))
        screen.until(f"{STEPS}.send_button.isVisible()", seconds=30)
        assert screen.ask(f"{STEPS}.mailbox.text()") == MAILBOX
        keep(screen, tmp_path, "request-signed-by-hand")
        click(f"{STEPS}.send_button")
        screen.until_dialog("PasswordDialog", seconds=30)
        screen.type(f"{DIALOG}.field", PASSWORD)
        screen.key(f"{DIALOG}.field", "Return")
        screen.until(f"{OVERVIEW}.isVisible() and {OVERVIEW}.list.count == 1", seconds=30)
        screen.until(f"{OVERVIEW}.details.request.state.value == 'da-gui'", seconds=30)
        assert click.count <= MOST_CLICKS
        assert "đã gửi" in screen.ask(f"{PAGE}.notice.title")
        keep(screen, tmp_path, "request-sent")
        screen.ask("apply_theme(qt, 'dark')")
        keep(screen, tmp_path, "request-sent-dark")

    assert mail_server.envelopes == [(MAILBOX, ["so@binhduong.gov.vn"])]
    (sent,) = effects.contents().values()
    message = message_from_bytes(sent, policy=default)
    assert message["From"] is not None
    assert [one for one in mail_server.logins if one[2]]
    log = (tmp_path / "home" / "logs" / "bdsigner.log").read_text("utf-8")
    assert not any(secret in log for secret in (PASSWORD, ID_NUMBER))


@pytest.mark.timeout(170)
def test_a_leader_whose_pin_is_locked_gets_to_a_request_that_can_be_handed_over(
    training: Training, piv: PivRig, display: str, tmp_path: Path
) -> None:
    card = insert(piv, training)
    card.pin_left = 0
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        watch_viewer(screen)
        screen.ask("window.show_room(Room.DEVICES)")
        screen.until(
            "window.devices_page.cards and next(iter(window.devices_page.cards.values())).token.pin.locked", seconds=30
        )
        click = Clicks(screen)
        click("next(iter(window.devices_page.cards.values())).request_button")
        screen.until(f"{PAGE} is not None and {PAGE}.start.question is not None")
        keep(screen, tmp_path, "request-gate")
        click(f"{PAGE}.start.question.answers[0]")
        screen.until(f"{DESK}.isVisible() and {DESK}.request is not None")
        assert screen.ask(f"{DESK}.request.case.value") == "8.1a"
        assert screen.ask(f"{STEPS}.signers.combo.count()") == 0, "a locked token signs nothing"
        assert screen.ask(f"{DESK}.form.problems") == [], "everything is known"
        click(f"{STEPS}.print_button")
        form = tmp_path / "de-nghi.pdf"
        choose_file(screen, form)
        screen.until(f"shown == [{str(form)!r}]", seconds=30)
        assert card.serial in words(form)
        click(f"{STEPS}.attach_button")
        choose_file(screen, scan(tmp_path / "scan.pdf"))
        screen.until(f"{STEPS}.hand_button.isVisible()", seconds=30)
        click(f"{STEPS}.hand_button")
        package = tmp_path / "yeu-cau.zip"
        choose_file(screen, package)
        screen.until(f"{OVERVIEW}.isVisible() and {OVERVIEW}.details.request is not None", seconds=30)
        screen.until(f"{OVERVIEW}.details.request.state.value == 'da-gui'")
        assert package.exists()
        assert click.count <= MOST_CLICKS
        remove(piv, screen)


@pytest.mark.timeout(170)
def test_a_subscriber_signs_and_sends_with_the_device_at_twice_the_text_size(
    training: Training,
    piv: PivRig,
    mail: dict[str, object],
    mail_server: SmtpRig,
    effects: Effects,
    display: str,
    tmp_path: Path,
) -> None:
    card = insert(piv, training)
    options = {"profile": training.profile_folder, "modules": [piv.module], "mail": mail, "text_scale": 2.0}
    with open_window(display, tmp_path / "home", **options) as screen:  # type: ignore[arg-type]  # told by name
        screen.until("window.watch.listing is not None and window.watch.listing.signers", seconds=30)
        click = Clicks(screen)
        click(ROOM)
        screen.until(f"{PAGE} is not None and {PAGE}.start.isVisible()")
        screen.ask("from bdsigner.model.request import Happening")
        card_of = f"{PAGE}.start.cards[Happening.LEAVING]"
        screen.ask(f"{PAGE}.start.currentWidget().ensureWidgetVisible({card_of})")
        click(card_of)
        screen.until(f"{DESK}.isVisible() and {DESK}.request is not None")
        type_into(screen, "id_number", ID_NUMBER)
        screen.until(f"{DESK}.form.saved_mark.text() == 'đã lưu'")
        screen.picture(tmp_path / "request-form-large.png")
        screen.ask(f"{DESK}.area.ensureWidgetVisible({STEPS}.sign_button)")
        screen.until(f"{STEPS}.sign_button.isEnabled()")
        screen.picture(tmp_path / "request-steps-large.png")
        click(f"{STEPS}.sign_button")
        enter_pin(screen)
        screen.until_dialog("PasswordDialog", seconds=60)
        screen.picture(tmp_path / "request-password-large.png")
        screen.type(f"{DIALOG}.field", PASSWORD)
        screen.key(f"{DIALOG}.field", "Return")
        screen.until(f"{OVERVIEW}.isVisible() and {OVERVIEW}.details.request is not None", seconds=60)
        screen.until(f"{OVERVIEW}.details.request.state.value == 'da-gui'", seconds=30)
        assert click.count <= MOST_CLICKS
        assert card.signatures >= 1
        screen.picture(tmp_path / "request-sent-large.png")
        remove(piv, screen)
    assert len(effects.arrivals()) == 1
    (sent,) = effects.contents().values()
    taken = tmp_path / "taken.eml"
    taken.write_bytes(sent)
    for tool in ("smime", "cms"):
        judged = verify_mail(tool, taken, training, tmp_path)
        assert judged.returncode == 0, judged.stderr
    assert b"giay-de-nghi-da-ky.pdf" in judged.stdout
