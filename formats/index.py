"""The index behind the blocks: blocks, derived contents, entries, and the footer that finds it (SPEC.md, 6 and 7).

All of it stands in columns: methods beside methods, names beside names. Rows of one thing after the other lost: 3,000
small files took a fifth more.
"""

import struct
from collections.abc import Sequence
from dataclasses import field

from nacomp.formats.block import BLOCK_HEADER_SIZE, BlockInfo, check_block_sizes
from nacomp.formats.checksums import CHECKSUM_SIZE, INDEX, checksum
from nacomp.formats.columns import decode_column, encode_column
from nacomp.formats.derived import Derived, decode_derived, encode_derived
from nacomp.formats.entry import SHA256_SIZE, Entry
from nacomp.formats.entry_table import decode_entries, encode_entries, encode_hashes
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.extent import decode_extents, encode_extents
from nacomp.formats.header import Header, decode_header
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.packing import pack, unpack
from nacomp.formats.properties import PROPERTY_FLAGS, decode_properties, encode_properties
from nacomp.formats.records import dataclass
from nacomp.formats.removed import decode_removed, encode_removed
from nacomp.formats.varint import Cursor, encode_varint

MARKER = b"\xf2NI\x8d"
HEADER_COPY_FLAG = 0x0001
RESERVED_FLAGS = 0xFFFE & ~PROPERTY_FLAGS
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
        derived: contents made of others; the first has the number behind the last block's.
        entries: in the order of SPEC.md, a folder before what lies in it.
        header_copy: the archive's header again, or empty.
        removed: paths of what stands before an update that are there no more, with all below them.
        first: the number of its first content; an update counts on.
    """

    blocks: tuple[BlockInfo, ...]
    derived: tuple[Derived, ...]
    entries: tuple[Entry, ...]
    header_copy: bytes
    removed: tuple[bytes, ...] = ()
    first: int = 0

    @property
    def contents(self) -> int:
        """How many contents it has itself."""
        return len(self.blocks) + len(self.derived)


@dataclass
class Before:
    """The contents that an update goes on from: of each, its size and how deep views lie in it.

    Whoever parses an index adds its own: copies of what thousands of updates go on from would take hours.
    """

    sizes: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)


def encode_index(
    blocks: Sequence[BlockInfo],
    derived: Sequence[Derived],
    entries: Sequence[Entry],
    header_copy: bytes,
    removed: Sequence[bytes] | None = None,
) -> bytes:
    """The whole index section; entries and removed paths are in order already. None for what is no update."""
    extents = [extent for one in derived for extent in one.extents]
    extents += [extent for entry in entries for extent in entry.extents]
    properties, flags = encode_properties(entries)
    flags |= HEADER_COPY_FLAG if header_copy else 0
    parts = [
        encode_varint(len(header_copy)) + header_copy if header_copy else b"",
        encode_removed(removed) if removed is not None else b"",
        encode_column([len(blocks)]),
        encode_column(block.method for block in blocks),
        encode_column(block.original_size for block in blocks),
        encode_column(block.payload_size for block in blocks),
        encode_derived(derived),
        encode_entries(entries),
        properties,
        encode_extents(extents),
        encode_hashes(entries),
    ]
    body = b"".join(parts)
    packed = pack(body)
    fields = FIELDS.pack(MARKER, flags, len(packed), len(body))
    return fields + checksum(INDEX, fields, packed) + packed


def decode_index_header(data: bytes, limits: Limits) -> tuple[int, int, int]:
    """Parse the fixed part: the flags, the packed size, the unpacked size.

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
    return flags, packed_size, body_size


def unpack_index(section: bytes, limits: Limits) -> tuple[bytes, Cursor]:
    """Check an index section and unpack it: the header copy (or nothing) and the rest, still to be parsed.

    Raises:
        CorruptArchive, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    flags, packed_size, body_size = decode_index_header(section, limits)
    packed = section[INDEX_HEADER_SIZE:]
    if len(packed) != packed_size:
        raise CorruptArchive(reason=f"expected an index of {packed_size:,} bytes, found {len(packed):,}")
    if checksum(INDEX, section[: FIELDS.size], packed) != section[FIELDS.size : INDEX_HEADER_SIZE]:
        raise CorruptArchive(reason="the index's checksum does not match")
    cursor = Cursor(unpack(packed, body_size, "index"))
    header_copy = cursor.bytes(cursor.varint()) if flags & HEADER_COPY_FLAG else b""
    if flags & HEADER_COPY_FLAG and not header_copy:
        raise CorruptArchive(reason="the index says that it has a copy of the header, and the copy is empty")
    return header_copy, cursor


def decode_index(
    section: bytes, header: Header, index_offset: int, limits: Limits, before: Before | None = None
) -> Index:
    """Parse and judge a whole index section that stands at `index_offset`; its contents are added to `before`.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    index = decode_moved_index(section, header, index_offset, limits, before)
    end = index.blocks[-1].end if index.blocks else header.size
    if end != index_offset:
        raise CorruptArchive(reason=f"expected the blocks to end at {index_offset:,}, found {end:,}")
    return index


def decode_moved_index(
    section: bytes, header: Header, room: int, limits: Limits, before: Before | None = None
) -> Index:
    """As `decode_index`, for a section that may have moved since it was written: `room` bounds its offset.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    header_copy, cursor = unpack_index(section, limits)
    if header_copy and decode_header(header_copy, limits) != header:
        raise CorruptArchive(reason="the header and its copy in the index differ")
    before = before or Before()
    first = len(before.sizes)
    removed = decode_removed(cursor, limits) if header.continuing else ()
    blocks = _decode_blocks(cursor, header, room, limits)
    derived_rows = decode_derived(cursor, header.methods, limits)
    entry_rows = decode_entries(cursor, limits)
    flags, _, _ = decode_index_header(section, limits)
    properties = decode_properties(cursor, flags, entry_rows.kinds, limits)
    before.sizes += [block.original_size for block in blocks] + derived_rows.sizes
    before.depths += [0] * len(blocks)
    count = derived_rows.extents + entry_rows.extents
    check_limit(count + properties.holes, limits.max_extents, "extents and holes")
    extents = iter(decode_extents(cursor, count, before.sizes))
    derived = derived_rows.joined(extents, before.depths, limits)
    hashes = [cursor.bytes(SHA256_SIZE) for _ in range(entry_rows.hashes)]
    entries = properties.of(entry_rows.joined(extents, hashes))
    if limits.max_total_size is not None:
        check_limit(sum(entry.size for entry in entries), limits.max_total_size, "bytes in all files")
    if cursor.remaining:
        raise CorruptArchive(reason=f"the index has {cursor.remaining:,} bytes behind its last entry")
    return Index(blocks, derived, entries, header_copy, removed, first)


def _decode_blocks(cursor: Cursor, header: Header, room: int, limits: Limits) -> tuple[BlockInfo, ...]:
    count = cursor.count(SMALLEST_BLOCK_ROW)
    offset = header.size
    if count * BLOCK_HEADER_SIZE > room - offset:
        raise CorruptArchive(reason=f"{count:,} blocks do not fit in {room:,} bytes")
    columns = [decode_column(cursor, count) for _ in range(3)]
    blocks = []
    for number, (method, original_size, payload_size) in enumerate(zip(*columns, strict=True)):
        info = BlockInfo(number, method, original_size, payload_size, offset)
        check_block_sizes(info, header.methods, limits)
        offset = info.end
        blocks.append(info)
    return tuple(blocks)
