"""Bytes that were seen before, at any distance: within a file and in the files before it.

    source -> chunks cut by content -> digest seen? -> runs of seen chunks, to the byte -> stretches, new or repeated

A repeat takes no data, only extents that are there already. Chunks are cut where a rolling hash of their own bytes says so
(as borg and restic do), hence a copy that is shifted is cut alike. A digest is of 16 bytes, so no two chunks are taken
for one another; the bytes beside a run are compared with what stands beside its original, read once more and trusted only
if its digest still holds: without that an insertion of a byte cost a chunk, 24 KiB, on each side.
"""

import hashlib
from array import array
from collections.abc import Iterator

from nacomp.archive.sources import Source
from nacomp.formats.entry_table import common_prefix
from nacomp.formats.records import dataclass

try:
    from nacomp.transforms._deflate import chunk_ends
except ImportError:  # installed without a compiler: nothing is found, as a loop over all bytes takes minutes
    chunk_ends = None  # type: ignore[assignment]

CAN_FIND = chunk_ends is not None
LEAST_CHUNK, MOST_CHUNK, CHUNK_BITS = 1 << 13, 1 << 17, 14
"""Bytes of a chunk, 24 KiB in the middle: 2^14 behind the least."""
LEAST_RUN = 1 << 15
"""Bytes; a shorter run of seen chunks is coded again, so that text does not fall into pieces."""
LEAST_WHOLE = 1 << 9
"""Bytes; a whole file that was seen is a repeat from this size on: no text is cut by it."""
MOST_CHUNKS = 1 << 21
"""Chunks that are remembered, about 50 GB of files, copies counted; later ones are still looked for, and not remembered."""
MOST_RUNS = 1 << 20
"""Runs that are taken: each takes an extent or two, and a reader may refuse an archive with more than 4 million."""
DIGEST = 16


@dataclass(frozen=True)
class Place:
    """Bytes of a source from `offset` on."""

    source: Source
    offset: int


@dataclass(frozen=True)
class Stretch:
    """Bytes that follow in a source, and where they were before if they are a repeat."""

    data: bytes
    repeats: Place | None = None


@dataclass
class _Run:
    """Bytes `start` to `end` of a window that stand at `offset` of a source; the chunks there are `first` to `last`."""

    start: int
    end: int
    source: int
    offset: int
    first: int
    last: int


class SeenChunks:
    """Chunks by digest, and where each is; numbered in the order of their coming."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._sources: list[Source] = []
        self._forgotten: set[int] = set()
        self._source, self._offset, self._length = array("I"), array("Q"), array("I")
        self._digests = bytearray()

    def enter(self, source: Source) -> int:
        """A number for this source."""
        self._sources.append(source)
        return len(self._sources) - 1

    def forget(self, source: Source) -> None:
        """Nothing of this source, which was entered last, is found any more."""
        if self._sources and self._sources[-1] is source:
            self._forgotten.add(len(self._sources) - 1)

    def find(self, digest: bytes) -> int | None:
        """The chunk with this digest."""
        number = self._numbers.get(digest)
        return None if number is None or self._source[number] in self._forgotten else number

    def add(self, digest: bytes, source: int, offset: int, length: int) -> None:
        """Remember a chunk, unless there are too many."""
        if len(self._source) >= MOST_CHUNKS:
            return
        self._numbers[digest] = len(self._source)
        self._source.append(source)
        self._offset.append(offset)
        self._length.append(length)
        self._digests += digest

    def place(self, number: int) -> tuple[int, int]:
        """Source and offset of a chunk."""
        return self._source[number], self._offset[number]

    def source(self, number: int) -> Source:
        """The source of this number."""
        return self._sources[number]

    def beside(self, number: int, step: int) -> int | None:
        """The chunk just behind (step 1) or before (-1) this one in its source, if it is remembered."""
        other = number + step
        if not 0 <= other < len(self._source) or self._source[other] != self._source[number]:
            return None
        low, high = sorted((number, other))
        return other if self._offset[low] + self._length[low] == self._offset[high] else None

    def bytes_of(self, number: int) -> bytes:
        """A chunk, read once more; none if that fails or its source is another one now."""
        source = self._sources[self._source[number]]
        data = source.read_at(self._offset[number], self._length[number])
        good = self._digests[number * DIGEST : (number + 1) * DIGEST]
        return data if _digest(data) == good else b""


class RepeatFinder:
    """Finds repeats in sources, one source after the other. What it names was given out before, in this order."""

    def __init__(self) -> None:
        self._seen = SeenChunks()
        self._runs_left = MOST_RUNS

    def stretches(self, source: Source, window_bytes: int) -> Iterator[Stretch]:
        """All bytes of a source, taken `window_bytes` at a time. Raises FileChanged or FileProblem."""
        if not CAN_FIND or source.size < LEAST_WHOLE:
            yield from map(Stretch, source.chunks(window_bytes))
            return
        number = self._seen.enter(source)
        data, at, repeats = b"", 0, False
        for chunk, is_last in with_last(source.chunks(window_bytes)):
            data += chunk
            ends = chunk_ends(data, LEAST_CHUNK, MOST_CHUNK, CHUNK_BITS, is_last)
            if not ends:
                continue
            found = self._found(data, number, at, ends)
            runs = self._runs(found, ends, own=number, at=at)
            self._widen(runs, data, ends[-1], own=number, at=at)
            runs = _worth_it(runs, ends[-1], goes_on=repeats, is_whole=is_last and not at)
            if len(runs) > self._runs_left:
                runs = []
            self._runs_left -= len(runs)
            yield from self._cut(data, runs, ends[-1])
            repeats = bool(runs) and runs[-1].end == ends[-1]
            data, at = data[ends[-1] :], at + ends[-1]

    def learn(self, source: Source, window_bytes: int) -> None:
        """Remember a source that is there already. Raises FileProblem."""
        for _ in self.stretches(source, window_bytes):
            pass

    def forget(self, source: Source) -> None:
        """The source given out last proved unreadable: nothing may stand on it."""
        self._seen.forget(source)

    def _found(self, data: bytes, source: int, at: int, ends: list[int]) -> list[int | None]:
        """(chunk,) the latest chunk before it that each is equal to; then it is remembered itself.

        The latest, because a version differs least from the one before it: where two changes had fallen into one chunk,
        nothing beside an older one was the same, and 20 copies of 30 MB, each with 20 insertions more, took 2.3 MB for them.
        One that is equal to the one just before it counts as new: zeros and their like are the codecs' business.
        """
        found: list[int | None] = []
        view, start, before = memoryview(data), 0, b""
        for end in ends:
            digest = _digest(view[start:end])
            number = self._seen.find(digest) if digest != before else None
            if digest != before:
                self._seen.add(digest, source, at + start, end - start)
            found.append(number)
            start, before = end, digest
        return found

    def _runs(self, found: list[int | None], ends: list[int], *, own: int, at: int) -> list[_Run]:
        """All runs of seen chunks, one behind the other where what was seen stands in several places.

        One that repeats a part of its own source ends where it would come to its own beginning.
        """
        runs: list[_Run] = []
        for number, start, end in zip(found, [0, *ends], ends, strict=False):
            if number is None:
                continue
            source, offset = self._seen.place(number)
            last = runs[-1] if runs and runs[-1].end == start and runs[-1].source == source else None
            goes_on = last is not None and last.offset + start - last.start == offset
            if (
                last is not None
                and goes_on
                and not (source == own and offset + end - start > at + last.start)
            ):
                last.end, last.last = end, number
            else:
                runs.append(_Run(start, end, source, offset, number, number))
        return runs

    def _widen(self, runs: list[_Run], data: bytes, size: int, *, own: int, at: int) -> None:
        """Take to each run the bytes beside it that are also beside its original.

        The window is at `at` of source `own`; a run that repeats a part of it must begin behind that part still.
        """
        low = 0
        for run, high in zip(runs, [*(run.start for run in runs), size][1:], strict=False):
            behind = run.offset + run.end - run.start - at if run.source == own else 0
            self._widen_back(run, data, max(low, behind))
            overlap = run.end + run.start - behind if run.source == own else high
            self._widen_on(run, data, min(high, overlap))
            low = run.end

    def _widen_back(self, run: _Run, data: bytes, low: int) -> None:
        while run.start > low and (before := self._seen.beside(run.first, -1)) is not None:
            other = self._seen.bytes_of(before)
            here = data[max(low, run.start - len(other)) : run.start]
            same = common_prefix(here[::-1], other[::-1])
            run.start, run.offset, run.first = run.start - same, run.offset - same, before
            if same < len(other) or not other:
                return

    def _widen_on(self, run: _Run, data: bytes, high: int) -> None:
        while run.end < high and (behind := self._seen.beside(run.last, 1)) is not None:
            other = self._seen.bytes_of(behind)
            same = common_prefix(data[run.end : min(high, run.end + len(other))], other)
            run.end, run.last = run.end + same, behind
            if same < len(other) or not other:
                return

    def _cut(self, data: bytes, runs: list[_Run], size: int) -> Iterator[Stretch]:
        done = 0
        for run in runs:
            if run.start > done:
                yield Stretch(data[done : run.start])
            yield Stretch(data[run.start : run.end], Place(self._seen.source(run.source), run.offset))
            done = run.end
        if size > done:
            yield Stretch(data[done:size])


def _worth_it(runs: list[_Run], size: int, *, goes_on: bool, is_whole: bool) -> list[_Run]:
    """Those of a window's runs that are long enough, or stand beside one another and are so together.

    `goes_on`: the bytes before the window are a repeat. `is_whole`: the window is all of its source.
    """
    kept: list[_Run] = []
    group: list[_Run] = []
    for run in [*runs, None]:
        if run is not None and group and group[-1].end == run.start:
            group.append(run)
            continue
        if group:
            length = group[-1].end - group[0].start
            whole = is_whole and length == size >= LEAST_WHOLE
            if length >= LEAST_RUN or whole or (goes_on and not group[0].start):
                kept += group
        group = [run] if run is not None else []
    return kept


def with_last(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each chunk, and whether it is the last."""
    ahead = next(chunks, None)
    while ahead is not None:
        chunk, ahead = ahead, next(chunks, None)
        yield chunk, ahead is None


def _digest(data: bytes | memoryview) -> bytes:
    return hashlib.blake2b(data, digest_size=DIGEST).digest()
