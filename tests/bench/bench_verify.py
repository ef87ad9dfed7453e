"""Verifying and certificate checks in one process, against the work that cannot be avoided."""

import hashlib
import re
import tempfile
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bdsigner.trust.assessment import assess_certificate
from bdsigner.verification.pdf import verify_pdf
from tests.bench.table import Row, paired_medians
from tests.support.signed_pdf import large_pdf, make_pdf, sign, simple_signer, time_stamper
from tests.support.small_pki import NOW, MemoryNetwork, SmallPki

RUNS = 31
SCAN_BYTES, SCAN_SIGNATURES, SCAN_RUNS = 108 << 20, 20, 5
_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)")


def rows() -> list[Row]:
    """Measure; takes about ten seconds."""
    pki = SmallPki()
    with tempfile.TemporaryDirectory() as name:
        return [*_one_page(Path(name), pki), _scan(Path(name), pki), _certificate(pki)]


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
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    ours, once = paired_medians(verify, hash_once, runs=SCAN_RUNS)
    return Row(
        "verify 108 MB, 20 signatures, changes included",
        ours,
        once,
        "s",
        2.5,
        "one SHA-256 of the file; goal of the verification issue",
    )


def _certificate(pki: SmallPki) -> Row:
    network = MemoryNetwork.of(pki)

    def assess() -> None:
        assess_certificate(pki.signer.der, pki.others, anchors=pki.anchors, fetcher=network, at=NOW)

    ours, _ = paired_medians(assess, lambda: None, runs=RUNS)
    return Row("certificate check before the PIN, warm", ours * 1e3, 10, "ms", 1, "agreed; network in memory")
