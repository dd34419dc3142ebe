"""Chains against a search of everything."""

import random
from dataclasses import replace

import pytest

from nacomp.transforms.deflate_matcher import Match, Matcher
from nacomp.transforms.deflate_parameters import Parameters

EXHAUSTIVE = Parameters(from_start=True, nice=258, chain=4096)


def all_copies(data: bytes, at: int) -> list[Match]:
    """Nearest first, in the slowest way."""
    found = []
    for place in range(at - 1, -1, -1):
        length = 0
        while length < 258 and at + length < len(data) and data[place + length] == data[at + length]:
            length += 1
        if length >= 3:
            found.append(Match(length, at - place))
    return found


@pytest.mark.parametrize("hash_bits", [8, 15, 16])
def test_candidates_are_all_copies(hash_bits: int) -> None:
    rng = random.Random(hash_bits)
    data = bytes(rng.choice(b"abc") for _ in range(400))
    matcher = Matcher(data, replace(EXHAUSTIVE, hash_bits=hash_bits))
    for at in range(len(data)):
        copies = all_copies(data, at)
        assert list(matcher.candidates(at)) == copies
        best = max(copies, key=lambda match: match.length, default=Match(2, 0))
        assert matcher.longest(at, 2, 4096) == best


def test_the_first_byte_is_out_of_zlibs_reach() -> None:
    data = b"abcd" * 2
    assert Matcher(data, Parameters()).longest(4, 2, 99) == (2, 0)
    assert Matcher(data, EXHAUSTIVE).longest(4, 2, 99) == (4, 4)


def test_hidden_places_are_passed_over() -> None:
    data = b"-abcd-abcd-abcd"
    matcher = Matcher(data, EXHAUSTIVE)
    matcher.hide(5, 10)
    assert matcher.longest(11, 2, 1) == (4, 10)
    assert list(matcher.candidates(11)) == [(4, 5), (4, 10)]


def test_the_window_ends() -> None:
    data = b"abc" + bytes(32765) + b"abc" + b"abc"
    assert list(Matcher(data, EXHAUSTIVE).candidates(32768)) == [(3, 32768)]
    assert list(Matcher(b"abc" + bytes(32766) + b"abc", EXHAUSTIVE).candidates(32769)) == []


def test_work_is_bounded() -> None:
    """One byte again and again, so that every search would compare all that it finds."""
    data = bytes(300) + b"\1"
    matcher = Matcher(data * 60, EXHAUSTIVE)
    matcher._credit = 0
    matcher.enter(15_000)
    matcher._credit = 0
    assert len(list(matcher.candidates(15_000))) == 16
    assert matcher._credit < 0
