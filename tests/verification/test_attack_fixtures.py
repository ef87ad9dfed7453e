"""Every attack fixture: what is expected and what comes out; none may be intact and whole (hardening.md V1, V2)."""

from pathlib import Path

import pytest

from bdsigner.errors import BdsignerError
from bdsigner.model.verification import Verdict, VerificationOutcome
from tests.assets.attacks import ALL
from tests.assets.attacks.attack import Attack, Scene
from tests.corpus.outcomes import Outcome, outcome_of
from tests.support.attacks_page import PAGE
from tests.support.small_pki import SmallPki
from tests.verification.conftest import Judge

_STATED = {Outcome.CHANGED, Outcome.BROKEN}


@pytest.fixture(scope="module")
def scene(pki: SmallPki) -> Scene:
    return Scene(pki)


def outcome(judge: Judge, data: bytes) -> tuple[Outcome, str]:
    """What the person would be told."""
    path = Path("attack.pdf")
    try:
        answer = VerificationOutcome(path=path, report=judge(data))
    except BdsignerError as error:
        answer = VerificationOutcome(path=path, error=error)
    else:
        assert answer.report is not None
        assert answer.report.verdict is not Verdict.VALID
        assert answer.report.verdict is not None
    return outcome_of(answer)


@pytest.mark.parametrize("attack", ALL, ids=lambda one: f"{one.family}: {one.name}")
def test_attack(judge: Judge, scene: Scene, attack: Attack) -> None:
    got, detail = outcome(judge, attack.make(scene))
    assert got == attack.expected, detail


def test_the_victims_files_are_intact(judge: Judge, scene: Scene) -> None:
    """What the attacks start from comes out as whole, so that the attack alone makes the difference."""
    assert judge(scene.signed).verdict is Verdict.VALID


def test_enough_variants_are_flagged_with_a_reason() -> None:
    assert len(ALL) >= 40
    assert len({(one.family, one.name) for one in ALL}) == len(ALL)
    stated = [one for one in ALL if one.expected in _STATED]
    assert len(stated) >= 0.9 * len(ALL)


def test_the_page_lists_every_attack() -> None:
    rows = [tuple(cell.strip() for cell in line.split("|")[1:5]) for line in PAGE.read_text("utf-8").splitlines()]
    wanted = [(one.family, one.name, one.expected, one.expected) for one in ALL]
    assert [row for row in rows if row in wanted] == wanted, "python -m tests.support.attacks_page"
