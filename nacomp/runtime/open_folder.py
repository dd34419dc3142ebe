"""A folder held open: what is done in it happens there, whatever its name leads to meanwhile.

    output_files.save, tree_writer -> OpenFolder -> the system's calls, relative to a handle

Others may be able to write to the folders above an output. A name that is looked up twice can lead to two places, so each
folder is opened once, no link in its place followed, and everything below goes by the handle. Windows has no such calls:
there the names are used again, and a link is refused where it is seen (THREATS.md).
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from nacomp.errors import FileProblem
from nacomp.formats.entry import Entry
from nacomp.runtime.file_properties import Restore

Inode = tuple[int, int]
"""Device and number of a file, whatever it is called."""
HOLDS_FOLDERS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system can open a file in an open folder."""
TEMPORARY_SUFFIX = ".nacomp-part"
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class OpenFolder:
    """One folder; `path` is what it was called when it was opened, for messages."""

    def __init__(self, path: Path, handle: int | None = None) -> None:
        """Open it by its name, links followed: the name is the user's own. Raises OSError."""
        self.path = path
        self._handle = (
            os.open(path, os.O_RDONLY | os.O_DIRECTORY) if handle is None and HOLDS_FOLDERS else handle
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it. Idempotent."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def again(self) -> "OpenFolder":
        """The same folder, closed by itself."""
        return OpenFolder(self.path, None if self._handle is None else os.dup(self._handle))

    def below(self, name: str) -> "OpenFolder":
        """A folder in it. Raises FileProblem for a link, OSError."""
        path = self.path / name
        if not HOLDS_FOLDERS:
            if self.is_link(name):
                raise _is_link(path)
            return OpenFolder(path)
        try:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            return OpenFolder(path, os.open(name, flags, dir_fd=self._handle))
        except OSError:
            if self.is_link(name):
                raise _is_link(path) from None
            raise

    def make_folder(self, name: str) -> None:
        """Make a folder in it, unless there is something of the name. Raises OSError."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._handle)

    def kind(self, name: str) -> int | None:
        """What has this name, links not followed: its `stat.S_IFMT`, or None for nothing. Raises OSError."""
        try:
            found = os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return stat.S_IFMT(found.st_mode)

    def has(self, name: str) -> bool:
        """Whether anything has this name, a broken link too. Raises OSError."""
        return self.kind(name) is not None

    def is_link(self, name: str) -> bool:
        """Whether this name is a link's. Raises OSError."""
        return self.kind(name) == stat.S_IFLNK

    def new_file(self, name: str) -> tuple[int, str]:
        """A new private file to become `name`: its handle and its temporary name. Raises OSError."""
        while True:
            temporary = _temporary(name)
            with contextlib.suppress(FileExistsError):
                return os.open(self._at(temporary), _NEW_FILE, 0o600, dir_fd=self._handle), temporary

    def link(self, name: str, entry: Entry, restore: Restore) -> None:
        """Make a symbolic link with its own time and owner, not its target's. Raises FileExistsError, OSError."""
        os.symlink(entry.link_target, self._at(name), dir_fd=self._handle)
        restore.to_link(self._at(name), self._handle, entry)
        mtime_ns = entry.mtime_ns
        # Not every system can, and a time is not worth failing over.
        with contextlib.suppress(OSError, OverflowError, NotImplementedError):
            os.utime(self._at(name), ns=(mtime_ns, mtime_ns), dir_fd=self._handle, follow_symlinks=False)

    def replace_by_link(self, name: str, entry: Entry, restore: Restore) -> None:
        """Put a symbolic link in a file's or another link's place, in one step. Raises OSError."""
        temporary = _temporary(name)
        try:
            self.link(temporary, entry, restore)
            self.rename(temporary, name)
        except OSError:
            with contextlib.suppress(OSError):
                self.remove(temporary)
            raise

    def link_file(self, name: str, folder: "OpenFolder", file: str, inode: Inode) -> None:
        """Give a file in a folder one more name in this one, in one step, if it is still this very file.

        Raises FileProblem if another file has taken its place, OSError.
        """
        temporary = _temporary(name)
        if HOLDS_FOLDERS:
            os.link(
                file,
                temporary,
                src_dir_fd=folder._handle,
                dst_dir_fd=self._handle,
                follow_symlinks=False,
            )
        else:
            os.link(folder.path / file, self.path / temporary)
        try:
            made = os.stat(self._at(temporary), dir_fd=self._handle, follow_symlinks=False)
            if (made.st_dev, made.st_ino) != inode:
                raise FileProblem(path=folder.path / file, reason="was replaced while others were written")
            self.rename(temporary, name)
        finally:
            with contextlib.suppress(OSError):
                self.remove(temporary)

    def rename(self, name: str, new: str) -> None:
        """Put a file in another's place, in one step. Raises OSError."""
        os.replace(self._at(name), self._at(new), src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def remove(self, name: str) -> None:
        """Remove a file or link. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._handle)

    def restore(self, entry: Entry, mode: int, restore: Restore) -> None:
        """Its mode and time, as far as its file system can keep them, and what else is asked for. Raises OSError."""
        if self._handle is not None:
            restore.to(self._handle, entry)
        give(self.path if self._handle is None else self._handle, mode, entry.mtime_ns)

    def sync(self) -> None:
        """Make a rename in it durable. Windows cannot open folders, and needs no such call. Raises OSError."""
        if self._handle is not None:
            os.fsync(self._handle)

    def _at(self, name: str) -> str:
        return name if HOLDS_FOLDERS else str(self.path / name)


def _is_link(path: Path) -> FileProblem:
    return FileProblem(path=path, reason="is a link where the archive has a folder")


def _temporary(name: str) -> str:
    """A hidden name for what is to become `name`."""
    return f".{name[:40]}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}"


def give(file: int | Path, mode: int | None, mtime_ns: int | None) -> None:
    """Mode and time, as far as the file system can keep them: neither is worth failing over."""
    if mode is not None:
        with contextlib.suppress(OSError, OverflowError):
            os.chmod(file, mode)  # noqa: PTH101 - a handle has no path
    if mtime_ns is not None:
        with contextlib.suppress(OSError, OverflowError):
            os.utime(file, ns=(mtime_ns, mtime_ns))
