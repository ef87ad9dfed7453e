"""An original under the profile "NĐ 30/2020" (§8): the hand signature, and the seal over the left third of it.

The seal has its real size wherever the box is; the hand signature takes the room that is left.
"""

import unicodedata

from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.signature import HAND_MM, SEAL_MM, HandAndSeal
from bdsigner.regulation.hand_and_seal import COVERED_SHARE, box_width, hand_centre, hand_room
from bdsigner.signing.appearance_parts import Drawing, print_mark
from bdsigner.signing.archival import AdditionRules
from bdsigner.signing.fonts import font_face
from bdsigner.signing.objects import numbers
from bdsigner.signing.pictures import Picture, load_picture

HAND_MIN_PT = 15.0 * PT_PER_MM
"""Width below which a hand signature cannot be told from a stroke of the pen."""
_ROUNDING_PT = 0.01


def draw_pictures(
    writer: BasePdfFileWriter, look: HandAndSeal, width_pt: float, height_pt: float, rules: AdditionRules
) -> Drawing:
    """Draw the pictures in their places; adds them to the file.

    They lie over one another and over the paper by soft masks, which PDF/A-1 has no place for (ISO 19005-1 §6.4).

    Raises ``SigningError``: ``SIGNING_BOX_TOO_SMALL``, ``SIGNING_PICTURE_UNUSABLE``, ``SIGNING_PICTURE_OPAQUE``,
    ``SIGNING_PICTURE_LIMITS``.
    """
    hand = load_picture(look.hand)
    objects = {b"H": hand.embed(writer)}
    if look.seal is None:
        parts = [_centred(b"H", width_pt / 2, height_pt, _scaled(hand, width_pt, height_pt))]
    else:
        seal = load_picture(look.seal)
        objects[b"S"] = seal.embed(writer)
        parts = _hand_under_seal(hand, seal, width_pt, height_pt)
    fonts = {}
    mark = unicodedata.normalize("NFC", look.mark)
    if mark:
        face = font_face(look.font)
        fonts[b"F"] = face.embed(writer, frozenset(mark), has_cid_set=rules.has_cid_sets)
        # Last, unlike in other looks: nothing a picture contains may hide it.
        parts.append(print_mark(face, mark, width_pt, height_pt))
    return Drawing(b"\n".join(parts), fonts, objects)


def _hand_under_seal(hand: Picture, seal: Picture, width: float, height: float) -> list[bytes]:
    seal_width, seal_height = seal.real_size_pt(SEAL_MM)
    room = hand_room(width, seal_width)
    if room < HAND_MIN_PT - _ROUNDING_PT or seal_height > height + _ROUNDING_PT:
        raise _too_small(box_width(HAND_MIN_PT, seal_width), seal_height)
    centre, drawn = hand_centre(width, seal_width), _scaled(hand, room, min(height, HAND_MM[1] * PT_PER_MM))
    seal_left = centre - drawn[0] * (0.5 - COVERED_SHARE) - seal_width
    return [
        _centred(b"H", centre, height, drawn),
        _centred(b"S", seal_left + seal_width / 2, height, (seal_width, seal_height)),
    ]


def _scaled(picture: Picture, width: float, height: float) -> tuple[float, float]:
    """As large as fits."""
    scale = min(width / picture.width_px, height / picture.height_px)
    return picture.width_px * scale, picture.height_px * scale


def _centred(name: bytes, centre: float, height: float, size: tuple[float, float]) -> bytes:
    place = (size[0], 0, 0, size[1], centre - size[0] / 2, (height - size[1]) / 2)
    return b"q %b cm /%b Do Q" % (numbers(place), name)


def _too_small(width: float, height: float) -> SigningError:
    # one tenth of a millimetre more, so that the rounded value does fit
    return SigningError(
        ErrorCode.SIGNING_BOX_TOO_SMALL,
        min_width_mm=round(width / PT_PER_MM + 0.1, 1),
        min_height_mm=round(height / PT_PER_MM + 0.1, 1),
    )
