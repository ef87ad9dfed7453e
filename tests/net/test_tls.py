"""A server must prove its name; nothing turns this off (hardening.md N3)."""

import re
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto.algos import DHParameters

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.fetch import HttpFetcher
from bdsigner.ports import FetchKind, FetchRequest
from tests.net.tls import TestCa
from tests.support.raw_server import raw_server, reply

INTRANET = NetworkPolicy(allow_private_addresses=True)
OAKLEY_GROUP_2 = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
"""RFC 2409 §6.2: a prime of 1024 bits."""


@pytest.fixture
def trusted(ca: TestCa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestCa:
    """Put the CA among the system's roots, as an administrator would."""
    file = tmp_path / "roots.pem"
    file.write_bytes(ca.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return ca


def fetch(context: ssl.SSLContext, *, host: str = "127.0.0.1", policy: NetworkPolicy = INTRANET) -> bytes:
    with raw_server(reply(b"crl"), tls=context) as server:
        url = server.url(scheme="https", host=host)
        return HttpFetcher(policy, seconds=5).fetch(FetchRequest(kind=FetchKind.CRL, url=url))


def refusal(context: ssl.SSLContext) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        fetch(context)
    assert caught.value.code is ErrorCode.NETWORK_TLS
    return caught.value


def test_a_server_that_proves_its_name_is_trusted(trusted: TestCa, tmp_path: Path) -> None:
    assert fetch(trusted.context(tmp_path)) == b"crl"
    assert fetch(trusted.context(tmp_path, host="localhost"), host="localhost") == b"crl"


def _tls_1_1(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1


FLAWS: dict[str, Callable[[TestCa, Path], ssl.SSLContext]] = {
    "expired": lambda ca, folder: ca.context(folder, expired=True),
    "wrong host": lambda ca, folder: ca.context(folder, host="other.example"),
    "self-signed": lambda ca, folder: ca.context(folder, self_signed=True),
    "unknown CA": lambda ca, folder: TestCa.make("Other").context(folder),
    "man in the middle": lambda ca, folder: TestCa.make("Root").context(folder),
    "weak key": lambda ca, folder: ca.context(folder, key_bits=1024),
}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS.keys())
def test_a_flawed_certificate_is_refused(
    flaw: Callable[[TestCa, Path], ssl.SSLContext], trusted: TestCa, tmp_path: Path
) -> None:
    error = refusal(flaw(trusted, tmp_path))
    assert error.facts["reason"]


def test_a_sha1_certificate_is_refused(trusted: TestCa, tmp_path: Path) -> None:
    context = trusted.context(tmp_path, sha1=True)
    assert "digest algorithm too weak" in str(refusal(context).facts["reason"]).lower()


def test_old_tls_is_refused(trusted: TestCa, tmp_path: Path) -> None:
    context = trusted.context(tmp_path)
    _tls_1_1(context)
    refusal(context)


def test_weak_diffie_hellman_is_refused(trusted: TestCa, tmp_path: Path) -> None:
    file = tmp_path / "dh.pem"
    file.write_bytes(pem.armor("DH PARAMETERS", DHParameters({"p": OAKLEY_GROUP_2, "g": 2}).dump()))
    context = trusted.context(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")
    context.load_dh_params(str(file))
    assert "DH" in str(refusal(context).facts["reason"])


def test_a_server_without_tls_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"

        def answer() -> None:
            with listener.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.recv(65536)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(NetworkError) as caught:
            HttpFetcher(INTRANET, seconds=5).fetch(FetchRequest(kind=FetchKind.CRL, url=url))
        thread.join()
    assert caught.value.code is ErrorCode.NETWORK_TLS


def test_the_name_is_proved_through_a_proxy_too(trusted: TestCa, tmp_path: Path) -> None:
    served = trusted.context(tmp_path, host="tsa.example")

    def tunnel(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with served.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65536)
            reply(b"crl")(inside, b"")

    with raw_server(tunnel) as proxy:
        fetcher = HttpFetcher(NetworkPolicy(proxy=proxy.url("")), seconds=5)
        assert fetcher.fetch(FetchRequest(kind=FetchKind.CRL, url="https://tsa.example/a.crl")) == b"crl"
        with pytest.raises(NetworkError) as caught:
            fetcher.fetch(FetchRequest(kind=FetchKind.CRL, url="https://other.example/a.crl"))
    assert caught.value.code is ErrorCode.NETWORK_TLS
    assert proxy.requests[0].startswith(b"CONNECT tsa.example:443 HTTP/1")


def test_a_proxy_that_refuses_the_tunnel_is_unreachable() -> None:
    with raw_server(reply(status="403 Forbidden")) as proxy:
        fetcher = HttpFetcher(NetworkPolicy(proxy=proxy.url("")), seconds=5)
        with pytest.raises(NetworkError) as caught:
            fetcher.fetch(FetchRequest(kind=FetchKind.CRL, url="https://tsa.example/"))
    assert caught.value.code is ErrorCode.NETWORK_UNREACHABLE


def test_no_code_of_ours_turns_verification_off() -> None:
    weakening = re.compile(r"CERT_NONE|check_hostname\s*=\s*False|_create_unverified|verify\s*=\s*False")
    package = Path(__file__).parents[2] / "bdsigner"
    assert [file for file in package.rglob("*.py") if weakening.search(file.read_text("utf-8"))] == []
