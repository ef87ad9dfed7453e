"""The PKI server as a child process: ready means answering, and it ends with its parent."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.training.folder import TrainingFolder
from bdsigner.training.server import ServerProcess
from tests.support.pki import Training

pytestmark = pytest.mark.training


def test_the_child_answers_when_start_returns_and_is_gone_after_stop(remade: TrainingFolder) -> None:
    with ServerProcess(remade):
        assert httpx.get(remade.crl_url, trust_env=False).status_code == httpx.codes.OK
    with pytest.raises(httpx.ConnectError):
        httpx.get(remade.crl_url, trust_env=False)


def test_a_folder_being_served_is_not_served_twice(training: Training) -> None:
    with ServerProcess(training.folder):
        pass
    assert httpx.get(training.crl_url, trust_env=False).status_code == httpx.codes.OK


def test_a_port_taken_by_another_program_is_named(remade: TrainingFolder) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", remade.stamp.port))
        with pytest.raises(TrainingError) as caught, ServerProcess(remade):
            pass
    assert caught.value.code is ErrorCode.TRAINING_PORT_BUSY
    assert caught.value.facts["port"] == remade.stamp.port


@pytest.mark.parametrize("content", [b"", b"garbage", b"0\x82\xff\xff", b"\0" * 10_000])
def test_bytes_that_are_no_request_get_a_400(training: Training, content: bytes) -> None:
    for url in (training.tsa_url, training.ocsp_url):
        assert httpx.post(url, content=content, trust_env=False).status_code == httpx.codes.BAD_REQUEST
    assert httpx.get(training.folder.base_url + "/nothing", trust_env=False).status_code == httpx.codes.NOT_FOUND


def test_the_server_ends_with_its_parent(remade: TrainingFolder) -> None:
    argv = [sys.executable, "-m", "bdsigner.training.server", "--until-eof", str(remade.folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert b"127.0.0.1" in child.stdout.readline()
        child.communicate(timeout=10)
    assert child.returncode == 0


def test_serving_a_folder_that_is_not_set_up_fails_with_a_code(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "bdsigner.training.server", str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    assert done.returncode == 1
    assert b"training.failed" in done.stdout
