"""Output that appears whole or not at all: a temporary file beside the target, which replaces it only when everything has
been written and flushed.

It is never opened by its name again: its mode and time are set through the handle, before it gets its final name, so that
nobody can read for a moment what only its owner may.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.formats.paths import display_name
from nacomp.formats.records import dataclass
from nacomp.runtime.open_folder import HOLDS_FOLDERS, Inode, OpenFolder, give


@dataclass
class Unfinished:
    """A file under way, and the name it gets in the end."""

    file: BinaryIO
    name: str

    @contextlib.contextmanager
    def held(self) -> Iterator[Inode]:
        """Which file it is. Where the system can, it is held open meanwhile, so that no other file gets this number."""
        found = os.fstat(self.file.fileno())
        handle = os.dup(self.file.fileno()) if HOLDS_FOLDERS else None
        try:
            yield found.st_dev, found.st_ino
        finally:
            if handle is not None:
                os.close(handle)


def check_free(target: Path, *, overwrite: bool) -> None:
    """Before the work: raise OutputExists or FileProblem if nothing may be written there."""
    with folder_of(target) as folder:
        check_place(folder, target.name, overwrite=overwrite)


def folder_of(target: Path) -> OpenFolder:
    """The folder that a file is written into. Raises FileProblem."""
    try:
        return OpenFolder(target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem


@contextlib.contextmanager
def save(target: Path, *, overwrite: bool = False, rights: int = 0o666) -> Iterator[BinaryIO]:
    """A file that becomes `target` when the block ends well, and vanishes when it does not.

    Written beside the target, flushed to disk, then put in place by one rename; the folder is flushed too, so the
    name survives a power cut. Its owner may read and write it, others what an ordinary new file lets them and `rights`
    does: those of the file it is made of, if there is one. Raises OutputExists, FileProblem.
    """
    mode = 0o666 & ~_umask() & (rights | 0o600)
    with folder_of(target) as folder, save_in(folder, target.name, mode, overwrite=overwrite) as unfinished:
        yield unfinished.file


@contextlib.contextmanager
def save_in(
    folder: OpenFolder,
    name: str,
    mode: int,
    mtime_ns: int | None = None,
    *,
    overwrite: bool = False,
    is_durable: bool = True,
    restore: Callable[[int], None] = lambda _: None,
) -> Iterator[Unfinished]:
    """As `save`, in an open folder and with this mode and time. Raises OutputExists, FileProblem.

    What is not durable is flushed to disk only where it replaces a file: that one must not be lost to a power cut.
    `restore` sets on the handle what else the file is to have, once it is written; it raises OSError.
    The place is judged before anything is written, and once more when it is taken: others may have been there meanwhile.
    """
    target = folder.path / name
    check_place(folder, name, overwrite=overwrite)
    try:
        handle, temporary = folder.new_file(name)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    is_placed = False
    try:
        with os.fdopen(handle, "w+b") as file:
            unfinished = Unfinished(file, name)
            yield unfinished
            file.flush()
            if HOLDS_FOLDERS:
                restore(file.fileno())
                give(file.fileno(), mode, mtime_ns)
            is_durable = is_durable or folder.has(unfinished.name)
            if is_durable:
                os.fsync(file.fileno())
        target = folder.path / unfinished.name
        check_place(folder, unfinished.name, overwrite=overwrite)
        folder.rename(temporary, unfinished.name)
        is_placed = True
        if not HOLDS_FOLDERS:
            give(target, mode, mtime_ns)
        if is_durable:
            folder.sync()
    except OSError as problem:
        raise file_problem(target, problem) from problem
    finally:
        if not is_placed:
            with contextlib.suppress(OSError):
                folder.remove(temporary)


def check_place(folder: OpenFolder, name: str, *, overwrite: bool) -> None:
    """Raise OutputExists or FileProblem if nothing may be put in this place of an open folder."""
    try:
        kind = folder.kind(name or os.curdir)  # `/` and `.` have no name
    except OSError as problem:
        raise file_problem(folder.path / name, problem) from problem
    if kind is None:
        return
    target = folder.path / name
    if not overwrite:
        raise OutputExists(path=target)
    if kind == stat.S_IFDIR:
        raise FileProblem(path=target, reason="is a folder")
    if kind not in (stat.S_IFREG, stat.S_IFLNK):
        raise FileProblem(path=target, reason="is no plain file and is not replaced")


def check_can_be_written(name: str) -> None:
    """Raise FileProblem for a name that this system's encoding of names has no bytes for: one without UTF-8."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError as problem:
        reason = (
            f"this system's names are in {problem.encoding}, which cannot spell it; try it with PYTHONUTF8=1"
        )
        raise FileProblem(path=display_name(name), reason=reason) from problem


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
