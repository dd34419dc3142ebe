"""The index behind the blocks: block table, entries, and the footer that finds it (SPEC.md, 6 and 7)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from nacomp.formats.block import BLOCK_HEADER_SIZE, BlockInfo, check_block_sizes
from nacomp.formats.checksums import CHECKSUM_SIZE, INDEX, checksum
from nacomp.formats.entry import Entry, decode_entries, encode_entry
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.header import Header, decode_header
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.packing import pack, unpack
from nacomp.formats.varint import Cursor, encode_varint

MARKER = b"\xf2NI\x8d"
HEADER_COPY_FLAG = 0x0001
RESERVED_FLAGS = 0xFFFE
FIELDS = struct.Struct("<4sIQQ")
INDEX_HEADER_SIZE = FIELDS.size + CHECKSUM_SIZE
FOOTER_MAGIC = b"\n\x1a\n\rcan\x89"
FOOTER = struct.Struct("<Q8s")
SMALLEST_BLOCK_ROW = 3


@dataclass(frozen=True)
class Index:
    """Everything the index says.

    Attributes:
        blocks: by number; offsets follow from the sizes.
        entries: in the order of SPEC.md, a folder before what lies in it.
        header_copy: the archive's header again, or empty.
    """

    blocks: tuple[BlockInfo, ...]
    entries: tuple[Entry, ...]
    header_copy: bytes


def encode_index(blocks: Sequence[BlockInfo], entries: Sequence[Entry], header_copy: bytes) -> bytes:
    """The whole index section; entries are in order already."""
    parts = [encode_varint(len(header_copy)), header_copy] if header_copy else []
    parts.append(encode_varint(len(blocks)))
    parts += [encode_varint(n) for b in blocks for n in (b.method, b.original_size, b.payload_size)]
    parts.append(encode_varint(len(entries)))
    parts += [encode_entry(entry) for entry in entries]
    body = b"".join(parts)
    packed = pack(body)
    fields = FIELDS.pack(MARKER, HEADER_COPY_FLAG if header_copy else 0, len(packed), len(body))
    return fields + checksum(INDEX, fields, packed) + packed


def decode_index_header(data: bytes, limits: Limits) -> tuple[bool, int, int]:
    """Parse the fixed part: whether a header copy is there, the packed size, the unpacked size.

    Raises:
        CorruptArchive, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    if len(data) < INDEX_HEADER_SIZE:
        raise CorruptArchive(reason="the index is cut off")
    marker, flags, packed_size, body_size = FIELDS.unpack_from(data)
    if marker != MARKER:
        raise CorruptArchive(reason=f"expected the index's marker, found {marker.hex(' ')}")
    if flags & RESERVED_FLAGS:
        raise UnsupportedArchive(needed=f"the index flags {flags & RESERVED_FLAGS:#06x}")
    check_limit(packed_size, limits.max_index_size, "bytes of packed index")
    check_limit(body_size, limits.max_index_size, "bytes of index")
    return bool(flags & HEADER_COPY_FLAG), packed_size, body_size


def unpack_index(section: bytes, limits: Limits) -> tuple[bytes, Cursor]:
    """Check an index section and unpack it: the header copy (or nothing) and the rest, still to be parsed.

    Raises:
        CorruptArchive, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    has_copy, packed_size, body_size = decode_index_header(section, limits)
    packed = section[INDEX_HEADER_SIZE:]
    if len(packed) != packed_size:
        raise CorruptArchive(reason=f"expected an index of {packed_size:,} bytes, found {len(packed):,}")
    if checksum(INDEX, section[: FIELDS.size], packed) != section[FIELDS.size : INDEX_HEADER_SIZE]:
        raise CorruptArchive(reason="the index's checksum does not match")
    cursor = Cursor(unpack(packed, body_size, "index"))
    return cursor.bytes(cursor.varint()) if has_copy else b"", cursor


def decode_index(section: bytes, header: Header, index_offset: int, limits: Limits) -> Index:
    """Parse and judge a whole index section that stands at `index_offset`.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    index = decode_moved_index(section, header, index_offset, limits)
    end = index.blocks[-1].end if index.blocks else header.size
    if end != index_offset:
        raise CorruptArchive(reason=f"expected the blocks to end at {index_offset:,}, found {end:,}")
    return index


def decode_moved_index(section: bytes, header: Header, room: int, limits: Limits) -> Index:
    """As `decode_index`, for a section that may have moved since it was written: `room` bounds its offset.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    header_copy, cursor = unpack_index(section, limits)
    if header_copy and decode_header(header_copy, limits) != header:
        raise CorruptArchive(reason="the header and its copy in the index differ")
    blocks = _decode_blocks(cursor, header, room, limits)
    entries = decode_entries(cursor, blocks, limits)
    if cursor.remaining:
        raise CorruptArchive(reason=f"the index has {cursor.remaining:,} bytes behind its last entry")
    return Index(blocks, entries, header_copy)


def _decode_blocks(cursor: Cursor, header: Header, room: int, limits: Limits) -> tuple[BlockInfo, ...]:
    count = cursor.count(SMALLEST_BLOCK_ROW)
    offset = header.size
    if count * BLOCK_HEADER_SIZE > room - offset:
        raise CorruptArchive(reason=f"{count:,} blocks do not fit in {room:,} bytes")
    blocks = []
    for number in range(count):
        info = BlockInfo(number, cursor.varint(), cursor.varint(), cursor.varint(), offset)
        check_block_sizes(info, header.methods, limits)
        offset = info.end
        blocks.append(info)
    return tuple(blocks)
