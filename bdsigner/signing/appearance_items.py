"""The six items of Đ10.1b (regulation.md §8): emblem, five lines, a thin neutral frame; never like a seal or a hand signature."""

import math
import unicodedata
from collections.abc import Sequence

from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.signature import AppearanceLine, VisibleSignature
from bdsigner.signing import text_layout
from bdsigner.signing.appearance_parts import Drawing, print_mark, set_text
from bdsigner.signing.archival import AdditionRules, default_colours
from bdsigner.signing.emblem import Emblem, load_emblem
from bdsigner.signing.fonts import FontFace, font_face
from bdsigner.signing.objects import numbers

_FRAME_PT = 0.5
_FRAME_GRAY = 0.35
_PADDING_PT = 4.0
_GAP_PT = 6.0
_COLUMN_GAP_PT = 10.0
"""Between emblem and text."""
_EMBLEM_WIDTH_SHARE = 0.2
_EMBLEM_MAX_PT = 64.0


def draw_items(
    writer: BasePdfFileWriter, look: VisibleSignature, width_pt: float, height_pt: float, rules: AdditionRules
) -> Drawing:
    """Set the items; adds font and emblem to the file.

    Raises ``SigningError`` (``SIGNING_BOX_TOO_SMALL``, ``SIGNING_GLYPH_MISSING``), ``ProfileError`` for the emblem.
    """
    face = font_face(look.font)
    lines = text_layout.normalised(look.lines)
    mark = unicodedata.normalize("NFC", look.mark)
    emblem = load_emblem(look.emblem, is_opaque=rules.is_archival)
    content = _content(face, lines, emblem, mark, width_pt, height_pt)
    characters = frozenset("".join([mark, *(line.label + line.value for line in lines)]))
    font = face.embed(writer, characters, has_cid_set=rules.has_cid_sets)
    return Drawing(content, {b"F": font}, {b"E": emblem.embed(writer, default_colours(rules))})


def _content(
    face: FontFace, lines: Sequence[AppearanceLine], emblem: Emblem, mark: str, width: float, height: float
) -> bytes:
    emblem_width, emblem_height = _emblem_size(emblem, width, height)
    text_left = _PADDING_PT + emblem_width + _GAP_PT
    text_width, text_height = width - text_left - _PADDING_PT, height - 2 * _PADDING_PT
    columns = _columns(face, lines, text_width, text_height)
    if columns is None:
        raise _too_small(face, lines, emblem, width)
    text_top = (height + max(column.block.height_pt for column in columns)) / 2
    return b"\n".join(
        [
            print_mark(face, mark, width, height),
            _frame(width, height),
            _emblem(emblem, (height - emblem_height) / 2, emblem_height),
            *(set_text(face, column.block, text_left + column.left_pt, text_top) for column in columns),
        ]
    )


def _columns(
    face: FontFace, lines: Sequence[AppearanceLine], width: float, height: float
) -> Sequence[text_layout.Column] | None:
    """One column where it fits, as people know it; side by side in a wide low box."""
    block = text_layout.fit(face, lines, width_pt=width, height_pt=height)
    if block is not None:
        return [text_layout.Column(0.0, block)]
    return text_layout.fit_columns(face, lines, width_pt=width, height_pt=height, gap_pt=_COLUMN_GAP_PT)


def _too_small(face: FontFace, lines: Sequence[AppearanceLine], emblem: Emblem, width: float) -> SigningError:
    """The error with a size that will do, as near to the asked width as possible."""
    beside = 2 * _PADDING_PT + _GAP_PT
    widest = text_layout.widest_word(face, lines)
    enough = max(width, (widest + beside) / (1 - _EMBLEM_WIDTH_SHARE))
    emblem_width, _ = _emblem_size(emblem, enough, math.inf)
    block = text_layout.smallest(face, lines, width_pt=enough - beside - emblem_width)
    # one tenth of a millimetre more, so that the rounded value does fit
    return SigningError(
        ErrorCode.SIGNING_BOX_TOO_SMALL,
        min_width_mm=round(enough / PT_PER_MM + 0.1, 1),
        min_height_mm=round((block.height_pt + 2 * _PADDING_PT) / PT_PER_MM + 0.1, 1),
    )


def _emblem_size(emblem: Emblem, width: float, height: float) -> tuple[float, float]:
    available_width = min(width * _EMBLEM_WIDTH_SHARE, _EMBLEM_MAX_PT)
    available_height = max(1.0, height - 2 * _PADDING_PT)
    scale = min(available_width / emblem.width_pt, available_height / emblem.height_pt)
    return emblem.width_pt * scale, emblem.height_pt * scale


def _frame(width: float, height: float) -> bytes:
    inset = _FRAME_PT / 2
    place = numbers((inset, inset, width - _FRAME_PT, height - _FRAME_PT))
    return b"q %b G %b w %b re S Q" % (numbers([_FRAME_GRAY]), numbers([_FRAME_PT]), place)


def _emblem(emblem: Emblem, bottom: float, height: float) -> bytes:
    scale = height / emblem.height_pt
    origin = float(emblem.bounds[0]), float(emblem.bounds[1])
    place = numbers((scale, 0, 0, scale, _PADDING_PT - origin[0] * scale, bottom - origin[1] * scale))
    return b"q %b cm /E Do Q" % place
