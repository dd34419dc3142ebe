"""Bits in and out, lowest first."""

import random

import pytest

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.deflate_bits import BitReader, BitWriter


def test_what_is_written_is_read() -> None:
    rng = random.Random(1)
    fields = [(rng.getrandbits(count), count) for count in rng.choices(range(33), k=300)]
    writer = BitWriter(10_000)
    for value, count in fields:
        writer.write(value, count)
    assert writer.position == sum(count for _, count in fields)
    reader = BitReader(b"\xff" + writer.finish(), 8)
    assert [(reader.read(count), count) for _, count in fields] == fields
    assert not reader.overrun


def test_the_first_bit_is_the_lowest() -> None:
    writer = BitWriter(1)
    writer.write(1, 1)
    writer.write(0b10, 2)
    assert writer.finish() == b"\x05"


def test_behind_the_end_are_zeros() -> None:
    reader = BitReader(b"\xff", 4)
    assert reader.peek(15) == 0xF
    assert reader.read(15) == 0xF
    assert reader.overrun


def test_the_limit() -> None:
    writer = BitWriter(1)
    writer.write(0, 15)
    with pytest.raises(CorruptArchive):
        writer.write(0, 1)
