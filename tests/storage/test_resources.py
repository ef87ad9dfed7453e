"""Fonts that are shipped, and where everything is found."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from bdsigner.storage import paths
from bdsigner.storage.resources import default_profile_folder, resource_path

FONTS = sorted(resource_path("fonts").glob("*.ttf"))
VIETNAMESE = "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ĂăÂâĐđÊêÔôƠơƯưÀÁÃÈÉÌÍÒÓÕÙÚÝàáãèéìíòóõùúýĨĩŨũ₫“”–…"


def test_the_fonts_of_the_layout_are_shipped_with_their_licence() -> None:
    serif = {f"LiberationSerif-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic")}
    assert serif | {"LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"} == {font.name for font in FONTS}
    assert "SIL OPEN FONT LICENSE Version 1.1" in resource_path("fonts", "OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_a_font_has_every_vietnamese_letter(font: Path) -> None:
    with TTFont(font, lazy=True) as opened:
        characters = opened.getBestCmap()
        assert opened["name"].getDebugName(5) == "Version 2.1.5"
        assert opened["OS/2"].fsType == 0  # may be embedded without restriction
    assert [character for character in VIETNAMESE if ord(character) not in characters] == []


def test_the_shipped_profile_is_complete() -> None:
    assert {path.name for path in default_profile_folder().iterdir()} == {
        "profile.toml",
        "emblem.svg",
        "anchors",
        "issuers",
    }
    for folder in ("anchors", "issuers"):
        assert [path.name for path in (default_profile_folder() / folder).iterdir()] == ["README"]


def test_resources_of_the_installed_program_are_in_its_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert resource_path("fonts", "x.ttf") == tmp_path / "resources" / "fonts" / "x.ttf"


def test_one_folder_can_hold_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "nhà"))
    folders = [paths.config_folder(), paths.log_folder()]
    assert [folder.relative_to(tmp_path / "nhà").as_posix() for folder in folders] == [
        "config",
        "logs",
    ]
    made = paths.ensure_folder(folders[0])
    assert made.stat().st_mode & 0o777 == 0o700


def test_else_the_folders_are_the_persons_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(paths.HOME_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert paths.config_folder() == tmp_path / "bdsigner"
    assert paths.log_folder().is_relative_to(tmp_path / "state")
