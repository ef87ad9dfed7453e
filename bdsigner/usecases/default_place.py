"""Where a visible signature stands until the person moves it (Đ10.3b)."""

from bdsigner.model.document import DocumentInfo
from bdsigner.model.examination import Placement
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import Certainty, DocumentLayout, SignOff
from bdsigner.model.profile import AppearanceProfile
from bdsigner.model.signature import (
    APPEARANCE_DEFAULT_MM,
    APPEARANCE_FLAT_MIN_MM,
    APPEARANCE_FLAT_MM,
    APPEARANCE_MIN_MM,
    COPY_LINES_MIN_MM,
    COPY_LINES_MM,
    HAND_MM,
)
from bdsigner.model.signing_rules import Declaration, SigningMode
from bdsigner.regulation.hand_and_seal import box_width, hand_centre
from bdsigner.regulation.zones import allowed_zone, covers

RIGHT_MARGIN_MM = 20.0
BOTTOM_MARGIN_MM = 25.0
"""Margins of administrative documents (Nghị định 30/2020/NĐ-CP, Phụ lục I): right 15-20, bottom 20-25 mm."""
SLOT_MIN_MM = 20.0
"""The items of an ordinary signer at 8 pt, one a line, in the widest room of a sign-off."""
HEAD_EDGE_MM = 6.0
"""Upper edge of box 14 (§14)."""
_ITEMS_AT_HEAD = ((APPEARANCE_FLAT_MIN_MM, APPEARANCE_FLAT_MM), (APPEARANCE_MIN_MM, APPEARANCE_DEFAULT_MM))
_LINES_AT_HEAD = ((COPY_LINES_MIN_MM, COPY_LINES_MM),)
"""Least and wanted sizes, in the order in which they are tried."""


def place_for(
    document: DocumentInfo,
    layout: DocumentLayout,
    declaration: Declaration,
    *,
    size_mm: tuple[float, float] = APPEARANCE_DEFAULT_MM,
    look: AppearanceProfile = AppearanceProfile.QD_69_2014,
    seal_mm: tuple[float, float] | None = None,
) -> Placement | None:
    """The place for this document; ``None`` without pages.

    Originals: the room between title lines and name; copies: the head of page 1; else the lower right of the last page,
    which is a guess.  ``size_mm`` is what the person likes where the room allows it; under "NĐ 30/2020" the pictures
    have sizes of their own, a seal the one given (``None``: no seal).
    """
    if not document.pages:
        return None
    zone = allowed_zone(layout, document.pages, declaration, seal_mm=seal_mm)
    is_items, is_copy = look is AppearanceProfile.QD_69_2014, declaration.mode is SigningMode.COPY
    if not is_items:
        size_mm = COPY_LINES_MM if is_copy else _pictures_mm(seal_mm)
    if is_copy:
        found = _at_head(layout, _ITEMS_AT_HEAD if is_items else _LINES_AT_HEAD)
        if found is not None:
            return Placement(box=found, zone=zone, certainty=Certainty.SURE)
    elif layout.sign_off is not None:
        slot = layout.sign_off.slot
        box = _in_slot(layout.sign_off, size_mm) if is_items else _between_title_and_name(slot, size_mm, seal_mm)
        is_free = not any(covers(box, taken) for taken in layout.occupied)
        is_sure = is_free and layout.sign_off.certainty is Certainty.SURE
        return Placement(box=box, zone=zone, certainty=Certainty.SURE if is_sure else Certainty.UNSURE)
    return Placement(box=default_box(document, *size_mm), zone=zone, certainty=Certainty.UNSURE)


def default_box(
    document: DocumentInfo, width_mm: float = APPEARANCE_DEFAULT_MM[0], height_mm: float = APPEARANCE_DEFAULT_MM[1]
) -> Box:
    """Lower right of the last page, inside the margins where the page is large enough for them."""
    number = len(document.pages) - 1
    page = document.pages[number]
    width, height = min(width_mm * PT_PER_MM, page.width_pt), min(height_mm * PT_PER_MM, page.height_pt)
    x = max(0.0, page.width_pt - RIGHT_MARGIN_MM * PT_PER_MM - width)
    y = max(0.0, page.height_pt - BOTTOM_MARGIN_MM * PT_PER_MM - height)
    return Box(number, x, y, width, height)


def _in_slot(sign_off: SignOff, size_mm: tuple[float, float]) -> Box:
    """Centred in the room; lower rooms are used in their whole width, which the items then need."""
    slot = sign_off.slot
    is_low = slot.height_pt < APPEARANCE_MIN_MM[1] * PT_PER_MM
    width = slot.width_pt if is_low else min(size_mm[0] * PT_PER_MM, slot.width_pt)
    height = min(size_mm[1] * PT_PER_MM, max(slot.height_pt, SLOT_MIN_MM * PT_PER_MM))
    x = slot.x_pt + (slot.width_pt - width) / 2
    y = slot.y_pt + (slot.height_pt - height) / 2
    return Box(slot.page, x, y, width, height)


def _pictures_mm(seal_mm: tuple[float, float] | None) -> tuple[float, float]:
    if seal_mm is None:
        return HAND_MM
    return box_width(HAND_MM[0], seal_mm[0]), max(HAND_MM[1], seal_mm[1])


def _between_title_and_name(slot: Box, size_mm: tuple[float, float], seal_mm: tuple[float, float] | None) -> Box:
    """The hand signature in the middle of the room, the seal where that puts it; never above or left of the page."""
    width, height = (side * PT_PER_MM for side in size_mm)
    if seal_mm is None:
        width, height = min(width, slot.width_pt), min(height, slot.height_pt)
        centre = width / 2
    else:
        height = max(seal_mm[1] * PT_PER_MM, min(height, slot.height_pt))
        centre = hand_centre(width, seal_mm[0] * PT_PER_MM)
    x = slot.x_pt + slot.width_pt / 2 - centre
    y = slot.y_pt + (slot.height_pt - height) / 2
    return Box(slot.page, max(0.0, x), max(0.0, y), width, height)


def _at_head(layout: DocumentLayout, shapes: tuple[tuple[tuple[float, float], tuple[float, float]], ...]) -> Box | None:
    """At the right end of the best strip, in the first shape that it has room for."""
    for strip in layout.head_strips:
        for least, wanted in shapes:
            if strip.width_pt >= least[0] * PT_PER_MM and strip.height_pt >= least[1] * PT_PER_MM:
                width = min(wanted[0] * PT_PER_MM, strip.width_pt)
                height = min(wanted[1] * PT_PER_MM, strip.height_pt)
                top = min(max(strip.y_pt, HEAD_EDGE_MM * PT_PER_MM), strip.y_pt + strip.height_pt - height)
                return Box(0, strip.x_pt + strip.width_pt - width, top, width, height)
    return None
