"""Verifying and certificate checks in one process, against the work that cannot be avoided."""

import hashlib
import re
import statistics
import subprocess
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any
from unittest import mock

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.verification import Finding
from bdsigner.trust.assessment import assess_certificate
from bdsigner.usecases.verify_files import verify_files
from bdsigner.verification import pdf
from bdsigner.verification.pdf import verify_pdf
from tests.bench.table import Row, median_seconds, paired_medians
from tests.documents.parts import profile
from tests.fakes.people import FakeProgress
from tests.fakes.services import reading_services
from tests.support.pdfs import text_pdf
from tests.support.signed_pdf import large_pdf, make_pdf, many_objects_pdf, sign, simple_signer, time_stamper
from tests.support.small_pki import NOW, MemoryNetwork, SmallPki

RUNS = 31
FILES, FOLDER_RUNS = 200, 3
SCAN_BYTES, SCAN_SIGNATURES, SCAN_RUNS = 108 << 20, 20, 5
_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)")


def rows() -> list[Row]:
    """Measure; takes about a minute, most of it to sign."""
    pki = SmallPki()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            *_one_page(folder, pki),
            _folder(folder, pki),
            _scan(folder, pki),
            *_many_objects(folder, pki),
            _certificate(pki),
        ]


def _one_page(folder: Path, pki: SmallPki) -> list[Row]:
    path = folder / "page.pdf"
    stamper = time_stamper(pki.tsa, pki.issuing)
    path.write_bytes(sign(make_pdf(), simple_signer(pki.signer, pki.issuing), stamper=stamper))
    network = MemoryNetwork.of(pki)

    def offline() -> None:
        verify_pdf(path, anchors=(), fetcher=None, checked_at=NOW, is_training=False)

    def whole() -> None:
        verify_pdf(path, anchors=pki.anchors, fetcher=network, checked_at=NOW, is_training=False)

    ours, limit = paired_medians(offline, lambda: _unavoidable(path), runs=RUNS)
    online, _ = paired_medians(whole, lambda: None, runs=RUNS)
    return [
        Row(
            "verify one page B-T, integrity, warm",
            ours * 1e3,
            limit * 1e3,
            "ms",
            50,
            "hash + CMS + RSA; the goal of 15 ms is about 50 ×",
        ),
        Row("verify one page B-T, all, warm", online * 1e3, 15, "ms", 1, "network in memory"),
    ]


def _folder(folder: Path, pki: SmallPki) -> Row:
    """A folder of files through the application's children, legal value included; children run already."""
    data = sign(text_pdf(lines=40), simple_signer(pki.signer, pki.issuing), stamper=time_stamper(pki.tsa, pki.issuing))
    files = [folder / f"{number:03}.pdf" for number in range(FILES)]
    for file in files:
        file.write_bytes(data)
    gateway = ChildDocumentGateway(profile(folder, anchors=pki.anchors), MemoryNetwork.of(pki))
    services = reading_services(gateway)

    def together() -> None:
        verify_files(files, services, progress=FakeProgress())

    def one_after_another() -> None:
        for file in files:
            verify_files([file], services, progress=FakeProgress())

    try:
        one_after_another()
        ours, alone = paired_medians(together, one_after_another, runs=FOLDER_RUNS)
    finally:
        gateway.close()
    return Row(
        f"verify {FILES} files in a folder, legal value included",
        ours,
        alone,
        "s",
        1 / 1.8,
        f"one after another; {alone / ours:.2f} × the throughput, goal 1.8 on 2 cores",
    )


def _unavoidable(path: Path) -> None:
    """Hash what the ByteRange names, decode the CMS, check one RSA signature: no structure, no trust, no safety."""
    data = path.read_bytes()
    match = _RANGE.search(data)
    assert match is not None
    _, first, second, length = map(int, match.groups())
    digest = hashlib.sha256(data[:first])
    digest.update(data[second : second + length])
    signed = cms.ContentInfo.load(bytes.fromhex(data[first + 1 : second - 1].decode()))["content"]
    signer = signed["signer_infos"][0]
    stated = next(one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "message_digest")
    assert stated == digest.digest()
    serial = signer["sid"].chosen["serial_number"].native
    der = next(one.chosen.dump() for one in signed["certificates"] if one.chosen.serial_number == serial)
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    attributes = b"\x31" + signer["signed_attrs"].dump()[1:]
    key.verify(signer["signature"].native, attributes, padding.PKCS1v15(), hashes.SHA256())


def _scan(folder: Path, pki: SmallPki) -> Row:
    path = folder / "scan.pdf"
    data = large_pdf(SCAN_BYTES)
    signer = simple_signer(pki.signer, pki.issuing)
    for number in range(SCAN_SIGNATURES):
        data = sign(data, signer, field=f"Signature{number}")
    path.write_bytes(data)

    def verify() -> None:
        verify_pdf(path, anchors=(), fetcher=None, checked_at=NOW, is_training=False)

    def hash_once() -> None:
        subprocess.run(["openssl", "dgst", "-sha256", str(path)], check=True, capture_output=True)

    ours, once = paired_medians(verify, hash_once, runs=SCAN_RUNS)
    return Row(
        "verify 108 MB, 20 signatures, changes included",
        ours,
        once,
        "s",
        2.5,
        "one `openssl dgst -sha256`, its process included; goal of the verification issue",
    )


def _many_objects(folder: Path, pki: SmallPki) -> list[Row]:
    path = folder / "objects.pdf"
    data = many_objects_pdf(pages=2_000)
    signer = simple_signer(pki.signer, pki.issuing)
    for number in range(SCAN_SIGNATURES):
        data = sign(data, signer, field=f"Signature{number}")
    path.write_bytes(data)
    analysis: list[float] = []
    judge_changes = pdf._judge_changes

    def timed(*arguments: Any) -> list[Finding]:
        started_at = time.perf_counter()
        findings = judge_changes(*arguments)
        analysis.append(time.perf_counter() - started_at)
        return findings

    def verify() -> None:
        verify_pdf(path, anchors=(), fetcher=None, checked_at=NOW, is_training=False)

    with mock.patch.object(pdf, "_judge_changes", timed):
        verify()
        analysis.clear()
        tracemalloc.start()
        verify()
        peak = tracemalloc.get_traced_memory()[1] / (1 << 20)
        tracemalloc.stop()
        analysis.clear()
        seconds = median_seconds(verify, runs=SCAN_RUNS)
    changes = statistics.median(analysis)
    what = "2,000 pages, 22,000 objects, 20 signatures"
    return [
        Row(f"verify {what}: integrity", seconds - changes, 0.2, "s", 1, "agreed; everything but the changes"),
        Row(f"verify {what}: changes", changes, 3, "s", 1, "agreed; pyHanko: 130 s"),
        Row(f"verify {what}: memory", peak, 200, "MiB", 1, "agreed; Python's share; pyHanko: 2 GB"),
    ]


def _certificate(pki: SmallPki) -> Row:
    network = MemoryNetwork.of(pki)

    def assess() -> None:
        assess_certificate(pki.signer.der, pki.others, anchors=pki.anchors, fetcher=network, at=NOW)

    ours, _ = paired_medians(assess, lambda: None, runs=RUNS)
    return Row("certificate check before the PIN, warm", ours * 1e3, 10, "ms", 1, "agreed; network in memory")
