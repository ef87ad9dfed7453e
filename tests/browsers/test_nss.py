"""NSS's own tools see what we registered, and a TLS server sees the token's certificate."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.browsers.nss import NssBrowsers, entry_name
from bdsigner.browsers.stores import CHROMIUM, LIST_FILE, find_stores
from bdsigner.errors import BrowserError, ErrorCode
from bdsigner.model.browser import BrowserStore, StoreState
from tests.support.softhsm import LABEL, PIN, RSA_2048, SoftHsm, make_softhsm

PRODUCT = "SoftHSM"


@pytest.fixture(scope="module")
def softhsm_template(tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    return make_softhsm(tmp_path_factory.mktemp("nss-softhsm") / "mẫu")


@pytest.fixture
def softhsm(softhsm_template: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    softhsm = softhsm_template.copy_to(tmp_path / "softhsm")
    for name, value in softhsm.environment.items():
        monkeypatch.setenv(name, value)
    return softhsm


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A person with one Firefox profile and no Chromium yet."""
    home = tmp_path / "nhà"
    profile = home / ".mozilla/firefox/abc.default"
    profile.mkdir(parents=True)
    new_store(profile)
    (profile.parent / "profiles.ini").write_text("[Profile0]\nName=mặc định\nIsRelative=1\nPath=abc.default\n", "utf-8")
    return home


def new_store(folder: Path) -> None:
    subprocess.run(["certutil", "-N", "-d", f"sql:{folder}", "--empty-password"], check=True, capture_output=True)


def listed(store: BrowserStore) -> str:
    done = subprocess.run(
        ["modutil", "-dbdir", f"sql:{store.folder}", "-list"], check=True, capture_output=True, text=True
    )
    return done.stdout


def states(browsers: NssBrowsers, module: Path) -> dict[str, StoreState]:
    return {store.browser: store.state for store in browsers.stores(module, PRODUCT)}


def test_registered_seen_by_nss_and_taken_out_again(home: Path, softhsm: SoftHsm) -> None:
    browsers = NssBrowsers(home)
    chromium, firefox = browsers.stores(softhsm.module, PRODUCT)
    assert (chromium.browser, firefox.browser) == (CHROMIUM, "Firefox (mặc định)")
    assert (chromium.state, firefox.state) == (StoreState.ABSENT, StoreState.ABSENT)
    for store in (chromium, firefox):
        browsers.register(store, softhsm.module, PRODUCT)
        assert entry_name(PRODUCT) in listed(store)
        assert LABEL in listed(store)
    registered = browsers.stores(softhsm.module, PRODUCT)
    assert {store.state for store in registered} == {StoreState.REGISTERED}
    for store in registered:
        browsers.register(store, softhsm.module, PRODUCT)  # once more changes nothing
        assert listed(store).count(entry_name(PRODUCT)) == 1
        browsers.unregister(store, PRODUCT)
        assert entry_name(PRODUCT) not in listed(store)
        assert not list(store.folder.glob("*.bdsigner-before"))
    assert set(states(browsers, softhsm.module).values()) == {StoreState.ABSENT}


def test_what_somebody_else_registered_is_left_alone(home: Path, softhsm: SoftHsm) -> None:
    browsers = NssBrowsers(home)
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    argv = ["modutil", "-dbdir", f"sql:{firefox.folder}", "-force", "-add", "Của vendor", "-libfile", softhsm.module]
    subprocess.run(argv, check=True, capture_output=True)
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    assert firefox.state is StoreState.KNOWN
    before = (firefox.folder / LIST_FILE).read_bytes()
    browsers.register(firefox, softhsm.module, PRODUCT)
    browsers.unregister(firefox, PRODUCT)
    assert (firefox.folder / LIST_FILE).read_bytes() == before


def test_a_file_that_is_no_driver_leaves_the_list_as_it_was(home: Path, tmp_path: Path) -> None:
    browsers = NssBrowsers(home)
    no_driver = tmp_path / "văn bản.so"
    no_driver.write_text("x")
    _, firefox = browsers.stores(no_driver, PRODUCT)
    before = (firefox.folder / LIST_FILE).read_bytes()
    with pytest.raises(BrowserError) as caught:
        browsers.register(firefox, no_driver, PRODUCT)
    assert caught.value.code is ErrorCode.BROWSER_TOOL_FAILED
    assert (firefox.folder / LIST_FILE).read_bytes() == before


def test_a_browser_that_is_open_is_not_touched(home: Path, softhsm: SoftHsm) -> None:
    browsers = NssBrowsers(home)
    with subprocess.Popen(["sleep", "60"]) as running:
        profile = home / ".mozilla/firefox/abc.default"
        (profile / "lock").symlink_to(f"127.0.1.1:+{running.pid}")
        _, firefox = browsers.stores(softhsm.module, PRODUCT)
        assert firefox.is_running
        with pytest.raises(BrowserError) as caught:
            browsers.register(firefox, softhsm.module, PRODUCT)
        running.terminate()
    assert caught.value.code is ErrorCode.BROWSER_RUNNING
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    assert not firefox.is_running  # the lock of a browser that crashed


def test_confined_browsers_are_named_and_not_registered(home: Path, softhsm: SoftHsm) -> None:
    (home / "snap/firefox/common/.mozilla/firefox").mkdir(parents=True)
    browsers = NssBrowsers(home)
    confined = browsers.stores(softhsm.module, PRODUCT)[-1]
    assert (confined.browser, confined.state) == ("Firefox (snap)", StoreState.CONFINED)
    with pytest.raises(BrowserError) as caught:
        browsers.register(confined, softhsm.module, PRODUCT)
    assert caught.value.code is ErrorCode.BROWSER_STORE_REFUSES


def test_a_missing_tool_names_its_package(home: Path, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers = NssBrowsers(home)
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(BrowserError) as caught:
        browsers.register(firefox, softhsm.module, PRODUCT)
    assert caught.value.code is ErrorCode.BROWSER_TOOL_MISSING
    assert caught.value.facts["package"] == "libnss3-tools"


def test_a_tool_that_hangs_is_ended(home: Path, softhsm: SoftHsm, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "modutil"
    slow.write_text(f"#!/bin/sh\nexec {shutil.which('sleep')} 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("bdsigner.browsers.nss.TIMEOUT_SECONDS", 0.5)
    browsers = NssBrowsers(home)
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    started = time.monotonic()
    with pytest.raises(BrowserError) as caught:
        browsers.register(firefox, softhsm.module, PRODUCT)
    assert time.monotonic() - started < 5
    assert caught.value.facts["reason"] == "timeout"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profiles=st.binary(max_size=200), drivers=st.binary(max_size=200))
def test_whatever_stands_in_the_browsers_files_is_read_around(
    tmp_path_factory: pytest.TempPathFactory, profiles: bytes, drivers: bytes
) -> None:
    home = tmp_path_factory.mktemp("home")
    profile = home / ".mozilla/firefox/x"
    profile.mkdir(parents=True)
    (profile / "cert9.db").touch()
    (profile.parent / "profiles.ini").write_bytes(b"[Profile0]\nPath=x\n" + profiles)
    (profile / LIST_FILE).write_bytes(drivers)
    for store in find_stores(home, Path("/lib/x.so"), "bdsigner x"):
        assert store.browser


@contextlib.contextmanager
def tls_server(folder: Path, certificate: bytes) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """``openssl s_server`` that asks for a client certificate and shows it."""
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    make += ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    subprocess.run(make, check=True, capture_output=True)
    (folder / "client.pem").write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    argv = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "server.crt", "-key", "server.key"]
    argv += ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem", "-naccept", "1", "-tls1_2"]
    with subprocess.Popen(
        argv, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as server:
        deadline = time.monotonic() + 10
        assert server.stdout is not None
        while b"ACCEPT" not in server.stdout.readline():
            assert time.monotonic() < deadline
        try:
            yield port, server
        finally:
            server.kill()


def log_in(store: BrowserStore, port: int, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """As a browser on NSS does: the token's certificate by its name, the PIN from a file."""
    (folder / "pin").write_text(f"{LABEL}:{PIN}\n", "utf-8")
    argv = ["tstclnt", "-h", "127.0.0.1", "-p", str(port), "-d", f"sql:{store.folder}", "-o", "-V", "tls1.2:tls1.2"]
    argv += ["-n", f"{LABEL}:Khóa ký {RSA_2048}", "-W", str(folder / "pin"), "-Q"]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)


def test_a_registered_token_authenticates_a_tls_client(home: Path, softhsm: SoftHsm, tmp_path: Path) -> None:
    browsers = NssBrowsers(home)
    _, firefox = browsers.stores(softhsm.module, PRODUCT)
    certificate = softhsm.certificates[RSA_2048]
    folder = tmp_path / "tls"
    folder.mkdir()
    with tls_server(folder, certificate) as (port, server):
        refused = log_in(firefox, port, folder)
    assert refused.returncode != 0  # nobody knows the token yet
    browsers.register(firefox, softhsm.module, PRODUCT)
    with tls_server(folder, certificate) as (port, server):
        done = log_in(firefox, port, folder)
        out, _ = server.communicate(timeout=10)
        assert done.returncode == 0, done.stderr + out
    assert b"Nguy" in out
    assert b"depth=0" in out
    browsers.unregister(replace(firefox, state=StoreState.REGISTERED), PRODUCT)
    with tls_server(folder, certificate) as (port, server):
        assert log_in(firefox, port, folder).returncode != 0
