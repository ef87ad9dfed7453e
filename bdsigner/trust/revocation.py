"""Whether a certificate was revoked: by OCSP, else by CRL, from the file and from the network.

A statement counts only when its signature and its signer's authority hold.  "Revoked" counts whatever its age;
"good" and "held" only when the statement speaks of the moment asked for: made at or after it, or still current
then.  "Good" made after the certificate expired proves nothing, since a CA may then forget the certificate
(EN 319 102-1 §5.2.6).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509

from bdsigner.ports import FetchKind, FetchRequest
from bdsigner.trust.crl import crl_addresses, read_crl
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.trust.ocsp import ocsp_addresses, ocsp_request, read_ocsp
from bdsigner.trust.statements import RevocationStatus, Statement

MAX_ADDRESSES = 3
"""OCSP and CRL addresses tried per certificate."""
MAX_EVIDENCE = 64
"""OCSP responses and CRLs taken from one file; the DSS of a long-lived document has a dozen."""
CLOCK_SKEW = timedelta(minutes=5)
"""A statement may seem to come from the future by this much."""
AGE_WITHOUT_NEXT_UPDATE = timedelta(days=1)
"""How long a statement without nextUpdate counts as current."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Revocation data, DER: untrusted when it came with the file (DSS), what a judgement rests on when it comes out."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    certificates: tuple[bytes, ...] = ()
    """Of delegated OCSP responders."""

    def __add__(self, other: "Evidence") -> "Evidence":
        """Both, without doubles."""
        return Evidence(
            tuple(dict.fromkeys((*self.ocsps, *other.ocsps))),
            tuple(dict.fromkeys((*self.crls, *other.crls))),
            tuple(dict.fromkeys((*self.certificates, *other.certificates))),
        )


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What is known, with its source."""

    status: RevocationStatus
    source: str = ""
    """``ocsp``, ``crl``; empty when neither answered."""
    is_from_file: bool = False
    """It came with the file, or else from the network."""
    stated_at: datetime | None = None
    """thisUpdate of the statement."""
    age: timedelta | None = None
    """How long before now it was stated."""
    revoked_at: datetime | None = None
    proofs: Evidence = NO_EVIDENCE
    """What the status rests on."""


NOT_CHECKED = Revocation(status=RevocationStatus.UNKNOWN)


class RevocationChecker:
    """Checks certificates for one moment; remembers nothing but the fetches."""

    def __init__(self, *, at: datetime, now: datetime, evidence: Evidence, fetches: BoundedFetches) -> None:
        self._at = at
        self._now = now
        self._evidence = evidence
        self._fetches = fetches

    def check(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Revocation:
        """Judge ``certificate``, issued by ``issuer``.  A revocation stated anywhere wins over everything else."""
        statements = [*self._from_file(certificate, issuer), *self._ocsp_online(certificate, issuer)]
        if not any(statement.source == "ocsp" and self._speaks(statement, certificate) for statement in statements):
            statements += self._crl_online(certificate, issuer)
        return self._decide(statements, certificate)

    def _from_file(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[Statement]:
        for der in self._evidence.ocsps[:MAX_EVIDENCE]:
            yield from _of_file(self._read_ocsp(der, certificate, issuer))
        for der in self._evidence.crls[:MAX_EVIDENCE]:
            yield from _of_file(_some(read_crl(der, certificate, issuer)))

    def _ocsp_online(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[Statement]:
        for url in _web(ocsp_addresses(certificate)):
            body = ocsp_request(certificate, issuer)
            der = self._fetches.get(FetchRequest(kind=FetchKind.OCSP, url=url, body=body))
            found = self._read_ocsp(der, certificate, issuer) if der is not None else []
            if found:
                return found
        return []

    def _crl_online(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[Statement]:
        for url in _web(crl_addresses(certificate)):
            der = self._fetches.get(FetchRequest(kind=FetchKind.CRL, url=url))
            found = _some(read_crl(der, certificate, issuer)) if der is not None else []
            if found:
                return found
        return []

    def _read_ocsp(self, der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> list[Statement]:
        lists_used: tuple[bytes, ...] = ()

        def responder_is_good(responder: x509.Certificate) -> bool:
            nonlocal lists_used
            lists = [read_crl(crl, responder, issuer) for crl in self._evidence.crls[:MAX_EVIDENCE]]
            statements = [*(one for one in lists if one is not None), *self._crl_online(responder, issuer)]
            decided = self._decide(statements, responder)
            lists_used = decided.proofs.crls
            return decided.status is RevocationStatus.GOOD

        found = _some(read_ocsp(der, certificate, issuer, responder_is_good=responder_is_good))
        return [replace(one, responder_crls=lists_used) for one in found]

    def _decide(self, statements: list[Statement], certificate: x509.Certificate) -> Revocation:
        for status in (RevocationStatus.REVOKED, RevocationStatus.HELD, RevocationStatus.GOOD):
            usable = [one for one in statements if one.status is status and self._speaks(one, certificate)]
            if usable:
                best = max(usable, key=lambda statement: statement.this_update)
                return Revocation(
                    status=status,
                    source=best.source,
                    is_from_file=best.is_from_file,
                    stated_at=best.this_update,
                    age=max(self._now - best.this_update, timedelta()),
                    revoked_at=best.revoked_at,
                    proofs=_proofs(best),
                )
        return NOT_CHECKED

    def _speaks(self, statement: Statement, certificate: x509.Certificate) -> bool:
        if statement.status is RevocationStatus.REVOKED:
            return True
        if statement.this_update > self._now + CLOCK_SKEW:
            return False
        current_until = statement.next_update or statement.this_update + AGE_WITHOUT_NEXT_UPDATE
        if statement.this_update < self._at and current_until + CLOCK_SKEW < self._at:
            return False
        return statement.status is RevocationStatus.HELD or statement.this_update <= certificate.not_valid_after_utc


def _of_file(statements: Iterable[Statement]) -> list[Statement]:
    return [replace(one, is_from_file=True) for one in statements]


def _some(statement: Statement | None) -> list[Statement]:
    return [] if statement is None else [statement]


def _proofs(statement: Statement) -> Evidence:
    if statement.source == "crl":
        return Evidence(crls=(statement.der,))
    responder = (statement.responder,) if statement.responder else ()
    return Evidence((statement.der,), statement.responder_crls, responder)


def _web(addresses: list[str]) -> list[str]:
    return [url for url in addresses if url.lower().startswith(("http://", "https://"))][:MAX_ADDRESSES]
