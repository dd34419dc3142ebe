"""Parameters are found from the stream alone."""

import pytest

from nacomp.transforms.deflate_choose import choose_parameters
from nacomp.transforms.deflate_parameters import Parameters, Search
from nacomp.transforms.deflate_stream import take_apart
from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

CONTENT = text(20_000, 5)


def chosen(stream: bytes) -> Parameters:
    return choose_parameters(take_apart(stream, 0, b"", 1 << 20, 1 << 20))


@pytest.mark.parametrize("level", [1, 3, 4, 6, 9])
def test_levels_of_zlib(level: int) -> None:
    found = chosen(zlib_stream(CONTENT, level))
    assert found == Parameters(capacity=16383).at_level(level)


def test_memory_and_window() -> None:
    found = chosen(zlib_stream(CONTENT, 6, window=10, memory=3))
    assert (found.capacity, found.hash_bits, found.window_bits) == (511, 10, 10)


def test_strategies() -> None:
    assert chosen(zlib_stream(CONTENT, 6, strategy=1)).filtered
    assert chosen(zlib_stream(CONTENT, 6, strategy=2)).search is Search.LITERALS
    assert chosen(zlib_stream(b"aaaaaaaabbbbbb" * 50, 6, strategy=3)).search is Search.RUNS


def test_what_zlib_does_not_write() -> None:
    found = chosen(RandomStream(1, blocks=6).write())
    assert found.rough
