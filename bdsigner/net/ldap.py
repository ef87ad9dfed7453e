"""The department's directory over LDAP (RFC 4511), by LDAPS or StartTLS only (hardening.md N3).

``ldap3`` speaks the protocol; the socket under it is ours, so that address checks, TLS, the deadline, the person's
stop and the number of bytes are bounded as everywhere else.
"""

import re
import ssl
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bdsigner.errors import BdsignerError, CertificateError, DirectoryError, ErrorCode, NetworkError
from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.model.profile import DirectoryPolicy, LdapServer, NetworkPolicy
from bdsigner.model.vietnamese import bare, begins_words, words_of
from bdsigner.net.directory_https import directory_error
from bdsigner.trust.certificates import parse_certificate

if TYPE_CHECKING:
    from bdsigner.net.connection import PacedSocket
    from bdsigner.net.patience import Patience

SEARCH_SECONDS = 10.0
"""For a whole search, connecting included."""
PAGE_ENTRIES = 100
MAX_ENTRIES = 1_000
"""Read in one search, whatever the server has."""
ANSWER_BYTES = 16 << 20
"""Of all answers in one search: 1,000 entries with a few certificates each."""
MAX_CERTIFICATES = 8
"""Of one entry."""
MAX_TEXT = 300
MAX_QUERY = 200
_PORTS = {"ldap": 389, "ldaps": 636}
_CERTIFICATE = "userCertificate;binary"
_START_TLS = "1.3.6.1.4.1.1466.20037"
_PAGED = "1.2.840.113556.1.4.319"
_SUCCESS, _TIME_LIMIT, _SIZE_LIMIT = 0, 3, 4
_REFUSALS = frozenset({1, 2, 7, 8, 13, 48, 49, 50, 53})
"""RFC 4511 appendix A.1: errors that asking again does not mend; wrong password, no rights, unwilling …"""
_MARKED = re.compile("[aeiouyd]+")
"""Letters that may stand for one with diacritics."""

Password = Callable[[str, str], str | None]
"""Server's address and user's name → password; ``None``: not kept."""


class LdapDirectory:
    """Implements ``ports.RemoteDirectory``; a connection for each search, nothing kept in between."""

    def __init__(
        self,
        policy: DirectoryPolicy,
        server: LdapServer,
        network: NetworkPolicy,
        *,
        password: Password,
        seconds: float = SEARCH_SECONDS,
    ) -> None:
        self._roots = policy.roots
        self._server = server
        self._network = network
        self._password = password
        self._seconds = seconds

    @property
    def name(self) -> str:
        """See ``ports.RemoteDirectory``."""
        return self._server.url

    def search(
        self, query: str, *, limit: int, should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[DirectoryEntry, ...]:
        """See ``ports.RemoteDirectory``.

        First as typed, which servers find fast; where that is too little, once more with any letter for those that
        may bear diacritics: LDAP tells ``nguyen`` from ``nguyễn``.
        """
        from bdsigner.net.patience import Patience  # here: http.client and ssl cost a start without network

        query = unicodedata.normalize("NFC", query.strip())[:MAX_QUERY]
        if not words_of(query):
            return ()
        patience = Patience(self._seconds, url=self._server.url, should_stop=should_stop)
        try:
            with _Conversation(self._server, self._roots, self._network, patience) as conversation:
                self._bind(conversation)
                found = self._ask(conversation, query, limit, is_loose=False)
                if len(found) <= limit:
                    found |= self._ask(conversation, query, limit, is_loose=True)
        except NetworkError as error:
            raise directory_error(error, self._server.url) from error
        return tuple(found.values())[: limit + 1]

    def _bind(self, conversation: "_Conversation") -> None:
        user = self._server.user
        password = self._password(self._server.url, user) if user else ""
        if password is None:
            raise DirectoryError(ErrorCode.DIRECTORY_NO_PASSWORD, server=self._server.url, user=user)
        conversation.bind(user, password)

    def _ask(
        self, conversation: "_Conversation", query: str, limit: int, *, is_loose: bool
    ) -> dict[str, DirectoryEntry]:
        names = self._server.attributes
        wanted = [one for one in (names.name, names.title, names.agency, names.unit, names.email, names.serial) if one]
        searched = [one for one in (names.name, names.agency, names.unit, names.email, names.serial) if one]
        more = [names.published] if names.published else []
        found: dict[str, DirectoryEntry] = {}
        answers = conversation.search(_filter(query, searched, is_loose=is_loose), [*wanted, *more, _CERTIFICATE])
        for attributes in answers:
            if not begins_words(query, "\n".join(_text(attributes, one) for one in wanted)):
                continue  # the looser question finds more than was meant
            found |= {entry.certificate.sha256: entry for entry in self._entries(attributes)}
            if len(found) > limit:
                break
        return found

    def _entries(self, attributes: Mapping[str, Sequence[bytes]]) -> Iterable[DirectoryEntry]:
        names = self._server.attributes
        agency, unit = _text(attributes, names.agency), _text(attributes, names.unit)
        for der in attributes.get(_CERTIFICATE.lower(), ())[:MAX_CERTIFICATES]:
            try:
                certificate = parse_certificate(der)
            except CertificateError:
                continue  # one that cannot be read does not hide the others
            of_itself = DirectoryEntry.of(certificate, DirectorySource.LDAP)
            yield DirectoryEntry(
                name=_text(attributes, names.name) or of_itself.name,
                title=_text(attributes, names.title) or of_itself.title,
                agency=", ".join(dict.fromkeys(one for one in (agency, unit) if one)) or of_itself.agency,
                email=_text(attributes, names.email) or of_itself.email,
                certificate=certificate,
                source=DirectorySource.LDAP,
                source_name=self._server.url,
                published_at=_time(_text(attributes, names.published)),
            )


class _Conversation:
    """One connection, encrypted before anything is asked.  Raises ``NetworkError``, ``DirectoryError``."""

    def __init__(
        self, server: LdapServer, roots: tuple[bytes, ...], network: NetworkPolicy, patience: "Patience"
    ) -> None:
        self._server = server
        parts = urlsplit(server.url)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "ldaps"
        self._port = parts.port or _PORTS[parts.scheme]
        self._roots = roots
        self._network = network
        self._patience = patience
        self._ldap: Any = None
        self._socket: PacedSocket | None = None

    def __enter__(self) -> "_Conversation":
        socket = self._connect()
        try:
            if self._is_tls:
                socket = self._secured(socket)
            self._ldap = _ldap_over(_Metered(socket))
            if not self._is_tls:
                self._check(self._do(lambda: self._ldap.extended(_START_TLS)), ErrorCode.DIRECTORY_TLS)
                socket = self._secured(socket)
                self._ldap.socket = _Metered(socket)
        except BaseException:
            socket.close()
            raise
        self._socket = socket
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()  # without a good-bye: it would wait for a server that may be gone

    def bind(self, user: str, password: str) -> None:
        """Log in; an empty ``user`` is nobody in particular."""
        if user:
            self._ldap.user, self._ldap.password, self._ldap.authentication = user, password, "SIMPLE"
        self._do(self._ldap.bind)
        self._check(self._ldap.result, ErrorCode.DIRECTORY_REFUSED)

    def search(self, untrusted_filter: str, attributes: list[str]) -> Iterable[Mapping[str, Sequence[bytes]]]:
        """Entries, a page at a time; their attributes by lower-case name.  Referrals are not followed."""
        cookie: bytes | None = None
        for _ in range(MAX_ENTRIES // PAGE_ENTRIES):
            self._do(
                lambda cookie=cookie: self._ldap.search(  # type: ignore[misc]
                    self._server.base,
                    untrusted_filter,
                    attributes=attributes,
                    paged_size=PAGE_ENTRIES,
                    paged_cookie=cookie,
                    time_limit=max(1, int(self._patience.remaining_seconds())),
                )
            )
            result = self._ldap.result
            if result.get("result") == _TIME_LIMIT:
                raise DirectoryError(ErrorCode.DIRECTORY_TIMEOUT, server=self._server.url)
            if result.get("result") != _SIZE_LIMIT:  # what came before it is good
                self._check(result, ErrorCode.DIRECTORY_BAD_ANSWER)
            for one in self._ldap.response or ():
                if one.get("type") == "searchResEntry":
                    yield {name.lower(): values for name, values in one["raw_attributes"].items()}
            cookie = result.get("controls", {}).get(_PAGED, {}).get("value", {}).get("cookie")
            if not cookie or result.get("result") == _SIZE_LIMIT:
                return

    def _connect(self) -> "PacedSocket":
        from bdsigner.net.addresses import is_allowed, look_up
        from bdsigner.net.connection import PacedSocket, open_socket

        url = self._server.url
        refusal: OSError | None = None
        for address in look_up(self._host, self._port, self._patience, url=url):
            if not is_allowed(address, self._network):
                raise NetworkError(ErrorCode.NETWORK_REFUSED_ADDRESS, url=url, reason=str(address))
            try:
                return PacedSocket(open_socket(address, self._port, self._patience), self._patience)
            except OSError as error:
                refusal = error
        code = ErrorCode.NETWORK_TIMEOUT if isinstance(refusal, TimeoutError) else ErrorCode.NETWORK_UNREACHABLE
        raise NetworkError(code, url=url, reason=(refusal and refusal.strerror) or "no address") from refusal

    def _secured(self, socket: "PacedSocket") -> "PacedSocket":
        from bdsigner.net.connection import tls_reason

        try:
            return socket.with_tls(self._host, self._roots)
        except ssl.SSLError as error:
            raise NetworkError(ErrorCode.NETWORK_TLS, url=self._server.url, reason=tls_reason(error)) from error
        except TimeoutError as error:
            raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url=self._server.url) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise NetworkError(ErrorCode.NETWORK_TLS, url=self._server.url, reason=reason) from error

    def _do(self, work: Callable[[], object]) -> Mapping[str, Any]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                work()
        except BdsignerError:
            raise  # out of our own socket: time, size, the person
        except Exception as error:  # the edge: hostile answers make the library raise anything
            reason = type(error).__name__
            raise DirectoryError(ErrorCode.DIRECTORY_BAD_ANSWER, server=self._server.url, reason=reason) from error
        result = self._ldap.result
        return result if isinstance(result, dict) else {}

    def _check(self, result: Mapping[str, Any], code: ErrorCode) -> None:
        number = result.get("result")
        if number != _SUCCESS:
            code = ErrorCode.DIRECTORY_REFUSED if number in _REFUSALS and code is not ErrorCode.DIRECTORY_TLS else code
            reason = str(result.get("description", "no answer"))[:100]
            raise DirectoryError(code, server=self._server.url, reason=reason)


class _Metered:
    """As much of a socket as ``ldap3`` uses, with a bound on what is read."""

    def __init__(self, socket: "PacedSocket") -> None:
        self._socket = socket
        self._bytes_left = ANSWER_BYTES

    def recv(self, size: int) -> bytes:
        data = self._socket.recv(size)
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise NetworkError(ErrorCode.NETWORK_TOO_LARGE, limit=ANSWER_BYTES)
        return data

    def sendall(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()


def _ldap_over(socket: _Metered) -> Any:
    """An ``ldap3`` connection over a socket that is open already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library's names for those of pyasn1
        import ldap3

        server = ldap3.Server("192.0.2.1", get_info=ldap3.NONE)  # RFC 5737: never connected to, see below
        connection = ldap3.Connection(server, read_only=True, auto_referrals=False, check_names=False)

    def take(*_: object, **__: object) -> None:
        connection.socket, connection.closed = socket, False

    connection.strategy._open_socket = take  # the library has no way to be given a socket
    connection.open(read_server_info=False)
    return connection


def _filter(query: str, attributes: Sequence[str], *, is_loose: bool) -> str:
    """Every word in any of the attributes, and a certificate (RFC 4515)."""
    terms = []
    for word in query.split():
        pattern = _loose(word) if is_loose else _escaped(word)
        value = f"*{pattern}*" if pattern else "*"
        terms.append("(|" + "".join(f"({name}={value})" for name in attributes) + ")")
    return f"(&(userCertificate=*){''.join(terms)})"


def _loose(word: str) -> str:
    """``nguyen`` → ``ng*n``: letters that may bear diacritics may be anything."""
    return "*".join(_escaped(part) for part in _MARKED.split(bare(word)) if part)


def _escaped(text: str) -> str:
    """RFC 4515 §3: octets that mean something in a filter, and all that is not ASCII."""
    return "".join(
        chr(octet) if chr(octet).isalnum() and octet < 0x80 else f"\\{octet:02x}" for octet in text.encode("utf-8")
    )


def _text(attributes: Mapping[str, Sequence[bytes]], name: str) -> str:
    values = attributes.get(name.lower(), ()) if name else ()
    return " ".join(values[0].decode("utf-8", "replace").split())[:MAX_TEXT] if values else ""


def _time(text: str) -> datetime | None:
    """GeneralizedTime in UTC (RFC 4517 §3.3.13), as servers write it."""
    try:
        return datetime.strptime(text.partition(".")[0].rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
