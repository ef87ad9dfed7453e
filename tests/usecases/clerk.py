"""What tests of the register and of the clerk's work share: real documents, signed as the window does it."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.errors import RegulationError
from bdsigner.model.registered_document import RegisteredDocument
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate, ReleaseOrder
from bdsigner.model.signature import FilePlan, SigningOutcome, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup
from bdsigner.ports import Services
from bdsigner.usecases.examine_document import examine_document
from bdsigner.usecases.release_documents import (
    list_documents,
    review_document,
)
from bdsigner.usecases.sign_files import find_signer, sign_files
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.people import FakePerson, FakeProgress
from tests.support.administrative import Document
from tests.support.pki import CHAIRMAN

CLERK = "Phạm Thị Thùy Dương"
BY_MAIL = ReleaseOrder(
    channel="hop_thu_cong_vu", sender="vanthu@binhduong.gov.vn", recipients=("sotttt@binhduong.gov.vn",)
)
OFFICIAL = Declaration(kind=KindGroup.OFFICIAL, submitted_by="Phòng Tổng hợp")
ORIGINAL = Document(titles=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name="Nguyễn Hoàng Ánh", gap="          ", gap_mm=34)


def logins(services: Services) -> TokenLogins:
    return TokenLogins(
        tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
    )


def sign(
    services: Services,
    source: Path,
    declaration: Declaration | None = OFFICIAL,
    *,
    person: str = CHAIRMAN,
    is_visible: bool = True,
    interaction: FakePerson | None = None,
) -> SigningOutcome:
    """As the window does: place and declaration from a first look."""
    signer = find_signer(services, serial="0123456789", key_id=person.encode().hex())
    seen = examine_document(source, services, signer=signer, declaration=declaration)
    plan = SigningPlan(
        files=(
            FilePlan(
                source=source,
                target=source.with_suffix(".signed.pdf"),
                box=seen.placement.box if seen.placement is not None and is_visible else None,
                declaration=declaration,
            ),
        ),
        token_serial="0123456789",
        key_id=person.encode().hex(),
    )
    (outcome,) = sign_files(
        plan, services, logins=logins(services), interaction=interaction or FakePerson(), progress=FakeProgress()
    )
    return outcome


def only(services: Services) -> RegisteredDocument:
    (document,) = list_documents(services)
    return document


def approve(candidate: ReleaseCandidate, services: Services) -> None:
    review_document(candidate, services, verdict=ReviewVerdict.RELEASE, reviewer=CLERK)


def refusal(call: Callable[[], object]) -> RegulationError:
    with pytest.raises(RegulationError) as caught:
        call()
    return caught.value


def hash_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
