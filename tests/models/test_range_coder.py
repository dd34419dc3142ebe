"""The range coder against constriction's, bit for bit: random rows, the narrowest ones, and carries through many words."""

import random
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.codecs.range_coder import SymbolDecoder, SymbolEncoder
from nacomp.errors import CorruptArchive
from nacomp.models.mixing.bit_coder import BitDecoder, BitEncoder
from nacomp.models.range_coder import RangeDecoder, RangeEncoder

constriction: Any = pytest.importorskip("constriction")

TOTAL = 1 << 24
FAMILY = constriction.stream.model.Categorical(perfect=False)
Coded = list[tuple[int, np.ndarray[Any, np.dtype[np.float64]]]]
"""Symbols, each with its row (n,) of frequencies less 1."""


def words_of_the_library(coded: Coded) -> bytes:
    """What constriction writes, a symbol at a time."""
    coder = constriction.stream.queue.RangeEncoder()
    for symbol, row in coded:
        coder.encode(np.array([symbol], np.int32), FAMILY, row[None])
    return bytes(coder.get_compressed().astype("<u4").tobytes())


def words_of_ours(coded: Coded) -> bytes:
    coder = SymbolEncoder()
    for symbol, row in coded:
        coder.encode(np.array([symbol], np.int32), row[None])
    return coder.finish()


def symbols_of_the_library(words: bytes, coded: Coded) -> list[int] | None:
    """What constriction reads, or None where it refuses."""
    coder = constriction.stream.queue.RangeDecoder(np.frombuffer(words, "<u4").astype(np.uint32))
    try:
        return [int(coder.decode(FAMILY, row[None])[0]) for _, row in coded]
    except AssertionError:
        return None


def symbols_of_ours(words: bytes, coded: Coded) -> list[int] | None:
    coder = SymbolDecoder(words)
    try:
        return [int(coder.decode(row[None])[0]) for _, row in coded]
    except CorruptArchive:
        return None


@st.composite
def symbols_with_rows(draw: st.DrawFn) -> tuple[int, np.ndarray[Any, np.dtype[np.float64]]]:
    """A symbol and the frequencies it is coded under: even ones, lopsided ones, and all in one entry."""
    size = draw(st.integers(2, 300))
    free, symbol = TOTAL - size, draw(st.integers(0, size - 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = draw(st.sampled_from([0.003, 0.05, 1.0, 30.0]))
    row = rng.multinomial(free, rng.dirichlet(np.full(size, spread))).astype(np.float64)
    if draw(st.booleans()):
        row[:] = 0
        row[draw(st.integers(0, size - 1))] = free
    return symbol, row


@given(st.lists(symbols_with_rows(), max_size=30))
def test_any_symbols_under_any_frequencies(coded: Coded) -> None:
    words = words_of_ours(coded)
    assert words == words_of_the_library(coded)
    assert symbols_of_ours(words, coded) == [symbol for symbol, _ in coded]


@given(
    st.lists(symbols_with_rows(), min_size=1, max_size=20), st.lists(st.integers(0, 2**32 - 1), max_size=30)
)
def test_words_that_nobody_wrote_are_read_alike_or_refused_alike(coded: Coded, words: list[int]) -> None:
    packed = struct.pack(f"<{len(words)}I", *words)
    assert symbols_of_ours(packed, coded) == symbols_of_the_library(packed, coded)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, TOTAL - 1)), max_size=80))
def test_bits(bits: list[tuple[bool, int]]) -> None:
    coder = BitEncoder()
    for bit, one in bits:
        coder.encode(bit, one)
    words = coder.finish()
    assert words == words_of_the_library(
        [(bit, np.array([TOTAL - one - 1.0, one - 1.0])) for bit, one in bits]
    )
    decoder = BitDecoder(words)
    assert [decoder.decode(one) for _, one in bits] == [bit for bit, _ in bits]


def test_no_encoder_writes_words_beyond_the_last_symbol() -> None:
    decoder = RangeDecoder(b"\xff" * 8)
    with pytest.raises(ValueError, match="no encoder writes"):
        decoder.quantile()


def test_rows_of_several_streams_are_coded_in_order() -> None:
    rng = np.random.default_rng(4)
    rows = rng.multinomial(TOTAL - 193, rng.dirichlet(np.full(193, 0.05)), 8).astype(np.float64)
    symbols = rng.integers(0, 193, 8).astype(np.int32)
    coder = SymbolEncoder()
    coder.encode(symbols, rows)
    words = coder.finish()
    assert words == words_of_the_library(list(zip(symbols.tolist(), rows, strict=True)))
    assert SymbolDecoder(words).decode(rows).tolist() == symbols.tolist()


class Spied(RangeEncoder):
    """Tells where a point lies that an encoder stays around: no word behind it is certain before the point is left."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 1 << 63

    def lies_in_zero(self, one: int) -> bool:
        return self._ahead < (self._range >> 24) * (TOTAL - one)

    def encode(self, before: int, frequency: int) -> None:
        self._ahead -= (self._range >> 24) * before
        known = len(self._words)
        super().encode(before, frequency)
        self._ahead <<= 32 * (len(self._words) - known)

    def open_words(self) -> int:
        """How many words a carry would run through."""
        count = 0
        while count < len(self._words) and self._words[-1 - count] == 2**32 - 1:
            count += 1
        return count


def around_a_carry(seed: int, *, up: bool) -> tuple[Coded, int]:
    """Bits that stay around one point and then leave it upwards or downwards, and how many words stood open by then."""
    rng, coder, coded = random.Random(seed), Spied(), []
    for step in range(400):
        one = rng.randint(1, TOTAL - 1)
        bit = int(not coder.lies_in_zero(one)) if step < 390 else int(up)
        coder.encode(TOTAL - one if bit else 0, one if bit else TOTAL - one)
        coded.append((bit, np.array([TOTAL - one - 1.0, one - 1.0])))
        if step == 389:
            opened = coder.open_words()
    return coded, opened


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("seed", range(7))  # with 7 the point falls to the rest that no symbol gets
def test_carries_through_many_words(seed: int, *, up: bool) -> None:
    coded, opened = around_a_carry(seed, up=up)
    words = words_of_ours(coded)
    ran_through = struct.unpack("<I", words[:4])[0] == 1 << 31
    assert (opened > 3, ran_through) == (True, up)
    assert words == words_of_the_library(coded)
    assert symbols_of_ours(words, coded) == [symbol for symbol, _ in coded]
