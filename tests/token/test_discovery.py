"""Which modules are found, and in which order."""

import sys
import tomllib
from pathlib import Path

import pytest

from bdsigner.token.discovery import find_modules
from tests.support.softhsm import SoftHsm

SHIPPED = Path(__file__).parents[2] / "resources" / "pkcs11_modules.toml"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the catalogue under test is written for Linux paths")


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue that looks for two products in one folder."""
    (tmp_path / "lib").mkdir()
    file = tmp_path / "modules.toml"
    file.write_text(
        f'[folders]\nlinux = ["{tmp_path}/lib", "relative"]\n'
        '[[module]]\nname = "A"\nlinux = ["a.so"]\n[[module]]\nname = "B"\nlinux = ["b.so"]\nwindows = ["b.dll"]\n'
    )
    return file


def test_existing_files_of_the_catalogue_are_found(catalogue: Path, tmp_path: Path) -> None:
    assert find_modules(catalogue=catalogue, p11_kit_folders=()) == ()
    (tmp_path / "lib" / "b.so").touch()
    (tmp_path / "lib" / "b.dll").touch()
    assert find_modules(catalogue=catalogue, p11_kit_folders=()) == (tmp_path / "lib" / "b.so",)


def test_chosen_modules_come_first_and_stay_when_missing(catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "lib" / "a.so").touch()
    missing = tmp_path / "missing.so"
    found = find_modules([missing], catalogue=catalogue, p11_kit_folders=())
    assert found == (missing, tmp_path / "lib" / "a.so")


def test_one_file_under_two_names_is_found_once(catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "lib" / "a.so").touch()
    (tmp_path / "lib" / "b.so").symlink_to(tmp_path / "lib" / "a.so")
    assert find_modules(catalogue=catalogue, p11_kit_folders=()) == (tmp_path / "lib" / "a.so",)


def test_modules_registered_with_p11_kit_are_found_but_no_trust_store(catalogue: Path, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    library, trust = tmp_path / "vendor.so", tmp_path / "trust.so"
    library.touch()
    trust.touch()
    (folder / "vendor.module").write_text(f"# a comment: x\nmodule: {library}\nmanaged: yes\n", "utf-8")
    (folder / "trust.module").write_text(f"module: {trust}\ntrust-policy: yes\n")
    (folder / "relative.module").write_text("module: p11-kit-client.so\n")
    (folder / "gone.module").write_text(f"module: {tmp_path}/gone.so\n")
    (folder / "noise.module").write_bytes(bytes(range(256)))
    (folder / "unreadable.module").mkdir()
    (folder / "readme.txt").write_text(f"module: {trust}\n")
    assert find_modules(catalogue=catalogue, p11_kit_folders=[folder, tmp_path / "none"]) == (library,)


@pytest.mark.softhsm
def test_the_shipped_catalogue_finds_softhsm(softhsm: SoftHsm) -> None:
    found = find_modules(catalogue=SHIPPED, p11_kit_folders=())
    assert softhsm.module.resolve() in {path.resolve() for path in found}


def test_the_shipped_catalogue_names_libraries_by_system() -> None:
    content = tomllib.loads(SHIPPED.read_text("utf-8"))
    for module in content["module"]:
        for system, endings in {"linux": (".so", ".0"), "windows": (".dll",), "macos": (".dylib", ".so")}.items():
            for name in module.get(system, ()):
                assert name.endswith(endings), name
                assert "/" not in name
