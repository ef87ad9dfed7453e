"""Forms signed into their fields with real certificates, and with the same PIN the mails that carry them."""

import email
import email.policy
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pymupdf
import pytest

from bdsigner.errors import BdsignerError, ErrorCode, StorageError, UserCancelled
from bdsigner.model.device import RequestCase, RequestDraft
from bdsigner.model.profile import PinPolicy, TokenPolicy
from bdsigner.model.request import Request, RequestState
from bdsigner.model.verification import Verdict
from bdsigner.ports import QuestionCode, Services
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.begin_request import begin_request, change_request
from bdsigner.usecases.queue_request import queue_request, save_for_hand
from bdsigner.usecases.sign_request import sign_request
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.people import FakePerson, FakeProgress
from tests.signing.parts import pdfsig
from tests.support.openssl_mail import verify_mail
from tests.support.pki import CHAIRMAN, EC_HEAD, REVOKED, SPECIALIST, Training
from tests.support.requests import HAND, HTTPS, MAIL, MAILBOX, Desk, make_desk

pytestmark = pytest.mark.training
S = RequestState


@pytest.fixture
def desk(services: Services, training: Training, tmp_path: Path) -> Desk:
    return make_desk(services, training, tmp_path / "outbox")


def refusal(call: Callable[[], object]) -> BdsignerError:
    with pytest.raises(BdsignerError) as caught:
        call()
    return caught.value


def read(mail: bytes) -> EmailMessage:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("who", [SPECIALIST, EC_HEAD])
def test_form_and_mail_are_signed_with_one_pin_and_everybody_agrees(
    desk: Desk, who: str, training: Training, tmp_path: Path
) -> None:
    person = FakePerson()
    request = desk.sign(desk.draft(who=who), who, send_from=MAILBOX, person=person)
    assert (request.state, request.channel, request.attempts) == (S.QUEUED, "thu", 0)
    assert request.next_attempt is not None
    assert [one.state for one in request.history] == [S.DRAFT, S.SIGNED, S.QUEUED]
    assert len(person.pin_requests) == 1
    assert [one.name for one in person.pin_requests[0].files] == ["giay-de-nghi.pdf", "message.eml"]
    assert (desk.token.logins, desk.token.signatures) == (1, 2)
    assert set(person.given[0]) == {0}

    assert request.signed_fields == ("NguoiKhai",)
    assert pdfsig(desk.document(request)) == ["Signature is Valid."]
    report = desk.services.documents.verify(desk.document(request))
    assert [(one.field_name, one.verdict, one.timestamp is not None) for one in report.signatures] == [
        ("NguoiKhai", Verdict.VALID, True)
    ]
    mail = desk.message(request)
    for tool in ("smime", "cms"):
        judged = verify_mail(tool, mail, training, tmp_path)
        assert judged.returncode == 0, judged.stderr
    said = desk.services.documents.verify(mail)
    assert [one.verdict for one in said.signatures] != [Verdict.INVALID]
    assert said.content is not None

    content = mail.read_bytes()
    message = read(content)
    signed_part, _ = message.iter_parts()
    assert isinstance(signed_part, EmailMessage)
    papers = {one.get_filename(): one.get_payload(decode=True) for one in signed_part.iter_attachments()}
    assert papers["giay-de-nghi-da-ky.pdf"] == desk.document(request).read_bytes()
    copy = json.loads(papers["request.json"])
    assert copy["request_id"] == request.id == message["X-Bdsigner-Request"]
    assert message["Message-ID"] == f"<{request.id}@binhduong.gov.vn>"
    assert (message["From"], message["To"]) == (MAILBOX, MAIL.to)
    assert request.id in message["Subject"]
    assert "Điều 7 khoản 1 điểm b" in signed_part.get_body().get_content()  # type: ignore[union-attr]

    broken = tmp_path / "broken.eml"
    at = content.index(b"Content-Type: text/plain") + 200
    broken.write_bytes(content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :])
    assert verify_mail("cms", broken, training, tmp_path).returncode != 0


def test_the_agency_confirms_beside_it_and_the_first_signature_stays_valid(desk: Desk) -> None:
    first = desk.sign(desk.draft())
    second = desk.sign(first, CHAIRMAN, is_manager=True, send_from=MAILBOX)
    assert second.signed_fields == ("NguoiKhai", "XacNhan")
    assert pdfsig(desk.document(second)) == ["Signature is Valid."] * 2
    report = desk.services.documents.verify(desk.document(second))
    assert [one.verdict for one in report.signatures] == [Verdict.VALID] * 2
    assert second.state is S.QUEUED
    before = desk.document(first).read_bytes()
    assert desk.document(second).read_bytes().startswith(before)


def test_the_day_of_signing_is_filled_in(desk: Desk) -> None:
    request = desk.sign(desk.draft())
    today = desk.services.clock.now().astimezone(VIETNAM_TIME)
    with pymupdf.open(desk.document(request)) as document:
        text = " ".join(document[0].get_text().split())
    assert f"Ngày {today:%d} tháng {today:%m} năm {today:%Y}" in text
    assert (
        json.loads(desk.store.path(request.id, request.machine_copy).read_bytes())["values"]["signed_on"]
        == f"{today:%Y-%m-%d}"
    )  # type: ignore[arg-type]
    typed = desk.sign(desk.draft(signed_on="05/02/2026"))
    assert typed.values["signed_on"] == "05/02/2026"


def test_the_agency_may_be_the_first(desk: Desk) -> None:
    request = desk.sign(desk.sign(desk.draft(), CHAIRMAN, is_manager=True))
    assert request.signed_fields == ("XacNhan", "NguoiKhai")


def test_the_visible_signature_stands_in_its_field(desk: Desk) -> None:
    request = desk.sign(desk.draft())
    with pymupdf.open(desk.document(request)) as document:
        (name,) = [one.field_name for one in document[0].widgets() if one.field_value or one.field_name == "NguoiKhai"]
        text = document[0].get_text()
        copy = json.loads(document.embfile_get(0))
    assert name == "NguoiKhai"
    for item in ("Ký bởi:", "Chức danh:", "Email:", "Cơ quan:", "Thời gian ký:", "BẢN THỬ"):
        assert item in text
    assert copy["request_id"] == request.id
    assert request.machine_copy is not None
    assert desk.store.path(request.id, request.machine_copy).read_bytes() == json_bytes(desk.document(request))


def json_bytes(pdf: Path) -> bytes:
    with pymupdf.open(pdf) as document:
        return bytes(document.embfile_get(0))


def test_who_may_not_sign_what(desk: Desk) -> None:
    draft = desk.draft()
    assert refusal(lambda: desk.sign(draft, CHAIRMAN)).code is ErrorCode.REQUEST_SIGNER
    assert refusal(lambda: desk.sign(draft, is_manager=True)).code is ErrorCode.REQUEST_OWN_CONFIRMATION
    request = desk.sign(draft)
    again = refusal(lambda: desk.sign(request))
    assert (again.code, again.facts["field"]) == (ErrorCode.REQUEST_SIGNED_ALREADY, "Người khai ký và ghi rõ họ, tên")
    assert desk.token.logins == 1


def test_another_certificate_of_the_same_person_signs(desk: Desk) -> None:
    draft = desk.draft(cert_serial="00ABCDEF", email="")
    draft = change_request(draft.id, desk.services, typed={"email": MAILBOX}).request
    desk.store.requests[draft.id] = replace(draft, certificate=b"")
    assert desk.sign(draft).state is S.SIGNED


def test_a_namesake_with_another_mailbox_may_confirm(desk: Desk, training: Training) -> None:
    name = parse_certificate(training.certificate(CHAIRMAN)).common_name
    draft = desk.draft(full_name=name, cert_serial="00ABCDEF", email="anhnh2@binhduong.gov.vn")
    assert desk.sign(draft, CHAIRMAN, is_manager=True).signed_fields == ("XacNhan",)
    assert desk.sign(desk.draft(full_name=name, cert_serial="00ABCDEF"), CHAIRMAN).signed_fields == ("NguoiKhai",)


def test_on_a_list_nobody_confirms_what_they_drew_up(desk: Desk) -> None:
    row = {"full_name": "Trần Văn A"}
    view = begin_request(RequestCase.ENROLMENT, desk.services, form="mau-02", rows=[row])
    template = view.filled.form.template
    filler = {one.key: one.choices[0] if one.choices else "1" for one in template.columns}
    filler |= {"birth_date": "01/02/1980", "id_issued_on": "01/02/2000", "email": "a@binhduong.gov.vn"}
    rows = [{key: value for key, value in filler.items() if template and key in {c.key for c in template.columns}}]
    fields = {one.key: "Sở Tư pháp" for one in template.fields if one.kind.value in ("text", "capitals")}
    view = change_request(view.request.id, desk.services, typed=fields, rows=rows)
    assert not view.filled.refused, view.filled.refused
    assert not view.filled.missing, view.filled.missing
    request = desk.sign(view.request, CHAIRMAN)
    assert request.signed_fields == ("NguoiLap",)
    assert refusal(lambda: desk.sign(request, CHAIRMAN, is_manager=True)).code is ErrorCode.REQUEST_OWN_CONFIRMATION
    assert desk.sign(request, EC_HEAD, is_manager=True).signed_fields == ("NguoiLap", "NguoiQuanLy")


def test_an_incomplete_form_is_refused_before_the_pin(desk: Desk) -> None:
    person = FakePerson()
    error = refusal(lambda: desk.sign(desk.draft(id_number=""), person=person))
    assert error.code is ErrorCode.REQUEST_INCOMPLETE
    assert error.facts == {"count": 1, "example": "Số CMTND/Hộ chiếu"}
    assert person.pin_requests == []


def test_a_reported_device_signs_nothing_not_even_its_own_revocation(desk: Desk) -> None:
    draft = desk.draft()
    now = desk.services.clock.now()
    desk.services.memory.save_draft(RequestDraft(case=RequestCase.LOST, serial=desk.token.serial, created_at=now))
    error = refusal(lambda: desk.sign(draft))
    assert error.code is ErrorCode.REGULATION_DEVICE_REPORTED
    assert desk.token.logins == 0


def test_a_revoked_certificate_signs_nothing(desk: Desk, training: Training) -> None:
    key_id = REVOKED.encode().hex()
    desk.token.keys[key_id], desk.token.certificates[key_id] = training.key(REVOKED), training.certificate(REVOKED)
    error = refusal(lambda: desk.sign(desk.draft(who=REVOKED), REVOKED))
    assert error.code is ErrorCode.CERTIFICATE_REVOKED


@pytest.mark.parametrize("mailbox", ["a@gmail.com", "x\r\nBcc: y@binhduong.gov.vn", "a b@binhduong.gov.vn", "ổ@x"])
def test_a_mailbox_that_is_not_official_is_refused_before_the_pin(desk: Desk, mailbox: str) -> None:
    draft = desk.draft()
    error = refusal(lambda: desk.sign(draft, send_from=mailbox))
    assert (error.code, error.facts["domains"]) == (ErrorCode.REQUEST_MAILBOX, "binhduong.gov.vn")
    assert (desk.token.logins, desk.store.requests[draft.id]) == (0, draft)


def test_without_a_mail_channel_it_is_only_signed(desk: Desk) -> None:
    desk.with_channels(HTTPS, HAND)
    assert desk.sign(desk.draft(), send_from=MAILBOX).state is S.SIGNED


def test_the_form_stays_signed_when_the_mail_cannot_be(desk: Desk) -> None:
    draft = desk.draft()
    desk.token.sign_errors[2] = ErrorCode.TOKEN_REMOVED
    assert refusal(lambda: desk.sign(draft, send_from=MAILBOX)).code is ErrorCode.TOKEN_REMOVED
    request = desk.store.requests[draft.id]
    assert (request.state, request.signed_fields, request.message) == (S.SIGNED, ("NguoiKhai",), None)
    assert pdfsig(desk.document(request)) == ["Signature is Valid."]


def test_nothing_moves_when_the_form_cannot_be_signed(desk: Desk) -> None:
    draft = desk.draft()
    desk.token.sign_errors[1] = ErrorCode.TOKEN_REMOVED
    assert refusal(lambda: desk.sign(draft, send_from=MAILBOX)).code is ErrorCode.TOKEN_REMOVED
    assert desk.store.requests[draft.id] == draft


def test_a_signature_by_another_key_is_not_kept(desk: Desk, training: Training) -> None:
    draft = desk.draft()
    desk.token.keys[SPECIALIST.encode().hex()] = training.key(CHAIRMAN)
    assert refusal(lambda: desk.sign(draft)).code is ErrorCode.TOKEN_SIGNATURE_MISMATCH
    assert desk.store.requests[draft.id] == draft


def test_what_was_changed_while_it_was_being_signed_is_not_taken_for_signed(desk: Desk) -> None:
    draft = desk.draft()
    desk.token.before_sign = lambda: change_request(draft.id, desk.services, typed={"reason": "Nghỉ hưu"})
    assert refusal(lambda: desk.sign(draft)).code is ErrorCode.REQUEST_CHANGED
    assert desk.store.requests[draft.id].state is S.DRAFT


def test_where_each_signature_wants_a_pin_it_is_asked_twice(desk: Desk) -> None:
    policy = TokenPolicy(pin=PinPolicy.SIGNATURE)
    desk.services = replace(desk.services, profile=replace(desk.services.profile, token=policy))
    person = FakePerson()
    assert desk.sign(desk.draft(), send_from=MAILBOX, person=person).state is S.QUEUED
    assert [(one.number, one.total) for one in person.pin_requests] == [(1, 2), (2, 2)]


def test_without_a_timestamp_only_with_consent(desk: Desk) -> None:
    class Nowhere:
        def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
            from bdsigner.errors import NetworkError

            raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url="http://tsa.example")

    desk.services = replace(desk.services, timestamper=Nowhere())
    draft = desk.draft()
    assert refusal(lambda: desk.sign(draft)).code is ErrorCode.SIGNING_NO_TIMESTAMP
    assert desk.store.requests[draft.id] == draft
    person = FakePerson(agrees_to={QuestionCode.SIGN_WITHOUT_TIMESTAMP, QuestionCode.KEEP_DEVICE_SECRET})
    assert desk.sign(draft, person=person).state is S.SIGNED


def test_a_clock_that_is_wrong_costs_another_signature_not_another_pin(desk: Desk) -> None:
    from datetime import UTC, datetime, timedelta

    class Slow:
        def now(self) -> datetime:
            return datetime.now(UTC) - timedelta(minutes=10)

    person = FakePerson()
    draft = desk.draft()
    desk.services = replace(desk.services, clock=Slow())
    request = desk.sign(draft, send_from=MAILBOX, person=person)
    assert request.state is S.QUEUED
    assert (len(person.pin_requests), desk.token.signatures) == (1, 3)


def test_stopping_before_the_pin_changes_nothing(desk: Desk) -> None:
    draft = desk.draft()
    with pytest.raises(UserCancelled):
        desk.sign(draft, person=FakePerson(pin=""))
    assert desk.store.requests[draft.id] == draft


def test_when_the_outbox_cannot_be_written_nothing_is_said_to_be_signed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = desk.draft()

    def full(before: Request, after: Request) -> bool:
        raise StorageError(ErrorCode.STORAGE_FULL, path="x", folder="y")

    monkeypatch.setattr(desk.store, "replace", full)
    assert refusal(lambda: desk.sign(draft, send_from=MAILBOX)).code is ErrorCode.STORAGE_FULL
    assert desk.store.requests[draft.id] == draft
    assert desk.token.signatures == 1


@pytest.mark.softhsm
def test_a_soft_token_signs_form_and_mail_in_one_session(desk: Desk, training: Training, tmp_path: Path) -> None:
    draft = desk.draft()
    with closing(ChildTokenGateway([training.module])) as gateway:
        services = replace(desk.services, tokens=gateway)
        token = next(one for one in gateway.list_tokens().tokens if one.label == training.token_label(SPECIALIST))
        logins = TokenLogins(
            tokens=gateway, memory=services.memory, policy=services.profile.token, clock=services.clock
        )
        request = sign_request(
            draft.id,
            services,
            logins=logins,
            serial=token.serial,
            key_id=training.key_id(SPECIALIST),
            send_from=MAILBOX,
            interaction=FakePerson(pin=training.pin.decode()),
            progress=FakeProgress(),
        )
    assert request.state is S.QUEUED
    assert pdfsig(desk.document(request)) == ["Signature is Valid."]
    assert verify_mail("smime", desk.message(request), training, tmp_path).returncode == 0


def test_d5_1b_without_the_agencys_confirmation_it_is_not_handed_in(desk: Desk, tmp_path: Path) -> None:
    not_asked = {"cert_serial": "", "workplace": "", "reason": ""}
    days = {"birth_date": "05/02/1980", "id_issued_on": "01/03/2010"}
    places = dict.fromkeys(
        ("birth_place", "id_issued_at", "permanent_address", "agency", "agency_address"), "Bình Dương"
    )
    others = {"group": "5.1b", "gender": "Nữ", "phone_mobile": "0274 3822 825", "term_years": "3"}
    draft = desk.draft(RequestCase.ENROLMENT, **not_asked, **days, **places, **others)
    person = FakePerson()
    refused = refusal(lambda: desk.sign(draft, send_from=MAILBOX, person=person))
    assert (refused.code, person.pin_requests) == (ErrorCode.REQUEST_UNCONFIRMED, [])
    signed = desk.sign(draft)
    target = tmp_path / "nộp.zip"
    for hand_in in (
        lambda: queue_request(signed.id, desk.services, send_from=MAILBOX),
        lambda: save_for_hand(signed.id, target, desk.services),
    ):
        assert refusal(hand_in).code is ErrorCode.REQUEST_UNCONFIRMED
    assert not target.exists()
    assert desk.sign(signed, CHAIRMAN, is_manager=True, send_from=MAILBOX).state is S.QUEUED
