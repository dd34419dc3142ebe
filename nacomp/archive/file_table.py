"""The files of an archive while it is written: where their bytes went, their hashes, and which of them share one.

A SHA-256 takes 32 bytes that nothing shrinks, more than a note of a line takes itself. So small files that were coded
together share one, over all their contents: every byte is still under it, and to check one file 64 KiB are read at most.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nacomp.archive.layout import DerivedContents, Placement, numbered
from nacomp.archive.sources import Source
from nacomp.archive.units import Part
from nacomp.formats.entry import ALONE, MAX_TIME, MIN_TIME, Entry, EntryKind
from nacomp.formats.entry_table import MAX_SHARED
from nacomp.formats.extent import Extent
from nacomp.formats.paths import encode_path, sort_key

SMALL_FILE = 1 << 14
"""Files up to this size share a hash; of a larger text, about 4 KB when coded, its own is less than a hundredth."""


class FileExtents:
    """The extents of one file so far."""

    def __init__(self) -> None:
        self.all: list[Extent] = []
        self._ends: list[int] = []

    def add(self, extents: Iterable[Extent]) -> None:
        """What follows in the file."""
        for extent in extents:
            self.all.append(extent)
            self._ends.append((self._ends[-1] if self._ends else 0) + extent.length)

    def add_repeat(self, extents: Sequence[Extent]) -> None:
        """What follows in the file, of which the first bytes may go on where its last extent ends."""
        if self.all and self.all[-1].content == extents[0].content:
            last, more = self.all[-1], extents[0]
            if last.offset + last.length == more.offset:
                self.all[-1] = Extent(last.content, last.offset, last.length + more.length)
                self._ends[-1] += more.length
                extents = extents[1:]
        self.add(extents)

    def part(self, offset: int, length: int) -> list[Extent]:
        """The extents of `length` bytes from `offset` on, all of which are there."""
        found: list[Extent] = []
        at = bisect_right(self._ends, offset)
        while length:
            extent = self.all[at]
            skipped = max(0, offset - self._ends[at] + extent.length)
            taken = min(extent.length - skipped, length)
            found.append(Extent(extent.content, extent.offset + skipped, taken))
            length -= taken
            at += 1
        return found


class FileTable:
    """Collects what becomes of each source; not thread-safe."""

    def __init__(
        self, sources: Sequence[Source], known: Mapping[str, Sequence[Extent]] | None = None
    ) -> None:
        """`known` are the extents of sources that are there already, and only repeated."""
        self._extents = {s.name: FileExtents() for s in sources if s.kind is EntryKind.FILE}
        self._running = {name: hashlib.sha256() for name in self._extents}
        for name, extents in (known or {}).items():
            self._extents[name] = FileExtents()
            self._extents[name].add(extents)
        self._groups: dict[str, int] = {}
        self._group_hashes: list[bytes] = []

    def add(self, parts: Sequence[Part], placement: Placement, derived: DerivedContents) -> None:
        """A unit was written: its parts' bytes, in order."""
        for part in parts:
            name, repeats = part.source.name, part.repeats
            if repeats is None:
                self._extents[name].add(derived.extents(part.layout, part.start, placement))
            else:
                earlier = self._extents[repeats.source.name].part(repeats.offset, len(part.original))
                self._extents[name].add_repeat(earlier)
            self._running[part.source.name].update(part.original)
        for group in _groups(parts):
            digest = hashlib.sha256()
            for part in sorted(group, key=lambda part: sort_key(encode_path(part.source.name))):
                digest.update(part.original)
                self._groups[part.source.name] = len(self._group_hashes)
            self._group_hashes.append(digest.digest())

    def entries(self, sources: Sequence[Source], blocks: int) -> list[Entry]:
        """These sources as entries, once so many blocks are written."""
        return [self._entry(source, blocks) for source in sources]

    def _entry(self, source: Source, blocks: int) -> Entry:
        if source.kind is not EntryKind.FILE:
            return entry_of(source)
        extents = tuple(numbered(extent, blocks) for extent in self._extents[source.name].all)
        group = self._groups.get(source.name, ALONE)
        alone = group == ALONE
        sha256 = self._running[source.name].digest() if alone else self._group_hashes[group]
        return replace(entry_of(source), extents=extents, sha256=sha256, group=group)


def entry_of(source: Source) -> Entry:
    """The entry of a source, without what is known of a file's content once it is written."""
    return Entry(
        path=source.name,
        kind=source.kind,
        mode=source.mode,
        # Some file systems have times beyond the year 2262; the archive has the nearest it can hold.
        mtime_ns=min(max(source.mtime_ns, MIN_TIME), MAX_TIME),
        size=source.whole_size,
        link_target=source.link_target,
        holes=source.holes,
        owner=source.owner,
        attributes=source.attributes,
    )


def _groups(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Small whole files that lie together, two and more, as many as may share a hash."""
    group, held = list[Part](), 0
    for part in parts:
        size = len(part.original)
        if size != part.source.size or size > SMALL_FILE:
            continue
        if held + size > MAX_SHARED:
            if len(group) > 1:
                yield group
            group, held = [], 0
        group.append(part)
        held += size
    if len(group) > 1:
        yield group
