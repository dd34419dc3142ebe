"""Repairing an archive with its recovery data, and telling whether there is any."""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from nacomp.errors import CorruptArchive, file_problem
from nacomp.formats import compact
from nacomp.formats.errors import BeyondRepair, NacompError
from nacomp.formats.header import MAGIC
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.recovery import Repaired, find_damage, repair
from nacomp.formats.protection.seal import is_sealed
from nacomp.formats.reader import ArchiveReader
from nacomp.runtime.destinations import is_stream, settle, write_through
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job


def repair_archive(
    source: Path | BinaryIO,
    output: Path | BinaryIO,
    job: Job,
    *,
    overwrite: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Repaired:
    """Write a repaired copy, with fresh recovery data; all its blocks are intact, or nothing is written.

    A sealed archive is repaired without its password, so there only the sectors are checked.

    `output` may be the archive itself with `overwrite`: the damaged file is replaced only by a whole one. To a stream the
    copy goes once it is whole.

    Raises:
        NoRecoveryData, BeyondRepair: it cannot be repaired. FileProblem, OutputExists, Interrupted.
    """
    if isinstance(output, Path):
        output = settle(output, overwrite=overwrite)
        if is_stream(output):
            with write_through(output, job.cancel, overwrite=overwrite) as stream:
                return repair_archive(source, stream, job, limits=limits)
    with ExitStack() as stack:
        if isinstance(source, Path):
            source = stack.enter_context(_opened(source))
        if isinstance(output, Path):
            copy = stack.enter_context(save(output, overwrite=overwrite, rights=_rights(source)))
            return _repair(source, copy, job, limits)
        copy = stack.enter_context(_temporary())
        done = _repair(source, copy, job, limits)
        copy.seek(0)
        shutil.copyfileobj(copy, output)
        output.flush()
    return done


def _repair(source: BinaryIO, copy: BinaryIO, job: Job, limits: Limits) -> Repaired:
    """Raises BeyondRepair where the copy is not whole."""
    done = repair(source, copy, job.step)
    if is_sealed(copy):
        # Its blocks show with the password only; a repair goes without, on the sectors' checksums.
        return done
    try:
        with ArchiveReader.open(copy, limits) as reader:
            for info in reader.blocks:
                job.step()
                reader.block(info.number)
    except CorruptArchive as fault:
        # Sectors have 4-byte checksums, so this is rare: damage that happens to have the right one.
        raise BeyondRepair(reason=f"the repaired copy still has a fault ({fault})") from fault
    return done


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise file_problem(path, problem) from problem


def _rights(source: BinaryIO) -> int:
    """The mode of the file a copy is made of; what came as a stream has none of its own."""
    try:
        found = os.fstat(source.fileno())
    except OSError:
        return 0o666
    return found.st_mode if found.st_nlink else 0o666


def _temporary() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="nacomp-"))


def has_recovery_data(path: Path, job: Job) -> bool:
    """Whether a damaged archive can perhaps be repaired: its recovery data is usable. Reads the whole file."""
    try:
        with path.open("rb") as file:
            find_damage(file, job.step)
    except (NacompError, OSError):
        return False
    return True


def looks_like_archive(path: Path) -> bool:
    """Whether a file begins as archives do, so that a salvage may find something in it."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)).startswith((MAGIC, compact.MAGIC))
    except OSError:
        return False
