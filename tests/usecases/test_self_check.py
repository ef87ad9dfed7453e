"""The self-check with the real parts of a training machine, each of them spoilt in turn."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.app import Application
from bdsigner.app.probes import make_probes
from bdsigner.errors import ErrorCode
from bdsigner.model.self_check import CardService, Check, CheckResult, DriverSurvey, FolderState, Light, ResultCode
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Phase, Probes, Services
from bdsigner.token.discovery import Discovery, FoundModule
from bdsigner.usecases import self_check as use_case
from bdsigner.usecases.self_check import self_check
from tests.support.pki import Training

CLOSED = "http://127.0.0.1:1/"


class Silent:
    """Progress that nobody sees."""

    def __init__(self) -> None:
        self.done: list[int] = []

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        self.done.append(done)

    def is_cancelled(self) -> bool:
        return False


class Ahead:
    """A clock that is wrong."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


@pytest.fixture
def application(training: Training, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setenv("SOFTHSM2_CONF", str(training.softhsm_conf))
    with closing(Application.from_profile(training.profile)) as application:
        yield application


@pytest.fixture
def services(application: Application) -> Services:
    return application.services


@pytest.fixture
def probes(services: Services, training: Training) -> Probes:
    found = Discovery(modules=(FoundModule(training.module, "SoftHSM"),), problems=())
    return make_probes(services.profile, lambda: found)


def look(services: Services, probes: Probes) -> dict[Check, list[CheckResult]]:
    found: dict[Check, list[CheckResult]] = {}
    for result in self_check(services, probes, progress=Silent()).results:
        found.setdefault(result.check, []).append(result)
    assert set(found) == set(Check)
    return found


def codes(results: list[CheckResult]) -> set[ResultCode]:
    return {one.code for one in results}


def lights(results: list[CheckResult]) -> set[Light]:
    return {one.light for one in results}


def test_on_a_good_machine_every_check_says_what_was_found(services: Services, probes: Probes) -> None:
    found = look(services, probes)
    assert codes(found[Check.CLOCK]) == {ResultCode.CLOCK_GOOD}
    assert lights(found[Check.TIMESTAMP]) == {Light.GREEN}
    assert lights(found[Check.REVOCATION]) == {Light.GREEN}
    assert codes(found[Check.PROXY]) == {ResultCode.PROXY_NONE}
    assert codes(found[Check.FONT]) == {ResultCode.FONT_GOOD}
    assert codes(found[Check.FOLDERS]) == {ResultCode.FOLDER_GOOD}
    assert ResultCode.CERTIFICATE_GOOD in codes(found[Check.CERTIFICATES])


@pytest.mark.parametrize(("seconds", "is_wrong"), [(3600, True), (-3600, True), (2, False)])
def test_a_wrong_clock(services: Services, probes: Probes, seconds: float, is_wrong: bool) -> None:
    found = look(replace(services, clock=Ahead(seconds)), probes)
    (clock,) = found[Check.CLOCK]
    assert (clock.code is ResultCode.CLOCK_WRONG) == is_wrong
    assert (clock.light is Light.RED) == is_wrong
    assert abs(int(clock.facts["seconds"]) - abs(seconds)) <= 2


def test_a_timestamp_service_that_is_gone(services: Services, probes: Probes) -> None:
    """The clock cannot be checked then: grey, neither good nor wrong."""
    timestamp = replace(services.profile.timestamp, urls=(CLOSED,))
    profile = replace(services.profile, timestamp=timestamp)
    gone = replace(services, profile=profile, timestamper=HttpTimestamper(timestamp, profile.network))
    found = look(gone, probes)
    assert lights(found[Check.TIMESTAMP]) == {Light.RED}
    assert lights(found[Check.CLOCK]) == {Light.GREY}


def test_one_of_two_servers_gone_is_no_reason_not_to_sign(services: Services, probes: Probes) -> None:
    timestamp = replace(services.profile.timestamp, urls=(*services.profile.timestamp.urls[:1], CLOSED))
    found = look(replace(services, profile=replace(services.profile, timestamp=timestamp)), probes)
    assert lights(found[Check.TIMESTAMP]) == {Light.GREEN, Light.AMBER}


def test_a_dead_proxy(services: Services, training: Training) -> None:
    network = replace(services.profile.network, proxy=CLOSED)
    behind = replace(services, profile=replace(services.profile, network=network))
    found_modules = Discovery(modules=(FoundModule(training.module, "SoftHSM"),), problems=())
    found = look(behind, make_probes(behind.profile, lambda: found_modules))
    (proxy,) = found[Check.PROXY]
    assert (proxy.code, proxy.light) == (ResultCode.ERROR, Light.RED)


def test_no_anchor_no_driver_no_service_and_no_room(services: Services, probes: Probes) -> None:
    full = FolderState(purpose="output", path="/x", is_writable=True, free_bytes=1024)
    refusing = FolderState(purpose="logs", path="/y", is_writable=False, free_bytes=10**12)
    bare = replace(
        probes,
        drivers=lambda: DriverSurvey(names=()),
        card_service=lambda: CardService(has_library=True, is_running=False),
        folders=lambda: (full, refusing),
    )
    found = look(replace(services, profile=replace(services.profile, anchors=())), bare)
    assert ResultCode.ANCHORS_MISSING in codes(found[Check.PROFILE])
    assert [one.facts["code"] for one in found[Check.DRIVERS]] == [ErrorCode.TOKEN_NO_MODULE.value]
    assert codes(found[Check.CARD_SERVICE]) == {ResultCode.CARD_SERVICE_STOPPED}
    assert lights(found[Check.CARD_SERVICE]) == {Light.AMBER}  # soft tokens need no such service
    assert [(one.code, one.light) for one in found[Check.FOLDERS]] == [
        (ResultCode.FOLDER_FULL, Light.AMBER),
        (ResultCode.FOLDER_REFUSES, Light.RED),
    ]


def test_a_check_that_fails_or_hangs_is_grey_and_takes_no_other_with_it(
    services: Services, probes: Probes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "TOTAL_SECONDS", 4.0)
    let_go = threading.Event()

    def fail() -> CardService:
        raise LookupError("a bug")

    def hang() -> tuple[FolderState, ...]:
        let_go.wait(30)
        return ()

    found = look(services, replace(probes, card_service=fail, folders=hang))
    let_go.set()
    assert [(one.code, one.light) for one in found[Check.CARD_SERVICE]] == [(ResultCode.NOT_CHECKED, Light.GREY)]
    assert [one.facts["reason"] for one in found[Check.FOLDERS]] == ["timeout"]
    assert codes(found[Check.FONT]) == {ResultCode.FONT_GOOD}


def test_training_certificates_are_judged_one_by_one(services: Services, probes: Probes) -> None:
    found = look(services, probes)
    refused = {one.facts["code"] for one in found[Check.CERTIFICATES] if one.light is Light.RED}
    assert {ErrorCode.CERTIFICATE_REVOKED.value, ErrorCode.CERTIFICATE_SUSPENDED.value} <= refused
