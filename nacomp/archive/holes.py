"""Holes of sparse files: found without reading them, left out of what is coded, and left out of what is written.

    walk -> find_holes -> Source.holes -> DataReader (data alone) -> units ... -> write_data (data, holes between)
                                                                           ... -> filled (for streams: zeros)

A disk image of a terabyte may hold a gigabyte. Reading its holes as zeros lost: a terabyte takes a quarter of an hour to
hash alone. Only what the file system calls a hole is one; looking for zeros in data would make holes where somebody
reserved the room.
"""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from nacomp.formats.entry import Hole

MOST_HOLES = 1 << 20
"""Holes that are kept of all files together; a reader may refuse an archive with more than 4 million and extents."""
ZEROS = memoryview(bytes(1 << 16))
BLOCK = 512
"""Bytes that `st_blocks` counts, whatever the file system's own blocks are."""


class HoleFinder:
    """Finds the holes of files, of all of them together no more than MOST_HOLES."""

    def __init__(self) -> None:
        self._left = MOST_HOLES

    def find(self, path: Path, found: os.stat_result) -> tuple[Hole, ...]:
        """The holes of a plain file that looks like this. Raises OSError.

        Only a file with less room on the disk than its size is opened: among a million files, that is nearly none.
        """
        if not hasattr(os, "SEEK_HOLE") or found.st_blocks * BLOCK >= found.st_size:
            return ()
        with path.open("rb") as file:
            holes = tuple(_holes(file.fileno(), found.st_size, self._left))
        self._left -= len(holes)
        return holes


def _holes(handle: int, size: int, most: int) -> Iterator[Hole]:
    at = 0
    for _ in range(most):
        try:
            start = os.lseek(handle, at, os.SEEK_HOLE)
        except OSError:  # a file system that cannot tell
            return
        if start >= size:
            return
        try:
            at = min(os.lseek(handle, start, os.SEEK_DATA), size)
        except OSError:  # no data behind it
            at = size
        yield Hole(start, at - start)
        if at == size:
            return


class DataReader:
    """Reads the data of an open file, its holes left out, from any place on."""

    def __init__(self, file: BinaryIO, holes: Sequence[Hole], size: int) -> None:
        """`size` is the file's, holes included."""
        self._file = file
        ends = [0, *(hole.offset + hole.length for hole in holes)]
        starts = [*(hole.offset for hole in holes), size]
        self._runs = [(start, end - start) for start, end in zip(ends, starts, strict=True) if end > start]
        self._before = list(accumulate((length for _, length in self._runs), initial=0))
        self._at = 0

    def seek(self, offset: int) -> None:
        """Go to this byte of the data."""
        self._at = offset

    def read(self, size: int) -> bytes:
        """The next bytes of the data, fewer at their end or where the file is shorter than it was. Raises OSError."""
        pieces = []
        while size > 0 and self._at < self._before[-1]:
            run = bisect_right(self._before, self._at) - 1
            inside = self._at - self._before[run]
            start, length = self._runs[run]
            self._file.seek(start + inside)
            piece = self._file.read(min(size, length - inside))
            if not piece:
                break
            pieces.append(piece)
            self._at += len(piece)
            size -= len(piece)
        return b"".join(pieces)


def filled(holes: Iterable[Hole], data: Iterable[memoryview]) -> Iterator[memoryview]:
    """A file's bytes in pieces: its data with zeros for its holes."""
    for hole, piece in _in_order(holes, data):
        if piece is not None:
            yield piece
            continue
        for at in range(0, hole.length, len(ZEROS)):
            yield ZEROS[: hole.length - at]


def write_data(file: BinaryIO, holes: Iterable[Hole], data: Iterable[bytes | memoryview]) -> None:
    """Write a new file of its data, with holes where they are. Raises OSError."""
    end = 0
    ends_in_hole = False
    for hole, piece in _in_order(holes, map(memoryview, data)):
        ends_in_hole = piece is None
        if piece is not None:
            file.write(piece)
        else:
            end = hole.offset + hole.length
            file.seek(end)
    if ends_in_hole:
        file.truncate(end)


_NO_HOLE = Hole(0, 0)


def _in_order(holes: Iterable[Hole], data: Iterable[memoryview]) -> Iterator[tuple[Hole, memoryview | None]]:
    """Pieces of data that hold no hole, and the holes between them, which come without a piece."""
    left, at = iter(holes), 0
    hole = next(left, None)
    for whole in data:
        piece = whole
        while len(piece):
            if hole is not None and hole.offset == at:
                yield hole, None
                at, hole = at + hole.length, next(left, None)
                continue
            room = len(piece) if hole is None else min(len(piece), hole.offset - at)
            yield _NO_HOLE, piece[:room]
            at, piece = at + room, piece[room:]
    if hole is not None:
        yield hole, None
        yield from ((more, None) for more in left)


def keeps_holes(folder: Path) -> bool:
    """Whether a file in this folder may have holes that take no room. Says no where it cannot tell."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.truncate(1 << 20)
            return os.fstat(file.fileno()).st_blocks * BLOCK < 1 << 20
    except (OSError, AttributeError):
        return False
