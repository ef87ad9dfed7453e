"""Signed documents made once, and a short way to judge them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bdsigner.model.verification import FileReport, FindingCode
from bdsigner.ports import TellIntegrity, not_told
from bdsigner.verification.files import verify_file
from bdsigner.verification.pdf import verify_pdf
from tests.support.signed_pdf import make_pdf, sign, simple_signer, stamp_document, time_stamper
from tests.support.small_pki import NOW, Holder, MemoryNetwork, SmallPki

Judge = Callable[..., FileReport]
JudgeFile = Callable[..., FileReport]


def codes(report: FileReport, signature: int = 0) -> set[FindingCode]:
    """Codes of one signature's findings."""
    return {finding.code for finding in report.signatures[signature].findings}


def file_codes(report: FileReport) -> set[FindingCode]:
    """Codes of the findings on the file as a whole."""
    return {finding.code for finding in report.findings}


class Documents:
    """Documents signed with the in-memory PKI; ``bt`` is B-T, ``bb`` without a timestamp."""

    def __init__(self, pki: SmallPki) -> None:
        self.pki = pki
        self.signer = simple_signer(pki.signer, pki.issuing)
        self.stamper = time_stamper(pki.tsa, pki.issuing)
        self.plain = make_pdf(fields=True)
        self.bb = sign(self.plain, self.signer)
        self.bt = sign(self.plain, self.signer, stamper=self.stamper)
        self.twice = sign(self.bt, self.signer, field="Signature2", stamper=self.stamper, visible=True)
        self.stamped = stamp_document(self.bb, self.stamper)
        self.certified = sign(self.plain, self.signer, stamper=self.stamper, certify=True)

    def by(self, holder: Holder, *others: Holder, **options: object) -> bytes:
        """A document signed by someone else."""
        return sign(self.plain, simple_signer(holder, *others), **options)  # type: ignore[arg-type]  # passed on


@pytest.fixture(scope="session")
def pki() -> SmallPki:
    return SmallPki()


@pytest.fixture(scope="session")
def documents(pki: SmallPki) -> Documents:
    return Documents(pki)


@pytest.fixture
def network(pki: SmallPki) -> MemoryNetwork:
    return MemoryNetwork.of(pki)


@pytest.fixture
def judge(tmp_path: Path, pki: SmallPki, network: MemoryNetwork) -> Judge:
    """Write the bytes to a file and verify it: anchors, network and the time of the PKI unless said otherwise."""

    def run(data: bytes, **options: object) -> FileReport:
        path = tmp_path / "document.pdf"
        path.write_bytes(data)
        arguments = {"anchors": pki.anchors, "fetcher": network, "checked_at": NOW, "is_training": False} | options
        return verify_pdf(path, **arguments)  # type: ignore[arg-type]  # options of the test

    return run


@pytest.fixture
def judge_file(pki: SmallPki, network: MemoryNetwork) -> JudgeFile:
    """Verify a CMS file or a mail: anchors, network and the time of the PKI."""

    def run(path: Path, content: Path | None = None, tell: TellIntegrity = not_told) -> FileReport:
        return verify_file(
            path, content=content, anchors=pki.anchors, fetcher=network, checked_at=NOW, is_training=False, tell=tell
        )

    return run
