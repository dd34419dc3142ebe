"""Rows of PNG become pictures and the same bytes again."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.varint import encode_varint
from nacomp.models.mixing import _mixing
from nacomp.models.mixing.settings import Profile
from nacomp.transforms import png_rows
from nacomp.transforms.png_rows import close_view, filtered, open_pixels, open_rows, unfiltered
from tests.nacomp.transforms.pictures import png_rows as rows_of
from tests.nacomp.transforms.pictures import scene

MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def rows(mode: str, height: int = 90, width: int = 120) -> tuple[bytes, int, int, int, int]:
    return rows_of(Image.fromarray(scene(height, width, MODES[mode]).squeeze(), mode))


@pytest.mark.parametrize("mode", MODES)
def test_rows_shrink_and_come_back(mode: str) -> None:
    height, width = (150, 200) if mode == "L" else (70, 90)
    data, *header = rows(mode, height, width)
    view = open_rows(data, *header)
    assert view is not None
    row = width * MODES[mode]
    assert view.parameters == b"".join(map(encode_varint, (MODES[mode], row, height)))
    assert view.parts[1] == data[:: 1 + row]
    assert close_view(view.parameters, view.parts, len(data)) == data


def palette(colours: int) -> Image.Image:
    return Image.fromarray(scene(70, 96)).quantize(colours)


@pytest.mark.parametrize(
    ("colours", "depth", "pixel", "row"), [(256, 8, 1, 96), (12, 4, 1, 48), (2, 1, 0, 12)]
)
def test_rows_of_a_palette_come_back(colours: int, depth: int, pixel: int, row: int) -> None:
    data, *header = rows_of(palette(colours))
    assert header == [96, 70, depth, 3]
    view = open_rows(data, *header)
    assert view is not None
    assert view.parameters == bytes([pixel, row, 70])
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_components_of_16_bits_come_back() -> None:
    deep = scene(50, 40, 1).squeeze().astype(np.uint16) * 257 + 3
    data, *header = rows_of(Image.fromarray(deep))
    assert header == [40, 50, 16, 0]
    view = open_rows(data, *header)
    assert view is not None
    assert view.parameters == bytes([2, 80, 50])
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_a_flat_picture_takes_hardly_any_words() -> None:
    """One decision a pixel: a frame in a page of 120,000 bytes."""
    page = np.full((200, 200, 3), 250, np.uint8)
    page[50:52, 40:160] = page[120:122, 40:160] = (20, 40, 90)
    noise = np.random.default_rng(3).integers(0, 256, (200, 4, 3), np.uint8)
    page[:, :4] = noise
    data = page.tobytes()
    view = open_pixels(data, 200, 200, 8, 2)
    assert view is not None
    assert len(view.parts[0]) < noise.size + 400
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_pixels_without_filters_come_back() -> None:
    data = scene(60, 81).tobytes()
    view = open_pixels(data, 81, 60, 8, 2)
    assert view is not None
    assert (len(view.parts), view.parameters) == (1, bytes([3, 243, 1, 60]))
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_nothing_to_open() -> None:
    data, *header = rows("RGB")
    width, height, depth, colour = header
    noise = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8).tobytes()
    assert open_rows(data[:-1], *header) is None
    assert open_rows(b"\x05" + data[1:], *header) is None
    assert open_rows(data, width, height, 16, colour) is None
    assert open_rows(data, width, height, depth, 5) is None
    assert open_rows(data, 0, height, depth, colour) is None
    assert open_pixels(noise, 64, 64, 8, 0) is None
    assert open_pixels(bytes(64 * 64), 64, 64, 8, 0) is None  # LZMA needs 40 bytes for it
    assert open_pixels(bytes(70_000 * 4), 70_000, 4, 8, 0) is None


def test_without_the_core_nothing_is_opened_and_all_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.full((40, 60, 3), 250, np.uint8)
    page[20:24, 30:36] = np.random.default_rng(3).integers(0, 256, (4, 6, 3))
    data = page.tobytes()
    view = open_pixels(data, 60, 40, 8, 2)
    bits = np.packbits(np.add.outer(np.arange(40), np.arange(24)) % 7 < 3, axis=1).tobytes()
    coder = _mixing.Encoder(Profile.BITMAP, len(bits), 3)
    coder.encode(bits)
    words = coder.finish()
    assert view is not None
    monkeypatch.setattr(png_rows, "_mixing", None)
    assert open_pixels(data, 60, 40, 8, 2) is None
    assert close_view(view.parameters, view.parts, len(data)) == data
    assert close_view(bytes([png_rows.ONE_BIT, 3, 40]), [words], len(bits)) == bits


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
    with suppress(CorruptArchive):
        assert len(close_view(parameters, parts, 1000)) <= 1000


def test_nonsense_is_refused() -> None:
    view = open_pixels(scene(20, 30).tobytes(), 30, 20, 8, 2)
    assert view is not None
    good, (words,) = view.parameters, view.parts
    assert good == bytes([3, 90, 20])
    for parameters, parts, reason in (
        (b"", (words,), "number"),
        (good + b"\0", (words,), "20 rows of 90 bytes"),
        (bytes([9, 90, 20]), (words,), "9 a pixel"),
        (bytes([4, 90, 20]), (words,), "4 a pixel"),
        (bytes([3, 0, 20]), (words,), "20 rows of 0 bytes"),
        (bytes([3, 90, 0]), (words,), "0 rows"),
        (good, (), "0 parts"),
        (good, (words, bytes(19)), "19 filters of 20 rows"),
        (good, (words, bytes(19) + b"\x05"), "20 filters"),
        (good, (words[:-3],), "bytes of words"),
        (good, (bytes(4000),), "bytes of words"),
        (bytes([3, 90, 127]), (words,), "at most 2,000 bytes"),
    ):
        with pytest.raises(CorruptArchive, match=reason):
            close_view(parameters, parts, 2000)
