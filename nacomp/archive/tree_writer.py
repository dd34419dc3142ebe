"""Entries to a tree of files: folders first, then files, each whole or not at all, then links, then times of folders.

    extract, salvage -> TreeWriter -> output_files.save

Paths were judged when the archive was opened (`nacomp.formats.paths`): none is absolute, none climbs, no link leaves the
tree. What is left to check here is the target's side: a link that stands where a folder should be is never followed, not
even one that is put there meanwhile, since each folder is opened through the handle of the one above it.
Links come last, so that no file is written through one.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import case_collisions, display_name, windows_problem
from nacomp.runtime.open_folder import OpenFolder
from nacomp.runtime.output_files import check_free, save_in

SAFE_MODE_BITS = 0o777
"""Set-user-id and its kin are kept in the archive and never set on extraction."""

Pieces = Iterable[bytes | memoryview]


class TreeWriter:
    """Writes these entries below a folder, which is made if need be, with all folders among them. Used in a `with`."""

    def __init__(self, folder: Path, entries: Sequence[Entry], *, overwrite: bool) -> None:
        """Raises FileProblem, for names that this system cannot hold before anything is written."""
        _check_names(entries)
        self._entries = entries
        self._overwrite = overwrite
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._root = OpenFolder(folder)
        except OSError as problem:
            raise file_problem(folder, problem) from problem
        try:
            for entry in entries:
                self._folder(
                    entry.path if entry.kind is EntryKind.FOLDER else _parent(entry), make=True
                ).close()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder. Idempotent."""
        self._root.close()

    def check_free(self) -> None:
        """Raise OutputExists if a file or link is there already and may not be replaced."""
        for entry in self._entries:
            if self._overwrite or entry.kind is EntryKind.FOLDER:
                continue
            with self._folder(_parent(entry)) as folder:
                if folder.has(_name(entry)):
                    raise OutputExists(path=folder.path / _name(entry))

    def write(self, entry: Entry, pieces: Pieces, name: Callable[[], str] | None = None) -> Path:
        """Write a file; gives its path.

        `name` gives the name in its folder that it gets instead of the entry's, if it is not what that promises. It is
        asked before the pieces and behind them, since they may prove wrong on the way.

        Raises FileProblem, OutputExists, and what `pieces` does; nothing is left of the file then.
        """
        called = name or (lambda: _name(entry))
        mode = entry.mode & SAFE_MODE_BITS
        with (
            self._folder(_parent(entry)) as folder,
            save_in(folder, called(), mode, entry.mtime_ns, overwrite=self._overwrite) as unfinished,
        ):
            for piece in pieces:
                unfinished.file.write(piece)
            unfinished.name = called()
        return folder.path / unfinished.name

    def finish(self) -> list[Path]:
        """Once all files are there: make the links, whose paths it gives, and set the folders' times."""
        links = [self._link(entry) for entry in self._entries if entry.kind is EntryKind.SYMLINK]
        for entry in reversed([entry for entry in self._entries if entry.kind is EntryKind.FOLDER]):
            with self._folder(entry.path) as folder:
                folder.restore(entry.mode & SAFE_MODE_BITS, entry.mtime_ns)
        return links

    def _link(self, entry: Entry) -> Path:
        name = _name(entry)
        with self._folder(_parent(entry)) as folder:
            target = folder.path / name
            try:
                if self._overwrite and folder.is_link(name):
                    folder.remove(name)
                folder.link(name, entry.link_target)
            except FileExistsError:
                raise OutputExists(path=target) from None
            except OSError as problem:
                raise file_problem(target, problem) from problem
        return target

    def _folder(self, path: str, *, make: bool = False) -> OpenFolder:
        """A folder of the tree, through no link; made if asked to. Raises FileProblem."""
        at = self._root.again()
        try:
            for name in path.split("/") if path else ():
                if make:
                    at.make_folder(name)
                above, at = at, at.below(name)
                above.close()
        except OSError as problem:
            at.close()
            raise file_problem(at.path / name, problem) from problem
        except FileProblem:
            at.close()
            raise
        return at


def write_file(target: Path, entry: Entry, pieces: Pieces, *, overwrite: bool) -> None:
    """Write one file to exactly this path. Raises FileProblem, OutputExists, and what `pieces` does."""
    check_free(target, overwrite=overwrite)
    try:
        folder = OpenFolder(target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    mode = entry.mode & SAFE_MODE_BITS
    with folder, save_in(folder, target.name, mode, entry.mtime_ns, overwrite=overwrite) as unfinished:
        for piece in pieces:
            unfinished.file.write(piece)


def _parent(entry: Entry) -> str:
    return entry.path.rpartition("/")[0]


def _name(entry: Entry) -> str:
    return entry.path.rpartition("/")[2]


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
