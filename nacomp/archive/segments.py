"""Bytes to segments: which runs are text for the language model, and which are for a classical codec.

    unit -> split -> text runs --cut_blocks--> neural blocks
                  -> binary runs ------------> one classical block

Text is valid UTF-8, in any script, with the control characters that text files use. Three steps, all on whole
arrays: find the bytes that are text, join runs over small gaps (an old encoding's accents, a NUL between
strings) as long as the joined run stays mostly text, demote what remains short. A byte-by-byte score
(maximal-scoring runs) lost: sequential, hence 50 times slower in Python, for boundaries within a few bytes of
these. UTF-16 counts as binary.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass

MIN_TEXT = 256
"""Bytes; a shorter run is not worth the two extents (about 12 bytes of index) that it costs."""
GAPS = (8, 4, 1, 0)
"""Bytes; gaps up to the first are bridged if the joined run keeps MIN_DENSITY, else up to the second, ..."""
MIN_DENSITY = 0.8
"""Share of text bytes in a joined run."""
# Measured in bytes with SmolLM2-135M-Instruct on text, LZMA on the rest, 12 bytes per segment, for sum (a SPARC
# program), cat (x86) and a 42 KB .pyc file; without segments they take 9,443, 14,306 and 14,275.
# | gaps | density | text from | sum | cat | .pyc |
# | 8 4 1 0 | 0.8 | 256 | 8,343 | 13,887 | 12,200 |
# | 8 4 1 0 | 0.8 | 64 | | 13,859 | 12,348 |
# | 16 4 1 0 | 0.9 | 256 | 8,806 | 14,106 | 12,349 |
# | 16 4 1 0 | 0.9 | 64 and 1,024 | 8,841 and 8,803 | | |
# | 4 1 0 | 0.8 | 256 | 8,421 | | |
# | 32 16 4 1 0 | 0.8 | 256 | 8,436 | | |
CUT_SEARCH = 1 << 12
"""Bytes back from a block's end in which a line end is looked for."""
_CHUNK = 1 << 20
"""Bytes classified at a time; bounds the temporary arrays."""

Range = tuple[int, int]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]


class SegmentKind(Enum):
    """Which path a segment takes."""

    TEXT = "text"
    BINARY = "binary"


@dataclass(frozen=True)
class Segment:
    """Bytes `start` to `end` (exclusive)."""

    kind: SegmentKind
    start: int
    end: int


def split(data: bytes) -> list[Segment]:
    """Segments that cover `data` without gaps, kinds alternating. Linear in time and memory."""
    if data and data.isascii() and not data.translate(None, _PLAIN_BYTES):
        # Told without arrays: of 10,000 notes of 200 bytes they took more time than all else that is planned.
        return [Segment(SegmentKind.TEXT, 0, len(data))]
    starts, ends = _text_runs(data)
    segments: list[Segment] = []
    done = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if start > done:
            segments.append(Segment(SegmentKind.BINARY, done, start))
        segments.append(Segment(SegmentKind.TEXT, start, end))
        done = end
    if done < len(data):
        segments.append(Segment(SegmentKind.BINARY, done, len(data)))
    return segments


def size_of(ranges: Iterable[Range]) -> int:
    """Bytes in all of them."""
    return sum(end - start for start, end in ranges)


def content_of(data: bytes, ranges: Iterable[Range]) -> bytes:
    """These ranges of `data`, one behind the other."""
    return b"".join(data[start:end] for start, end in ranges)


def cut_blocks(data: bytes, ranges: Sequence[Range], block_bytes: int) -> Iterator[tuple[Range, ...]]:
    """Group `ranges` of `data` into blocks of nearly equal size, none over `block_bytes` (at least 4).

    Long ranges are cut after a line end if one is near, else between characters. Yields each block's ranges
    in order.
    """
    left = size_of(ranges)
    block: list[Range] = []
    room = _even_share(left, block_bytes)
    for begin, end in ranges:
        start = begin
        while start < end:
            cut = end if end - start <= room else _cut_before(data, start, start + room, alone=not block)
            if cut > start:
                block.append((start, cut))
            room -= cut - start
            left -= cut - start
            start = cut
            if start < end or room <= 0:
                yield tuple(block)
                block, room = [], _even_share(left, block_bytes)
    if block:
        yield tuple(block)


def _even_share(left: int, block_bytes: int) -> int:
    blocks = max(1, -(-left // block_bytes))
    return -(-left // blocks)


def _cut_before(data: bytes, start: int, limit: int, *, alone: bool) -> int:
    """The last good cut in (start, limit], or `start` if the block holds something and there is none."""
    line_end = data.rfind(b"\n", max(start, limit - CUT_SEARCH), limit)
    if line_end >= 0:
        return line_end + 1
    cut = limit
    while cut > max(start, limit - 4) and data[cut] & 0xC0 == 0x80:
        cut -= 1
    return cut if cut > start or not alone else limit


def _text_runs(data: bytes) -> tuple[Positions, Positions]:
    """(run,) starts and ends of the text segments."""
    starts, ends = _mask_runs(_text_mask(data))
    accepted: list[tuple[Positions, Positions]] = []
    for gap in GAPS:
        if not len(starts):
            break
        first, last = _joined(starts, ends, gap)
        text = np.concatenate(([0], np.cumsum(ends - starts)))
        run_text = text[last + 1] - text[first]
        run_starts, run_ends = starts[first], ends[last]
        length = run_ends - run_starts
        whole = (run_starts <= gap) & (run_ends >= len(data) - gap)
        good = ((length >= MIN_TEXT) | whole) & (run_text >= MIN_DENSITY * length)
        accepted.append((run_starts[good], run_ends[good]))
        remaining = np.repeat(~good, last + 1 - first)
        starts, ends = starts[remaining], ends[remaining]
    return _close(accepted, len(data))


def _joined(starts: Positions, ends: Positions, gap: int) -> tuple[Positions, Positions]:
    """(joined run,) indices of the first and last run of each group whose gaps are at most `gap`."""
    breaks = np.flatnonzero(starts[1:] - ends[:-1] > gap)
    return np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(starts) - 1]))


def _close(accepted: list[tuple[Positions, Positions]], size: int) -> tuple[Positions, Positions]:
    """Accepted runs in order, joined over what is too short to stand alone between them and at the ends."""
    starts = np.sort(np.concatenate([s for s, _ in accepted])) if accepted else np.zeros(0, np.int64)
    ends = np.sort(np.concatenate([e for _, e in accepted])) if accepted else np.zeros(0, np.int64)
    if len(starts):
        first, last = _joined(starts, ends, GAPS[0])
        starts, ends = starts[first], ends[last]
        starts[0] = 0 if starts[0] <= GAPS[0] else starts[0]
        ends[-1] = size if ends[-1] >= size - GAPS[0] else ends[-1]
    return starts, ends


def _mask_runs(mask: Mask) -> tuple[Positions, Positions]:
    """(run,) starts and ends of the runs of True."""
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if len(mask) and mask[0]:
        edges = np.concatenate(([0], edges))
    if len(mask) and mask[-1]:
        edges = np.concatenate((edges, [len(mask)]))
    return edges[0::2], edges[1::2]


_PLAIN = np.zeros(256, np.bool_)
_PLAIN[0x20:0x7F] = True
_PLAIN[[0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B]] = (
    True  # backspace (manual pages) to return, escape (terminal logs)
)
_PLAIN_BYTES = np.flatnonzero(_PLAIN).astype(np.uint8).tobytes()

_LENGTH = np.zeros(256, np.int8)
"""Length of the UTF-8 sequence a lead byte starts; 0 for bytes that start none."""
_LENGTH[0xC2:0xE0], _LENGTH[0xE0:0xF0], _LENGTH[0xF0:0xF5] = 2, 3, 4
_LOW, _HIGH = np.full(256, 0x80, np.uint8), np.full(256, 0xBF, np.uint8)
"""Range of the second byte after each lead: no overlong forms, no surrogates, nothing over U+10FFFF."""
_LOW[0xE0], _LOW[0xF0], _HIGH[0xED], _HIGH[0xF4] = 0xA0, 0x90, 0x9F, 0x8F


def _text_mask(data: bytes) -> Mask:
    """(byte,) whether each byte is text: plain, or part of a valid UTF-8 sequence."""
    values = np.frombuffer(data, np.uint8)
    mask = np.zeros(len(values), np.bool_)
    for at in range(0, len(values), _CHUNK):
        chunk = values[at : at + _CHUNK]
        mask[at : at + _CHUNK] |= _PLAIN[chunk]
        leads = np.flatnonzero(_LENGTH[chunk]) + at
        _mark_sequences(values, mask, leads)
    return mask


def _mark_sequences(values: NDArray[np.uint8], mask: Mask, leads: Positions) -> None:
    """Set `mask` for each lead and its continuation bytes where the whole sequence is valid."""
    length = _LENGTH[values[leads]]
    whole = leads + length <= len(values)
    leads, length = leads[whole], length[whole]
    lead, second = values[leads], values[leads + 1]
    valid = (second >= _LOW[lead]) & (second <= _HIGH[lead])
    for place in (2, 3):
        long = np.flatnonzero(length > place)
        valid[long] &= values[leads[long] + place] & 0xC0 == 0x80
    leads, length = leads[valid], length[valid]
    for place in range(4):
        mask[leads[length > place] + place] = True
