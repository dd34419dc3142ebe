"""An archive without what updates left dead in it: blocks of which nothing is used go, all others are copied as they are.

    live entries -> the contents they need -> blocks copied, renumbered -> one archive in place of several

Nothing is coded again. Small files that share a hash with one that is gone are decoded once for a new hash; so are those of
archives in the compact form, which have none.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, Entry
from nacomp.formats.extent import Extent
from nacomp.formats.methods import Method
from nacomp.formats.protection.seal import Password
from nacomp.formats.records import dataclass
from nacomp.formats.writer import ArchiveWriter
from nacomp.operations.update import opened, rewritten
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job


@dataclass(frozen=True)
class Repacked:
    """Bytes of the archive before and after, and the seconds it took."""

    before: int
    after: int
    seconds: float


def repack(path: Path, loader: ModelLoader, job: Job, password: Password = None) -> Repacked:
    """Write an archive anew without what nothing in it needs, and put it in its place.

    Raises FileProblem where another job writes the archive, CorruptArchive and its kin; the archive is then as it was.
    """
    began = time.monotonic()
    before = path.stat().st_size
    with opened(path, loader, password) as (file, archive, word):
        entries = _rehashed(archive, job)
        with rewritten(path, file, word, job) as stream:
            _copy(archive, entries, stream, job)
    return Repacked(before, path.stat().st_size, time.monotonic() - began)


def _copy(archive: Archive, entries: Sequence[Entry], stream: BinaryIO, job: Job) -> None:
    """The blocks that the entries need, the views on them, and the entries."""
    reader = archive.reader
    live = archive.contents_of(entries)
    blocks = [number for number in reader.block_table if number in live]
    derived = [number for number in reader.derived_table if number in live]
    methods = _Methods(reader.methods)
    used = [reader.block_table[number].method for number in blocks]
    used += [reader.derived_table[number].method for number in derived]
    for number in used:
        methods.take(number)
    writer = ArchiveWriter(stream, methods.rows)
    job.expect(sum(reader.block_table[number].payload_size for number in blocks))
    job.enter(Phase.COMPRESSING)
    moved: dict[int, int] = {}
    for number in blocks:
        block = reader.block(number)
        method = methods.number(block.info.method)
        moved[number] = writer.add_block(
            method, block.payload, block.info.original_size, block.content_checksum
        )
        job.step(block.info.payload_size)
    moved |= {number: row for row, number in enumerate(derived, writer.contents)}
    views = [_moved(reader.derived_table[number], methods, moved) for number in derived]
    writer.finish([replace(e, extents=_renamed(e.extents, moved)) for e in entries], views)


class _Methods:
    """The methods that are used, each once; members of a file each had a table of their own."""

    def __init__(self, old: Sequence[Method]) -> None:
        self._old = old
        self.rows: list[Method] = []

    def take(self, number: int) -> None:
        """This method of the old tables is used."""
        if self._old[number] not in self.rows:
            self.rows.append(self._old[number])

    def number(self, old: int) -> int:
        """Its number in the new table."""
        return self.rows.index(self._old[old])


def _moved(one: Derived, methods: _Methods, moved: dict[int, int]) -> Derived:
    parts = tuple(_renamed(part, moved) for part in one.parts)
    return Derived(methods.number(one.method), one.size, one.parameters, parts)


def _renamed(extents: Iterable[Extent], moved: dict[int, int]) -> tuple[Extent, ...]:
    return tuple(Extent(moved[one.content], one.offset, one.length) for one in extents)


def _rehashed(archive: Archive, job: Job) -> list[Entry]:
    """The entries that count, with hashes of what is left of their groups."""
    groups: dict[int, list[Entry]] = {}
    for entry in archive.entries:
        if entry.group != ALONE:
            groups.setdefault(entry.group, []).append(entry)
    smaller = [
        members
        for number, members in groups.items()
        if [entry.path for entry in members] != [entry.path for entry in archive.groups[number]]
    ]
    bare = [[entry] for entry in archive.entries if entry.size and not entry.sha256]
    new = {entry.path: entry for members in (*smaller, *bare) for entry in _with_hash(archive, members, job)}
    return [new.get(entry.path, entry) for entry in archive.entries]


def _with_hash(archive: Archive, members: Sequence[Entry], job: Job) -> Iterator[Entry]:
    """Files under a hash of their own bytes, one behind the other."""
    contents = {entry.path: b"".join(pieces) for entry, pieces in archive.contents(members, job)}
    digest = hashlib.sha256(b"".join(contents[entry.path] for entry in members)).digest()
    for entry in members:
        yield replace(entry, sha256=digest, group=entry.group if len(members) > 1 else ALONE)
