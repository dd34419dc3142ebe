"""Entries to a tree of files: folders first, then files, each whole or not at all, then links, then times of folders.

    extract, salvage -> TreeWriter -> output_files.save

Paths were judged when the archive was opened (`nacomp.formats.paths`): none is absolute, none climbs, no link leaves the
tree. What is left to check here is the target's side: a link that stands where a folder should be is never followed, not
even one that is put there meanwhile, since each folder is opened through the handle of the one above it.
Links come last, so that no file is written through one. A file's hard links are made while it is held open: what has taken
its name meanwhile is another inode, and gets no second name. Comparing inodes later lost: a file that is gone lends its
number to the next one.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Self

from nacomp.archive.holes import write_data
from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import case_collisions, display_name, windows_problem
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.open_folder import Inode, OpenFolder
from nacomp.runtime.output_files import check_can_be_written, check_place, folder_of, save_in

SAFE_MODE_BITS = 0o777
"""Set-user-id and its kin are kept in the archive and never set on extraction."""

LINKS = (EntryKind.SYMLINK, EntryKind.HARD_LINK)
PLAIN = Restore()

Pieces = Iterable[bytes | memoryview]


class TreeWriter:
    """Writes these entries below a folder, which is made if need be, with all folders among them. Used in a `with`."""

    def __init__(
        self, folder: Path, entries: Sequence[Entry], *, overwrite: bool, restore: Restore = PLAIN
    ) -> None:
        """Opens or makes the folder; what lies in it is only looked at.

        Raises FileProblem for names that this system cannot hold, and where something else stands in a folder's place.
        """
        _check_names(entries)
        self._entries = entries
        self._overwrite = overwrite
        self._restore = restore
        self._hard_links: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.kind is EntryKind.HARD_LINK:
                self._hard_links.setdefault(entry.link_target, []).append(entry)
        self._linked: list[Path] = []
        self._last: tuple[str, OpenFolder] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._root = OpenFolder(folder)
        except FileExistsError:
            raise FileProblem(path=folder, reason="is no folder, and several entries need one") from None
        except OSError as problem:
            raise file_problem(folder, problem) from problem
        try:
            for path in sorted({_folder_of(entry) for entry in entries}):
                self._look(path)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folders. Idempotent."""
        self._let_go()
        self._root.close()

    def check_free(self, files: Iterable[str] | None = None) -> None:
        """Before the first write: raise OutputExists or FileProblem if something is there that may not be replaced.

        `files` are the paths that files will get, where these are not their entries' own.
        """
        if files is None:
            files = [entry.path for entry in self._entries if entry.kind is EntryKind.FILE]
        links = [entry.path for entry in self._entries if entry.kind in LINKS]
        for folder, paths in groupby((*files, *links), key=_parent):
            self._look(folder, map(_name, paths))

    def write(self, entry: Entry, pieces: Pieces, name: Callable[[], str] | None = None) -> Path:
        """Write a file of its data, and its hard links, unless it gets another name; gives its path.

        `name` gives the name in its folder that it gets instead of the entry's, if it is not what that promises. It is
        asked before the pieces and behind them, since they may prove wrong on the way.

        Raises FileProblem, OutputExists, and what `pieces` does; nothing is left of the file then.
        """
        called = name or (lambda: _name(entry.path))
        mode = entry.mode & SAFE_MODE_BITS
        names = self._hard_links.get(entry.path, ())
        folder = self._folder_of_files(_parent(entry.path))
        with ExitStack() as stack:
            with save_in(
                folder,
                called(),
                mode,
                entry.mtime_ns,
                overwrite=self._overwrite,
                is_durable=False,  # the archive stays; 5 ms for each of 100,000 files were 9 minutes
                restore=lambda file: self._restore.to(file, entry),
            ) as unfinished:
                write_data(unfinished.file, entry.holes, pieces)
                unfinished.name = called()
                if names:
                    inode = stack.enter_context(unfinished.held())
            if unfinished.name == _name(entry.path):
                self._linked += [self._hard_link(link, folder, inode) for link in names]
        return folder.path / unfinished.name

    def finish(self) -> list[Path]:
        """Once all files are there: make the symbolic links and set the folders' times. Gives the paths of all links."""
        self._let_go()
        symbolic = [entry for entry in self._entries if entry.kind is EntryKind.SYMLINK]
        links = [*self._linked, *map(self._link, symbolic)]
        folders = [entry for entry in self._entries if entry.kind is EntryKind.FOLDER]
        for entry in folders:
            self._folder(entry.path).close()
        # From the bottom up, and when nothing is made in them any more: each new name is a new time.
        for entry in reversed(folders):
            with self._folder(entry.path) as folder:
                try:
                    folder.restore(entry, entry.mode & SAFE_MODE_BITS, self._restore)
                except OSError as problem:
                    raise file_problem(folder.path, problem) from problem
        return links

    def _hard_link(self, entry: Entry, other: OpenFolder, inode: Inode) -> Path:
        """One more name of the file in this folder that is held open. Raises FileProblem, OutputExists."""
        name, file = _name(entry.path), entry.link_target
        with self._folder(_parent(entry.path)) as folder:
            target = folder.path / name
            check_place(folder, name, overwrite=self._overwrite)
            try:
                folder.link_file(name, other, _name(file), inode)
            except OSError as problem:
                reason = f"cannot be a second name of {display_name(file)} ({problem.strerror})"
                raise FileProblem(path=target, reason=reason) from problem
        return target

    def _link(self, entry: Entry) -> Path:
        name = _name(entry.path)
        with self._folder(_parent(entry.path)) as folder:
            target = folder.path / name
            try:
                check_place(folder, name, overwrite=self._overwrite)
                make = folder.replace_by_link if folder.has(name) else folder.link
                make(name, entry, self._restore)
            except FileExistsError:
                raise OutputExists(path=target) from None
            except OSError as problem:
                raise file_problem(target, problem) from problem
        return target

    def _folder_of_files(self, path: str) -> OpenFolder:
        """As `_folder`, kept open for the next file: most lie beside the one before. Closed by this object."""
        if self._last is None or self._last[0] != path:
            self._let_go()
            self._last = path, self._folder(path)
        return self._last[1]

    def _let_go(self) -> None:
        """Of the folder that is kept open."""
        if self._last is not None:
            self._last[1].close()
            self._last = None

    def _folder(self, path: str) -> OpenFolder:
        """A folder of the tree, through no link; made if it is not there. Raises FileProblem."""
        at = self._root.again()
        try:
            for name in path.split("/") if path else ():
                try:
                    above, at = at, at.below(name)
                except FileNotFoundError:
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

    def _look(self, path: str, names: Iterable[str] = ()) -> None:
        """Raise FileProblem or OutputExists if this folder cannot be written into, or not under one of these names.

        Makes nothing: where a folder is missing, all below it is free.
        """
        at, now = self._root.again(), ""
        try:
            for now in path.split("/") if path else ():
                above, at = at, at.below(now)
                above.close()
            for name in names:
                check_place(at, name, overwrite=self._overwrite)
        except FileNotFoundError:
            pass
        except OSError as problem:
            raise file_problem(at.path / now, problem) from problem
        finally:
            at.close()


def write_file(
    target: Path, entry: Entry, pieces: Pieces, *, overwrite: bool, restore: Restore = PLAIN
) -> None:
    """Write one file of its data to exactly this path. Raises FileProblem, OutputExists, and what `pieces` does."""
    mode = entry.mode & SAFE_MODE_BITS
    with (
        folder_of(target) as folder,
        save_in(
            folder,
            target.name,
            mode,
            entry.mtime_ns,
            overwrite=overwrite,
            restore=lambda file: restore.to(file, entry),
        ) as unfinished,
    ):
        write_data(unfinished.file, entry.holes, pieces)


def _folder_of(entry: Entry) -> str:
    """The folder that an entry needs: itself, or the one it lies in."""
    return entry.path if entry.kind is EntryKind.FOLDER else _parent(entry.path)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _check_names(entries: Sequence[Entry]) -> None:
    """On systems that cannot hold every name, say so before anything is written."""
    for entry in entries:
        check_can_be_written(entry.path)
    if sys.platform == "win32":
        for entry in entries:
            if reason := windows_problem(entry.path):
                raise FileProblem(path=display_name(entry.path), reason=reason)
    if sys.platform in ("win32", "darwin"):
        for group in case_collisions(entry.path for entry in entries):
            names = " and ".join(map(display_name, group))
            raise FileProblem(path=names, reason="would be one file on this system")
