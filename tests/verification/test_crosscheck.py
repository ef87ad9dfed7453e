"""Sound files and attacks before several judges: every difference has a reason, and no new one appears unseen."""

import logging
import shutil

import pytest

from bdsigner.model.verification import Verdict
from tests.assets.attacks.attack import Scene
from tests.assets.valid_pdfs import SOUND, Sound
from tests.support.crosscheck import Row, rows
from tests.support.small_pki import SmallPki
from tests.support.verification_page import EXPLAINED, PAGE, differing
from tests.verification.conftest import Judge

pytestmark = pytest.mark.timeout(600)  # several judges look at each of 150 files: 40 s on an idle machine
HAS_PDFSIG = shutil.which("pdfsig") is not None


@pytest.fixture(scope="module")
def scene(pki: SmallPki) -> Scene:
    return Scene(pki)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    logging.disable(logging.CRITICAL)  # pyHanko logs every path it cannot build
    try:
        return rows(tmp_path_factory.mktemp("cases"), with_pdfsig=HAS_PDFSIG)
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.parametrize("sound", SOUND, ids=lambda one: one.name)
def test_sound_files_are_valid(judge: Judge, scene: Scene, sound: Sound) -> None:
    report = judge(sound.make(scene))
    assert report.verdict is Verdict.VALID, report.all_findings


def test_every_answer_is_the_expected_one(found: list[Row]) -> None:
    assert [row for row in found if row.ours != row.expected] == []


def test_no_disagreement_is_new_and_none_is_gone(found: list[Row]) -> None:
    explained = {key for key in EXPLAINED if HAS_PDFSIG or key[0] != "pdfsig"}
    assert set(differing(found)) == explained


def test_the_page_tells_it_all(found: list[Row]) -> None:
    text = PAGE.read_text("utf-8")
    told = [
        f"| {row.name if row.family == 'sound' else ': '.join(row.key)} | {row.expected} | {row.ours} |"
        for row in found
    ]
    assert [one for one in told if one not in text] == [], "python -m tests.support.verification_page"
    assert [sentence for sentence in EXPLAINED.values() if sentence not in text] == []
