"""A signing page over scripted parts: what a test needs to open, place and sign."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pytestqt.qtbot import QtBot

from bdsigner.app import Application, SystemClock
from bdsigner.errors import UserCancelled
from bdsigner.gui.pages.sign_page import SignPage
from bdsigner.model.document import DocumentInfo, Page, SignatureField
from bdsigner.model.geometry import Box
from bdsigner.model.profile import Profile
from bdsigner.ports import PinRequest, Question, Services, SigningReview
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path
from bdsigner.storage.settings import Settings
from tests.fakes.documents import A4, FakeDocumentGateway, document_info
from tests.fakes.memory import FakeMemory
from tests.fakes.token import FakeToken, FakeTokenGateway

PIN = "123456"


@cache
def scene_key() -> ec.EllipticCurvePrivateKey:
    """The key of all signers here."""
    return ec.generate_private_key(ec.SECP256R1())


class ScriptedInteraction:
    """Implements ``ports.Interaction``: types what it is told and notes what it was asked."""

    def __init__(self) -> None:
        self.pin: str | None = PIN
        """``None``: the person cancels."""
        self.requests: list[PinRequest] = []
        self.questions: list[Question] = []
        self.reviews: list[SigningReview] = []
        self.answer = True

    def ask_pin(self, request: PinRequest) -> bytearray:
        self.requests.append(request)
        if self.pin is None:
            raise UserCancelled
        return bytearray(self.pin.encode())

    def review(self, review: SigningReview) -> bool:
        self.reviews.append(review)
        return self.answer

    def confirm(self, question: Question) -> bool:
        self.questions.append(question)
        return self.answer


class NoTimestamper:
    """The fake document gateway asks for no timestamp."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        raise AssertionError("no timestamp is asked for here")


@dataclass
class Scene:
    """The page and everything it works with."""

    qtbot: QtBot
    folder: Path
    page: SignPage
    documents: FakeDocumentGateway
    token: FakeToken
    interaction: ScriptedInteraction
    application: Application
    settings_changes: list[dict[str, object]] = field(default_factory=list)

    def pdf(self, name: str, *, pages: int = 1, page: Page = A4, empty_fields: tuple[SignatureField, ...] = ()) -> Path:
        """A file that the fake gateway takes for a PDF of so many pages."""
        path = self.folder / name
        path.write_bytes(f"%PDF {name}".encode())
        if pages != 1 or page is not A4 or empty_fields:
            info = document_info(path, pages=(page,) * pages)
            self.documents.infos[path] = _with_fields(info, empty_fields)
        return path

    def open(self, *paths: Path) -> None:
        """Open files as the shell does, and wait until they are looked at."""
        self.page.open_files(list(paths))
        self.qtbot.waitUntil(self.is_ready)

    def is_ready(self) -> bool:
        return self.page.desk.isVisible() and not self.page.desk.footer.reason.text() and not self.is_preview_due

    @property
    def is_preview_due(self) -> bool:
        box = self.page.desk.box
        return box.box is not None and not box.has_picture

    def show_signers(self) -> None:
        self.page.set_signers(self.application.signers())

    def sign(self) -> None:
        self.page.desk.footer.sign.click()

    @property
    def box(self) -> Box:
        box = self.page.desk.box.box
        assert box is not None
        return box


@contextmanager
def signing_scene(
    qtbot: QtBot,
    folder: Path,
    settings: Settings | None = None,
    profile: Profile | None = None,
    *,
    title: str = "Chủ tịch",
) -> Iterator[Scene]:
    """A page of 1200 by 800 pixels with one token plugged in."""
    documents = FakeDocumentGateway()
    token = FakeToken(
        pin=PIN, keys={"01": scene_key()}, certificates={"01": signer_certificate("Nguyễn Hoàng Ánh", title=title)}
    )
    interaction = ScriptedInteraction()
    application = Application(
        Services(
            profile=profile or load_profile(resource_path("profiles", "binh-duong")),
            tokens=FakeTokenGateway(token),
            documents=documents,
            timestamper=NoTimestamper(),
            outputs=FileOutputs(),
            clock=SystemClock(),
            memory=FakeMemory(),
        )
    )
    page = SignPage(None, settings or Settings(), interaction)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    page.set_application(application)
    scene = Scene(qtbot, folder, page, documents, token, interaction, application)
    page.settings_changed.connect(scene.settings_changes.append)
    scene.show_signers()
    yield scene


def signer_certificate(name: str, *, days: int = 365, title: str = "Chủ tịch") -> bytes:
    """A certificate with all items of Đ10.1b for the scene's key."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ủy ban nhân dân tỉnh Bình Dương"),
            x509.NameAttribute(NameOID.TITLE, title),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(scene_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name("anhnh@binhduong.gov.vn")]), critical=False)
    )
    return builder.sign(scene_key(), hashes.SHA256()).public_bytes(Encoding.DER)


def _with_fields(info: DocumentInfo, fields: tuple[SignatureField, ...]) -> DocumentInfo:
    return DocumentInfo(
        path=info.path,
        size_bytes=info.size_bytes,
        modified_ns=info.modified_ns,
        pages=info.pages,
        signature_fields=fields,
    )
