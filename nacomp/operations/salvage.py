"""What a damaged archive still gives: every intact block's bytes, under their names where the index survived.

    formats.scan finds blocks and index -> here they are decoded -> whole files, partial files, or numbered blocks

A partial file has zeros where bytes are lost, so that what survived stands at its place; it never gets the file's own
name, because a name is a promise that the content is right. Files put together from fragments without the gaps lost: no
program could tell what is missing. Where nothing of a file survived, no file is written; the report names it.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from nacomp.archive.archive_reader import checked, in_block_order
from nacomp.archive.block_decoder import BlockDecoder
from nacomp.archive.guard import check_output, check_room
from nacomp.archive.tree_writer import TreeWriter, make_folder
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
from nacomp.formats.entry import Entry
from nacomp.formats.file_access import make_seekable
from nacomp.formats.index import Index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.protection.seal import Password
from nacomp.formats.scan import IntactParts, lost_ranges
from nacomp.runtime.documents import SalvagedFile
from nacomp.runtime.events import Phase
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job

PARTIAL_SUFFIX = ".partial"
"""Behind the name of a file of which bytes are lost."""
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
        missing_blocks: numbers of the blocks that are lost; without the index, those below the last one found.
    """

    names_known: bool
    files: tuple[SalvagedFile, ...]
    links: tuple[Path, ...]
    missing_blocks: tuple[int, ...]

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
        file = make_seekable(path)
        if file is not path:
            stack.enter_context(file)
        job.enter(Phase.SEARCHING)
        found = IntactParts(file, limits, password)
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
        tree = TreeWriter(folder, found.index.entries, overwrite=overwrite)
        return _named(found, found.index, decoder, tree, job)


def _bytes_to_write(found: IntactParts, limits: Limits) -> int:
    """What all files would take, or all blocks where there are no names. Raises LimitExceeded."""
    if found.index is not None:
        return sum(entry.size for entry in found.index.entries)
    total = sum(info.original_size for info in found.intact.values())
    if limits.max_total_size is not None:
        check_limit(total, limits.max_total_size, "bytes in all blocks")
    return total


def _named(
    found: IntactParts, index: Index, decoder: BlockDecoder, tree: TreeWriter, job: Job
) -> SalvageReport:
    """The index survived: every file under its name, or beside it where bytes are lost."""
    intact = set(found.intact)
    files = in_block_order(index.entries)
    decoder.expect([replace(e, extents=tuple(x for x in e.extents if x.block in intact)) for e in files])
    names = {entry.path for entry in index.entries}
    saved = []
    for entry in files:
        job.enter(Phase.SALVAGING, entry.path)
        saved.append(_file(entry, decoder, tree, intact, names))
    links = tree.finish()
    missing = set(range(len(index.blocks))) - intact
    saved.sort(key=lambda file: file.path)
    return SalvageReport(True, tuple(saved), tuple(links), tuple(sorted(missing)))


def _file(
    entry: Entry, decoder: BlockDecoder, tree: TreeWriter, intact: set[int], names: set[str]
) -> SalvagedFile:
    """Write one file, whole or partial. A block that does not decode is taken out of `intact`."""
    while True:
        lost = lost_ranges(entry, intact)
        if lost and sum(length for _, length in lost) == entry.size:
            return SalvagedFile(entry.path, entry.size, None, tuple(lost))
        before = len(intact)
        content = _content(entry, decoder, intact)
        try:
            if lost:
                written = tree.write(entry, content, _partial_suffix(entry.path, names))
            else:
                written = tree.write(entry, checked(entry, content))
        except CorruptArchive:
            if len(intact) == before:
                # Every block is as it was written, and yet it is another file: no byte of it can be vouched for.
                return SalvagedFile(entry.path, entry.size, None, ((0, entry.size),))
            continue
        return SalvagedFile(entry.path, entry.size, written, tuple(lost))


def _content(entry: Entry, decoder: BlockDecoder, intact: set[int]) -> Iterator[memoryview]:
    """A file's bytes, zeros for the lost ones. Raises CorruptArchive after taking a bad block out of `intact`."""
    for extent in entry.extents:
        if extent.block not in intact:
            for at in range(0, extent.length, len(ZEROS)):
                yield ZEROS[: extent.length - at]
            continue
        try:
            block = decoder.block(extent.block)
        except (CorruptArchive, LimitExceeded):
            intact.discard(extent.block)
            raise CorruptArchive(reason=f"block {extent.block} does not decode") from None
        yield memoryview(block)[extent.offset : extent.offset + extent.length]


def _partial_suffix(path: str, names: set[str]) -> str:
    """What stands behind a partial file's name, so that no entry has it."""
    suffix = PARTIAL_SUFFIX
    while path + suffix in names:
        suffix += PARTIAL_SUFFIX
    return suffix


def _numbered(
    found: IntactParts, decoder: BlockDecoder, folder: Path, job: Job, *, overwrite: bool
) -> SalvageReport:
    """The index is lost: each block becomes a file of its own, numbered as in the archive."""
    make_folder(folder, folder)
    width = max(6, len(str(max(found.intact, default=0))))
    saved, bad = [], set()
    for number in sorted(found.intact):
        target = folder / f"block-{number:0{width}}"
        job.enter(Phase.SALVAGING, target.name)
        if not overwrite and target.exists():
            raise OutputExists(path=target)
        try:
            content = decoder.block(number)
        except (CorruptArchive, LimitExceeded):
            bad.add(number)
            continue
        with save(target, overwrite=overwrite) as out:
            out.write(content)
        saved.append(SalvagedFile(target.name, len(content), target))
    missing = (set(range(max(found.intact, default=-1) + 1)) - set(found.intact)) | bad
    return SalvageReport(False, tuple(saved), (), tuple(sorted(missing)))
