"""Extending files, and working off those that wait: real documents, children and authorities."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.model.extension import ExtensionPlan, WaitingFate, WaitingFile
from bdsigner.model.signature import SignatureLevel
from bdsigner.model.token import SignatureMechanism
from bdsigner.model.verification import Verdict
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import FetchKind, FetchRequest, Phase, Services, Timestamper
from bdsigner.signing.pades import sign_document
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.timestamp_queue import FileTimestampQueue
from bdsigner.usecases.extend_files import extend_files
from bdsigner.usecases.timestamp_queue import FIRST_PAUSE, LONGEST_PAUSE, wait_for_timestamp, work_off
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakeProgress
from tests.fakes.timestamper import GarbageTimestamper, NoTimestamper
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.signing.parts import Desk, SignatureIn, Signer, no_timestamp
from tests.support.pdfs import text_pdf
from tests.support.pki import CHAIRMAN, Training
from tests.support.raw_server import raw_server

B_B, B_T, B_LT, B_LTA = SignatureLevel


@dataclass
class HandClock:
    """Runs when told to."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.time


class NoLists:
    """OCSP and certificates only, and those for real."""

    def __init__(self, fetcher: HttpFetcher) -> None:
        self.fetcher = fetcher
        self.is_down = False

    def fetch(self, request: FetchRequest) -> bytes:
        if self.is_down and request.kind is not FetchKind.CERTIFICATES:
            return b"garbage"
        return self.fetcher.fetch(request)


@pytest.fixture(scope="module")
def fetcher(training: Training) -> NoLists:
    return NoLists(HttpFetcher(training.profile.network))


@pytest.fixture(scope="module")
def documents(training: Training, fetcher: NoLists) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, fetcher)
    yield gateway
    gateway.close()


@pytest.fixture
def services(training: Training, documents: ChildDocumentGateway, tmp_path: Path) -> Iterator[Services]:
    profile = training.profile
    queue = FileTimestampQueue(tmp_path / "data" / "waiting.sqlite")
    yield Services(
        profile=profile,
        tokens=FakeTokenGateway(FakeToken(keys={}, certificates={})),
        documents=documents,
        timestamper=HttpTimestamper(profile.timestamp, profile.network),
        outputs=FileOutputs(),
        clock=HandClock(),
        memory=FakeMemory(),
        waiting=queue,
    )
    queue.close()


@pytest.fixture
def desk(training: Training, tmp_path: Path) -> Desk:
    folder = tmp_path / "bàn"
    folder.mkdir()
    key = training.key(CHAIRMAN)
    return Desk(
        folder, Signer(training.certificate(CHAIRMAN), training.chain(CHAIRMAN), key, SignatureMechanism.RSA_PKCS1)
    )


@pytest.fixture
def waiting(desk: Desk, services: Services) -> Path:
    """A result signed while the authority was away, and kept."""
    path = result(desk)
    assert wait_for_timestamp(path, B_T, services)
    return path


def result(desk: Desk, name: str = "công văn.signed.pdf") -> Path:
    request = desk.request(text_pdf(), level=B_T)
    sign_document(request, sign_digest=desk.signer.sign, request_timestamp=no_timestamp)
    return request.partial.rename(desk.folder.parent / name)


def away(services: Services) -> Services:
    return replace(services, timestamper=NoTimestamper())


def plans(*paths: Path) -> list[ExtensionPlan]:
    return [ExtensionPlan(source=path, target=path.with_suffix(".lta.pdf")) for path in paths]


def only(services: Services, **options: bool) -> "tuple[WaitingFate, ErrorCode | None]":
    (outcome,) = work_off(services, progress=FakeProgress(), **options)
    return outcome.fate, outcome.error.code if outcome.error is not None else None


# Files a person names


def test_each_file_has_its_outcome(desk: Desk, services: Services) -> None:
    good, bad = result(desk), desk.folder / "chưa ký.pdf"
    bad.write_bytes(text_pdf())
    progress = FakeProgress()
    first, second = extend_files(plans(bad, good), B_LTA, services, progress=progress)
    assert first.error is not None
    assert first.error.code is ErrorCode.SIGNING_UNSIGNED
    assert second.extended is not None
    assert (second.extended.level, second.extended.missing) == (B_LTA, None)
    assert services.documents.verify(second.extended.target).verdict is Verdict.VALID
    assert not plans(bad)[0].target.exists()
    assert progress.reports[-1][1:] == (Phase.DONE, 2, 2)


def test_the_source_is_never_touched(desk: Desk, services: Services) -> None:
    source = result(desk)
    before = source.read_bytes()
    plan = ExtensionPlan(source=source, target=source)
    (outcome,) = extend_files([plan], B_T, services, progress=FakeProgress())
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.STORAGE_IS_SOURCE
    extend_files(plans(source), B_LTA, services, progress=FakeProgress())
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("timestamper", "code"),
    [(NoTimestamper(), ErrorCode.NETWORK_UNREACHABLE), (GarbageTimestamper(), ErrorCode.NETWORK_BAD_ANSWER)],
)
def test_an_authority_that_is_away_is_named(
    timestamper: Timestamper, code: ErrorCode, desk: Desk, services: Services
) -> None:
    services = replace(services, timestamper=timestamper)
    (outcome,) = extend_files(plans(result(desk)), B_LTA, services, progress=FakeProgress())
    assert outcome.error is not None
    assert outcome.error.code is code
    assert [path.name for path in desk.folder.parent.glob("*.lta.pdf")] == []


def test_an_authority_that_does_not_answer_in_time(desk: Desk, services: Services) -> None:
    asked = threading.Event()

    def hang(connection: socket.socket, request: bytes) -> None:
        asked.set()
        connection.recv(1)  # returns when the other side gives up

    with raw_server(hang) as server:
        policy = replace(services.profile.timestamp, urls=(server.url(),), timeout_seconds=0.3, attempts=1)
        slow = replace(services, timestamper=HttpTimestamper(policy, services.profile.network))
        wait_for_timestamp(result(desk), B_T, services)
        assert only(slow) == (WaitingFate.KEPT, ErrorCode.NETWORK_TIMEOUT)
    assert asked.is_set()


def test_stopping_between_files(desk: Desk, services: Services) -> None:
    progress = FakeProgress(stop_when=lambda path, phase: phase is Phase.DONE)
    files = [result(desk, "một.pdf"), result(desk, "hai.pdf")]
    with pytest.raises(UserCancelled):
        extend_files(plans(*files), B_T, services, progress=progress)
    assert [plan.target.exists() for plan in plans(*files)] == [True, False]


# Files that wait


def test_a_waiting_file_is_stamped_in_place(waiting: Path, services: Services) -> None:
    before = SignatureIn(waiting).signer_info["signature"].native
    size = waiting.stat().st_size
    (outcome,) = work_off(services, progress=FakeProgress())
    assert (outcome.fate, outcome.level) == (WaitingFate.EXTENDED, B_T)
    assert outcome.timestamp_time is not None
    assert waiting.stat().st_size == size
    assert SignatureIn(waiting).signer_info["signature"].native == before
    report = services.documents.verify(waiting)
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].timestamp is not None
    assert services.waiting.waiting() == ()
    assert [path.name for path in waiting.parent.glob(".*.part")] == []


def test_while_the_authority_is_away_it_waits_ever_longer(waiting: Path, services: Services) -> None:
    before = waiting.read_bytes()
    pauses = []
    for _ in range(9):
        assert only(away(services)) == (WaitingFate.KEPT, ErrorCode.NETWORK_UNREACHABLE)
        (file,) = services.waiting.waiting()
        assert file.next_attempt is not None
        pauses.append(file.next_attempt - services.clock.now())
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert (file.attempts, file.last_error) == (9, "network.unreachable")
    assert waiting.read_bytes() == before
    assert work_off(services, progress=FakeProgress(), is_due_only=True) == ()
    assert isinstance(services.clock, HandClock)
    services.clock.time += LONGEST_PAUSE
    assert only(services, is_due_only=True) == (WaitingFate.EXTENDED, None)


def test_after_the_first_failure_nobody_is_asked_again(waiting: Path, desk: Desk, services: Services) -> None:
    wait_for_timestamp(result(desk, "hai.signed.pdf"), B_T, services)
    assert len(work_off(away(services), progress=FakeProgress())) == 1
    assert len(work_off(services, progress=FakeProgress())) == 2
    assert services.waiting.waiting() == ()


def test_a_file_that_was_changed_is_left_alone_and_told(waiting: Path, services: Services) -> None:
    waiting.write_bytes(waiting.read_bytes() + b"\n% note")
    before = waiting.read_bytes()
    assert only(services) == (WaitingFate.CHANGED, None)
    assert waiting.read_bytes() == before
    assert services.waiting.waiting() == ()


def test_a_file_that_is_gone_is_told(waiting: Path, services: Services) -> None:
    waiting.unlink()
    assert only(services) == (WaitingFate.MISSING, None)
    assert services.waiting.waiting() == ()


def test_a_folder_that_is_away_may_come_back(services: Services, desk: Desk) -> None:
    folder = desk.folder.parent / "ổ mạng"
    folder.mkdir()
    path = result(desk, "ổ mạng/công văn.signed.pdf")
    wait_for_timestamp(path, B_T, services)
    folder.rename(folder.with_name("tháo ra"))
    assert only(services) == (WaitingFate.KEPT, ErrorCode.STORAGE_FOLDER_MISSING)
    folder.with_name("tháo ra").rename(folder)
    assert only(services) == (WaitingFate.EXTENDED, None)


def test_a_part_of_the_way_is_kept_and_the_rest_waits(desk: Desk, services: Services, fetcher: NoLists) -> None:
    path = result(desk)
    wait_for_timestamp(path, B_LTA, services)
    fetcher.is_down = True
    try:
        (outcome,) = work_off(services, progress=FakeProgress())
    finally:
        fetcher.is_down = False
    assert (outcome.fate, outcome.level) == (WaitingFate.IMPROVED, B_T)
    (file,) = services.waiting.waiting()
    assert (file.level, file.last_error) == (B_LTA, "revocation")
    assert file.sha256 == sha256(path.read_bytes()).hexdigest()
    (outcome,) = work_off(services, progress=FakeProgress())
    assert (outcome.fate, outcome.level) == (WaitingFate.EXTENDED, B_LTA)
    assert services.documents.verify(path).verdict is Verdict.VALID


def test_stopped_by_the_person_it_goes_on_waiting(waiting: Path, services: Services) -> None:
    before = waiting.read_bytes()
    with pytest.raises(UserCancelled):
        work_off(services, progress=FakeProgress(stop_when=lambda path, phase: phase is Phase.EXTENDING))
    assert waiting.read_bytes() == before
    assert len(services.waiting.waiting()) == 1


def test_two_at_once_replace_it_once(waiting: Path, services: Services) -> None:
    """Another process is quicker, between the timestamp and the replacement."""

    class Slow:
        def request(self, request_der: bytes, **options: object) -> bytes:
            answer = services.timestamper.request(request_der)
            assert only(services) == (WaitingFate.EXTENDED, None)
            return answer

    documents = ChildDocumentGateway(services.profile, HttpFetcher(services.profile.network))
    try:
        slow = replace(services, timestamper=Slow(), documents=documents)
        assert only(slow) == (WaitingFate.EXTENDED, None)
    finally:
        documents.close()
    assert services.documents.verify(waiting).verdict is Verdict.VALID
    assert services.waiting.waiting() == ()


# Killed at every step

_KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from bdsigner.app import Application
from bdsigner.storage.outputs import FileOutputs, _Replacement
from bdsigner.storage.profile import load_profile
from bdsigner.storage.timestamp_queue import FileTimestampQueue
from bdsigner.usecases.timestamp_queue import work_off
from tests.fakes.people import FakeProgress

profile, queue, point = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

class Queue(FileTimestampQueue):
    def will_become(self, file, successor):
        if point == "before it is said":
            die()
        return super().will_become(file, successor)
    remove = die if point == "before it is forgotten" else FileTimestampQueue.remove

if point == "before it is replaced":
    _Replacement._publish = die
application = Application.from_profile(load_profile(profile))
work_off(replace(application.services, waiting=Queue(queue)), progress=FakeProgress())
"""


@pytest.mark.parametrize("point", ["before it is said", "before it is replaced", "before it is forgotten"])
def test_kill_9_at_any_point_stamps_it_once(
    point: str, waiting: Path, services: Services, training: Training, tmp_path: Path
) -> None:
    before, signature = waiting.read_bytes(), SignatureIn(waiting).signer_info["signature"].native
    services.waiting.close()
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, training.profile_folder, tmp_path / "data" / "waiting.sqlite", point],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr.decode()
    is_replaced = point == "before it is forgotten"
    assert (waiting.read_bytes() == before) is not is_replaced
    stamped = waiting.read_bytes()
    assert only(services) == (WaitingFate.EXTENDED, None)
    assert services.waiting.waiting() == ()
    assert not is_replaced or waiting.read_bytes() == stamped
    found = SignatureIn(waiting)
    assert found.signer_info["signature"].native == signature
    assert len(found.signer_info["unsigned_attrs"]) == 1
    assert services.documents.verify(waiting).verdict is Verdict.VALID


def test_what_waits_says_since_when_and_what_for(waiting: Path, services: Services) -> None:
    (file,) = services.waiting.waiting()
    digest = sha256(waiting.read_bytes()).hexdigest()
    assert file == WaitingFile(path=waiting, sha256=digest, level=B_T, since=services.clock.now())
    assert file.since.utcoffset() == timedelta(0)
