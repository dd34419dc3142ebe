"""The native coder of pictures against its readable twin: the same words, and the same pixels again."""

import random
from contextlib import suppress

import pytest

from nacomp.models.mixing import runs

_mixing = pytest.importorskip("nacomp.models.mixing._mixing")

SHAPES = [(24, 3, 9), (20, 4, 10), (12, 1, 20), (40, 8, 5), (3, 3, 10), (12, 6, 9), (4, 2, 12), (1, 1, 30)]


def drawn(row: int, pixel: int, height: int) -> bytes:
    """Flat, with a box in it, and noise below."""
    noise = random.Random(row)
    return bytes(
        (200 if 3 < x < 7 and y > 3 else 10) + (noise.randrange(3) if y > 6 else 0) + c
        for y in range(height)
        for x in range(row // pixel)
        for c in range(pixel)
    )


@pytest.mark.parametrize(("row", "pixel", "height"), SHAPES)
def test_words_are_those_of_the_readable_twin(row: int, pixel: int, height: int) -> None:
    picture = drawn(row, pixel, height)
    native, readable = (core.PictureEncoder(len(picture), row, pixel) for core in (_mixing, runs))
    native.encode(picture[: 3 * pixel])
    native.encode(picture[3 * pixel :])
    readable.encode(picture)
    words = native.finish()
    assert words == readable.finish()
    for core in (_mixing, runs):
        decoder = core.PictureDecoder(words, len(picture), row, pixel)
        assert decoder.decode(pixel) + decoder.decode(len(picture) - pixel) == picture


def test_words_that_nobody_wrote_end_alike() -> None:
    for seed in range(6):
        words = random.Random(seed).randbytes(24)
        found: list[bytes | None] = [None, None]
        for i, core in enumerate((_mixing, runs)):
            with suppress(ValueError):
                found[i] = core.PictureDecoder(words, 120, 12, 3).decode(120)
        assert found[0] == found[1]


def test_a_core_takes_whole_pixels_alone() -> None:
    for row, pixel in ((10, 3), (2, 3), (3, 0), (65536, 1)):
        with pytest.raises(ValueError, match=r"row|width"):
            _mixing.PictureEncoder(90, row, pixel)
    encoder = _mixing.PictureEncoder(90, 9, 3)
    for wrong in (bytes(4), bytes(93)):
        with pytest.raises(ValueError, match="whole pixels"):
            encoder.encode(wrong)
    with pytest.raises(ValueError, match="whole pixels"):
        _mixing.PictureDecoder(b"", 90, 9, 3).decode(91)
