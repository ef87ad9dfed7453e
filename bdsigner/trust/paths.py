"""Paths from a certificate to the configured anchors (RFC 5280 §6.1), at one moment, without revocation.

Scope is decided by signatures up to an anchor, never by an issuer's text (Đ1).  The path is searched here, without
network and with narrow limits; the rules of RFC 5280 are applied by pyhanko_certvalidator.
"""

from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from asn1crypto import x509
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import ExpiredError, NotYetValidError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.validate import async_validate_path

MAX_PATH_LENGTH = 8
"""Certificates between leaf and anchor; real ones have 1–3."""
MAX_POOL = 64
"""Certificates considered as issuers; a CMS may bring thousands."""
MAX_STEPS = 256
"""Steps of the search: certificates of one name may form a maze."""
MAX_PATHS = 8
"""Complete paths validated."""


class PathProblem(StrEnum):
    """Why no valid path was found; the least bad of all candidates is reported."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    BROKEN = "broken"
    """Names lead to an anchor, but a signature, a constraint or an algorithm does not hold."""
    NOT_FOUND = "not_found"
    ISSUER_UNREACHABLE = "issuer_unreachable"
    """No path, and a certificate names an address of its issuer that could not be fetched: nothing is known."""
    NO_ANCHORS = "no_anchors"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PathResult:
    """A path, leaf first, then its issuers, the anchor last; empty when none was found."""

    certificates: tuple[x509.Certificate, ...] = ()
    problem: PathProblem | None = None
    detail: str = ""


def load_certificates(ders: Sequence[bytes]) -> list[x509.Certificate]:
    """Parse what can be parsed, without doubles, at most ``MAX_POOL``."""
    loaded = []
    for der in dict.fromkeys(ders[:MAX_POOL]):
        certificate = load_certificate(der)
        if certificate is not None:
            loaded.append(certificate)
    return loaded


@lru_cache(maxsize=128)
def load_certificate(der: bytes) -> x509.Certificate | None:
    """Parse one certificate as far as a path needs it; ``None`` when that fails.

    Kept for a while: twenty signatures of one file bring the same issuers twenty times.
    """
    try:
        certificate = x509.Certificate.load(der, strict=True)
        # asn1crypto parses late: touch all that path building and validation read
        _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.serial_number
        _ = certificate.not_valid_before, certificate.not_valid_after, certificate.critical_extensions
        _ = certificate.public_key.native, certificate.key_identifier, certificate.authority_key_identifier
    except Exception:  # noqa: BLE001  # asn1crypto raises whatever a hostile structure leads to
        return None
    return certificate


def find_path(
    leaf: x509.Certificate, pool: list[x509.Certificate], anchors: list[x509.Certificate], at: datetime
) -> PathResult:
    """Find a path that is valid at ``at``; else the best of the others with its problem."""
    if not anchors:
        return PathResult(problem=PathProblem.NO_ANCHORS)
    best = PathResult(problem=PathProblem.NOT_FOUND)
    order = list(PathProblem)
    for count, candidate in enumerate(_candidates(leaf, pool, anchors)):
        if count >= MAX_PATHS:
            break
        result = _validate(candidate, at)
        if result.problem is None:
            return result
        if best.problem is None or order.index(result.problem) < order.index(best.problem):
            best = result
    return best


def _candidates(
    leaf: x509.Certificate, pool: list[x509.Certificate], anchors: list[x509.Certificate]
) -> Iterator[tuple[x509.Certificate, ...]]:
    stack: list[tuple[x509.Certificate, ...]] = [(leaf,)]
    for _ in range(MAX_STEPS):
        if not stack:
            return
        path = stack.pop()
        for anchor in anchors:
            if _may_have_issued(anchor, path[-1]):
                yield (*path, anchor)
        if len(path) <= MAX_PATH_LENGTH:
            seen = {certificate.sha256 for certificate in path}
            stack += [
                (*path, issuer) for issuer in pool if issuer.sha256 not in seen and _may_have_issued(issuer, path[-1])
            ]


def _may_have_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject.hashable != certificate.issuer.hashable:
        return False
    wanted, present = certificate.authority_key_identifier, issuer.key_identifier
    return wanted is None or present is None or wanted == present


def _validate(path: tuple[x509.Certificate, ...], at: datetime) -> PathResult:
    problem, detail = _problem(path, at)
    leaf = path[0]
    if problem in (PathProblem.EXPIRED, PathProblem.NOT_YET_VALID):
        # Only a path that holds at some other time is out of date; anything else is broken.
        moments = (leaf.not_valid_after, leaf.not_valid_before)
        if all(_problem(path, moment)[0] is not None for moment in moments):
            problem = PathProblem.BROKEN
    return PathResult(path, problem, detail)


def _problem(path: tuple[x509.Certificate, ...], at: datetime) -> tuple[PathProblem | None, str]:
    try:
        _run_validation(path, at)
    except ExpiredError as error:
        return PathProblem.EXPIRED, str(error)
    except NotYetValidError as error:
        return PathProblem.NOT_YET_VALID, str(error)
    except Exception as error:  # noqa: BLE001  # rare contents raise untyped errors inside the library
        return PathProblem.BROKEN, f"{type(error).__name__}: {error}"
    return None, ""


def _run_validation(path: tuple[x509.Certificate, ...], at: datetime) -> None:
    leaf, *issuers, anchor = path
    trust_anchor = CertTrustAnchor(anchor)
    context = ValidationContext(
        trust_roots=[trust_anchor], moment=at, allow_fetching=False, revinfo_policy=CertRevTrustPolicy(NO_REVOCATION)
    )
    _finish(async_validate_path(context, ValidationPath(trust_anchor, reversed(issuers), leaf)))


def _finish(coroutine: Coroutine[None, None, object]) -> None:
    """Run a coroutine that waits for nothing (no fetching, no revocation): an event loop would cost 3 ms."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("path validation tried to wait")
