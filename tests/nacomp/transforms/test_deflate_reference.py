"""The readable twin and the native core give the same bytes and refuse the same."""

import random

import pytest

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import deflate_reference
from nacomp.transforms.deflate import RebuiltDeflate
from tests.nacomp.transforms.deflate_samples import RandomStream, text, zlib_stream

_deflate = pytest.importorskip("nacomp.transforms._deflate")
CONTENT = text(9000)


def same(stream: bytes, start_bit: int = 0, dictionary: bytes = b"", piece: int = 1 << 20) -> RebuiltDeflate:
    """Opened by both, and rebuilt by both."""
    opened = _deflate.open_stream(stream, start_bit, dictionary, 1 << 20, piece)
    assert opened is not None
    assert deflate_reference.open_stream(stream, start_bit, dictionary, 1 << 20, piece) == opened
    rebuilt = _deflate.rebuild(opened[0], opened[1], dictionary)
    assert deflate_reference.rebuild(opened[0], opened[1], dictionary) == rebuilt
    return RebuiltDeflate(*rebuilt)


@pytest.mark.parametrize("level", range(10))
def test_zlib(level: int) -> None:
    for memory, window, strategy in ((8, 15, 0), (1, 9, 0), (9, 12, 1)):
        stream = zlib_stream(CONTENT, level, window, memory, strategy)
        assert same(stream).data == stream


def test_pieces() -> None:
    stream = zlib_stream(CONTENT, 6, memory=1)
    piece = same(stream, piece=1000)
    assert not piece.final
    before = _deflate.open_stream(stream, 0, b"", 1 << 20, 1000)[0]
    assert same(stream, piece.bits_used, before, piece=100).lead == piece.bits_used % 8


@pytest.mark.parametrize("seed", range(12))
def test_streams_that_no_encoder_writes(seed: int) -> None:
    drawn = RandomStream(seed, blocks=2)
    stream = drawn.write()
    assert same(stream).data == stream


@pytest.mark.parametrize("seed", range(60))
def test_damaged_corrections(seed: int) -> None:
    """The same bytes, or a refusal with the same sentence."""
    rng = random.Random(seed)
    stream = zlib_stream(CONTENT[:800], 6) if seed % 2 else RandomStream(seed, blocks=1).write()
    content, corrections, _, _ = _deflate.open_stream(stream, 0, b"", 1 << 20, 1 << 20)
    damaged = bytearray(corrections + rng.randbytes(rng.randrange(4)))
    for _ in range(rng.randrange(1, 4)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    try:
        expected: object = deflate_reference.rebuild(content, bytes(damaged), b"")
    except CorruptArchive as error:
        expected = str(error)
    try:
        found: object = _deflate.rebuild(content, bytes(damaged), b"")
    except _deflate.Corrupt as error:
        found = str(CorruptArchive(reason=str(error)))
    assert found == expected


@pytest.mark.parametrize("stream", [b"", b"\7", bytes(5), b"\1\1\0\0\0", zlib_stream(CONTENT)[:-1], CONTENT])
def test_what_is_no_stream(stream: bytes) -> None:
    assert deflate_reference.open_stream(stream, 0, b"", 1 << 20, 1 << 20) is None
    assert _deflate.open_stream(stream, 0, b"", 1 << 20, 1 << 20) is None
