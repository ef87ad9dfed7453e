"""Which modules are found, in which order, and what is said of those that cannot be loaded."""

import shutil
import sys
import tomllib
from pathlib import Path

import msgspec._core
import pytest

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.token.discovery import Discovery, find_modules
from bdsigner.token.p11_kit import registered_modules
from tests.support.softhsm import SoftHsm
from tests.token.libraries import elf, mach_o, pe

SHIPPED = Path(__file__).parents[2] / "resources" / "pkcs11_modules.toml"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the catalogue under test is written for Linux paths")


@pytest.fixture
def library() -> bytes:
    """The first bytes of a library that this machine can load."""
    return Path(msgspec._core.__file__).read_bytes()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue that looks for two products in two folders."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib32").mkdir()
    file = tmp_path / "modules.toml"
    file.write_text(
        f'[folders]\nlinux = ["{tmp_path}/lib", "{tmp_path}/lib32", "relative"]\n'
        '[[module]]\nname = "Hãng A"\nlinux = ["a.so"]\n[[module]]\nname = "B"\nlinux = ["b.so"]\nwindows = ["b.dll"]\n'
    )
    return file


def paths(found: Discovery) -> list[Path]:
    return [module.path for module in found.modules]


def find(chosen: list[Path], catalogue: Path) -> Discovery:
    return find_modules(chosen, catalogue=catalogue, p11_kit=False)


def test_existing_files_of_the_catalogue_are_found_with_their_product(
    catalogue: Path, tmp_path: Path, library: bytes
) -> None:
    assert find([], catalogue) == Discovery(modules=(), problems=())
    (tmp_path / "lib" / "a.so").write_bytes(library)
    (tmp_path / "lib" / "b.dll").write_bytes(library)
    (module,) = find([], catalogue).modules
    assert (module.path, module.name) == (tmp_path / "lib" / "a.so", "Hãng A")


def test_chosen_modules_come_first_and_a_missing_one_is_told(catalogue: Path, tmp_path: Path, library: bytes) -> None:
    (tmp_path / "lib" / "a.so").write_bytes(library)
    own = tmp_path / "riêng.so"
    own.write_bytes(library)
    missing = tmp_path / "missing.so"
    found = find([missing, own], catalogue)
    assert paths(found) == [own, tmp_path / "lib" / "a.so"]
    (problem,) = found.problems
    assert (problem.code, problem.module_path) == (ErrorCode.TOKEN_MODULE_NOT_FOUND.value, str(missing))


def test_one_file_under_two_names_is_found_once(catalogue: Path, tmp_path: Path, library: bytes) -> None:
    (tmp_path / "lib" / "a.so").write_bytes(library)
    (tmp_path / "lib" / "b.so").symlink_to(tmp_path / "lib" / "a.so")
    assert paths(find([], catalogue)) == [tmp_path / "lib" / "a.so"]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (elf(machine=3, is_64=False), ErrorCode.TOKEN_MODULE_BITNESS, "32 bit"),
        (elf(machine=0xB7), ErrorCode.TOKEN_MODULE_PROCESSOR, "64 bit (arm64)"),
        (pe(), ErrorCode.TOKEN_MODULE_FORMAT, "windows"),
        (mach_o(), ErrorCode.TOKEN_MODULE_FORMAT, "macos"),
        (elf(kind=2), ErrorCode.TOKEN_MODULE_FORMAT, "linux (exe)"),
        (b"#!/bin/sh\n", ErrorCode.TOKEN_MODULE_FORMAT, "?"),
        (b"", ErrorCode.TOKEN_MODULE_FORMAT, "?"),
    ],
)
def test_what_cannot_be_loaded_is_named_before_anything_is_loaded(
    catalogue: Path, tmp_path: Path, content: bytes, code: ErrorCode, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / "lib" / "a.so").write_bytes(content)
    found = find([], catalogue)
    (problem,) = found.problems
    assert found.modules == ()
    assert problem.code == code.value
    sentence = describe_code(code, problem.facts).sentence
    assert "a.so" in sentence
    assert words in sentence


def test_a_product_that_is_there_in_a_fitting_kind_too_is_no_problem(
    catalogue: Path, tmp_path: Path, library: bytes
) -> None:
    (tmp_path / "lib" / "a.so").write_bytes(library)
    (tmp_path / "lib32" / "a.so").write_bytes(elf(machine=3, is_64=False))
    (tmp_path / "lib32" / "b.so").write_bytes(elf(machine=3, is_64=False))
    found = find([], catalogue)
    assert paths(found) == [tmp_path / "lib" / "a.so"]
    assert [Path(problem.module_path).name for problem in found.problems] == ["b.so"]


def test_what_a_person_chose_is_told_even_where_the_product_fits(
    catalogue: Path, tmp_path: Path, library: bytes
) -> None:
    (tmp_path / "lib" / "a.so").write_bytes(library)
    wrong = tmp_path / "lib32" / "a.so"
    wrong.write_bytes(elf(machine=3, is_64=False))
    assert [problem.module_path for problem in find([wrong], catalogue).problems] == [str(wrong)]


def test_a_proxy_that_shows_others_tokens_is_left_out(catalogue: Path, tmp_path: Path, library: bytes) -> None:
    proxy = tmp_path / "p11-kit-proxy.so"
    proxy.write_bytes(library)
    assert find([proxy], catalogue) == Discovery(modules=(), problems=())


class TestP11Kit:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "modules"
        folder.mkdir()
        return folder

    @pytest.fixture
    def vendor(self, tmp_path: Path) -> Path:
        vendor = tmp_path / "pkcs11" / "vendor.so"
        vendor.parent.mkdir()
        vendor.touch()
        return vendor

    def test_modules_are_found_but_no_trust_store(self, folder: Path, vendor: Path, tmp_path: Path) -> None:
        (folder / "vendor.module").write_text(f"# a comment: x\nmodule: {vendor}\nmanaged: yes\n", "utf-8")
        (folder / "trust.module").write_text(f"module: {vendor}\ntrust-policy: yes\n")
        (folder / "remote.module").write_text(f"module: {vendor}\nremote: |ssh host p11-kit remote\n")
        (folder / "gone.module").write_text(f"module: {tmp_path}/gone.so\n")
        (folder / "noise.module").write_bytes(bytes(range(256)))
        (folder / "unreadable.module").mkdir()
        (folder / "readme.txt").write_text(f"module: {vendor}\n")
        assert registered_modules([folder, tmp_path / "none"]) == (vendor,)

    def test_a_bare_name_is_looked_for_where_p11_kit_looks(self, folder: Path, vendor: Path) -> None:
        (folder / "vendor.module").write_text("module: vendor.so\n")
        assert registered_modules([folder], [vendor.parent]) == (vendor,)
        assert registered_modules([folder], []) == ()

    @pytest.mark.parametrize(
        ("setting", "is_found"),
        [
            ("enable-in: bdsigner, firefox", True),
            ("enable-in: firefox", False),
            ("disable-in: bdsigner", False),
            ("disable-in: firefox", True),
        ],
    )
    def test_a_module_may_be_for_some_programs(self, folder: Path, vendor: Path, setting: str, is_found: bool) -> None:
        (folder / "vendor.module").write_text(f"module: {vendor}\n{setting}\n")
        assert registered_modules([folder]) == ((vendor,) if is_found else ())

    def test_priority_and_the_persons_own_files_decide(self, folder: Path, vendor: Path, tmp_path: Path) -> None:
        own = tmp_path / "own"
        own.mkdir()
        other = vendor.with_name("other.so")
        other.touch()
        (folder / "a.module").write_text(f"module: {vendor}\npriority: 1\n")
        (folder / "b.module").write_text(f"module: {other}\npriority: 5\n")
        assert registered_modules([folder]) == (other, vendor)
        (own / "b.module").write_text(f"module: {other}\npriority: many\n")
        assert registered_modules([own, folder]) == (vendor, other)


@pytest.mark.softhsm
def test_the_shipped_catalogue_finds_softhsm(softhsm: SoftHsm) -> None:
    found = find([], SHIPPED)
    (module,) = [each for each in found.modules if each.path.resolve() == softhsm.module.resolve()]
    assert module.name == "SoftHSM"


@pytest.mark.softhsm
def test_a_copy_anywhere_is_known_by_its_name(softhsm: SoftHsm, tmp_path: Path) -> None:
    copy = tmp_path / softhsm.module.name
    shutil.copy(softhsm.module, copy)
    assert find([copy], SHIPPED).modules[0].name == "SoftHSM"


def test_the_shipped_catalogue_names_libraries_by_system() -> None:
    content = tomllib.loads(SHIPPED.read_text("utf-8"))
    for module in content["module"]:
        for system, endings in {"linux": (".so", ".0"), "windows": (".dll",), "macos": (".dylib", ".so")}.items():
            for name in module.get(system, ()):
                assert name.endswith(endings), name
                assert "/" not in name


@pytest.mark.parametrize("name", ["/" + "a" * 5000, "b" * 300, "/x\0y", "loop.so", ""])
def test_any_text_for_a_path_is_told_and_the_others_are_found(
    catalogue: Path, tmp_path: Path, library: bytes, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the settings must never keep the program from starting."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.so").symlink_to(tmp_path / "loop.so")
    (tmp_path / "lib" / "a.so").write_bytes(library)
    found = find([Path(name)], catalogue)
    assert paths(found) == [tmp_path / "lib" / "a.so"]
    assert [problem.code for problem in found.problems] == [ErrorCode.TOKEN_MODULE_NOT_FOUND.value]


def test_the_proxy_of_p11_kit_is_left_out_by_any_name(catalogue: Path, tmp_path: Path, library: bytes) -> None:
    proxy = tmp_path / "libp11-kit.so.0"
    proxy.write_bytes(library)
    (tmp_path / "mine.so").symlink_to(proxy)
    assert find([proxy, tmp_path / "mine.so"], catalogue).modules == ()


@pytest.mark.parametrize("module", ["/" + "a" * 5000, "b" * 300])
def test_a_registered_path_that_is_no_path_is_skipped(tmp_path: Path, module: str) -> None:
    (tmp_path / "bad.module").write_text(f"module: {module}\n")
    assert registered_modules([tmp_path], [tmp_path]) == ()
