"""Receipts: read strictly, moved by forwards only."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.department.receipts import (
    MAX_RECEIPT_BYTES,
    SCHEMA,
    ReceiptSlip,
    apply,
    closed_by_revocation,
    is_news,
    parse_receipt,
)
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.request import Proof, Receipt, RequestState
from tests.department.requests_made import ID, NOW, kept, request_in

S = RequestState
GOOD = {
    "schema": SCHEMA,
    "request": ID,
    "state": "da-tiep-nhan",
    "at": "2026-11-25T15:00:00+07:00",
    "reference": "123/TN-2026",
    "reason": "Đã nhận đủ hồ sơ",
}


def receipt(state: RequestState, number: int = 1, *, reason: str = "", proof: Proof = Proof.SIGNATURE) -> Receipt:
    return Receipt(
        file=kept("phieu-tra-loi.p7m", number),
        proof=proof,
        state=state,
        at=NOW,
        reference=f"{number}/TN",
        reason=reason,
    )


def test_a_good_one() -> None:
    slip = parse_receipt(json.dumps(GOOD).encode(), file="phieu.p7m")
    assert (slip.request, slip.state, slip.at, slip.reference, slip.reason) == (
        ID,
        S.RECEIVED,
        NOW,
        "123/TN-2026",
        "Đã nhận đủ hồ sơ",
    )
    bare = {key: GOOD[key] for key in ("schema", "request", "state", "at")}
    assert parse_receipt(json.dumps(bare).encode(), file="").reference == ""


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "bdsigner.receipt/2"},
        {"request": ID.upper()},
        {"request": ID[:-1]},
        {"request": f"{ID}\n"},
        {"state": "nhap"},
        {"state": "da-bo"},
        {"state": 3},
        {"at": "2026-11-25T15:00:00"},
        {"at": "2026-11-25"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"at": "0001-01-01T00:00:00+12:00"},
        {"reference": "1" * 101},
        {"reference": "1\n2"},
        {"reason": "a" * 2001},
        {"reason": "a\x1b[31mb"},
        {"reason": "tốt \u202e xấu"},
        {"reason": "\ud800"},
        {"reason": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RequestError) as refused:
        parse_receipt(json.dumps(GOOD | change).encode(), file="phiếu.eml")
    assert refused.value.code is ErrorCode.REQUEST_RECEIPT_CONTENT
    assert refused.value.facts["file"] == "phiếu.eml"


@given(st.binary(max_size=200) | st.sampled_from([b"", b"[]", b"{", b"[" * 60_000, b" " * (MAX_RECEIPT_BYTES + 1)]))
def test_no_bytes_end_otherwise(untrusted: bytes) -> None:
    with pytest.raises(RequestError):
        parse_receipt(untrusted, file="")


@given(
    st.recursive(st.none() | st.booleans() | st.text(), lambda one: st.dictionaries(st.sampled_from(list(GOOD)), one))
)
def test_no_json_ends_otherwise(value: object) -> None:
    with pytest.raises(RequestError):
        parse_receipt(json.dumps(value).encode(), file="")


@pytest.mark.parametrize("state", [S.DRAFT, S.SIGNED, S.QUEUED, S.WITHDRAWN])
def test_what_was_not_sent_is_not_answered(state: RequestState) -> None:
    with pytest.raises(RequestError) as refused:
        apply(request_in(state), receipt(S.DONE), at=NOW)
    assert (refused.value.code, refused.value.facts) == (ErrorCode.REQUEST_RECEIPT_OTHER, {"request": ID})


@pytest.mark.parametrize("state", [S.SENDING, S.UNCERTAIN, S.SENT, S.RECEIVED, S.IN_PROGRESS])
def test_what_was_sent_moves(state: RequestState) -> None:
    before = replace(request_in(state), next_attempt=NOW, problem="request.server_answer", channel="cong")
    after = apply(before, receipt(S.REFUSED, reason="Thiếu hồ sơ"), at=NOW)
    assert (after.state, after.reason, after.reference) == (S.REFUSED, "Thiếu hồ sơ", "1/TN")
    assert (after.next_attempt, after.problem, after.revision) == (None, "", before.revision + 1)
    assert after.history[-1].state is S.REFUSED


@pytest.mark.parametrize("order", list(permutations([S.RECEIVED, S.IN_PROGRESS, S.DONE])))
def test_in_any_order_the_furthest_counts_and_all_are_kept(order: tuple[RequestState, ...]) -> None:
    request, furthest = request_in(S.SENT), 0
    ranks = {S.RECEIVED: 1, S.IN_PROGRESS: 2, S.DONE: 3}
    for number, state in enumerate(order, 1):
        before, request = request, apply(request, receipt(state, number), at=NOW)
        furthest = max(furthest, ranks[state])
        assert ranks[request.state] == furthest
        assert (request.revision, len(request.receipts)) == (before.revision + 1, number)
        assert apply(request, receipt(state, number), at=NOW) is request
    assert request.state is S.DONE
    assert [one.state for one in request.receipts] == list(order)


def test_an_end_stays_as_it_is() -> None:
    done = apply(request_in(S.SENT), receipt(S.DONE, reason="Đã thu hồi"), at=NOW)
    after = apply(done, receipt(S.REFUSED, 2, reason="Từ chối"), at=NOW)
    assert (after.state, after.reason, after.reference, after.history) == (S.DONE, "Đã thu hồi", "1/TN", done.history)
    assert len(after.receipts) == 2


def test_a_server_that_says_the_same_anew_is_no_news() -> None:
    request = apply(request_in(S.SENT), receipt(S.RECEIVED, proof=Proof.CONNECTION), at=NOW)
    slip = parse_receipt(json.dumps(GOOD | {"reference": "1/TN", "reason": ""}).encode(), file="")
    later = replace(slip, at=slip.at + timedelta(minutes=5))

    def is_worth_keeping(
        slip: ReceiptSlip, *, sha256: str = "new", proof: Proof = Proof.CONNECTION, asked: bool = True
    ) -> bool:
        return is_news(request, slip, sha256=sha256, proof=proof, is_answer=asked)

    assert not is_worth_keeping(later)
    assert is_worth_keeping(later, asked=False)
    assert is_worth_keeping(later, proof=Proof.SIGNATURE)
    assert not is_worth_keeping(later, sha256=kept(number=1).sha256, proof=Proof.SIGNATURE, asked=False)
    assert is_worth_keeping(replace(later, reason="Mời bổ sung"))


@pytest.mark.parametrize("state", [one for one in S if not one.is_over])
def test_a_revocation_that_happened_closes_its_request(state: RequestState) -> None:
    after = closed_by_revocation(request_in(state, next_attempt=NOW), NOW - timedelta(hours=1), at=NOW)
    assert (after.state, after.revoked_at, after.next_attempt) == (S.DONE, NOW - timedelta(hours=1), None)
