"""The archives that stand one behind the other in a file, found and parsed (SPEC.md, section 15).

    the file -> places of its members -> each parsed, an update on top of what stands before it

An archive that was never added to is found by its footer alone. Of several, the last one's footer leads to its index, and
where an archive begins the one before it ends; so damage to a block costs no more than it does in a single one. Only what
that way does not explain, an update that was cut off or a compact archive, is walked through from the front, from block to
block.
"""

from collections.abc import Iterator
from typing import BinaryIO

from nacomp.formats.block import BLOCK_HEADER_SIZE, Block, decode_block_header
from nacomp.formats.block import MARKER as BLOCK_MARKER
from nacomp.formats.compact import FIELDS as COMPACT_FIELDS
from nacomp.formats.compact import compact_size, decode_compact
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.file_access import read_at
from nacomp.formats.header import (
    CONTINUING_FLAG,
    HEADER_SIZE,
    MAGIC,
    MAX_HEADER_SIZE,
    PROLOGUE,
    VERSION,
    Header,
    decode_header,
)
from nacomp.formats.index import (
    FOOTER,
    FOOTER_MAGIC,
    INDEX_HEADER_SIZE,
    Before,
    Index,
    decode_index,
    decode_index_header,
)
from nacomp.formats.index import MARKER as INDEX_MARKER
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.records import dataclass

WINDOW = 1 << 16


@dataclass(frozen=True)
class Member:
    """One archive of a file.

    Attributes:
        start: its first byte in the file.
        size: of it in bytes.
        only: the block of a compact one.
    """

    start: int
    size: int
    header: Header
    index: Index
    compact: bool = False
    only: Block | None = None


@dataclass(frozen=True)
class _Place:
    """Where a member is; its index begins `index_offset` bytes behind its start."""

    start: int
    end: int
    index_offset: int = 0
    compact: bool = False


@dataclass(frozen=True)
class Members:
    """The members of a file, the oldest first; `end` is behind the last one, and an unfinished update may follow."""

    all: tuple[Member, ...]
    end: int


def read_members(file: BinaryIO, size: int, limits: Limits) -> Members:
    """All members of `size` bytes of a file.

    Raises:
        CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
    """
    try:
        return Members((_single(file, size, limits),), size)
    except CorruptArchive as fault:
        try:
            places = _from_the_end(file, size, limits) or list(_from_the_front(file, size, limits))
        except CorruptArchive:
            places = []
        end = places[-1].end if places else 0
        if end < size and not _is_unfinished(file, end, size, limits):
            raise fault
        if len(places) < 2 and (not places or end == size):
            raise fault
    return Members(tuple(_parsed(file, places, limits)), end)


def _single(file: BinaryIO, size: int, limits: Limits) -> Member:
    """A file that is one archive, as nearly all are."""
    whole = compact_size(read_at(file, 0, COMPACT_FIELDS.size))
    if whole is not None:
        return _compact(file, _Place(0, size, compact=True), limits)
    header = decode_header(read_at(file, 0, MAX_HEADER_SIZE), limits)
    smallest = HEADER_SIZE + INDEX_HEADER_SIZE + FOOTER.size
    if size < smallest:
        raise CorruptArchive(reason=f"expected at least {smallest} bytes, found {size}")
    offset, magic = FOOTER.unpack(read_at(file, size - FOOTER.size, FOOTER.size))
    if magic != FOOTER_MAGIC:
        raise CorruptArchive(reason="its end is missing, or bytes were added behind it")
    return _long(file, _Place(0, size, offset), header, Before(), limits)


def _long(file: BinaryIO, place: _Place, header: Header, before: Before, limits: Limits) -> Member:
    """A member in the long form; the sizes must add up to its own."""
    offset, size = place.index_offset, place.end - place.start
    room = size - FOOTER.size - offset
    if offset < header.size or room < INDEX_HEADER_SIZE:
        raise CorruptArchive(reason=f"the footer places the index at {offset:,} of {size:,} bytes")
    at = place.start + offset
    _, packed_size, _ = decode_index_header(read_at(file, at, INDEX_HEADER_SIZE), limits)
    if INDEX_HEADER_SIZE + packed_size != room:
        raise CorruptArchive(
            reason=f"expected an index of {room:,} bytes, found one of {INDEX_HEADER_SIZE + packed_size:,}"
        )
    if header.continuing and not place.start:
        raise CorruptArchive(reason="it is an update, and what it was an update of is missing")
    index = decode_index(read_at(file, at, room), header, offset, limits, before)
    return Member(place.start, size, header, index)


def _compact(file: BinaryIO, place: _Place, limits: Limits) -> Member:
    size = place.end - place.start
    if size >> 16:
        raise CorruptArchive(reason="bytes were added behind it")
    found = decode_compact(read_at(file, place.start, size), limits)
    return Member(place.start, size, found.header, found.index, True, found.block)


def _parsed(file: BinaryIO, places: list[_Place], limits: Limits) -> Iterator[Member]:
    """Every member, an update with what it goes on from."""
    check_limit(len(places), limits.max_members, "archives in one file")
    before, packed = Before(), 0
    for place in places:
        packed += place.end - place.start - place.index_offset
        if place.compact:
            member = _compact(file, place, limits)
            before = Before([info.original_size for info in member.index.blocks], [0] * member.index.contents)
        else:
            header = decode_header(read_at(file, place.start, MAX_HEADER_SIZE), limits)
            before = before if header.continuing else Before()
            member = _long(file, place, header, before, limits)
        yield member
    check_limit(packed, limits.max_index_size, "bytes of packed indexes and compact archives")


def _from_the_end(file: BinaryIO, size: int, limits: Limits) -> list[_Place] | None:
    """The members as their footers lead to one another; None where that does not lead to the file's beginning."""
    places: list[_Place] = []
    end = size
    while end > 0:
        place = _ending_at(file, end, limits)
        if place is None:
            return None
        places.append(place)
        check_limit(len(places), limits.max_members, "archives in one file")
        end = place.start
    return places[::-1]


def _ending_at(file: BinaryIO, end: int, limits: Limits) -> _Place | None:
    """The member in the long form that ends here: the last index marker whose size leads to the footer is its index's."""
    if end < HEADER_SIZE + INDEX_HEADER_SIZE + FOOTER.size:
        return None
    offset, magic = FOOTER.unpack(read_at(file, end - FOOTER.size, FOOTER.size))
    if magic != FOOTER_MAGIC:
        return None
    body = end - FOOTER.size
    low = max(0, body - INDEX_HEADER_SIZE - limits.max_index_size)
    high = body
    while high > low:
        start = max(low, high - WINDOW)
        window = read_at(file, start, high - start + len(INDEX_MARKER) - 1)
        at = window.rfind(INDEX_MARKER)
        while at >= 0:
            if _index_end(file, start + at, limits) == body:
                begins = start + at - offset
                return _Place(begins, end, offset) if begins >= 0 else None
            at = window.rfind(INDEX_MARKER, 0, at + len(INDEX_MARKER) - 1)
        high = start
    return None


def _index_end(file: BinaryIO, at: int, limits: Limits) -> int | None:
    try:
        _, packed, _ = decode_index_header(read_at(file, at, INDEX_HEADER_SIZE), limits)
    except CorruptArchive:
        return None
    return at + INDEX_HEADER_SIZE + packed


def _from_the_front(file: BinaryIO, size: int, limits: Limits) -> Iterator[_Place]:
    """The whole members from the beginning on, as far as each leads to the next."""
    at = 0
    while at < size and (place := _beginning_at(file, at, size, limits)) is not None:
        yield place
        at = place.end


def _beginning_at(file: BinaryIO, start: int, size: int, limits: Limits) -> _Place | None:
    """The whole member that begins here, or None."""
    short = compact_size(read_at(file, start, COMPACT_FIELDS.size))
    if short is not None:
        return _Place(start, start + short, compact=True) if start + short <= size else None
    index = _index_behind_blocks(file, start, size, limits)
    end = None if index is None else _index_end(file, index, limits)
    if index is None or end is None or end + FOOTER.size > size:
        return None
    if read_at(file, end, FOOTER.size) != FOOTER.pack(index - start, FOOTER_MAGIC):
        return None
    return _Place(start, end + FOOTER.size, index - start)


def _index_behind_blocks(file: BinaryIO, start: int, size: int, limits: Limits) -> int | None:
    """Where the blocks of the archive that begins here end, or None if it has no header that holds, or ends early."""
    try:
        at = start + decode_header(read_at(file, start, MAX_HEADER_SIZE), limits).size
        while read_at(file, at, len(BLOCK_MARKER)) == BLOCK_MARKER:
            info, _ = decode_block_header(read_at(file, at, BLOCK_HEADER_SIZE), at)
            at = info.end
            if at > size:
                return None
    except CorruptArchive:
        return None
    return at


def _is_unfinished(file: BinaryIO, at: int, size: int, limits: Limits) -> bool:
    """Whether what stands behind an archive is an update that was cut off: its first bytes, or the room for them.

    One that was finished, and damaged then, is not: who reads it must hear that the newest state is lost. It has a footer,
    or something as long in a footer's place: behind its index, or leading to where its blocks end, or, from footer to
    footer, to where it begins.
    """
    start = read_at(file, at, PROLOGUE.size)
    begun = PROLOGUE.pack(MAGIC, VERSION, CONTINUING_FLAG)
    if not begun.startswith(start) and start != bytes(len(begun)):
        return False
    last = size
    while last > at and (place := _ending_at(file, last, limits)) is not None:
        last = place.start
    index = _index_behind_blocks(file, at, size, limits)
    if last == at or index is None:
        return last != at
    end = _index_end(file, index, limits)
    led = read_at(file, last - FOOTER.size, FOOTER.size) == FOOTER.pack(index - at, FOOTER_MAGIC)
    return not led and (end is None or end + FOOTER.size > size)
