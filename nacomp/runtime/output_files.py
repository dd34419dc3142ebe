"""Output that appears whole or not at all: a temporary file beside the target, which replaces it only when everything has
been written and flushed.

It is never opened by its name again: its mode and time are set through the handle, before it gets its final name, so that
nobody can read for a moment what only its owner may.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nacomp.errors import FileProblem, OutputExists, file_problem
from nacomp.runtime.open_folder import HOLDS_FOLDERS, OpenFolder, give


@dataclass
class Unfinished:
    """A file under way, and the name it gets in the end."""

    file: BinaryIO
    name: str


def check_free(target: Path, *, overwrite: bool) -> None:
    """Raise OutputExists or FileProblem if nothing may be written there."""
    try:
        if not overwrite and os.path.lexists(target):
            raise OutputExists(path=target)
        if target.is_dir():
            raise FileProblem(path=target, reason="is a folder")
        if target.exists() and not target.is_file():
            raise FileProblem(path=target, reason="is no plain file and is not replaced")
    except OSError as problem:
        raise file_problem(target, problem) from problem


@contextlib.contextmanager
def save(target: Path, *, overwrite: bool = False, rights: int = 0o666) -> Iterator[BinaryIO]:
    """A file that becomes `target` when the block ends well, and vanishes when it does not.

    Written beside the target, flushed to disk, then put in place by one rename; the folder is flushed too, so the
    name survives a power cut. Its owner may read and write it, others what an ordinary new file lets them and `rights`
    does: those of the file it is made of, if there is one. Raises OutputExists, FileProblem.
    """
    check_free(target, overwrite=overwrite)
    mode = 0o666 & ~_umask() & (rights | 0o600)
    try:
        folder = OpenFolder(target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    with folder, save_in(folder, target.name, mode, overwrite=overwrite) as unfinished:
        yield unfinished.file


@contextlib.contextmanager
def save_in(
    folder: OpenFolder, name: str, mode: int, mtime_ns: int | None = None, *, overwrite: bool = False
) -> Iterator[Unfinished]:
    """As `save`, in an open folder and with this mode and time. Raises OutputExists, FileProblem."""
    target = folder.path / name
    try:
        _check_place(folder, name, overwrite=overwrite)
        handle, temporary = folder.new_file(name)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    try:
        with os.fdopen(handle, "w+b") as file:
            unfinished = Unfinished(file, name)
            yield unfinished
            file.flush()
            if HOLDS_FOLDERS:
                give(file.fileno(), mode, mtime_ns)
            os.fsync(file.fileno())
        target = folder.path / unfinished.name
        _check_place(folder, unfinished.name, overwrite=overwrite)
        folder.rename(temporary, unfinished.name)
        if not HOLDS_FOLDERS:
            give(target, mode, mtime_ns)
        folder.sync()
    except OSError as problem:
        raise file_problem(target, problem) from problem
    finally:
        with contextlib.suppress(OSError):
            folder.remove(temporary)


def _check_place(folder: OpenFolder, name: str, *, overwrite: bool) -> None:
    """Raise OutputExists or FileProblem if nothing may be put in this place of an open folder. Raises OSError."""
    if not folder.has(name):
        return
    if not overwrite:
        raise OutputExists(path=folder.path / name)
    if not folder.is_replaceable(name):
        raise FileProblem(path=folder.path / name, reason="is no plain file and is not replaced")


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
