"""What can still be had from a damaged archive: every structure whose checksum holds (SPEC.md, section 9).

The scan looks for markers, so bytes may be missing or added anywhere. Its work is bounded by the file's size:
a hostile file full of markers that each claim a large payload must not keep it busy for hours.
"""

import contextlib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import pairwise
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
from nacomp.formats.compact import LARGEST, compact_size, decode_compact, is_compact
from nacomp.formats.compact import MAGIC as COMPACT
from nacomp.formats.derived import Derived
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError
from nacomp.formats.file_access import Check, go_on, read_at
from nacomp.formats.header import MAGIC, MAX_HEADER_SIZE, VERSION, Header, decode_header
from nacomp.formats.index import (
    FOOTER,
    INDEX_HEADER_SIZE,
    Index,
    decode_index_header,
    decode_moved_index,
    unpack_index,
)
from nacomp.formats.limits import DEFAULT_LIMITS, MAX_PAYLOAD_EXCESS, Limits, check_limit
from nacomp.formats.members import read_members
from nacomp.formats.merge import merge
from nacomp.formats.protection.seal import Password
from nacomp.formats.reader import ArchiveReader, archive_size, unsealed
from nacomp.formats.records import dataclass

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


@dataclass(frozen=True)
class FoundIndex:
    """An intact index section and where it is."""

    offset: int
    section: bytes


def scan(
    file: BinaryIO, limits: Limits = DEFAULT_LIMITS, check: Check = go_on
) -> Iterator[Block | FoundIndex]:
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
            at = candidates.find(found.info.end if isinstance(found, Block) else at + len(found.section))


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


def _index_at(candidates: _Candidates, offset: int, limits: Limits) -> FoundIndex | None:
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
    return FoundIndex(offset, section)


class IntactParts:
    """A damaged archive: its methods, its index if that survived, and its intact blocks.

    The file may hold more than one archive: another behind it, or one among its files where a damaged block lay around it.
    The archive meant is the one that the file begins with.

    Attributes:
        header: read from the beginning, or from the copy in the index.
        index: None if no index is intact; then the blocks have no names.
        intact: where the intact blocks are, by number; their offsets are those found, not the index's.
        derived: the derived contents that need no block but those, by number.
        foreign: how many intact blocks are of another archive.
        foreign_bytes: bytes behind this archive's end that begin as another archive does.
        size: bytes of all this.
    """

    header: Header
    index: Index | None
    intact: dict[int, BlockInfo]
    derived: dict[int, Derived]
    foreign: int
    foreign_bytes: int
    size: int

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
        file, size = unsealed(file, _size_without_recovery(file), password, limits, salvage=True)
        self._file = file
        self._limits = limits
        self._only: Block | None = None
        self._several: ArchiveReader | None = None
        self.foreign_bytes = 0
        if self._take_several(size, check):
            return
        end = self._take_compact(size) if is_compact(file) else self._look_through(check)
        if end is not None and not self._opens(size):
            begun = read_at(file, end, len(MAGIC))
            self.foreign_bytes = (
                size - end if begun[: len(COMPACT)] in (COMPACT, MAGIC[: len(COMPACT)]) else 0
            )

    def _take_several(self, size: int, check: Check) -> bool:
        """Several archives whose indexes are whole: then it is known where every block is."""
        try:
            members = read_members(self._file, size, self._limits)
            merged = merge(members.all, self._limits)
        except NacompError:
            return False
        if len(members.all) < 2:
            return False
        reader = self._several = ArchiveReader(self._file, members, merged, size, None)
        self.header = Header(VERSION, reader.methods, 0)
        self.index = Index(reader.blocks, tuple(reader.derived_table.values()), reader.entries, b"")
        self.intact = {}
        for number, info in reader.block_table.items():
            check()
            with contextlib.suppress(CorruptArchive):
                reader.block(number)
                self.intact[number] = info
        self.derived = _made_of(reader.derived_table, self.intact.keys())
        self.foreign, self.size = 0, size
        return True

    def _opens(self, size: int) -> bool:
        """Whether all of the file is understood: what stands behind an archive is then an update that was cut off."""
        try:
            read_members(self._file, size, self._limits)
        except NacompError:
            return False
        return True

    def _take_compact(self, size: int) -> int | None:
        """A damaged compact archive: its content may still hold, under a name that does not. Gives its end, if it is whole.

        What is left of a payload that ends early cannot be vouched for, so nothing is looked for behind the content's size.
        """
        data, end = read_at(self._file, 0, LARGEST + 1), compact_size(read_at(self._file, 0, LARGEST))
        with contextlib.suppress(NacompError):
            decode_compact(data[:end], self._limits)
            data = data[:end]
        found = decode_compact(data, self._limits, damaged=True)
        self.header, self._only = found.header, found.block
        self.index = found.index
        try:
            decode_compact(data, self._limits)
        except CorruptArchive:
            self.index = None
        self.intact = {0: found.block.info} if found.block is not None else {}
        self.derived = {}
        self.foreign, self.size = 0, len(data)
        return end if end is not None and self.index is not None and len(data) == end < size else None

    def _look_through(self, check: Check) -> int | None:
        """Search a file in the long form. Gives the archive's end, if its index leads back to its beginning."""
        file, limits = self._file, self._limits
        found: list[BlockInfo] = []
        sections: list[FoundIndex] = []
        for structure in scan(file, limits, check):
            if isinstance(structure, Block):
                found.append(structure.info)
            else:
                sections.append(structure)
        first = min(
            [info.offset for info in found[:1]] + [section.offset for section in sections[:1]], default=0
        )
        self._start, self.header = self._read_header(first, sections)
        self.index, section, moved = self._choose_index(sections)
        self.intact = {}
        plausible = list(filter(self._plausible, found))
        # Those in their places first: another archive's may have the same number and sizes.
        for info in sorted(plausible, key=lambda info: not self._is_in_place(info, moved)):
            self.intact.setdefault(info.number, info)
        table = dict(enumerate(self.index.derived, len(self.index.blocks))) if self.index is not None else {}
        self.derived = _made_of(table, self.intact.keys())
        self.foreign = len(found) - len(self.intact)
        self.size = (
            self.header.size + len(section) + sum(info.end - info.offset for info in self.intact.values())
        )
        if self.index is None or moved != self._start:
            return None
        blocks_end = self.index.blocks[-1].end if self.index.blocks else self.header.size
        return moved + blocks_end + len(section) + FOOTER.size

    def missing_blocks(self, failed: Collection[int]) -> tuple[tuple[int, int], ...]:
        """The runs, (first, last), of blocks of the index that are not intact, or `failed` to decode."""
        assert self.index is not None
        derived = self._several.derived_table.keys() if self._several else set[int]()
        count = len(self.index.blocks) + len(derived)
        return missing_runs((self.intact.keys() - set(failed)) | derived, count)

    @property
    def intact_contents(self) -> Set[int]:
        """The numbers of all contents that can be had."""
        return self.intact.keys() | self.derived.keys()

    def block(self, number: int) -> Block:
        """Read an intact block. Raises KeyError for another one, DamagedBlock if the file changed since."""
        info = self.intact[number]
        if self._several is not None:
            return self._several.block(number)
        if self._only is not None:
            return self._only
        return decode_block(memoryview(read_at(self._file, info.offset, info.end - info.offset)), info)

    def _read_header(self, first: int, sections: Sequence[FoundIndex]) -> tuple[int, Header]:
        """Where the archive starts, as far as it is known, and its header: bytes may stand in front of it."""
        try:
            return 0, decode_header(read_at(self._file, 0, MAX_HEADER_SIZE), self._limits)
        except NacompError:
            for found in reversed(sections):
                if copy := unpack_index(found.section, self._limits)[0]:
                    return 0, decode_header(copy, self._limits)
            # Behind the first block or index it would be that of an archive within this one.
            at = read_at(self._file, 0, min(first, WINDOW)).find(MAGIC)
            if at <= 0:
                raise
            return at, decode_header(read_at(self._file, at, MAX_HEADER_SIZE), self._limits)

    def _choose_index(self, sections: Sequence[FoundIndex]) -> tuple[Index | None, bytes, int]:
        """The index of the archive that starts here, its section, and by how much it has moved: it leads back to its start.

        One that leads to the start of another archive is that one's; else the last one is this one's, moved by damage.
        """
        chosen: tuple[Index | None, bytes, int] = (None, b"", 0)
        for found in sections:
            index = self._decode_index(found.section)
            if index is None:
                continue
            moved = found.offset - (index.blocks[-1].end if index.blocks else self.header.size)
            if moved == self._start:
                return index, found.section, moved
            if moved < 0 or read_at(self._file, moved, len(MAGIC)) != MAGIC:
                chosen = index, found.section, moved
        return chosen

    def _decode_index(self, section: bytes) -> Index | None:
        # Bytes may have been lost, so the blocks may take more room than the file has now.
        room = WORK_PER_BYTE * self._file.seek(0, io.SEEK_END) + WORK_AT_LEAST
        try:
            return decode_moved_index(section, self.header, room, self._limits)
        except CorruptArchive:
            return None

    def _is_in_place(self, info: BlockInfo, moved: int) -> bool:
        """Whether a block is where the index, or its place behind the one before it, says."""
        return self.index is not None and info.offset == self.index.blocks[info.number].offset + moved

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


def _made_of(derived: Mapping[int, Derived], blocks: Set[int]) -> dict[int, Derived]:
    """The derived contents, by number, that are made of these blocks alone."""
    found: dict[int, Derived] = {}
    for number, one in derived.items():
        if all(extent.content in blocks or extent.content in found for extent in one.extents):
            found[number] = one
    return found


def _size_without_recovery(file: BinaryIO) -> int:
    """Of a damaged file; recovery data that does not fit it any more is left for the scan to pass over."""
    try:
        return archive_size(file)
    except NacompError:
        return file.seek(0, io.SEEK_END)


def missing_runs(found: Collection[int], end: int) -> tuple[tuple[int, int], ...]:
    """The runs, (first, last), of the numbers below `end` that were not found: as many as there are gaps at most."""
    borders = [-1, *sorted(found), end]
    return tuple((low + 1, high - 1) for low, high in pairwise(borders) if high - low > 1)


def lost_ranges(entry: Entry, intact: Set[int]) -> list[tuple[int, int]]:
    """The runs of a file, as (offset, length), that lie in contents other than the intact ones."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for extent in entry.extents:
        if extent.content not in intact:
            if ranges and sum(ranges[-1]) == at:
                ranges[-1] = (ranges[-1][0], ranges[-1][1] + extent.length)
            else:
                ranges.append((at, extent.length))
        at += extent.length
    return ranges
