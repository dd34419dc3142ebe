"""What a damaged archive still gives: every intact block's bytes, under their names where the index survived.

    formats.scan finds blocks and index -> here they are decoded -> whole files, partial files, or numbered blocks

A partial file has zeros where bytes are lost, so that what survived stands at its place; it never gets the file's own
name, because a name is a promise that the content is right. Files put together from fragments without the gaps lost: no
program could tell what is missing. Where nothing of a file survived, no file is written; the report names it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import field, replace
from itertools import count
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from nacomp.archive.archive_reader import groups_of, in_block_order
from nacomp.archive.content_decoder import ContentDecoder
from nacomp.archive.decoding_work import check_decoding_work
from nacomp.archive.extract import bytes_to_write
from nacomp.archive.guard import check_output, check_room
from nacomp.archive.tree_writer import PLAIN, TreeWriter
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.table import CodecTable
from nacomp.errors import (
    CorruptArchive,
    ExitCode,
    LimitExceeded,
    NacompError,
    file_problem,
)
from nacomp.formats.block import Block, BlockInfo
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.file_access import make_seekable
from nacomp.formats.index import Index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.methods import Method
from nacomp.formats.paths import MAX_COMPONENT
from nacomp.formats.protection.seal import Password
from nacomp.formats.records import dataclass
from nacomp.formats.scan import IntactParts, lost_ranges, missing_runs
from nacomp.runtime.events import Phase
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.output_files import check_free, save
from nacomp.runtime.progress import Job
from nacomp.runtime.results import SalvagedFile
from nacomp.transforms.table import check_views

PARTIAL_SUFFIX = ".partial"
"""Behind the name of a file of which bytes are lost."""
SUFFIX_ROOM = len(".1000000" + PARTIAL_SUFFIX)
"""Bytes of the longest suffix, where entries have the names with all shorter ones."""
ZEROS = memoryview(bytes(1 << 16))


class BytesLost(NacompError):
    """{path} is damaged: {what}."""

    exit_code = ExitCode.CORRUPT


@dataclass(frozen=True)
class SalvageReport:
    """What a salvage gave back.

    Attributes:
        names_known: whether the index survived; if not, the pieces are blocks.
        files: files, or blocks where the names are lost.
        links: symbolic links that were made.
        missing_blocks: runs of lost blocks, (first, last); without the index, those below the last one found.
        foreign_blocks: intact blocks of another archive in the file, which were left alone.
        foreign_bytes: bytes behind the archive that begin as another one does.
    """

    names_known: bool
    files: tuple[SalvagedFile, ...]
    links: tuple[Path, ...]
    missing_blocks: tuple[tuple[int, int], ...]
    foreign_blocks: int
    foreign_bytes: int = 0

    @property
    def damaged(self) -> list[SalvagedFile]:
        """The files that are not whole."""
        return [file for file in self.files if file.lost]

    @property
    def lost_bytes(self) -> int:
        """Bytes lost of all files whose names are known."""
        return sum(file.lost_bytes for file in self.files)

    @property
    def complete(self) -> bool:
        """Whether everything that was archived is back: all of the file that was given was understood."""
        another = self.foreign_blocks or self.foreign_bytes
        return self.names_known and not self.damaged and not another


@dataclass
class _Blocks:
    """The intact blocks of a salvage as a decoder wants them: shared by threads."""

    found: IntactParts
    _lock: Lock = field(default_factory=Lock)

    @property
    def methods(self) -> Sequence[Method]:
        return self.found.header.methods

    @property
    def block_table(self) -> Mapping[int, BlockInfo]:
        return self.found.intact

    @property
    def derived_table(self) -> Mapping[int, Derived]:
        return self.found.derived

    def block(self, number: int) -> Block:
        with self._lock:
            return self.found.block(number)


def salvage(
    path: Path | BinaryIO,
    folder: Path,
    loader: ModelLoader,
    job: Job,
    *,
    overwrite: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    password: Password = None,
    restore: Restore = PLAIN,
) -> SalvageReport:
    """Write whatever is intact into a folder, which is made.

    Raises:
        CorruptArchive, UnsupportedArchive: no header is intact, so nothing can be decoded.
        UnsafePath, LimitExceeded: the archive is hostile.
        PasswordNeeded, WrongPassword, ModelMissing: and nothing was written. FileProblem, OutputExists.
    """
    with ExitStack() as stack:
        if isinstance(path, Path):
            try:
                path = stack.enter_context(path.open("rb"))
            except OSError as problem:
                raise file_problem(str(path), problem) from problem
        file = make_seekable(path, job.step)
        if file is not path:
            stack.enter_context(file)
        job.enter(Phase.SEARCHING)
        found = IntactParts(file, limits, password, job.step)
        codecs = CodecTable(found.header.methods, loader.for_method)
        for number in sorted({info.method for info in found.intact.values()}):
            codecs.codec(number)  # a missing model is told before anything is written, a missing library too
        check_views(found.header.methods[one.method] for one in found.derived.values())
        decoder = ContentDecoder(_Blocks(found), codecs, job, limits=limits)
        stack.callback(decoder.close)
        total = _bytes_to_write(found, folder, limits)
        # Whatever else is in the file must not buy room for what the index says.
        check_output(total, found.size, limits.max_total_size)
        check_room(total, folder)
        job.expect(total)
        if found.index is None:
            return _numbered(found, decoder, folder, job, overwrite=overwrite)
        files = in_block_order(found.index.entries, found.derived)
        expected = [_with_extents_in(entry, found.intact_contents) for entry in files]
        check_decoding_work(expected, groups_of(expected), found.intact, found.derived, limits)
        decoder.expect(expected)
        with TreeWriter(folder, found.index.entries, overwrite=overwrite, restore=restore) as tree:
            return _named(files, found, found.index, decoder, tree, job)


def _bytes_to_write(found: IntactParts, folder: Path, limits: Limits) -> int:
    """What all files would take, or all blocks where there are no names. Raises LimitExceeded."""
    if found.index is not None:
        return bytes_to_write(found.index.entries, folder)
    total = sum(info.original_size for info in found.intact.values())
    if limits.max_total_size is not None:
        check_limit(total, limits.max_total_size, "bytes in all blocks")
    return total


def _with_extents_in(entry: Entry, contents: Set[int]) -> Entry:
    return replace(entry, extents=tuple(extent for extent in entry.extents if extent.content in contents))


def _named(
    files: Sequence[Entry],
    found: IntactParts,
    index: Index,
    decoder: ContentDecoder,
    tree: TreeWriter,
    job: Job,
) -> SalvageReport:
    """The index survived: every file under its name, or beside it where bytes are lost."""
    intact = set(found.intact_contents)
    names = {entry.path for entry in index.entries}
    tree.check_free(_targets(files, intact, names))
    saved = []
    for entry in files:
        job.enter(Phase.SALVAGING, entry.path)
        job.step()
        saved.append(_File(entry, decoder, job, intact, names).save(tree))
    links = tree.finish()
    saved += _lost_names(index.entries, saved)
    saved.sort(key=lambda file: file.path)
    return SalvageReport(
        True,
        tuple(saved),
        tuple(links),
        found.missing_blocks(decoder.failed),
        found.foreign,
        found.foreign_bytes,
    )


def _lost_names(entries: Iterable[Entry], saved: Sequence[SalvagedFile]) -> list[SalvagedFile]:
    """Hard links to files that are not whole: no second name is made of a part of one."""
    damaged = {file.path: file for file in saved if file.lost}
    names = [entry for entry in entries if entry.link_target in damaged and entry.kind is EntryKind.HARD_LINK]
    return [replace(damaged[entry.link_target], path=entry.path, written=None) for entry in names]


def _targets(files: Sequence[Entry], intact: Set[int], names: Set[str]) -> Iterator[str]:
    """The paths that files will get, as far as it can be told before their blocks are decoded."""
    taken = set(names)
    for entry in files:
        lost = sum(length for _, length in lost_ranges(entry, intact))
        if not lost:
            yield entry.path
        elif lost < entry.data_size:
            path = partial_path(entry.path, taken)
            taken.add(path)
            yield path


@dataclass
class _File:
    """One file of a salvage. Whether it is whole shows when its last block is decoded; it gets its name then."""

    entry: Entry
    decoder: ContentDecoder
    job: Job
    intact: set[int]
    """The contents that can be had; one that does not decode is taken out, with what is derived of it."""
    names: set[str]
    """All paths of the archive, and of partial files so far."""
    partial: str = ""
    """The name it gets if bytes are lost, once it is known."""

    def save(self, tree: TreeWriter) -> SalvagedFile:
        """Write it, whole or partial, once."""
        path, size = self.entry.path, self.entry.size
        try:
            self._check_that_some_is_there()
            written = tree.write(self.entry, self._content(), self._name)
        except CorruptArchive:
            return SalvagedFile(path, size, None, self._lost_of_file() or ((0, size),))
        return SalvagedFile(path, size, written, self._lost_of_file())

    def _lost(self) -> list[tuple[int, int]]:
        """Offset and length of what is lost of its data."""
        return lost_ranges(self.entry, self.intact)

    def _lost_of_file(self) -> tuple[tuple[int, int], ...]:
        """The same in the file: what is lost around a hole is in two runs, and the hole is whole."""
        found = []
        for offset, length in self._lost():
            at, left = offset, length
            for hole in self.entry.holes:
                if hole.offset <= at:
                    at += hole.length
                elif hole.offset < at + left:
                    found.append((at, hole.offset - at))
                    left -= hole.offset - at
                    at = hole.offset + hole.length
            found.append((at, left))
        return tuple(found)

    def _name(self) -> str:
        if not self._lost():
            return self.entry.path.rpartition("/")[2]
        if not self.partial:
            path = partial_path(self.entry.path, self.names)
            self.names.add(path)
            self.partial = path.rpartition("/")[2]
        return self.partial

    def _check_that_some_is_there(self) -> None:
        lost = self._lost()
        if lost and sum(length for _, length in lost) == self.entry.data_size:
            raise CorruptArchive(reason="all of it is lost")

    def _content(self) -> Iterator[memoryview]:
        """Its bytes, zeros for the lost ones. Raises CorruptArchive if nothing of them can be vouched for."""
        digest = hashlib.sha256()
        for extent in self.entry.extents:
            for piece in self._piece(extent):
                digest.update(piece)
                yield piece
        self._check_that_some_is_there()
        # A group's hash would take all its files; the blocks' own checksums hold for each of them.
        if not self._lost() and self.entry.group == ALONE and not self.entry.is_content(digest.digest()):
            raise CorruptArchive(reason="every block is as it was written, and yet it is another file")

    def _piece(self, extent: Extent) -> Iterator[memoryview]:
        if extent.content in self.intact:
            try:
                found = self.decoder.read(extent)
            except (CorruptArchive, LimitExceeded):
                self.intact.discard(extent.content)
            else:
                yield found
                return
        for at in range(0, extent.length, len(ZEROS)):
            self.job.step()
            yield ZEROS[: extent.length - at]


def partial_path(path: str, names: Set[str]) -> str:
    """What a partial file is called: its name with a suffix, within what file systems hold, and nobody else's.

    A name that leaves no room for the suffix is shortened and gets a hash of itself.
    """
    parent, slash, name = path.rpartition("/")
    raw = name.encode("utf-8", "surrogateescape")
    if len(raw) > MAX_COMPONENT - SUFFIX_ROOM:
        while len(name.encode("utf-8", "surrogateescape")) > MAX_COMPONENT - SUFFIX_ROOM - 17:
            name = name[:-1]
        name += "." + hashlib.blake2b(raw, digest_size=8).hexdigest()
    candidates = (f".{number}{PARTIAL_SUFFIX}" if number > 1 else PARTIAL_SUFFIX for number in count(1))
    return next(found for suffix in candidates if (found := parent + slash + name + suffix) not in names)


def _numbered(
    found: IntactParts, decoder: ContentDecoder, folder: Path, job: Job, *, overwrite: bool
) -> SalvageReport:
    """The index is lost: each block becomes a file of its own, numbered as in the archive."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise file_problem(folder, problem) from problem
    width = max(6, len(str(max(found.intact, default=0))))
    targets = {number: folder / f"block-{number:0{width}}" for number in sorted(found.intact)}
    for target in targets.values():
        check_free(target, overwrite=overwrite)
    saved, good = [], set()
    for number, target in targets.items():
        job.enter(Phase.SALVAGING, target.name)
        job.step()
        try:
            content = decoder.content(number)
        except (CorruptArchive, LimitExceeded):
            continue
        good.add(number)
        with save(target, overwrite=overwrite) as out:
            out.write(content)
        saved.append(SalvagedFile(target.name, len(content), target))
    missing = missing_runs(good, max(found.intact, default=-1) + 1)
    return SalvageReport(False, tuple(saved), (), missing, found.foreign, found.foreign_bytes)
