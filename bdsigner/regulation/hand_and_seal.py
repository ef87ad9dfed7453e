"""Hand signature and seal under the profile "NĐ 30/2020" (Nghị định 30/2020/NĐ-CP, Phụ lục I; §8, §14 boxes 7c and 8).

The hand signature stands in the middle between title and name; the seal, in its real size, covers its left third.  One
box holds both.  Lengths are all in one unit.
"""

COVERED_SHARE = 1 / 3
"""Of the hand signature's width, by the seal."""


def hand_room(width: float, seal_width: float) -> float:
    """The widest hand signature that fits with the seal into a box of that width; a third of it is never more than a seal."""
    return min((width - seal_width) / (1 - COVERED_SHARE), seal_width / COVERED_SHARE)


def hand_centre(width: float, seal_width: float) -> float:
    """Where in a box of that width the middle of the hand signature lies, from the left.

    It depends on the box and the seal alone, so that no picture's shape moves it from the middle of the title lines.
    """
    return seal_width + hand_room(width, seal_width) * (0.5 - COVERED_SHARE)


def box_width(hand_width: float, seal_width: float) -> float:
    """Width of the box that holds both."""
    return seal_width + hand_width * (1 - COVERED_SHARE)
