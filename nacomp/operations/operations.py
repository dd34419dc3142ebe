"""What the command line, the library and the application can ask for: compress, decompress, test.

Each operation takes paths and settings, says how far it is through a `Job`, and either leaves its whole result or
nothing. No printing and no exit codes here.
"""

import io
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import Written, write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.extract import extract_file, extract_tree, select
from nacomp.archive.guard import check_names, check_output, check_room
from nacomp.archive.kept_blocks import keeping, kept_path
from nacomp.archive.sources import Source, walk
from nacomp.codecs.levels import DEFAULT_LEVEL, level_named
from nacomp.codecs.model_loader import Engines
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import CorruptArchive, Interrupted, UsageError, VerificationFailed, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.seal import Password, Seal
from nacomp.runtime.output_files import check_free, save
from nacomp.runtime.progress import Job

SUFFIX = ".nac"


@dataclass(frozen=True)
class CompressOptions:
    """How to compress.

    Attributes:
        level: `fast`, `balanced` or `max`.
        model: a catalogue id that takes the place of the level's choice.
        overwrite: replace an existing output.
        verify: decode the written archive and compare before it is put in place.
        recovery: percent of the archive that may be damaged and repaired later; 0 for no recovery data.
        resume: keep finished blocks beside the output until it is there, and use those an earlier job kept.
        seal: the password the archive is sealed with, or None.
        predictors: settings of the predictors to change, as `EnsembleParameters.changed` takes them; for measurements.
    """

    level: str = DEFAULT_LEVEL
    model: str | None = None
    overwrite: bool = False
    verify: bool = False
    recovery: float = 0.0
    resume: bool = False
    seal: Seal | None = None
    predictors: str = ""


@dataclass(frozen=True)
class Compressed:
    """What `compress` made."""

    written: Written
    model_id: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Extracted:
    """What `decompress` made: the files and links, and the bytes in them."""

    paths: tuple[Path, ...]
    entries: int
    size: int
    seconds: float


def default_output(inputs: Sequence[Path]) -> Path:
    """Where an archive of one input goes when nobody says: beside it, with `.nac` behind the name."""
    first = inputs[0]
    name = first.name or first.resolve().name
    return first.parent / (name + SUFFIX)


def compress(
    sources: Sequence[Source], output: Path | BinaryIO, engines: Engines, options: CompressOptions, job: Job
) -> Compressed:
    """Write one archive of all sources. Raises what `write_archive` does, ModelError, VerificationFailed."""
    check_names(sources)
    if options.seal is not None and not options.seal.password:
        raise UsageError(reason="an empty password protects nothing; give a longer one, or none")
    if options.seal is not None and options.resume:
        raise UsageError(reason="--resume keeps finished blocks in the clear, so it goes without a password")
    codec = _codec(sources, engines, options, job)
    encoder, workers = engines.encoder(codec)
    coder = BlockEncoder(encoder, level_named(options.level), job, workers)
    model_id = codec.settings.model_id if codec else ""
    if codec is not None and not codec.engine.batch_free:
        # Its arithmetic alone does not promise that the bytes come back.
        options = replace(options, verify=True)
    if not isinstance(output, Path) and options.verify:
        return _compress_to_stream(sources, output, engines, options, job)
    if not isinstance(output, Path):
        if options.recovery or options.resume:
            raise UsageError(reason="recovery data and resuming need an archive in a file")
        return Compressed(write_archive(output, sources, coder, job, options.seal), model_id, tuple(sources))
    if options.resume:
        own = kept_path(output).absolute()
        sources = [s for s in sources if s.path is None or s.path.absolute() != own]
        written = _resume(sources, output, engines, coder, options, job)
    else:
        written = _write(sources, output, engines, coder, options, job)
    return Compressed(written, model_id, tuple(sources))


def _compress_to_stream(
    sources: Sequence[Source], output: BinaryIO, engines: Engines, options: CompressOptions, job: Job
) -> Compressed:
    """Through a file, so that it can be decoded and compared before a byte of it leaves."""
    with TemporaryDirectory(prefix="nacomp-") as folder:
        path = Path(folder) / "archive"
        done = compress(sources, path, engines, options, job)
        with path.open("rb") as file:
            shutil.copyfileobj(file, output)
    return done


def _write(
    sources: Sequence[Source],
    output: Path,
    engines: Engines,
    coder: BlockEncoder,
    options: CompressOptions,
    job: Job,
) -> Written:
    with save(output, overwrite=options.overwrite) as file:
        written = write_archive(file, sources, coder, job, options.seal)
        if options.recovery:
            written = _protect(file, written, options.recovery, job)
        if options.verify:
            _verify(file, sources, engines, job, options.seal.password if options.seal else None)
    return written


def _resume(
    sources: Sequence[Source],
    output: Path,
    engines: Engines,
    coder: BlockEncoder,
    options: CompressOptions,
    job: Job,
) -> Written:
    """As `_write`, with finished blocks kept beside the output."""
    level = level_named(options.level)
    check_free(output, overwrite=options.overwrite)
    with keeping(output, coder.methods, level) as kept:
        coder.keep_in(kept)
        try:
            return _write(sources, output, engines, coder, options, job)
        except Interrupted:
            if not len(kept):
                raise
            raise Interrupted(
                "what is finished is kept; run the same command with --resume to go on"
            ) from None


def _codec(
    sources: Sequence[Source], engines: Engines, options: CompressOptions, job: Job
) -> NeuralCodec | None:
    """The codec, or None where there is nothing to code: an archive of folders needs no model. Raises UsageError."""
    if not any(source.size for source in sources):
        return None
    job.enter("model")
    codec = engines.for_level(level_named(options.level), options.model)
    if not options.predictors:
        return codec
    try:
        ensemble = codec.settings.ensemble.changed(options.predictors)
    except ValueError as wrong:
        raise UsageError(reason=str(wrong)) from None
    return codec.with_ensemble(ensemble)


def _protect(file: BinaryIO, written: Written, percent: float, job: Job) -> Written:
    """Put recovery data behind a written archive."""
    job.enter("adding recovery data")
    size = written.compressed_size + add_recovery(file, percent)
    job.wrote(size)
    return replace(written, compressed_size=size)


def _verify(
    file: BinaryIO, sources: Sequence[Source], engines: Engines, job: Job, password: str | None
) -> None:
    """Decode what was written, from the disk, and compare it with the SHA-256 taken while reading the sources."""
    file.flush()
    job.restart("verifying", sum(source.size for source in sources))
    with (
        Path(file.name).open("rb") as written,
        Archive(written, engines.for_method, password=password) as archive,
    ):
        try:
            archive.check(job, engines.decoding_workers(archive))
        except CorruptArchive as fault:
            raise VerificationFailed(path=str(fault)) from fault


def open_archive(
    path: Path | BinaryIO,
    engines: Engines,
    stack: ExitStack,
    limits: Limits,
    password: Password = None,
) -> Archive:
    """Open an archive for as long as `stack` lasts. Raises FileProblem, WrongPassword, CorruptArchive and its kin."""
    if isinstance(path, Path):
        try:
            path = stack.enter_context(path.open("rb"))
        except OSError as problem:
            raise file_problem(str(path), problem) from problem
    return stack.enter_context(Archive(path, engines.for_method, limits, password))


def is_single_file(archive: Archive) -> bool:
    """Whether the archive holds one file and nothing else, so that it extracts to a file, not a folder."""
    entries = archive.entries
    return len(entries) == 1 and entries[0].kind is EntryKind.FILE and "/" not in entries[0].path


def decompress(
    path: Path | BinaryIO,
    output: Path | None,
    engines: Engines,
    job: Job,
    *,
    overwrite: bool = False,
    chosen: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    password: Password = None,
) -> Extracted:
    """Extract an archive, or the chosen entries of it.

    A single file goes to `output`, or into it where it is a folder; several entries go below `output`, which is
    made. Without an output, they go beside the archive.
    """
    with ExitStack() as stack:
        archive = open_archive(path, engines, stack, limits, password)
        entries = select(archive, chosen)
        job.enter("model")
        archive.load_engines()
        began = time.monotonic()
        size = sum(entry.size for entry in entries)
        check_output(size, archive.reader.size, limits.max_total_size)
        job.expect(size)
        workers = engines.decoding_workers(archive)
        if is_single_file(archive):
            target = _file_target(path, output, entries[0])
            check_room(size, target)
            extract_file(archive, entries[0], target, job, overwrite=overwrite, workers=workers)
            paths = [target]
        else:
            folder = output if output is not None else _folder_target(path, archive)
            check_room(size, folder)
            paths = extract_tree(archive, entries, folder, job, overwrite=overwrite, workers=workers)
    return Extracted(tuple(paths), len(entries), size, time.monotonic() - began)


def _file_target(path: Path | BinaryIO, output: Path | None, entry: Entry) -> Path:
    if output is not None:
        return output / entry.path if output.is_dir() else output
    if not isinstance(path, Path):
        raise UsageError(reason="standard input needs -o OUTPUT, or -c for standard output")
    # The archive may have been renamed; its own name is what the user sees.
    return path.with_suffix("") if path.suffix == SUFFIX else path.parent / entry.path


def _folder_target(path: Path | BinaryIO, archive: Archive) -> Path:
    if not isinstance(path, Path):
        raise UsageError(reason="an archive of several entries from standard input needs -o FOLDER")
    tops = {entry.path.split("/")[0] for entry in archive.entries}
    stem = path.with_suffix("") if path.suffix == SUFFIX else path.with_name(path.name + ".extracted")
    # An archive of one folder brings that folder along; loose entries get one, so they do not litter.
    return path.parent if tops == {stem.name} else stem


def write_contents(archive: Archive, entries: Sequence[Entry], out: BinaryIO, job: Job, workers: int) -> int:
    """Files one after the other to a stream (`-c`, `cat`); bytes go out before their hash is known, errors follow."""
    archive.load_engines()
    total = 0
    for _, pieces in archive.contents(entries, job, workers):
        for piece in pieces:
            out.write(piece)
            total += len(piece)
    out.flush()
    return total


def source_from_stream(stream: BinaryIO, name: str) -> Source:
    """Standard input as one file. It is held in memory: its size must be known before its entry is written."""
    data = stream.read()
    return Source(name, EntryKind.FILE, len(data), 0o644, time.time_ns(), data=data)


def sources_of(inputs: Sequence[Path]) -> list[Source]:
    """The inputs and all below them. Raises UsageError for none, FileProblem."""
    if not inputs:
        raise UsageError(reason="no input given")
    return walk(inputs)


def memory_stream(data: bytes = b"") -> io.BytesIO:
    """A seekable stream over bytes, for the library functions."""
    return io.BytesIO(data)
