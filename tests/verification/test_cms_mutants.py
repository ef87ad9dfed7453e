"""A thousand changed and cut CMS files and mails: never valid where a covered byte changed, never a crash."""

import random
from pathlib import Path

import pytest

from bdsigner.errors import DocumentError
from bdsigner.model.verification import FileReport, FindingCode
from bdsigner.verification.files import verify_file
from tests.support.signed_cms import as_ber, signed_cms
from tests.support.small_pki import NOW
from tests.verification.conftest import Documents

TEXT = b"Quyet dinh so 12\n" * 8
INTACT = {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT}
FLIPS, CUTS = 220, 30
"""For each of the four fixtures."""


@pytest.fixture(scope="module")
def fixtures(documents: Documents) -> dict[str, bytes]:
    plain = signed_cms(documents.signer, TEXT)
    stamped = signed_cms(documents.signer, TEXT, stamper=documents.stamper)
    return {
        "der": plain.dump(),
        "ber": as_ber(plain, piece=40),
        "stamped": stamped.dump(),
        "detached": signed_cms(documents.signer, TEXT, detached=True).dump(),
    }


def _judge(path: Path, data: bytes, content: Path | None) -> FileReport | None:
    """Integrity alone: offline and without anchors nothing is valid, and a thousand files take seconds."""
    path.write_bytes(data)
    try:
        return verify_file(path, content=content, anchors=(), fetcher=None, checked_at=NOW, is_training=False)
    except DocumentError:
        return None  # its first bytes no longer say that it is a CMS


def _said(report: FileReport) -> set[FindingCode]:
    return {finding.code for finding in report.all_findings}


@pytest.mark.parametrize("name", ["der", "ber", "stamped", "detached"])
def test_mutants(name: str, fixtures: dict[str, bytes], tmp_path: Path) -> None:
    data, path = fixtures[name], tmp_path / "a.p7m"
    content = tmp_path / "a.txt" if name == "detached" else None
    if content is not None:
        content.write_bytes(TEXT)
    whole = _judge(path, data, content)
    assert whole is not None
    assert _said(whole) >= INTACT
    choose = random.Random(name)  # noqa: S311  # the same mutants every time
    for _ in range(FLIPS):
        at, bit = choose.randrange(len(data)), 1 << choose.randrange(8)
        report = _judge(path, data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :], content)
        if report is not None and _said(report) == _said(whole):
            _check_harmless(report, whole)
    for _ in range(CUTS):
        report = _judge(path, data[: choose.randrange(len(data))], content)
        assert report is None or FindingCode.SIGNATURE_UNREADABLE in _said(report)


def _check_harmless(report: FileReport, whole: FileReport) -> None:
    """What stands outside of everything signed may change; then nothing that was told may."""
    assert report.content == whole.content
    assert len(report.signatures) == len(whole.signatures)
    for now, before in zip(report.signatures, whole.signatures, strict=True):
        assert now.signer == before.signer
        assert now.claimed_time == before.claimed_time
        assert now.timestamp == before.timestamp
