"""A recipient through the real window: an encrypted decision is dropped, opened with the card, and judged."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from tests.encryption.people import recipient
from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.support.display import private_display
from tests.support.openssl_cms import private_pem
from tests.support.openssl_cms import run as openssl_cms
from tests.support.pki import CHAIRMAN, CHIEF_OF_OFFICE, Training
from tests.support.received_files import VALID, make_received_files
from tests.window.screen import DIALOG, Screen, open_window
from tests.window.test_signing_flows import PIN, enter_pin, keep

SCREEN = "1320x860x24"
PAGE = "window.encryption_page"
PANEL = f"{PAGE}.decrypting"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as name:
        yield name


@pytest.fixture(scope="module")
def decision(training: Training, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("received")
    make_received_files(training, folder)
    return (folder / VALID).read_bytes()


def encrypt(certificate: bytes, content: bytes, target: Path, *options: str) -> Path:
    pem, plain = target.parent.parent / "to.pem", target.parent.parent / "plain"
    pem.write_bytes(load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    plain.write_bytes(content)
    arguments = ("-binary", "-in", plain, "-outform", "DER", "-out", target, "-recip", pem)
    made = openssl_cms("-encrypt", *(options or ("-aes-256-gcm",)), *arguments)
    assert made.returncode == 0, made.stderr.decode()
    return target


def drop(screen: Screen, file: Path) -> None:
    screen.ask(f"drop(Path({str(file)!r}))")
    screen.until(f"{PAGE} is not None and {PANEL}.isVisible() and {PANEL}.title.text() == {file.name!r}")


@pytest.mark.timeout(150)
def test_a_recipient_opens_a_decision_with_the_card(
    training: Training, piv: PivRig, display: str, decision: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "đến"
    folder.mkdir()
    mine = training.certificate(CHAIRMAN)
    card = PivCard(pin=PIN)
    card.put(SIGN, training.key(CHAIRMAN), mine)
    piv.reader.insert(card)
    envelope = encrypt(mine, decision, folder / "quyết định số 12.pdf.p7m")
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        screen.ask("window.show_room(Room.ENCRYPTION)")
        screen.until(f"{PAGE}.empty.isVisible()")
        keep(screen, tmp_path, "decrypt-empty")
        drop(screen, envelope)
        screen.until(f"{PANEL}.button.isEnabled()", seconds=30)
        keep(screen, tmp_path, "decrypt-ready")
        screen.click(f"{PANEL}.button")
        screen.until_dialog("PinDialog")
        assert "Giải mã" in screen.ask(f"{DIALOG}.sign_button.text().replace('&', '')")
        screen.picture(tmp_path / "decrypt-pin.png")
        screen.type(f"{DIALOG}.field", "999999")
        screen.key(f"{DIALOG}", "Return")
        screen.until(f"{PANEL}.notice.isVisible()")
        assert card.pin_left == card.tries - 1, "tried once"
        assert {path.name for path in folder.iterdir()} == {envelope.name}
        keep(screen, tmp_path, "decrypt-wrong-pin")

        screen.click(f"{PANEL}.button")
        enter_pin(screen)
        screen.until(f"{PANEL}.verdict.isVisible()", seconds=60)
        assert (folder / "quyết định số 12.pdf").read_bytes() == decision
        assert screen.ask(f"{PANEL}.verdict.sentence.text()") == "Chữ ký hợp lệ, văn bản nguyên vẹn"
        screen.picture(tmp_path / "decrypted.png")  # names a folder of this run
        screen.ask("apply_theme(qt, 'dark')")
        screen.picture(tmp_path / "decrypted-dark.png")  # names a folder of this run
        screen.ask("apply_theme(qt, 'light')")
        screen.click(f"{PANEL}.verdict.button")
        screen.until("window.verify_page.result.isVisible() and window.verify_page._job is None", seconds=30)

        damaged = encrypt(mine, decision, folder / "bị sửa.pdf.p7m")
        data = bytearray(damaged.read_bytes())
        data[-3] ^= 1
        damaged.write_bytes(data)
        drop(screen, damaged)
        screen.until(f"{PANEL}.button.isEnabled()", seconds=30)
        screen.click(f"{PANEL}.button")
        enter_pin(screen)
        screen.until(f"{PANEL}.notice.isVisible()", seconds=30)
        assert screen.ask(f"{PANEL}.notice.title") == "Không giải mã được"
        assert not (folder / "bị sửa.pdf").exists()

        elsewhere = encrypt(recipient("p384").der, decision, folder / "cho người khác.pdf.p7m")
        drop(screen, elsewhere)
        screen.until(f"{PANEL}.notice.isVisible() and {PANEL}.again_button.isVisible()", seconds=30)
        assert not screen.ask(f"{PANEL}.button.isEnabled()")
        assert "không thiết bị nào đang cắm mở được" in screen.ask(f"{PANEL}.notice.text")
        keep(screen, tmp_path, "decrypt-other")


@pytest.mark.timeout(150)
def test_a_sender_finds_people_and_encrypts_for_them(
    training: Training, piv: PivRig, display: str, decision: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "đi"
    folder.mkdir()
    source = folder / "công văn số 5.pdf"
    source.write_bytes(decision)
    colleague = tmp_path / "dong-nghiep.cer"
    colleague.write_bytes(training.certificate(CHIEF_OF_OFFICE))
    stranger = tmp_path / "la.cer"
    stranger.write_bytes(recipient("rsa", 7).der)
    card = PivCard(pin=PIN)
    card.put(SIGN, training.key(CHAIRMAN), training.certificate(CHAIRMAN))
    piv.reader.insert(card)
    panel = f"{PAGE}.encrypting"
    picker = f"{panel}.picker"
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        screen.ask("window.show_room(Room.ENCRYPTION)")
        screen.until(f"{PAGE}.empty.isVisible()")
        screen.ask(f"drop(Path({str(source)!r}))")
        screen.until(f"{panel}.isVisible() and {panel}.files.count() == 1")
        screen.until(f"{panel}.with_me.isEnabled()", seconds=30)
        assert screen.ask(f"{panel}.reason.text()") == "Chưa chọn người nhận nào."
        keep(screen, tmp_path, "encrypt-empty")

        screen.ask(f"{picker}.add_files([{str(colleague)!r}])")  # as from the file dialog
        screen.until(f"len({picker}.rows) == 1 and not {picker}.is_checking", seconds=30)
        name = screen.ask(f"{picker}.rows[0].entry.name")
        screen.click(f"{picker}.rows[0].remove_button")
        screen.until(f"not {picker}.rows")
        plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
        screen.type(f"{picker}.search", "".join(one for one in plain if not unicodedata.combining(one)).lower())
        screen.until(f"{picker}.results.count() == 1")
        keep(screen, tmp_path, "encrypt-searching")
        screen.key(f"{picker}.search", "Return")
        screen.until(f"len({picker}.rows) == 1 and not {picker}.is_checking", seconds=30)
        screen.until(f"{panel}.button.isEnabled()")

        screen.ask(f"{picker}.add_files([{str(stranger)!r}])")
        screen.until(f"len({picker}.rows) == 2 and not {picker}.is_checking", seconds=30)
        assert not screen.ask(f"{panel}.button.isEnabled()")
        assert "Người nhận rsa 7" in screen.ask(f"{panel}.reason.text()")
        keep(screen, tmp_path, "encrypt-refused")
        screen.click(f"{picker}.rows[1].remove_button")
        screen.until(f"{panel}.button.isEnabled()")
        keep(screen, tmp_path, "encrypt-ready")
        screen.ask("apply_theme(qt, 'dark')")
        keep(screen, tmp_path, "encrypt-ready-dark")
        screen.ask("apply_theme(qt, 'light')")
        screen.click(f"{panel}.button")
        screen.until(f"{panel}.result.isVisible()", seconds=30)
        screen.picture(tmp_path / "encrypted.png")  # names a folder of this run
        output = folder / "công văn số 5.pdf.p7m"
        assert {path.name for path in folder.iterdir()} == {source.name, output.name}
        for person in (CHAIRMAN, CHIEF_OF_OFFICE):
            certificate, key = tmp_path / "who.pem", tmp_path / "who.key"
            der = training.certificate(person)
            certificate.write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
            key.write_bytes(private_pem(training.key(person)))
            read = openssl_cms(
                "-decrypt", "-inform", "DER", "-in", output, "-recip", certificate, "-inkey", key, "-binary"
            )
            assert read.stdout == decision
