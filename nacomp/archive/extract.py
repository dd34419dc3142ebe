"""Entries to files: folders first, then files, each whole or not at all, then links, then times.

Paths were judged when the archive was opened (`nacomp.formats.paths`): none is absolute, none climbs, no link leaves the
tree. What is left to check here is the target's side: a link that stands where a folder should be is never followed.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from nacomp.archive.archive_reader import Archive
from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import case_collisions, display_name, parents, windows_problem
from nacomp.runtime.output_files import save
from nacomp.runtime.progress import Job

SAFE_MODE_BITS = 0o777
"""Set-user-id and its kin are kept in the archive and never set on extraction."""


def extract_file(
    archive: Archive, entry: Entry, target: Path, job: Job, *, overwrite: bool, workers: int
) -> None:
    """Write one file to exactly this path."""
    for _, pieces in archive.contents([entry], job, workers):
        with save(target, overwrite=overwrite) as out:
            for piece in pieces:
                out.write(piece)
    restore(target, entry)


def extract_tree(
    archive: Archive, entries: Sequence[Entry], folder: Path, job: Job, *, overwrite: bool, workers: int
) -> list[Path]:
    """Write entries below a folder, which is made if need be. Gives the paths of files and links.

    Raises FileProblem, OutputExists, CorruptArchive, ModelMissing; files written before the fault stay, as each is whole.
    """
    check_names(entries)
    make_folder(folder, folder)
    chosen = {entry.path: entry for entry in entries}
    for entry in entries:
        make_folder(folder, _target(folder, entry if entry.kind is EntryKind.FOLDER else None, entry.path))
    if not overwrite:
        for entry in entries:
            if entry.kind is not EntryKind.FOLDER and os.path.lexists(folder / entry.path):
                raise OutputExists(path=folder / entry.path)
    written = []
    for entry, pieces in archive.contents([e for e in archive.files if e.path in chosen], job, workers):
        target = folder / entry.path
        with save(target, overwrite=overwrite) as out:
            for piece in pieces:
                out.write(piece)
        restore(target, entry)
        written.append(target)
    written += [make_link(folder / e.path, e, overwrite) for e in entries if e.kind is EntryKind.SYMLINK]
    for entry in reversed([e for e in entries if e.kind is EntryKind.FOLDER]):
        restore(folder / entry.path, entry)
    return written


def _target(folder: Path, itself: Entry | None, path: str) -> Path:
    """The folder that must exist for an entry: itself, or the one it lies in."""
    return folder / path if itself is not None else (folder / path).parent


def make_folder(root: Path, folder: Path) -> None:
    """Make a folder below root, refusing to pass through a link or a file."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        at = root
        for name in folder.relative_to(root).parts:
            at /= name
            if at.is_symlink():
                raise FileProblem(path=at, reason="is a link where the archive has a folder")
            at.mkdir(exist_ok=True)
    except OSError as problem:
        raise file_problem(folder, problem) from problem


def check_names(entries: Sequence[Entry]) -> None:
    """On systems that cannot hold every name, say so before anything is written."""
    if sys.platform == "win32":
        for entry in entries:
            if reason := windows_problem(entry.path):
                raise FileProblem(path=display_name(entry.path), reason=reason)
    if sys.platform in ("win32", "darwin"):
        for group in case_collisions(entry.path for entry in entries):
            names = " and ".join(map(display_name, group))
            raise FileProblem(path=names, reason="would be one file on this system")


def make_link(target: Path, entry: Entry, overwrite: bool) -> Path:
    try:
        if overwrite and target.is_symlink():
            target.unlink()
        target.symlink_to(entry.link_target)
    except FileExistsError:
        raise OutputExists(path=target) from None
    except OSError as problem:
        raise file_problem(target, problem) from problem
    return target


def restore(target: Path, entry: Entry) -> None:
    """Mode and time, as far as this file system can keep them: neither is worth failing over."""
    with contextlib.suppress(OSError, OverflowError):
        target.chmod(entry.mode & SAFE_MODE_BITS)
    with contextlib.suppress(OSError, OverflowError):
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))


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
