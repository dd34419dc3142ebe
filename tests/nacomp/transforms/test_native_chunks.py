"""Chunks of the native core, against a readable model of them."""

from itertools import pairwise

import numpy as np
import pytest

native = pytest.importorskip("nacomp.transforms._deflate")
WORD = (1 << 64) - 1


def gear() -> list[int]:
    """A number for each byte, by splitmix64."""
    numbers, state = [], 0
    for _ in range(256):
        state = (state + 0x9E3779B97F4A7C15) & WORD
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
        numbers.append(z ^ z >> 31)
    return numbers


GEAR = gear()


def model(data: bytes, least: int, most: int, bits: int) -> list[int]:
    """The ends of all chunks: where the hash of the 64 bytes before begins with so many zero bits."""
    ends, start = [], 0
    while start < len(data):
        end = min(start + most, len(data))
        for at in range(start + least, end):
            hashed = 0
            for byte in data[max(start, at - 64, start + least - 64) : at]:
                hashed = ((hashed << 1) + GEAR[byte]) & WORD
            if hashed >> 64 - bits == 0:
                end = at
                break
        ends.append(end)
        start = end
    return ends


@pytest.mark.parametrize("sizes", [(100, 500, 6), (20, 90, 4), (1, 3000, 8), (64, 64, 1)])
def test_chunks_are_those_of_the_model(sizes: tuple[int, int, int]) -> None:
    data = np.random.default_rng(2).bytes(4000)
    ends = native.chunk_ends(data, *sizes, True)
    assert ends == model(data, *sizes)
    assert all(end - start <= sizes[1] for start, end in pairwise([0, *ends]))
    assert all(end - start >= sizes[0] for start, end in pairwise([0, *ends[:-1]]))
    so_far = native.chunk_ends(data, *sizes, False)
    assert so_far == ends[: len(so_far)]
    assert len(so_far) >= len(ends) - 1


def test_cuts_move_with_their_content() -> None:
    data = np.random.default_rng(3).bytes(40_000)
    here = set(native.chunk_ends(data, 200, 4000, 9, True))
    shifted = {end - 7 for end in native.chunk_ends(b"shifted" + data, 200, 4000, 9, True)}
    assert len(here & shifted) > 0.9 * len(here)


def test_sizes_that_no_chunk_has_are_refused() -> None:
    assert native.chunk_ends(b"", 1, 1, 1, True) == []
    for least, most, bits in ((0, 9, 3), (9, 8, 3), (1, 9, 0), (1, 9, 64)):
        with pytest.raises(ValueError, match="no chunks have such sizes"):
            native.chunk_ends(b"abc", least, most, bits, True)
