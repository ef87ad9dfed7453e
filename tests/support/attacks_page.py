"""Writes ``docs/attacks.md``: ``python -m tests.support.attacks_page``; needs ``pdfsig`` of Poppler."""

import tempfile
from collections import Counter
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.verification import VerificationOutcome
from bdsigner.verification.pdf import verify_pdf
from tests.assets.attacks import ALL
from tests.assets.attacks.attack import Scene
from tests.corpus.outcomes import outcome_of
from tests.support.crosscheck import pdfsig
from tests.support.small_pki import NOW, MemoryNetwork, SmallPki

PAGE = Path(__file__).parents[2] / "docs" / "attacks.md"
_HEAD = """# Attacks on signed PDFs, and what comes out

Each row is a file made by code (`tests/assets/attacks`). BROKEN: a signature does not hold. CHANGED: the document was
changed after signing, or the signature does not cover it. UNSUPPORTED: a signature is named that could not be judged.
None is intact and whole. `pdfsig` is Poppler's verdict on the same file: it checks the signature and whether it covers
the whole file, and analyses no change, so wherever it says "valid, not whole" the decision is left to the reader; this
program makes it. This page is made by the tests (`python -m tests.support.attacks_page`).

"""
_COLUMNS = "| family | variant | expected | got | pdfsig |\n|---|---|---|---|---|\n"


def _told(path: Path, pki: SmallPki) -> str:
    try:
        report = verify_pdf(path, anchors=pki.anchors, fetcher=MemoryNetwork.of(pki), checked_at=NOW, is_training=False)
    except BdsignerError as error:
        return outcome_of(VerificationOutcome(path=path, error=error))[0]
    return outcome_of(VerificationOutcome(path=path, report=report))[0]


def rows() -> list[tuple[str, str, str, str, str]]:
    """Make, judge and cross-check every file."""
    pki = SmallPki()
    scene = Scene(pki)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for attack in ALL:
            path = Path(folder) / "attack.pdf"
            path.write_bytes(attack.make(scene))
            found.append((attack.family, attack.name, attack.expected, _told(path, pki), pdfsig(path)))
    return found


def main() -> None:
    """Write the page."""
    found = rows()
    counts = Counter(row[3] for row in found)
    pdfsig = Counter(row[4] for row in found)
    summary = f"{len(found)} files: {_counted(counts)}. pdfsig: {_counted(pdfsig)}.\n\n"
    PAGE.write_text(_HEAD + summary + _COLUMNS + "".join(f"| {' | '.join(row)} |\n" for row in found), "utf-8")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


if __name__ == "__main__":
    main()
