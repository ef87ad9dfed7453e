"""All kinds of files: signed rightly, or refused with a code."""

import hashlib
import os
import random
import resource
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, StorageError
from bdsigner.model.geometry import Box
from bdsigner.model.signature import VisibleSignature
from bdsigner.signing.pades import sign_document
from bdsigner.signing.signable import check_signable
from tests.signing.documents import (
    DIRECT_FORM,
    FORM_WITHOUT_FIELDS,
    INDIRECT_ANNOTATIONS,
    INDIRECT_FORM,
    NULL_ANNOTATIONS,
    hybrid_pdf,
    many_pages,
    object_streams,
    with_form_source,
)
from tests.signing.parts import Desk, Signed, no_timestamp, pdfsig, pyhanko_verdicts
from tests.support import pdfs
from tests.support.pki import Training

GOOD: dict[str, Callable[[], bytes]] = {
    "plain": pdfs.text_pdf,
    "object streams": object_streams,
    "hybrid": hybrid_pdf,
    "direct form": lambda: with_form_source(DIRECT_FORM),
    "indirect form": lambda: with_form_source(INDIRECT_FORM),
    "form without fields": lambda: with_form_source(FORM_WITHOUT_FIELDS),
    "indirect annotations": lambda: with_form_source(INDIRECT_ANNOTATIONS),
    "annotations that are not there": lambda: with_form_source(NULL_ANNOTATIONS),
    "inherited page attributes": many_pages,
    "no end of line at the end": lambda: pdfs.text_pdf().rstrip(),
    "white space at the end": lambda: pdfs.text_pdf() + b"\r\n \x00\n",
    "PDF 1.4": lambda: pdfs.text_pdf().replace(b"%PDF-1.7", b"%PDF-1.4"),
}
BAD: dict[str, tuple[Callable[[], bytes], ErrorCode]] = {
    "empty": (lambda: pdfs.EMPTY, ErrorCode.DOCUMENT_EMPTY),
    "JPEG": (pdfs.jpeg, ErrorCode.DOCUMENT_NOT_PDF),
    "password": (pdfs.encrypted_pdf, ErrorCode.DOCUMENT_ENCRYPTED),
    "owner password only": (lambda: pdfs.encrypted_pdf(user_password=""), ErrorCode.DOCUMENT_ENCRYPTED),
    "XFA": (pdfs.xfa_pdf, ErrorCode.DOCUMENT_XFA),
    "garbage": (pdfs.damaged_pdf, ErrorCode.DOCUMENT_DAMAGED),
    "lost cross-references": (pdfs.repairable_pdf, ErrorCode.DOCUMENT_DAMAGED),
    "misplaced cross-references": (
        lambda: pdfs.text_pdf().replace(b"startxref\n", b"startxref\n1"),
        ErrorCode.DOCUMENT_DAMAGED,
    ),
    "truncated": (lambda: pdfs.text_pdf(5)[:-400], ErrorCode.DOCUMENT_DAMAGED),
    "bytes after the end": (lambda: pdfs.text_pdf() + b"more\n", ErrorCode.DOCUMENT_DAMAGED),
    "bytes before the header": (lambda: b"\n" + pdfs.text_pdf(), ErrorCode.DOCUMENT_DAMAGED),
}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("is_visible", [False, True], ids=["invisible", "visible"])
def test_good_files_are_signed(
    kind: str, is_visible: bool, desk: Desk, training: Training, appearance: VisibleSignature
) -> None:
    options = {"box": Box(0, 200, 300, 226.8, 85), "appearance": appearance} if is_visible else {}
    first = desk.sign(GOOD[kind](), **options)
    second = desk.sign(first.path)
    assert pdfsig(second.path) == ["Signature is Valid."] * 2
    assert pyhanko_verdicts(second, training.anchors) == [True] * 2
    with pymupdf.open(second.path) as document:
        assert not document.is_repaired
        assert document.get_sigflags() == 3
        assert document[0].get_text().startswith("Trang 1")


@pytest.mark.parametrize("kind", [*GOOD, *BAD])
def test_it_is_known_beforehand_whether_a_file_can_be_signed(kind: str, desk: Desk) -> None:
    source = desk.folder / "gốc.pdf"
    if kind in GOOD:
        source.write_bytes(GOOD[kind]())
        with pymupdf.open(source) as document:
            assert check_signable(source) == document.page_count
        return
    make, code = BAD[kind]
    source.write_bytes(make())
    with pytest.raises(DocumentError) as caught:
        check_signable(source)
    assert caught.value.code is code


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_refused(kind: str, desk: Desk) -> None:
    make, code = BAD[kind]
    with pytest.raises(DocumentError) as caught:
        desk.sign(make())
    assert caught.value.code is code


def test_missing_file(desk: Desk) -> None:
    with pytest.raises(DocumentError) as caught:
        desk.sign(desk.folder / "không có.pdf")
    assert caught.value.code is ErrorCode.DOCUMENT_NOT_FOUND


def test_a_folder_is_unreadable(desk: Desk) -> None:
    with pytest.raises(DocumentError) as caught:
        desk.sign(desk.folder)
    assert caught.value.code is ErrorCode.DOCUMENT_UNREADABLE


@pytest.mark.parametrize("page", [1, 99])
def test_missing_page(page: int, desk: Desk, appearance: VisibleSignature) -> None:
    with pytest.raises(DocumentError) as caught:
        desk.sign(pdfs.text_pdf(), box=Box(page, 10, 10, 226.8, 85), appearance=appearance)
    assert caught.value.code is ErrorCode.DOCUMENT_NO_SUCH_PAGE
    assert caught.value.facts["page"] == page + 1


def test_last_of_many_pages(desk: Desk, appearance: VisibleSignature) -> None:
    signed = desk.sign(many_pages(40), box=Box(39, 200, 300, 226.8, 85), appearance=appearance)
    with pymupdf.open(signed.path) as document:
        assert [page.number for page in document if page.first_widget] == [39]


@pytest.mark.parametrize("changed", ["size", "time"])
def test_a_file_changed_since_the_person_looked(changed: str, desk: Desk) -> None:
    source = desk.folder / "gốc.pdf"
    source.write_bytes(pdfs.text_pdf())
    looked = source.stat()
    size, time = looked.st_size, looked.st_mtime_ns
    desk.sign(source, expected_size_bytes=size, expected_modified_ns=time)
    if changed == "size":
        source.write_bytes(source.read_bytes() + b"\n")
        os.utime(source, ns=(time, time))
    else:
        os.utime(source, ns=(time, time + 1))
    with pytest.raises(DocumentError) as caught:
        desk.sign(source, expected_size_bytes=size, expected_modified_ns=time)
    assert caught.value.code is ErrorCode.DOCUMENT_CHANGED_MEANWHILE


def test_full_disk(desk: Desk) -> None:
    request = desk.request(pdfs.text_pdf())
    request.partial.unlink()
    request.partial.symlink_to("/dev/full")
    with pytest.raises(StorageError) as caught:
        sign_document(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    assert caught.value.code is ErrorCode.STORAGE_FULL


def test_the_disk_is_seen_to_be_full_before_the_token_is_asked(desk: Desk) -> None:
    """A limit on file size lets the copy pass and stops the update."""
    pdf = pdfs.text_pdf()
    request = desk.request(pdf)
    asked: list[bytes] = []

    def sign(digest: bytes) -> bytes:
        asked.append(digest)
        return desk.signer.sign(digest)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(pdf) + 100, before[1]))
    try:
        with pytest.raises(StorageError) as caught:
            sign_document(request, sign_digest=sign, request_timestamp=no_timestamp)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert asked == []


def test_what_the_partial_file_held_is_gone(desk: Desk) -> None:
    request = desk.request(pdfs.text_pdf())
    request.partial.write_bytes(bytes(100_000))
    result = sign_document(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    assert request.partial.stat().st_size == result.size_bytes
    assert pdfsig(request.partial) == ["Signature is Valid."]


def test_partial_file_must_be_there(desk: Desk) -> None:
    request = desk.request(pdfs.text_pdf())
    request.partial.unlink()
    with pytest.raises(StorageError) as caught:
        sign_document(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    assert caught.value.code is ErrorCode.STORAGE_FAILED


def test_damaged_files_are_signed_rightly_or_refused_with_a_code(desk: Desk) -> None:
    """Flipped, lost and doubled bytes anywhere: never a foreign exception, never an unsound signature."""
    chance = random.Random(69)  # noqa: S311  # the same mutants every time
    originals = [with_form_source(INDIRECT_FORM), object_streams(), hybrid_pdf()]
    refused = 0
    for number in range(240):
        request = desk.request(_mutant(originals[number % 3], chance))
        try:
            result = sign_document(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
        except BdsignerError:
            refused += 1
        else:
            signed = Signed(request.partial, result)
            assert len(signed.data) == result.size_bytes
            assert signed.message_digest == hashlib.sha256(signed.covered).digest()
        request.source.unlink()
        request.partial.unlink()
    assert 20 < refused < 240


def _mutant(pdf: bytes, chance: random.Random) -> bytes:
    data = bytearray(pdf)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        kind = chance.randrange(3)
        if kind == 0:
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place : place + chance.randint(1, 30)]
        else:
            data[place:place] = data[place : place + chance.randint(1, 30)]
    return bytes(data)


def test_memory_does_not_grow_with_the_file(desk: Desk, tmp_path: Path) -> None:
    scan = pdfs.write_scan(tmp_path / "scan.pdf", pages=30, size_bytes=108_000_000)
    desk.sign(pdfs.text_pdf())
    before = _reset_peak_kib()
    signed = desk.sign(scan)
    assert _peak_kib() - before < 16 * 1024
    assert signed.result.size_bytes > scan.stat().st_size
    assert _sound(signed)


def _sound(signed: Signed) -> bool:
    return pdfsig(signed.path) == ["Signature is Valid."]


def _reset_peak_kib() -> int:
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # resets the peak (proc(5))
    return _peak_kib()


def _peak_kib() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
