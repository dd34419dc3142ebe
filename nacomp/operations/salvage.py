"""What a damaged archive still gives: every intact block's bytes, under their names where the index survived.

    formats.scan finds blocks and index -> here they are decoded -> whole files, partial files, or numbered blocks

A partial file has zeros where bytes are lost, so that what survived stands at its place; it never gets the file's own
name, because a name is a promise that the content is right. Files put together from fragments without the gaps lost: no
program could tell what is missing. Where nothing of a file survived, no file is written; the report names it.
"""

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from nacomp.archive.archive_reader import in_block_order
from nacomp.archive.block_decoder import BlockDecoder, check_decoding_work
from nacomp.archive.guard import check_output, check_room
from nacomp.archive.tree_writer import TreeWriter
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.table import CodecTable
from nacomp.errors import (
    CorruptArchive,
    ExitCode,
    LimitExceeded,
    NacompError,
    OutputExists,
    file_problem,
)
from nacomp.formats.block import Block, BlockInfo
from nacomp.formats.entry import Entry, Extent
from nacomp.formats.file_access import make_seekable
from nacomp.formats.index import Index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.paths import MAX_COMPONENT
from nacomp.formats.protection.seal import Password
from nacomp.formats.scan import IntactParts, lost_ranges
from nacomp.runtime.documents import SalvagedFile
from nacomp.runtime.events import Phase
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job

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
    """

    names_known: bool
    files: tuple[SalvagedFile, ...]
    links: tuple[Path, ...]
    missing_blocks: tuple[tuple[int, int], ...]

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
        """Whether everything that was archived is back."""
        return self.names_known and not self.damaged


@dataclass
class _Blocks:
    """The intact blocks of a salvage as a decoder wants them: shared by threads."""

    found: IntactParts
    _lock: Lock = field(default_factory=Lock)

    @property
    def blocks(self) -> Mapping[int, BlockInfo]:
        return self.found.intact

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
            codecs.codec(number)  # a missing model is told before anything is written
        decoder = BlockDecoder(_Blocks(found), codecs, job)
        stack.callback(decoder.close)
        total = _bytes_to_write(found, limits)
        check_output(total, file.seek(0, io.SEEK_END), limits.max_total_size)
        check_room(total, folder)
        job.expect(total)
        if found.index is None:
            return _numbered(found, decoder, folder, job, overwrite=overwrite)
        files = in_block_order(found.index.entries)
        expected = [_with_extents_in(entry, found.intact) for entry in files]
        check_decoding_work(expected, found.intact, limits.max_decoding_work)
        decoder.expect(expected)
        with TreeWriter(folder, found.index.entries, overwrite=overwrite) as tree:
            return _named(files, found, found.index, decoder, tree, job)


def _bytes_to_write(found: IntactParts, limits: Limits) -> int:
    """What all files would take, or all blocks where there are no names. Raises LimitExceeded."""
    if found.index is not None:
        return sum(entry.size for entry in found.index.entries)
    total = sum(info.original_size for info in found.intact.values())
    if limits.max_total_size is not None:
        check_limit(total, limits.max_total_size, "bytes in all blocks")
    return total


def _with_extents_in(entry: Entry, blocks: Mapping[int, BlockInfo]) -> Entry:
    return replace(entry, extents=tuple(extent for extent in entry.extents if extent.block in blocks))


def _named(
    files: Sequence[Entry],
    found: IntactParts,
    index: Index,
    decoder: BlockDecoder,
    tree: TreeWriter,
    job: Job,
) -> SalvageReport:
    """The index survived: every file under its name, or beside it where bytes are lost."""
    intact = set(found.intact)
    names = {entry.path for entry in index.entries}
    saved = []
    for entry in files:
        job.enter(Phase.SALVAGING, entry.path)
        job.step()
        saved.append(_File(entry, decoder, job, intact, names).save(tree))
    links = tree.finish()
    saved.sort(key=lambda file: file.path)
    return SalvageReport(True, tuple(saved), tuple(links), missing_runs(intact, len(index.blocks)))


@dataclass
class _File:
    """One file of a salvage. Whether it is whole shows when its last block is decoded; it gets its name then."""

    entry: Entry
    decoder: BlockDecoder
    job: Job
    intact: set[int]
    """The blocks that can be had; one that does not decode is taken out."""
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
            return SalvagedFile(path, size, None, tuple(self._lost()) or ((0, size),))
        return SalvagedFile(path, size, written, tuple(self._lost()))

    def _lost(self) -> list[tuple[int, int]]:
        return lost_ranges(self.entry, self.intact)

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
        if lost and sum(length for _, length in lost) == self.entry.size:
            raise CorruptArchive(reason="all of it is lost")

    def _content(self) -> Iterator[memoryview]:
        """Its bytes, zeros for the lost ones. Raises CorruptArchive if nothing of them can be vouched for."""
        digest = hashlib.sha256()
        for extent in self.entry.extents:
            for piece in self._piece(extent):
                digest.update(piece)
                yield piece
        self._check_that_some_is_there()
        if not self._lost() and digest.digest() != self.entry.sha256:
            raise CorruptArchive(reason="every block is as it was written, and yet it is another file")

    def _piece(self, extent: Extent) -> Iterator[memoryview]:
        if extent.block in self.intact:
            try:
                block = self.decoder.block(extent.block)
            except (CorruptArchive, LimitExceeded):
                self.intact.discard(extent.block)
            else:
                yield memoryview(block)[extent.offset : extent.offset + extent.length]
                return
        for at in range(0, extent.length, len(ZEROS)):
            self.job.step()
            yield ZEROS[: extent.length - at]


def missing_runs(found: Collection[int], end: int) -> tuple[tuple[int, int], ...]:
    """The runs, (first, last), of the numbers below `end` that were not found: as many as there are gaps at most."""
    borders = [-1, *sorted(found), end]
    return tuple((low + 1, high - 1) for low, high in pairwise(borders) if high - low > 1)


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
    found: IntactParts, decoder: BlockDecoder, folder: Path, job: Job, *, overwrite: bool
) -> SalvageReport:
    """The index is lost: each block becomes a file of its own, numbered as in the archive."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise file_problem(folder, problem) from problem
    width = max(6, len(str(max(found.intact, default=0))))
    saved, good = [], set()
    for number in sorted(found.intact):
        target = folder / f"block-{number:0{width}}"
        job.enter(Phase.SALVAGING, target.name)
        job.step()
        if not overwrite and target.exists():
            raise OutputExists(path=target)
        try:
            content = decoder.block(number)
        except (CorruptArchive, LimitExceeded):
            continue
        good.add(number)
        with save(target, overwrite=overwrite) as out:
            out.write(content)
        saved.append(SalvagedFile(target.name, len(content), target))
    missing = missing_runs(good, max(found.intact, default=-1) + 1)
    return SalvageReport(False, tuple(saved), (), missing)
