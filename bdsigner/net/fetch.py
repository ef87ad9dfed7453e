"""Fetch what certificates point to: OCSP answers, CRLs, certificates of issuers."""

from dataclasses import dataclass

from bdsigner.model.profile import NetworkPolicy
from bdsigner.ports import FetchKind, FetchRequest

FETCH_SECONDS = 10.0
"""For a whole fetch, redirects included; hardening.md N1 gives a verification 20 s altogether."""
ANSWER_BYTES = 5 << 20
CRL_BYTES = 32 << 20
"""hardening.md N1; large CAs publish CRLs of several megabytes."""


@dataclass(frozen=True, slots=True)
class _Kind:
    accept: str
    limit_bytes: int = ANSWER_BYTES
    content_type: str = ""


_KINDS = {
    FetchKind.OCSP: _Kind("application/ocsp-response", content_type="application/ocsp-request"),
    FetchKind.CRL: _Kind("application/pkix-crl, */*", limit_bytes=CRL_BYTES),
    FetchKind.CERTIFICATES: _Kind("application/pkix-cert, application/pkcs7-mime, */*"),
}


class HttpFetcher:
    """Implements ``ports.Fetcher``; may be called from any thread, keeps nothing between calls.

    Names are looked up, every address is checked against the policy before anything is sent, and only a checked
    address is connected to; the same again after each redirect.  What comes back is untrusted.
    """

    def __init__(self, policy: NetworkPolicy, *, seconds: float = FETCH_SECONDS) -> None:
        self._policy = policy
        self._seconds = seconds

    def fetch(self, request: FetchRequest) -> bytes:
        """Return the body.  Raises ``NetworkError`` with the facts ``url`` and, after an answer, ``http_status``.

        OCSP requests are posted (RFC 6960 appendix A.1), the rest is fetched with GET (RFC 5280 §4.2.1.13, §4.2.2.1).
        """
        from bdsigner.net.exchange import Ask, exchange  # here: http.client and ssl cost a start without network
        from bdsigner.net.patience import Patience

        kind = _KINDS[request.kind]
        headers = {"Accept": kind.accept}
        if request.body:
            headers["Content-Type"] = kind.content_type or "application/octet-stream"
        ask = Ask(url=request.url, limit_bytes=kind.limit_bytes, headers=headers, body=request.body)
        return exchange(ask, self._policy, Patience(self._seconds, url=request.url))
