"""Where the visible signature may stand (Đ10.3b): in the sign-off of an original, at the head of a copy, never over text."""

from collections.abc import Sequence

from bdsigner.errors import ErrorCode, Fact
from bdsigner.model.document import Page
from bdsigner.model.examination import Zone
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import COPY_HEAD_MM, DocumentLayout, SignOff
from bdsigner.model.signing_rules import Declaration, KindGroup, Objection, ObjectionWeight, SigningMode

CLAUSE = "Đ10.3b"
_SLACK_PT = 2.0
"""Rounding of typed millimetres, and the frame's own width."""
_TOUCH_PT = 1.0


def allowed_zone(
    layout: DocumentLayout,
    pages: Sequence[Page],
    declaration: Declaration,
    *,
    seal_mm: tuple[float, float] | None = None,
) -> Zone:
    """Official originals: the room for the hand signature; official copies: the head of page 1; other kinds: anywhere.

    A seal of that size lies to the left of the hand signature (§14 box 8) and is often higher than the room.
    """
    if declaration.kind is not KindGroup.OFFICIAL or not pages:
        return Zone(boxes=())
    if declaration.mode is SigningMode.COPY:
        return Zone(boxes=(Box(0, 0, 0, pages[0].width_pt, min(COPY_HEAD_MM * PT_PER_MM, pages[0].height_pt)),))
    if layout.sign_off is None:
        return Zone(boxes=())
    slot = layout.sign_off.slot
    boxes = (slot if seal_mm is None else _with_seal(slot, seal_mm),)
    return Zone(boxes=boxes, certainty=layout.sign_off.certainty)


def place_objections(
    box: Box,
    zone: Zone,
    layout: DocumentLayout,
    declaration: Declaration,
    *,
    seal_mm: tuple[float, float] | None = None,
) -> list[Objection]:
    """Outside its zone, or over what is written.

    A seal keeps its real size: over the title lines and the name it belongs to, where a seal is put on paper too, the
    person decides.
    """
    found = []
    if zone.boxes and not any(contains(allowed, box) for allowed in zone.boxes):
        is_copy = declaration.mode is SigningMode.COPY
        code = ErrorCode.REGULATION_COPY_PLACE if is_copy else ErrorCode.REGULATION_ORIGINAL_PLACE
        object_to = Objection.stop if zone.is_binding else Objection.confirm
        found.append(object_to(code, CLAUSE, page=box.page + 1))
    covered = [taken for taken in layout.occupied if covers(box, taken)]
    if seal_mm is not None and declaration.mode is not SigningMode.COPY:
        own = [taken for taken in covered if _is_of_sign_off(taken, layout.sign_off)]
        if own:
            tell = Objection.confirm if declaration.kind is KindGroup.OFFICIAL else Objection.note
            found.append(tell(ErrorCode.REGULATION_SEAL_OVER_SIGN_OFF, CLAUSE, page=box.page + 1))
        covered = [taken for taken in covered if taken not in own]
    if covered:
        weight = ObjectionWeight.STOP if declaration.kind is KindGroup.OFFICIAL else ObjectionWeight.NOTE
        shown: dict[str, Fact] = {"page": box.page + 1}
        found.append(Objection(code=ErrorCode.REGULATION_COVERS_TEXT, clause=CLAUSE, weight=weight, facts=shown))
    return found


def _with_seal(slot: Box, seal_mm: tuple[float, float]) -> Box:
    """The room reaches as far to the left as the seal is wide, and is at least as high as the seal."""
    width, height = (side * PT_PER_MM for side in seal_mm)
    left = max(0.0, slot.x_pt - width)
    higher = max(0.0, height - slot.height_pt)
    return Box(
        slot.page,
        left,
        max(0.0, slot.y_pt - higher / 2),
        slot.x_pt + slot.width_pt - left,
        slot.height_pt + higher,
    )


def _is_of_sign_off(taken: Box, sign_off: SignOff | None) -> bool:
    if sign_off is None:
        return False
    lines = [*sign_off.title_lines, *([sign_off.name] if sign_off.name is not None else [])]
    return any(contains(line.box, taken) for line in lines)


def contains(outer: Box, inner: Box) -> bool:
    """Whether a box lies in another, on the same page."""
    return (
        outer.page == inner.page
        and inner.x_pt >= outer.x_pt - _SLACK_PT
        and inner.y_pt >= outer.y_pt - _SLACK_PT
        and inner.x_pt + inner.width_pt <= outer.x_pt + outer.width_pt + _SLACK_PT
        and inner.y_pt + inner.height_pt <= outer.y_pt + outer.height_pt + _SLACK_PT
    )


def covers(box: Box, taken: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return (
        box.page == taken.page
        and box.x_pt + _TOUCH_PT < taken.x_pt + taken.width_pt
        and taken.x_pt + _TOUCH_PT < box.x_pt + box.width_pt
        and box.y_pt + _TOUCH_PT < taken.y_pt + taken.height_pt
        and taken.y_pt + _TOUCH_PT < box.y_pt + box.height_pt
    )
