"""Office documents to PDF by the real LibreOffice; bad ones, and programs that hang, crash or make nothing."""

import os
import stat
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pymupdf
import pytest

from bdsigner.conversion.containers import kind_of
from bdsigner.conversion.office import OfficeConverter, find_program
from bdsigner.errors import ConversionError, ErrorCode, UserCancelled
from bdsigner.model.conversion import SourceKind
from bdsigner.model.document import ArchivalClaim
from bdsigner.signing.xmp import archival_claim

TEXT = "Quyết định số 45/QĐ-UBND về việc ký số văn bản điện tử, Ủy ban nhân dân tỉnh"


@pytest.fixture(scope="module")
def office_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A letter in every format, made by LibreOffice itself from text and a table."""
    folder = tmp_path_factory.mktemp("văn bản")
    program = find_program()
    assert program is not None, "libreoffice is installed by the set-up step"
    (folder / "thư.txt").write_text(TEXT, encoding="utf-8")
    (folder / "bảng.csv").write_text(f"số,trích yếu\n45,{TEXT}\n", encoding="utf-8")
    made = {"txt": folder / "thư.txt", "csv": folder / "bảng.csv"}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    utf8 = ["--infilter=Text - txt - csv (StarCalc):44,34,76"]
    for source, suffixes, how in (
        ("thư.txt", ("docx", "doc", "odt", "rtf"), []),
        ("bảng.csv", ("xlsx", "xls", "ods"), utf8),
    ):
        for suffix in suffixes:
            subprocess.run(
                [
                    str(program),
                    profile,
                    "--headless",
                    *how,
                    "--convert-to",
                    suffix,
                    "--outdir",
                    str(folder),
                    folder / source,
                ],
                check=True,
                capture_output=True,
                timeout=60,
            )
            made[suffix] = folder / f"{Path(source).stem}.{suffix}"
    return made


def convert(source: Path, folder: Path, converter: OfficeConverter | None = None) -> Path:
    partial = folder / "kết quả.pdf"
    partial.touch()
    (converter or OfficeConverter()).to_pdf(source, partial)
    return partial


@pytest.mark.parametrize("suffix", ["docx", "doc", "odt", "rtf", "txt", "xlsx", "xls", "ods", "csv"])
def test_every_format_becomes_a_pdf_with_its_vietnamese_text(
    office_files: dict[str, Path], suffix: str, tmp_path: Path
) -> None:
    source = office_files[suffix]
    assert kind_of(source) is SourceKind.OFFICE
    before = sorted(source.parent.iterdir())
    with pymupdf.open(convert(source, tmp_path)) as pdf:
        assert archival_claim(pdf.get_xml_metadata().encode()) == ArchivalClaim(part=2, conformance="B")
        text = " ".join("".join(page.get_text() for page in pdf.pages()).split())
        fonts = [font for page in pdf.pages() for font in page.get_fonts()]
    assert "Quyết định số 45/QĐ-UBND" in text
    assert all(font[1] not in ("n/a", "") for font in fonts), "every font is embedded"
    assert sorted(source.parent.iterdir()) == before, "nothing is written beside the original"


@pytest.mark.parametrize("name", ["-rf.odt", "có dấu & khoảng trắng.odt", "xuống\ndòng.odt"])
def test_odd_names_are_no_options(office_files: dict[str, Path], name: str, tmp_path: Path) -> None:
    source = tmp_path / name
    source.write_bytes(office_files["odt"].read_bytes())
    assert convert(source, tmp_path).read_bytes().startswith(b"%PDF-")


def refused(source: Path) -> ErrorCode:
    with pytest.raises(ConversionError) as caught:
        kind_of(source)
    return caught.value.code


def test_what_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    for name, content, code in (
        ("a.docx", b"MZ\x90\x00 a program", ErrorCode.CONVERSION_MISNAMED),
        ("a.doc", b"PK\x03\x04", ErrorCode.CONVERSION_MISNAMED),
        ("a.txt", b"\x00\x01\x02", ErrorCode.CONVERSION_MISNAMED),
        ("a.png", b"GIF89a", ErrorCode.CONVERSION_MISNAMED),
        ("a.docx", b"", ErrorCode.CONVERSION_EMPTY),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ErrorCode.CONVERSION_PASSWORD),
        ("a.odt", b"PK\x03\x04 cut off", ErrorCode.CONVERSION_FAILED),
        ("a.exe", b"MZ", ErrorCode.CONVERSION_UNSUPPORTED),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert refused(path) is code, name
    assert refused(tmp_path / "không có.docx") is ErrorCode.CONVERSION_UNREADABLE
    assert refused(tmp_path) in (ErrorCode.CONVERSION_UNREADABLE, ErrorCode.CONVERSION_UNSUPPORTED)


def test_p4_a_container_that_swells_a_hundredfold_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bom.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("word/document.xml", b"0" * (50 << 20))
    assert refused(bomb) is ErrorCode.CONVERSION_BOMB


def test_a_damaged_document_is_a_coded_sentence(tmp_path: Path) -> None:
    source = tmp_path / "hỏng.odt"
    with zipfile.ZipFile(source, "w") as container:
        container.writestr("content.xml", "no xml")
    with pytest.raises(ConversionError) as caught:
        convert(source, tmp_path)
    assert caught.value.code is ErrorCode.CONVERSION_FAILED


def test_without_libreoffice_the_remedy_is_said(
    office_files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("bdsigner.conversion.office._PLACES", {})
    with pytest.raises(ConversionError) as caught:
        convert(office_files["odt"], tmp_path)
    assert caught.value.code is ErrorCode.CONVERSION_NO_OFFICE


def stand_in(folder: Path, code: str) -> Path:
    """A program in the place of LibreOffice."""
    script = folder / "stand-in.py"
    script.write_text(f"#!{sys.executable}\nimport os, subprocess, sys, time\n{code}\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


@pytest.mark.parametrize("code", ["sys.exit(1)", "os.abort()", "pass"])
def test_a_program_that_makes_nothing_is_told(office_files: dict[str, Path], tmp_path: Path, code: str) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(office_files["odt"], tmp_path, OfficeConverter(stand_in(tmp_path, code)))
    assert caught.value.code is ErrorCode.CONVERSION_FAILED


def hanging(folder: Path) -> tuple[Path, Path]:
    """Hangs, and has started another that would outlive it; also where that one says its number."""
    told = folder / "pid"
    code = (
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(told)!r}, 'w').write(str(child.pid))\ntime.sleep(600)"
    )
    return stand_in(folder, code), told


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_a_program_that_hangs_is_ended_with_all_it_started(office_files: dict[str, Path], tmp_path: Path) -> None:
    program, told = hanging(tmp_path)
    with pytest.raises(ConversionError) as caught:
        convert(office_files["odt"], tmp_path, OfficeConverter(program, timeout_seconds=2))
    assert caught.value.code is ErrorCode.CONVERSION_TIMEOUT
    pid = int(told.read_text())
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_a_person_can_stop_it(office_files: dict[str, Path], tmp_path: Path) -> None:
    program, told = hanging(tmp_path)
    stop = threading.Event()
    partial = tmp_path / "kết quả.pdf"
    partial.touch()

    def should_stop() -> bool:
        return told.exists() or stop.is_set()

    with pytest.raises(UserCancelled):
        OfficeConverter(program).to_pdf(office_files["odt"], partial, should_stop=should_stop)
    assert partial.read_bytes() == b""


def test_it_sees_nothing_of_the_persons_settings(office_files: dict[str, Path], tmp_path: Path) -> None:
    told = tmp_path / "environment"
    program = stand_in(tmp_path, f"open({str(told)!r}, 'w').write(repr(dict(os.environ)))")
    os.environ["BDSIGNER_SECRET"] = "canary"
    try:
        with pytest.raises(ConversionError):
            convert(office_files["odt"], tmp_path, OfficeConverter(program))
    finally:
        del os.environ["BDSIGNER_SECRET"]
    seen = told.read_text("utf-8")
    assert "canary" not in seen
    assert str(Path.home()) not in seen.replace(os.environ["PATH"], "")
