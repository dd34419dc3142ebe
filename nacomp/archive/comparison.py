"""Entries of an archive beside what is on the disk: same kind, same bytes, same mode, same time?

A file with a hash of its own is read and hashed, and nothing is decoded; small files that share one are decoded together.
"""

import hashlib
from collections.abc import Iterable, Sequence

from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.formats.entry import ALONE, MAX_TIME, MIN_TIME, Entry, EntryKind
from nacomp.formats.records import dataclass
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job

PIECE = 1 << 20


@dataclass(frozen=True)
class Pair:
    """An entry, and what is on the disk under its name."""

    entry: Entry
    source: Source

    @property
    def same_shape(self) -> bool:
        """Whether kind, size, holes and target are the same: all but a file's bytes, mode and time."""
        entry, source = self.entry, self.source
        if entry.kind is not source.kind or entry.link_target != source.link_target:
            return False
        # A hard link has what its file has, which is compared there.
        return entry.kind is EntryKind.HARD_LINK or (
            (entry.size, entry.holes) == (source.whole_size, source.holes)
        )

    @property
    def same_mode(self) -> bool:
        """Whether the permission bits are the same; links have none of their own."""
        return self.entry.kind is EntryKind.SYMLINK or self.entry.mode == self.source.mode

    @property
    def same_time(self) -> bool:
        """Whether the times are the same, as far as an archive can hold them."""
        return self.entry.mtime_ns == min(max(self.source.mtime_ns, MIN_TIME), MAX_TIME)


def sha256_of(source: Source, job: Job) -> bytes:
    """The SHA-256 of a file's data, as an entry has it: its holes are left out. Raises FileChanged, FileProblem."""
    digest = hashlib.sha256()
    for piece in source.chunks(PIECE):
        digest.update(piece)
        job.step(len(piece))
    return digest.digest()


def with_other_bytes(archive: Archive, pairs: Iterable[Pair], job: Job) -> set[str]:
    """The paths of the files, of the same size on both sides, whose bytes differ. Raises what reading raises."""
    files = [pair for pair in pairs if pair.entry.kind is EntryKind.FILE and pair.entry.size]
    job.expect(sum(pair.source.size for pair in files))
    job.enter(Phase.COMPARING)
    other: set[str] = set()
    decoded: dict[str, Source] = {}
    for pair in files:
        if pair.entry.group != ALONE:
            decoded[pair.entry.path] = pair.source
        elif sha256_of(pair.source, job) != pair.entry.sha256:
            other.add(pair.entry.path)
    return other | _decoded_and_other(archive, decoded, job)


def _decoded_and_other(archive: Archive, sources: dict[str, Source], job: Job) -> set[str]:
    wanted: Sequence[Entry] = [entry for entry in archive.files if entry.path in sources]
    other = set()
    for entry, pieces in archive.data(wanted, job) if wanted else ():
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        if digest.digest() != sha256_of(sources[entry.path], job):
            other.add(entry.path)
    return other
