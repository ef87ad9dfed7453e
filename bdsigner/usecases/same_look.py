"""Whether two revisions of a form look the same but for its signatures."""

from pathlib import Path

from bdsigner.model.comparison import PageState
from bdsigner.model.geometry import Box
from bdsigner.ports import Services
from bdsigner.usecases.compare_revisions import SCALE

_EDGE_PT = 6.0
"""Differences are told in whole squares of pixels; the next line of a form stands further away."""


def looks_alike_but_for_signatures(path: Path, services: Services, *, earlier_bytes: int, later_bytes: int) -> bool:
    """Whether nothing is seen outside the signature fields that were empty in the first ``earlier_bytes`` bytes.

    ``later_bytes``: where the next signature's revision ends; two at once would be told as one difference around both.
    A signature holds what it was set under; that this is the form as it was saved, it does not say.  Raises
    ``DocumentError``.
    """
    documents = services.documents
    base = documents.inspect(path, length_bytes=earlier_bytes)
    places = [one.box for one in base.signature_fields if one.box is not None and not one.is_signed]
    for page in range(len(base.pages)):
        seen = documents.compare_pages(
            path,
            page,
            earlier_page=page,
            earlier_bytes=earlier_bytes,
            later_bytes=later_bytes,
            scale=SCALE,
        )
        if seen.state not in (PageState.ALIKE, PageState.DIFFERENT) or seen.later_page_count != len(base.pages):
            return False
        if not all(any(_is_within(one.box, place) for place in places) for one in seen.differences):
            return False
    return True


def _is_within(box: Box, place: Box) -> bool:
    return (
        box.page == place.page
        and box.x_pt >= place.x_pt - _EDGE_PT
        and box.y_pt >= place.y_pt - _EDGE_PT
        and box.x_pt + box.width_pt <= place.x_pt + place.width_pt + _EDGE_PT
        and box.y_pt + box.height_pt <= place.y_pt + place.height_pt + _EDGE_PT
    )
