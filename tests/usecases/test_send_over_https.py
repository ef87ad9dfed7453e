"""Sending to the department's real server, which drops, is late, answers twice, or is not who it should be."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.model.profile import ChannelKind, NetworkPolicy, RequestChannel, RequestPolicy
from bdsigner.model.request import Proof, RequestState
from bdsigner.net.request_https import HttpsDelivery
from bdsigner.trust.certificates import parse_certificate
from tests.department.requests_made import MAIL
from tests.fakes.people import FakePerson
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.net.tls import TestCa
from tests.rigs.department_server import DepartmentFault, DepartmentRig, department_server
from tests.rigs.effects import Effects
from tests.usecases.outbox import Outbox

S = RequestState
NETWORK = NetworkPolicy(allow_private_addresses=True)


@pytest.fixture
def rig(effects: Effects, tls: ssl.SSLContext) -> Iterator[DepartmentRig]:
    with department_server(effects, tls, late_seconds=2.0) as server:
        yield server


def outbox_to(rig: DepartmentRig, ca: TestCa, folder: Path, *, has_login: bool = False, seconds: float = 20) -> Outbox:
    """Its only fast channel is the server; behind it there is mail."""
    channel = RequestChannel(id="may_chu", name="Máy chủ", kind=ChannelKind.HTTPS, url=rig.url, has_login=has_login)
    policy = RequestPolicy(channels=(channel, MAIL), roots=(ca.certificate.public_bytes(Encoding.DER),))
    outbox = Outbox(folder / "outbox", channels=(channel, MAIL))
    outbox.services = replace(
        outbox.services,
        profile=replace(outbox.services.profile, requests=policy, network=NETWORK),
        deliveries={ChannelKind.HTTPS: HttpsDelivery(policy, NETWORK, seconds=seconds), ChannelKind.MAIL: outbox.mail},
    )
    return outbox


def test_it_arrives_is_answered_and_followed_to_its_end(rig: DepartmentRig, ca: TestCa, tmp_path: Path) -> None:
    outbox = outbox_to(rig, ca, tmp_path)
    request = outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.reference, after.receipts[0].proof) == (S.RECEIVED, "TTTTĐT-00001", Proof.CONNECTION)
    assert outbox.follow() == ()
    rig.states[request.id] = ("tu-choi", "Thiếu giấy giới thiệu")
    (after,) = outbox.follow()
    assert (after.state, after.reason) == (S.REFUSED, "Thiếu giấy giới thiệu")
    assert outbox.follow() == ()
    assert rig.effects.arrivals() == [request.id]


@pytest.mark.parametrize(
    ("fault", "is_taken"),
    [
        (DepartmentFault.AFTER, True),
        (DepartmentFault.BEFORE, False),
        (DepartmentFault.ERROR_AFTER, True),
        (DepartmentFault.ERROR_BEFORE, False),
        (DepartmentFault.LATE, True),
        (DepartmentFault.EMPTY, True),
        (DepartmentFault.CUT, True),
        (DepartmentFault.HTML, False),
    ],
)
def test_an_end_without_an_answer_is_made_good_and_counted_once(
    rig: DepartmentRig, ca: TestCa, tmp_path: Path, fault: DepartmentFault, is_taken: bool
) -> None:
    outbox = outbox_to(rig, ca, tmp_path, seconds=1 if fault is DepartmentFault.LATE else 20)
    rig.faults.append(fault)
    request = outbox.queued()
    (after,) = outbox.send()
    assert after.state is S.UNCERTAIN
    assert rig.effects.arrivals() == [request.id] * is_taken
    outbox.clock.pass_(minutes=1)
    (after,) = outbox.send()
    assert (after.state, after.problem, outbox.mail.sent) == (S.RECEIVED, "", [])
    assert rig.effects.arrivals() == [request.id]  # what it has is asked for, not sent again


@pytest.mark.parametrize("fault", [DepartmentFault.BUSY, DepartmentFault.MANY])
def test_what_passes_is_waited_for(rig: DepartmentRig, ca: TestCa, tmp_path: Path, fault: DepartmentFault) -> None:
    outbox = outbox_to(rig, ca, tmp_path)
    rig.faults.append(fault)
    outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.problem) == (S.QUEUED, ErrorCode.REQUEST_SERVER_BUSY.value)
    outbox.clock.pass_(minutes=1)
    assert [one.state for one in outbox.send()] == [S.RECEIVED]


def test_a_refusal_goes_by_mail_at_once(rig: DepartmentRig, ca: TestCa, tmp_path: Path) -> None:
    outbox = outbox_to(rig, ca, tmp_path)
    rig.faults.append(DepartmentFault.REFUSED)
    request = outbox.queued()
    (after,) = outbox.send()
    assert (after.state, after.channel) == (S.SENT, MAIL.id)
    assert [one.request_id for one in outbox.mail.sent] == [request.id]
    assert rig.effects.arrivals() == []


def test_answered_twice_and_taken_without_a_receipt(rig: DepartmentRig, ca: TestCa, tmp_path: Path) -> None:
    outbox = outbox_to(rig, ca, tmp_path)
    rig.faults.extend([DepartmentFault.TWICE, DepartmentFault.ACCEPTED])
    twice, later = outbox.queued(), outbox.queued()
    outbox.send()
    assert len(outbox.now(twice).receipts) == 1
    assert (outbox.now(later).state, outbox.now(later).problem) == (S.SENT, "")
    (after,) = outbox.follow()
    assert (after.id, after.state) == (later.id, S.RECEIVED)


@pytest.mark.parametrize("flaw", ["stranger", "host", "expired"])
def test_nothing_is_said_to_a_server_that_is_not_the_departments(
    ca: TestCa, effects: Effects, tmp_path: Path, flaw: str
) -> None:
    """Đ13.2."""
    issuer = TestCa.make("Other") if flaw == "stranger" else ca
    context = issuer.context(tmp_path, host="127.0.0.2" if flaw == "host" else "127.0.0.1", expired=flaw == "expired")
    with department_server(effects, context) as rig:
        outbox = outbox_to(rig, ca, tmp_path)
        outbox.queued()
        (after,) = outbox.send()
        assert (after.state, after.problem) == (S.QUEUED, ErrorCode.REQUEST_SERVER_TLS.value)
        assert outbox.follow() == ()
        assert rig.seen == []


def test_a_login_with_the_token(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    """Đ13.3; what is signed is judged by OpenSSL, and never serves twice."""
    key = rsa.generate_private_key(65537, 2048)
    token = FakeToken(keys={"01": key})
    signer = parse_certificate(token.certificates["01"]).sha256
    with department_server(effects, tls, needs_login=True, signers=frozenset({signer})) as rig:
        outbox = outbox_to(rig, ca, tmp_path, has_login=True)
        outbox.services = replace(outbox.services, tokens=FakeTokenGateway(token))
        policy = replace(outbox.services.profile.requests, channels=outbox.channels[:1])
        outbox.services = replace(outbox.services, profile=replace(outbox.services.profile, requests=policy))
        request, person = outbox.queued(), FakePerson()
        (after,) = outbox.send()
        assert (after.problem, after.next_attempt, rig.seen) == (ErrorCode.REQUEST_LOGIN_NEEDED.value, None, [])
        after = outbox.send_now(request, serial=token.serial, key_id="01", person=person)
        assert (after.state, len(person.pin_requests)) == (S.RECEIVED, 1)
        rig.audience = "https://tiepnhan.example"
        other = outbox.queued()
        (after,) = outbox.send()
        after = outbox.send_now(other, serial=token.serial, key_id="01", person=person)
        assert (after.state, after.problem) == (S.QUEUED, ErrorCode.REQUEST_LOGIN_REFUSED.value)
        assert len(person.pin_requests) == 1
        rig.audience = ""
        with pytest.raises(UserCancelled):
            outbox.send_now(other, serial=token.serial, key_id="01", person=FakePerson(pin=""))
        assert outbox.now(other).state is S.QUEUED
        assert effects.arrivals() == [request.id]


def test_signed_receipts_are_judged(effects: Effects, ca: TestCa, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """What looks like a CMS is none: it arrived all the same."""
    with department_server(effects, tls, sign=lambda content: b"0\x82" + content) as rig:
        outbox = outbox_to(rig, ca, tmp_path)
        request = outbox.queued()
        (after,) = outbox.send()
        assert (after.state, after.problem) == (S.SENT, ErrorCode.REQUEST_SERVER_ANSWER.value)
        assert effects.arrivals() == [request.id]
