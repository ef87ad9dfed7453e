"""The runner over a folder of files with known answers."""

import json
from pathlib import Path

import pytest

from tests.assets.attacks.attack import Scene
from tests.corpus.__main__ import main
from tests.support.pdfs import text_pdf
from tests.support.signed_pdf import fill_form, make_pdf
from tests.support.small_pki import SmallPki


def test_one_line_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = Scene(SmallPki())
    at = scene.signed.index(b"\nstream") + 10
    broken = scene.signed[:at] + b"#" + scene.signed[at + 1 :]
    unknown = scene.signed.replace(b"/ETSI.CAdES.detached", b"/Example.Of.Another.")
    expected = {
        "ok.pdf": (scene.signed, "OK"),
        "twice.pdf": (scene.sign(scene.signed, field="Second"), "OK"),
        "old digest.pdf": (scene.sign(make_pdf(), digest="sha512"), "OK"),
        "filled.pdf": (fill_form(scene.signed), "CHANGED"),
        "broken.pdf": (broken, "BROKEN"),
        "unsigned.pdf": (text_pdf(), "NOSIG"),
        "unknown.pdf": (unknown, "UNSUPPORTED"),
        "picture.png": (b"\x89PNG", "UNSUPPORTED"),
        "empty.pdf": (b"", "ERROR"),
    }
    for name, (data, _) in expected.items():
        (tmp_path / name).write_bytes(data)
    manifest = {"files": [{"file": name, "class": "any"} for name in expected]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    out = tmp_path / "out.jsonl"
    main(tmp_path, out)
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {line["file"]: line["outcome"] for line in lines} == {name: told for name, (_, told) in expected.items()}
    assert all(line["ms"] >= 0 for line in lines)
    assert "9 files" in capsys.readouterr().out
