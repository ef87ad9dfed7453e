"""A real LDAP server with 50,000 people, and faulty ones (hardening.md N3)."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.errors import DirectoryError, ErrorCode, UserCancelled
from bdsigner.model.profile import DirectoryPolicy, LdapServer, NetworkPolicy
from bdsigner.net.ldap import LdapDirectory
from tests.net.tls import TestCa
from tests.support import slapd
from tests.support.people import certificates, name_of
from tests.support.raw_server import raw_server
from tests.support.slapd import BASE, PASSWORD, USER, Person, Slapd

PEOPLE = 50_000
INTRANET = NetworkPolicy(allow_private_addresses=True)


@pytest.fixture(scope="module")
def server(ca: TestCa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    folder = tmp_path_factory.mktemp("ldap")
    ca.context(folder, host="localhost")  # leaves the files behind
    (folder / "ca.pem").write_bytes(ca.pem())
    files = sorted(folder.glob("*.pem"))
    key = next(f for f in files if b"PRIVATE KEY" in f.read_bytes())
    certificate = next(f for f in files if f.name != "ca.pem" and b"BEGIN CERTIFICATE" in f.read_bytes())
    people = [Person(number, name, der) for number, name, der in certificates(PEOPLE)]
    people.append(Person(PEOPLE, "Hỏng Chứng Thư", b"\x30\x03\x02\x01\x00"))
    with slapd.served(folder / "server", people, certificate=certificate, key=key, ca=folder / "ca.pem") as running:
        yield running


def directory(
    ca: TestCa | None,
    url: str,
    *,
    user: str = "",
    password: str | None = PASSWORD,
    seconds: float = 60.0,
    network: NetworkPolicy = INTRANET,
) -> LdapDirectory:
    roots = (ca.certificate.public_bytes(Encoding.DER),) if ca is not None else ()
    server = LdapServer(url=url, base=BASE, user=user)
    return LdapDirectory(
        DirectoryPolicy(ldap=server, roots=roots), server, network, password=lambda *_: password, seconds=seconds
    )


def failure(directory: LdapDirectory, query: str = "Nguyễn") -> DirectoryError:
    with pytest.raises(DirectoryError) as caught:
        directory.search(query, limit=5)
    return caught.value


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_people_are_found_by_name_and_mail(ca: TestCa, server: Slapd, scheme: str) -> None:
    number = 41_234
    for query in (name_of(number), f"nguoi{number}@binhduong"):
        (found,) = directory(ca, server.url(scheme=scheme)).search(query, limit=20)
        assert (found.name, found.email) == (name_of(number), f"nguoi{number}@binhduong.gov.vn")
        assert found.certificate.serial_number == f"{0x5A000000 + number:X}"
        assert found.source_name == server.url(scheme=scheme)


@pytest.mark.timeout(300)
def test_a_name_without_diacritics_finds_the_one_with_them(ca: TestCa, server: Slapd) -> None:
    found = directory(ca, server.url()).search("nguyen van anh 120", limit=20)
    assert {one.name for one in found} == {"Nguyễn Văn Ánh 120", "Nguyễn Văn An 1200"} & {one.name for one in found}
    assert "Nguyễn Văn Ánh 120" in {one.name for one in found}


@pytest.mark.timeout(300)
def test_no_more_than_asked_for_come_of_fifty_thousand(ca: TestCa, server: Slapd) -> None:
    assert len(directory(ca, server.url()).search("binhduong.gov.vn", limit=20)) == 21


def test_what_a_query_holds_is_text_not_a_filter(ca: TestCa, server: Slapd) -> None:
    assert directory(ca, server.url()).search("*)(cn=*", limit=5) == ()
    assert directory(ca, server.url()).search("\0\\", limit=5) == ()


def test_a_certificate_that_cannot_be_read_is_left_out(ca: TestCa, server: Slapd) -> None:
    assert directory(ca, server.url()).search("Hỏng Chứng Thư", limit=5) == ()


def test_a_user_logs_in_with_the_kept_password(ca: TestCa, server: Slapd) -> None:
    assert directory(ca, server.url(), user=USER).search(name_of(77), limit=20)
    refused = failure(directory(ca, server.url(), user=USER, password="sai"))
    assert refused.code is ErrorCode.DIRECTORY_REFUSED
    assert "sai" not in str(refused)
    assert failure(directory(ca, server.url(), user=USER, password=None)).code is ErrorCode.DIRECTORY_NO_PASSWORD


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_does_not_prove_its_name_is_asked_nothing(ca: TestCa, server: Slapd, scheme: str) -> None:
    url = server.url(scheme=scheme)
    assert failure(directory(TestCa.make("Other"), url)).code is ErrorCode.DIRECTORY_TLS
    assert failure(directory(None, url)).code is ErrorCode.DIRECTORY_TLS
    by_address = url.replace("localhost", "127.0.0.1")
    assert failure(directory(ca, by_address)).code is ErrorCode.DIRECTORY_TLS


@pytest.mark.parametrize("flaw", ["expired", "self_signed"])
def test_flawed_certificates_are_refused(ca: TestCa, tmp_path: Path, flaw: str) -> None:
    context = ca.context(tmp_path, host="localhost", **{flaw: True})  # type: ignore[arg-type]  # names of its options
    with raw_server(lambda *_: None, tls=context) as running:
        assert failure(directory(ca, f"ldaps://localhost:{running.port}")).code is ErrorCode.DIRECTORY_TLS


def test_addresses_of_the_machine_are_refused_unless_the_profile_allows_them(ca: TestCa, server: Slapd) -> None:
    error = failure(directory(ca, server.url(), network=NetworkPolicy()))
    assert error.code is ErrorCode.DIRECTORY_UNREACHABLE


def test_a_server_that_is_down_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert failure(directory(None, f"ldap://127.0.0.1:{port}")).code is ErrorCode.DIRECTORY_UNREACHABLE


def test_a_server_that_says_nothing_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ldap://127.0.0.1:{silent.getsockname()[1]}"
        assert failure(directory(None, url, seconds=1.0)).code is ErrorCode.DIRECTORY_TIMEOUT


def test_the_person_can_stop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stopping = threading.Event()
        asked = threading.Event()

        def should_stop() -> bool:
            asked.set()
            return stopping.is_set()

        def stop() -> None:
            asked.wait(60)
            stopping.set()

        person = threading.Thread(target=stop)
        person.start()
        with pytest.raises(UserCancelled):
            directory(None, f"ldap://127.0.0.1:{silent.getsockname()[1]}").search("a", limit=5, should_stop=should_stop)
        person.join()


GARBAGE = {
    "no answer": b"",
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a length of gigabytes": b"\x30\x84\x7f\xff\xff\xff" + b"\0" * 1000,
    "another message": bytes.fromhex("300c02010561070a010004000400"),
    "refused": bytes.fromhex("300c02010178070a013404000400"),
    "nested": b"\x30\x80" * 4000,
    "zeros": b"\0" * 100_000,
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_garbage_ends_in_a_coded_error(ca: TestCa, tmp_path: Path, garbage: bytes, scheme: str) -> None:
    context: ssl.SSLContext | None = ca.context(tmp_path, host="localhost") if scheme == "ldaps" else None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                talking = context.wrap_socket(connection, server_side=True) if context else connection
                talking.recv(4096)
                talking.sendall(garbage)
                talking.close()

        answering = threading.Thread(target=serve)
        answering.start()
        error = failure(directory(ca, f"{scheme}://localhost:{port}", seconds=20.0))
        answering.join()
    assert error.code.value.startswith("directory.")


def test_the_profile_can_name_other_attributes(ca: TestCa, server: Slapd) -> None:
    plain = LdapServer(url=server.url(), base=BASE)
    named = replace(plain, attributes=replace(plain.attributes, published="createTimestamp", serial="employeeNumber"))
    policy = DirectoryPolicy(ldap=named, roots=(ca.certificate.public_bytes(Encoding.DER),))
    (found,) = LdapDirectory(policy, named, INTRANET, password=lambda *_: None, seconds=60).search(
        "nguoi41234@binhduong", limit=5
    )
    assert found.published_at is not None
    assert found.published_at.tzinfo is not None
