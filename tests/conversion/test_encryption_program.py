"""Another program that encrypts: a stand-in of the same shape, one that fails, one that hangs, one that is not there."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bdsigner.conversion.encryption_program import EncryptionProgram
from bdsigner.errors import EncryptionError, ErrorCode, UserCancelled
from bdsigner.model.encryption import EncryptionPlan, EnvelopeRequest, Member
from bdsigner.model.profile import ContentCipher, EncryptionProvider
from bdsigner.model.token import KeyScheme
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.encrypt_files import encrypt_files, encryption_providers
from tests.encryption.people import decrypt, not_watched, recipient
from tests.fakes.documents import FakeDocumentGateway
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.services import reading_services

STAND_IN = """
import os, subprocess, sys, time
mode, source, target, *certificates = sys.argv[1:]
assert "SECRET" not in os.environ and all(name.endswith(".cer") for name in certificates)
if mode == "hang":
    time.sleep(600)
if mode == "fail":
    sys.exit(3)
if mode == "work":
    pems = []
    for name in certificates:
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", name, "-out", name + ".pem"], check=True)
        pems += ["-recip", name + ".pem"]
    subprocess.run(["openssl", "cms", "-encrypt", "-aes-256-cbc", "-binary", "-in", source, "-outform", "DER", "-out", target, *pems], check=True)
"""
NAME = "Phần mềm của Ban Cơ yếu Chính phủ"
AN, BINH = recipient("rsa", 0), recipient("rsa", 1)


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    path = tmp_path / "stand_in.py"
    path.write_text(STAND_IN)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "công văn.pdf"
    path.write_bytes(b"Cong van\n" * 1000)
    return path


def provider(stand_in: Path, mode: str) -> EncryptionProvider:
    command = (sys.executable, str(stand_in), mode, "{in}", "{out}", "{recipients}")
    return EncryptionProvider(id="ban_co_yeu", name=NAME, enabled=True, is_auxiliary=False, command=command)


def request(source: Path, *, is_archive: bool = False) -> EnvelopeRequest:
    partial = source.with_name("partial")
    partial.write_bytes(b"")
    return EnvelopeRequest(
        members=(Member(path=source, name=source.name),),
        is_archive=is_archive,
        partial=partial,
        recipients=(AN.der, BINH.der),
        cipher=ContentCipher.AES256_GCM,
        rsa=KeyScheme.RSA_OAEP,
    )


def test_it_encrypts_with_the_profiles_command(
    stand_in: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "not for others")
    wanted = request(source)
    EncryptionProgram(provider(stand_in, "work")).encrypt(wanted, tell=not_watched)
    for holder in (AN, BINH):
        assert decrypt(wanted.partial, tmp_path / "out", holder) == source.read_bytes()


@pytest.mark.parametrize(("mode", "reason"), [("fail", "exit code 3"), ("nothing", "no result"), ("hang", "> 1 s")])
def test_what_it_does_not_do_is_told(stand_in: Path, source: Path, mode: str, reason: str) -> None:
    with pytest.raises(EncryptionError) as failed:
        EncryptionProgram(provider(stand_in, mode), timeout_seconds=1).encrypt(request(source), tell=not_watched)
    assert failed.value.code is ErrorCode.ENCRYPTION_PROGRAM_FAILED
    assert failed.value.facts["reason"] == reason


def test_a_program_that_is_not_there(source: Path, tmp_path: Path) -> None:
    missing = replace(provider(tmp_path, "work"), command=(str(tmp_path / "nowhere"), "{in}"))
    with pytest.raises(EncryptionError) as failed:
        EncryptionProgram(missing).encrypt(request(source), tell=not_watched)
    assert failed.value.code is ErrorCode.ENCRYPTION_PROGRAM_FAILED


def test_it_is_ended_when_the_person_stops_it(stand_in: Path, source: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise UserCancelled

    with pytest.raises(UserCancelled):
        EncryptionProgram(provider(stand_in, "hang")).encrypt(request(source), tell=stop)


def test_it_takes_no_archives(stand_in: Path, source: Path) -> None:
    with pytest.raises(EncryptionError) as refused:
        EncryptionProgram(provider(stand_in, "work")).encrypt(request(source, is_archive=True), tell=not_watched)
    assert refused.value.code is ErrorCode.ENCRYPTION_PROGRAM_ARCHIVE


def test_the_profile_has_it_first_and_the_evidence_names_it(stand_in: Path, source: Path, tmp_path: Path) -> None:
    tool = provider(stand_in, "work")
    services = reading_services(FakeDocumentGateway())
    builtin = services.profile.encryption_providers[1]
    used = replace(
        services,
        profile=replace(services.profile, encryption_providers=(tool, builtin)),
        encryption_tools={tool.id: EncryptionProgram(tool)},
    )
    assert encryption_providers(used.profile) == (tool, builtin)
    (outcome,) = encrypt_files(
        EncryptionPlan(files=(source,), recipients=(parse_certificate(AN.der),)),
        (),
        used,
        interaction=FakePerson(),
        progress=FakeProgress(),
        tell=not_watched,
    )
    assert outcome.provider == tool
    assert outcome.output is not None
    assert decrypt(outcome.output, tmp_path / "out", AN) == source.read_bytes()
