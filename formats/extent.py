"""Extents: a run of bytes of a content, and how all extents of an archive are written (SPEC.md, section 6.3)."""

from collections.abc import Sequence

from nacomp.formats.columns import decode_column, decode_steps, encode_column, encode_steps, unzigzag, zigzag
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor


@dataclass(frozen=True, slots=True)
class Extent:
    """`length` bytes at `offset` of the content of this number: a block's, or behind those a derived content."""

    content: int
    offset: int
    length: int


def encode_extents(extents: Sequence[Extent]) -> bytes:
    """Three columns; an extent that goes on where the last one in its content ended has offset 0 there."""
    ends: dict[int, int] = {}
    offsets = []
    for extent in extents:
        offsets.append(zigzag(extent.offset - ends.get(extent.content, 0)))
        ends[extent.content] = extent.offset + extent.length
    contents = encode_steps([extent.content for extent in extents])
    return contents + encode_column(offsets) + encode_column(extent.length for extent in extents)


def decode_extents(cursor: Cursor, count: int, sizes: Sequence[int]) -> list[Extent]:
    """The next `count` extents, each inside a content of these sizes, in bytes. Raises CorruptArchive."""
    contents = decode_steps(cursor, count)
    offsets, lengths = decode_column(cursor, count), decode_column(cursor, count)
    ends: dict[int, int] = {}
    extents = []
    for content, step, length in zip(contents, offsets, lengths, strict=True):
        offset = ends.get(content, 0) + unzigzag(step)
        if not 0 <= content < len(sizes):
            raise CorruptArchive(reason=f"an extent names content {content}, and there are {len(sizes)}")
        if offset < 0 or length < 1 or offset + length > sizes[content]:
            raise CorruptArchive(
                reason=f"an extent names bytes {offset:,} to {offset + length:,} "
                f"of content {content}, which has {sizes[content]:,}"
            )
        ends[content] = offset + length
        extents.append(Extent(content, offset, length))
    return extents
