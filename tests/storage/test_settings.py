"""Settings survive restarts, other versions, damage and crashes."""

import dataclasses
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, ProfileError, StorageError
from bdsigner.storage.paths import HOME_VARIABLE
from bdsigner.storage.settings import SETTINGS_BYTES, Settings, load_settings, save_settings, settings_file

ALL_CHANGED = Settings(
    reviewer="Phạm Thị Thùy Dương",
    sender_mailbox="vanthu@binhduong.gov.vn",
    language="en",
    theme="dark",
    output_suffix=" (đã ký)",
    extra_module_paths=(Path("/opt/a.so"), Path("C:\\b.dll")),
    profile_folder=Path("/etc/bdsigner/tỉnh"),
    last_folder=Path("/home/x/Văn bản"),
    last_signer="ab" * 32,
    hand_signature=Path("/home/x/chữ ký.png"),
    seal=Path("/home/x/dấu.png"),
    reporter="Phạm Thị Thùy Dương",
    reporter_title="Chuyên viên",
    reporter_agency="Sở Nội vụ",
    reporter_place="Thủ Dầu Một",
    appearance_width_mm=80.5,
    appearance_height_mm=30,
    files_as="list",
    window_geometry="AdnQywAD",
)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert settings_file().is_relative_to(tmp_path)
    return settings_file()


def damage(file: Path, content: bytes) -> ProfileError:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        load_settings()
    assert caught.value.code is ErrorCode.SETTINGS_INVALID
    return caught.value


def test_without_a_file_there_are_defaults(file: Path) -> None:
    assert load_settings() == Settings()
    assert not file.exists()


def test_every_choice_comes_back(file: Path) -> None:
    save_settings(ALL_CHANGED)
    assert load_settings() == ALL_CHANGED
    assert [f.name for f in dataclasses.fields(Settings) if getattr(ALL_CHANGED, f.name) == f.default] == []
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_settings_are_replaced() -> None:
    save_settings(ALL_CHANGED)
    save_settings(Settings())
    assert load_settings() == Settings()


def test_keys_of_another_version_are_ignored(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"language": "en", "from_the_future": [1, {"a": None}]}))
    assert load_settings() == Settings(language="en")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"\x00" * 4096, ""),
        (b'{"language": "\xff"}', ""),
        (b'{"language": "fr"}', "language"),
        (b'{"theme": 1}', "theme"),
        (b'{"output_suffix": "../x"}', "output_suffix"),
        (b'{"output_suffix": ""}', "output_suffix"),
        (b'{"profile_folder": 1}', "profile_folder"),
        (b'{"extra_module_paths": ["/a", ""]}', "extra_module_paths[...]"),
        (b'{"appearance_width_mm": -1}', "appearance_width_mm"),
        (b" " * (SETTINGS_BYTES + 1), ""),
        (b"[" * 100_000, ""),
    ],
)
def test_a_damaged_file_is_put_aside_and_the_next_start_has_defaults(content: bytes, key: str, file: Path) -> None:
    error = damage(file, content)
    assert error.facts["path"] == str(file)
    assert str(error.facts["key"]) in {key, key.replace("...", "1")}
    assert error.facts["reason"]
    assert Path(str(error.facts["kept"])).read_bytes() == content
    assert load_settings() == Settings()


@given(
    st.binary(max_size=60) | st.dictionaries(st.text(), st.integers() | st.text()).map(lambda d: json.dumps(d).encode())
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_bytes_are_settings_or_a_coded_error(file: Path, content: bytes) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    try:
        load_settings()
    except ProfileError as error:
        assert error.code is ErrorCode.SETTINGS_INVALID  # noqa: PT017  # both outcomes are right
    else:
        assert json.loads(content) is not None


def test_a_file_that_cannot_be_read(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(ProfileError) as caught:
        load_settings()
    assert caught.value.code is ErrorCode.SETTINGS_INVALID


def test_a_failed_write_leaves_the_old_settings_and_no_litter(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails while flushing cannot be had here: ``fsync`` is made to fail."""
    save_settings(ALL_CHANGED)

    def broken(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageError) as caught:
        save_settings(Settings())
    assert caught.value.code is ErrorCode.STORAGE_FULL
    assert load_settings() == ALL_CHANGED
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


def test_no_setting_is_a_secret() -> None:
    names = " ".join(f.name for f in dataclasses.fields(Settings))
    assert not any(word in names for word in ("pin", "password", "secret", "key", "passphrase"))
