"""Sources to one archive: written beside its place, protected and verified where asked, then put there whole.

    walk -> sources -> compress -> archive_writer (units, blocks) -> recovery data -> verification -> rename

Takes paths and settings, says how far it is through a `Job`, and either leaves its whole result or nothing.
"""

import os
import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import Written, write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.guard import find_archive_place
from nacomp.archive.kept_blocks import keeping, kept_path
from nacomp.archive.left_out import TellLeftOut
from nacomp.archive.sources import Source
from nacomp.archive.spool import source_from_special
from nacomp.archive.walk import ALL, Taken, walk
from nacomp.codecs.block_choice import BlockChooser, WithoutModel
from nacomp.codecs.levels import DEFAULT_LEVEL, level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import CorruptArchive, Interrupted, Remedy, UsageError, VerificationFailed
from nacomp.formats.entry import EntryKind
from nacomp.formats.protection.recovery import add_recovery
from nacomp.formats.protection.seal import Seal, normal
from nacomp.formats.records import dataclass
from nacomp.runtime.destinations import Place, write_through
from nacomp.runtime.events import Phase
from nacomp.runtime.output_files import save
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
        left_out: hears of files that cannot be read or change meanwhile; without it, the first one ends the job.
        predictors: settings of the predictors to change, as `EnsembleParameters.changed` takes them; for measurements.
    """

    level: str = DEFAULT_LEVEL
    model: str | None = None
    overwrite: bool = False
    verify: bool = False
    recovery: float = 0.0
    resume: bool = False
    seal: Seal | None = None
    left_out: TellLeftOut | None = None
    predictors: str = ""


@dataclass(frozen=True)
class Compressed:
    """What `compress` made."""

    written: Written
    model_id: str
    """The one that coded most of several, or the level's first where there was no text; empty where nothing was coded."""
    without_model: Collection[WithoutModel]
    """Why some of the text was not coded by the model."""


def sources_of(
    inputs: Sequence[Path],
    cancel: CancelToken | None = None,
    *,
    taken: Taken = ALL,
    left_out: TellLeftOut | None = None,
) -> list[Source]:
    """The inputs and all below them that is taken; pipes and devices are read to their end.

    What is found below an input and cannot be read is told to `left_out`; without it, it ends the job. Raises UsageError
    where nothing is left, FileProblem.
    """
    if not inputs:
        raise UsageError(reason="no input given")
    special = partial(source_from_special, cancel=cancel or CancelToken())
    sources = walk(inputs, special, taken=taken, left_out=left_out)
    if not sources:
        raise UsageError(reason="the patterns leave nothing of the inputs")
    return sources


def compress(
    sources: Sequence[Source],
    output: Path | Place | BinaryIO,
    loader: ModelLoader,
    options: CompressOptions,
    job: Job,
) -> Compressed:
    """Write one archive of all sources.

    A path becomes a place first (`guard.find_archive_place`); who found it free before, hands on the place.

    Raises what `find_archive_place` and `write_archive` do, ModelError, VerificationFailed.
    """
    if options.seal is not None:
        _check_password(options.seal.password)
    if options.seal is not None and options.resume:
        raise UsageError(reason="resuming keeps finished blocks in the clear, so it goes without a password")
    if isinstance(output, Path):
        output = find_archive_place(output, sources, overwrite=options.overwrite)
    if isinstance(output, Place) and output.is_stream:
        with write_through(output.path, job.cancel, overwrite=options.overwrite) as stream:
            return compress(sources, stream, loader, options, job)
    chooser = chooser_for(sources, loader, options, job)
    coder = BlockEncoder(chooser, job, loader.threads)
    first = chooser.first.settings.model_id if chooser is not None else ""
    if chooser is not None and not chooser.first.engine.reproducible:
        # Its arithmetic alone does not promise that the bytes come back.
        options = replace(options, verify=True)
    if not isinstance(output, Place) and options.verify:
        return _compress_to_stream(sources, output, loader, options, job)
    if not isinstance(output, Place):
        if options.recovery or options.resume:
            raise UsageError(reason="recovery data and resuming need an archive in a file")
        written = write_archive(output, sources, coder, job, options.seal, options.left_out)
        return Compressed(written, written.model_of_most(first), coder.without_model)
    if options.resume:
        own = kept_path(output.path).absolute()
        sources = [s for s in sources if s.path is None or s.path.absolute() != own]
        written = _resume(sources, output.path, loader, coder, options, job)
    else:
        written = _write(sources, output.path, loader, coder, options, job)
    return Compressed(written, written.model_of_most(first), coder.without_model)


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
        written = write_archive(file, sources, coder, job, options.seal, options.left_out)
        if options.recovery:
            written = _protect(file, written, options.recovery, job)
        if options.verify:
            _verify(file, written.sources, loader, job, options.seal.password if options.seal else None)
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
    with keeping(output, coder.methods, level_named(options.level)) as kept:
        coder.keep_in(kept)
        try:
            return _write(sources, output, loader, coder, options, job)
        except Interrupted:
            if not len(kept):
                raise
            raise Interrupted("what is finished is kept", Remedy.GO_ON) from None


def chooser_for(
    sources: Sequence[Source], loader: ModelLoader, options: CompressOptions, job: Job
) -> BlockChooser | None:
    """What decides how texts are coded, or None where there is nothing to code: an archive of folders needs no model.

    Raises UsageError.
    """
    if not any(source.size for source in sources):
        return None
    job.enter(Phase.MODEL)
    try:
        return loader.for_texts(level_named(options.level), options.model, options.predictors)
    except ValueError as wrong:
        raise UsageError(reason=str(wrong)) from None


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
