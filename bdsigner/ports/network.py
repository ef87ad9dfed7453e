"""The network, within limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FetchKind(StrEnum):
    """What is fetched; decides method, content types and size limit (hardening N1)."""

    OCSP = "ocsp"
    CRL = "crl"
    CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One fetch that a document child asks for; ``url`` is untrusted."""

    kind: FetchKind
    url: str
    body: bytes = b""
    """DER OCSP request; empty for GET."""


class Fetcher(Protocol):
    """Bounded HTTP for addresses that came out of certificates."""

    def fetch(self, request: FetchRequest) -> bytes:
        """Return the body.  Raises ``NetworkError``."""


class Timestamper(Protocol):
    """The profile's list of time-stamping authorities."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        """Try the authorities in order; return the first answer, a DER ``TimeStampResp`` not yet checked.

        Raises ``NetworkError`` when none answers; ``UserCancelled`` when ``should_stop`` says so between attempts.
        """
