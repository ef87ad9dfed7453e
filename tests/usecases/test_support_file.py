"""hardening S4: forty planted secrets, none of them in the file that goes to support."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bdsigner.model.self_check import Check, CheckResult, Light, ResultCode, SelfCheck
from bdsigner.model.token import SignerListing
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.usecases.list_signers import list_signers
from bdsigner.usecases.support_file import Surroundings, support_text
from tests.support.pki import Training

PINS = tuple(f"7391{number}482" for number in range(8))
WORDS = ("pin", "PIN", "so-pin", "puk", "password", "mật khẩu", "passphrase", "secret")
MAILS = tuple(f"can.bo{number}@binhduong.gov.vn" for number in range(8))
NUMBERS = ("280123456", "079 123 456 789", "0274-3822-825", "3700146458", "025085001234", "+84 913 555 777")
FILES = tuple(f"Kỷ luật ông A lần {number}.pdf" for number in range(8))
SERIALS = tuple(f"5403A1FF00C2B9D{number}" for number in range(6))
HOME, USER = "/home/hoanganh.ubnd", "hoanganh.ubnd"


@pytest.fixture
def listing(training: Training, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignerListing]:
    monkeypatch.setenv("SOFTHSM2_CONF", str(training.softhsm_conf))
    with contextlib.closing(ChildTokenGateway([training.module])) as gateway:
        yield list_signers(gateway)


def test_no_planted_secret_reaches_the_file(listing: SignerListing) -> None:
    names = [signer.certificate.common_name for signer in listing.signers][:4]
    lines = [f"{word}={pin}" for word, pin in zip(WORDS, PINS, strict=True)]
    lines += [f"sent to {mail} by {name}" for mail, name in zip(MAILS, names * 2, strict=True)]
    lines += [f"reading {HOME}/Văn bản mật/{file}" for file in FILES]
    lines += [f"holder {number}, token {serial}" for number, serial in zip(NUMBERS, SERIALS, strict=True)]
    around = Surroundings(versions=(("bdsigner", "0.1.0"),), home=HOME, user=USER, log_lines=tuple(lines))
    facts = {"purpose": "output", "path": f"{HOME}/x", "free_mb": "1"}
    refusal = CheckResult(check=Check.FOLDERS, code=ResultCode.FOLDER_REFUSES, light=Light.RED, facts=facts)
    found = SelfCheck(results=(refusal,))

    text = support_text(found, listing, around, at=datetime(2026, 11, 25, tzinfo=UTC))

    planted = [*PINS, *MAILS, *NUMBERS, *FILES, *SERIALS, *names, USER]
    assert len(planted) >= 40
    assert [secret for secret in planted if secret.casefold() in text.casefold()] == []
    assert "bdsigner: 0.1.0" in text
    assert ResultCode.FOLDER_REFUSES.value in text
    assert "B9D3" in text  # the end of a serial number, to tell two tokens apart
