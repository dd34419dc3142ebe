"""Rows of PNG become pictures and the same bytes again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import jxl, png_rows
from nacomp.transforms.png_rows import close_view, filtered, open_pixels, open_rows, unfiltered
from tests.nacomp.transforms.pictures import png_rows as rows_of
from tests.nacomp.transforms.pictures import scene

MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def rows(mode: str, height: int = 70, width: int = 90) -> tuple[bytes, int, int, int, int]:
    return rows_of(Image.fromarray(scene(height, width, MODES[mode]).squeeze(), mode))


@pytest.fixture
def _library() -> None:
    pytest.importorskip("pylibjxl", reason="the extra nacomp[png] is not installed")


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("mode", MODES)
def test_rows_shrink_and_come_back(mode: str) -> None:
    data, *header = rows(mode)
    view = open_rows(data, *header)
    assert view is not None
    assert view.parts[1] == data[:: 1 + 90 * MODES[mode]]
    assert close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.usefixtures("_library")
def test_pixels_without_filters_come_back() -> None:
    data = scene(60, 81).tobytes()
    view = open_pixels(data, 81, 60, 8, 2)
    assert view is not None
    assert (len(view.parts), view.parameters) == (1, bytes([2, 81, 60]))
    assert close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.usefixtures("_library")
def test_nothing_to_open() -> None:
    data, *header = rows("RGB")
    width, height, depth, colour = header
    noise = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8).tobytes()
    assert open_rows(data[:-1], *header) is None
    assert open_rows(b"\x05" + data[1:], *header) is None
    assert open_rows(data, width, height, 16, colour) is None
    assert open_rows(data, width, height, depth, 3) is None
    assert open_rows(data, 0, height, depth, colour) is None
    assert open_pixels(noise, 64, 64, 8, 0) is None
    assert open_pixels(bytes(64 * 64), 64, 64, 8, 0) is None  # LZMA needs 40 bytes for it


@given(
    st.integers(1, 12),
    st.integers(1, 9),
    st.sampled_from([1, 2, 3, 4]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 3, 256]),
)
def test_filters_are_those_of_the_specification(
    height: int, width: int, channels: int, seed: int, band: int
) -> None:
    """Against the formulas of the PNG specification, byte by byte."""
    rng = np.random.default_rng(seed)
    samples = rng.integers(0, 256, (height, width, channels)).astype(np.uint8)
    filters = rng.integers(0, 5, height).astype(np.uint8)
    expected = plainly_filtered(filters, samples)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_rows, "_BAND", band)
        assert np.array_equal(filtered(filters, samples), expected)
        assert np.array_equal(unfiltered(filters, expected), samples)


def plainly_filtered(filters: np.ndarray, samples: np.ndarray) -> np.ndarray:
    out = np.zeros_like(samples)
    for y, x, c in np.ndindex(samples.shape):
        a = int(samples[y, x - 1, c]) if x else 0
        b = int(samples[y - 1, x, c]) if y else 0
        corner = int(samples[y - 1, x - 1, c]) if x and y else 0
        estimate = a + b - corner
        paeth = min(
            (abs(estimate - a), 0, a), (abs(estimate - b), 1, b), (abs(estimate - corner), 2, corner)
        )[2]
        prediction = (0, a, b, (a + b) // 2, paeth)[filters[y]]
        out[y, x, c] = (int(samples[y, x, c]) - prediction) % 256
    return out


@given(st.binary(max_size=6), st.lists(st.binary(max_size=40), max_size=3))
def test_hostile_views_are_refused(parameters: bytes, parts: list[bytes]) -> None:
    pytest.importorskip("pylibjxl", reason="the extra nacomp[png] is not installed")
    with pytest.raises(CorruptArchive):
        close_view(parameters, parts, 1000)


@pytest.mark.usefixtures("_library")
def test_nonsense_is_refused() -> None:
    picture = jxl.from_pixels(scene(20, 30))
    grey = jxl.from_pixels(scene(20, 30, 1))
    assert picture is not None
    assert grey is not None
    good = bytes([2, 30, 20])
    for parameters, parts, reason in (
        (b"", (picture,), "parameters"),
        (bytes([3, 30, 20]), (picture,), "parameters"),
        (good + b"\0", (picture,), "30 x 20 pixels"),
        (bytes([2, 0, 20]), (picture,), "0 x 20 pixels"),
        (bytes([2, 31, 20]), (picture,), "expected .20, 31, 3."),
        (good, (grey,), r"\(20, 30, 1\), expected"),
        (good, (picture, bytes(19)), "19 filters of 20 rows"),
        (good, (picture, bytes(19) + b"\x05"), "20 filters"),
        (good, (picture[:-20],), "JPEG XL"),
        (bytes([2, 127, 127]), (picture,), "at most 2,000 bytes"),
    ):
        with pytest.raises(CorruptArchive, match=reason):
            close_view(parameters, parts, 2000)
