"""The text of a unit apart by what predicts it: prose and code by the language model, tables and logs by the context mixer.

    ranges -> pieces of up to 32 KiB -> those of like bytes together -> each lot judged by a sample -> a group for each way

What predicts a block is decided once for all of it, and a unit of small files, a tar archive or a document holds anything.
Eight structured texts and alice29.txt took 124,781 bytes in one block that the mixer coded alone, and 115,248 in groups;
a tar archive of them, with later predictors, 125,366 and 112,706.

Pieces are told apart by how often each byte comes: by one less the Bhattacharyya coefficient of two of them, which is 0.005
within English books, up to 0.05 within a kind of table, script or log, up to 0.09 between prose, Markdown and Python, from
0.12 on between these and HTML, and from 0.2 on between kinds of tables, logs, XML and drawings. Suffixes of names told as
much of files, and nothing of what is in a tar archive.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from nacomp.archive.segments import Range, content_of, size_of
from nacomp.archive.units import Unit
from nacomp.codecs import mixed
from nacomp.codecs.block_choice import SAMPLED, TextWay
from nacomp.formats.records import dataclass

PIECE = 1 << 15
"""Bytes of text that are looked at as one."""
LIKE = 0.9
"""The coefficient from which on two pieces are of one lot."""
TELLS, OPENS = 512, 4096
"""Bytes; a shorter piece goes with the one before it, or opens no lot of its own."""
MOST_LOTS = 16
"""A sample of each is a fifth of a second at level fast, and two at the others."""
LEAST = 1 << 13
"""Bytes of lots too small to be judged that make a group of their own; fewer go with the largest."""
_UNIT = 1 << 12

Ranges = tuple[Range, ...]
Shares = NDArray[np.int64]


@dataclass
class _Lot:
    """Pieces of like bytes, and how often each byte comes in them."""

    counts: Shares
    pieces: list[Range] = field(default_factory=list)

    @property
    def size(self) -> int:
        return size_of(self.pieces)

    def likeness(self, roots: Shares) -> float:
        """The coefficient of its bytes and a piece's, of which these are the roots of the shares."""
        return int(_roots(self.counts) @ roots) / _UNIT**2


def text_groups(
    unit: Unit, ranges: Ranges, way: Callable[[bytes], TextWay]
) -> list[tuple[Ranges, TextWay | None]]:
    """The ranges of a unit, a group for each way in which a text is predicted, with that way; None if nearly all is alike.

    Lots of too little text to be judged are predicted as short texts are, or with the largest group.
    """
    lots = _lots(unit, ranges) if mixed.available() else []
    large = [lot for lot in lots if lot.size >= SAMPLED]
    few = [piece for lot in lots if lot.size < SAMPLED for piece in lot.pieces]
    if not large or (len(large) == 1 and size_of(few) < LEAST):
        return [(ranges, None)]
    groups: dict[TextWay, list[Range]] = {}
    for lot in large:
        groups.setdefault(way(content_of(unit.data, lot.pieces)), []).extend(lot.pieces)
    if size_of(few) >= LEAST:
        groups.setdefault(TextWay.BOTH, []).extend(few)
    else:
        max(groups.values(), key=size_of).extend(few)
    return [(_merged(group), way) for way, group in groups.items()]


def _lots(unit: Unit, ranges: Ranges) -> list[_Lot]:
    """The pieces of the ranges by likeness: each with the lot that it is most like, or the first of a new one."""
    lots: list[_Lot] = []
    lot = None
    for start, end in _pieces(unit, ranges):
        if lot is None or end - start >= TELLS:
            counts = np.bincount(np.frombuffer(unit.data, np.uint8, end - start, start), minlength=256)
            lot = _lot_of(lots, counts, end - start)
            lot.counts = lot.counts + counts
        lot.pieces.append((start, end))
    return lots


def _lot_of(lots: list[_Lot], counts: Shares, size: int) -> _Lot:
    roots = _roots(counts)
    likeness = [lot.likeness(roots) for lot in lots]
    best = max(likeness, default=0.0)
    if not lots or (best < LIKE and size >= OPENS and len(lots) < MOST_LOTS):
        lots.append(_Lot(np.zeros(256, np.int64)))
        return lots[-1]
    return lots[likeness.index(best)]


def _roots(counts: Shares) -> Shares:
    """The roots of the shares of counts, as whole numbers: the choice is the same on all machines."""
    return np.sqrt(counts * (_UNIT * _UNIT // max(1, int(counts.sum())))).astype(np.int64)


def _pieces(unit: Unit, ranges: Ranges) -> Iterator[Range]:
    """The ranges in pieces of one file, cut behind a line where one ends in the second half of a piece.

    The last of a file may be half as long again.
    """
    files = [part.start for part in unit.parts if part.repeats is None]
    for start, end in ranges:
        while start < end:
            limit = start + PIECE
            next_file = bisect_right(files, start)
            stop = min(end, files[next_file]) if next_file < len(files) else end
            if stop > limit + PIECE // 2:
                line_end = unit.data.rfind(b"\n", limit - PIECE // 2, limit) + 1
                stop = line_end or limit
            yield start, stop
            start = stop  # noqa: PLW2901


def _merged(pieces: list[Range]) -> Ranges:
    """In order, those that touch as one."""
    merged: list[Range] = []
    for start, end in sorted(pieces):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)
