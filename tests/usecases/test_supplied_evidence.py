"""Evidence of a release that somebody else made: shown, never counted; odd and hostile files end in an answer."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bdsigner.messages.legal_value import describe_result
from bdsigner.model.legal_value import Clause, ClauseOutcome, ClauseResult, LegalReason
from bdsigner.model.release_evidence import EvidenceProblem, SuppliedEvidence
from bdsigner.model.verification import FileReport
from bdsigner.ports import NoDocumentRegister, Services
from bdsigner.usecases import supplied_evidence as module
from bdsigner.usecases.judge_legal_value import judge_legal_value
from bdsigner.usecases.register_export import release_evidence
from bdsigner.usecases.release_documents import examine_for_release, release_document
from bdsigner.usecases.supplied_evidence import supplied_evidence
from tests.usecases.clerk import BY_MAIL, CLERK

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HASH = sha256(b"document").hexdigest()


@pytest.fixture
def report(tmp_path: Path) -> FileReport:
    path = tmp_path / "van-ban.pdf"
    return FileReport(
        path=path, size_bytes=8, sha256=HASH, checked_at=AT, verdict=None, findings=(), signatures=(), judged_bytes=8,
        is_training=False,
    )  # fmt: skip


def evidence() -> dict[str, Any]:
    link = {"number": 1, "content": "{}", "hash": sha256(b"{}").hexdigest()}
    return {
        "schema": "bdsigner.release-evidence/1",
        "file": {"name": "van-ban.pdf", "sha256": HASH},
        "review": {"verdict": "phat-hanh", "reviewer": "Văn\x1b[31m thư", "at": AT.isoformat(), "sha256": HASH},
        "release": {"channel_name": "Hộp thư", "at": AT.isoformat(), "sha256": HASH},
        "links": [link],
    }


def test_it_is_found_beside_the_file_and_harmless(report: FileReport) -> None:
    assert supplied_evidence(report) is None
    beside = report.path.with_name("van-ban.phat-hanh.json")
    beside.write_text(json.dumps(evidence()))
    expected = SuppliedEvidence(
        name=beside.name, reviewer="Văn\ufffd[31m thư", reviewed_at=AT, channel="Hộp thư", released_at=AT
    )
    assert supplied_evidence(report) == expected


@pytest.mark.parametrize("part", ["file", "review", "release"])
def test_it_speaks_of_exactly_these_bytes_or_of_none(report: FileReport, tmp_path: Path, part: str) -> None:
    changed = evidence()
    changed[part]["sha256"] = "0" * 64
    given = tmp_path / "e.json"
    given.write_text(json.dumps(changed))
    assert supplied_evidence(report, given) == SuppliedEvidence(name="e.json", problem=EvidenceProblem.OTHER_FILE)


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        json.dumps(evidence() | {"schema": "bdsigner.release-evidence/2"}).encode(),
        json.dumps(evidence() | {"links": [{"number": 1, "content": "{ }", "hash": HASH}]}).encode(),
        json.dumps(evidence() | {"review": evidence()["review"] | {"verdict": "tra-lai"}}).encode(),
        json.dumps(evidence() | {"review": evidence()["review"] | {"at": "2026-03-02T08:00:00"}}).encode(),
        json.dumps(evidence() | {"more": "x" * module.MAX_EVIDENCE_BYTES}).encode(),
    ],
    ids=["empty", "no text", "deep", "nothing", "schema", "altered", "returned", "no zone", "large"],
)
def test_what_is_no_evidence_is_said(report: FileReport, tmp_path: Path, untrusted: bytes) -> None:
    given = tmp_path / "e.json"
    given.write_bytes(untrusted)
    assert supplied_evidence(report, given) == SuppliedEvidence(name="e.json", problem=EvidenceProblem.UNREADABLE)


def test_missing_evidence_that_was_named_is_said(report: FileReport, tmp_path: Path) -> None:
    missing = supplied_evidence(report, tmp_path / "none.json")
    assert missing == SuppliedEvidence(name="none.json", problem=EvidenceProblem.UNREADABLE)


def test_16_5_what_somebody_else_states_is_shown_and_proves_nothing(services: Services, signed: Path) -> None:
    document = release_document(examine_for_release(signed, services), BY_MAIL, services, reviewer=CLERK)
    given = signed.with_name("bằng chứng.json")
    given.write_bytes(release_evidence(document))
    elsewhere = replace(services, register=NoDocumentRegister())

    def answers(by: Services, evidence: Path | None) -> dict[Clause, ClauseResult]:
        legal = judge_legal_value(by.documents.verify(signed), by, evidence=evidence)
        assert legal is not None
        return {one.clause: one for one in legal.signatures[0].clauses}

    stated = answers(elsewhere, given)
    for clause, reason, words in (
        (Clause.REVIEW, LegalReason.REVIEW_STATED, CLERK),
        (Clause.CHANNEL, LegalReason.CHANNEL_STATED, "do nơi gửi cung cấp"),
    ):
        assert (stated[clause].outcome, stated[clause].reason) == (ClauseOutcome.NOT_CHECKABLE, reason)
        assert words in describe_result(stated[clause])
        assert given.name in describe_result(stated[clause])
    assert answers(services, given)[Clause.REVIEW].outcome is ClauseOutcome.MET, "the own register proves it"
    given.write_bytes(given.read_bytes().replace(document.file.sha256.encode(), b"0" * 64))
    altered = answers(elsewhere, given)
    assert altered[Clause.REVIEW].reason is LegalReason.EVIDENCE_UNREADABLE
    assert altered[Clause.CHANNEL].reason is LegalReason.CHANNEL_UNKNOWN
