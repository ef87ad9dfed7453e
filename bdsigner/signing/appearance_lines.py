"""A copy under the profile "NĐ 30/2020" (§8, §14 box 14): name of the agency and time, no frame, no picture."""

import unicodedata

from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.signature import AppearanceLine, CopyLines
from bdsigner.signing import text_layout
from bdsigner.signing.appearance_parts import Drawing, print_mark, set_text
from bdsigner.signing.archival import AdditionRules
from bdsigner.signing.fonts import font_face

SIZE_PT = 10.0
"""Nghị định 30/2020/NĐ-CP, Phụ lục I: Times New Roman, upright, 10, black."""


def draw_lines(
    writer: BasePdfFileWriter, look: CopyLines, width_pt: float, height_pt: float, rules: AdditionRules
) -> Drawing:
    """Set the lines at the upper right; adds the font to the file.

    Raises ``SigningError`` (``SIGNING_BOX_TOO_SMALL``, ``SIGNING_GLYPH_MISSING``).
    """
    face = font_face(look.font)
    lines = text_layout.normalised([AppearanceLine("", line) for line in look.lines])
    mark = unicodedata.normalize("NFC", look.mark)
    widest = text_layout.widest_word(face, lines, size_pt=SIZE_PT)
    block = text_layout.wrapped(face, lines, size_pt=SIZE_PT, width_pt=max(width_pt, widest))
    if widest > width_pt or block.height_pt > height_pt:
        # one tenth of a millimetre more, so that the rounded value does fit
        raise SigningError(
            ErrorCode.SIGNING_BOX_TOO_SMALL,
            min_width_mm=round(max(width_pt, widest) / PT_PER_MM + 0.1, 1),
            min_height_mm=round(block.height_pt / PT_PER_MM + 0.1, 1),
        )
    longest = max(run.x_pt + face.width(run.text, SIZE_PT) for line in block.lines for run in line)
    content = b"\n".join(
        [print_mark(face, mark, width_pt, height_pt), set_text(face, block, width_pt - longest, height_pt)]
    )
    characters = frozenset("".join([mark, *(line.value for line in lines)]))
    return Drawing(content, {b"F": face.embed(writer, characters, has_cid_set=rules.has_cid_sets)})
