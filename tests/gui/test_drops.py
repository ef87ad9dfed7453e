from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.gui.drops import MAX_FILES, route_files
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
