"""What a damaged archive still gives: every intact block's bytes, under their names where the index survived.

    formats.scan finds blocks and index -> here they are decoded -> whole files, partial files, or numbered blocks

A partial file has zeros where bytes are lost, so that what survived stands at its place; it never gets the file's own
name, because a name is a promise that the content is right. Files put together from fragments without the gaps lost: no
program could tell what is missing. Where nothing of a file survived, no file is written; the report names it.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from nacomp.archive.block_decoder import BlockDecoder
from nacomp.archive.extract import check_names, make_folder, make_link, restore
from nacomp.archive.guard import check_output, check_room
from nacomp.codecs.model_loader import Engines
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
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.file_access import make_seekable
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.protection.seal import Password
from nacomp.formats.scan import IntactParts, lost_ranges
from nacomp.runtime.documents import SalvagedFile
from nacomp.runtime.events import Phase
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job

PARTIAL_SUFFIX = ".partial"
"""Behind the name of a file of which bytes are lost."""
ZEROS = bytes(1 << 16)


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
    engines: Engines,
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
        codecs = CodecTable(found.header.methods, engines.for_method)
        for number in sorted({info.method for info in found.intact.values()}):
            codecs.codec(number)  # a missing model is told before anything is written
        decoder = BlockDecoder(_Blocks(found), codecs, job)
        stack.callback(decoder.close)
        archive_size = file.seek(0, io.SEEK_END)
        if found.index is None:
            return _numbered(found, decoder, folder, job, limits, archive_size, overwrite=overwrite)
        return _named(found, decoder, folder, job, limits, archive_size, overwrite=overwrite)


def _named(
    found: IntactParts,
    decoder: BlockDecoder,
    folder: Path,
    job: Job,
    limits: Limits,
    archive_size: int,
    *,
    overwrite: bool,
) -> SalvageReport:
    assert found.index is not None
    entries = found.index.entries
    check_names(entries)
    total = sum(entry.size for entry in entries)
    check_output(total, archive_size, limits.max_total_size)
    check_room(total, folder)
    files = [entry for entry in entries if entry.kind is EntryKind.FILE]
    files.sort(key=lambda e: (e.extents[0].block, e.extents[0].offset) if e.extents else (-1, 0))
    job.expect(sum(entry.size for entry in files))
    intact = set(found.intact)
    make_folder(folder, folder)
    decoder.expect([replace(e, extents=tuple(x for x in e.extents if x.block in intact)) for e in files])
    for entry in entries:
        target = folder / entry.path
        make_folder(folder, target if entry.kind is EntryKind.FOLDER else target.parent)
    names = {entry.path for entry in entries}
    pieces = []
    for entry in files:
        job.enter(Phase.SALVAGING, entry.path)
        pieces.append(_file(entry, decoder, folder, intact, names, overwrite=overwrite))
    links = [make_link(folder / e.path, e, overwrite) for e in entries if e.kind is EntryKind.SYMLINK]
    for entry in reversed([e for e in entries if e.kind is EntryKind.FOLDER]):
        restore(folder / entry.path, entry)
    missing = set(range(len(found.index.blocks))) - intact
    pieces.sort(key=lambda piece: piece.path)
    return SalvageReport(True, tuple(pieces), tuple(links), tuple(sorted(missing)))


def _file(
    entry: Entry, decoder: BlockDecoder, folder: Path, intact: set[int], names: set[str], *, overwrite: bool
) -> SalvagedFile:
    """Write one file, whole or partial. A block that does not decode is taken out of `intact`."""
    while True:
        lost = lost_ranges(entry, intact)
        if lost and sum(length for _, length in lost) == entry.size:
            return SalvagedFile(entry.path, entry.size, None, tuple(lost))
        target = folder / (_partial_name(entry.path, names) if lost else entry.path)
        before = len(intact)
        try:
            with save(target, overwrite=overwrite) as out:
                digest = hashlib.sha256()
                for piece in _content(entry, decoder, intact):
                    digest.update(piece)
                    out.write(piece)
                if not lost and digest.digest() != entry.sha256:
                    raise CorruptArchive(reason=f"{entry.path} did not come back as it was (SHA-256)")
        except CorruptArchive:
            if len(intact) == before:
                # Every block is as it was written, and yet it is another file: no byte of it can be vouched for.
                return SalvagedFile(entry.path, entry.size, None, ((0, entry.size),))
            continue
        restore(target, entry)
        return SalvagedFile(entry.path, entry.size, target, tuple(lost))


def _content(entry: Entry, decoder: BlockDecoder, intact: set[int]) -> Iterator[bytes | memoryview]:
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


def _partial_name(path: str, names: set[str]) -> str:
    """The name of a partial file that no entry has."""
    name = path + PARTIAL_SUFFIX
    while name in names:
        name += PARTIAL_SUFFIX
    return name


def _numbered(
    found: IntactParts,
    decoder: BlockDecoder,
    folder: Path,
    job: Job,
    limits: Limits,
    archive_size: int,
    *,
    overwrite: bool,
) -> SalvageReport:
    """The index is lost: each block becomes a file of its own, numbered as in the archive."""
    total = sum(info.original_size for info in found.intact.values())
    if limits.max_total_size is not None:
        check_limit(total, limits.max_total_size, "bytes in all blocks")
    check_output(total, archive_size, limits.max_total_size)
    check_room(total, folder)
    make_folder(folder, folder)
    job.expect(total)
    width = max(6, len(str(max(found.intact, default=0))))
    pieces, bad = [], set()
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
        pieces.append(SalvagedFile(target.name, len(content), target))
    missing = (set(range(max(found.intact, default=-1) + 1)) - set(found.intact)) | bad
    return SalvageReport(False, tuple(pieces), (), tuple(sorted(missing)))
