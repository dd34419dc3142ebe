"""Tokens as zlib chooses them: its own streams are the judge."""

import pytest

from nacomp.transforms.deflate_matcher import Match
from nacomp.transforms.deflate_parameters import Parameters, Search
from nacomp.transforms.deflate_predictor import Expectation, Predictor
from nacomp.transforms.deflate_stream import take_apart
from nacomp.transforms.deflate_tables import LITERAL, Token, width
from tests.nacomp.transforms.deflate_samples import text, zlib_stream

CONTENT = text(40_000, 5)


def unexpected(stream: bytes, parameters: Parameters) -> int:
    """How many tokens of a stream are not the expected ones."""
    taken = take_apart(stream, 0, b"", 1 << 20, 1 << 20)
    predictor, at, count = Predictor(bytes(taken.data), parameters), 0, 0
    for block in taken.blocks:
        for token in block.tokens:
            count += predictor.expect(at).token != token
            predictor.learn(at, token)
            at += width(token)
    return count


@pytest.mark.parametrize("level", range(1, 10))
def test_levels(level: int) -> None:
    assert unexpected(zlib_stream(CONTENT, level), Parameters().at_level(level)) == 0
    assert unexpected(zlib_stream(CONTENT, level), Parameters().at_level(level % 9 + 1)) > 0


@pytest.mark.parametrize(("window", "memory"), [(9, 1), (12, 4), (15, 9)])
def test_windows_and_hashes(window: int, memory: int) -> None:
    parameters = Parameters(window_bits=window, hash_bits=memory + 7).at_level(6)
    assert unexpected(zlib_stream(CONTENT, 6, window, memory), parameters) == 0


def test_strategies() -> None:
    assert unexpected(zlib_stream(CONTENT, 6, strategy=1), Parameters(filtered=True).at_level(6)) == 0
    assert unexpected(zlib_stream(CONTENT, 6, strategy=2), Parameters(search=Search.LITERALS)) == 0
    assert unexpected(zlib_stream(CONTENT, 6, strategy=3), Parameters(search=Search.RUNS)) == 0


@pytest.mark.parametrize(
    ("length", "distance", "context"),
    [(0, 0, 0), (3, 1, 1), (6, 256, 4), (8, 257, 25), (16, 4096, 26), (33, 4097, 48), (258, 32768, 49)],
)
def test_contexts(length: int, distance: int, context: int) -> None:
    assert Expectation(LITERAL, Match(length, distance)).context == context
    if length:
        assert Expectation(Token(length, distance), Match(length, distance)).context == context + 10
