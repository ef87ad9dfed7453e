from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.gui.arrivals import Arrivals
from bdsigner.gui.drops import MAX_FILES, route_files
from bdsigner.gui.widgets.notice import Notice
from bdsigner.ports import Phase
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway


class Watcher:
    """Implements ``ports.Progress``."""

    def __init__(self, stop_at: int = -1) -> None:
        self.stop_at = stop_at
        self.seen: list[tuple[str, Phase, int, int]] = []

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        if done == self.stop_at:
            raise UserCancelled
        self.seen.append((path.name, phase, done, total))

    def is_cancelled(self) -> bool:
        return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "văn bản"
    folder.mkdir()
    (folder / "b.pdf").write_bytes(b"%PDF-1.7")
    (folder / "a.PDF").write_bytes(b"%PDF-1.7")
    (folder / "ký.pdf").write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    (folder / "ghi-chu.txt").write_text("không phải PDF")
    (folder / "thư mục con.pdf").mkdir()
    return folder


def test_unsigned_goes_to_signing_and_signed_to_checking(folder: Path) -> None:
    routing = route_files([folder / "b.pdf", folder / "ký.pdf"], FakeDocumentGateway().inspect, Watcher())

    assert routing.to_sign == (folder / "b.pdf",)
    assert routing.to_verify == (folder / "ký.pdf",)
    assert routing.refused == ()


def test_a_folder_stands_for_the_pdfs_right_in_it(folder: Path) -> None:
    watcher = Watcher()
    routing = route_files([folder], FakeDocumentGateway().inspect, watcher)

    assert routing.to_sign == (folder / "a.PDF", folder / "b.pdf")
    assert routing.to_verify == (folder / "ký.pdf",)
    assert routing.refused == ()
    assert watcher.seen[-1] == ("ký.pdf", Phase.READING, 2, 3)


def test_a_file_dropped_twice_is_taken_once(folder: Path) -> None:
    assert route_files([folder / "b.pdf", folder], FakeDocumentGateway().inspect, Watcher()).to_sign == (
        folder / "b.pdf",
        folder / "a.PDF",
    )


def test_anything_else_gets_a_sentence_why_not(folder: Path) -> None:
    (folder / "phim.mp4").write_bytes(b"no document")
    missing = folder / "mất.pdf"
    routing = route_files([folder / "phim.mp4", missing], FakeDocumentGateway().inspect, Watcher())

    assert [refusal.error.code for refusal in routing.refused if refusal.error] == [
        ErrorCode.DOCUMENT_NOT_PDF,
        ErrorCode.DOCUMENT_NOT_FOUND,
    ]
    assert "phim.mp4" in routing.refused[0].sentence
    assert "không phải là PDF" in routing.refused[0].sentence


def test_a_folder_without_pdf_and_one_with_too_many_are_refused(tmp_path: Path) -> None:
    empty, full = tmp_path / "trống", tmp_path / "đầy"
    empty.mkdir()
    full.mkdir()
    for number in range(MAX_FILES + 1):
        (full / f"{number}.pdf").touch()

    routing = route_files([empty, full], FakeDocumentGateway().inspect, Watcher())

    assert routing.to_sign == ()
    assert "không có tập tin PDF nào" in routing.refused[0].sentence
    assert str(MAX_FILES) in routing.refused[1].sentence


def test_routing_can_be_stopped(folder: Path) -> None:
    with pytest.raises(UserCancelled):
        route_files([folder], FakeDocumentGateway().inspect, Watcher(stop_at=1))


def test_office_files_and_pictures_go_to_signing(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("thư.docx", "ảnh.JPG", "bảng.ods")]
    for file in files:
        file.touch()
    assert route_files(files, FakeDocumentGateway().inspect, Watcher()).to_sign == tuple(files)


@pytest.mark.parametrize("name", ["a.p7s", "A.P7M", "thư.eml"])
def test_cms_and_mail_go_to_checking(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"0")
    assert route_files([path], FakeDocumentGateway().inspect, Watcher()).to_verify == (path,)


@pytest.mark.parametrize(
    ("head", "is_encrypted"),
    [
        (bytes.fromhex("308006092a864886f70d010703a080"), True),
        (bytes.fromhex("3082014c06092a864886f70d010703a0"), True),
        (bytes.fromhex("3082014c060b2a864886f70d0109100117a0"), True),
        (bytes.fromhex("3082014c06092a864886f70d010702a0"), False),
        (b"-----BEGIN CMS-----", False),
        (b"", False),
    ],
)
def test_an_encrypted_message_goes_to_be_decrypted(tmp_path: Path, head: bytes, is_encrypted: bool) -> None:
    path = tmp_path / "công văn.P7M"
    path.write_bytes(head)
    routing = route_files([path], FakeDocumentGateway().inspect, Watcher())
    assert (routing.to_decrypt, routing.to_verify) == (((path,), ()) if is_encrypted else ((), (path,)))


def test_an_encrypted_message_is_offered_to_who_decrypts(
    themed: QApplication, training_application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "công văn.p7m"
    path.write_bytes(bytes.fromhex("308006092a864886f70d010703a080"))
    notice = Notice()
    qtbot.addWidget(notice)
    arrivals = Arrivals(notice, notice)
    arrivals.set_application(training_application)
    with qtbot.waitSignal(arrivals.decrypt_wanted) as wanted:
        arrivals.open_paths([path])
    assert wanted.args == [[path]]
