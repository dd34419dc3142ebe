"""Entries of an archive to files: which ones, and their bytes block by block into the tree."""

from collections.abc import Sequence
from pathlib import Path

from nacomp.archive.archive_reader import Archive
from nacomp.archive.tree_writer import TreeWriter, write_file
from nacomp.formats.entry import Entry
from nacomp.formats.paths import parents
from nacomp.runtime.progress import Job


def extract_file(archive: Archive, entry: Entry, target: Path, job: Job, *, overwrite: bool) -> None:
    """Write one file to exactly this path. Raises what `extract_tree` does."""
    for _, pieces in archive.contents([entry], job):
        write_file(target, entry, pieces, overwrite=overwrite)


def extract_tree(
    archive: Archive, entries: Sequence[Entry], folder: Path, job: Job, *, overwrite: bool
) -> list[Path]:
    """Write entries below a folder, which is made if need be. Gives the paths of files and links.

    Raises FileProblem, OutputExists, CorruptArchive, ModelMissing; files written before the fault stay, as each is whole.
    """
    chosen = {entry.path for entry in entries}
    files = [entry for entry in archive.files if entry.path in chosen]
    with TreeWriter(folder, entries, overwrite=overwrite) as tree:
        tree.check_free()
        written = [tree.write(entry, pieces) for entry, pieces in archive.contents(files, job)]
        return written + tree.finish()


def select(archive: Archive, wanted: Sequence[str]) -> list[Entry]:
    """The entries of these paths, with everything below those that are folders. Raises EntryMissing."""
    if not wanted:
        return list(archive.entries)
    names = {path.rstrip("/") for path in wanted}
    for name in names:
        if not any(e.path == name or e.path.startswith(name + "/") for e in archive.entries):
            archive.entry(name)
    return [e for e in archive.entries if e.path in names or any(p.decode() in names for p in _above(e))]


def _above(entry: Entry) -> list[bytes]:
    return list(parents(entry.path.encode("utf-8", "surrogateescape")))
