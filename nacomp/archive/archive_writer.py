"""Sources to an archive: units are coded, blocks written as they come, and every range of a source finds its extent."""

import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO, cast

from nacomp.archive.block_encoder import BlockEncoder, CodedBlock
from nacomp.archive.guard import check_names
from nacomp.archive.segments import Range
from nacomp.archive.sources import Source
from nacomp.archive.units import plan_units
from nacomp.formats.entry import Entry, EntryKind, Extent
from nacomp.formats.methods import Method
from nacomp.formats.protection.seal import Seal, SealingStream
from nacomp.formats.writer import ArchiveWriter
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job

MIN_TIME, MAX_TIME = -(1 << 63), (1 << 63) - 1
"""Nanoseconds since 1970: the years 1677 to 2262."""


@dataclass(frozen=True)
class Written:
    """What was written. Sizes in bytes."""

    entries: int
    original_size: int
    compressed_size: int
    seconds: float

    @property
    def bits_per_byte(self) -> float:
        """Archive bits per source byte."""
        return 8 * self.compressed_size / max(self.original_size, 1)


class Placer:
    """Writes coded blocks and remembers where each range of a unit went."""

    def __init__(
        self, stream: BinaryIO, methods: Sequence[Method], only: Sequence[CodedBlock] | None
    ) -> None:
        """`only` are all blocks there will be, if that is known: a small archive then lists just the methods it uses.

        The list comes before the first block, so an archive of several units has to list every method it may need.
        """
        used = None if only is None else [block.method for block in only]
        self._methods = [method for method in methods if used is None or method in used]
        self.writer = ArchiveWriter(stream, self._methods)

    def write(self, blocks: Iterable[CodedBlock]) -> list[tuple[Range, Extent]]:
        """Write a unit's blocks; gives, sorted, which range of the unit is where in the archive."""
        placed = []
        for block in blocks:
            method = self._methods.index(block.method)
            number = self.writer.add_block(method, block.payload, block.original_size, block.checksum)
            offset = 0
            for start, end in block.ranges:
                placed.append(((start, end), Extent(number, offset, end - start)))
                offset += end - start
        return sorted(placed, key=lambda item: item[0])


def extents_of(placed: list[tuple[Range, Extent]], start: int, length: int) -> list[Extent]:
    """The extents that hold `length` bytes of the unit from `start` on."""
    found = []
    for (low, high), extent in placed:
        first, last = max(low, start), min(high, start + length)
        if first < last:
            found.append(Extent(extent.block, extent.offset + first - low, last - first))
    return found


def write_archive(
    stream: BinaryIO, sources: Sequence[Source], encoder: BlockEncoder, job: Job, seal: Seal | None = None
) -> Written:
    """Write all sources to a stream that need not seek, sealed or not.

    Raises FileChanged, FileProblem, Interrupted; what is in the stream then is not an archive.
    """
    if seal is not None:
        sealing = SealingStream(stream, seal)
        written = write_archive(cast(BinaryIO, sealing), sources, encoder, job)
        return replace(written, compressed_size=sealing.finish())
    check_names(sources)
    began = time.monotonic()
    total = sum(source.size for source in sources)
    job.expect(total)
    job.enter(Phase.COMPRESSING)
    coded = encoder.code(plan_units(sources))
    first = list(islice(coded, 2))
    placer = Placer(
        stream,
        encoder.methods,
        [block for _, blocks in first for block in blocks] if len(first) < 2 else None,
    )
    hashes = {s.name: hashlib.sha256() for s in sources if s.kind is EntryKind.FILE}
    extents: dict[str, list[Extent]] = {name: [] for name in hashes}
    for unit, blocks in chain(first, coded):
        placed = placer.write(blocks)
        for part in unit.parts:
            name = part.source.name
            hashes[name].update(memoryview(unit.data)[part.start : part.start + part.length])
            extents[name] += extents_of(placed, part.start, part.length)
        job.wrote(placer.writer.bytes_written)
    entries = [_entry(s, hashes[s.name].digest(), extents[s.name]) for s in sources if s.name in hashes]
    entries += [_entry(s, b"", []) for s in sources if s.name not in hashes]
    size = placer.writer.finish(entries)
    job.wrote(size)
    return Written(len(entries), total, size, time.monotonic() - began)


def _entry(source: Source, sha256: bytes, extents: list[Extent]) -> Entry:
    return Entry(
        path=source.name,
        kind=source.kind,
        mode=source.mode,
        # Some file systems have times beyond the year 2262; the archive has the nearest it can hold.
        mtime_ns=min(max(source.mtime_ns, MIN_TIME), MAX_TIME),
        size=source.size,
        sha256=sha256,
        link_target=source.link_target,
        extents=tuple(extents),
    )
