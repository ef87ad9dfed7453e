"""One place for several documents: taken over where the rules let it stand, and nowhere else (Đ10.3b)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.model.document import Page
from bdsigner.model.examination import Examination
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.signing_rules import Declaration
from bdsigner.regulation.zones import place_objections
from bdsigner.usecases.default_place import place_for
from bdsigner.usecases.shared_place import shared_place
from tests.regulation.documents import COPY, HEAD, OFFICIAL, SLOT, info, layout

PLACE = Box(0, 40, 20, 240, 40)
SCAN = DocumentLayout(has_text=False, is_administrative=False, head_strips=(HEAD,))


def examined(seen: DocumentLayout = SCAN, declared: Declaration = COPY, **changes: Any) -> Examination:
    document = info(**changes)
    return Examination(
        info=document,
        layout=seen,
        declaration=declared,
        objections=(),
        placement=place_for(document, seen, declared),
    )


def test_a_copy_takes_over_a_place_at_its_free_head() -> None:
    assert shared_place(PLACE, examined(), examined()) == PLACE


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(examined(pages=(Page(842, 595),)), id="another size"),
        pytest.param(examined(replace(SCAN, occupied=(Box(0, 100, 30, 50, 10),))), id="text there"),
        pytest.param(examined(layout(), OFFICIAL), id="an original has its room elsewhere"),
        pytest.param(examined(layout(sign_off=None), OFFICIAL), id="an original whose room nobody knows"),
        pytest.param(examined(pages=()), id="no pages"),
    ],
)
def test_where_the_rules_do_not_let_it_stand_nothing_is_taken_over(target: Examination) -> None:
    assert shared_place(PLACE, examined(), target) is None


def test_an_original_takes_it_over_within_its_room_on_the_page_of_its_own_signature() -> None:
    moved = replace(SLOT, x_pt=SLOT.x_pt + 20, width_pt=SLOT.width_pt - 40)
    seen = layout()
    assert seen.sign_off is not None
    later = replace(seen, sign_off=replace(seen.sign_off, slot=replace(SLOT, page=2)))
    target = examined(later, OFFICIAL, pages=(Page(595, 842),) * 3)
    assert shared_place(moved, examined(layout(), OFFICIAL), target) == replace(moved, page=2)


def test_scanners_cut_the_same_paper_a_little_differently() -> None:
    assert shared_place(PLACE, examined(), examined(pages=(Page(595 + PT_PER_MM, 842 - PT_PER_MM),))) == PLACE


@given(
    x=st.floats(0, 595),
    y=st.floats(0, 842),
    width=st.floats(15, 595),
    height=st.floats(15, 842),
    inked=st.floats(0, 200),
)
def test_what_is_taken_over_never_meets_an_objection(
    x: float, y: float, width: float, height: float, inked: float
) -> None:
    target = examined(replace(SCAN, occupied=(Box(0, 200, inked, 100, 20),)))
    assert target.placement is not None
    place = shared_place(Box(0, x, y, width, height), examined(), target)
    if place is not None:
        assert place_objections(place, target.placement.zone, target.layout, target.declaration) == []
        assert place.x_pt + place.width_pt <= 595
