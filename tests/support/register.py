"""Entries of the register as values."""

from datetime import UTC, datetime
from typing import Any

from bdsigner.model.register import DocumentSummary, HashedFile, Received, Released, Reported, Reviewed, Signed
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.signature import SignatureLevel
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import Verdict

NOW = datetime(2026, 3, 12, 1, 30, tzinfo=UTC)
SUMMARY = DocumentSummary(number="45/QĐ-UBND", issued="05/02/2026", title="QUYẾT ĐỊNH Về việc phê duyệt quy hoạch")


def signed(name: str = "quyết định", **changes: Any) -> Signed:
    """A signature; the hashes are made of the name, so that files of different names differ."""
    parts: dict[str, Any] = {
        "source": HashedFile(name=f"{name}.pdf", sha256=made_of(name)),
        "target": HashedFile(name=f"{name}.signed.pdf", sha256=made_of(f"{name} signed")),
        "document": SUMMARY,
        "kind": KindGroup.OFFICIAL,
        "mode": SigningMode.ORIGINAL,
        "signer": "Nguyễn Hoàng Ánh",
        "title": "Chủ tịch",
        "certificate_serial": "4A77B1",
        "device_serial": "0123456789",
        "level": SignatureLevel.B_T,
        "signed_at": NOW,
        "timestamp": NOW,
    }
    return Signed(**parts | changes)


def reviewed(file: HashedFile, verdict: ReviewVerdict = ReviewVerdict.RELEASE, **changes: Any) -> Reviewed:
    """A review of that file."""
    parts: dict[str, Any] = {
        "file": file,
        "document": SUMMARY,
        "kind": KindGroup.OFFICIAL,
        "verdict": verdict,
        "reviewer": "Phạm Thị Thùy Dương",
        "reason": "Sai thẩm quyền" if verdict is ReviewVerdict.RETURN else "",
        "signature": Verdict.VALID,
    }
    return Reviewed(**parts | changes)


def released(file: HashedFile) -> Released:
    """Sent by mail."""
    return Released(
        file=file,
        channel="hop_thu_cong_vu",
        channel_name="Hộp thư điện tử công vụ của cơ quan",
        sender="vanthu@binhduong.gov.vn",
        recipients=("sotttt@binhduong.gov.vn",),
    )


def received(name: str = "công văn đến", verdict: Verdict | None = Verdict.VALID, **changes: Any) -> Received:
    """A document from elsewhere, verified here."""
    parts: dict[str, Any] = {
        "file": HashedFile(name=f"{name}.pdf", sha256=made_of(name)),
        "document": SUMMARY,
        "kind": KindGroup.OFFICIAL,
        "mode": SigningMode.ORIGINAL,
        "verdict": verdict,
        "signer": "Nguyễn Hoàng Ánh",
        "certificate_serial": "4A77B1",
        "timestamp": NOW,
        "channel": "hop_thu_cong_vu",
        "channel_name": "Hộp thư điện tử công vụ của cơ quan",
    }
    return Received(**parts | changes)


def reported(file: HashedFile) -> Reported:
    """A letter about that file."""
    return Reported(
        file=file,
        verdict=Verdict.INVALID,
        findings=("content_changed",),
        reporter="Phạm Thị Thùy Dương",
        letter=HashedFile(name="báo cáo.pdf", sha256=made_of("báo cáo")),
        saved_at="/hồ sơ/báo cáo.pdf",
    )


def made_of(name: str) -> str:
    """Something like a SHA-256."""
    return name.encode().hex().ljust(64, "0")[:64]
