"""Packed metadata: raw DEFLATE with the unpacked size beside it (SPEC.md, section 2).

Unlike LZMA it takes a preset dictionary, which more than halves the methods table of a small archive, and at
most 1,032 bytes come out per byte that goes in, which bounds what a hostile archive can ask for.
"""

import zlib

from nacomp.formats.errors import CorruptArchive

RAW_DEFLATE = -15


def pack(data: bytes, dictionary: bytes = b"") -> bytes:
    """Compress metadata."""
    packer = zlib.compressobj(9, zlib.DEFLATED, RAW_DEFLATE, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return packer.compress(data) + packer.flush()


def unpack(packed: bytes, size: int, what: str, dictionary: bytes = b"") -> bytes:
    """The `size` bytes that were packed; never takes more memory than that.

    Raises:
        CorruptArchive: another size, a damaged stream, or bytes behind its end.
    """
    unpacker = zlib.decompressobj(RAW_DEFLATE, zdict=dictionary)
    try:
        # One byte more than expected shows a longer stream; 0 would mean "no bound".
        data = unpacker.decompress(packed, size + 1)
    except zlib.error as error:
        raise CorruptArchive(reason=f"the {what} does not unpack ({error})") from error
    if len(data) != size or not unpacker.eof:
        raise CorruptArchive(reason=f"the {what} unpacks to another size than the {size:,} bytes stated")
    if unpacker.unused_data:
        raise CorruptArchive(reason=f"the {what} has {len(unpacker.unused_data):,} bytes behind its end")
    return data
