"""Bombs in signed files: each answered within the limits, never as whole, and the next file is judged at once (P3)."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import DocumentError
from bdsigner.model.verification import VerificationOutcome
from tests.assets.attacks.attack import Scene
from tests.corpus.outcomes import Outcome, outcome_of
from tests.documents.conftest import MakeFile
from tests.support import signed_bombs
from tests.support.small_pki import SmallPki

WALL_SECONDS = 45.0
"""Three times what a machine without other work may take (hardening.md P3): the limits are on processor time."""
NEXT_SECONDS = 10.0


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(SmallPki())


def told(gateway: ChildDocumentGateway, path: Path) -> tuple[Outcome, str]:
    try:
        answer = VerificationOutcome(path=path, report=gateway.verify(path))
    except DocumentError as error:
        answer = VerificationOutcome(path=path, error=error)
    return outcome_of(answer)


@pytest.mark.parametrize("bomb", signed_bombs.ALL, ids=lambda one: one.__name__)
def test_bomb(gateway: ChildDocumentGateway, make_file: MakeFile, scene: Scene, bomb: Callable[[Scene], bytes]) -> None:
    path, following = make_file(bomb(scene)), make_file(scene.signed, "tiếp theo.pdf")
    started_at = time.monotonic()
    outcome, detail = told(gateway, path)
    took = time.monotonic() - started_at
    print(f"{bomb.__name__}: {path.stat().st_size} bytes, {took:.1f} s, {outcome}, {detail[:150]}")
    assert took < WALL_SECONDS
    assert outcome not in (Outcome.OK, Outcome.NO_SIGNATURE, Outcome.CRASH)
    started_at = time.monotonic()
    assert told(gateway, following)[0] is Outcome.OK
    assert time.monotonic() - started_at < NEXT_SECONDS
