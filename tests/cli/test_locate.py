"""``bdsigner locate``: JSON for every file, also for those that cannot be read."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support import pdfa
from tests.support.administrative import Document, draw


def test_what_is_seen_is_printed_with_its_reasons(tmp_path: Path) -> None:
    good, bad = tmp_path / "quyết định.pdf", tmp_path / "rác.pdf"
    good.write_bytes(pdfa.claiming(draw(Document(number="", day="")), 1, "B"))
    bad.write_bytes(b"no PDF")
    done = subprocess.run(
        [sys.executable, "-m", "bdsigner", "locate", str(good), str(bad)],
        capture_output=True,
        text=True,
        env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, "one of two"
    first, second = json.loads(done.stdout)
    assert first["pdfa"] == "PDF/A-1b"
    layout = first["layout"]
    assert layout["number"]["number"]["value"] == ""
    assert layout["number"]["symbol"] == "QĐ-UBND"
    assert [line["text"] for line in layout["sign_off"]["title_lines"]] == list(Document().titles)
    slot = layout["sign_off"]["slot"]
    assert slot["page"] == 1
    assert 60 <= slot["width_mm"] <= 90.1
    assert "Tìm thấy “PHÓ CHỦ TỊCH” ở trang 1." in first["explanation"]
    assert "Ô số văn bản (…/QĐ-UBND) còn trống." in first["explanation"]
    assert second["error"]["code"] == "document.not_pdf"
