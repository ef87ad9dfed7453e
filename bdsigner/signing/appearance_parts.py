"""What the looks of a visible signature share: set text, and the word of training across it."""

import math
from dataclasses import dataclass, field

from pyhanko.pdf_utils import generic

from bdsigner.signing import text_layout
from bdsigner.signing.fonts import FontFace
from bdsigner.signing.objects import numbers
from bdsigner.signing.text_layout import TextBlock

LABEL_GRAY = 0.32
VALUE_GRAY = 0.0
_MARK_GRAY = 0.83
"""Light enough to read the text printed over it, dark enough for a copying machine."""
_MARK_ANGLE_MAX = math.radians(14)
_MARK_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Drawing:
    """A content stream, not yet deflated, and what it names."""

    content: bytes
    fonts: dict[bytes, generic.IndirectObject] = field(default_factory=dict)
    objects: dict[bytes, generic.IndirectObject] = field(default_factory=dict)
    """Images and forms."""


def set_text(face: FontFace, block: TextBlock, left: float, top: float) -> bytes:
    """Print a block in font ``/F`` with its upper left corner there."""
    size, leading = block.size_pt, text_layout.LEADING * block.size_pt
    # ascenders with stacked marks and descenders share the leading evenly
    first_baseline = top - leading / 2 - (face.cap_height * size / 1000) / 2
    parts = [b"BT /F %b Tf" % numbers([size])]
    for index, line in enumerate(block.lines):
        baseline = first_baseline - index * leading
        for run in line:
            gray = LABEL_GRAY if run.is_label else VALUE_GRAY
            place = numbers((1, 0, 0, 1, left + run.x_pt, baseline))
            parts.append(b"%b g %b Tm %b Tj" % (numbers([gray]), place, face.encode(run.text)))
    parts.append(b"ET")
    return b"\n".join(parts)


def print_mark(face: FontFace, mark: str, width: float, height: float) -> bytes:
    """The word slanting upwards as large as fits, in font ``/F``; nothing where there is no word."""
    if not mark:
        return b""
    angle = min(math.atan2(height, width), _MARK_ANGLE_MAX)
    cos, sin = math.cos(angle), math.sin(angle)
    length, tall = face.width(mark, 1.0), (face.ascent - face.descent) / 1000
    size = _MARK_SHARE * min(width / (length * cos + tall * sin), height / (length * sin + tall * cos))
    along, across = length * size / 2, face.cap_height * size / 2000
    x = width / 2 - along * cos + across * sin
    y = height / 2 - along * sin - across * cos
    return b"q BT %b g /F %b Tf %b Tm %b Tj ET Q" % (
        numbers([_MARK_GRAY]),
        numbers([size]),
        numbers((cos, sin, -sin, cos, x, y)),
        face.encode(mark),
    )
