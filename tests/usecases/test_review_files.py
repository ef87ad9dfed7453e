"""What this machine knows comes to the rules: a real file, a real signature, a report of a lost device."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.sign.fields import SigFieldSpec

from bdsigner.app import SystemClock
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import ErrorCode, RegulationError
from bdsigner.model.device import RequestCase, RequestDraft
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup, ObjectionWeight
from bdsigner.model.token import SignerIdentity
from bdsigner.net.fetch import HttpFetcher
from bdsigner.ports import Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.usecases.examine_document import is_device_reported
from bdsigner.usecases.list_signers import list_signers
from bdsigner.usecases.review_files import ReadyFile, review_file
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.timestamper import NoTimestamper
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support import pdfs
from tests.support.pki import CHAIRMAN, Training
from tests.usecases.test_sign_files import sign_files

OFFICIAL = Declaration(kind=KindGroup.OFFICIAL)
KEY_ID = CHAIRMAN.encode().hex()


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.fixture
def services(training: Training, documents: ChildDocumentGateway) -> Services:
    token = FakeToken(keys={KEY_ID: training.key(CHAIRMAN)}, certificates={KEY_ID: training.certificate(CHAIRMAN)})
    return Services(
        profile=training.profile,
        tokens=FakeTokenGateway(token),
        documents=documents,
        timestamper=NoTimestamper(),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
    )


@pytest.fixture
def signer(services: Services) -> SignerIdentity:
    (only,) = list_signers(services.tokens).signers
    return only


@pytest.fixture
def decision(training: Training, tmp_path: Path) -> Path:
    path = tmp_path / "quyết định.pdf"
    path.write_bytes((training.folder.samples / "quyet-dinh.pdf").read_bytes())
    return path


def file_plan(path: Path, declaration: Declaration = OFFICIAL) -> FilePlan:
    return FilePlan(source=path, target=path.with_suffix(".signed.pdf"), declaration=declaration)


def review(plan: FilePlan, signer: SignerIdentity, services: Services) -> ReadyFile:
    return review_file(plan, signer, services, is_reported=is_device_reported(signer, services))


def stop(plan: FilePlan, signer: SignerIdentity, services: Services) -> ErrorCode:
    with pytest.raises(RegulationError) as caught:
        review(plan, signer, services)
    assert caught.value.facts["clause"]
    return caught.value.code


def lost(**changes: str) -> RequestDraft:
    facts = {"cert_serial": changes.pop("cert_serial")} if "cert_serial" in changes else {}
    return RequestDraft(
        case=RequestCase.LOST, serial=changes["serial"], created_at=datetime(2026, 1, 6, tzinfo=UTC), facts=facts
    )


def test_d7_1d_a_reported_device_or_certificate_signs_nothing(
    decision: Path, signer: SignerIdentity, services: Services
) -> None:
    plan = file_plan(decision, Declaration())
    memory = services.memory
    memory.save_draft(lost(serial="another device", cert_serial="4D2"))
    memory.save_draft(replace(lost(serial=signer.token.serial), case=RequestCase.PIN_LOCKED))
    assert review(plan, signer, services).objections == ()

    for reported in (
        lost(serial=signer.token.serial),
        lost(serial="a copy of it", cert_serial=signer.certificate.serial_number),
    ):
        again = replace(services, memory=FakeMemory())
        again.memory.save_draft(reported)
        assert stop(plan, signer, again) is ErrorCode.REGULATION_DEVICE_REPORTED


def test_the_own_signature_in_a_file_is_asked_about(decision: Path, signer: SignerIdentity, services: Services) -> None:
    first = file_plan(decision, Declaration())
    plan = SigningPlan(files=(first,), token_serial=signer.token.serial, key_id=signer.key_id, level=SignatureLevel.B_B)
    (outcome,) = sign_files(plan, services, interaction=FakePerson(), progress=FakeProgress())
    assert outcome.signed
    (objection,) = review(file_plan(first.target, Declaration()), signer, services).objections
    assert (objection.code, objection.weight) == (ErrorCode.REGULATION_SIGNED_ALREADY, ObjectionWeight.CONFIRM)


def test_d10_3b_a_prepared_field_stands_where_the_signature_belongs(
    decision: Path, signer: SignerIdentity, services: Services
) -> None:
    sign_off = services.documents.read_layout(decision).sign_off
    assert sign_off is not None
    slot, height = sign_off.slot, pdfs.A4_PT[1]
    left, right = slot.x_pt + 5, slot.x_pt + slot.width_pt - 5
    inside = (left, height - slot.y_pt - slot.height_pt + 5, right, height - slot.y_pt - 5)
    decision.write_bytes(
        pdfs.with_signature_fields(
            decision.read_bytes(),
            SigFieldSpec("đúng chỗ", on_page=slot.page, box=tuple(map(int, inside))),
            SigFieldSpec("sai chỗ", on_page=slot.page, box=(60, 20, 260, 100)),
            SigFieldSpec("ẩn"),
        )
    )
    asked = file_plan(decision)
    assert review(replace(asked, field="đúng chỗ"), signer, services).objections == ()
    assert stop(replace(asked, field="sai chỗ"), signer, services) is ErrorCode.REGULATION_ORIGINAL_PLACE
    assert stop(replace(asked, field="ẩn"), signer, services) is ErrorCode.REGULATION_INVISIBLE
    assert stop(asked, signer, services) is ErrorCode.REGULATION_INVISIBLE
