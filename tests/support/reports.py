"""Certificates, signatures and reports as values, for tests that judge nothing themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bdsigner.model.certificate import Certificate, CertificateStatus, KeyType, KeyUsage
from bdsigner.model.verification import (
    FileReport,
    Finding,
    FindingCode,
    Severity,
    SignatureReport,
    TimestampReport,
    Verdict,
)

NOW = datetime(2026, 3, 12, 1, 30, tzinfo=UTC)


def certificate(
    name: str = "Nguyễn Thị Phương Ánh", title: str = "Chủ tịch", *, days_left: int = 212, now: datetime = NOW
) -> Certificate:
    """A certificate as read; its DER means nothing."""
    return Certificate(
        der=name.encode(),
        sha256="5f" * 32,
        serial_number="4A77B1",
        subject=f"CN={name},T={title},OU=Văn phòng,O=Ủy ban nhân dân tỉnh Bình Dương,C=VN",
        issuer="CN=CA tập huấn,O=Ban Cơ yếu,C=VN",
        issuer_name="CA tập huấn",
        common_name=name,
        title=title,
        email="anh.ntp@binhduong.gov.vn",
        organization="Ủy ban nhân dân tỉnh Bình Dương",
        unit="Văn phòng",
        not_before=now - timedelta(days=300),
        not_after=now + timedelta(days=days_left, hours=1),
        key_type=KeyType.RSA,
        key_bits=2048,
        key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION}),
    )


GOOD = (
    Finding(FindingCode.KEY_MATCHES, Severity.OK),
    Finding(FindingCode.CONTENT_INTACT, Severity.OK),
    Finding(FindingCode.COVERS_WHOLE_FILE, Severity.OK),
    Finding(FindingCode.CHAIN_TRUSTED, Severity.OK),
    Finding(FindingCode.CERTIFICATE_IN_FORCE, Severity.OK),
    Finding(FindingCode.CERTIFICATE_NOT_REVOKED, Severity.OK, {"source": "ocsp"}),
    Finding(FindingCode.TIMESTAMP_VALID, Severity.OK, {"time": "12.03.2026 08:30:00 +0700"}),
)


def signature(
    verdict: Verdict = Verdict.VALID,
    *findings: Finding,
    signer: Certificate | None = None,
    has_signer: bool = True,
    number: int = 1,
) -> SignatureReport:
    """A judged signature; ``findings`` come after the good ones of a valid signature."""
    return SignatureReport(
        field_name=f"Chữ ký {number}",
        verdict=verdict,
        findings=(*GOOD, *findings) if verdict is Verdict.VALID else findings,
        signer=(signer or certificate()) if has_signer else None,
        signer_status=CertificateStatus.GOOD,
        claimed_time=NOW,
        timestamp=TimestampReport(time=NOW, authority="TSA tập huấn", verdict=Verdict.VALID),
        subfilter="ETSI.CAdES.detached",
        digest_algorithm="sha256",
        revision=number,
        covered_bytes=48_213,
    )


def report(path: Path, verdict: Verdict | None, *signatures: SignatureReport, judged_bytes: int = 48_213) -> FileReport:
    """A judged file."""
    return FileReport(
        path=path,
        size_bytes=48_213,
        sha256="ab" * 32,
        checked_at=NOW,
        verdict=verdict,
        signatures=signatures,
        judged_bytes=judged_bytes,
    )
