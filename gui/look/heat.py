"""The colour of a cost: nothing for what the model knew, amber for a surprise, red for a great one.

Amber to red over a neutral page, and never hue alone: the strength grows with the cost too, so the map can be read
without telling red from green. Chosen per theme so that the text on it keeps its contrast.
"""

from itertools import pairwise

from PySide6.QtGui import QColor

from nacomp.gui.logic.surprise import strength

LIGHT_STOPS = (
    (0.0, (255, 255, 255)),
    (0.35, (255, 244, 214)),
    (0.65, (255, 205, 130)),
    (1.0, (247, 140, 120)),
)
DARK_STOPS = ((0.0, (29, 33, 38)), (0.35, (60, 50, 30)), (0.65, (104, 73, 28)), (1.0, (152, 54, 48)))


def heat(bits: float, dark: bool) -> QColor:
    """Background for a token that cost `bits`."""
    place = strength(bits)
    stops = DARK_STOPS if dark else LIGHT_STOPS
    for (low, first), (high, second) in pairwise(stops):
        if place <= high:
            part = (place - low) / (high - low)
            return QColor(*(round(a + part * (b - a)) for a, b in zip(first, second, strict=True)))
    return QColor(*stops[-1][1])
