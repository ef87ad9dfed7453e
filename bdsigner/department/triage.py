"""The guided start: what happened, at most one more question, and the case it is (Điều 6–8).  Pure."""

from dataclasses import dataclass
from enum import StrEnum

from bdsigner.department.cases import CASES, Starter
from bdsigner.model.device import RequestCase


class Happening(StrEnum):
    """“Chuyện gì đã xảy ra?”."""

    LOST_OR_EXPOSED = "lost"
    PIN_FORGOTTEN_OR_LOCKED = "pin"
    DETAILS_CHANGED = "details"
    TITLE_CHANGED = "title"
    LEAVING = "leaving"
    CERTIFICATE_WANTED = "enrol"
    """The first one, or a renewal."""


class Asked(StrEnum):
    """What must be answered before the case is known."""

    IS_DEVICE_SAFE = "is_device_safe"
    """Đ8.1: not lost, copied or used against the will."""
    IS_STILL_AUTHORISED = "is_still_authorised"
    """Whether the new title is one of Đ5.1a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done."""

    case: RequestCase
    form: str
    starters: frozenset[Starter]
    stops_signing: bool
    """The device signs no more on this machine, at once (Đ7.1d)."""


def decide(
    happening: Happening, *, is_device_safe: bool | None = None, is_still_authorised: bool | None = None
) -> Decision | Asked:
    """The case, or the one question that is still open; ``None`` means that it was not answered."""
    if happening is Happening.LOST_OR_EXPOSED:
        return _decision(RequestCase.LOST)
    if happening is Happening.LEAVING:
        return _decision(RequestCase.LEFT)
    if happening is Happening.CERTIFICATE_WANTED:
        return _decision(RequestCase.ENROLMENT)
    if is_device_safe is None:
        return Asked.IS_DEVICE_SAFE
    if not is_device_safe:
        return _decision(RequestCase.LOST)
    if happening is Happening.PIN_FORGOTTEN_OR_LOCKED:
        return _decision(RequestCase.PIN_LOCKED)
    if happening is Happening.DETAILS_CHANGED:
        return _decision(RequestCase.DETAILS_CHANGED)
    if is_still_authorised is None:
        return Asked.IS_STILL_AUTHORISED
    return _decision(RequestCase.TITLE_CHANGED if is_still_authorised else RequestCase.TITLE_LOST)


def _decision(case: RequestCase) -> Decision:
    rule = CASES[case]
    return Decision(case=case, form=rule.form, starters=rule.starters, stops_signing=case is RequestCase.LOST)
