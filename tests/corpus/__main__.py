"""``python -m tests.corpus DIR OUT``: verify the files of ``DIR/manifest.json``; one JSON line a file goes to ``OUT``.

Each file goes through the application's document gateway into a sandboxed child, offline and without anchors.
"""

import collections
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.usecases.verify_files import verify_files
from tests.corpus.outcomes import outcome_of
from tests.documents.parts import NoNetwork, profile
from tests.fakes.people import FakeProgress
from tests.fakes.services import reading_services


def main(folder: Path, out: Path) -> None:
    """Verify all files and print the figures."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    took: list[float] = []
    network = NoNetwork()
    with tempfile.TemporaryDirectory() as place, out.open("w", encoding="utf-8") as lines:
        gateway = ChildDocumentGateway(profile(Path(place)), network)
        services = reading_services(gateway)
        for entry in manifest:
            started_at = time.perf_counter()
            path, detached = folder / entry["file"], folder / entry.get("detached", "")
            contents = {path: detached} if detached.is_file() else {}
            (answer,) = verify_files([path], services, progress=FakeProgress(), contents=contents)
            milliseconds = round((time.perf_counter() - started_at) * 1000)
            outcome, detail = outcome_of(answer)
            took.append(milliseconds)
            counts[entry.get("class", ""), outcome.value] += 1
            line = {"file": entry["file"], "outcome": outcome.value, "ms": milliseconds, "detail": detail}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        gateway.close()
    for (kind, told), count in sorted(counts.items()):
        print(f"{kind:14} {told:12} {count:5}")
    if took:
        print(f"{len(took)} files, median {statistics.median(took):.0f} ms, most {max(took):.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
