"""Parts the document tests share."""

import sys
from pathlib import Path

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import AppearanceProfile, Mode, NetworkPolicy, Profile, TextFonts, TimestampPolicy
from bdsigner.ports import FetchRequest

WORKERS = Path(__file__).parent / "workers"


def worker(script: str, *arguments: str) -> list[str]:
    """Command line of a misbehaving worker of ``tests/documents/workers``."""
    return [sys.executable, "-I", str(WORKERS / script), *arguments]


class NoNetwork:
    """A fetcher that reaches nothing and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[FetchRequest] = []

    def fetch(self, request: FetchRequest) -> bytes:
        self.asked.append(request)
        raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url=request.url)


def profile(folder: Path, *, anchors: tuple[bytes, ...] = ()) -> Profile:
    """A training profile; documents use its anchors and mode only."""
    return Profile(
        id="thu-nghiem",
        folder=folder,
        mode=Mode.TRAINING,
        province="Bình Dương",
        regulation="Quyết định 69/2014/QĐ-UBND",
        emblem=folder / "emblem.svg",
        font=folder / "font.ttf",
        text_fonts=TextFonts(
            regular=folder / "font.ttf",
            bold=folder / "font.ttf",
            italic=folder / "font.ttf",
            bold_italic=folder / "font.ttf",
        ),
        department="Sở",
        centre="Trung tâm",
        director_title="Giám đốc",
        mail_domains=(),
        max_term_years=5,
        device_secrecy="mật",
        copy_titles=(),
        document_kinds=(),
        prohibited_kinds=(),
        channels=(),
        encryption_providers=(),
        appearance_profile=AppearanceProfile.QD_69_2014,
        anchors=anchors,
        issuers=(),
        ca_website="",
        ocsp_urls=(),
        crl_urls=(),
        timestamp=TimestampPolicy(urls=(), timeout_seconds=1, attempts=1, pause_seconds=0, tolerance_seconds=60),
        network=NetworkPolicy(),
    )
