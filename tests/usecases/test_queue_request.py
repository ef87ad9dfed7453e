"""Signed requests made ready to leave, and saved as one file."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bdsigner.department.requests import is_due, moved
from bdsigner.errors import BdsignerError, ErrorCode
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Request, RequestState
from bdsigner.ports import Services
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.usecases.queue_request import queue_request, save_for_hand
from bdsigner.usecases.request_mail import MAX_HTTPS_BYTES, MAX_MAIL_BYTES
from tests.support.pki import Training
from tests.support.requests import HAND, HTTPS, MAIL, MAILBOX, Desk, make_desk
from tests.usecases.test_sign_request import read, refusal

pytestmark = pytest.mark.training
S = RequestState


@pytest.fixture
def desk(services: Services, training: Training, tmp_path: Path) -> Desk:
    return make_desk(services, training, tmp_path / "outbox")


def made_signed(desk: Desk, **fields: object) -> Request:
    """Signed by hand: only its state and its files matter here."""
    draft = desk.draft()
    after = replace(
        moved(draft, S.SIGNED, at=draft.created_at),
        document=desk.services.requests.keep(draft.id, "ban-ky-tay.pdf", b"%PDF giay"),
        machine_copy=desk.services.requests.keep(draft.id, "request.json", b"{}"),
        attachments={"decision": desk.services.requests.keep(draft.id, "quyết định số 1.pdf", b"%PDF 2")},
        **fields,  # type: ignore[arg-type]
    )
    assert desk.services.requests.replace(draft, after)
    return after


def code(call: Callable[[], object]) -> ErrorCode:
    error = refusal(call)
    assert isinstance(error, BdsignerError)
    return error.code


def test_it_waits_with_a_mail_that_carries_everything(desk: Desk) -> None:
    desk.services = replace(desk.services, requests=FileRequestStore(desk.store.folder / "thật"))
    desk.with_channels(HTTPS, HAND, MAIL)
    request = queue_request(made_signed(desk).id, desk.services, send_from=f" {MAILBOX} ")
    assert (request.state, request.channel, request.sender) == (S.QUEUED, "cong", MAILBOX)
    assert (request.attempts, is_due(request, desk.services.clock.now())) == (0, True)
    assert desk.services.requests.get(request.id) == request
    assert request.message is not None
    message = read(desk.services.requests.path(request.id, request.message).read_bytes())
    assert {one.get_filename(): one.get_payload(decode=True) for one in message.iter_attachments()} == {
        "ban-ky-tay.pdf": b"%PDF giay",
        "request.json": b"{}",
        "quyết định số 1.pdf": b"%PDF 2",
    }
    assert message.get_content_type() == "multipart/mixed"


def test_without_a_mail_channel_there_is_no_mail(desk: Desk) -> None:
    desk.with_channels(HTTPS)
    request = queue_request(made_signed(desk).id, desk.services)
    assert (request.state, request.message, request.sender) == (S.QUEUED, None, "")


def test_another_mailbox_makes_another_mail_the_same_one_does_not(desk: Desk) -> None:
    first = queue_request(made_signed(desk).id, desk.services, send_from=MAILBOX)
    assert queue_request(first.id, desk.services, send_from=MAILBOX) == first
    second = queue_request(first.id, desk.services, send_from="vanthu@binhduong.gov.vn")
    assert second.sender == "vanthu@binhduong.gov.vn"
    assert read(desk.message(second).read_bytes())["From"] == "vanthu@binhduong.gov.vn"
    assert second.message != first.message


def test_what_cannot_be_queued(desk: Desk) -> None:
    draft, request = desk.draft(), made_signed(desk)
    assert code(lambda: queue_request("khong-co", desk.services)) is ErrorCode.REQUEST_NOT_FOUND
    assert code(lambda: queue_request(draft.id, desk.services)) is ErrorCode.REQUEST_UNSIGNED
    assert code(lambda: queue_request(request.id, desk.services)) is ErrorCode.REQUEST_MAILBOX
    desk.with_channels(HAND)
    assert code(lambda: queue_request(request.id, desk.services)) is ErrorCode.REQUEST_NO_CHANNEL
    for state in set(S) - {S.DRAFT, S.SIGNED, S.QUEUED}:
        desk.store.requests[request.id] = replace(request, state=state)
        assert code(lambda: queue_request(request.id, desk.services, send_from=MAILBOX)) is ErrorCode.REQUEST_STATE


def test_a_paper_that_is_not_there_is_told(desk: Desk) -> None:
    request = made_signed(desk)
    late = replace(request, form="thu-dieu-8", case=RequestCase.TITLE_CHANGED, attachments={})
    desk.store.requests[request.id] = late
    assert code(lambda: queue_request(request.id, desk.services, send_from=MAILBOX)) is ErrorCode.REQUEST_INCOMPLETE


def test_a_kept_file_that_was_changed_is_not_sent(desk: Desk) -> None:
    request = made_signed(desk)
    desk.document(request).write_bytes(b"%PDF other")
    assert code(lambda: queue_request(request.id, desk.services, send_from=MAILBOX)) is ErrorCode.STORAGE_OUTBOX


@pytest.mark.parametrize(("channel", "limit"), [(MAIL, MAX_MAIL_BYTES), (HTTPS, MAX_HTTPS_BYTES)])
def test_what_is_too_large_is_told(desk: Desk, channel: object, limit: int) -> None:
    desk.with_channels(channel)  # type: ignore[arg-type]
    request = made_signed(desk)
    assert request.document is not None
    large = replace(request, document=replace(request.document, size_bytes=limit))
    desk.store.requests[request.id] = large
    error = refusal(lambda: queue_request(request.id, desk.services, send_from=MAILBOX))
    assert (error.code, error.facts) == (ErrorCode.REQUEST_TOO_LARGE, {"limit": limit >> 20})


def test_the_largest_mail_is_one_that_servers_take(desk: Desk) -> None:
    from bdsigner.net.mail_delivery import MAX_MAIL_BYTES as MOST

    request = made_signed(desk)
    rest = sum(one.size_bytes for one in (request.document, request.machine_copy) if one is not None)
    paper = desk.store.keep(request.id, "lớn.pdf", bytes(MAX_MAIL_BYTES - rest))
    desk.store.requests[request.id] = replace(request, attachments={"decision": paper})
    queued = queue_request(request.id, desk.services, send_from=MAILBOX)
    assert queued.message is not None
    assert queued.message.size_bytes < MOST


def test_one_zip_holds_it_all_under_readable_names(desk: Desk, tmp_path: Path) -> None:
    request, target = made_signed(desk), tmp_path / "yêu cầu.zip"
    desk.with_channels(MAIL, HAND)
    after = save_for_hand(request.id, target, desk.services)
    assert (after.state, after.channel, after.next_attempt) == (S.SENT, "tay", None)
    assert after.sent_at is not None
    assert after.history[-1].state is S.SENT
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    note = found.pop("DOC-TOI.txt").decode("utf-8-sig")
    assert found == {
        "ban-ky-tay.pdf": b"%PDF giay",
        "request.json": b"{}",
        "kem-theo/quyết định số 1.pdf": b"%PDF 2",
    }
    assert f"Mã yêu cầu: {request.id}\r\n" in note
    assert "Điều 7 khoản 1 điểm b" in note

    again = tmp_path / "lần hai.zip"
    assert save_for_hand(request.id, again, desk.services) == after
    assert again.read_bytes() == target.read_bytes()


def test_a_clock_that_was_wrong_does_not_stop_the_hand_over(desk: Desk, tmp_path: Path) -> None:
    request = desk.sign(desk.draft())
    desk.store.requests[request.id] = replace(request, created_at=datetime(1970, 1, 1, tzinfo=UTC))
    save_for_hand(request.id, tmp_path / "gói.zip", desk.services)
    with zipfile.ZipFile(tmp_path / "gói.zip") as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}


def test_it_never_replaces_a_file_and_does_not_move_then(desk: Desk, tmp_path: Path) -> None:
    request, target = made_signed(desk), tmp_path / "a.zip"
    target.write_bytes(b"mine")
    assert code(lambda: save_for_hand(request.id, target, desk.services)) is ErrorCode.STORAGE_EXISTS
    assert target.read_bytes() == b"mine"
    assert desk.store.requests[request.id] == request


@pytest.mark.parametrize("state", list(S))
def test_from_which_states_it_may_be_saved(desk: Desk, tmp_path: Path, state: RequestState) -> None:
    request = replace(made_signed(desk), state=state)
    desk.store.requests[request.id] = request
    target = tmp_path / "a.zip"
    if state in (S.DRAFT, S.SENDING, S.WITHDRAWN):
        refused = code(lambda: save_for_hand(request.id, target, desk.services))
        assert refused is (ErrorCode.REQUEST_UNSIGNED if state is S.DRAFT else ErrorCode.REQUEST_STATE)
        assert not target.exists()
        return
    after = save_for_hand(request.id, target, desk.services)
    assert target.exists()
    assert after.state is (S.SENT if state in (S.SIGNED, S.QUEUED, S.UNCERTAIN) else state)


def test_the_note_and_subject_say_what_is_urgent(desk: Desk) -> None:
    request = desk.draft(RequestCase.LOST)
    after = replace(
        moved(request, S.SIGNED, at=request.created_at),
        document=desk.store.keep(request.id, "giay-de-nghi-da-ky.pdf", b"%PDF"),
        machine_copy=desk.store.keep(request.id, "request.json", b"{}"),
        signed_fields=("NguoiKhai",),
    )
    desk.store.requests[request.id] = after
    message = read(desk.message(queue_request(request.id, desk.services, send_from=MAILBOX)).read_bytes())
    assert message["Subject"].startswith("KHẨN – Giấy đề nghị thu hồi chứng thư số – PHẠM THỊ THÙY DƯƠNG")
    body = message.get_body()
    assert body is not None
    assert "giấy ký số" in body.get_content()


def test_the_copy_follows_what_is_published(desk: Desk) -> None:
    import jsonschema

    request = desk.sign(desk.draft())
    assert request.machine_copy is not None
    copy = json.loads(desk.store.path(request.id, request.machine_copy).read_bytes())
    jsonschema.validate(copy, json.loads(Path("docs/request.schema.json").read_bytes()))
    assert copy["request_id"] == request.id
