"""Raw DEFLATE streams (RFC 1951) as their content, and what it takes to make the very same stream again.

    open_stream: stream -> content, corrections          rebuild: content, corrections -> stream

A compressor's content is easy to have; its choices are not: which copies, where blocks end, which Huffman codes. They are
predicted with zlib's own algorithm (`deflate_predictor`, `deflate_trees`), under parameters that were guessed from the
stream, and `corrections` holds only where the stream differs. The idea is preflate's (D. Steinke); the format is our own and
written down in `formats/TRANSFORMS.md`. The native core and the readable twin (`deflate_reference`) give the same bytes.

Long streams come in pieces: `open_stream` stops at the first end of a block behind `piece` bytes of content, and goes on
with `start_bit` and the last 32 KiB of content as the dictionary. Every piece is rebuilt alone, given its dictionary.

Work is at most 4,096 places looked at for a byte of content; memory is about 20 bytes for one of content on the way in, and
the content twice and the stream on the way out.
"""

import sys
from collections.abc import Iterable

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass

try:
    from nacomp.transforms import _deflate

    _NATIVE = True
except ImportError:  # installed without a compiler
    # Only then: its fifteen modules are a tenth of what a small job loads.
    from nacomp.transforms import deflate_reference

    _NATIVE = False

Buffer = bytes | bytearray | memoryview

PIECE = 16 << 20


@dataclass(frozen=True)
class OpenedDeflate:
    """A stream, or a piece of one, taken apart."""

    content: bytes
    corrections: bytes
    bits_used: int
    """From `start_bit` on, up to the end of the last block. What fills a stream's last byte is in the corrections."""
    final: bool
    """Whether the stream ends here."""


@dataclass(frozen=True)
class RebuiltDeflate:
    """The bits of a stream, or of a piece of one: `lead` zero bits, the piece, and zero bits up to a whole byte.

    Where the stream ends, the last byte is filled as it was.
    """

    data: bytes
    lead: int
    bits_used: int
    final: bool


def open_stream(
    data: Buffer, start_bit: int = 0, dictionary: Buffer = b"", *, limit: int, piece: int = PIECE
) -> OpenedDeflate | None:
    """The stream that begins at a bit of `data`, whatever follows it.

    Args:
        data: contiguous bytes.
        start_bit: where the stream, or its next piece, begins; bit 0 is the lowest of the first byte.
        dictionary: up to 32,768 bytes of content before.
        limit: no more bytes of content than this in one piece, 2^30 at the most.
        piece: from so many bytes of content on, the next end of a block ends the piece.

    Returns:
        None where no valid stream begins there, its content exceeds the limit, or it would not come back exactly, which
        was tried. `corrections` may be larger than is worth it: that is for the caller to judge.
    """
    core = _deflate if _NATIVE else deflate_reference
    found = core.open_stream(data, start_bit, dictionary, limit, piece)
    return None if found is None else OpenedDeflate(*found)


def rebuild_piece(
    content: Buffer, corrections: Buffer, dictionary: Buffer = b"", limit: int = sys.maxsize
) -> RebuiltDeflate:
    """The bits that `open_stream` took apart. CorruptArchive if the corrections are none for this content.

    At most 2 bytes for a byte of content, 512 for one of the corrections, and 1,024, and never more than `limit`.
    """
    if not _NATIVE:
        return RebuiltDeflate(*deflate_reference.rebuild(content, corrections, dictionary, limit))
    try:
        return RebuiltDeflate(*_deflate.rebuild(content, corrections, dictionary, limit))
    except _deflate.Corrupt as error:
        raise CorruptArchive(reason=str(error)) from None


def rebuild(content: Buffer, corrections: Buffer, dictionary: Buffer = b"") -> bytes:
    """The bytes of a stream that was opened whole, from bit 0 on."""
    return rebuild_piece(content, corrections, dictionary).data


def join(pieces: Iterable[RebuiltDeflate]) -> Iterable[bytes]:
    """The bytes of pieces that follow each other; the last bits of one share a byte with the first of the next."""
    last = b""
    for piece in pieces:
        data = piece.data
        if piece.lead:
            if not last or not data:
                raise CorruptArchive(
                    reason="a piece of a deflate stream begins within a byte that is not there"
                )
            data = bytes([last[0] | data[0]]) + data[1:]
            last = b""
        whole = piece.final or (piece.lead + piece.bits_used) % 8 == 0
        yield last + (data if whole else data[:-1])
        last = b"" if whole else data[-1:]
    yield last
