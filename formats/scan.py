"""What can still be had from a damaged archive: every structure whose checksum holds (SPEC.md, section 9).

The scan looks for markers, so bytes may be missing or added anywhere. Its work is bounded by the file's size:
a hostile file full of markers that each claim a large payload must not keep it busy for hours.
"""

import io
import re
from collections.abc import Iterator, Set
from typing import BinaryIO

from nacomp.formats import block, index
from nacomp.formats.block import (
    BLOCK_HEADER_SIZE,
    Block,
    BlockInfo,
    check_block_sizes,
    decode_block,
    decode_block_header,
)
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError
from nacomp.formats.file_access import Check, go_on, read_at
from nacomp.formats.header import MAX_HEADER_SIZE, Header, decode_header
from nacomp.formats.index import (
    INDEX_HEADER_SIZE,
    Index,
    decode_index_header,
    decode_moved_index,
    unpack_index,
)
from nacomp.formats.limits import DEFAULT_LIMITS, MAX_PAYLOAD_EXCESS, Limits, check_limit
from nacomp.formats.protection.seal import Password
from nacomp.formats.reader import archive_size, unsealed

WINDOW = 1 << 20
# Reading for nothing, in bytes, that a scan puts up with: each damaged block of an honest file is read once.
WORK_PER_BYTE = 4
WORK_AT_LEAST = 64 << 20
# Looking at a false marker costs as much time as hashing this many bytes (about 20 us).
WORK_PER_MARKER = 16 << 10
_MARKERS = re.compile(re.escape(block.MARKER) + b"|" + re.escape(index.MARKER))
_MARKER_SIZE = len(block.MARKER)


class _Candidates:
    """Finds markers and reads what they claim to start; reading for nothing is budgeted."""

    def __init__(self, file: BinaryIO, check: Check) -> None:
        self._file = file
        self._check = check
        self.size = file.seek(0, io.SEEK_END)
        self._budget = WORK_PER_BYTE * self.size + WORK_AT_LEAST
        self._read = 0
        self._window = b""
        self._window_offset = 0

    def read(self, offset: int, size: int) -> bytes:
        """Bytes at an offset, to be followed by `judge`."""
        self._read += size
        return read_at(self._file, offset, size)

    def judge(self, intact: bool) -> None:
        """Say whether the last reads found something. Raises LimitExceeded when too many did not."""
        self._check()
        if not intact:
            self._budget -= self._read + WORK_PER_MARKER
        self._read = 0
        if self._budget < 0:
            limit = f"{WORK_PER_BYTE} times its size"
            raise LimitExceeded(asked="more reading", limit=limit, what="salvage scan")

    def find(self, start: int) -> int | None:
        """Offset of the next marker at or behind `start`, which never goes back."""
        while start < self.size:
            self._check()
            end = self._window_offset + len(self._window)
            if not self._window_offset <= start <= end - _MARKER_SIZE:
                self._window = read_at(self._file, start, WINDOW)
                self._window_offset = start
            found = _MARKERS.search(self._window, start - self._window_offset)
            if found:
                return self._window_offset + found.start()
            start = self._window_offset + max(1, len(self._window) - _MARKER_SIZE + 1)
        return None


def scan(file: BinaryIO, limits: Limits = DEFAULT_LIMITS, check: Check = go_on) -> Iterator[Block | bytes]:
    """Every intact block and index section in a seekable file, in file order, whatever lies between them.

    What is inside an intact block, another archive perhaps, is passed over. The methods are not known here,
    so the caller checks the blocks' sizes against them.

    Raises:
        LimitExceeded: the file makes the scan read the same bytes again and again.
        OSError: the file cannot be read.
    """
    candidates = _Candidates(file, check)
    at = candidates.find(0)
    while at is not None:
        found = _block_at(candidates, at, limits) or _index_at(candidates, at, limits)
        candidates.judge(found is not None)
        if found is None:
            at = candidates.find(at + 1)
        else:
            yield found
            at = candidates.find(found.info.end if isinstance(found, Block) else at + len(found))


def _block_at(candidates: _Candidates, offset: int, limits: Limits) -> Block | None:
    try:
        info, _ = decode_block_header(candidates.read(offset, BLOCK_HEADER_SIZE), offset)
        check_limit(info.original_size, limits.max_block_size, "bytes in a block")
    except NacompError:
        return None
    if info.payload_size > info.original_size + MAX_PAYLOAD_EXCESS or info.end > candidates.size:
        return None
    data = candidates.read(offset, info.end - offset)
    try:
        return decode_block(memoryview(data), info)
    except CorruptArchive:
        return None


def _index_at(candidates: _Candidates, offset: int, limits: Limits) -> bytes | None:
    try:
        _, packed_size, _ = decode_index_header(candidates.read(offset, INDEX_HEADER_SIZE), limits)
    except NacompError:
        return None
    size = INDEX_HEADER_SIZE + packed_size
    if offset + size > candidates.size:
        return None
    section = candidates.read(offset, size)
    try:
        unpack_index(section, limits)
    except NacompError:
        return None
    return section


class IntactParts:
    """A damaged archive: its methods, its index if that survived, and its intact blocks.

    Attributes:
        header: read from the beginning, or from the copy in the index.
        index: None if no index is intact; then the blocks have no names.
        intact: where the intact blocks are, by number; their offsets are those found, not the index's.
    """

    def __init__(
        self,
        file: BinaryIO,
        limits: Limits = DEFAULT_LIMITS,
        password: Password = None,
        check: Check = go_on,
    ) -> None:
        """Look through a seekable file; `check` is asked all the while.

        Raises:
            CorruptArchive, UnsupportedArchive, LimitExceeded: no header is intact, so nothing can be decoded.
            UnsafePath: the index is intact and hostile.
            PasswordNeeded, WrongPassword: it is sealed.
            OSError: the file cannot be read.
        """
        file, _ = unsealed(file, archive_size(file), password, limits, salvage=True)
        self._file = file
        self._limits = limits
        found: list[BlockInfo] = []
        section = b""
        for structure in scan(file, limits, check):
            if isinstance(structure, Block):
                found.append(structure.info)
            else:
                section = structure
        self.header = self._read_header(section)
        self.index = self._decode_index(section) if section else None
        self.intact: dict[int, BlockInfo] = {}
        for info in filter(self._plausible, found):
            self.intact.setdefault(info.number, info)

    def block(self, number: int) -> Block:
        """Read an intact block. Raises KeyError for another one, DamagedBlock if the file changed since."""
        info = self.intact[number]
        return decode_block(memoryview(read_at(self._file, info.offset, info.end - info.offset)), info)

    def _read_header(self, section: bytes) -> Header:
        try:
            return decode_header(read_at(self._file, 0, MAX_HEADER_SIZE), self._limits)
        except NacompError:
            copy = unpack_index(section, self._limits)[0] if section else b""
            if not copy:
                raise
            return decode_header(copy, self._limits)

    def _decode_index(self, section: bytes) -> Index | None:
        # Bytes may have been lost, so the blocks may take more room than the file has now.
        room = WORK_PER_BYTE * self._file.seek(0, io.SEEK_END) + WORK_AT_LEAST
        try:
            return decode_moved_index(section, self.header, room, self._limits)
        except CorruptArchive:
            return None

    def _plausible(self, info: BlockInfo) -> bool:
        """Whether sizes and method fit the methods table and, if there is one, the index."""
        try:
            check_block_sizes(info, self.header.methods, self._limits)
        except NacompError:
            return False
        if self.index is None:
            return True
        if info.number >= len(self.index.blocks):
            return False
        row = self.index.blocks[info.number]
        sizes = (row.method, row.original_size, row.payload_size)
        return sizes == (info.method, info.original_size, info.payload_size)


def lost_ranges(entry: Entry, intact: Set[int]) -> list[tuple[int, int]]:
    """The runs of a file, as (offset, length), that lie in blocks other than the intact ones."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for extent in entry.extents:
        if extent.block not in intact:
            if ranges and sum(ranges[-1]) == at:
                ranges[-1] = (ranges[-1][0], ranges[-1][1] + extent.length)
            else:
                ranges.append((at, extent.length))
        at += extent.length
    return ranges
