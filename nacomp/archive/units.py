"""Sources to units: how much of what is coded together, before anything is coded.

    sources -> stretches, new or repeated -> what is inside the new ones (transforms)
            -> units (up to 16 MiB of a large file, or many small files) -> blocks -> joined again where that pays (far)

A unit is what the classical codec sees as a whole and what the comparison "never worse than xz" is made on. Small files
share a unit, because together they fill the streams of a block (a file of 3,000 tokens alone would run as one stream, many
times slower) and the predictors learn from one for the next; they are sorted by suffix to that end.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from nacomp.archive.layout import Layout, lay_out
from nacomp.archive.left_out import unreadable
from nacomp.archive.repeats import Place, RepeatFinder
from nacomp.archive.segments import Range, Segment, SegmentKind, split
from nacomp.archive.sources import Source
from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.errors import FileProblem
from nacomp.formats.entry import EntryKind
from nacomp.formats.records import dataclass
from nacomp.runtime.results import LeftOut
from nacomp.transforms.opener import Continuation, look_inside
from nacomp.transforms.tree import Content, plain

POOL_BYTES = 1 << 20
"""Small files are pooled up to this size, one text block."""
SMALL_BYTES = POOL_BYTES // 2
"""What comes to this size has units of its own."""
FEW = 1000
"""A thousandth of what pictures beside it take is little text. Without the model notes in photos took 0.13 and 0.43 bytes
a byte more, so that no archive grows by over 0.05%; compressing a photo took 1.9 s of a core instead of 3.1."""
_NUMBERS = re.compile(r"\d+")


@dataclass
class Part:
    """A piece of a source: its bytes, and how they are made of its unit's data from `start` on, or what they repeat."""

    source: Source
    original: bytes
    start: int
    layout: Layout
    repeats: Place | None = None


@dataclass
class Unit:
    """Bytes that are coded together, which of them are text, and what they are parts of.

    Attributes:
        goes_on: whether a view in it goes on in the unit before or behind, so that neither can be had closed.
    """

    data: bytes
    segments: list[Segment]
    parts: list[Part]
    goes_on: bool = False

    def ranges(self, kind: SegmentKind) -> tuple[Range, ...]:
        """(start, end) of its segments of this kind."""
        return tuple((segment.start, segment.end) for segment in self.segments if segment.kind is kind)

    @property
    def can_be_closed(self) -> bool:
        """Whether views were opened on some of it, and it could do without."""
        return not self.goes_on and any(part.layout.opened for part in self.parts)

    @property
    def is_small(self) -> bool:
        """Whether it is a whole file that shares a unit with others."""
        return len(self.data) < SMALL_BYTES and self.original_size == self.parts[0].source.size

    @property
    def original_size(self) -> int:
        """Bytes of the sources it stands for."""
        return sum(len(part.original) for part in self.parts)

    @property
    def new(self) -> bytes:
        """The bytes of its sources that repeat nothing, one behind the other."""
        return b"".join(part.original for part in self.parts if part.repeats is None)

    def closed(self) -> "Unit":
        """The same sources as they are, nothing in them opened."""
        return _joined(
            [
                _unit(part.source, plain(part.original)) if part.repeats is None else Unit(b"", [], [part])
                for part in self.parts
            ]
        )

    def stands_on(self, units: Iterable["Unit"]) -> bool:
        """Whether it repeats bytes of sources that are in these."""
        repeated = {part.repeats.source.name for part in self.parts if part.repeats is not None}
        return any(part.source.name in repeated for unit in units for part in unit.parts)


def plan_units(
    sources: Iterable[Source],
    left_out: Callable[[Source, LeftOut], None] | None = None,
    known: Iterable[Source] = (),
) -> Iterator[Unit]:
    """The units of all files with content, read lazily; bytes of `known` sources may be repeated in them.

    A file that cannot be read, or changes meanwhile, is told to `left_out`, if that is given; units of a large one may have
    been there before. Else raises FileChanged or FileProblem.
    """
    files = [s for s in sources if s.kind is EntryKind.FILE]
    repeats, pool = RepeatFinder(), _Gathered()
    for each in known:
        repeats.learn(each, UNIT_BYTES)
    for source in sorted(files, key=_similar_first):
        try:
            for unit in _units_of(source, repeats):
                is_small = unit.is_small
                ends = not pool.has_room(unit, POOL_BYTES) if is_small else unit.stands_on(pool.units)
                if pool.units and ends:
                    yield _joined(pool.units)
                    pool = _Gathered()
                if is_small:
                    pool.add(unit)
                else:
                    yield unit
        except FileProblem as problem:
            told = partial(left_out, source) if left_out is not None else None
            unreadable(problem, told, among_others=len(files) > 1)
            pool = _Gathered(each for each in pool.units if each.parts[0].source is not source)
            repeats.forget(source)
    if pool.units:
        yield _joined(pool.units)


class _Gathered:
    """Units that are to be one, and how much they hold so far.

    The sums are kept: summed anew for each of the 5,000 notes that fill a pool, they were most of an archive's planning.
    """

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self.units: list[Unit] = []
        self._data = self._original = 0
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """One more."""
        self.units.append(unit)
        self._data += len(unit.data)
        self._original += unit.original_size

    def has_room(self, unit: Unit, most: int) -> bool:
        """Whether one more fits, with `most` bytes of data, and a bound on the bytes they stand for."""
        fits = self._data + len(unit.data) <= most
        return fits and self._original + unit.original_size <= 2 * UNIT_BYTES


def _units_of(source: Source, repeats: RepeatFinder) -> Iterator[Unit]:
    """The units of one source: each of a stretch that is new, or of several with the repeats between them."""
    waiting = _Gathered()
    for unit in _pieces_of(source, repeats):
        both_new = bool(waiting.units) and bool(unit.data) and bool(waiting.units[-1].data)
        if waiting.units and (both_new or not waiting.has_room(unit, UNIT_BYTES)):
            yield _joined(waiting.units)
            waiting = _Gathered()
        waiting.add(unit)
    if waiting.units:
        yield _joined(waiting.units)


def _pieces_of(source: Source, repeats: RepeatFinder) -> Iterator[Unit]:
    """Units of new bytes and, without data, of repeats."""
    new = _NewBytes(source)
    for stretch in repeats.stretches(source, UNIT_BYTES):
        if stretch.repeats is None:
            yield from new.add(stretch.data)
        else:
            yield from new.end()
            yield Unit(b"", [], [Part(source, stretch.data, 0, Layout(()), stretch.repeats)])
    yield from new.end()


class _NewBytes:
    """Stretches of new bytes of a source, looked into a unit at a time.

    What lies inside one is cut only where it is larger than a unit, or where a repeat begins: a stream ends there.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._coming, self._data = b"", b""
        self._continuation: Continuation | None = None

    def add(self, data: bytes) -> Iterator[Unit]:
        """More bytes of the stretch."""
        self._coming += data
        while len(self._coming) > UNIT_BYTES:
            taken, self._coming = self._coming[:UNIT_BYTES], self._coming[UNIT_BYTES:]
            yield from self._looked(taken, is_last=False)

    def end(self) -> Iterator[Unit]:
        """The rest of the stretch; another one may follow."""
        yield from self._looked(self._coming, is_last=True)
        self._coming, self._continuation = b"", None

    def _looked(self, data: bytes, *, is_last: bool) -> Iterator[Unit]:
        self._data += data
        while self._data and (is_last or len(self._data) >= UNIT_BYTES):
            before = self._continuation
            looked = look_inside(self._data, is_last=is_last, continuation=before)
            self._data, self._continuation = self._data[len(looked.content.data) :], looked.continuation
            goes_on = before is not None or looked.continuation is not None
            yield replace(_unit(self._source, looked.content), goes_on=goes_on)


def _unit(source: Source, content: Content) -> Unit:
    data, layout = lay_out(content)
    parts = [Part(source, bytes(content.data), 0, layout)]
    return Unit(data, _segments(data, parts), parts)


def _segments(data: bytes, parts: list[Part]) -> list[Segment]:
    """What is text; a little beside pictures is not, as loading a model takes longer than all else of a photo."""
    segments = split(data) if data else []
    text = sum(segment.end - segment.start for segment in segments if segment.kind is SegmentKind.TEXT)
    if 0 < text * FEW <= sum(part.layout.picture_bytes for part in parts):
        return [Segment(SegmentKind.BINARY, 0, len(data))]
    return segments


def _similar_first(source: Source) -> tuple[str, str, str]:
    """Alike beside alike: by suffix, then by name without its numbers, so that versions of a file come together."""
    return PurePosixPath(source.name).suffix.lower(), _NUMBERS.sub("", source.name), source.name


def _joined(units: list[Unit]) -> Unit:
    """One unit of several, segmented anew: what is text may depend on what stands beside it."""
    if len(units) == 1:
        return units[0]
    joined = side_by_side(units)
    return replace(joined, segments=_segments(joined.data, joined.parts))


def side_by_side(units: Sequence[Unit]) -> Unit:
    """One unit of several, without saying what of it is text."""
    parts, at = [], 0
    for unit in units:
        parts += [replace(part, start=at + part.start) for part in unit.parts]
        at += len(unit.data)
    return Unit(b"".join(unit.data for unit in units), [], parts, any(unit.goes_on for unit in units))
