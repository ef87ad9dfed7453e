"""Requests begun from what is known, changed while they are drafts, saved, given up; a lost device stops at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.department.requests import changed, moved
from bdsigner.errors import BdsignerError, ErrorCode, StorageError
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.model.request import Request, RequestState, RequestView
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import NoRequestStore, Services
from bdsigner.storage.address_book import FileAddressBook
from bdsigner.storage.forms import FormFolder
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.begin_request import (
    begin_request,
    change_request,
    save_document,
    view_request,
    withdraw_request,
)
from bdsigner.usecases.examine_document import is_device_reported
from bdsigner.usecases.sign_files import find_signer
from tests.fakes.memory import FakeMemory
from tests.fakes.requests import FakeRequestStore, FakeTypedValues
from tests.support.pki import SPECIALIST, Training

SERIAL = "0123456789"


@pytest.fixture
def desk(services: Services, training: Training, tmp_path: Path) -> Services:
    """With forms, an outbox, and one device that was seen here."""
    now = services.clock.now()
    memory = FakeMemory()
    memory.known[SERIAL] = KnownDevice(
        serial=SERIAL,
        label="Thẻ",
        model="M",
        manufacturer="H",
        first_seen=now,
        last_seen=now,
        certificates=(b"no certificate", training.certificate(SPECIALIST)),
    )
    return replace(
        services,
        forms=FormFolder(),
        memory=memory,
        requests=FakeRequestStore(tmp_path / "yêu cầu"),
        typed_values=FakeTypedValues(),
        address_book=FileAddressBook(tmp_path / "danh bạ.sqlite"),
    )


@pytest.fixture
def signer(desk: Services) -> SignerIdentity:
    return find_signer(desk, serial=SERIAL, key_id=SPECIALIST.encode().hex())


def codes(problems: tuple[BdsignerError, ...]) -> list[ErrorCode]:
    return [problem.code for problem in problems]


def refusal(call: Callable[[], object]) -> ErrorCode:
    with pytest.raises(BdsignerError) as caught:
        call()
    return caught.value.code


def sign_by_hand(view: RequestView, desk: Services, tmp_path: Path) -> Request:
    """As attaching the scan does."""
    scan = tmp_path / "bản chụp.pdf"
    document = pymupdf.open()
    for _ in range(2):
        document.new_page()
    document.save(scan)
    now = desk.clock.now()
    kept = desk.requests.keep(view.request.id, "ban-chup.pdf", scan)
    signed = moved(replace(view.request, document=kept), RequestState.SIGNED, at=now)
    assert desk.requests.replace(view.request, signed)
    return signed


# Beginning


def test_a_draft_holds_everything_that_is_known_and_outlives_the_window(desk: Services, training: Training) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"id_number": "280712345"})
    request = view.request
    certificate = parse_certificate(training.certificate(SPECIALIST))

    assert view_request(request.id, desk) == view
    assert (request.state, request.form, request.serial) == (RequestState.DRAFT, "mau-04", SERIAL)
    assert request.certificate == certificate.der
    assert request.subject == certificate.common_name.upper()
    assert request.values["cert_serial"] == certificate.serial_number
    assert request.values["id_number"] == "280712345"
    assert [move.state for move in request.history] == [RequestState.DRAFT]
    assert view.filled.refused == ()
    assert begin_request(RequestCase.LOST, desk, serial=SERIAL).request.id != request.id


@pytest.mark.parametrize(
    "failing", [{"requests": NoRequestStore()}, {"forms": FormFolder(Path("/"))}], ids=["no outbox", "no such form"]
)
def test_a_lost_device_stops_signing_whatever_fails(
    desk: Services, signer: SignerIdentity, failing: dict[str, object]
) -> None:
    broken = replace(desk, **failing)
    with pytest.raises(BdsignerError):
        begin_request(RequestCase.LOST, broken, serial=SERIAL, form="" if "requests" in failing else "mau-99")
    assert is_device_reported(signer, desk)


def test_only_a_lost_device_stops(desk: Services, signer: SignerIdentity) -> None:
    begin_request(RequestCase.PIN_LOCKED, desk, serial=SERIAL)
    assert not is_device_reported(signer, desk)


def test_without_a_device_its_certificate_number_is_typed(desk: Services, signer: SignerIdentity) -> None:
    view = begin_request(RequestCase.LOST, desk, typed={"full_name": "Trần Văn B", "cert_serial": "12 34 ab"})
    assert (view.request.serial, view.request.certificate) == ("", b"")
    assert view.request.values["cert_serial"] == "12 34 ab"
    assert view.request.subject == "TRẦN VĂN B"
    assert not is_device_reported(signer, desk)


def test_the_typed_number_of_a_certificate_seen_here_means_its_device(
    desk: Services, signer: SignerIdentity, training: Training
) -> None:
    number = parse_certificate(training.certificate(SPECIALIST)).serial_number
    spelt = "0" + " ".join(number[place : place + 2].lower() for place in range(0, len(number), 2))
    view = begin_request(RequestCase.LOST, desk)
    assert not is_device_reported(signer, desk)

    view = change_request(view.request.id, desk, typed={"cert_serial": spelt})
    assert view.request.serial == SERIAL
    assert view.request.certificate == training.certificate(SPECIALIST)
    assert view.request.values["workplace"]
    assert is_device_reported(signer, desk)


def test_wrong_values_are_told_and_not_kept(desk: Services) -> None:
    view = begin_request(RequestCase.ENROLMENT, desk, typed={"birth_date": "5/2/80", "gender": "Nữ", "shoe_size": "37"})
    assert sorted(codes(view.filled.refused)) == [ErrorCode.FORM_DATE, ErrorCode.FORM_UNKNOWN_FIELD]
    assert view.request.values["gender"] == "Nữ"
    assert "birth_date" not in view.request.values
    assert view_request(view.request.id, desk).filled.refused == ()


@pytest.mark.parametrize(
    ("case", "serial", "code"),
    [
        (RequestCase.VIOLATION, "", ErrorCode.FORM_WRONG_CASE),
        (RequestCase.LOST, "lạ", ErrorCode.TOKEN_NOT_FOUND),
    ],
)
def test_what_cannot_be_begun_keeps_nothing(desk: Services, case: RequestCase, serial: str, code: ErrorCode) -> None:
    assert refusal(lambda: begin_request(case, desk, serial=serial)) is code
    assert desk.requests.all() == ()


def test_the_lines_of_a_list_name_the_province(desk: Services) -> None:
    rows = [{"full_name": "Nguyễn Ánh", "birth_date": "1/1"}, {"full_name": "Trần B", "province": "Tây Ninh"}]
    view = begin_request(RequestCase.ENROLMENT, desk, serial=SERIAL, form="mau-02", rows=rows)
    assert [row["province"] for row in view.request.rows] == [desk.profile.province, "Tây Ninh"]
    assert codes(view.filled.refused) == [ErrorCode.FORM_DATE]
    assert view.request.subject == view.request.values["agency_name"]


# What is known


def test_the_address_book_knows_who_has_no_device_here(desk: Services, training: Training) -> None:
    certificate = parse_certificate(training.certificate(SPECIALIST))
    entry = replace(
        DirectoryEntry.of(certificate, DirectorySource.LDAP), title="Chuyên viên chính", agency="Sở Tài chính"
    )
    desk.address_book.learn([entry])
    elsewhere = replace(desk, memory=FakeMemory())
    typed = {"full_name": entry.name, "email": entry.email}
    for said in (typed, {"cert_serial": certificate.serial_number.lower()}):
        request = begin_request(RequestCase.LOST, elsewhere, typed=said).request
        assert request.values["position"] == "Chuyên viên chính"
        assert request.values["workplace"] == "Sở Tài chính"
        assert request.values["cert_serial"].upper() == certificate.serial_number
        assert request.certificate == certificate.der
    later = begin_request(RequestCase.LOST, elsewhere).request
    assert change_request(later.id, elsewhere, typed=typed).request.values["position"] == "Chuyên viên chính"

    stranger = begin_request(RequestCase.LOST, elsewhere, typed=typed | {"full_name": "Người Khác"}).request
    assert "position" not in stranger.values
    assert stranger.certificate == b""
    own = begin_request(RequestCase.LOST, desk, serial=SERIAL).request
    assert own.values["position"] == certificate.title


def test_what_was_typed_once_comes_again_in_its_place_on_the_other_form(desk: Services) -> None:
    begin_request(
        RequestCase.ENROLMENT,
        desk,
        serial=SERIAL,
        typed={"id_number": "280712345", "agency_phone": "0274 3822 825", "term_years": "5", "birth_date": "1/1"},
    )
    values = begin_request(RequestCase.LOST, desk, serial=SERIAL).request.values
    assert values["id_number"] == "280712345"
    assert values["work_phone"] == "0274 3822 825"
    kept = desk.typed_values.recall()
    assert kept.keys() == {"id_number", "agency_phone", "full_name", "email"}


def test_what_one_person_typed_is_not_written_into_the_form_of_another(desk: Services) -> None:
    begin_request(RequestCase.ENROLMENT, desk, typed={"full_name": "Trần Văn B", "id_number": "280700000"})
    assert "id_number" not in begin_request(RequestCase.LOST, desk, serial=SERIAL).request.values
    for stranger in ({}, {"email": "b@binhduong.gov.vn"}, {"full_name": "Trần Văn C"}):
        assert "id_number" not in begin_request(RequestCase.ENROLMENT, desk, typed=stranger).request.values

    begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"birth_place": "Bình Dương"})
    assert "id_number" not in desk.typed_values.recall()


def test_whoever_types_the_name_again_gets_the_rest(desk: Services) -> None:
    typed = {"full_name": "Trần Văn B", "id_number": "280700000", "birth_place": "Bến Cát"}
    begin_request(RequestCase.ENROLMENT, desk, typed=typed)
    view = begin_request(RequestCase.ENROLMENT, desk, typed={"gender": "Nam"})
    view = change_request(view.request.id, desk, typed={"full_name": "trần  văn b", "birth_place": ""})
    assert view.request.values["id_number"] == "280700000"
    assert "birth_place" not in view.request.values


def test_a_slip_in_the_name_loses_nothing_that_was_typed(desk: Services) -> None:
    view = begin_request(RequestCase.ENROLMENT, desk, typed={"full_name": "Trân Văn B", "id_number": "280700000"})
    view = change_request(view.request.id, desk, typed={"full_name": "Trần Văn B"})
    assert view.request.values["id_number"] == "280700000"
    assert desk.typed_values.recall() == {"full_name": "TRẦN VĂN B", "id_number": "280700000"}


def test_what_is_typed_goes_before_all_and_an_empty_text_takes_away(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"position": "Phó Giám đốc", "workplace": " "})
    assert view.request.values["position"] == "Phó Giám đốc"
    assert "workplace" not in view.request.values
    view = change_request(view.request.id, desk, typed={"position": ""})
    assert "position" not in view.request.values


def test_another_certificate_is_not_watched_in_place_of_the_one_that_is_named(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"cert_serial": "77"})
    assert view.request.certificate == b""


# Changing


def test_a_change_keeps_what_is_right_and_what_stood_there(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"birth_date": "05/02/1980"})
    after = change_request(view.request.id, desk, typed={"birth_date": "31/02/1980", "id_number": "280712345"})
    assert codes(after.filled.refused) == [ErrorCode.FORM_DATE]
    assert after.request.values["birth_date"] == "05/02/1980"
    assert after.request.values["id_number"] == "280712345"
    assert after.request.revision == view.request.revision + 1
    assert change_request(view.request.id, desk, typed={"id_number": "280712345"}).request == after.request


def test_contradictions_stay_told(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"email": "khac@binhduong.gov.vn"})
    assert codes(view.filled.refused) == [ErrorCode.FORM_MAIL_OTHER]
    assert codes(view_request(view.request.id, desk).filled.refused) == [ErrorCode.FORM_MAIL_OTHER]
    assert refusal(lambda: save_document(view.request.id, Path("x.pdf"), desk)) is ErrorCode.FORM_MAIL_OTHER


def test_papers_are_kept_replaced_and_taken_away(desk: Services, tmp_path: Path) -> None:
    paper, missing = tmp_path / "quyết định.pdf", tmp_path / "không có.pdf"
    paper.write_bytes(b"x")
    view = begin_request(RequestCase.TITLE_CHANGED, desk, serial=SERIAL, files={"appointment": paper, "photo": paper})
    request = view.request
    assert codes(view.filled.refused) == [ErrorCode.FORM_UNKNOWN_FIELD]
    assert [one.file_name for one in view.filled.form.attached] == ["quyết định.pdf"]
    assert desk.requests.path(request.id, request.attachments["appointment"]).read_bytes() == b"x"
    assert ErrorCode.FORM_ATTACHMENT_MISSING not in codes(view.filled.missing)

    view = change_request(request.id, desk, files={"appointment": missing})
    assert codes(view.filled.refused) == [ErrorCode.DOCUMENT_NOT_FOUND]
    assert view.request == request

    view = change_request(request.id, desk, files={"appointment": Path()})
    assert view.request.attachments == {}
    assert ErrorCode.FORM_ATTACHMENT_MISSING in codes(view.filled.missing)


def test_what_is_signed_is_not_changed(desk: Services, tmp_path: Path) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL)
    signed = sign_by_hand(view, desk, tmp_path)
    assert refusal(lambda: change_request(signed.id, desk, typed={"id_number": "1"})) is ErrorCode.REQUEST_STATE
    assert refusal(lambda: change_request("không có", desk)) is ErrorCode.REQUEST_NOT_FOUND
    assert desk.requests.get(signed.id) == signed


def test_two_windows_that_change_different_fields_lose_nothing(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL)
    store = desk.requests
    assert isinstance(store, FakeRequestStore)
    original = store.replace

    def quicker(before: Request, after: Request) -> bool:
        store.replace = original  # type: ignore[method-assign]
        other = changed(replace(before, values=before.values | {"birth_place": "Thủ Dầu Một"}), at=before.changed_at)
        assert original(before, other)
        return original(before, after)

    store.replace = quicker  # type: ignore[method-assign]
    values = change_request(view.request.id, desk, typed={"id_number": "280712345"}).request.values
    assert (values["birth_place"], values["id_number"]) == ("Thủ Dầu Một", "280712345")


def test_a_draft_is_judged_by_the_form_of_today(desk: Services) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"id_number": "280712345", "gender": "Nam"})
    template = view.filled.form.template
    fields = tuple(
        replace(one, choices=("nam", "nữ")) if one.key == "gender" else one
        for one in template.fields
        if one.key != "id_number"
    )

    class Replaced:
        def load(self, form: str) -> object:
            return replace(template, version=2, fields=fields)

    later = replace(desk, forms=Replaced())  # type: ignore[arg-type]
    filled = view_request(view.request.id, later).filled
    assert codes(filled.refused) == [ErrorCode.FORM_CHOICE]
    assert not {"id_number", "gender"} & filled.form.values.keys()
    assert change_request(view.request.id, later, typed={"gender": "nam"}).request.form_version == 2


_KEYS = ["full_name", "birth_date", "id_number", "email", "phone_mobile", "gender", "cert_serial", "reason", "unknown"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(_KEYS), st.text(max_size=30) | st.sampled_from(["05/02/1980", "Nam", "0912 345 678"])
        ),
        max_size=4,
    )
)
def test_a_draft_never_holds_what_its_form_refuses(desk: Services, changes: list[dict[str, str]]) -> None:
    plain = replace(desk, typed_values=FakeTypedValues())
    request_id = begin_request(RequestCase.LOST, plain, typed=changes[0] if changes else {}).request.id
    for typed in changes[1:]:
        change_request(request_id, plain, typed=typed)
    view = view_request(request_id, plain)
    assert set(codes(view.filled.refused)) <= {ErrorCode.FORM_DATE_ORDER, ErrorCode.FORM_MAIL_OTHER}
    assert view.filled.form.values == view.request.values
    again = change_request(request_id, plain, typed=view.request.values)
    assert again.request == view.request


# Saving


def test_a_draft_is_saved_as_its_form_and_replaces_nothing(desk: Services, tmp_path: Path) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL, typed={"reason": "Mất ở bến xe"})
    target = tmp_path / "đề nghị.pdf"
    assert save_document(view.request.id, target, desk) == 1
    with pymupdf.open(target) as document:
        assert "Mất ở bến xe" in document[0].get_text()
    before = target.read_bytes()
    with pytest.raises(StorageError):
        save_document(view.request.id, target, desk)
    assert target.read_bytes() == before
    assert list(tmp_path.glob(".*part")) == []


def test_a_list_is_saved_too(desk: Services, tmp_path: Path) -> None:
    rows = [{"full_name": "Nguyễn Ánh", "birth_date": "05/02/1980"}]
    view = begin_request(RequestCase.ENROLMENT, desk, form="mau-02", rows=rows)
    assert save_document(view.request.id, tmp_path / "ds.pdf", desk) == 1
    with pymupdf.open(tmp_path / "ds.pdf") as document:
        assert "Số lượng đăng ký: 01" in document[0].get_text()


def test_what_was_signed_is_saved_byte_for_byte(desk: Services, tmp_path: Path) -> None:
    signed = sign_by_hand(begin_request(RequestCase.LOST, desk, serial=SERIAL), desk, tmp_path)
    assert signed.document is not None
    kept = desk.requests.path(signed.id, signed.document)
    target = tmp_path / "đã ký.pdf"
    assert save_document(signed.id, target, desk) == 2
    assert target.read_bytes() == kept.read_bytes()
    assert refusal(lambda: save_document(signed.id, target, desk)) is ErrorCode.STORAGE_EXISTS


# Giving up


def test_a_withdrawn_draft_is_forgotten_and_the_device_signs_again(desk: Services, signer: SignerIdentity) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL)
    assert is_device_reported(signer, desk)
    withdraw_request(view.request.id, desk)
    assert desk.requests.all() == ()
    assert not is_device_reported(signer, desk)
    assert refusal(lambda: withdraw_request(view.request.id, desk)) is ErrorCode.REQUEST_NOT_FOUND


def test_while_another_request_says_lost_the_device_stays_stopped(desk: Services, signer: SignerIdentity) -> None:
    first, second = (begin_request(RequestCase.LOST, desk, serial=SERIAL).request for _ in range(2))
    other = begin_request(RequestCase.LEFT, desk, serial=SERIAL).request
    withdraw_request(first.id, desk)
    withdraw_request(other.id, desk)
    assert is_device_reported(signer, desk)
    withdraw_request(second.id, desk)
    assert not is_device_reported(signer, desk)


def test_what_was_signed_stays_in_the_list_as_withdrawn(desk: Services, signer: SignerIdentity, tmp_path: Path) -> None:
    signed = sign_by_hand(begin_request(RequestCase.LOST, desk, serial=SERIAL), desk, tmp_path)
    withdraw_request(signed.id, desk)
    (kept,) = desk.requests.all()
    assert kept.state is RequestState.WITHDRAWN
    assert not is_device_reported(signer, desk)
    withdraw_request(signed.id, desk)
    assert desk.requests.all() == (kept,)


@pytest.mark.parametrize("state", [RequestState.SENDING, RequestState.UNCERTAIN, RequestState.SENT, RequestState.DONE])
def test_what_may_have_been_sent_is_not_withdrawn(
    desk: Services, signer: SignerIdentity, tmp_path: Path, state: RequestState
) -> None:
    signed = sign_by_hand(begin_request(RequestCase.LOST, desk, serial=SERIAL), desk, tmp_path)
    sent = changed(replace(signed, state=state), at=signed.changed_at)
    assert desk.requests.replace(signed, sent)
    assert refusal(lambda: withdraw_request(signed.id, desk)) is ErrorCode.REQUEST_STATE
    assert is_device_reported(signer, desk)


def test_a_withdrawal_cut_short_is_finished_by_the_next(desk: Services, signer: SignerIdentity) -> None:
    view = begin_request(RequestCase.LOST, desk, serial=SERIAL)
    store = desk.requests
    assert isinstance(store, FakeRequestStore)
    remove = store.remove

    def full(request: Request) -> None:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="x")

    store.remove = full  # type: ignore[method-assign]
    assert refusal(lambda: withdraw_request(view.request.id, desk)) is ErrorCode.STORAGE_OUTBOX
    assert not is_device_reported(signer, desk)
    store.remove = remove  # type: ignore[method-assign]
    withdraw_request(view.request.id, desk)
    assert store.all() == ()
