"""Output that appears whole or not at all: a temporary file beside the target, which replaces it only when everything has
been written and flushed.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nacomp.errors import FileProblem, OutputExists, file_problem

TEMPORARY_SUFFIX = ".nacomp-part"


def check_free(target: Path, *, overwrite: bool) -> None:
    """Raise OutputExists or FileProblem if nothing may be written there."""
    if not overwrite and os.path.lexists(target):
        raise OutputExists(path=target)
    if target.is_dir():
        raise FileProblem(path=target, reason="is a folder")
    if target.exists() and not target.is_file():
        raise FileProblem(path=target, reason="is no plain file and is not replaced")


@contextlib.contextmanager
def save(target: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file that becomes `target` when the block ends well, and vanishes when it does not.

    Written beside the target, flushed to disk, then put in place by one rename; the folder is flushed too, so the
    name survives a power cut. Raises OutputExists, FileProblem.
    """
    check_free(target, overwrite=overwrite)
    try:
        handle, name = tempfile.mkstemp(TEMPORARY_SUFFIX, f".{target.name[:40]}.", target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    os.close(handle)
    temporary = Path(name)
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; the target gets what an ordinary new file would have.
        temporary.chmod(0o666 & ~_umask())
        if not overwrite and os.path.lexists(target):
            raise OutputExists(path=target)
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise file_problem(target, problem) from problem
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open folders, and needs no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
