"""An archive brought up to date: what is new or changed is written behind it, and nothing is coded again.

    sources beside entries -> what is new, what is there already, what is gone -> an update behind the archive

The update counts from the moment its footer is on the disk; until then the file is the old archive with something behind
it that every reader passes over. So nothing but the end of the file is written, and a kill, a full disk or a power cut
leaves the old state or the new. A sealed archive, and one with recovery data, are whole only as a whole: these are written
anew beside their place, what was coded copied as it is, and take it with one rename.
"""

import os
import sys
from collections.abc import Callable, Container, Iterator, Sequence, Set
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field, replace
from pathlib import Path
from typing import BinaryIO, cast

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import Update, Written, write_update
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.comparison import Pair, sha256_of, with_other_bytes
from nacomp.archive.guard import check_apart, check_names
from nacomp.archive.hard_links import linked
from nacomp.archive.old_versions import old_versions
from nacomp.archive.repeats import CAN_FIND
from nacomp.archive.sources import Source
from nacomp.archive.walk import full_name
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileChanged, FileProblem, file_problem
from nacomp.formats.entry import MAX_TIME, MIN_TIME, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.file_access import read_at, write_all
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.protection.recovery import add_recovery, percent_of
from nacomp.formats.protection.seal import Password, Seal, SealingStream
from nacomp.formats.reader import archive_shape
from nacomp.formats.records import dataclass
from nacomp.operations.compress import CompressOptions, chooser_for
from nacomp.runtime.locks import lock
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job

COPY = 1 << 20


@dataclass(frozen=True)
class UpdateOptions:
    """How to update, besides how to compress what is new.

    Attributes:
        checksum: compare files' bytes, and not only size and time.
        delete: take away what is below the inputs' names and is not on the disk any more, as far as that is known.
    """

    compress: CompressOptions
    checksum: bool = False
    delete: bool = False


@dataclass
class Changes:
    """What an update does, by paths.

    Attributes:
        coded: sources whose bytes are new, and all that has none.
        known: entries whose bytes the archive has already.
        beside: the first new file that the archive has under its whole path, as it was given: its new name and that one.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    coded: list[Source] = field(default_factory=list)
    known: list[Entry] = field(default_factory=list)
    beside: tuple[str, str] | None = None

    @property
    def any(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.coded or self.known or self.removed)


@dataclass(frozen=True)
class Updated:
    """What an update did; sizes in bytes."""

    changes: Changes
    written: Written | None
    """The update; None if there was nothing to do."""
    archive_size: int
    model_id: str = ""


def update(
    path: Path,
    sources: Sequence[Source],
    loader: ModelLoader,
    options: UpdateOptions,
    job: Job,
    password: Password = None,
    there: Set[str] | None = None,
) -> Updated:
    """Bring an archive up to date with these sources.

    `there` has the names of all that is on the disk below the inputs: what else the archive has is gone. None where that is
    not known: then nothing counts as gone.

    Raises FileProblem where another job writes the archive, CorruptArchive and its kin, what `compress` raises; the archive
    is then as it was.
    """
    check_names(sources)
    check_apart(path, sources)
    sources = linked(sources)
    with opened(path, loader, password) as (file, archive, word):
        changes = _changes(archive, sources, options, job)
        if options.delete and there is not None:
            changes.removed = _gone(archive, there)
        if not changes.any:
            return Updated(changes, None, archive.reader.size)
        chooser = chooser_for(changes.coded, loader, options.compress, job)
        coder = BlockEncoder(chooser, job, loader.threads)
        chain, before = archive.reader.before_an_update()
        known = [_renumbered(entry, chain) for entry in changes.known]
        with ExitStack() as stack:
            old = old_versions(archive, changes.coded, chain, stack, job) if CAN_FIND else []

            def write(stream: BinaryIO, sync: Callable[[], object]) -> Written:
                behind = Update(before, known, changes.removed, old, sync)
                return write_update(stream, changes.coded, behind, coder, job, options.compress.left_out)

            written = _in_place(file, archive, path, word, write, job)
    model_id = written.model_of_most(chooser.first.settings.model_id if chooser is not None else "")
    return Updated(changes, written, path.stat().st_size, model_id)


@contextmanager
def opened(
    path: Path, loader: ModelLoader, password: Password
) -> Iterator[tuple[BinaryIO, Archive, str | None]]:
    """An archive that is to be changed, held against other jobs: the file to write, the archive, its password if it has one.

    Raises FileProblem, and what opening an archive raises.
    """
    given: list[str] = []

    def ask() -> str | None:
        word = password() if callable(password) else password
        given.extend([word] if word is not None else [])
        return word

    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("r+b"))
            lock(file, path)
            found = os.fstat(file.fileno())
            if not os.path.samestat(found, path.stat()):
                raise FileProblem(path=path, reason="was replaced by another job just now; try again")
            reading = stack.enter_context(path.open("rb"))
        except OSError as problem:
            raise file_problem(path, problem) from problem
        archive = Archive(reading, loader.for_method, DEFAULT_LIMITS, cast(Password, ask), loader.threads)
        stack.enter_context(archive)
        yield file, archive, given[-1] if archive.reader.sealed else None


def _changes(archive: Archive, sources: Sequence[Source], options: UpdateOptions, job: Job) -> Changes:
    """What is new or other than in the archive. Raises FileChanged, FileProblem."""
    entries = {entry.path: entry for entry in archive.entries}
    pairs = {s.name: Pair(entries[s.name], s) for s in sources if s.name in entries}
    like = [pair for pair in pairs.values() if pair.same_shape]
    other = with_other_bytes(archive, like, job) if options.checksum else set()
    same = {pair.entry.path for pair in like if pair.entry.path not in other}
    if not options.checksum:
        same &= {pair.entry.path for pair in like if pair.same_time}
    unchanged = {name for name in same if pairs[name].same_mode and pairs[name].same_time}
    unchanged -= _linked_to_changes(sources, unchanged)
    known, changes = _Known(archive), Changes()
    for source in sources:
        pair = pairs.get(source.name)
        if source.name in unchanged:
            changes.unchanged += 1
            continue
        (changes.added if pair is None else changes.changed).append(source.name)
        if pair is None and changes.beside is None:
            changes.beside = _beside(source, entries)
        old = known.entry_of(source, pair.entry if pair and source.name in same else None, options, job)
        if old is None:
            changes.coded.append(source)
        else:
            changes.known.append(old)
    return changes


def _beside(source: Source, entries: Container[str]) -> tuple[str, str] | None:
    whole = full_name(source.path) if source.path is not None else ""
    return (source.name, whole) if whole in entries else None


def _linked_to_changes(sources: Sequence[Source], unchanged: Set[str]) -> set[str]:
    """The names of files of which another name is new or changed: a hard link stands in one archive with its file."""
    links = [source for source in sources if source.kind is EntryKind.HARD_LINK]
    files = {s.link_target for s in links if not {s.name, s.link_target} <= unchanged}
    return files | {source.name for source in links if source.link_target in files}


class _Known:
    """Files of an archive by hash, as far as a further update can name their contents."""

    def __init__(self, archive: Archive) -> None:
        chain, _ = archive.reader.before_an_update()
        files = [entry for entry in archive.entries if entry.size and entry.own_sha256]
        near = [entry for entry in files if all(one.content >= chain for one in entry.extents)]
        self._by_hash = {entry.own_sha256: entry for entry in near}
        self._sizes = {entry.size for entry in near}

    def entry_of(self, source: Source, same: Entry | None, options: UpdateOptions, job: Job) -> Entry | None:
        """A source as an entry of bytes that are there; `same` is one known to have its bytes."""
        if source.kind is not EntryKind.FILE or source.holes or source.size not in self._sizes:
            return None
        try:
            digest = same.own_sha256 if same is not None else sha256_of(source, job)
        except (FileChanged, FileProblem):
            if options.compress.left_out is None:
                raise
            return None  # it is read once more, and told
        old = self._by_hash.get(digest)
        if old is None:
            return None
        mtime = min(max(source.mtime_ns, MIN_TIME), MAX_TIME)
        return replace(
            old,
            path=source.name,
            mode=source.mode,
            mtime_ns=mtime,
            owner=source.owner,
            attributes=source.attributes,
        )


def _renumbered(entry: Entry, chain: int) -> Entry:
    """An entry with its contents as an update behind this chain calls them."""
    return replace(entry, extents=tuple(Extent(e.content - chain, e.offset, e.length) for e in entry.extents))


def _gone(archive: Archive, there: Set[str]) -> list[str]:
    """Entries below the inputs' names that are not on the disk any more, each without what lies below it.

    An input's name may have several parts, and what lies beside it below the first of them was not looked at.
    """
    tops = {name for name in there if name.rpartition("/")[0] not in there}
    gone: list[str] = []
    for entry in archive.entries:  # a folder comes right before what lies in it
        missing = entry.path not in there and any(above in tops for above in _with_parents(entry.path))
        if missing and not (gone and entry.path.startswith(gone[-1] + "/")):
            gone.append(entry.path)
    return gone


def _with_parents(path: str) -> Iterator[str]:
    """A path and every folder above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _in_place(
    file: BinaryIO,
    archive: Archive,
    path: Path,
    password: str | None,
    write: Callable[[BinaryIO, Callable[[], object]], Written],
    job: Job,
) -> Written:
    """Write behind the archive, or where it has a seal or recovery data, all of it anew."""
    shape = archive_shape(file)
    if password is not None or shape is not None:
        with rewritten(path, file, password, job) as stream:
            for at in range(0, archive.reader.end, COPY):
                job.step()
                write_all(stream, read_at(archive.reader.raw(), at, min(COPY, archive.reader.end - at)))
            return write(stream, lambda: None)
    end = archive.reader.end
    try:
        file.truncate(end)  # an update that was cut off
        file.seek(end)
        written = write(file, lambda: _sync(file))
        _sync(file)
    except BaseException as end_of_it:
        _take_back(file, end)
        if isinstance(end_of_it, OSError):
            raise file_problem(path, end_of_it) from end_of_it
        raise
    return written


@contextmanager
def rewritten(path: Path, file: BinaryIO, password: str | None, job: Job) -> Iterator[BinaryIO]:
    """A stream for an archive that takes this one's place in the end, sealed and protected as it was. Raises FileProblem."""
    shape = archive_shape(file)
    target = Path(os.path.realpath(path))
    with save(target, overwrite=True, rights=os.fstat(file.fileno()).st_mode) as out:
        if password is None:
            yield out
        else:
            sealing = SealingStream(out, Seal(password))
            yield cast(BinaryIO, sealing)
            sealing.finish()
        if shape is not None:
            add_recovery(out, percent_of(shape), job.step)
        if sys.platform == "win32":
            file.close()  # nothing takes the place of a file that is open there


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _take_back(file: BinaryIO, end: int) -> None:
    """What was written of an update that failed. What cannot be taken back is passed over by every reader.

    What is still buffered goes nowhere: a full disk did not take it, and once the file is cut, closing it would write it.
    """
    with suppress(OSError, ValueError):
        os.ftruncate(file.fileno(), end)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, file.fileno())
        os.close(nowhere)
