"""The colours of the surprise map: nothing for what the model knew, amber for a surprise, red for a great one.

Amber to red over a neutral page, and never hue alone: the colour grows stronger with the cost too, so the surprise map can
be read without telling red from green. Chosen per theme so that the text on it keeps its contrast.
"""

from itertools import pairwise

from PySide6.QtGui import QColor

from nacomp.runtime.surprise_scale import share_of

LIGHT_STOPS = (
    (0.0, (255, 255, 255)),
    (0.35, (255, 244, 214)),
    (0.65, (255, 205, 130)),
    (1.0, (247, 140, 120)),
)
DARK_STOPS = ((0.0, (29, 33, 38)), (0.35, (60, 50, 30)), (0.65, (104, 73, 28)), (1.0, (152, 54, 48)))


def surprise_colour(bits: float, dark: bool) -> QColor:
    """Background for a token that cost `bits`."""
    return colour_of_share(share_of(bits), dark)


def colour_of_share(share: float, dark: bool) -> QColor:
    """The colour at a place of the scale, 0..1."""
    stops = DARK_STOPS if dark else LIGHT_STOPS
    for (low, first), (high, second) in pairwise(stops):
        if share <= high:
            part = (share - low) / (high - low)
            return QColor(*(round(a + part * (b - a)) for a, b in zip(first, second, strict=True)))
    return QColor(*stops[-1][1])
