"""Entries of an archive to files: their data block by block into the tree, or to one file."""

from collections.abc import Sequence
from pathlib import Path

from nacomp.archive.archive_reader import Archive, in_block_order
from nacomp.archive.guard import existing_folder
from nacomp.archive.holes import keeps_holes
from nacomp.archive.tree_writer import PLAIN, TreeWriter, write_file
from nacomp.formats.entry import Entry
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.progress import Job


def extract_file(
    archive: Archive, entry: Entry, target: Path, job: Job, *, overwrite: bool, restore: Restore = PLAIN
) -> None:
    """Write one file to exactly this path. Raises what `extract_tree` does."""
    for _, pieces in archive.data([entry], job):
        write_file(target, entry, pieces, overwrite=overwrite, restore=restore)


def extract_tree(
    archive: Archive,
    entries: Sequence[Entry],
    folder: Path,
    job: Job,
    *,
    overwrite: bool,
    restore: Restore = PLAIN,
) -> list[Path]:
    """Write entries below a folder, which is made if need be. Gives the paths of files and links.

    Raises FileProblem, OutputExists, CorruptArchive, ModelMissing; files written before the fault stay, as each is whole.
    """
    files = in_block_order(entries, archive.reader.derived_table)
    with TreeWriter(folder, entries, overwrite=overwrite, restore=restore) as tree:
        tree.check_free()
        written = [tree.write(entry, pieces) for entry, pieces in archive.data(files, job)]
        return written + tree.finish()


def bytes_to_write(entries: Sequence[Entry], folder: Path) -> int:
    """What files take on the disk of a folder that is perhaps not there yet: their holes only where it has none."""
    size = sum(entry.size for entry in entries)
    data = sum(entry.data_size for entry in entries)
    return data if size == data or keeps_holes(existing_folder(folder)) else size
