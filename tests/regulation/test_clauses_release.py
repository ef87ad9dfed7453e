"""Before a document leaves the agency: each rule named after its clause (Đ10.2a, Đ10.3c)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.model.release import ClerkReview, ReleaseFacts, ReviewVerdict
from bdsigner.model.signing_rules import KindGroup, ObjectionWeight
from bdsigner.regulation.release import is_official_mailbox, release_objections, review_objections
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path

PROFILE = load_profile(resource_path("profiles", "binh-duong"))
REVIEW = ClerkReview(
    verdict=ReviewVerdict.RELEASE, reviewer="Phạm Thị Thùy Dương", at=datetime(2026, 1, 6, tzinfo=UTC), sha256="ab"
)
MAILBOX = "vanthu@binhduong.gov.vn"


def facts(**changes: Any) -> ReleaseFacts:
    parts: dict[str, Any] = {
        "kind": KindGroup.OFFICIAL,
        "is_signed": True,
        "sha256": "ab",
        "review": REVIEW,
        "channel": "hop_thu_cong_vu",
        "sender": MAILBOX,
        "recipients": ("sotttt@binhduong.gov.vn",),
        "profile": PROFILE,
    }
    return ReleaseFacts(**parts | changes)


def stops(given: ReleaseFacts) -> list[ErrorCode]:
    objections = release_objections(given)
    assert all(objection.weight is ObjectionWeight.STOP for objection in objections), "none may be overridden"
    return [objection.code for objection in objections]


def test_a_signed_and_reviewed_document_is_released() -> None:
    assert stops(facts()) == []


def test_d10_2a_a_kind_that_must_be_electronic_is_signed_before_release() -> None:
    kinds = tuple(replace(kind, must_be_electronic=True) for kind in PROFILE.document_kinds)
    listed = replace(PROFILE, document_kinds=kinds)
    for kind in KindGroup:
        assert stops(facts(kind=kind, is_signed=False, profile=listed)) == [ErrorCode.REGULATION_RELEASE_UNSIGNED]
        assert stops(facts(kind=kind, profile=listed)) == []
        assert stops(facts(kind=kind, is_signed=False)) == [], "not on the department's list"


def test_d10_3c_no_release_without_review() -> None:
    assert stops(facts(review=None)) == [ErrorCode.REGULATION_RELEASE_UNREVIEWED]
    assert stops(facts(review=None, kind=KindGroup.INTERNAL)) == []


def test_d10_3c_the_review_is_of_this_content() -> None:
    assert stops(facts(sha256="cd")) == [ErrorCode.REGULATION_RELEASE_CHANGED]


def test_d10_3c_what_was_returned_is_not_released() -> None:
    returned = replace(REVIEW, verdict=ReviewVerdict.RETURN, reason="Sai thẩm quyền")
    (objection,) = release_objections(facts(review=returned))
    assert objection.code is ErrorCode.REGULATION_RELEASE_RETURNED
    assert "Sai thẩm quyền" in describe_code(objection.code, objection.facts).sentence


@pytest.mark.parametrize("reason", ["", "  "])
def test_d10_3c_a_document_is_returned_with_a_reason(reason: str) -> None:
    returned = replace(REVIEW, verdict=ReviewVerdict.RETURN, reason=reason)
    assert [objection.code for objection in review_objections(returned)] == [ErrorCode.REGULATION_RETURN_UNREASONED]
    assert review_objections(replace(returned, reason="Thiếu số")) == ()
    assert review_objections(REVIEW) == ()


@pytest.mark.parametrize("channel", [channel.id for channel in PROFILE.channels])
def test_d10_3c_the_three_ways_of_sending_are_valid(channel: str) -> None:
    assert stops(facts(channel=channel)) == []


@pytest.mark.parametrize("channel", ["", "zalo", "HOP_THU_CONG_VU"])
def test_d10_3c_no_other_way_of_sending(channel: str) -> None:
    assert stops(facts(channel=channel)) == [ErrorCode.REGULATION_RELEASE_CHANNEL]


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "vanthu@gmail.com",
        "vanthu@binhduong.gov.vn.example.com",
        "vanthu@xbinhduong.gov.vn",
        "vanthu@so.binhduong.gov.vn",
        "vanthu@gmail.com <vanthu@binhduong.gov.vn>",
        "a@gmail.com,b@binhduong.gov.vn",
        "a@gmail.com@binhduong.gov.vn",
        "@binhduong.gov.vn",
        "vanthu@binhduong.gov.vn\nBcc: a@gmail.com",
    ],
)
def test_d10_3c_mail_leaves_an_official_mailbox_only(sender: str) -> None:
    assert stops(facts(sender=sender)) == [ErrorCode.REGULATION_RELEASE_MAILBOX]
    assert stops(facts(sender=sender, channel="cong_thong_tin")) == [], "the portal is no mailbox"


def test_d10_3c_official_domains_are_the_profiles() -> None:
    assert is_official_mailbox("VanThu@BinhDuong.GOV.vn", PROFILE.mail_domains)
    assert not is_official_mailbox(MAILBOX, ("dongthap.gov.vn",))


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert stops(facts(review=None, channel="zalo")) == [
        ErrorCode.REGULATION_RELEASE_UNREVIEWED,
        ErrorCode.REGULATION_RELEASE_CHANNEL,
    ]


def test_d10_3c_mail_goes_to_somebody() -> None:
    """§7.3: record channel, time, recipients, hash."""
    assert stops(facts(recipients=())) == [ErrorCode.REGULATION_RELEASE_RECIPIENTS]
    assert stops(facts(recipients=(), channel="cong_thong_tin")) == [], "the portal is read by everybody"


@pytest.mark.parametrize("kind", list(KindGroup))
def test_d12_1b_what_is_not_validly_signed_does_not_leave(kind: KindGroup) -> None:
    assert stops(facts(kind=kind, is_broken=True)) == [ErrorCode.REGULATION_RELEASE_BROKEN]
