"""Our form comes back signed, but not as it left: changed before, changed after, unfinished, one bit off."""

import os
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.errors import BdsignerError, ErrorCode
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Request, RequestState
from bdsigner.model.signature import FilePlan, SigningPlan
from bdsigner.ports import Services
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.usecases.attach_signed import attach_signed
from bdsigner.usecases.begin_request import begin_request, save_document
from bdsigner.usecases.sign_files import sign_files
from tests.fakes.people import FakePerson, FakeProgress
from tests.support.pki import CHAIRMAN, SPECIALIST, Training
from tests.support.requests import SERIAL, Desk, make_desk
from tests.usecases.clerk import logins
from tests.usecases.test_sign_request import refusal

pytestmark = pytest.mark.training
EXAMPLES = int(os.environ.get("BDSIGNER_ATTACHED_BITS", "40"))


@pytest.fixture
def desk(services: Services, training: Training, tmp_path: Path) -> Desk:
    return make_desk(services, training, tmp_path / "outbox")


def saved(desk: Desk, request: Request, path: Path) -> Path:
    save_document(request.id, path, desk.services)
    return path


def sign_elsewhere(desk: Desk, path: Path, field: str = "NguoiKhai", who: str = SPECIALIST) -> Path:
    """As another program does, which knows the file only."""
    target = path.with_stem(f"{path.stem} {field}")
    plan = SigningPlan(
        files=(FilePlan(source=path, target=target, field=field),), token_serial=SERIAL, key_id=who.encode().hex()
    )
    (outcome,) = sign_files(
        plan, desk.services, logins=logins(desk.services), interaction=FakePerson(), progress=FakeProgress()
    )
    assert outcome.signed is not None, outcome.error
    return target


def reason(desk: Desk, request: Request, path: Path) -> str:
    before = desk.store.requests[request.id]
    error = refusal(lambda: attach_signed(request.id, path, desk.services))
    assert error.code is ErrorCode.REQUEST_OTHER_DOCUMENT
    assert desk.store.requests[request.id] == before
    return str(error.facts["reason"])


def insert(path: Path, text: str, at: tuple[float, float]) -> None:
    with pymupdf.open(path) as document:
        document[0].insert_text(at, text, fontsize=12)
        document.saveIncr()


def test_a_form_changed_before_it_was_signed_is_not_ours(desk: Desk, tmp_path: Path) -> None:
    """The signature is sound, but of something else than the copy for programs says; a full stop is enough."""
    draft = desk.draft()
    path = saved(desk, draft, tmp_path / "a.pdf")
    insert(path, ".", (300, 690))
    assert reason(desk, draft, sign_elsewhere(desk, path)) == "changed before it was signed"


def test_a_page_added_before_it_was_signed_is_not_ours(desk: Desk, tmp_path: Path) -> None:
    draft = desk.draft()
    path = saved(desk, draft, tmp_path / "a.pdf")
    with pymupdf.open(path) as document:
        document.new_page()
        document.saveIncr()
    assert reason(desk, draft, sign_elsewhere(desk, path)) == "changed before it was signed"


def test_a_form_changed_between_two_signatures_or_after_one_is_not_ours(desk: Desk, tmp_path: Path) -> None:
    draft = desk.draft()
    path = sign_elsewhere(desk, saved(desk, draft, tmp_path / "a.pdf"), "XacNhan", CHAIRMAN)
    insert(path, "Noi dung khac", (100, 400))
    assert reason(desk, draft, path) == "a signature is broken"
    assert reason(desk, draft, sign_elsewhere(desk, path)) == "a signature is broken"


def test_a_token_s_signature_wants_a_complete_form(desk: Desk, tmp_path: Path) -> None:
    """What is missing cannot be added by hand any more."""
    draft = desk.draft(id_number="")
    path = sign_elsewhere(desk, saved(desk, draft, tmp_path / "a.pdf"))
    error = refusal(lambda: attach_signed(draft.id, path, desk.services))
    assert (error.code, error.facts["count"]) == (ErrorCode.REQUEST_INCOMPLETE, 1)


@pytest.mark.parametrize(
    ("case", "form", "fields"),
    [
        (RequestCase.ENROLMENT, "mau-01", ("NguoiKhai", "XacNhan")),
        (RequestCase.ENROLMENT, "mau-02", ("NguoiLap", "NguoiQuanLy")),
        (RequestCase.ENROLMENT, "mau-03", ("BenGiao", "BenNhan")),
        (RequestCase.DETAILS_CHANGED, "thu-dieu-8", ("NguoiKhai", "XacNhan")),
    ],
)
def test_signatures_in_any_form_are_no_change_of_it(
    desk: Desk, tmp_path: Path, case: RequestCase, form: str, fields: tuple[str, str]
) -> None:
    """They lack something, which is asked only of what was found unchanged."""
    draft = begin_request(case, desk.services, form=form).request
    path = saved(desk, draft, tmp_path / "a.pdf")
    for field, who in zip(fields, (SPECIALIST, CHAIRMAN), strict=True):
        path = sign_elsewhere(desk, path, field, who)
        error = refusal(lambda back=path: attach_signed(draft.id, back, desk.services))
        assert error.code is ErrorCode.REQUEST_INCOMPLETE


def test_both_signatures_come_back_at_once(desk: Desk, tmp_path: Path) -> None:
    draft = desk.draft()
    path = sign_elsewhere(desk, saved(desk, draft, tmp_path / "a.pdf"))
    both = attach_signed(draft.id, sign_elsewhere(desk, path, "XacNhan", CHAIRMAN), desk.services)
    assert set(both.signed_fields) == {"NguoiKhai", "XacNhan"}


def test_the_outbox_on_the_disk_takes_it(desk: Desk, tmp_path: Path) -> None:
    store = FileRequestStore(tmp_path / "hộp")
    try:
        desk.services = replace(desk.services, requests=store)
        draft = desk.draft()
        signed = attach_signed(draft.id, sign_elsewhere(desk, saved(desk, draft, tmp_path / "a.pdf")), desk.services)
        assert store.get(draft.id) == signed
    finally:
        store.close()


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_no_bit_behind_the_form_may_differ(desk: Desk, tmp_path: Path, place: int, bit: int) -> None:
    """Refused, but for the room and the unsigned attributes in the signature's own container: hex digits."""
    known = tmp_path / "một lần.pdf"
    if not known.exists():  # the fixtures are the same for all examples
        path = saved(desk, desk.draft(), tmp_path / "a.pdf")
        known.write_bytes(sign_elsewhere(desk, path).read_bytes())
    (request,) = (one for one in desk.store.requests.values() if one.state is RequestState.DRAFT)
    form = (tmp_path / "a.pdf").stat().st_size
    data = bytearray(known.read_bytes())
    place = form + place % (len(data) - form)
    was = data[place]
    data[place] ^= 1 << bit
    flipped = tmp_path / "lật.pdf"
    flipped.write_bytes(data)
    try:
        taken = attach_signed(request.id, flipped, desk.services)
    except BdsignerError as error:
        code = error.code
    else:
        code = None
        desk.store.requests[request.id] = request
        assert taken.signed_fields == ("NguoiKhai",)
        assert was in b"0123456789abcdefABCDEF"
    assert code in (ErrorCode.REQUEST_OTHER_DOCUMENT, None)
