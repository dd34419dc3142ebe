"""Entries to a tree of files: folders first, then files, each whole or not at all, then links, then times of folders.

    extract, salvage -> TreeWriter -> output_files.save

Paths were judged when the archive was opened (`nacomp.formats.paths`): none is absolute, none climbs, no link leaves the
tree. What is left to check here is the target's side: a link that stands where a folder should be is never followed.
Links come last, so that no file is written through one.
"""

import contextlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import case_collisions, display_name, windows_problem
from nacomp.runtime.output_files import save

SAFE_MODE_BITS = 0o777
"""Set-user-id and its kin are kept in the archive and never set on extraction."""

Pieces = Iterable[bytes | memoryview]


class TreeWriter:
    """Writes these entries below a folder, which is made if need be, with all folders among them."""

    def __init__(self, folder: Path, entries: Sequence[Entry], *, overwrite: bool) -> None:
        """Raises FileProblem, for names that this system cannot hold before anything is written."""
        _check_names(entries)
        self._folder = folder
        self._entries = entries
        self._overwrite = overwrite
        make_folder(folder, folder)
        for entry in entries:
            target = folder / entry.path
            make_folder(folder, target if entry.kind is EntryKind.FOLDER else target.parent)

    def check_free(self) -> None:
        """Raise OutputExists if a file or link is there already and may not be replaced."""
        for entry in self._entries:
            target = self._folder / entry.path
            if not self._overwrite and entry.kind is not EntryKind.FOLDER and os.path.lexists(target):
                raise OutputExists(path=target)

    def write(self, entry: Entry, pieces: Pieces, suffix: str = "") -> Path:
        """Write a file, under its name with something behind it if it is not what the name promises; gives the path.

        Raises FileProblem, OutputExists, and what `pieces` does; nothing is left of the file then.
        """
        target = self._folder / (entry.path + suffix)
        write_file(target, entry, pieces, overwrite=self._overwrite)
        return target

    def finish(self) -> list[Path]:
        """Once all files are there: make the links, whose paths it gives, and set the folders' times."""
        links = [self._link(entry) for entry in self._entries if entry.kind is EntryKind.SYMLINK]
        for entry in reversed([entry for entry in self._entries if entry.kind is EntryKind.FOLDER]):
            _restore(self._folder / entry.path, entry)
        return links

    def _link(self, entry: Entry) -> Path:
        target = self._folder / entry.path
        try:
            if self._overwrite and target.is_symlink():
                target.unlink()
            target.symlink_to(entry.link_target)
        except FileExistsError:
            raise OutputExists(path=target) from None
        except OSError as problem:
            raise file_problem(target, problem) from problem
        return target


def write_file(target: Path, entry: Entry, pieces: Pieces, *, overwrite: bool) -> None:
    """Write one file to exactly this path. Raises FileProblem, OutputExists, and what `pieces` does."""
    with save(target, overwrite=overwrite) as out:
        for piece in pieces:
            out.write(piece)
    _restore(target, entry)


def make_folder(root: Path, folder: Path) -> None:
    """Make a folder below root, refusing to pass through a link or a file. Raises FileProblem."""
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


def _check_names(entries: Sequence[Entry]) -> None:
    """On systems that cannot hold every name, say so before anything is written."""
    if sys.platform == "win32":
        for entry in entries:
            if reason := windows_problem(entry.path):
                raise FileProblem(path=display_name(entry.path), reason=reason)
    if sys.platform in ("win32", "darwin"):
        for group in case_collisions(entry.path for entry in entries):
            names = " and ".join(map(display_name, group))
            raise FileProblem(path=names, reason="would be one file on this system")


def _restore(target: Path, entry: Entry) -> None:
    """Mode and time, as far as this file system can keep them: neither is worth failing over."""
    with contextlib.suppress(OSError, OverflowError):
        target.chmod(entry.mode & SAFE_MODE_BITS)
    with contextlib.suppress(OSError, OverflowError):
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))
