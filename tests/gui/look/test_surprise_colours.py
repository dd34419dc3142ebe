"""The surprise map's colours in both themes."""

import pytest
from PySide6.QtGui import QColor

from nacomp.gui.look.surprise_colours import DARK_STOPS, LIGHT_STOPS, colour_of_share, surprise_colour
from nacomp.runtime.surprise_scale import FULL_BITS, share_of


@pytest.mark.parametrize("dark", [False, True])
def test_colours_lie_on_the_common_scale(dark: bool) -> None:
    stops = DARK_STOPS if dark else LIGHT_STOPS
    for share, colour in stops:
        assert colour_of_share(share, dark).name() == QColor(*colour).name()
    assert surprise_colour(0.0, dark) == colour_of_share(0.0, dark)
    assert surprise_colour(2 * FULL_BITS, dark) == colour_of_share(1.0, dark)
    assert surprise_colour(3.0, dark) == colour_of_share(share_of(3.0), dark)
