"""The guided start: what happened, at most one more question, and the case it is (Điều 6–8).  Pure."""

from bdsigner.department.cases import CASES
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Asked, Decision, Happening


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
    return Decision(case=case, form=rule.form, stops_signing=case is RequestCase.LOST)
