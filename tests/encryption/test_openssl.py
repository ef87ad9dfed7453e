"""What we encrypt OpenSSL decrypts, and the reverse; every way a key is wrapped, both ciphers."""

import subprocess
from pathlib import Path

import pytest

from bdsigner.model.profile import ContentCipher
from bdsigner.model.token import KeyScheme
from tests.encryption.people import decrypt, encrypt, recipient
from tests.support.openssl_cms import run, write_keys
from tests.support.small_pki import Holder

CIPHERS = {"gcm": ContentCipher.AES256_GCM, "cbc": ContentCipher.AES256_CBC}
OPENSSL_CIPHERS = {"gcm": "-aes-256-gcm", "cbc": "-aes-256-cbc"}
OAEP = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")
WAYS = {
    "v1.5": (["rsa"], KeyScheme.RSA_PKCS1),
    "oaep": (["rsa"], KeyScheme.RSA_OAEP),
    "p256": (["p256"], KeyScheme.RSA_OAEP),
    "p384": (["p384"], KeyScheme.RSA_OAEP),
    "mixed": (["rsa", "p256", "p384"], KeyScheme.RSA_OAEP),
}
CONTENT = bytes(range(256)) * 13 + b"\r\nC\xc3\xb4ng v\xc4\x83n\n\x00"


def holders(way: str, count: int) -> list[Holder]:
    kinds, _ = WAYS[way]
    wanted = max(count, len(kinds))
    return [recipient(kinds[number % len(kinds)], number) for number in range(wanted)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "công văn.pdf"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cipher", CIPHERS)
def test_openssl_reads_ours(tmp_path: Path, source: Path, cipher: str, way: str, count: int) -> None:
    people = holders(way, count)
    scheme = WAYS[way][1]
    envelope = encrypt(source, tmp_path / "out.p7m", people, cipher=CIPHERS[cipher], rsa_scheme=scheme)
    for person in {
        people[0].der: people[0],
        people[-1].der: people[-1],
        people[len(people) // 2].der: people[len(people) // 2],
    }.values():
        certificate, key = write_keys(person, tmp_path, "recipient")
        done = run("-decrypt", "-inform", "DER", "-in", envelope, "-recip", certificate, "-inkey", key, "-binary")
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == CONTENT
        assert decrypt(envelope, tmp_path / "ours", person) == CONTENT


@pytest.mark.parametrize("form", ["DER", "PEM", "SMIME", "streamed"])
@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cipher", CIPHERS)
def test_ours_reads_openssls(tmp_path: Path, source: Path, cipher: str, way: str, count: int, form: str) -> None:
    people = holders(way, count)
    envelope = tmp_path / "in.p7m"
    options: list[str | Path] = []
    for number, person in enumerate(people):
        certificate, _ = write_keys(person, tmp_path, f"recipient{number}")
        kind = WAYS[way][0][number % len(WAYS[way][0])]
        options += ["-recip", certificate]
        if kind == "rsa" and WAYS[way][1] is KeyScheme.RSA_OAEP:
            options += OAEP
        elif kind != "rsa":
            options += ["-keyopt", "ecdh_kdf_md:sha256"]
    shape = ["-outform", "DER", "-stream"] if form == "streamed" else ["-outform", form]
    done = run("-encrypt", OPENSSL_CIPHERS[cipher], "-binary", "-in", source, "-out", envelope, *shape, *options)
    assert done.returncode == 0, done.stderr.decode()
    for person in (people[0], people[-1]):
        assert decrypt(envelope, tmp_path / "ours", person) == CONTENT


@pytest.mark.parametrize("cipher", CIPHERS)
def test_an_archive_unpacks_elsewhere(tmp_path: Path, cipher: str) -> None:
    folder = tmp_path / "hồ sơ"
    folder.mkdir()
    for number in range(3):
        (folder / f"tờ trình số {number}.txt").write_bytes(CONTENT * (number * 400))
    person = recipient("p256")
    envelope = encrypt(folder, tmp_path / "out.p7m", [person], cipher=CIPHERS[cipher], is_archive=True)
    certificate, key = write_keys(person, tmp_path, "recipient")
    archive = tmp_path / "archive.zip"
    done = run(
        "-decrypt", "-inform", "DER", "-in", envelope, "-recip", certificate, "-inkey", key, "-binary", "-out", archive
    )
    assert done.returncode == 0, done.stderr.decode()
    assert decrypt(envelope, tmp_path / "ours", person) == archive.read_bytes()
    subprocess.run(["python3", "-m", "zipfile", "-t", archive], check=True, capture_output=True)
    subprocess.run(["python3", "-m", "zipfile", "-e", archive, tmp_path / "unpacked"], check=True, capture_output=True)
    for number in range(3):
        assert (tmp_path / "unpacked" / f"tờ trình số {number}.txt").read_bytes() == CONTENT * (number * 400)
