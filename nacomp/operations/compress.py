"""Sources to one archive: written beside its place, protected and verified where asked, then put there whole.

    walk -> sources -> compress -> archive_writer (units, blocks) -> recovery data -> verification -> rename

Takes paths and settings, says how far it is through a `Job`, and either leaves its whole result or nothing.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import Written, write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.guard import check_apart
from nacomp.archive.kept_blocks import keeping, kept_path
from nacomp.archive.sources import Source, walk
from nacomp.archive.spool import source_from_special
from nacomp.codecs.levels import DEFAULT_LEVEL, level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import CorruptArchive, Interrupted, Remedy, UsageError, VerificationFailed
from nacomp.formats.entry import EntryKind
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.seal import Seal, normal
from nacomp.runtime.destinations import is_stream, settle, write_through
from nacomp.runtime.events import Phase
from nacomp.runtime.output_files import check_free, save
from nacomp.runtime.progress import CancelToken, Job


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


def sources_of(inputs: Sequence[Path], cancel: CancelToken | None = None) -> list[Source]:
    """The inputs and all below them; pipes and devices are read to their end. Raises UsageError for none, FileProblem."""
    if not inputs:
        raise UsageError(reason="no input given")
    return walk(inputs, partial(source_from_special, cancel=cancel or CancelToken()))


def compress(
    sources: Sequence[Source],
    output: Path | BinaryIO,
    loader: ModelLoader,
    options: CompressOptions,
    job: Job,
) -> Compressed:
    """Write one archive of all sources. Raises what `write_archive` does, ModelError, VerificationFailed."""
    if options.seal is not None:
        _check_password(options.seal.password)
    if options.seal is not None and options.resume:
        raise UsageError(reason="resuming keeps finished blocks in the clear, so it goes without a password")
    if isinstance(output, Path):
        output = settle(output, overwrite=options.overwrite)
        if is_stream(output):
            with ExitStack() as stack:
                with job.waiting():  # a pipe opens once somebody reads from it
                    stream = stack.enter_context(write_through(output, overwrite=options.overwrite))
                return compress(sources, stream, loader, options, job)
        check_free(output, overwrite=options.overwrite)
        check_apart(output, sources)
    codec = _codec(sources, loader, options, job)
    encoder, workers = loader.encoder(codec)
    coder = BlockEncoder(encoder, level_named(options.level), job, workers)
    model_id = codec.settings.model_id if codec else ""
    if codec is not None and not codec.engine.reproducible:
        # Its arithmetic alone does not promise that the bytes come back.
        options = replace(options, verify=True)
    if not isinstance(output, Path) and options.verify:
        return _compress_to_stream(sources, output, loader, options, job)
    if not isinstance(output, Path):
        if options.recovery or options.resume:
            raise UsageError(reason="recovery data and resuming need an archive in a file")
        return Compressed(write_archive(output, sources, coder, job, options.seal), model_id, tuple(sources))
    if options.resume:
        own = kept_path(output).absolute()
        sources = [s for s in sources if s.path is None or s.path.absolute() != own]
        written = _resume(sources, output, loader, coder, options, job)
    else:
        written = _write(sources, output, loader, coder, options, job)
    return Compressed(written, model_id, tuple(sources))


def _check_password(password: str) -> None:
    try:
        normal(password)
    except ValueError as wrong:
        raise UsageError(reason=str(wrong)) from None


def _compress_to_stream(
    sources: Sequence[Source], output: BinaryIO, loader: ModelLoader, options: CompressOptions, job: Job
) -> Compressed:
    """Through a file, so that it can be decoded and compared before a byte of it leaves."""
    with TemporaryDirectory(prefix="nacomp-") as folder:
        path = Path(folder) / "archive"
        done = compress(sources, path, loader, options, job)
        with path.open("rb") as file:
            shutil.copyfileobj(file, output)
    return done


def _write(
    sources: Sequence[Source],
    output: Path,
    loader: ModelLoader,
    coder: BlockEncoder,
    options: CompressOptions,
    job: Job,
) -> Written:
    # What only some may read is not for others because it is compressed.
    lone = len(sources) == 1 and sources[0].kind is EntryKind.FILE and sources[0].path is not None
    rights = sources[0].mode if lone else 0o666
    with save(output, overwrite=options.overwrite, rights=rights) as file:
        written = write_archive(file, sources, coder, job, options.seal)
        if options.recovery:
            written = _protect(file, written, options.recovery, job)
        if options.verify:
            _verify(file, sources, loader, job, options.seal.password if options.seal else None)
    return written


def _resume(
    sources: Sequence[Source],
    output: Path,
    loader: ModelLoader,
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
            return _write(sources, output, loader, coder, options, job)
        except Interrupted:
            if not len(kept):
                raise
            raise Interrupted("what is finished is kept", Remedy.GO_ON) from None


def _codec(
    sources: Sequence[Source], loader: ModelLoader, options: CompressOptions, job: Job
) -> NeuralCodec | None:
    """The codec, or None where there is nothing to code: an archive of folders needs no model. Raises UsageError."""
    if not any(source.size for source in sources):
        return None
    job.enter(Phase.MODEL)
    codec = loader.for_level(level_named(options.level), options.model)
    if not options.predictors:
        return codec
    try:
        ensemble = codec.settings.ensemble.changed(options.predictors)
    except ValueError as wrong:
        raise UsageError(reason=str(wrong)) from None
    return codec.with_ensemble(ensemble)


def _protect(file: BinaryIO, written: Written, percent: float, job: Job) -> Written:
    """Put recovery data behind a written archive."""
    job.enter(Phase.RECOVERY)
    size = written.compressed_size + add_recovery(file, percent, job.step)
    job.wrote(size)
    return replace(written, compressed_size=size)


def _verify(
    file: BinaryIO, sources: Sequence[Source], loader: ModelLoader, job: Job, password: str | None
) -> None:
    """Decode what was written, from the disk, and compare it with the SHA-256 taken while reading the sources."""
    file.flush()
    job.restart(Phase.VERIFYING, sum(source.size for source in sources))
    with (
        os.fdopen(os.dup(file.fileno()), "rb") as written,
        Archive(written, loader.for_method, password=password, threads=loader.threads) as archive,
    ):
        try:
            archive.check(job)
        except CorruptArchive as fault:
            raise VerificationFailed(path=str(fault)) from fault
