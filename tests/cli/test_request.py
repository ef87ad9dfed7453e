"""``bdsigner request`` as it is called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pymupdf


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    surroundings = os.environ | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "c"),
        "XDG_DATA_HOME": str(home / "d"),
    }
    return subprocess.run(
        [sys.executable, "-m", "bdsigner", "request", *arguments],
        capture_output=True,
        text=True,
        env=surroundings | {"XDG_STATE_HOME": str(home / "s"), "XDG_CACHE_HOME": str(home / "k")},
        timeout=50,
        check=False,
    )


def test_new_tells_fields_and_what_is_missing(tmp_path: Path) -> None:
    answer = run(tmp_path, "new", "6.1", "--set", "full_name=nguyễn ánh", "--set", "group=5.1a-1", "--json")
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert told["form"] == "mau-01"
    assert told["values"]["full_name"] == "NGUYỄN ÁNH"
    assert {"key": "term_years", "label": "Thời hạn đề nghị cấp:", "kind": "years"} in told["fields"]
    assert any("mẫu con dấu" in problem["sentence"] for problem in told["missing"])


def test_print_writes_the_form_and_replaces_nothing(tmp_path: Path) -> None:
    target = tmp_path / "thu hồi.pdf"
    arguments = ("print", str(target), "7.1d", "--set", "full_name=Nguyễn Ánh", "--set", "reason=Mất ở bến xe")
    assert run(tmp_path, *arguments).returncode == 0
    with pymupdf.open(target) as document:
        assert "Mất ở bến xe" in document[0].get_text()
    again = run(tmp_path, *arguments)
    assert again.returncode != 0
    assert "storage.exists" in again.stderr


def test_a_list_comes_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "danh sách.csv"
    table.write_text("full_name,birth_date,email\nNguyễn Ánh,05/02/1980,anh@binhduong.gov.vn\n", "utf-8-sig")
    target = tmp_path / "mau-02.pdf"
    answer = run(tmp_path, "print", str(target), "6.1", "--form", "mau-02", "--rows", str(table), "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["rows"][0]["full_name"] == "Nguyễn Ánh"
    with pymupdf.open(target) as document:
        assert "Số lượng đăng ký: 01" in document[0].get_text()


def test_wrong_values_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    answer = run(tmp_path, "print", str(tmp_path / "a.pdf"), "6.1", "--set", "birth_date=5/2/80")
    assert answer.returncode != 0
    assert "form.date" in answer.stderr
    assert "5/2/80" not in answer.stderr
    assert list(tmp_path.glob("*.pdf")) == []
