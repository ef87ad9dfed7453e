"""A real OpenLDAP server on loopback with many people, StartTLS and LDAPS."""

import base64
import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SLAPD = shutil.which("slapd") or "/usr/sbin/slapd"
SLAPADD = shutil.which("slapadd") or "/usr/sbin/slapadd"
BASE = "dc=binhduong,dc=gov,dc=vn"
USER, PASSWORD = f"cn=bdsigner,{BASE}", "mật khẩu thử"
START_SECONDS = 30.0


@dataclass(frozen=True)
class Person:
    number: int
    name: str
    certificate: bytes
    agency: str = "Sở Thông tin và Truyền thông"
    title: str = "Chuyên viên"

    @property
    def email(self) -> str:
        return f"nguoi{self.number}@binhduong.gov.vn"


@dataclass(frozen=True)
class Slapd:
    ldap_port: int
    ldaps_port: int

    def url(self, *, scheme: str = "ldap") -> str:
        return f"{scheme}://localhost:{self.ldap_port if scheme == 'ldap' else self.ldaps_port}"


def _text(name: str, value: str) -> str:
    return f"{name}:: {base64.b64encode(value.encode()).decode()}\n"


def _ldif(people: Iterable[Person]) -> Iterator[str]:
    yield f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: binhduong\no: UBND\n\n"
    for one in people:
        yield (
            f"dn: uid=u{one.number},{BASE}\nobjectClass: inetOrgPerson\nuid: u{one.number}\n"
            + _text("cn", one.name)
            + _text("sn", one.name.split()[0])
            + _text("o", one.agency)
            + _text("title", one.title)
            + f"mail: {one.email}\nuserCertificate;binary:: {base64.b64encode(one.certificate).decode()}\n\n"
        )


@contextmanager
def served(folder: Path, people: Iterable[Person], *, certificate: Path, key: Path, ca: Path) -> Iterator[Slapd]:
    """Fill a new server with these people and serve them until the block ends."""
    (folder / "db").mkdir(parents=True)
    schemas = "\n".join(f"include /etc/ldap/schema/{name}.schema" for name in ("core", "cosine", "inetorgperson"))
    (folder / "slapd.conf").write_text(
        f"""{schemas}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
sizelimit unlimited
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
TLSCACertificateFile {ca}
security simple_bind=128
database mdb
maxsize 1073741824
suffix "{BASE}"
rootdn "{USER}"
rootpw "{PASSWORD}"
directory {folder}/db
dbnosync
index objectClass eq
index cn,mail sub
""",
        encoding="utf-8",
    )
    ldif = folder / "people.ldif"
    with ldif.open("w", encoding="utf-8") as file:
        file.writelines(_ldif(people))
    config = ["-f", str(folder / "slapd.conf")]
    subprocess.run([SLAPADD, "-q", *config, "-l", str(ldif)], check=True, capture_output=True, timeout=240)
    server = Slapd(*_free_ports())
    addresses = f"ldap://127.0.0.1:{server.ldap_port}/ ldaps://127.0.0.1:{server.ldaps_port}/"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([SLAPD, *config, "-h", addresses, "-d", "0"], stdout=log, stderr=log)
        try:
            for port in (server.ldap_port, server.ldaps_port):
                _wait_for(process, port)
            yield server
        finally:
            process.terminate()
            process.wait(60)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "slapd ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("slapd does not listen")
