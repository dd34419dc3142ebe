"""The bits of a scan: what is written is read again, FF never stands alone, and the end is the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.models.jpeg.bits import BitReader, BitWriter
from nacomp.models.jpeg.file import Huffman, Unsuited

NUMBERS = st.lists(st.integers(0, 16).flatmap(lambda n: st.tuples(st.integers(0, (1 << n) - 1), st.just(n))))
TABLE = Huffman({(1, 0): 7, (2, 0b10): 200}, {7: (1, 0), 200: (2, 0b10)})


def written(numbers: list[tuple[int, int]], padding: int) -> bytes:
    out = bytearray()
    writer = BitWriter(out, 10_000)
    for value, count in numbers:
        writer.bits(value, count)
    writer.pad(padding)
    return bytes(out)


@given(NUMBERS, st.integers(0, 1))
def test_numbers_come_back(numbers: list[tuple[int, int]], padding: int) -> None:
    data = written(numbers, padding)
    reader = BitReader(data, 0)
    assert [reader.bits(count) for _, count in numbers] == [value for value, _ in numbers]
    assert reader.pass_padding(None) in (None, padding)
    assert reader.at == len(data)


@given(NUMBERS)
def test_a_zero_follows_each_ff(numbers: list[tuple[int, int]]) -> None:
    data = written(numbers, 1)
    assert all(data[at + 1] == 0 for at, byte in enumerate(data) if byte == 0xFF)


def test_codes_come_back_and_others_are_refused() -> None:
    out = bytearray()
    writer = BitWriter(out, 10)
    for value in (7, 200, 7):
        writer.symbol(TABLE, value)
    writer.pad(1)
    reader = BitReader(bytes(out), 0)
    assert [reader.symbol(TABLE) for _ in range(3)] == [7, 200, 7]
    with pytest.raises(Unsuited, match="without a code"):
        writer.symbol(TABLE, 8)
    with pytest.raises(Unsuited, match="no table has"):
        BitReader(b"\xfe\xff\x00\xff", 0).symbol(TABLE)


def test_refused_marker_and_end_inside_a_scan() -> None:
    with pytest.raises(Unsuited, match="marker"):
        BitReader(b"\xff\xd9", 0).bit()
    with pytest.raises(Unsuited, match="cut off"):
        BitReader(b"a", 0).bits(9)


def test_refused_padding_of_both_kinds() -> None:
    reader = BitReader(b"\xaf\x50", 0)
    reader.bits(4)
    padding = reader.pass_padding(None)
    assert padding == 1
    reader.bits(4)
    with pytest.raises(Unsuited, match="both kinds"):
        reader.pass_padding(padding)


def test_restarts_are_numbered_to_eight() -> None:
    out = bytearray()
    writer = BitWriter(out, 100)
    for number in range(9):
        writer.restart(number)
    assert out == bytes(b for n in (*range(8), 0) for b in (0xFF, 0xD0 + n))
    reader = BitReader(bytes(out), 0)
    reader.pass_restart(0)
    with pytest.raises(Unsuited, match="restart"):
        reader.pass_restart(2)


def test_refused_more_bytes_than_stated() -> None:
    writer = BitWriter(bytearray(b"ab"), 3)
    writer.bits(0, 8)
    with pytest.raises(Unsuited, match="more bytes"):
        writer.bits(0, 8)
