"""Document children that start ahead of their gateway and import what they are for, no more."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bdsigner.documents.children import DocumentChildren, Lane, Skill
from bdsigner.documents.gateway import ChildDocumentGateway
from tests.documents.parts import NoNetwork, profile

HEAVY = (
    "bdsigner.signing.appearance",
    "bdsigner.signing.pades",
    "bdsigner.trust.assessment",
    "bdsigner.verification.pdf",
    "pymupdf",
)


def test_a_child_started_ahead_serves_the_gateway_and_no_other_is_started(tmp_path: Path) -> None:
    children = DocumentChildren({Skill.SIGNING, Skill.DRAWING})
    children[Lane.WORK].start()
    pid = children[Lane.WORK].pid
    gateway = ChildDocumentGateway(profile(tmp_path), NoNetwork(), children=children)
    gateway.warm_up(Skill.SIGNING)
    assert gateway.ping(Lane.WORK).pid == pid
    assert children[Lane.VIEW].pid is None

    gateway.close()
    assert children[Lane.WORK].pid is None


@pytest.mark.parametrize(
    ("skill", "imported"),
    [
        (Skill.READING, {"pymupdf"}),
        (Skill.DRAWING, {"bdsigner.signing.appearance", "pymupdf"}),
        (Skill.SIGNING, {"bdsigner.signing.pades", "bdsigner.trust.assessment"}),
        (Skill.VERIFYING, {"bdsigner.trust.assessment", "bdsigner.verification.pdf", "pymupdf"}),
    ],
)
def test_a_skill_imports_what_it_needs(skill: Skill, imported: set[str]) -> None:
    code = (
        "import sys\n"
        "from bdsigner.documents.worker import main\n"
        f"main(['{skill.lane}', '{skill}'])\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == str(sorted(imported))


def test_what_a_batch_expects_is_started_ahead_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = DocumentChildren()
    gateway = ChildDocumentGateway(profile(tmp_path), NoNetwork(), children=children)
    try:
        gateway.expect_batch(signers=3, readers=2)
        with children.reader() as first, children.reader() as second:
            assert first is children[Lane.VIEW]
            assert second.pid is not None, "started, not only made"
        with children.spare_reader() as spare:
            assert spare is second, "the first is left to who draws what is looked at"
        with contextlib.ExitStack() as stack:
            signers = [stack.enter_context(children.worker()) for _ in range(3)]
            assert len({child.pid for child in signers[1:]}) == 2
        extra = [second, *signers[1:]]
        gateway.rest()
        gateway.expect_batch(signers=3, readers=2)
        assert all(child.pid is not None for child in extra), "another batch came soon"
        monkeypatch.setattr("bdsigner.documents.children.KEPT_SECONDS", 0.0)
        gateway.rest()
        end = time.monotonic() + 10
        while any(child.pid is not None for child in extra):
            assert time.monotonic() < end
            time.sleep(0.01)
        with children.reader() as again:
            assert again is children[Lane.VIEW]
        with children.spare_reader() as only:
            assert only is children[Lane.VIEW], "where there is no other"
    finally:
        gateway.close()
