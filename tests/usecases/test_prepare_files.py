"""What is no PDF becomes one before it is signed; both hashes are kept, no file is replaced (Đ10.3b)."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from bdsigner.conversion.office import OfficeConverter
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import BdsignerError, ErrorCode
from bdsigner.net.fetch import HttpFetcher
from bdsigner.ports import Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.usecases.prepare_files import prepare_file
from tests.fakes.memory import FakeMemory
from tests.fakes.timestamper import NoTimestamper
from tests.fakes.token import FakeTokenGateway
from tests.support.pdfs import text_pdf
from tests.support.pki import Training


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.fixture
def services(training: Training, documents: ChildDocumentGateway) -> Services:
    from bdsigner.app import SystemClock

    return Services(
        profile=training.profile,
        tokens=FakeTokenGateway(),
        documents=documents,
        timestamper=NoTimestamper(),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
        converter=OfficeConverter(),
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_pdf_is_left_as_it_is(services: Services, tmp_path: Path) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(text_pdf())
    prepared = prepare_file(source, services)
    assert prepared.pdf == source
    assert prepared.source_sha256 == prepared.pdf_sha256 == sha256(source)


def test_d10_3b_office_in_pdf_out_both_hashes_kept(services: Services, tmp_path: Path) -> None:
    source = tmp_path / "công văn.txt"
    source.write_text("Kính gửi Sở Nội vụ", encoding="utf-8")
    prepared = prepare_file(source, services)
    assert prepared.pdf == tmp_path / "công văn.pdf"
    assert prepared.source_sha256 == sha256(source)
    assert prepared.pdf_sha256 == sha256(prepared.pdf)
    assert prepared.converter == "LibreOffice"
    assert "Kính gửi Sở Nội vụ" in pymupdf.open(prepared.pdf)[0].get_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["công văn.pdf", "công văn.txt"]


def test_no_file_is_replaced(services: Services, tmp_path: Path) -> None:
    source, other = tmp_path / "a.txt", tmp_path / "a.pdf"
    source.write_text("mới", encoding="utf-8")
    other.write_bytes(b"of somebody else")
    assert prepare_file(source, services).pdf == tmp_path / "a-2.pdf"
    assert other.read_bytes() == b"of somebody else"


def test_pictures_are_made_a_pdf_in_the_sandbox(services: Services, tmp_path: Path) -> None:
    source = tmp_path / "quét.png"
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 826, 1169))
    pixmap.clear_with(240)
    pixmap.set_dpi(100, 100)
    pixmap.save(source)
    prepared = prepare_file(source, services)
    page = pymupdf.open(prepared.pdf)[0]
    assert (page.rect.width, page.rect.height) == pytest.approx((595, 842), abs=2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n rubbish"),
        ("b.jpg", b"\xff\xd8\xff rubbish"),
        ("c.tif", b"II*\x00"),
        ("d.odt", b"PK"),
    ],
)
def test_rubbish_ends_in_a_coded_error_and_leaves_nothing(
    services: Services, tmp_path: Path, name: str, content: bytes
) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    with pytest.raises(BdsignerError) as caught:
        prepare_file(source, services)
    assert caught.value.code is not ErrorCode.UNEXPECTED
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_converter_that_makes_no_pdf_is_told(services: Services, tmp_path: Path) -> None:
    class Liar(OfficeConverter):
        def to_pdf(self, source: Path, partial: Path, **_: object) -> None:
            partial.write_bytes(b"no pdf")

    source = tmp_path / "a.txt"
    source.write_text("x", encoding="utf-8")
    with pytest.raises(BdsignerError) as caught:
        prepare_file(source, replace(services, converter=Liar()))
    assert caught.value.code is ErrorCode.CONVERSION_FAILED
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_command_converts_and_says_what_cannot_be(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.txt", tmp_path / "b.docx"
    good.write_text("Quyết định", encoding="utf-8")
    bad.write_bytes(b"MZ")
    done = subprocess.run(
        [sys.executable, "-m", "bdsigner", "convert", str(good), str(bad), "--output-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "a.pdf" in done.stdout
    assert "conversion.misnamed" in done.stderr
