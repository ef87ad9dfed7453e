"""The guided start, answer by answer."""

import pytest

from bdsigner.department.cases import CASES, Starter, needs_confirmation, needs_safe_device
from bdsigner.department.triage import decide
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Asked, Decision, Happening


def case_of(happening: Happening, **answers: bool) -> RequestCase:
    decision = decide(happening, **answers)
    assert isinstance(decision, Decision)
    return decision.case


def test_a_lost_device_is_a_revocation_without_any_question_and_stops_signing() -> None:
    decision = decide(Happening.LOST_OR_EXPOSED)
    assert isinstance(decision, Decision)
    assert (decision.case, decision.form, decision.stops_signing) == (RequestCase.LOST, "mau-04", True)


@pytest.mark.parametrize(
    "happening", [Happening.PIN_FORGOTTEN_OR_LOCKED, Happening.DETAILS_CHANGED, Happening.TITLE_CHANGED]
)
def test_updates_stand_behind_the_declaration_of_article_8(happening: Happening) -> None:
    assert decide(happening) is Asked.IS_DEVICE_SAFE
    assert case_of(happening, is_device_safe=False) is RequestCase.LOST


def test_answers_lead_to_their_cases() -> None:
    assert case_of(Happening.PIN_FORGOTTEN_OR_LOCKED, is_device_safe=True) is RequestCase.PIN_LOCKED
    assert case_of(Happening.DETAILS_CHANGED, is_device_safe=True) is RequestCase.DETAILS_CHANGED
    assert case_of(Happening.LEAVING) is RequestCase.LEFT
    assert case_of(Happening.CERTIFICATE_WANTED) is RequestCase.ENROLMENT


def test_a_changed_title_is_an_update_or_a_revocation() -> None:
    title = Happening.TITLE_CHANGED
    assert decide(title, is_device_safe=True) is Asked.IS_STILL_AUTHORISED
    assert case_of(title, is_device_safe=True, is_still_authorised=True) is RequestCase.TITLE_CHANGED
    assert case_of(title, is_device_safe=True, is_still_authorised=False) is RequestCase.TITLE_LOST


def test_only_cases_that_a_person_may_begin_are_decided_on() -> None:
    for happening in Happening:
        for safe in (None, True, False):
            for authorised in (None, True, False):
                decision = decide(happening, is_device_safe=safe, is_still_authorised=authorised)
                if isinstance(decision, Decision):
                    assert decision.form
                    assert Starter.SUBSCRIBER in CASES[decision.case].starters


def test_the_six_cases_of_article_7_and_who_begins_them() -> None:
    assert [case.value for case in CASES if case.value.startswith("7.1")] == [
        "7.1a",
        "7.1b",
        "7.1c",
        "7.1d",
        "7.1đ",
        "7.1g",
    ]
    begun_by_the_department = {case for case, rule in CASES.items() if rule.starters == {Starter.DEPARTMENT}}
    assert begun_by_the_department == {RequestCase.EXPIRED, RequestCase.DEMANDED, RequestCase.VIOLATION}
    assert {case for case, rule in CASES.items() if Starter.AGENCY_HEAD in rule.starters} == {
        RequestCase.LEFT,
        RequestCase.TITLE_LOST,
    }


def test_confirmation_and_declaration_are_asked_where_the_regulation_asks() -> None:
    assert [group for group in ("5.1a-1", "5.1b", "5.1c") if needs_confirmation(group)] == ["5.1b"]
    assert {case for case in RequestCase if needs_safe_device(case)} == {
        RequestCase.PIN_LOCKED,
        RequestCase.DETAILS_CHANGED,
        RequestCase.TITLE_CHANGED,
    }
