"""Templates: shipped, replaced by the department, faulty."""

from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, FormError, ProfileError
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.resources import resource_path

SHIPPED = sorted(file.stem for file in resource_path("forms").glob("*.toml"))


def shipped(name: str) -> str:
    return resource_path("forms", f"{name}.toml").read_text("utf-8")


def replaced(profile: Path, name: str, text: str) -> FormFolder:
    (profile / "forms").mkdir(exist_ok=True)
    (profile / "forms" / f"{name}.toml").write_text(text, "utf-8")
    return FormFolder(profile)


def test_all_five_are_shipped() -> None:
    assert SHIPPED == ["mau-01", "mau-02", "mau-03", "mau-04", "thu-dieu-8"]
    assert [FormFolder().load(name).id for name in SHIPPED] == SHIPPED


def test_the_department_replaces_one_without_a_release(tmp_path: Path) -> None:
    folder = replaced(tmp_path, "thu-dieu-8", shipped("thu-dieu-8").replace("CẬP NHẬT", "THAY ĐỔI"))
    assert folder.load("thu-dieu-8").title == "GIẤY ĐỀ NGHỊ THAY ĐỔI CHỨNG THƯ SỐ"
    assert folder.load("mau-01").title == FormFolder().load("mau-01").title


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "mau-01"', 'id = "mau-09"'),
        ("widths = [50, 50]", "widths = [50, 51]"),
        ("widths = [50, 50]", "widths = [100]"),
        ('keys = ["position"]', 'keys = ["shoe_size"]'),
        ('key = "birth_place"', 'key = "birth_date"'),
        ('kind = "date"', 'kind = "guess"'),
        ('signature_field = "XacNhan"', 'signature_field = "NguoiKhai"'),
        ("version = 1", "version ="),
    ],
)
def test_a_faulty_one_is_named_and_not_passed_over(tmp_path: Path, old: str, new: str) -> None:
    text = shipped("mau-01")
    assert old in text
    with pytest.raises(ProfileError) as caught:
        replaced(tmp_path, "mau-01", text.replace(old, new)).load("mau-01")
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert str(caught.value.facts["path"]).endswith("mau-01.toml")


def test_a_huge_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError):
        replaced(tmp_path, "mau-01", shipped("mau-01") + "#" * 300_000).load("mau-01")


@pytest.mark.parametrize("name", ["", "mau-05", "../profiles/binh-duong/profile", "MAU-01"])
def test_others_are_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormError) as caught:
        FormFolder(tmp_path).load(name)
    assert caught.value.code is ErrorCode.FORM_UNKNOWN_FORM
