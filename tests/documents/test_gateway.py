"""The gateway against children that die, hang, lie or ask too much."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bdsigner.childproc import FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.answers import (
    EXTENSION_TIMESTAMPS,
    MAX_FETCHES,
    ExtensionAnswers,
    FetchAnswers,
    SigningAnswers,
    VerifyAnswers,
)
from bdsigner.documents.children import DocumentChildren, Lane, Skill
from bdsigner.documents.gateway import ChildDocumentGateway, Deadlines
from bdsigner.documents.protocol import AskFetch, AskSignature, AskTimestamp, TellReport
from bdsigner.documents.remembered import RememberedFetches
from bdsigner.errors import (
    BdsignerError,
    ChildError,
    DocumentError,
    ErrorCode,
    NetworkError,
    TokenError,
    UserCancelled,
)
from bdsigner.model.signature import SignatureLevel, SignatureRequest
from bdsigner.model.token import SignatureMechanism
from bdsigner.model.verification import FileReport, Verdict
from bdsigner.ports import FetchKind, FetchRequest
from tests.documents.conftest import MakeFile
from tests.documents.parts import NoNetwork, profile, worker
from tests.support import bombs, pdfs
from tests.support.reports import report, signature

SHORT = Deadlines(wall_seconds=1.0)
"""For children that hang; the others get the time a busy machine needs to start them."""
AT = datetime(2026, 3, 2, tzinfo=UTC)


@contextlib.contextmanager
def misbehaving(how: str, folder: Path) -> Iterator[tuple[ChildDocumentGateway, NoNetwork]]:
    network = NoNetwork()
    command = worker("misbehaving.py", how)
    deadlines = SHORT if how == "hang" else Deadlines()
    gateway = ChildDocumentGateway(
        profile(folder), network, deadlines=deadlines, children=DocumentChildren(worker=command)
    )
    try:
        yield gateway, network
    finally:
        gateway.close()


def request(folder: Path) -> SignatureRequest:
    return SignatureRequest(
        source=folder / "a.pdf",
        partial=folder / "a.part",
        certificate=b"",
        chain=(),
        mechanism=SignatureMechanism.RSA_PKCS1,
        level=SignatureLevel.B_B,
        signing_time=AT,
    )


def no_signature(digest: bytes) -> bytes:
    raise AssertionError("not to be asked")


def no_timestamp(request: bytes) -> bytes | None:
    raise AssertionError("not to be asked")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("hang", ErrorCode.DOCUMENT_LIMITS),
        ("exit_at_once", ErrorCode.DOCUMENT_WORKER_DIED),
        ("nonsense", ErrorCode.DOCUMENT_WORKER_DIED),
        ("wrong_picture", ErrorCode.DOCUMENT_WORKER_DIED),
        ("asks_twice", ErrorCode.DOCUMENT_WORKER_DIED),
        ("asks_timestamp", ErrorCode.DOCUMENT_WORKER_DIED),
    ],
)
def test_a_bad_child_is_a_coded_failure_with_the_path(tmp_path: Path, how: str, code: ErrorCode) -> None:
    path = tmp_path / "Công văn.pdf"
    with misbehaving(how, tmp_path) as (gateway, _):
        for _ in range(2):  # the second call meets a new child
            with pytest.raises(DocumentError) as caught:
                gateway.render_page(path, 0, scale=1)
            assert caught.value.code is code
            assert caught.value.facts["path"] == str(path)


def test_only_one_digest_of_the_right_length_is_signed_in_a_call(tmp_path: Path) -> None:
    signed: list[bytes] = []

    def sign_digest(digest: bytes) -> bytes:
        signed.append(digest)
        return b"value"

    for how, count in (("asks_twice", 1), ("asks_for_document", 0)):
        signed.clear()
        with misbehaving(how, tmp_path) as (gateway, _), pytest.raises(DocumentError) as caught:
            gateway.sign(request(tmp_path), sign_digest=sign_digest, request_timestamp=no_timestamp)
        assert caught.value.code is ErrorCode.DOCUMENT_WORKER_DIED
        assert len(signed) == count


def test_fetches_of_a_call_are_counted(tmp_path: Path) -> None:
    with misbehaving("fetches", tmp_path) as (gateway, network), pytest.raises(NetworkError) as caught:
        gateway.assess_certificate(b"", (), at=AT)
    assert caught.value.code is ErrorCode.NETWORK_TOO_LARGE
    assert len(network.asked) == MAX_FETCHES


def test_opening_never_fetches(tmp_path: Path) -> None:
    """N2: a child that asks for the network while it opens or draws is ended."""
    with misbehaving("fetches", tmp_path) as (gateway, network):
        with pytest.raises(DocumentError):
            gateway.inspect(tmp_path / "a.pdf")
        with pytest.raises(DocumentError):
            gateway.render_page(tmp_path / "a.pdf", 0, scale=1)
    assert network.asked == []


def test_time_for_fetches_is_bounded_even_when_the_fetcher_hangs() -> None:
    release = threading.Event()

    class Slow:
        def fetch(self, request: FetchRequest) -> bytes:
            release.wait()
            return b""

    answers = FetchAnswers(Slow(), max_seconds=0.1)
    ask = protocol.encode(AskFetch(FetchRequest(kind=FetchKind.OCSP, url="http://ocsp.example")))
    started_at = time.monotonic()
    try:
        for _ in range(2):
            frame = answers(ask, b"")
            assert frame.kind is FrameKind.FAILURE
            assert protocol.decode(frame.head, protocol.Failure).code is ErrorCode.NETWORK_TIMEOUT
    finally:
        release.set()
    assert time.monotonic() - started_at < 5
    assert answers.raised is None


@pytest.mark.parametrize(
    "error", [UserCancelled(), TokenError(ErrorCode.TOKEN_REMOVED, serial="01"), ZeroDivisionError("a bug")]
)
def test_what_a_callback_raises_comes_out_as_it_is(tmp_path: Path, error: Exception) -> None:
    def sign_digest(digest: bytes) -> bytes:
        raise error

    answers = SigningAnswers(sign_digest, no_timestamp, NoNetwork(), level=SignatureLevel.B_T)
    frame = answers(protocol.encode(AskSignature(bytes(32))), b"")
    told = protocol.decode(frame.head, protocol.Failure)
    assert frame.kind is FrameKind.FAILURE
    assert told.code is (error.code if isinstance(error, BdsignerError) else ErrorCode.UNEXPECTED)
    assert answers.raised is error


def test_going_on_without_a_timestamp_is_an_answer() -> None:
    answers = SigningAnswers(no_signature, lambda request: None, NoNetwork(), level=SignatureLevel.B_T)
    frame = answers(protocol.encode(AskTimestamp(b"request")), b"")
    assert frame.kind is FrameKind.ANSWER
    assert not protocol.decode(frame.head, protocol.Answered).given


TIMESTAMP = protocol.encode(AskTimestamp(b"request"))
FETCH = protocol.encode(AskFetch(FetchRequest(kind=FetchKind.OCSP, url="http://ocsp.example")))


@pytest.mark.parametrize(("level", "count"), list(zip(SignatureLevel, (0, 1, 1, 2), strict=True)))
def test_a_signature_gets_the_timestamps_of_its_level(level: SignatureLevel, count: int) -> None:
    answers = SigningAnswers(no_signature, lambda request: b"token", NoNetwork(), level=level)
    for _ in range(count):
        assert answers(TIMESTAMP, b"").body == b"token"
    with pytest.raises(ChildError):
        answers(TIMESTAMP, b"")


def test_only_long_term_levels_fetch_while_signing() -> None:
    network = NoNetwork()
    with pytest.raises(ChildError):
        SigningAnswers(no_signature, no_timestamp, network, level=SignatureLevel.B_T)(FETCH, b"")
    assert network.asked == []
    answers = SigningAnswers(no_signature, no_timestamp, network, level=SignatureLevel.B_LT)
    assert answers(FETCH, b"").kind is FrameKind.FAILURE
    assert answers.raised is None  # an authority that cannot be reached costs the level, not the signature
    assert len(network.asked) == 1


def test_an_extension_signs_nothing_and_asks_for_few_timestamps() -> None:
    answers = ExtensionAnswers(NoNetwork(), lambda request: b"token", timestamps=EXTENSION_TIMESTAMPS)
    with pytest.raises(ChildError):
        answers(protocol.encode(AskSignature(bytes(32))), b"")
    for _ in range(EXTENSION_TIMESTAMPS):
        assert answers(TIMESTAMP, b"").body == b"token"
    with pytest.raises(ChildError):
        answers(TIMESTAMP, b"")


def test_an_unreadable_question_ends_the_call() -> None:
    with pytest.raises(ChildError):
        SigningAnswers(no_signature, no_timestamp, NoNetwork(), level=SignatureLevel.B_T)(b"{}", b"")


def wait_until_busy(pid: int) -> None:
    """Until the process has used 0.2 s of processor time."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        user_ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
        if user_ticks > 0.2 * os.sysconf("SC_CLK_TCK"):
            return
        time.sleep(0.02)
    raise AssertionError("the child did not start to work")


def test_killed_while_it_works_the_next_call_works(own_gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    slow, good = make_file(bombs.forms_within_forms(), "chậm.pdf"), make_file(pdfs.text_pdf(), "tốt.pdf")
    pid = own_gateway.ping(Lane.VIEW).pid
    failures: list[BdsignerError] = []

    def draw() -> None:
        try:
            own_gateway.render_page(slow, 0, scale=2)
        except BdsignerError as error:
            failures.append(error)

    drawing = threading.Thread(target=draw)
    drawing.start()
    wait_until_busy(pid)
    os.kill(pid, signal.SIGKILL)
    drawing.join()
    assert [error.code for error in failures] == [ErrorCode.DOCUMENT_WORKER_DIED]
    assert len(own_gateway.inspect(good).pages) == 1


def test_drawing_does_not_wait_behind_signing(tmp_path: Path) -> None:
    entered, release = threading.Event(), threading.Event()

    def sign_digest(digest: bytes) -> bytes:
        entered.set()
        release.wait()
        return b"value"

    def sign() -> None:
        with pytest.raises(DocumentError):  # the worker's answer is a picture
            gateway.sign(request(tmp_path), sign_digest=sign_digest, request_timestamp=no_timestamp)

    with misbehaving("signs_beside_drawing", tmp_path) as (gateway, _):
        signing = threading.Thread(target=sign)
        signing.start()
        assert entered.wait(10)
        assert gateway.render_page(tmp_path / "a.pdf", 0, scale=1).pixels == b"rgb"
        release.set()
        signing.join()


def test_warming_up_returns_at_once_and_both_children_live(own_gateway: ChildDocumentGateway) -> None:
    started_at = time.monotonic()
    own_gateway.warm_up(*Skill)
    assert time.monotonic() - started_at < 0.5
    assert {own_gateway.ping(lane).lane for lane in Lane} == set(Lane)


def test_a_closed_gateway_refuses(own_gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    path = make_file(pdfs.text_pdf())
    pid = own_gateway.ping(Lane.VIEW).pid
    own_gateway.close()
    with pytest.raises(DocumentError) as caught:
        own_gateway.inspect(path)
    assert caught.value.code is ErrorCode.DOCUMENT_WORKER_DIED
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_verification_tells_once_and_stops_when_the_person_does(tmp_path: Path) -> None:
    early = report(tmp_path / "a.pdf", Verdict.INDETERMINATE, signature())
    told: list[FileReport] = []
    answers = VerifyAnswers(RememberedFetches(NoNetwork()), told.append)
    frame = answers(protocol.encode(TellReport(early)), b"")
    assert (frame.kind, told) == (FrameKind.ANSWER, [early])
    with pytest.raises(ChildError):
        answers(protocol.encode(TellReport(early)), b"")

    def stop(_: FileReport) -> None:
        raise UserCancelled

    answers = VerifyAnswers(RememberedFetches(NoNetwork()), stop)
    assert answers(protocol.encode(TellReport(early)), b"").kind is FrameKind.FAILURE
    assert isinstance(answers.raised, UserCancelled)


def test_verifications_share_what_they_fetched() -> None:
    network = NoNetwork()
    remembered = RememberedFetches(network)
    remembered.expect_many()
    for _ in range(2):
        assert VerifyAnswers(remembered, lambda _: None)(FETCH, b"").kind is FrameKind.FAILURE
    assert len(network.asked) == 1
