"""Following: whose an answer is, what it moves, revocations that are seen, alarms.  Real child, real PKI."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate

from bdsigner.app import SystemClock
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import (
    BdsignerError,
    CertificateError,
    ChildError,
    ErrorCode,
    NetworkError,
    RequestError,
    UserCancelled,
)
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, Usage
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Alarm, Move, Proof, Request, RequestState
from bdsigner.model.verification import Finding, FindingCode, Severity, SignedContent, Verdict
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.follow_requests import acknowledge_alarm, alarms, follow, take_receipt
from bdsigner.usecases.request_receipts import MAX_FILE_BYTES
from tests.department.requests_made import ARRIVED, NOW, UNCLEAR
from tests.fakes.people import FakeProgress
from tests.support.openssl_cms import OpenSsl
from tests.support.pki import CHAIRMAN, ENCRYPTION_ONLY, REVOKED, SPECIALIST, SUSPENDED, Training
from tests.support.reports import certificate, report, signature
from tests.support.small_pki import Holder
from tests.usecases.outbox import Outbox, receipt_json

S = RequestState
SignedFile = Callable[..., Path]


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def sent(outbox: Outbox, state: RequestState = S.SENT, **fields: object) -> Request:
    """Handed to the department by HTTPS."""
    return outbox.queued(state=state, channel="cong", next_attempt=None, **fields)


# Receipts as files


@pytest.fixture(scope="module")
def openssl(training: Training, tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    issuing = Holder(load_der_x509_certificate(training.chain(CHAIRMAN)[0]), training.rsa_key(CHAIRMAN))
    holders = {name: Holder(training.x509(name), training.rsa_key(name)) for name in (CHAIRMAN, REVOKED)}
    return OpenSsl(tmp_path_factory.mktemp("so"), [issuing], signer=holders[CHAIRMAN], revoked=holders[REVOKED])


@pytest.fixture
def signed(openssl: OpenSsl, tmp_path: Path) -> SignedFile:
    def make(content: bytes, *options: str, form: str = "DER", by: str = "signer") -> Path:
        plain, path = tmp_path / "plain", tmp_path / ("phiếu.p7m" if form == "DER" else "phiếu.eml")
        plain.write_bytes(content)
        made = openssl.sign(plain, *options, form=form, by=(by,))
        path.write_bytes(b"From: so@example.vn\nSubject: V/v\n" + made if form == "SMIME" else made)
        return path

    return make


@pytest.fixture
def taking(outbox: Outbox, documents: ChildDocumentGateway, training: Training) -> Outbox:
    """Judges for real; the chairman's certificate signs receipts."""
    trusted = tuple(parse_certificate(training.certificate(name)).sha256 for name in (CHAIRMAN, REVOKED))
    policy = replace(outbox.services.profile.requests, receipt_signers=trusted)
    outbox.services = replace(
        outbox.services,
        documents=documents,
        clock=SystemClock(),
        profile=replace(training.profile, requests=policy),
    )
    return outbox


MAIL_PART = b"Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
MIXED = (
    b"Content-Type: multipart/mixed; boundary=abc\r\n\r\n--abc\r\nContent-Type: text/plain\r\n\r\nKinh gui\r\n--abc\r\n"
    b"Content-Type: application/json\r\n\r\n%s\r\n--abc--\r\n"
)


def test_each_form_of_a_signed_receipt_is_taken(taking: Outbox, signed: SignedFile, training: Training) -> None:
    chairman = parse_certificate(training.certificate(CHAIRMAN)).common_name
    kinds: list[tuple[Callable[[bytes], bytes], tuple[str, ...], str]] = [
        (lambda said: said, ("-nodetach", "-binary"), "DER"),
        (lambda said: MIXED % said, ("-nodetach", "-binary"), "DER"),
        (lambda said: MAIL_PART % b64encode(said), (), "SMIME"),
        (lambda said: MIXED % said, (), "SMIME"),
        (lambda said: b"Content-Type: text/plain\r\n\r\n" + said, ("-nodetach",), "SMIME"),
    ]  # the mails come from another mailbox than the certificate names
    for wrapped, options, form in kinds:
        request = sent(taking)
        path = signed(wrapped(receipt_json(request, S.IN_PROGRESS, reason="Chờ thu hồi")), *options, form=form)
        after = take_receipt(path, taking.services)
        assert (after.id, after.state, after.reason) == (request.id, S.IN_PROGRESS, "Chờ thu hồi")
        (receipt,) = after.receipts
        assert (receipt.proof, receipt.signer) == (Proof.SIGNATURE, chairman)
        assert receipt.file.name == "phieu-tra-loi" + path.suffix
        assert taking.store.path(request.id, receipt.file).read_bytes() == path.read_bytes()
        assert take_receipt(path, taking.services) == after


def refusal(path: Path, outbox: Outbox) -> tuple[ErrorCode, object]:
    before = dict(outbox.store.requests)
    with pytest.raises(BdsignerError) as refused:
        take_receipt(path, outbox.services)
    assert outbox.store.requests == before
    return refused.value.code, refused.value.facts.get("file", refused.value.facts.get("request"))


def test_what_is_not_the_departments_moves_nothing(taking: Outbox, signed: SignedFile, tmp_path: Path) -> None:
    request = sent(taking)
    said = receipt_json(request, S.DONE)
    attached = ("-nodetach", "-binary")
    changed = signed(said, *attached)
    changed.write_bytes(changed.read_bytes().replace(b"123/TN", b"124/TN"))
    assert refusal(changed, taking) == (ErrorCode.REQUEST_RECEIPT_SIGNATURE, "phiếu.p7m")
    assert refusal(signed(said, *attached, by="revoked"), taking)[0] is ErrorCode.REQUEST_RECEIPT_SIGNATURE
    assert (
        refusal(signed(said, "-binary"), taking)[0] is ErrorCode.REQUEST_RECEIPT_SIGNATURE
    )  # its content is elsewhere
    policy = replace(taking.services.profile.requests, receipt_signers=("0" * 64,))
    stranger = replace(taking.services, profile=replace(taking.services.profile, requests=policy))
    with pytest.raises(RequestError) as refused:
        take_receipt(signed(said, *attached), stranger)
    assert refused.value.code is ErrorCode.REQUEST_RECEIPT_SIGNER
    assert refused.value.facts["signer"]
    plain = tmp_path / "phiếu.json"
    plain.write_bytes(said)
    assert refusal(plain, taking)[0] is ErrorCode.REQUEST_RECEIPT_CONTENT
    mail = tmp_path / "thư.eml"
    mail.write_bytes(b"From: so@example.vn\r\nContent-Type: application/json\r\n\r\n" + said)
    assert refusal(mail, taking)[0] is ErrorCode.REQUEST_RECEIPT_SIGNATURE
    assert refusal(tmp_path / "none", taking)[0] is ErrorCode.DOCUMENT_NOT_FOUND
    assert refusal(tmp_path, taking)[0] is ErrorCode.DOCUMENT_UNREADABLE
    plain.write_bytes(bytes(MAX_FILE_BYTES + 1))
    assert refusal(plain, taking)[0] is ErrorCode.REQUEST_RECEIPT_CONTENT
    two = MIXED % said + MIXED.partition(b"\r\n\r\n")[2] % said
    for content in (b"{}", b"no receipt", two.replace(b"--abc--", b"", 1)):
        assert refusal(signed(content, *attached), taking)[0] is ErrorCode.REQUEST_RECEIPT_CONTENT
    assert not taking.now(request).receipts


def test_a_receipt_for_another_is_refused(taking: Outbox, signed: SignedFile) -> None:
    unsent = taking.queued()
    for name in (unsent.id, "6f1c2a9e-7f0b-4a57-9c55-0d8f4e1c2b3a"):
        path = signed(receipt_json(name), "-nodetach", "-binary")
        assert refusal(path, taking) == (ErrorCode.REQUEST_RECEIPT_OTHER, name)
    assert not (taking.folder / unsent.id / "phieu-tra-loi.p7m").exists()


def test_late_and_contradicting_ones_are_kept_and_move_nothing(taking: Outbox, signed: SignedFile) -> None:
    request = sent(taking)
    for state in (S.DONE, S.RECEIVED, S.REFUSED):
        after = take_receipt(signed(receipt_json(request, state), "-nodetach", "-binary"), taking.services)
        assert after.state is S.DONE
    assert [one.state for one in after.receipts] == [S.DONE, S.RECEIVED, S.REFUSED]
    assert len({one.file.name for one in after.receipts}) == 3


def test_only_a_revocation_that_could_not_be_asked_for_is_forgiven(outbox: Outbox, tmp_path: Path) -> None:
    """Without a network: the profile names this very certificate."""
    by = certificate("Sở TT&TT")
    policy = replace(outbox.services.profile.requests, receipt_signers=(by.sha256,))
    outbox.services = replace(outbox.services, profile=replace(outbox.services.profile, requests=policy))
    unknown = Finding(FindingCode.REVOCATION_UNKNOWN, Severity.UNKNOWN)
    untrusted = Finding(FindingCode.CHAIN_UNKNOWN, Severity.UNKNOWN)
    judged = report(tmp_path, Verdict.INDETERMINATE, signature(Verdict.INDETERMINATE, unknown, untrusted, signer=by))
    outbox.documents.before = lambda call, path: outbox.documents.reports.__setitem__(path, judged)
    outbox.documents.infos = _AnyInfo()
    path = tmp_path / "phiếu.p7m"
    path.write_bytes(receipt_json(sent(outbox)))
    assert refusal(path, outbox)[0] is ErrorCode.REQUEST_RECEIPT_SIGNATURE
    judged = report(tmp_path, Verdict.INDETERMINATE, signature(Verdict.INDETERMINATE, unknown, signer=by))
    assert refusal(path, outbox)[0] is ErrorCode.REQUEST_RECEIPT_CONTENT  # the fake finds nothing inside
    huge = SignedContent(name="phiếu", size_bytes=MAX_FILE_BYTES + 1, sha256="", kind=None, is_enclosed=True)
    judged = replace(judged, content=huge)
    assert refusal(path, outbox)[0] is ErrorCode.REQUEST_RECEIPT_CONTENT


class _AnyInfo(dict):  # type: ignore[type-arg]
    """Every path is a file that can be read."""

    def __contains__(self, path: object) -> bool:
        return True

    def __getitem__(self, path: object) -> object:
        return None


def test_an_answer_over_https_that_is_signed_counts_by_its_signature(taking: Outbox, signed: SignedFile) -> None:
    request = taking.queued()
    path = signed(receipt_json(request), "-nodetach", "-binary")
    taking.https.attempts[0] = replace(ARRIVED, answer=path.read_bytes())
    taking.services = replace(taking.services, clock=taking.clock)
    (after,) = taking.send()
    assert (after.state, after.receipts[0].proof) == (S.RECEIVED, Proof.SIGNATURE)
    other = taking.queued()
    forged = signed(receipt_json(other), "-nodetach", "-binary").read_bytes().replace(b"123/TN", b"124/TN")
    taking.https.attempts[0] = replace(ARRIVED, answer=forged)
    (after,) = taking.send()
    assert (after.state, after.problem) == (S.SENT, ErrorCode.REQUEST_RECEIPT_SIGNATURE.value)


# The department's server


def test_what_was_sent_is_asked_for(outbox: Outbox) -> None:
    known, unknown, over = sent(outbox), sent(outbox), sent(outbox, S.DONE)
    draft, by_mail = outbox.queued(), outbox.queued(state=S.SENT, channel="thu")
    for request in (known, over, draft, by_mail):
        outbox.https.answers[request.id] = receipt_json(request, S.IN_PROGRESS)
    (after,) = outbox.follow()
    assert (after.id, after.state) == (known.id, S.IN_PROGRESS)
    assert outbox.now(unknown) == unknown
    assert outbox.follow() == ()
    outbox.https.answers[known.id] = receipt_json(known, S.IN_PROGRESS, at="2026-11-26T08:00:00Z")
    assert outbox.follow() == ()
    outbox.https.answers[known.id] = receipt_json(known, S.DONE)
    assert [one.state for one in outbox.follow()] == [S.DONE]


def test_what_may_have_arrived_is_asked_for(outbox: Outbox) -> None:
    outbox.https.attempts[0] = UNCLEAR
    request = outbox.queued()
    outbox.send()
    assert outbox.follow() == ()
    outbox.https.answers[request.id] = receipt_json(request)
    assert [one.state for one in outbox.follow()] == [S.RECEIVED]


def test_nonsense_moves_nothing_and_hides_nothing(outbox: Outbox) -> None:
    good, bad = sent(outbox), sent(outbox)
    outbox.https.answers = {good.id: receipt_json(good), bad.id: receipt_json(good)}
    assert [one.id for one in outbox.follow()] == [good.id]
    assert outbox.now(bad) == bad


def test_a_server_that_is_away_is_asked_once_a_round(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    error: BdsignerError = NetworkError(ErrorCode.NETWORK_UNREACHABLE, url="https://tiepnhan.example")

    def status(request_id: str, *_: object, **__: object) -> bytes:
        asked.append(request_id)
        raise error

    monkeypatch.setattr(outbox.https, "status", status)
    sent(outbox), sent(outbox)
    assert outbox.follow() == ()
    assert len(asked) == 1
    error = UserCancelled()
    with pytest.raises(UserCancelled):
        outbox.follow()
    outbox.progress.is_stopped = True
    with pytest.raises(UserCancelled):
        outbox.follow()
    assert len(asked) == 2


# Revocations that are seen


def test_a_revoked_certificate_closes_its_request(taking: Outbox, training: Training) -> None:
    names = {REVOKED: S.DONE, SUSPENDED: S.SENT, SPECIALIST: S.SENT, ENCRYPTION_ONLY: S.SENT}
    made = {name: taking.queued(state=S.SENT, certificate=training.certificate(name)) for name in names}
    other = taking.queued(state=S.SENT, case=RequestCase.PIN_LOCKED, certificate=training.certificate(REVOKED))
    draft = taking.queued(state=S.DRAFT, history=(), certificate=training.certificate(REVOKED))
    unreadable = taking.queued(state=S.SENT, certificate=b"0\x00")
    found = follow(taking.services, progress=FakeProgress())
    assert {one.id for one in found} == {made[REVOKED].id, draft.id}
    assert {name: taking.now(one).state for name, one in made.items()} == names
    assert (taking.now(other), taking.now(unreadable)) == (other, unreadable)
    after = taking.now(made[REVOKED])
    assert after.revoked_at is not None
    assert after.history[-1].state is S.DONE
    assert follow(taking.services, progress=FakeProgress()) == ()


class _Assessing:
    """A gateway that says what it is told of certificates."""

    def __init__(self, outcome: "CertificateAssessment | BdsignerError") -> None:
        self.outcome = outcome
        self.usages: list[Usage | None] = []

    def assess_certificate(self, *_: object, usage: Usage | None = None, **__: object) -> CertificateAssessment:
        self.usages.append(usage)
        if isinstance(self.outcome, BdsignerError):
            raise self.outcome
        return self.outcome


def test_only_its_own_revocation_closes_it(outbox: Outbox, training: Training) -> None:
    """An authority's says nothing of the department, and a check that failed nothing at all."""
    by_authority = CertificateAssessment(status=CertificateStatus.REVOKED, checked_at=NOW, decided_by="CN=CA")
    request = outbox.queued(state=S.SENT, certificate=training.certificate(ENCRYPTION_ONLY))
    for outcome in (by_authority, ChildError(ErrorCode.CHILD_DIED), CertificateError(ErrorCode.CERTIFICATE_UNREADABLE)):
        assessing = _Assessing(outcome)
        outbox.services = replace(outbox.services, documents=assessing)  # type: ignore[arg-type]
        assert outbox.follow() == ()
        assert assessing.usages == [Usage.ENCRYPTING]
    outbox.services = replace(outbox.services, documents=_Assessing(UserCancelled()))  # type: ignore[arg-type]
    with pytest.raises(UserCancelled):
        outbox.follow()
    assert outbox.now(request) == request


# Alarms


def due(outbox: Outbox) -> dict[str, Alarm]:
    return {one.request.id: one.alarm for one in alarms(outbox.services)}


def test_what_is_not_confirmed_in_time_is_told(outbox: Outbox) -> None:
    lost, left, pin = RequestCase.LOST, RequestCase.LEFT, RequestCase.PIN_LOCKED
    draft = {"history": ()}
    expected = {
        outbox.queued(case=lost, state=S.DRAFT, **draft).id: Alarm.NOT_SENT,
        outbox.queued(case=lost, state=S.SIGNED, **draft).id: Alarm.NOT_SENT,
        outbox.queued(case=lost).id: Alarm.NOT_SENT,
        outbox.queued(case=left, state=S.UNCERTAIN).id: Alarm.NOT_SENT,
        outbox.queued(case=left, state=S.SENDING).id: Alarm.NOT_SENT,
        outbox.queued(case=left, state=S.SENT).id: Alarm.UNCONFIRMED,
        outbox.queued(case=left, state=S.SENT, history=(Move(at=NOW, state=S.SENT),)).id: Alarm.UNCONFIRMED,
    }
    outbox.queued(case=left, state=S.DRAFT, **draft)
    outbox.queued(case=pin, state=S.SENT)
    outbox.queued(case=lost, state=S.SENT, is_alarm_acknowledged=True)
    for state in (S.RECEIVED, S.IN_PROGRESS, S.DONE, S.REFUSED, S.WITHDRAWN):
        outbox.queued(case=lost, state=state)
    assert due(outbox) == {}
    outbox.clock.pass_(hours=24, seconds=-1)
    assert due(outbox) == {}
    outbox.clock.pass_(seconds=1)
    assert due(outbox) == expected
    outbox.clock.time = NOW - timedelta(days=400)
    assert due(outbox) == expected


def test_the_time_of_a_lost_device_runs_from_the_beginning(outbox: Outbox) -> None:
    for case in (RequestCase.LOST, RequestCase.LEFT):
        outbox.queued(case=case, created_at=NOW - timedelta(hours=23))
    outbox.clock.pass_(hours=1)
    assert [one.request.case for one in alarms(outbox.services)] == [RequestCase.LOST]


def test_an_alarm_is_told_until_somebody_calls(outbox: Outbox) -> None:
    request = outbox.queued(state=S.SENT)
    outbox.clock.pass_(days=2)
    assert due(outbox) == {request.id: Alarm.UNCONFIRMED}
    after = acknowledge_alarm(request.id, outbox.services)
    assert (after.revision, after.state, after.is_alarm_acknowledged) == (request.revision + 1, S.SENT, True)
    assert acknowledge_alarm(request.id, outbox.services) == after
    assert due(outbox) == {}
    with pytest.raises(RequestError):
        acknowledge_alarm("other", outbox.services)
