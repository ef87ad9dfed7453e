"""Registers a driver with NSS and takes it out again, by NSS's own tool ``modutil``; the list is kept beside until done."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bdsigner.browsers.stores import LIST_FILE, find_stores
from bdsigner.errors import BrowserError, ErrorCode
from bdsigner.model.browser import BrowserStore, StoreState

TIMEOUT_SECONDS = 20.0
"""modutil loads the driver once to see whether it is one."""
PACKAGE = "libnss3-tools"
_BACKUP = "pkcs11.txt.bdsigner-before"
_CHANGEABLE = (StoreState.ABSENT, StoreState.REGISTERED)


class NssBrowsers:
    """Implements ``ports.Browsers``.  Only Linux's browsers keep their devices in NSS alone."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home or Path.home()

    @property
    def is_supported(self) -> bool:
        """Whether registering is done here; elsewhere a person is told how."""
        return sys.platform == "linux"

    def stores(self, module: Path, product: str) -> tuple[BrowserStore, ...]:
        """All stores with what they know of the driver."""
        return find_stores(self._home, module, entry_name(product)) if self.is_supported else ()

    def register(self, store: BrowserStore, module: Path, product: str) -> None:
        """Make the driver known to one browser; already known is fine.  Raises ``BrowserError``."""
        if store.state in (StoreState.REGISTERED, StoreState.KNOWN):
            return
        self._check(store)
        with _restored_on_failure(store.folder):
            if not (store.folder / "cert9.db").is_file():
                self._make_store(store.folder)
            _run(
                "modutil",
                "-dbdir",
                f"sql:{store.folder}",
                "-force",
                "-add",
                entry_name(product),
                "-libfile",
                str(module),
            )

    def unregister(self, store: BrowserStore, product: str) -> None:
        """Take our own entry out; another's is left alone.  Raises ``BrowserError``."""
        if store.state is not StoreState.REGISTERED:
            return
        self._check(store)
        with _restored_on_failure(store.folder):
            _run("modutil", "-dbdir", f"sql:{store.folder}", "-force", "-delete", entry_name(product))

    @staticmethod
    def _check(store: BrowserStore) -> None:
        if store.is_running:
            raise BrowserError(ErrorCode.BROWSER_RUNNING, browser=store.browser)
        if store.state not in _CHANGEABLE:
            raise BrowserError(ErrorCode.BROWSER_STORE_REFUSES, browser=store.browser, reason=store.state.value)

    @staticmethod
    def _make_store(folder: Path) -> None:
        """Chromium makes its store at the first certificate; without one it would find no driver either."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise BrowserError(ErrorCode.BROWSER_STORE_REFUSES, browser=str(folder), reason=reason) from error
        _run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")


def entry_name(product: str) -> str:
    """What a driver is registered under: only entries of this name are ever taken out."""
    return f"bdsigner {product}"


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of NSS without a shell; what it prints is only a reason for people."""
    path = shutil.which(tool)
    if path is None:
        raise BrowserError(ErrorCode.BROWSER_TOOL_MISSING, tool=tool, package=PACKAGE)
    try:
        done = subprocess.run(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BrowserError(ErrorCode.BROWSER_TOOL_FAILED, tool=tool, reason="timeout") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BrowserError(ErrorCode.BROWSER_TOOL_FAILED, tool=tool, reason=reason) from error
    if done.returncode != 0:
        raise BrowserError(ErrorCode.BROWSER_TOOL_FAILED, tool=tool, reason=_last_words((done.stdout, done.stderr)))


def _last_words(outputs: Sequence[bytes]) -> str:
    text = b"".join(outputs).decode("utf-8", "replace").strip().splitlines()
    return "".join(letter for letter in (text[-1] if text else "?")[:200] if letter.isprintable())


@contextlib.contextmanager
def _restored_on_failure(folder: Path) -> Iterator[None]:
    """Keep the list of drivers as it was unless the work succeeds."""
    current, backup = folder / LIST_FILE, folder / _BACKUP
    try:
        if current.is_file():
            shutil.copy2(current, backup)
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BrowserError(ErrorCode.BROWSER_STORE_REFUSES, browser=str(folder), reason=reason) from error
    except BrowserError:
        with contextlib.suppress(OSError):
            if backup.is_file():
                shutil.copy2(backup, current)
        raise
    finally:
        with contextlib.suppress(OSError):
            backup.unlink(missing_ok=True)
