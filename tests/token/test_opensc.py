"""The configuration that a child of OpenSC gets: the machine's own, with what unblocking needs before it."""

from pathlib import Path

import pytest

from bdsigner.token import opensc
from bdsigner.token.gateway import ChildTokenGateway
from tests.rigs.fixtures import PivRig
from tests.token.test_piv import until

OURS = "user_pin_unblock_style = set_pin_in_unlogged_session;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "riêng").mkdir()
    return tmp_path / "riêng"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that OPENSC_CONF names; a test writes it."""
    file = tmp_path / "opensc.conf"
    monkeypatch.setenv("OPENSC_CONF", str(file))
    return file


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("opensc-pkcs11.so", True),
        ("onepin-opensc-pkcs11.dll", True),
        ("OpenSC-PKCS11.DLL", True),
        ("libsofthsm2.so", False),
        ("opensc.so", False),
    ],
)
def test_it_is_known_by_its_file(name: str, expected: bool) -> None:
    assert opensc.is_opensc(Path("/thư mục") / name) is expected


@pytest.mark.parametrize("own", ["", "app default {\n\tdebug = 3;\n}\n", "# app opensc-pkcs11 {\napp default {}\n"])
def test_the_machines_own_configuration_is_kept(folder: Path, machine: Path, own: str) -> None:
    machine.write_text(own)
    environment = opensc.environment(folder)
    assert opensc.UNBLOCK_VARIABLE in environment
    text = Path(environment["OPENSC_CONF"]).read_text()
    assert OURS in text
    assert text.endswith(own)
    assert machine.read_text() == own


def test_without_one_ours_is_all(folder: Path, machine: Path) -> None:
    assert not machine.exists()
    assert OURS in Path(opensc.environment(folder)["OPENSC_CONF"]).read_text()


@pytest.mark.parametrize("own", ["app opensc-pkcs11 {\n}\n", '\t app "opensc-pkcs11" {}', "#" * 300_000])
def test_whoever_wrote_a_block_for_the_module_decides(folder: Path, machine: Path, own: str) -> None:
    machine.write_text(own)
    environment = opensc.environment(folder)
    assert not {"OPENSC_CONF", opensc.UNBLOCK_VARIABLE} & environment.keys()
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_gone_leaves_the_machines_own(folder: Path, machine: Path) -> None:
    folder.rmdir()
    assert opensc.UNBLOCK_VARIABLE not in opensc.environment(folder)


def test_opensc_reads_it_and_the_folder_goes_with_the_gateway(
    piv: PivRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gateway = ChildTokenGateway([piv.module])
    until(lambda: gateway.list_tokens().tokens)
    (private,) = tmp_path.glob("bdsigner-*")
    assert private.stat().st_mode & 0o077 == 0
    assert (private / "opensc.conf").exists()
    gateway.unblock_pin(piv.card.serial, bytearray(piv.card.puk.encode()), bytearray(b"736251"))
    assert piv.card.pin == "736251"
    gateway.close()
    assert list(tmp_path.glob("bdsigner-*")) == []
