"""The department's directory over HTTPS, JSON (docs/directory.md)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from bdsigner.errors import CertificateError, DirectoryError, ErrorCode, NetworkError
from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.model.profile import DirectoryPolicy, NetworkPolicy
from bdsigner.trust.published_certificate import PublishedCertificate

if TYPE_CHECKING:
    from bdsigner.net.patience import Patience

SEARCH_SECONDS = 10.0
"""For a whole search, all its pages."""
ANSWER_BYTES = 2 << 20
"""A page of 100 certificates has some 300 KiB."""
MAX_PAGES = 10
PAGE_ENTRIES = 100
_CODES: Mapping[ErrorCode, ErrorCode] = {
    ErrorCode.NETWORK_UNREACHABLE: ErrorCode.DIRECTORY_UNREACHABLE,
    ErrorCode.NETWORK_REFUSED_ADDRESS: ErrorCode.DIRECTORY_UNREACHABLE,
    ErrorCode.NETWORK_TIMEOUT: ErrorCode.DIRECTORY_TIMEOUT,
    ErrorCode.NETWORK_TLS: ErrorCode.DIRECTORY_TLS,
}


class _Page(msgspec.Struct, kw_only=True):
    entries: list[PublishedCertificate]
    cursor: str = ""
    """For the next page; empty: this is the last."""


class HttpsDirectory:
    """Implements ``ports.RemoteDirectory``; keeps nothing between calls."""

    def __init__(self, policy: DirectoryPolicy, network: NetworkPolicy, *, seconds: float = SEARCH_SECONDS) -> None:
        self._url = policy.https_url.rstrip("/")
        self._roots = policy.roots
        self._network = network
        self._seconds = seconds

    @property
    def name(self) -> str:
        """See ``ports.RemoteDirectory``."""
        return self._url

    def search(
        self, query: str, *, limit: int, should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[DirectoryEntry, ...]:
        """See ``ports.RemoteDirectory``."""
        from bdsigner.net.patience import Patience  # here: see below

        patience = Patience(self._seconds, url=self._url, should_stop=should_stop)
        entries: list[DirectoryEntry] = []
        cursor = ""
        for _ in range(MAX_PAGES):
            asked = {"q": query, "limit": str(min(limit + 1 - len(entries), PAGE_ENTRIES)), "cursor": cursor}
            page = self._page({name: value for name, value in asked.items() if value}, patience)
            entries += self._readable(page)
            cursor = page.cursor
            if not cursor or len(entries) > limit:
                break
        return tuple(entries[: limit + 1])

    def _page(self, asked: Mapping[str, str], patience: "Patience") -> _Page:
        from bdsigner.net.exchange import Ask, exchange  # here: http.client and ssl cost a start without network

        url = f"{self._url}/v1/certificates?{urlencode(asked)}"
        ask = Ask(url=url, limit_bytes=ANSWER_BYTES, headers={"Accept": "application/json"}, roots=self._roots)
        try:
            return msgspec.json.decode(exchange(ask, self._network, patience), type=_Page)
        except NetworkError as error:
            raise directory_error(error, self._url) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise DirectoryError(
                ErrorCode.DIRECTORY_BAD_ANSWER, server=self._url, reason=type(error).__name__
            ) from error

    def _readable(self, page: _Page) -> list[DirectoryEntry]:
        entries = []
        for one in page.entries:
            try:
                entries.append(one.entry(DirectorySource.HTTPS, self._url))
            except (CertificateError, ValueError):
                continue  # one certificate that cannot be read does not hide the others
        return entries


def directory_error(error: NetworkError, server: str) -> DirectoryError:
    """What a failure of the network means for a directory."""
    code = _CODES.get(error.code, ErrorCode.DIRECTORY_BAD_ANSWER)
    reason = error.facts.get("reason") or error.facts.get("http_status") or error.code.value
    return DirectoryError(code, server=server, reason=reason)
