"""Sources to units: how much of what is coded together, before anything is coded.

    sources -> units (up to 16 MiB of bytes, from one large file or many small texts)

A unit is what the classical codec sees as a whole and what the comparison "never worse than xz" is made on. Small text
files share a unit, because together they fill the streams of a block (a file of 3,000 tokens alone would run as one
stream, many times slower) and the predictors learn from one for the next; they are sorted by suffix to that end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from nacomp.archive.segments import Range, Segment, SegmentKind, split
from nacomp.archive.sources import Source
from nacomp.formats.entry import EntryKind

UNIT_BYTES = 16 << 20
"""Bytes of a large file taken at a time; bounds memory, and is the classical codecs' window."""
POOL_BYTES = 1 << 20
"""Small texts are pooled up to this size, one text block."""
SMALL_BYTES = POOL_BYTES // 2
"""Files from this size on have units of their own."""


@dataclass
class Part:
    """Where a piece of a source lies in its unit: `length` bytes at `start`."""

    source: Source
    start: int
    length: int


@dataclass
class Unit:
    """Bytes that are coded together, which of them are text, and whose they are."""

    data: bytes
    segments: list[Segment]
    parts: list[Part]

    def ranges(self, kind: SegmentKind) -> tuple[Range, ...]:
        """(start, end) of its segments of this kind."""
        return tuple((segment.start, segment.end) for segment in self.segments if segment.kind is kind)

    @property
    def is_text(self) -> bool:
        """Whether all of it is."""
        return all(segment.kind is SegmentKind.TEXT for segment in self.segments)


def plan_units(sources: Iterable[Source]) -> Iterator[Unit]:
    """The units of all files with content, read lazily. Raises FileChanged or FileProblem while reading."""
    files = [s for s in sources if s.kind is EntryKind.FILE]
    pool: list[Unit] = []
    for source in sorted(files, key=_similar_first):
        for chunk in source.chunks(UNIT_BYTES):
            unit = Unit(chunk, split(chunk), [Part(source, 0, len(chunk))])
            if source.size >= SMALL_BYTES or not unit.is_text:
                yield unit
                continue
            if pool and sum(len(each.data) for each in pool) + len(chunk) > POOL_BYTES:
                yield _pooled(pool)
                pool = []
            pool.append(unit)
    if pool:
        yield _pooled(pool)


def _similar_first(source: Source) -> tuple[str, str]:
    return PurePosixPath(source.name).suffix.lower(), source.name


def _pooled(pool: list[Unit]) -> Unit:
    """One unit of several, segmented anew: what is text may depend on what stands beside it."""
    if len(pool) == 1:
        return pool[0]
    parts, at = [], 0
    for unit in pool:
        parts += [replace(part, start=at + part.start) for part in unit.parts]
        at += len(unit.data)
    data = b"".join(unit.data for unit in pool)
    return Unit(data, split(data), parts)
