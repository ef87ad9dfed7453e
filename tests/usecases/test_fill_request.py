"""Forms filled in from what is known, printed whole or not at all, signed where they are to be signed."""

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from bdsigner.errors import ErrorCode, FormError, RegulationError, StorageError, TokenError
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.signature import FilePlan, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup
from bdsigner.ports import Services
from bdsigner.storage.forms import FormFolder
from bdsigner.usecases.begin_request import begin_request
from bdsigner.usecases.fill_request import fill_request, print_request
from bdsigner.usecases.sign_files import find_signer, sign_files
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.requests import FakeRequestStore
from tests.support.pki import SPECIALIST, Training
from tests.usecases.clerk import logins

SERIAL = "0123456789"


@pytest.fixture
def desk(services: Services, training: Training) -> Services:
    """With the forms, and one device that was seen here."""
    now = services.clock.now()
    device = KnownDevice(
        serial=SERIAL,
        label="Thẻ",
        model="M",
        manufacturer="H",
        first_seen=now,
        last_seen=now,
        certificates=(training.certificate(SPECIALIST),),
    )
    memory = FakeMemory()
    memory.known[SERIAL] = device
    return replace(services, forms=FormFolder(), memory=memory)


def text_of(file: Path) -> str:
    with pymupdf.open(file) as document:
        return " ".join("".join(page.get_text() for page in document).split())


def test_what_is_known_of_the_device_is_filled_in(desk: Services) -> None:
    request = fill_request(RequestCase.LOST, desk, serial=SERIAL)
    values = request.form.values
    assert request.form.template.id == "mau-04"
    assert values["full_name"] == values["full_name"].upper()
    assert values["cert_serial"]
    assert values["reason"].startswith("Khóa bí mật bị lộ")
    assert values["cert_issued_on"].count("/") == 2
    assert request.refused == ()
    assert ErrorCode.FORM_VALUE_MISSING in [problem.code for problem in request.missing]


def test_a_renewal_takes_the_old_certificate_along(desk: Services) -> None:
    known = fill_request(RequestCase.LOST, desk, serial=SERIAL).form.values
    values = fill_request(RequestCase.ENROLMENT, desk, serial=SERIAL, typed={"term_years": "5"}).form.values
    assert values["old_serial"] == known["cert_serial"]
    assert values["old_expires_on"] == known["cert_expires_on"]
    assert values["agency"] == known["workplace"]
    assert values["term_years"] == "05"


def test_what_is_typed_goes_before(desk: Services) -> None:
    request = fill_request(RequestCase.LOST, desk, serial=SERIAL, typed={"reason": "Mất ở bến xe", "id_number": "2807"})
    assert request.form.values["reason"] == "Mất ở bến xe"
    assert request.form.values["id_number"] == "2807"


def test_a_look_stops_no_device(desk: Services) -> None:
    fill_request(RequestCase.LOST, desk, serial=SERIAL)
    assert desk.memory.drafts() == ()


def test_a_reported_device_signs_no_more_at_once(desk: Services, original: Path, tmp_path: Path) -> None:
    begin_request(RequestCase.LOST, replace(desk, requests=FakeRequestStore(tmp_path)), serial=SERIAL)
    person = FakePerson()
    plan = SigningPlan(
        files=(
            FilePlan(
                source=original,
                target=original.with_name("ra.pdf"),
                declaration=Declaration(kind=KindGroup.INTERNAL),
            ),
        ),
        token_serial=SERIAL,
        key_id=SPECIALIST.encode().hex(),
    )
    (outcome,) = sign_files(plan, desk, logins=logins(desk), interaction=person, progress=FakeProgress())
    assert isinstance(outcome.error, RegulationError)
    assert outcome.error.code is ErrorCode.REGULATION_DEVICE_REPORTED


def test_the_form_is_printed_and_replaces_nothing(desk: Services, tmp_path: Path) -> None:
    request = fill_request(RequestCase.LOST, desk, serial=SERIAL)
    target = tmp_path / "đề nghị.pdf"
    assert print_request(request, target, desk) == 1
    assert request.form.values["full_name"] in text_of(target)
    before = target.read_bytes()
    with pytest.raises(StorageError):
        print_request(request, target, desk)
    assert target.read_bytes() == before


def test_what_was_refused_is_not_printed(desk: Services, tmp_path: Path) -> None:
    request = fill_request(RequestCase.ENROLMENT, desk, typed={"email": "anh@gmail.com", "birth_date": "5/2/80"})
    assert {problem.code for problem in request.refused} == {ErrorCode.FORM_MAIL_DOMAIN, ErrorCode.FORM_DATE}
    with pytest.raises(FormError):
        print_request(request, tmp_path / "a.pdf", desk)
    assert list(tmp_path.glob("*.pdf*")) == []


def test_a_failure_in_the_child_leaves_nothing(desk: Services, tmp_path: Path) -> None:
    request = fill_request(RequestCase.LOST, desk, typed={"workplace": "Sở 🦆"})
    with pytest.raises(FormError) as caught:
        print_request(request, tmp_path / "a.pdf", desk)
    assert caught.value.code is ErrorCode.FORM_CHARACTERS
    assert list(tmp_path.glob("*a.pdf*")) == []


def test_papers_are_known_by_their_bytes(desk: Services, tmp_path: Path) -> None:
    paper = tmp_path / "quyết định.pdf"
    paper.write_bytes(b"x")
    request = fill_request(
        RequestCase.TITLE_CHANGED, desk, files={"appointment": paper}, typed={"old_details": "a", "new_details": "b"}
    )
    assert request.form.attached[0].sha256.startswith("2d711642")
    assert ErrorCode.FORM_ATTACHMENT_MISSING not in [problem.code for problem in request.missing]


def test_cases_of_the_department_have_no_form(desk: Services) -> None:
    with pytest.raises(FormError) as caught:
        fill_request(RequestCase.VIOLATION, desk)
    assert caught.value.code is ErrorCode.FORM_WRONG_CASE


def test_a_device_never_seen_is_not_found(desk: Services) -> None:
    with pytest.raises(TokenError):
        fill_request(RequestCase.LOST, desk, serial="lạ")


def test_existing_signing_signs_into_the_fields(desk: Services, tmp_path: Path) -> None:
    target = tmp_path / "đề nghị.pdf"
    print_request(fill_request(RequestCase.ENROLMENT, desk, serial=SERIAL), target, desk)
    signer = find_signer(desk, serial=SERIAL, key_id=SPECIALIST.encode().hex())
    plan = SigningPlan(
        files=(FilePlan(source=target, target=tmp_path / "đã ký.pdf", field="NguoiKhai"),),
        token_serial=SERIAL,
        key_id=signer.key_id,
    )
    (outcome,) = sign_files(plan, desk, logins=logins(desk), interaction=FakePerson(), progress=FakeProgress())
    assert outcome.signed is not None, outcome.error
    with pymupdf.open(outcome.signed.target) as document:
        signed = {widget.field_name: bool(widget.is_signed) for page in document for widget in page.widgets()}
        assert signed == {"NguoiKhai": True, "XacNhan": False}
        assert document.embfile_names() == ["request.json"]
