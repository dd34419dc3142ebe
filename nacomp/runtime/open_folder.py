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
        link = FileProblem(path=path, reason="is a link where the archive has a folder")
        if not HOLDS_FOLDERS:
            if self.is_link(name):
                raise link
            return OpenFolder(path)
        try:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            return OpenFolder(path, os.open(name, flags, dir_fd=self._handle))
        except OSError:
            if self.is_link(name):
                raise link from None
            raise

    def make_folder(self, name: str) -> None:
        """Make a folder in it, unless there is something of the name. Raises OSError."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._handle)

    def has(self, name: str) -> bool:
        """Whether anything has this name, a broken link too. Raises OSError."""
        try:
            self._look(name)
        except FileNotFoundError:
            return False
        return True

    def is_link(self, name: str) -> bool:
        """Whether this name is a link's. Raises OSError."""
        return self.has(name) and stat.S_ISLNK(self._look(name).st_mode)

    def is_replaceable(self, name: str) -> bool:
        """Whether this name is that of a plain file or a link, not of a folder or device. Raises OSError."""
        mode = self._look(name).st_mode
        return stat.S_ISREG(mode) or stat.S_ISLNK(mode)

    def new_file(self, name: str) -> tuple[int, str]:
        """A new private file to become `name`: its handle and its temporary name. Raises OSError."""
        while True:
            temporary = f".{name[:40]}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}"
            with contextlib.suppress(FileExistsError):
                return os.open(self._at(temporary), _NEW_FILE, 0o600, dir_fd=self._handle), temporary

    def link(self, name: str, target: str) -> None:
        """Make a symbolic link. Raises OSError."""
        os.symlink(target, self._at(name), dir_fd=self._handle)

    def rename(self, name: str, new: str) -> None:
        """Put a file in another's place, in one step. Raises OSError."""
        os.replace(self._at(name), self._at(new), src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def remove(self, name: str) -> None:
        """Remove a file or link. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._handle)

    def restore(self, mode: int, mtime_ns: int) -> None:
        """Its mode and time, as far as its file system can keep them."""
        give(self.path if self._handle is None else self._handle, mode, mtime_ns)

    def sync(self) -> None:
        """Make a rename in it durable. Windows cannot open folders, and needs no such call. Raises OSError."""
        if self._handle is not None:
            os.fsync(self._handle)

    def _at(self, name: str) -> str:
        return name if HOLDS_FOLDERS else str(self.path / name)

    def _look(self, name: str) -> os.stat_result:
        return os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)


def give(file: int | Path, mode: int | None, mtime_ns: int | None) -> None:
    """Mode and time, as far as the file system can keep them: neither is worth failing over."""
    if mode is not None:
        with contextlib.suppress(OSError, OverflowError):
            os.chmod(file, mode)  # noqa: PTH101 - a handle has no path
    if mtime_ns is not None:
        with contextlib.suppress(OSError, OverflowError):
            os.utime(file, ns=(mtime_ns, mtime_ns))
