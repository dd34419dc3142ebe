"""The view of a DEFLATE stream, or of a piece of a long one, as what it unpacks to.

The stream's own checksum goes with it where one follows: it says nothing that the content does not.

Parameters: one byte. Bits 0 and 1: the first, the last byte is shared with the piece before or behind and left out here;
bits 2 and 3: what follows the stream, 0 nothing, 1 its Adler-32 (zlib), 2 its CRC-32 and length (gzip).
Parts: what it unpacks to and the corrections, for a later piece of a long stream with its window in front.
"""

import zlib
from collections.abc import Iterator, Sequence
from enum import IntEnum

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass
from nacomp.transforms.deflate import open_stream, rebuild_piece
from nacomp.transforms.view import corrupt

KIND = "deflate-1"
WINDOW = 1 << 15
PIECE_BYTES = 8 << 20
"""Content after which a long stream is cut at the next end of a block; each piece is unpacked alone, in memory."""
PIECE_LIMIT = 24 << 20
"""The most content of a piece: a stream whose blocks are longer stays as it is."""
SHARES_FIRST, SHARES_LAST = 1, 2


class Trailer(IntEnum):
    """What follows a stream."""

    NOTHING = 0
    ADLER32 = 1
    CRC32_AND_SIZE = 2


@dataclass(frozen=True)
class DeflatePiece:
    """One piece of a stream.

    Attributes:
        start, end: bytes of the data that it stands for, trailer counted, shared ones not.
        window: what lay before its content, for the pieces behind the first.
        end_bit: where the piece behind it begins, or None if the stream ends with this one.
    """

    parameters: bytes
    start: int
    end: int
    window: bytes
    content: bytes
    corrections: bytes
    end_bit: int | None


def whole(data: memoryview, start_bit: int, trailer: Trailer, limit: int) -> DeflatePiece | None:
    """The stream at this bit in one piece, if it has at most so many bytes of content and ends here."""
    found = next(_pieces(data, start_bit, trailer, b"", limit, limit), None)
    return found if found is not None and found.end_bit is None else None


def pieces(data: memoryview, start_bit: int, trailer: Trailer, window: bytes = b"") -> Iterator[DeflatePiece]:
    """The stream at this bit, piece by piece; it may end early, where the data does or where no stream goes on."""
    return _pieces(data, start_bit, trailer, window, PIECE_LIMIT, PIECE_BYTES)


def _pieces(
    data: memoryview, start_bit: int, trailer: Trailer, window: bytes, limit: int, size: int
) -> Iterator[DeflatePiece]:
    while True:
        opened = open_stream(data, start_bit, window, limit=limit, piece=size)
        if opened is None:
            return
        end_bit = start_bit + opened.bits_used
        start, end = -(-start_bit // 8), -(-end_bit // 8) if opened.final else end_bit // 8
        flags = SHARES_FIRST if start_bit % 8 else 0
        if opened.final:
            is_whole = not window and start_bit % 8 == 0
            found, behind = _trailer(trailer if is_whole else Trailer.NOTHING, opened.content, data, end)
            flags, end = flags | found << 2, end + behind
        elif end_bit % 8:
            flags |= SHARES_LAST
        following = None if opened.final else end_bit
        yield DeflatePiece(bytes([flags]), start, end, window, opened.content, opened.corrections, following)
        if following is None:
            return
        start_bit, window = following, (window + opened.content)[-WINDOW:]


def _trailer(asked: Trailer, content: bytes, data: memoryview, end: int) -> tuple[Trailer, int]:
    """What is there of the trailer that was asked for, and its size."""
    expected = _trailer_bytes(asked, content)
    there = asked is not Trailer.NOTHING and data[end : end + len(expected)] == expected
    return (asked, len(expected)) if there else (Trailer.NOTHING, 0)


def _trailer_bytes(trailer: Trailer, content: bytes) -> bytes:
    if trailer is Trailer.ADLER32:
        return zlib.adler32(content).to_bytes(4, "big")
    if trailer is Trailer.CRC32_AND_SIZE:
        size = len(content) & 0xFFFFFFFF
        return zlib.crc32(content).to_bytes(4, "little") + size.to_bytes(4, "little")
    return b""


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The bytes of the stream, at most `limit`. Raises CorruptArchive for parts that no piece has."""
    if len(parameters) != 1 or parameters[0] >> 2 > Trailer.CRC32_AND_SIZE or len(parts) not in (2, 3):
        raise corrupt(KIND, "its parameters or the number of its parts are none that are written")
    window, content, corrections = parts if len(parts) == 3 else (b"", *parts)
    if len(window) > WINDOW:
        raise corrupt(KIND, f"expected a window of {WINDOW:,} bytes at most, found {len(window):,}")
    stream = rebuild_piece(content, corrections, window, limit + 2).data
    first = 1 if parameters[0] & SHARES_FIRST else 0
    last = len(stream) - (1 if parameters[0] & SHARES_LAST else 0)
    out = stream[first:last] + _trailer_bytes(Trailer(parameters[0] >> 2), content)
    if len(out) > limit:
        raise CorruptArchive(reason=f"a deflate stream comes out at {len(out):,} bytes, more than {limit:,}")
    return out
