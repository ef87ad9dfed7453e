"""One place of the visible signature for several documents, where the rules let it stand (Đ10.3b)."""

from dataclasses import replace

from bdsigner.model.examination import Examination
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signing_rules import KindGroup
from bdsigner.regulation.zones import place_objections

SAME_SIZE_PT = 2.0 * PT_PER_MM
"""Scanners cut the same paper a little differently."""


def shared_place(box: Box, source: Examination, target: Examination) -> Box | None:
    """The place that the signature of ``source`` has, on the page of ``target`` that carries its own signature.

    ``None`` where that page has another size, or the box would leave its zone or cover what is written; also where
    nothing tells where an official document may be signed, as a person must look at that one.
    """
    placement = target.placement
    if placement is None:
        return None
    declaration, zone = target.declaration, placement.zone
    if declaration.kind is KindGroup.OFFICIAL and not zone.boxes:
        return None
    ours, theirs = source.info.pages[box.page], target.info.pages[placement.box.page]
    if max(abs(ours.width_pt - theirs.width_pt), abs(ours.height_pt - theirs.height_pt)) > SAME_SIZE_PT:
        return None
    if box.x_pt + box.width_pt > theirs.width_pt or box.y_pt + box.height_pt > theirs.height_pt:
        return None
    place = replace(box, page=placement.box.page)
    return None if place_objections(place, zone, target.layout, declaration) else place
