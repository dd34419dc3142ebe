"""Decisions in and out, and what they cost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.deflate_coder import Chance, DecisionDecoder, DecisionEncoder, NumberModel, TreeModel


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=400))
def test_what_is_coded_is_decoded(decisions: list[tuple[int, bool]]) -> None:
    encoder, chances = DecisionEncoder(), [Chance(), Chance(0xFF00, 8), Chance(1, 200)]
    for which, bit in decisions:
        assert encoder.code(chances[which], bit) is bit
    decoder, chances = DecisionDecoder(encoder.finish()), [Chance(), Chance(0xFF00, 8), Chance(1, 200)]
    assert [decoder.code(chances[which], False) for which, _ in decisions] == [bit for _, bit in decisions]


def test_what_always_happens_costs_next_to_nothing() -> None:
    encoder, chance = DecisionEncoder(), Chance()
    for _ in range(100_000):
        encoder.code(chance, True)
    assert len(encoder.finish()) <= 4


def test_noise_costs_a_bit_each() -> None:
    rng, encoder, chance = random.Random(1), DecisionEncoder(), Chance()
    for _ in range(8000):
        encoder.code(chance, rng.random() < 0.5)
    assert 1000 <= len(encoder.finish()) <= 1020


def test_nothing_costs_nothing() -> None:
    assert DecisionEncoder().finish() == b""


def test_a_chance_moves_as_the_page_says() -> None:
    chance = Chance()
    assert chance.of_65536 == 1 << 15
    chance.learn(True)  # 2^21 + ((2^21 - 1) * 43690 >> 16)
    assert chance.of_65536 == (2097152 + (2097151 * 43690 >> 16)) >> 6


@given(st.lists(st.integers(0, 2**31 - 2), max_size=50))
def test_numbers(numbers: list[int]) -> None:
    encoder, model = DecisionEncoder(), NumberModel()
    for number in numbers:
        model.code(encoder, number)
    decoder, model = DecisionDecoder(encoder.finish()), NumberModel()
    assert [model.code(decoder, 0) for _ in numbers] == numbers


@given(st.lists(st.integers(0, 31), max_size=50))
def test_trees(numbers: list[int]) -> None:
    encoder, model = DecisionEncoder(), TreeModel(5)
    for number in numbers:
        model.code(encoder, number)
    decoder, model = DecisionDecoder(encoder.finish()), TreeModel(5)
    assert [model.code(decoder, 0) for _ in numbers] == numbers


def test_a_number_that_does_not_end() -> None:
    with pytest.raises(CorruptArchive):
        NumberModel().code(DecisionDecoder(b""), 0)  # zeros are ones: the code is below every middle
