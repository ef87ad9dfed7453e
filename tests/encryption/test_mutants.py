"""Envelopes that somebody changed: no crash, no hang, and with AES-GCM never another content.

``BDSIGNER_MUTANTS``: how many of each; five thousand take a few minutes.
"""

import os
import random
from pathlib import Path

import pytest

from bdsigner.encryption.reading import open_envelope, read_envelope
from bdsigner.errors import DocumentError, EncryptionError
from bdsigner.model.profile import ContentCipher
from tests.encryption.people import encrypt, not_watched, recipient, unwrap_with

COUNT = int(os.environ.get("BDSIGNER_MUTANTS", "300"))
CONTENT = b"Quyet dinh so 12, " * 20
CODED = (DocumentError, EncryptionError)


@pytest.fixture(scope="module", params=["gcm-rsa", "gcm-p256", "cbc-rsa", "cbc-p384", "gcm-archive"])
def envelope(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    source = folder / "trong" / "a.txt"
    source.parent.mkdir()
    source.write_bytes(CONTENT)
    cipher = ContentCipher.AES256_GCM if name.startswith("gcm") else ContentCipher.AES256_CBC
    people = [recipient(kind_of(name)), recipient("rsa", 1)]
    is_archive = name.endswith("archive")
    path = encrypt(
        source.parent if is_archive else source, folder / "a.p7m", people, cipher=cipher, is_archive=is_archive
    )
    return name, path.read_bytes()


def kind_of(name: str) -> str:
    kind = name.partition("-")[2]
    return "rsa" if kind == "archive" else kind


def opened(data: bytes, kind: str, folder: Path) -> bytes | None:
    """What comes out; ``None`` for a coded refusal."""
    path, target = folder / "a.p7m", folder / "out"
    path.write_bytes(data)
    target.write_bytes(b"")
    holder = recipient(kind)
    try:
        seen = read_envelope(path, [holder.der])
        mine = [number for number, one in enumerate(seen.recipients) if one.candidate == 0]
        if not mine:
            return None
        open_envelope(
            path, target, recipient=mine[0], certificate=holder.der, unwrap=unwrap_with(holder.key), tell=not_watched
        )
    except CODED:  # whatever else is raised is a fault
        assert target.stat().st_size == 0, "nothing that is not whole stays on the disk"
        return None
    return target.read_bytes()


def test_changed_bits(envelope: tuple[str, bytes], tmp_path: Path) -> None:
    name, data = envelope
    whole = opened(data, kind_of(name), tmp_path)
    assert whole is not None
    assert CONTENT in whole
    choose = random.Random(name)  # noqa: S311  # the same mutants every time
    refused = 0
    for _ in range(COUNT):
        at, bit = choose.randrange(len(data)), 1 << choose.randrange(8)
        found = opened(data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :], kind_of(name), tmp_path)
        refused += found is None
        if name.startswith("gcm"):
            assert found in (None, whole)  # whole: the other recipient's part was hit
    assert refused > COUNT // 8


def test_cut_and_spliced(envelope: tuple[str, bytes], tmp_path: Path) -> None:
    name, data = envelope
    choose = random.Random(name)  # noqa: S311  # the same mutants every time
    for _ in range(COUNT // 2):
        at, other = sorted(choose.sample(range(1, len(data)), 2))
        assert opened(data[:at], kind_of(name), tmp_path) is None
        spliced = (data[:at] + data[other:], data[:other] + data[at:], data[:at] + choose.randbytes(8) + data[other:])
        for mutant in spliced:
            found = opened(mutant, kind_of(name), tmp_path)
            if name.startswith("gcm") and found is not None:
                assert CONTENT in found
