"""Many files at once through real children: order, cancelling, and trouble that stays with its file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bdsigner.documents.children import DocumentChildren
from bdsigner.documents.gateway import ChildDocumentGateway, Deadlines
from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.model.legal_value import LegalStanding
from bdsigner.model.limits import VERIFIED_AT_ONCE
from bdsigner.model.verification import FindingCode, Verdict, VerificationOutcome
from bdsigner.ports import Phase
from bdsigner.usecases.verify_files import verify_files
from tests.documents.parts import NoNetwork, profile, worker
from tests.fakes.people import FakeProgress
from tests.fakes.services import reading_services
from tests.support.signed_pdf import make_pdf, replace_page_text, sign, simple_signer
from tests.support.small_pki import SmallPki

Verify = Callable[..., tuple[VerificationOutcome, ...]]
DEADLINES = Deadlines(wall_seconds=10.0)
"""Enough for a child to start and judge one page on a busy machine."""


@pytest.fixture(scope="module")
def signed() -> bytes:
    pki = SmallPki()
    return sign(make_pdf(), simple_signer(pki.signer, pki.issuing))


@pytest.fixture
def verify(tmp_path: Path) -> Iterator[Verify]:
    children = DocumentChildren(worker=worker("failing_verifier.py"))
    gateway = ChildDocumentGateway(profile(tmp_path), NoNetwork(), children=children, deadlines=DEADLINES)
    services = reading_services(gateway)

    def run(paths: list[Path], progress: FakeProgress | None = None) -> tuple[VerificationOutcome, ...]:
        return verify_files(paths, services, progress=progress or FakeProgress())

    yield run
    gateway.close()


def write(folder: Path, names: list[str], data: bytes) -> list[Path]:
    paths = [folder / f"{name}.pdf" for name in names]
    for path in paths:
        path.write_bytes(data)
    return paths


def codes(outcome: VerificationOutcome) -> set[FindingCode]:
    assert outcome.report is not None, outcome.error
    return {finding.code for finding in outcome.report.all_findings}


def test_outcomes_in_order_and_each_file_counted_once(verify: Verify, tmp_path: Path, signed: bytes) -> None:
    paths = write(tmp_path, [str(number) for number in range(12)], signed)
    paths[5].write_bytes(replace_page_text(signed))
    paths[7].unlink()
    progress = FakeProgress()
    outcomes = verify(paths, progress)
    assert [outcome.path for outcome in outcomes] == paths
    assert [outcome.report.verdict if outcome.report else None for outcome in outcomes] == [
        Verdict.INVALID if number == 5 else None if number == 7 else Verdict.INDETERMINATE for number in range(12)
    ]
    assert outcomes[7].error is not None
    assert outcomes[7].error.code is ErrorCode.DOCUMENT_NOT_FOUND
    done = [counted for _, phase, counted, total in progress.reports if phase is Phase.DONE]
    assert done == list(range(1, 13))
    told = {path for path, phase, *_ in progress.reports if phase is Phase.INTACT}
    assert told == {path for path in paths if path != paths[7]}, "the bytes hold, whatever was added"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("chết", ErrorCode.DOCUMENT_WORKER_DIED),
        ("treo", ErrorCode.DOCUMENT_LIMITS),
        ("chết muộn", ErrorCode.DOCUMENT_WORKER_DIED),
    ],
)
def test_trouble_stays_with_its_file(verify: Verify, tmp_path: Path, signed: bytes, name: str, code: ErrorCode) -> None:
    outcomes = verify(write(tmp_path, ["1", "2", name, "4", "5", "6"], signed))
    errors = [outcome.error.code if outcome.error else None for outcome in outcomes]
    assert errors == [None, None, code, None, None, None]
    for outcome in outcomes:
        assert outcome.error is not None or codes(outcome) >= {FindingCode.CONTENT_INTACT, FindingCode.KEY_MATCHES}


@pytest.mark.parametrize("is_changed", [False, True])
def test_analysis_over_the_limits_keeps_what_was_told(
    verify: Verify, tmp_path: Path, signed: bytes, is_changed: bool
) -> None:
    data = replace_page_text(signed) if is_changed else signed
    (outcome,) = verify(write(tmp_path, ["treo muộn"], data))
    assert outcome.report is not None
    assert outcome.report.verdict is Verdict.INDETERMINATE
    assert codes(outcome) >= {FindingCode.CONTENT_INTACT, FindingCode.KEY_MATCHES, FindingCode.OVER_LIMITS}
    assert (FindingCode.CHANGES_NOT_ANALYSED in codes(outcome)) is is_changed
    assert FindingCode.JUDGING not in codes(outcome)
    assert outcome.legal is not None
    assert outcome.legal.standing is LegalStanding.UNDETERMINED


@pytest.mark.parametrize("phase", [Phase.VERIFYING, Phase.INTACT, Phase.DONE])
def test_cancelled_between_the_steps(verify: Verify, tmp_path: Path, signed: bytes, phase: Phase) -> None:
    paths = write(tmp_path, [str(number) for number in range(8)], signed)
    progress = FakeProgress(stop_when=lambda path, now: path == paths[3] and now is phase)
    with pytest.raises(UserCancelled):
        verify(paths, progress)
    stopped = next(at for at, (path, now, *_) in enumerate(progress.reports) if (path, now) == (paths[3], phase))
    went_on = {path for path, now, *_ in progress.reports[stopped + 1 :] if now is not Phase.VERIFYING}
    assert len(went_on) < VERIFIED_AT_ONCE, "those that were under way"
    (again,) = verify(paths[:1])
    assert FindingCode.CONTENT_INTACT in codes(again)
