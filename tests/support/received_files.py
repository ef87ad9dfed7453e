"""What a recipient may be sent: files signed through the program in training, and what others made of them."""

import os
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymupdf
import tomli_w
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from pyhanko.sign.timestamps import TimeStamper

from bdsigner.storage.profile import PROFILE_FILE
from bdsigner.training import TRAINING_PIN, pki
from tests.support.pdfs import encrypted_pdf
from tests.support.pki import CHAIRMAN, FOREIGN, REVOKED, Training
from tests.support.signed_cms import signed_cms
from tests.support.signed_pdf import sign, simple_signer, time_stamper
from tests.support.small_pki import Holder

DEAD_PROXY = "http://127.0.0.1:9"
"""The port of the discard protocol: nothing listens there."""
VALID, UNSTAMPED = "quyet-dinh-12.pdf", "không dấu thời gian.pdf"
REVOKED_BEFORE, REVOKED_AFTER, FOREIGN_ROOT = "thu hồi trước khi ký.pdf", "thu hồi sau khi ký.pdf", "gốc lạ.pdf"
CHANGED, ONE_BYTE, CUT_SHORT = "sửa sau khi ký.pdf", "sai một byte.pdf", "tai-do.pdf"
ENCRYPTED, ENVELOPE = "co-mat-khau.pdf", "ma-hoa.p7m"
DETACHED, CONTENT = "chữ ký rời.p7s", "noi-khac/bao-cao.docx"
"""Names that a person types are ASCII: so are the keys of the tests' keyboard."""
BEFORE_THE_REVOCATION = pki.REVOKED_BEFORE_SETUP + timedelta(days=7)


def offline_profile(training: Training) -> Path:
    """The training profile of a machine whose network leads nowhere."""
    folder = training.profile_folder.with_name("offline")
    if not folder.exists():
        shutil.copytree(training.profile_folder, folder)
        file = folder / PROFILE_FILE
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        values["network"]["proxy"] = DEAD_PROXY
        values["timestamp"]["attempts"] = 1
        file.write_text(tomli_w.dumps(values), encoding="utf-8")
    return folder


def make_received_files(training: Training, folder: Path) -> None:
    """Write one file of each kind, named for what was done to it."""
    valid = _sign_original(training, folder / VALID, profile=training.profile_folder)
    _sign_original(training, folder / UNSTAMPED, profile=offline_profile(training))
    original = (training.folder.samples / "quyet-dinh.pdf").read_bytes()
    now = datetime.now(UTC)
    for name, person, authority, at in (
        (REVOKED_BEFORE, REVOKED, pki.TSA, now),
        (REVOKED_AFTER, REVOKED, pki.TSA, now - BEFORE_THE_REVOCATION),
        (FOREIGN_ROOT, FOREIGN, pki.FOREIGN_TSA, now),
    ):
        signer = simple_signer(_holder(training, person), _holder(training, pki.INTERMEDIATE))
        signed = sign(original, signer, stamper=_stamper(training, authority, at))
        (folder / name).write_bytes(signed)
    _alter(valid, folder / CHANGED)
    at = len(valid) // 3
    (folder / ONE_BYTE).write_bytes(valid[:at] + bytes((valid[at] ^ 1,)) + valid[at + 1 :])
    (folder / CUT_SHORT).write_bytes(valid[: len(valid) * 3 // 5])
    (folder / ENCRYPTED).write_bytes(encrypted_pdf())
    _write_messages(training, folder)


def _sign_original(training: Training, target: Path, *, profile: Path) -> bytes:
    """Sign the sample decision through the program, with the chairman's token."""
    shutil.copy(training.folder.samples / "quyet-dinh.pdf", target)
    serial = f"{training.x509(CHAIRMAN).serial_number:X}"
    allowed = ("--objections", "--without-timestamp", "--unchecked-certificate")
    subprocess.run(
        [
            *(sys.executable, "-m", "bdsigner", "--profile", str(profile), "sign", str(target), "--cert", serial),
            *("--pin-stdin", *(part for option in allowed for part in (option, "allow"))),
        ],
        input=f"{TRAINING_PIN}\n",
        env=os.environ | {"BDSIGNER_HOME": str(target.parent.with_name("signer"))},
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    signed = target.with_suffix(".signed.pdf")
    return signed.replace(target).read_bytes()


def _write_messages(training: Training, folder: Path) -> None:
    """A detached signature far from what it signs, and an envelope nobody here can open."""
    signer = simple_signer(_holder(training, CHAIRMAN), _holder(training, pki.INTERMEDIATE))
    stamper = _stamper(training, pki.TSA, datetime.now(UTC))
    content = folder / CONTENT
    content.parent.mkdir()
    content.write_bytes(b"PK\x03\x04 bao cao quy I")
    made = signed_cms(signer, content.read_bytes(), detached=True, stamper=stamper)
    (folder / DETACHED).write_bytes(made.dump())
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(b"mat").add_recipient(training.x509(CHAIRMAN))
    (folder / ENVELOPE).write_bytes(envelope.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary]))


def _alter(signed: bytes, target: Path) -> None:
    """Make six months sixty in a revision of its own, as PDF editors save."""
    target.write_bytes(signed)
    with pymupdf.open(target) as document:
        page = document[0]
        term = page.search_for("06 tháng")[0]
        page.draw_rect(term, color=None, fill=(1, 1, 1))
        page.insert_text((term.x0, term.y1 - 3), "60 tháng", fontname="tiro", fontsize=term.height * 0.85)
        document.saveIncr()


def _holder(training: Training, name: str) -> Holder:
    return Holder(training.x509(name), training.rsa_key(name))


def _stamper(training: Training, name: str, at: datetime) -> TimeStamper:
    return time_stamper(_holder(training, name), at=at)
