"""Streams taken apart: zlib's inflate is the judge."""

import zlib

import pytest

from nacomp.transforms.deflate_blocks import too_many_blocks
from nacomp.transforms.deflate_stream import NoStream, take_apart
from nacomp.transforms.deflate_tables import ODD_LONGEST, Token, width
from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

LARGE = 1 << 20


@pytest.mark.parametrize("seed", range(40))
def test_content_and_tokens(seed: int) -> None:
    drawn = RandomStream(seed, dictionary=text(500) if seed % 2 else b"", lead=seed % 8)
    data = drawn.write()
    stream = take_apart(data + b"more", seed % 8, drawn.dictionary, LARGE, LARGE)
    assert stream.data == drawn.data
    assert stream.final
    assert (seed % 8 + stream.bits + 7) // 8 == len(data)
    for block in stream.blocks:
        assert block.length == (sum(map(width, block.tokens)) if block.kind else block.size)


@pytest.mark.parametrize("seed", range(300))
def test_damage_is_refused_where_inflate_refuses_it(seed: int) -> None:
    data = bytearray(RandomStream(seed, blocks=2).write())
    data[seed % min(len(data), 40)] ^= 1 << seed % 7
    judge = zlib.decompressobj(-15)
    try:
        expected = judge.decompress(bytes(data))
    except zlib.error:
        expected = b""
    try:
        stream = take_apart(bytes(data), 0, b"", LARGE, LARGE)
    except NoStream:
        assert not judge.eof
    else:
        assert judge.eof
        assert stream.data == expected


def test_pieces_end_with_a_block() -> None:
    content = text(9000)
    data = zlib_stream(content, memory=1)
    stream = take_apart(data, 0, b"", LARGE, 1000)
    assert not stream.final
    assert 1000 <= len(stream.data) < 9000
    rest = take_apart(data, stream.bits, bytes(stream.data), LARGE, LARGE)
    assert rest.data == content


def test_the_spelling_of_258() -> None:
    stream = take_apart(zlib_stream(bytes(2000)), 0, b"", LARGE, LARGE)
    assert Token(258, 1) in stream.blocks[0].tokens
    odd = [seed for seed in range(30) if _has_odd(seed)]
    assert odd


def _has_odd(seed: int) -> bool:
    stream = take_apart(RandomStream(seed).write(), 0, b"", LARGE, LARGE)
    return any(token.length == ODD_LONGEST for block in stream.blocks for token in block.tokens)


def test_blocks_that_a_content_may_have() -> None:
    assert not too_many_blocks(1024, 1024, 0)
    assert too_many_blocks(1025, 0, 7)
    assert not too_many_blocks(1025, 0, 8)
    assert too_many_blocks(1025, 1025, 95)
