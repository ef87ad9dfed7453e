"""What is needed to judge the signatures of a file later without the network (ETSI EN 319 142-1 §5.4, EN 319 102-1).

For each signature: the certificates of its signer's path up to and with the anchor, those of the paths of its
timestamps, and a response or list on each of them; all checked by ``bdsigner.trust`` as a verification would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import CertificateStatus, Usage
from bdsigner.model.signature import Shortfall
from bdsigner.ports import Fetcher
from bdsigner.signing.present import PresentSignature, PresentTimestamp, SignedPart
from bdsigner.trust.assessment import Standing, assess
from bdsigner.trust.certificates import parse_certificate
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.trust.paths import PathProblem
from bdsigner.trust.revocation import NO_EVIDENCE, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSource:
    """Where proofs come from."""

    anchors: tuple[bytes, ...]
    issuers: tuple[bytes, ...]
    """Certificates that may be missing from a signature; never trusted by themselves."""
    fetcher: Fetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureProofs:
    """The proofs for one signature, complete unless ``missing`` says otherwise."""

    signature: PresentSignature
    certificates: tuple[bytes, ...] = ()
    evidence: Evidence = NO_EVIDENCE
    missing: Shortfall | None = None
    missing_of: str = ""
    """Name of the certificate, else of the field."""


def gather_proofs(
    signatures: Sequence[PresentSignature], stored: Evidence, source: ProofSource
) -> tuple[SignatureProofs, ...]:
    """Find the proofs for each signature, first in the file (``stored``), then by fetching, within one set of limits."""
    now = datetime.now(UTC)
    fetches = BoundedFetches(source.fetcher)
    return tuple(_Gathering(signatures, one, stored, source, now).run(fetches) for one in signatures)


class _Gathering:
    def __init__(
        self,
        signatures: Sequence[PresentSignature],
        signature: PresentSignature,
        stored: Evidence,
        source: ProofSource,
        now: datetime,
    ) -> None:
        self._signature = signature
        self._stored = stored
        self._source = source
        later = [
            one.document_timestamp.time
            for one in signatures
            if one.document_timestamp is not None and one.covered_bytes > signature.covered_bytes
        ]
        self._later = min(later, default=None)
        self._now = max([now, *later, *(stamp.time for stamp in signature.timestamps)])

    def run(self, fetches: BoundedFetches) -> SignatureProofs:
        """What the file holds is asked first: fetched is only what says nothing of the moment, or not the last word."""
        if self._signature.part is None:
            field = self._signature.field
            return SignatureProofs(signature=self._signature, missing=Shortfall.UNREADABLE, missing_of=field)
        certificates: list[bytes] = []
        evidence = NO_EVIDENCE
        for part, usage, at in self._parts(self._signature.part):
            standing = self._assess(part, usage, at, BoundedFetches(None))
            stated_at = standing.revocation.stated_at
            if stated_at is None or stated_at < at or _shortfall(standing, at, is_proven=at < self._now) is not None:
                standing = self._assess(part, usage, at, fetches)
            shortfall = _shortfall(standing, at, is_proven=at < self._now)
            evidence += standing.proofs
            certificates += (part.signer, *standing.chain, standing.anchor, *standing.proofs.certificates)
            if shortfall is not None:
                name = standing.decided_by or _name(part.signer) or self._signature.field
                return self._found(certificates, evidence, shortfall, name)
        return self._found(certificates, evidence)

    def _found(
        self, certificates: list[bytes], evidence: Evidence, missing: Shortfall | None = None, missing_of: str = ""
    ) -> SignatureProofs:
        return SignatureProofs(
            signature=self._signature,
            certificates=tuple(dict.fromkeys(der for der in certificates if der)),
            evidence=evidence,
            missing=missing,
            missing_of=missing_of,
        )

    def _parts(self, part: SignedPart) -> Iterator[tuple[SignedPart, Usage, datetime]]:
        """Whom to assess, for what, and for which moment: the earliest at which it is proven to have existed."""
        stamps = self._signature.timestamps
        covered = self._later or self._now
        usage = Usage.TIMESTAMPING if isinstance(part, PresentTimestamp) else Usage.SIGNING
        yield part, usage, min([covered, *(stamp.time for stamp in stamps)])
        for stamp in stamps:
            yield stamp, Usage.TIMESTAMPING, covered

    def _assess(self, part: SignedPart, usage: Usage, at: datetime, fetches: BoundedFetches) -> Standing:
        return assess(
            part.signer,
            (*part.certificates, *self._source.issuers, *self._stored.certificates),
            anchors=self._source.anchors,
            fetches=fetches,
            at=at,
            now=self._now,
            usage=usage,
            evidence=self._stored,
        )


_SHORTFALLS = {
    CertificateStatus.GOOD: None,
    CertificateStatus.EXPIRED: Shortfall.EXPIRED,
    CertificateStatus.NOT_YET_VALID: Shortfall.EXPIRED,
    CertificateStatus.REVOKED: Shortfall.REVOKED,
    CertificateStatus.SUSPENDED: Shortfall.REVOKED,
    CertificateStatus.UNKNOWN: Shortfall.REVOCATION,
}
_DATES = (None, PathProblem.EXPIRED, PathProblem.NOT_YET_VALID)


def _shortfall(standing: Standing, at: datetime, *, is_proven: bool) -> Shortfall | None:
    if standing.problem not in _DATES:
        return Shortfall.CHAIN
    revoked_at = standing.revocation.revoked_at
    if is_proven and revoked_at is not None and revoked_at > at and not standing.decided_by:
        return None  # revoked after the signature is proven to have existed: its proofs are complete
    return _SHORTFALLS.get(standing.status, Shortfall.CHAIN)


def _name(der: bytes) -> str:
    try:
        certificate = parse_certificate(der)
    except CertificateError:
        return ""
    return certificate.common_name or certificate.subject
