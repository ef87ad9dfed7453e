"""SoftHSM tokens and a gateway to them."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bdsigner.model.token import Token
from bdsigner.token.gateway import ChildTokenGateway
from tests.support.softhsm import SoftHsm, make_softhsm


@pytest.fixture(scope="session")
def softhsm_template(tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    return make_softhsm(tmp_path_factory.mktemp("softhsm") / "mẫu")


@pytest.fixture
def softhsm(softhsm_template: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """A token of this test's own; children started now use it."""
    softhsm = softhsm_template.copy_to(tmp_path / "softhsm")
    for name, value in softhsm.environment.items():
        monkeypatch.setenv(name, value)
    return softhsm


@pytest.fixture
def gateway(softhsm: SoftHsm) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([softhsm.module])
    yield gateway
    gateway.close()


@pytest.fixture
def token(gateway: ChildTokenGateway) -> Token:
    (token,) = gateway.list_tokens().tokens
    return token


@dataclass(frozen=True)
class Stub:
    """``stubs/faulty.c`` before SoftHSM: a driver that misbehaves on demand."""

    module: Path
    fault_file: Path
    log: Path

    def set_fault(self, function: str, fault: str) -> None:
        """Let the next call of ``function`` fail so; see the C file."""
        self.fault_file.write_text(f"{function} {fault}")

    def set_lasting_fault(self, function: str, fault: str) -> None:
        """Let every call of ``function`` fail so, until the file is removed."""
        self.fault_file.write_text(f"{function} {fault} always")

    def calls(self) -> list[str]:
        """Names of all calls so far."""
        return self.log.read_text().splitlines()


@pytest.fixture(scope="session")
def stub_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("stubs") / "faulty.so"
    source = Path(__file__).parent / "stubs" / "faulty.c"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"],
        check=True,
        capture_output=True,
    )
    return library


@pytest.fixture
def stub(softhsm: SoftHsm, stub_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    stub = Stub(stub_library, tmp_path / "fault", tmp_path / "calls.log")
    monkeypatch.setenv("STUB_REAL", str(softhsm.module))
    monkeypatch.setenv("STUB_FAULT", str(stub.fault_file))
    monkeypatch.setenv("STUB_LOG", str(stub.log))
    monkeypatch.setenv("STUB_TOKENS", str(softhsm.folder / "tokens"))
    return stub
