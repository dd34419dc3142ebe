"""Repairing an archive with its recovery data, and telling whether there is any."""

import os
from pathlib import Path

from nacomp.errors import CorruptArchive, file_problem
from nacomp.formats.errors import BeyondRepair, NacompError
from nacomp.formats.header import MAGIC
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.protection.recovery import Repaired, find_damage, repair
from nacomp.formats.protection.seal import is_sealed
from nacomp.formats.reader import ArchiveReader
from nacomp.runtime.destinations import settle
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job


def repair_archive(
    path: Path, output: Path, job: Job, *, overwrite: bool = False, limits: Limits = DEFAULT_LIMITS
) -> Repaired:
    """Write a repaired copy, with fresh recovery data; all its blocks are intact, or nothing is written.

    A sealed archive is repaired without its password, so there only the sectors are checked.

    `output` may be the archive itself with `overwrite`: the damaged file is replaced only by a whole one.

    Raises:
        NoRecoveryData, BeyondRepair: it cannot be repaired. FileProblem, OutputExists, Interrupted.
    """
    try:
        damaged = path.open("rb")
    except OSError as problem:
        raise file_problem(path, problem) from problem
    rights = os.fstat(damaged.fileno()).st_mode
    with damaged, save(settle(output, overwrite=overwrite), overwrite=overwrite, rights=rights) as target:
        done = repair(damaged, target, job.step)
        if is_sealed(target):
            # Its blocks show with the password only; a repair goes without, on the sectors' checksums.
            return done
        try:
            with ArchiveReader.open(target, limits) as reader:
                for info in reader.blocks:
                    job.step()
                    reader.block(info.number)
        except CorruptArchive as fault:
            # Sectors have 4-byte checksums, so this is rare: damage that happens to have the right one.
            raise BeyondRepair(reason=f"the repaired copy still has a fault ({fault})") from fault
    return done


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
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False
