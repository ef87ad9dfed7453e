"""Serves TSA, OCSP, CRLs and CA certificates of a training folder on 127.0.0.1.

``python -m bdsigner.training.server FOLDER`` serves in the foreground; it prints one line of JSON, ``Ready``, when it
answers.  With ``--until-eof`` it ends when its stdin closes, that is with its parent, however that ends.
"""

import argparse
import logging
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, cast

import httpx
import msgspec

from bdsigner.errors import BdsignerError, ErrorCode, Fact, TrainingError, error_from
from bdsigner.training import pki
from bdsigner.training.folder import TrainingFolder

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.serving import BaseWSGIServer
    from werkzeug.wrappers import Request

log = logging.getLogger(__name__)

READY_SECONDS = 30.0
"""A start takes one second; a loaded machine may need many."""
PROBE_SECONDS = 2.0
STOP_SECONDS = 5.0


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The one line a server prints: an address, or why there is none."""

    url: str = ""
    code: str = ""
    facts: dict[str, Fact] = {}


def _make_server(training: TrainingFolder) -> "BaseWSGIServer":
    """Bind the port.  Raises ``TrainingError`` TRAINING_EXTRA_MISSING or TRAINING_PORT_BUSY."""
    architecture = pki.open_architecture(training.description, training.keys)
    from certomancer.integrations.animator import Animator, AnimatorArchStore
    from werkzeug.exceptions import BadRequest
    from werkzeug.serving import WSGIRequestHandler, make_server

    class LoggedHandler(WSGIRequestHandler):
        """Requests go to our log, not to stderr."""

        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug names it
            log.debug(message, *args)

    class LoopbackAnimator(Animator):
        """Whole seconds, because OCSP times have no fractions (RFC 6960 §4.2.2.1); bad requests get a 400."""

        def at_time(self, _request: "Request") -> datetime:
            return datetime.now(UTC).replace(microsecond=0)

        def dispatch(self, request: "Request") -> "WSGIApplication":
            try:
                return cast("WSGIApplication", super().dispatch(request))
            except ValueError as error:  # asn1crypto's answer to bytes that are no request
                log.debug("unreadable request: %s", error)
                return BadRequest()

    app = LoopbackAnimator(AnimatorArchStore({architecture.arch_label: architecture}), with_web_ui=False)
    try:
        return make_server("127.0.0.1", training.stamp.port, app, threaded=True, request_handler=LoggedHandler)
    except (OSError, SystemExit) as error:  # werkzeug exits when the port is taken
        raise TrainingError(ErrorCode.TRAINING_PORT_BUSY, port=training.stamp.port) from error


class ThreadServer(AbstractContextManager["ThreadServer"]):
    """The server in a thread of this process, for tests."""

    def __init__(self, training: TrainingFolder) -> None:
        self._server = _make_server(training)
        self._thread = threading.Thread(target=self._server.serve_forever, name="training-pki", daemon=True)

    def __enter__(self) -> "ThreadServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class ServerProcess(AbstractContextManager["ServerProcess"]):
    """The server as a child of this process, for the demo and the window; ends with us at the latest."""

    def __init__(self, training: TrainingFolder) -> None:
        self._training = training
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child and wait until it answers; does nothing when this folder is being served already.

        Raises ``TrainingError``: port taken by another program, extra missing, child failed.
        """
        if self._process is not None or _is_served(self._training):
            return
        process = subprocess.Popen(
            [sys.executable, "-m", "bdsigner.training.server", "--until-eof", str(self._training.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._process = process
        try:
            _await_ready(process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child; does nothing when there is none."""
        process, self._process = self._process, None
        if process is None:
            return
        cast(IO[bytes], process.stdin).close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        cast(IO[bytes], process.stdout).close()

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _await_ready(process: "subprocess.Popen[bytes]") -> None:
    # Killing the child is what ends the wait: readline has no deadline of its own.
    watchdog = threading.Timer(READY_SECONDS, process.kill)
    watchdog.start()
    try:
        line = cast(IO[bytes], process.stdout).readline()
    finally:
        watchdog.cancel()
    try:
        ready = msgspec.json.decode(line, type=Ready)
    except msgspec.DecodeError as error:
        raise TrainingError(ErrorCode.TRAINING_FAILED, step="server") from error
    if ready.code:
        raise error_from(ErrorCode(ready.code), ready.facts)


def _is_served(training: TrainingFolder) -> bool:
    try:
        answer = httpx.get(training.root_url, timeout=PROBE_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.content == training.certificate(pki.ROOT)


def _print_ready(ready: Ready) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(ready) + b"\n")
    sys.stdout.buffer.flush()


def _shut_down_at_eof(server: "BaseWSGIServer") -> None:
    sys.stdin.buffer.read()
    server.shutdown()


def main() -> int:
    """Serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog="bdsigner.training.server")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until-eof", action="store_true")
    arguments = parser.parse_args()
    try:
        training = TrainingFolder.open(arguments.folder)
        server = _make_server(training)
    except BdsignerError as error:
        _print_ready(Ready(code=error.code.value, facts=dict(error.facts)))
        return 1
    if arguments.until_eof:
        threading.Thread(target=_shut_down_at_eof, args=(server,), daemon=True).start()
    _print_ready(Ready(url=training.base_url))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        log.debug("interrupted")
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
