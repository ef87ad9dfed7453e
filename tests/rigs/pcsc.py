"""A smart-card service of the tests' own: pcscd in a mount namespace, with two virtual readers.

The system's service is neither used nor disturbed.  Clients reach ours through ``PCSCLITE_CSOCK_NAME``, past the
namespace, by the path of its process; so nothing but pcscd runs in there.  It ends when its standard input does, also
when the test process is killed.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.rigs.piv.reader import Reader

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
"""Read once by each process that uses the library: set when the tests start, to a path where nobody listens yet."""
OPENSC_CANDIDATES = (
    Path("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"),
    Path("/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so"),
    Path("/usr/lib64/opensc-pkcs11.so"),
)
START_SECONDS = 10.0
READER_NAMES = tuple(f"bdsigner test reader 00 0{number}" for number in range(2))
_DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
_SCRIPT = """
mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd || exit 1
pcscd --foreground --config "$1" >"$2" 2>&1 </dev/null &
echo $!
read _
kill $!
wait $!
"""


@dataclass
class PcscService:
    """A running service; ``stop`` and ``start`` play a service that is restarted."""

    folder: Path
    port: int
    readers: tuple[Reader, Reader]
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _link: Path = field(default=Path(), repr=False)

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._link = Path(os.environ[SOCKET_VARIABLE])
        argv = ["unshare", "--mount", "--propagation", "private"]
        if os.geteuid() != 0:
            argv += ["--map-root-user"]
        argv += ["sh", "-c", _SCRIPT, "pcscd", str(self.folder / "readers"), str(self.folder / "pcscd.log")]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        pid = int(self._process.stdout.readline())
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(f"/proc/{pid}/root/run/pcscd/pcscd.comm")
        self._wait_until_it_listens()

    def stop(self) -> None:
        """End it, as if the service had crashed or been stopped."""
        process, self._process = self._process, None
        for reader in self.readers:
            reader.remove()
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait(START_SECONDS)
            process.stdout.close()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port + 1), timeout=1):
                if self._link.exists():
                    return
            time.sleep(0.02)
        log = (self.folder / "pcscd.log").read_text("utf-8", "replace")
        raise RuntimeError(f"pcscd does not start: {log}")


@contextmanager
def pcsc_service(folder: Path) -> Iterator[PcscService]:
    """Start a service with two empty readers."""
    port = _two_free_ports()
    (folder / "readers").mkdir(parents=True)
    (folder / "readers" / "vpcd").write_text(
        f'FRIENDLYNAME "bdsigner test reader"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {_DRIVER}\nCHANNELID {port:#x}\n'
    )
    service = PcscService(folder, port, (Reader(port), Reader(port + 1)))
    service.start()
    try:
        yield service
    finally:
        service.stop()


def opensc_module() -> Path:
    """OpenSC's PKCS#11 module."""
    return next(path for path in OPENSC_CANDIDATES if path.exists())


def _two_free_ports() -> int:
    """vpcd takes a port for each of its two slots."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            if port > 0xFFF0:
                continue
            with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
                return port
