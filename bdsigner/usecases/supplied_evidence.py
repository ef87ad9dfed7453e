"""Evidence of a release that came with a file from elsewhere (regulation.md §16.5): somebody's statement, unsigned."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from bdsigner.model.release_evidence import EVIDENCE_ENDING, EvidenceProblem, SuppliedEvidence
from bdsigner.model.verification import FileReport

log = logging.getLogger(__name__)

MAX_EVIDENCE_BYTES = 1 << 20
"""One document's entries of the register: a few kilobytes each."""
_Text = Annotated[str, msgspec.Meta(max_length=500)]
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _File(msgspec.Struct, frozen=True):
    sha256: _Hash


class _Review(msgspec.Struct, frozen=True):
    verdict: Literal["phat-hanh"]
    reviewer: _Text
    at: _Time
    sha256: _Hash


class _Release(msgspec.Struct, frozen=True):
    channel_name: _Text
    at: _Time
    sha256: _Hash


class _Link(msgspec.Struct, frozen=True):
    content: str
    hash: _Hash


class _Evidence(msgspec.Struct, frozen=True):
    """What ``register_export.release_evidence`` writes, as far as it is used here."""

    schema: Literal["bdsigner.release-evidence/1"]
    file: _File
    review: _Review
    release: _Release
    links: Annotated[list[_Link], msgspec.Meta(max_length=10_000)]


def supplied_evidence(report: FileReport, given: Path | None = None) -> SuppliedEvidence | None:
    """What the ``given`` file says of the release of exactly these bytes, else ``a.phat-hanh.json`` beside ``a.pdf``.

    ``None``: there is none.  Never raises.
    """
    path = given or report.path.with_name(report.path.stem + EVIDENCE_ENDING)
    name = _printable(path.name)
    try:
        if given is None and not path.is_file():
            return None
        evidence = _read(path)
    except (OSError, ValueError, RecursionError) as error:
        log.info("evidence not read: %s", error)
        return SuppliedEvidence(name=name, problem=EvidenceProblem.UNREADABLE)
    if {evidence.file.sha256, evidence.review.sha256, evidence.release.sha256} != {report.sha256}:
        return SuppliedEvidence(name=name, problem=EvidenceProblem.OTHER_FILE)
    return SuppliedEvidence(
        name=name,
        reviewer=_printable(evidence.review.reviewer),
        reviewed_at=evidence.review.at,
        channel=_printable(evidence.release.channel_name),
        released_at=evidence.release.at,
    )


def _read(path: Path) -> _Evidence:
    """Raises ``OSError``, ``ValueError`` (which msgspec's errors are)."""
    with path.open("rb") as file:
        untrusted = file.read(MAX_EVIDENCE_BYTES + 1)
    if len(untrusted) > MAX_EVIDENCE_BYTES:
        raise ValueError("too large")
    evidence = msgspec.json.decode(untrusted, type=_Evidence)
    if any(hashlib.sha256(one.content.encode()).hexdigest() != one.hash for one in evidence.links):
        raise ValueError("a link does not fit its hash")
    return evidence


def _printable(untrusted: str) -> str:
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in untrusted)
