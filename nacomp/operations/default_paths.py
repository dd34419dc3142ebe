"""Where a result goes when nobody says: beside its input, under a name that tells what it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.errors import Remedy, UsageError, file_problem
from nacomp.formats.entry import Entry
from nacomp.runtime.output_files import check_can_be_written

SUFFIX = ".nac"


def default_archive(inputs: Sequence[Path]) -> Path:
    """An archive of one input goes beside it, with `.nac` behind the name. Raises UsageError for a stream."""
    first = inputs[0]
    if first.exists() and not (first.is_file() or first.is_dir()):
        raise UsageError(reason=f"{first} is a stream and needs an output", remedy=Remedy.NAME_OUTPUT)
    if first.name in ("", ".."):
        # "." and "..": an archive beside the folder they stand for, and not within it.
        first = first.resolve()
    return first.parent / (first.name + SUFFIX)


def file_target(path: Path | BinaryIO, output: Path | None, entry: Entry, *, into: bool = False) -> Path:
    """The one file of an archive: as it is asked for, or beside the archive; `into` makes the output a folder.

    Raises UsageError, FileProblem.
    """
    if output is not None and into:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise file_problem(output, problem) from problem
    if output is not None and not output.is_dir():
        return output
    check_can_be_written(entry.path)
    if output is not None:
        return output / entry.path
    if not isinstance(path, Path):
        raise UsageError(reason="an archive that is a stream needs an output", remedy=Remedy.NAME_OUTPUT)
    # The archive may have been renamed; its own name is what the user sees.
    return path.with_suffix("") if path.suffix == SUFFIX else path.parent / entry.path


def folder_target(path: Path | BinaryIO, archive: Archive) -> Path:
    """The folder that several entries go below. Raises UsageError."""
    if not isinstance(path, Path):
        reason = "an archive of several entries that is a stream needs a folder"
        raise UsageError(reason=reason, remedy=Remedy.NAME_FOLDER)
    tops = {entry.path.split("/")[0] for entry in archive.entries}
    stem = path.with_suffix("") if path.suffix == SUFFIX else path.with_name(path.name + ".extracted")
    # An archive of one folder brings that folder along; loose entries get one, so they do not litter.
    return path.parent if tops == {stem.name} else stem


def salvage_folder(path: Path | BinaryIO) -> Path:
    """Salvaged files go beside the archive. Raises UsageError."""
    if not isinstance(path, Path):
        raise UsageError(reason="a salvage of a stream needs a folder", remedy=Remedy.NAME_FOLDER)
    return path.with_name(f"{path.stem}.salvaged")


def repaired_archive(path: Path) -> Path:
    """A repaired copy goes beside the damaged archive."""
    return path.with_name(f"{path.stem}.repaired{path.suffix}")
