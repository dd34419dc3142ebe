"""Archives as a whole: write one from sources, read entries from one, check one.

The container's structure is `nacomp.formats`' business, coding is `pack`'s and `unpack`'s; here they meet, and here the
promise is kept that a file's bytes are given out only after its SHA-256 has been checked or with an error.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO, cast

from nacomp.errors import CorruptArchive, EntryMissing
from nacomp.files import Source
from nacomp.formats.entry import Entry, EntryKind, Extent
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import MethodKind
from nacomp.formats.paths import display_name
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.seal import Password, Seal, SealingStream
from nacomp.neural import parse_cut
from nacomp.pack import BlockCoder, Placer, extents_of
from nacomp.progress import Job
from nacomp.units import plan_units
from nacomp.unpack import BlockDecoder, CodecFor

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


def write_archive(
    stream: BinaryIO, sources: Sequence[Source], coder: BlockCoder, job: Job, seal: Seal | None = None
) -> Written:
    """Write all sources to a stream that need not seek, sealed or not.

    Raises FileChanged, FileProblem, Interrupted; what is in the stream then is not an archive.
    """
    if seal is not None:
        sealing = SealingStream(stream, seal)
        written = write_archive(cast(BinaryIO, sealing), sources, coder, job)
        return replace(written, compressed_size=sealing.finish())
    began = time.monotonic()
    total = sum(source.size for source in sources)
    job.expect(total)
    job.enter("compressing")
    coded = coder.code(plan_units(sources))
    first = list(islice(coded, 2))
    placer = Placer(
        stream, coder.methods, [block for _, blocks in first for block in blocks] if len(first) < 2 else None
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


class Archive:
    """An open archive: its entries, and their bytes."""

    def __init__(
        self,
        file: BinaryIO,
        codec_for: CodecFor,
        limits: Limits = DEFAULT_LIMITS,
        password: Password = None,
    ) -> None:
        """Open from a file or a pipe.

        Raises CorruptArchive, UnsupportedArchive, LimitExceeded, PasswordNeeded, WrongPassword.
        """
        self.reader = ArchiveReader.open(file, limits, password)
        self._codec_for = codec_for

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Files, folders and links, sorted by path."""
        return self.reader.entries

    @property
    def files(self) -> list[Entry]:
        """The entries with content, in the order that decodes each block once."""
        files = [e for e in self.entries if e.kind is EntryKind.FILE]
        return sorted(
            files, key=lambda e: (e.extents[0].block, e.extents[0].offset) if e.extents else (-1, 0)
        )

    @property
    def neural_parameters(self) -> dict[str, object] | None:
        """The parameters of the neural method that blocks use, or None if no block uses one."""
        used = {block.method for block in self.reader.blocks}
        neural = [m for i, m in enumerate(self.reader.methods) if i in used and m.kind is MethodKind.NEURAL]
        return dict(neural[0].parameters) if neural else None

    def load_engines(self) -> None:
        """Load the engines its blocks need, so that what is missing or does not fit is told before anything is written."""
        for number in {block.method for block in self.reader.blocks}:
            method = self.reader.methods[number]
            if method.kind is MethodKind.NEURAL:
                self._codec_for(method)

    def stream_counts(self) -> list[int]:
        """Streams of each neural block, in block order."""
        neural = [b for b in self.reader.blocks if self.reader.methods[b.method].kind is MethodKind.NEURAL]
        return [parse_cut(self.reader.block(b.number).payload, b.original_size).streams for b in neural]

    def entry(self, path: str) -> Entry:
        """The entry of this path. Raises EntryMissing."""
        for entry in self.entries:
            if entry.path == path:
                return entry
        raise EntryMissing(path=display_name(path))

    def contents(
        self, entries: Sequence[Entry], job: Job, workers: int = 1
    ) -> Iterator[tuple[Entry, Iterator[memoryview]]]:
        """Each file with its bytes in pieces, which the caller uses up before it asks for the next file.

        The last piece is followed by the check of the SHA-256: an iterator that ends has given the right bytes; one
        that raises CorruptArchive has not, and what came from it must be thrown away.
        """
        decoder = BlockDecoder(self.reader, self._codec_for, job, workers)
        decoder.expect(entries)
        try:
            for entry in entries:
                job.enter("extracting", entry.path)
                yield entry, _checked(entry, decoder.content(entry))
        finally:
            decoder.close()

    def read(self, entry: Entry, job: Job | None = None) -> bytes:
        """All bytes of one file, checked."""
        for _, pieces in self.contents([entry], job or Job()):
            return b"".join(pieces)
        raise AssertionError("unreachable: one entry was asked for")

    def check(self, job: Job, workers: int = 1) -> int:
        """Decode and check every file; gives the number of bytes. Raises at the first fault."""
        total = 0
        for _, pieces in self.contents(self.files, job, workers):
            total += sum(len(piece) for piece in pieces)
        return total

    def close(self) -> None:
        """Release what the reader holds; the file stays the caller's."""
        self.reader.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _checked(entry: Entry, pieces: Iterator[memoryview]) -> Iterator[memoryview]:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.digest() != entry.sha256:
        raise CorruptArchive(reason=f"{display_name(entry.path)} did not come back as it was (SHA-256)")
