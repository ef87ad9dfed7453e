"""The cheap look: it sees who comes, goes and is swapped, keeps out of the way, and is cheap."""

import threading
import time
from collections.abc import Iterator

import pytest

from bdsigner.model.token import SignatureMechanism
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST
from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.support.softhsm import LABEL, PIN, RSA_2048, SoftHsm
from tests.token.conftest import Stub
from tests.token.test_piv import until

pytestmark = pytest.mark.softhsm


@pytest.fixture
def piv_gateway(piv: PivRig) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([piv.module])
    until(lambda: piv.card.serial in occupants(gateway))
    yield gateway
    gateway.close()


def occupants(gateway: ChildTokenGateway) -> str:
    (look,) = gateway.presence()
    assert look.is_seen
    return "\n".join(look.tokens)


def test_a_soft_token_that_goes(softhsm: SoftHsm, gateway: ChildTokenGateway) -> None:
    """SoftHSM sees one that comes only when it is initialized anew."""
    before = occupants(gateway)
    assert LABEL in before
    assert occupants(gateway) == before
    softhsm.remove_tokens()
    assert LABEL not in occupants(gateway)


def test_a_card_that_comes_and_goes(piv: PivRig, piv_gateway: ChildTokenGateway) -> None:
    readers = piv_gateway.presence()[0].readers
    piv.remove()
    until(lambda: piv.card.serial not in occupants(piv_gateway))
    piv.insert()
    until(lambda: piv.card.serial in occupants(piv_gateway))
    assert piv_gateway.presence()[0].readers == readers


def test_a_card_swapped_in_one_reader(piv: PivRig, piv_gateway: ChildTokenGateway) -> None:
    """The same holder's next card: all that differs is the serial number."""
    second = PivCard()
    second.put(SIGN, piv.card.keys[SIGN], piv.card.certificates[SIGN])
    piv.remove()
    until(lambda: piv.card.serial not in occupants(piv_gateway))
    piv.reader.insert(second)
    until(lambda: second.serial in occupants(piv_gateway))
    assert piv.card.serial not in occupants(piv_gateway)


def test_a_module_in_use_is_left_alone(stub: Stub) -> None:
    gateway = ChildTokenGateway([stub.module])
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, bytearray(PIN.encode()), signatures=1) as session:
        calls = len(stub.calls())
        (look,) = gateway.presence()
        assert (look.is_seen, look.is_quarantined, look.tokens) == (False, False, ())
        assert len(stub.calls()) == calls
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert gateway.presence()[0].is_seen
    gateway.close()


def test_a_module_that_is_being_listed_is_left_alone(stub: Stub) -> None:
    gateway = ChildTokenGateway([stub.module])
    stub.set_fault("C_GetSlotList", "hang")
    listing = threading.Thread(target=gateway.list_tokens)
    listing.start()
    until(lambda: not stub.fault_file.exists())
    started = time.monotonic()
    assert not gateway.presence()[0].is_seen
    assert time.monotonic() - started < 1
    gateway.close()
    listing.join(10)


def test_one_bad_slot_does_not_hide_what_happens_in_another(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module])
    softhsm.init_token("Token thứ hai")
    stub.set_fault("C_GetTokenInfo", "0x30")
    first = occupants(gateway)
    assert "DeviceError" in first
    assert (LABEL in first) != ("Token thứ hai" in first)
    gateway.close()


def test_only_the_modules_asked_for_are_looked_at(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module, softhsm.module])
    assert gateway.module_count == 2
    (look,) = gateway.presence([1])
    assert look.is_seen
    assert not stub.log.exists()
    gateway.close()


def test_what_it_costs(softhsm: SoftHsm, piv: PivRig) -> None:
    """Milliseconds, where a listing costs tens of them; printed, for the record."""
    gateway = ChildTokenGateway([softhsm.module, piv.module])
    until(lambda: len(gateway.list_tokens().tokens) == 2)
    until(lambda: all(look.is_seen for look in gateway.presence()))
    looks = [gateway.presence() for _ in range(30)]
    for number, name in enumerate(("SoftHSM", "OpenSC")):
        costs = sorted(look[number].cost_seconds for look in looks)
        print(f"{name}: {costs[15] * 1000:.2f} ms (median), {costs[-1] * 1000:.2f} ms (longest)")
        assert costs[15] < 0.1
    for number, name in enumerate(("SoftHSM", "OpenSC")):
        single = ChildTokenGateway([(softhsm.module, piv.module)[number]])
        single.list_tokens()
        started = time.monotonic()
        for _ in range(10):
            assert single.list_tokens().tokens
        print(f"{name}: a listing {(time.monotonic() - started) * 100:.1f} ms")
        single.close()
    gateway.close()
