"""The second decoder closes the view `png-rows-2` as nacomp does, and refuses what it refuses."""

import numpy as np
import pytest

from nac_decoder.errors import Refused
from nac_decoder.views import close_view
from nacomp.transforms.png_rows import filtered, open_pixels, open_rows
from tests.nacomp.transforms.pictures import scene

pytest.importorskip("nacomp.models.mixing._mixing")
METHOD = {"kind": "png-rows", "parameters": {"id": "png-rows-2"}}
SHAPES = {
    "grey": (8, 0, 1),
    "grey and alpha": (8, 4, 2),
    "RGB": (8, 2, 3),
    "RGBA": (8, 6, 4),
    "16 bits": (16, 2, 6),
    "bits": (1, 0, 1),
}


@pytest.mark.parametrize("name", SHAPES)
def test_rows_come_back(name: str) -> None:
    """With flat parts, all five filters, and an edge through both."""
    depth, colour, unit = SHAPES[name]
    height, across = (20, 16) if depth > 1 else (120, 12)
    samples = scene(height, across, unit)
    samples[3:12, 2:14] = 77
    samples[6:8, 5:9] = 200
    if depth == 1:
        samples[12:] = np.arange(108)[:, None, None] % 7 * 36
    filters = np.arange(height, dtype=np.uint8) % 5
    rows = np.empty((height, 1 + across * unit), np.uint8)
    rows[:, 0], rows[:, 1:] = filters, filtered(filters, samples).reshape(height, -1)
    view = open_rows(rows.tobytes(), across if depth > 1 else 8 * across, height, depth, colour)
    assert view is not None
    assert close_view(METHOD, view.parameters, list(view.parts), rows.size) == rows.tobytes()


def test_nonsense_is_refused() -> None:
    data = scene(20, 30).tobytes()
    view = open_pixels(data, 30, 20, 8, 2)
    assert view is not None
    words = view.parts[0]
    cases = [
        (bytes([9, 90, 20]), [words]),
        (bytes([4, 90, 20]), [words]),
        (bytes([3, 90, 19]), [words]),
        (bytes([3, 90, 20, 0]), [words]),
        (bytes([3, 90, 20]), []),
        (bytes([3, 90, 20]), [words, bytes(20)]),
        (bytes([3, 90, 20]), [words[:-1]]),
        (bytes([3, 90, 20]), [bytes(4000)]),
    ]
    for parameters, parts in cases:
        with pytest.raises(Refused):
            close_view(METHOD, parameters, parts, len(data))
