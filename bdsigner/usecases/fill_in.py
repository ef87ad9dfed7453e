"""Number and date as they will be typed into their slots (Đ10.3b)."""

from pathlib import Path

from bdsigner.model.layout import DocumentLayout, Slot, TextStyle
from bdsigner.model.profile import TextFonts
from bdsigner.model.signature import Filling


def fillings_for(
    layout: DocumentLayout, fonts: TextFonts, *, number: str = "", day: str = "", month: str = "", year: str = ""
) -> tuple[Filling, ...]:
    """The texts that are given, for slots that were found and are empty; finished texts, nothing is added to them."""
    wanted: list[tuple[str, Slot]] = []
    if layout.number is not None:
        wanted.append((number, layout.number.number))
    if layout.date is not None:
        wanted += [(day, layout.date.day), (month, layout.date.month), (year, layout.date.year)]
    return tuple(_filling(text, slot, fonts) for text, slot in wanted if text and not slot.is_filled)


def _filling(text: str, slot: Slot, fonts: TextFonts) -> Filling:
    font = _face(slot.style, fonts)
    return Filling(text=text, box=slot.box, baseline_pt=slot.baseline_pt, style=slot.style, font=font)


def _face(style: TextStyle, fonts: TextFonts) -> Path:
    if style.is_bold:
        return fonts.bold_italic if style.is_italic else fonts.bold
    return fonts.italic if style.is_italic else fonts.regular
