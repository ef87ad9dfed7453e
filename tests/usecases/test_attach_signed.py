"""What was signed elsewhere comes back: our form with signatures, a scan, a picture; nothing else."""

import io
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from bdsigner.errors import ErrorCode
from bdsigner.model.request import Request, RequestState
from bdsigner.ports import Services
from bdsigner.usecases.attach_signed import attach_signed
from bdsigner.usecases.begin_request import change_request, save_document
from bdsigner.usecases.request_mail import MAX_MAIL_BYTES
from tests.signing.parts import pdfsig
from tests.support.pki import CHAIRMAN, SPECIALIST, Training
from tests.support.requests import Desk, make_desk
from tests.usecases.test_sign_request import refusal

pytestmark = pytest.mark.training
S = RequestState


@pytest.fixture
def desk(services: Services, training: Training, tmp_path: Path) -> Desk:
    return make_desk(services, training, tmp_path / "outbox")


@pytest.fixture
def elsewhere(desk: Desk, services: Services, training: Training, tmp_path: Path) -> Desk:
    """The same request on another machine, or before it was forgotten here."""
    other = make_desk(services, training, tmp_path / "elsewhere")
    return other


def signed_elsewhere(request: Request, elsewhere: Desk, target: Path, who: str, *, is_manager: bool = False) -> Path:
    if request.id not in elsewhere.store.requests:
        elsewhere.store.create(request)
    after = elsewhere.sign(elsewhere.store.requests[request.id], who, is_manager=is_manager)
    target.write_bytes(elsewhere.document(after).read_bytes())
    return target


def scan(path: Path) -> Path:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "scan")
        document.save(path)
    return path


def reason(desk: Desk, request: Request, path: Path) -> str:
    before = desk.store.requests[request.id]
    error = refusal(lambda: attach_signed(request.id, path, desk.services))
    assert (error.code, error.facts["file"]) == (ErrorCode.REQUEST_OTHER_DOCUMENT, path.name)
    assert desk.store.requests[request.id] == before
    return str(error.facts["reason"])


def test_our_form_comes_back_signed_by_both_one_after_the_other(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    draft = desk.draft(signed_on="05/02/2026")
    saved = tmp_path / "đơn.pdf"
    save_document(draft.id, saved, desk.services)
    back = signed_elsewhere(draft, elsewhere, tmp_path / "đã ký.pdf", CHAIRMAN, is_manager=True)
    assert back.read_bytes().startswith(saved.read_bytes())
    request = attach_signed(draft.id, back, desk.services)
    assert (request.state, request.signed_fields, request.is_hand_signed) == (S.SIGNED, ("XacNhan",), False)
    assert desk.document(request).read_bytes() == back.read_bytes()
    assert request.machine_copy is not None

    again = refusal(lambda: attach_signed(request.id, back, desk.services))
    assert again.facts["reason"] == "no new signature in its fields"
    second = desk.sign(request)
    assert second.signed_fields == ("XacNhan", "NguoiKhai")
    assert pdfsig(desk.document(second)) == ["Signature is Valid."] * 2


def test_a_saved_form_is_known_again_by_a_version_that_prints_otherwise(
    desk: Desk, elsewhere: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = desk.draft(signed_on="05/02/2026")
    save_document(draft.id, tmp_path / "đơn.pdf", desk.services)
    back = signed_elsewhere(draft, elsewhere, tmp_path / "đã ký.pdf", CHAIRMAN, is_manager=True)

    def print_otherwise(form: object, copy: object, partial: Path) -> int:
        scan(partial)
        return 1

    monkeypatch.setattr(desk.services.documents, "print_form", print_otherwise)
    assert attach_signed(draft.id, back, desk.services).signed_fields == ("XacNhan",)


def test_a_form_signed_here_is_confirmed_elsewhere(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    request = desk.sign(desk.draft())
    for file in (request.document, request.machine_copy):
        assert file is not None
        elsewhere.store.keep(request.id, file.name, desk.store.path(request.id, file))
    back = signed_elsewhere(request, elsewhere, tmp_path / "xác nhận.pdf", CHAIRMAN, is_manager=True)
    after = attach_signed(request.id, back, desk.services)
    assert set(after.signed_fields) == {"NguoiKhai", "XacNhan"}


def test_what_was_changed_since_it_was_saved_is_another_document(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    draft = desk.draft(signed_on="05/02/2026")
    back = signed_elsewhere(draft, elsewhere, tmp_path / "cũ.pdf", CHAIRMAN, is_manager=True)
    draft = change_request(draft.id, desk.services, typed={"reason": "Nghỉ hưu"}).request
    assert reason(desk, draft, back) == "another document"
    other = signed_elsewhere(
        elsewhere.draft(signed_on="05/02/2026"), elsewhere, tmp_path / "khác.pdf", CHAIRMAN, is_manager=True
    )
    assert reason(desk, draft, other) == "another document"


def test_what_was_changed_before_it_was_signed_is_told(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    """Its signature is good, but of another form than the copy that goes along for programs."""
    draft, saved = desk.draft(), tmp_path / "đơn.pdf"
    save_document(draft.id, saved, desk.services)
    with pymupdf.open(saved) as document:
        document[0].insert_text((300, 690), "x", fontsize=12)
        document.saveIncr()
    changed = elsewhere.store.keep(draft.id, saved.name, saved)
    copy = elsewhere.store.keep(draft.id, "request.json", b"{}")
    elsewhere.store.create(
        replace(draft, state=S.SIGNED, document=changed, machine_copy=copy, signed_fields=("XacNhan",))
    )
    back = signed_elsewhere(draft, elsewhere, tmp_path / "đã ký.pdf", SPECIALIST)
    assert reason(desk, draft, back) == "changed before it was signed"


def test_a_broken_signature_is_refused(desk: Desk, elsewhere: Desk, tmp_path: Path) -> None:
    draft = desk.draft(signed_on="05/02/2026")
    saved = tmp_path / "đơn.pdf"
    save_document(draft.id, saved, desk.services)
    back = signed_elsewhere(draft, elsewhere, tmp_path / "đã ký.pdf", CHAIRMAN, is_manager=True)
    content = bytearray(back.read_bytes())
    at = content.index(b"/SubFilter", saved.stat().st_size) - 1  # white space: the file stays readable
    content[at] = 0x09
    back.write_bytes(content)
    assert reason(desk, draft, back) == "a signature is broken"


def test_the_form_as_it_was_saved_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    draft, saved = desk.draft(), tmp_path / "đơn.pdf"
    save_document(draft.id, saved, desk.services)
    assert reason(desk, draft, saved) == "not signed"


def test_a_scan_is_taken_also_of_a_form_completed_by_hand(desk: Desk, tmp_path: Path) -> None:
    draft = desk.draft(id_number="")
    request = attach_signed(draft.id, scan(tmp_path / "scan.pdf"), desk.services)
    assert (request.state, request.is_hand_signed, request.signed_fields) == (S.SIGNED, True, ())
    assert request.document is not None
    assert request.document.name == "ban-ky-tay.pdf"
    better = attach_signed(request.id, scan(tmp_path / "scan 2.pdf"), desk.services)
    assert better.state is S.SIGNED
    assert refusal(lambda: desk.sign(better)).code is ErrorCode.REQUEST_STATE


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_becomes_a_pdf(desk: Desk, tmp_path: Path, kind: str) -> None:
    picture = tmp_path / f"ảnh chụp.{kind}"
    buffer = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(buffer, kind)
    picture.write_bytes(buffer.getvalue())
    request = attach_signed(desk.draft().id, picture, desk.services)
    assert request.is_hand_signed
    with pymupdf.open(desk.document(request)) as document:
        assert document.page_count == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rác.pdf", b"%PDF-1.7\n" + b"\x00garbage" * 50),
        ("rỗng.pdf", b""),
        ("ghi chú.txt", "không phải giấy".encode()),
        ("ảnh.png", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("văn bản.docx", b"PK\x03\x04" + bytes(40)),
    ],
)
def test_garbage_is_refused(desk: Desk, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert reason(desk, desk.draft(), path)


def test_an_encrypted_pdf_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "khóa.pdf"
    with pymupdf.open() as document:
        document.new_page()
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    assert reason(desk, desk.draft(), path)


def test_what_is_not_there_or_huge_is_told(desk: Desk, tmp_path: Path) -> None:
    draft, huge = desk.draft(), tmp_path / "to.pdf"
    with huge.open("wb") as stream:
        stream.write(b"%PDF")
        stream.truncate(MAX_MAIL_BYTES + 1)
    error = refusal(lambda: attach_signed(draft.id, huge, desk.services))
    assert (error.code, error.facts) == (ErrorCode.REQUEST_TOO_LARGE, {"limit": 25})
    for path in (tmp_path / "không có.pdf", tmp_path):
        assert (
            refusal(lambda path=path: attach_signed(draft.id, path, desk.services)).code is ErrorCode.DOCUMENT_NOT_FOUND
        )  # type: ignore[misc]


@pytest.mark.parametrize("state", sorted(set(S) - {S.DRAFT, S.SIGNED}))
def test_later_nothing_is_attached(desk: Desk, tmp_path: Path, state: RequestState) -> None:
    draft = replace(desk.draft(), state=state)
    desk.store.requests[draft.id] = draft
    error = refusal(lambda: attach_signed(draft.id, scan(tmp_path / "a.pdf"), desk.services))
    assert error.code is ErrorCode.REQUEST_STATE
