""" "Máy đã sẵn sàng chưa?": every part that signing needs is looked at, side by side and within a time limit.

A check that raises or hangs becomes one grey line; it never takes the others with it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock

from bdsigner.errors import BdsignerError, ErrorCode, TokenError, UserCancelled
from bdsigner.model.certificate import Certificate
from bdsigner.model.certificate_content import ItemCode
from bdsigner.model.self_check import Check, CheckResult, Light, ResultCode, SelfCheck
from bdsigner.model.token import SignerListing, Token, TokenProblem
from bdsigner.ports import Phase, Probes, Progress, Services
from bdsigner.regulation.signer import check_device, check_signer
from bdsigner.signing.fonts import missing_letters
from bdsigner.signing.timestamp import build_request, check_response
from bdsigner.trust.certificate_details import read_details
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.list_signers import list_signers

log = logging.getLogger(__name__)

TOTAL_SECONDS = 20.0
"""No check may hold the person longer; hung drivers have longer deadlines of their own."""
LISTING_SECONDS = 8.0
"""Modules that have not answered by then are named as slow."""
SLOW_SECONDS = 3.0
"""A server that answers later than this makes signing tedious."""
ENDS_SOON = timedelta(days=30)
"""A renewal takes the department some weeks."""
LEAST_FREE_BYTES = 200 * 1024 * 1024
"""A signed scan is as large as the scan, and scans of over 100 MB are met."""
_LOOK_SECONDS = 0.2

Results = Iterator[CheckResult]


def self_check(services: Services, probes: Probes, *, progress: Progress) -> SelfCheck:
    """Look at everything.  Raises ``UserCancelled``, nothing else."""
    checks = _Checks(services, probes)
    pool = ThreadPoolExecutor(len(Check), thread_name_prefix="self-check")
    try:
        running = {check: pool.submit(_all, checks, check) for check in Check}
        _wait(running, progress)
        return SelfCheck(results=tuple(one for check, future in running.items() for one in _result(check, future)))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _all(checks: "_Checks", check: Check) -> tuple[CheckResult, ...]:
    return tuple(checks.run(check))


def _wait(running: dict[Check, "Future[tuple[CheckResult, ...]]"], progress: Progress) -> None:
    """Until all have ended or the time is over; tells of each that ends."""
    left = set(running.values())
    for _ in range(int(TOTAL_SECONDS / _LOOK_SECONDS)):
        _, left = wait(left, timeout=_LOOK_SECONDS)
        progress.report(Path(), Phase.VERIFYING, done=len(running) - len(left), total=len(running))
        if not left:
            return


def _result(check: Check, future: "Future[tuple[CheckResult, ...]]") -> tuple[CheckResult, ...]:
    if not future.done():
        return (_line(check, ResultCode.NOT_CHECKED, Light.GREY, reason="timeout"),)
    bug = future.exception()
    if bug is None:
        return future.result()
    if isinstance(bug, BdsignerError):
        return (_error(check, bug, Light.GREY),)
    log.error("self-check %s ended by %s", check.value, type(bug).__name__, exc_info=bug)
    return (_line(check, ResultCode.NOT_CHECKED, Light.GREY, reason=type(bug).__name__),)


class _Checks:
    """One method for each check; the look at the tokens is shared."""

    def __init__(self, services: Services, probes: Probes) -> None:
        self._services = services
        self._probes = probes
        self._now = services.clock.now()
        self._lock = Lock()
        self._listing: SignerListing | None = None

    def run(self, check: Check) -> Results:
        """The results of one check."""
        by_check: dict[Check, Callable[[], Results]] = {
            Check.PROFILE: self._profile,
            Check.DRIVERS: self._drivers,
            Check.CARD_SERVICE: self._card_service,
            Check.TOKENS: self._tokens,
            Check.CERTIFICATES: self._certificates,
            Check.CLOCK: self._clock,
            Check.TIMESTAMP: self._timestamp,
            Check.REVOCATION: self._revocation,
            Check.PROXY: self._proxy,
            Check.FONT: self._font,
            Check.FOLDERS: self._folders,
        }
        return by_check[check]()

    def _seen(self) -> SignerListing:
        with self._lock:
            if self._listing is None:
                self._listing = list_signers(self._services.tokens, patience_seconds=LISTING_SECONDS)
            return self._listing

    def _profile(self) -> Results:
        profile = self._services.profile
        code, light = ResultCode.PROFILE_GOOD, Light.GREEN
        if profile.is_training:
            code, light = ResultCode.PROFILE_TRAINING, Light.AMBER
        yield _line(Check.PROFILE, code, light, province=profile.province, regulation=profile.regulation)
        if not profile.anchors:
            yield _line(Check.PROFILE, ResultCode.ANCHORS_MISSING, Light.RED, folder=str(profile.folder))
        for anchor in map(parse_certificate, profile.anchors):
            if anchor.not_after < self._now + ENDS_SOON:
                light = Light.RED if anchor.not_after < self._now else Light.AMBER
                facts = {"name": anchor.common_name, "until": anchor.not_after.isoformat()}
                yield _line(Check.PROFILE, ResultCode.ANCHOR_EXPIRES, light, **facts)

    def _drivers(self) -> Results:
        survey = self._probes.drivers()
        problems = {(each.module_path, each.code): each for each in (*survey.problems, *self._seen().problems)}
        if survey.names:
            names = ", ".join(survey.names)
            yield _line(Check.DRIVERS, ResultCode.DRIVERS_GOOD, Light.GREEN, count=str(len(survey.names)), names=names)
        elif not problems:
            yield _error(Check.DRIVERS, TokenError(ErrorCode.TOKEN_NO_MODULE), Light.RED)
        for problem in problems.values():
            yield _problem(Check.DRIVERS, problem, Light.AMBER if survey.names else Light.RED)

    def _card_service(self) -> Results:
        service = self._probes.card_service()
        # A soft token or a token with a driver of its own kind needs no PC/SC.
        light = Light.AMBER if self._seen().tokens else Light.RED
        if not service.has_library:
            yield _line(Check.CARD_SERVICE, ResultCode.CARD_SERVICE_NO_LIBRARY, light)
        elif not service.is_running:
            yield _line(Check.CARD_SERVICE, ResultCode.CARD_SERVICE_STOPPED, light)
        elif not service.readers:
            yield _line(Check.CARD_SERVICE, ResultCode.CARD_SERVICE_NO_READERS, Light.AMBER)
        else:
            readers = ", ".join(service.readers)
            yield _line(Check.CARD_SERVICE, ResultCode.CARD_SERVICE_GOOD, Light.GREEN, readers=readers)

    def _tokens(self) -> Results:
        tokens = self._seen().tokens
        if not tokens:
            yield _error(Check.TOKENS, TokenError(ErrorCode.TOKEN_NOT_FOUND), Light.RED)
        for token in tokens:
            try:
                check_device(token, self._services.profile.mode)
            except TokenError as refusal:
                yield _error(Check.TOKENS, refusal, Light.RED)
            else:
                yield _pin_line(token)

    def _certificates(self) -> Results:
        listing = self._seen()
        if listing.tokens and not listing.signers:
            yield _error(Check.CERTIFICATES, BdsignerError(ErrorCode.CERTIFICATE_NONE), Light.RED)
        for signer in listing.signers:
            others = tuple(one.der for one in signer.token.certificates if one.der != signer.certificate.der)
            yield self._certificate(signer.certificate, others)

    def _certificate(self, certificate: Certificate, others: tuple[bytes, ...]) -> CheckResult:
        facts = {"name": certificate.common_name, "serial": certificate.serial_number}
        assessment = self._services.documents.assess_certificate(certificate.der, others, at=self._now)
        try:
            is_checked = check_signer(certificate, assessment)
        except BdsignerError as refusal:
            return _error(Check.CERTIFICATES, refusal, Light.RED)
        if not is_checked:
            unchecked = BdsignerError(ErrorCode.CERTIFICATE_UNCHECKED, **facts)
            return _error(Check.CERTIFICATES, unchecked, Light.AMBER)
        left = certificate.not_after - self._now
        facts |= {"days": str(left.days), "until": certificate.not_after.isoformat()}
        if left < ENDS_SOON:
            return _line(Check.CERTIFICATES, ResultCode.CERTIFICATE_ENDS_SOON, Light.AMBER, **facts)
        return _line(Check.CERTIFICATES, ResultCode.CERTIFICATE_GOOD, Light.GREEN, **facts)

    def _clock(self) -> Results:
        urls = self._services.profile.timestamp.urls
        if not urls:
            yield _line(Check.CLOCK, ResultCode.NOT_CHECKED, Light.GREY, reason="TSA")
            return
        ahead_seconds, uncertainty_seconds = self._clock_offset(urls[0])
        tolerance = self._services.profile.timestamp.tolerance_seconds
        facts = {"seconds": f"{abs(ahead_seconds):.0f}", "ahead": "1" if ahead_seconds > 0 else ""}
        certain = max(0.0, abs(ahead_seconds) - uncertainty_seconds)
        if certain > tolerance:
            yield _line(Check.CLOCK, ResultCode.CLOCK_WRONG, Light.RED, **facts)
        elif certain > tolerance / 2:
            yield _line(Check.CLOCK, ResultCode.CLOCK_DRIFTS, Light.AMBER, **facts)
        else:
            yield _line(Check.CLOCK, ResultCode.CLOCK_GOOD, Light.GREEN, **facts)

    def _clock_offset(self, url: str) -> tuple[float, float]:
        """How many seconds this machine is ahead of an authority, and how uncertain that is.  Raises ``NetworkError``."""
        before = self._services.clock.now()
        stamped = self._timestamp_from(url)
        after = self._services.clock.now()
        half_way = (after - before) / 2
        # Most authorities write whole seconds (RFC 3161 §2.4.2 genTime).
        return (before + half_way - stamped).total_seconds(), half_way.total_seconds() + 1

    def _timestamp_from(self, url: str) -> datetime:
        request = build_request(b"bdsigner")
        return check_response(request, self._probes.ask_timestamp(url, request)).time

    def _timestamp(self) -> Results:
        urls = self._services.profile.timestamp.urls
        if not urls:
            yield _error(Check.TIMESTAMP, BdsignerError(ErrorCode.NETWORK_NO_TSA), Light.RED)
        yield from _servers(Check.TIMESTAMP, urls, self._timestamp_from)

    def _revocation(self) -> Results:
        profile = self._services.profile
        urls = list(dict.fromkeys((*profile.ocsp_urls, *profile.crl_urls)))
        for signer in self._seen().signers:
            urls += [url for url in _revocation_addresses(signer.certificate) if url not in urls]
        if not urls:
            yield _line(Check.REVOCATION, ResultCode.SERVERS_UNKNOWN, Light.AMBER)
        yield from _servers(Check.REVOCATION, urls, self._probes.reach)

    def _proxy(self) -> Results:
        proxy = self._services.profile.network.proxy
        if not proxy:
            yield _line(Check.PROXY, ResultCode.PROXY_NONE, Light.GREEN)
            return
        try:
            self._probes.reach_proxy(proxy)
        except BdsignerError as error:
            yield _error(Check.PROXY, error, Light.RED)
        else:
            yield _line(Check.PROXY, ResultCode.PROXY_GOOD, Light.GREEN, proxy=proxy)

    def _font(self) -> Results:
        font = self._services.profile.font
        missing = missing_letters(font)
        if missing:
            yield _line(Check.FONT, ResultCode.FONT_LACKS, Light.RED, font=font.name, missing=missing[:20])
        else:
            yield _line(Check.FONT, ResultCode.FONT_GOOD, Light.GREEN, font=font.name)

    def _folders(self) -> Results:
        for folder in self._probes.folders():
            facts = {"purpose": folder.purpose, "path": folder.path, "free_mb": str(folder.free_bytes >> 20)}
            if not folder.is_writable:
                yield _line(Check.FOLDERS, ResultCode.FOLDER_REFUSES, Light.RED, **facts)
            elif folder.free_bytes < LEAST_FREE_BYTES:
                yield _line(Check.FOLDERS, ResultCode.FOLDER_FULL, Light.AMBER, **facts)
            else:
                yield _line(Check.FOLDERS, ResultCode.FOLDER_GOOD, Light.GREEN, **facts)


def _servers(check: Check, urls: "tuple[str, ...] | list[str]", ask: Callable[[str], object]) -> Results:
    """One line a server, asked side by side; a server out of reach is grave only where no other answers."""
    if not urls:
        return
    with ThreadPoolExecutor(len(urls), thread_name_prefix="self-check-servers") as pool:
        answers = list(pool.map(partial(_answer, ask), urls))
    nobody = Light.AMBER if any(isinstance(answer, float) for answer in answers) else Light.RED
    for url, answer in zip(urls, answers, strict=True):
        if isinstance(answer, BdsignerError):
            yield _error(check, answer, nobody)
        else:
            is_slow = answer > SLOW_SECONDS
            code = ResultCode.SERVER_SLOW if is_slow else ResultCode.SERVER_GOOD
            light = Light.AMBER if is_slow else Light.GREEN
            yield _line(check, code, light, url=url, milliseconds=f"{answer * 1000:.0f}")


def _answer(ask: Callable[[str], object], url: str) -> float | BdsignerError:
    """Seconds until it answered, or why it did not."""
    started = time.monotonic()
    try:
        ask(url)
    except UserCancelled:
        raise
    except BdsignerError as error:
        return error
    return time.monotonic() - started


def _revocation_addresses(certificate: Certificate) -> list[str]:
    """Untrusted addresses of OCSP responders and CRLs that a certificate names."""
    kinds = (ItemCode.OCSP_ADDRESS, ItemCode.CRL_ADDRESS)
    return [item.value for item in read_details(certificate.der).items if item.code in kinds]


def _pin_line(token: Token) -> CheckResult:
    facts = {"label": token.label, "serial": token.serial}
    if token.pin.locked:
        return _error(Check.TOKENS, TokenError(ErrorCode.TOKEN_PIN_LOCKED, **facts), Light.RED)
    if not token.pin.is_set:
        return _error(Check.TOKENS, TokenError(ErrorCode.TOKEN_PIN_NOT_SET, **facts), Light.RED)
    if token.pin.final_try:
        return _line(Check.TOKENS, ResultCode.DEVICE_FINAL_TRY, Light.RED, **facts)
    if token.pin.count_low:
        return _line(Check.TOKENS, ResultCode.DEVICE_PIN_MISSED, Light.AMBER, **facts)
    return _line(Check.TOKENS, ResultCode.DEVICE_GOOD, Light.GREEN, **facts)


def _problem(check: Check, problem: TokenProblem, light: Light) -> CheckResult:
    facts = {"module": problem.module_path, **problem.facts, "code": problem.code}
    return CheckResult(check=check, code=ResultCode.ERROR, light=light, facts=facts)


def _error(check: Check, error: BdsignerError, light: Light) -> CheckResult:
    facts = {name: str(value) for name, value in error.facts.items()} | {"code": error.code.value}
    return CheckResult(check=check, code=ResultCode.ERROR, light=light, facts=facts)


def _line(check: Check, code: ResultCode, light: Light, **facts: str) -> CheckResult:
    return CheckResult(check=check, code=code, light=light, facts=facts)
