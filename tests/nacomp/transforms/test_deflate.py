"""Streams opened and rebuilt: by zlib at every setting, in pieces, damaged, and such as no encoder writes."""

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms.deflate import OpenedDeflate, join, open_stream, rebuild, rebuild_piece
from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

LIMIT = 1 << 24
CONTENT = text(120_000)


def there_and_back(stream: bytes, content: bytes, dictionary: bytes = b"") -> OpenedDeflate:
    """Opened, with what follows ignored, and rebuilt."""
    opened = open_stream(stream + b"what follows", 0, dictionary, limit=LIMIT)
    assert opened is not None
    assert opened.content == content
    assert opened.final
    assert (opened.bits_used + 7) // 8 == len(stream)
    assert rebuild(opened.content, opened.corrections, dictionary) == stream
    return opened


@pytest.mark.parametrize("level", range(10))
def test_levels_of_zlib_cost_a_few_bytes(level: int) -> None:
    opened = there_and_back(zlib_stream(CONTENT, level), CONTENT)
    assert len(opened.corrections) <= 20


@pytest.mark.parametrize("memory", range(1, 10))
def test_memory_levels_of_zlib(memory: int) -> None:
    content = CONTENT[:50_000]
    opened = there_and_back(zlib_stream(content, 6, memory=memory), content)
    assert len(opened.corrections) <= 20


@pytest.mark.parametrize("window", range(9, 16))
@pytest.mark.parametrize("level", [1, 6])
def test_windows_of_zlib(window: int, level: int) -> None:
    content = CONTENT[:70_000]
    opened = there_and_back(zlib_stream(content, level, window=window), content)
    assert len(opened.corrections) <= 24


@pytest.mark.parametrize("strategy", [zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED])
def test_strategies_of_zlib(strategy: int) -> None:
    rows = bytes(value // 7 % 5 for value in range(60_000)) + CONTENT[:20_000]
    opened = there_and_back(zlib_stream(rows, 6, strategy=strategy), rows)
    assert len(opened.corrections) <= 24


def test_incompressible_content_is_stored() -> None:
    noise = random.Random(1).randbytes(100_000)
    there_and_back(zlib_stream(noise), noise)


def test_flushes() -> None:
    coder = zlib.compressobj(6, zlib.DEFLATED, -15)
    stream = b""
    for at in range(0, 40_000, 1000):
        flush = (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH)[at // 1000 % 3]
        stream += coder.compress(CONTENT[at : at + 1000]) + coder.flush(flush)
    there_and_back(stream + coder.flush(), CONTENT[:40_000])


def test_a_dictionary() -> None:
    dictionary, content = CONTENT[:32_768], CONTENT[20_000:90_000]
    opened = there_and_back(zlib_stream(content, dictionary=dictionary), content, dictionary)
    assert len(opened.corrections) <= 24
    with pytest.raises(CorruptArchive):
        rebuild(opened.content, opened.corrections, dictionary[:100])


@pytest.mark.parametrize("content", [b"", b"a", b"ab" * 40, bytes(70_000)])
def test_small_contents(content: bytes) -> None:
    for level in (0, 1, 6, 9):
        there_and_back(zlib_stream(content, level), content)


@pytest.mark.parametrize("piece", [1, 10_000, 60_000])
def test_pieces_join(piece: int) -> None:
    stream = zlib_stream(CONTENT, 6, memory=5)
    at, content, rebuilt, count = 0, b"", [], 0
    while True:
        dictionary = content[-32768:]
        opened = open_stream(stream + b"!", at, dictionary, limit=LIMIT, piece=piece)
        assert opened is not None
        rebuilt.append(rebuild_piece(opened.content, opened.corrections, dictionary))
        assert len(opened.corrections) <= 40
        assert rebuilt[-1].bits_used == opened.bits_used
        assert rebuilt[-1].lead == at % 8
        content += opened.content
        at += opened.bits_used
        count += 1
        if opened.final:
            break
    assert content == CONTENT
    assert count > 1
    assert b"".join(join(rebuilt)) == stream


def test_a_piece_that_begins_within_a_byte_needs_the_one_before() -> None:
    stream = zlib_stream(CONTENT, 6, memory=5)
    first = open_stream(stream, limit=LIMIT, piece=1)
    assert first is not None
    assert first.bits_used % 8
    second = open_stream(stream, first.bits_used, first.content[-32768:], limit=LIMIT)
    assert second is not None
    piece = rebuild_piece(second.content, second.corrections, first.content[-32768:])
    with pytest.raises(CorruptArchive):
        list(join([piece]))


@pytest.mark.parametrize(
    "stream", [b"", b"\x07", b"\x03", bytes(5), b"\x01\1\0\0\0", zlib_stream(CONTENT)[:-1], CONTENT]
)
def test_what_is_no_stream(stream: bytes) -> None:
    assert open_stream(stream, limit=LIMIT) is None


def test_content_beyond_the_limit() -> None:
    stream = zlib_stream(CONTENT)
    assert open_stream(stream, limit=len(CONTENT) - 1) is None
    assert open_stream(stream, limit=len(CONTENT)) is not None


@pytest.mark.parametrize("empty", [b"\0\0\0\xff\xff", b"\2\0" * 4])
def test_many_empty_blocks_are_left_alone(empty: bytes) -> None:
    assert open_stream(empty * 3000 + b"\3\0", limit=LIMIT) is None


@given(st.integers(0, 1 << 32), st.booleans())
@settings(max_examples=40, deadline=None)
def test_streams_that_no_encoder_writes(seed: int, with_dictionary: bool) -> None:
    drawn = RandomStream(seed, dictionary=CONTENT[:32768] if with_dictionary else b"")
    stream = drawn.write()
    there_and_back(stream, drawn.content, drawn.dictionary)


@given(st.integers(0, 1 << 32), st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_corrections_give_a_stream_or_a_sentence(seed: int, data: st.DataObject) -> None:
    drawn = RandomStream(seed, blocks=2)
    opened = open_stream(drawn.write(), limit=LIMIT)
    assert opened is not None
    damaged = bytearray(opened.corrections + data.draw(st.binary(max_size=3)))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    for corrections in (bytes(damaged), bytes(damaged[: len(damaged) // 2])):
        try:
            rebuilt = rebuild_piece(opened.content, corrections)
        except CorruptArchive:
            continue
        assert len(rebuilt.data) <= 2 * len(opened.content) + 512 * len(corrections) + 1024
        again = open_stream(rebuilt.data, rebuilt.lead, limit=LIMIT, piece=max(1, len(opened.content)))
        assert again is None or opened.content.startswith(again.content)


@given(st.binary(max_size=300), st.binary(max_size=100))
@settings(max_examples=200, deadline=None)
def test_random_corrections_give_a_stream_or_a_sentence(content: bytes, corrections: bytes) -> None:
    try:
        rebuilt = rebuild(content, corrections)
    except CorruptArchive:
        return
    assert len(rebuilt) <= 2 * len(content) + 512 * len(corrections) + 1024
