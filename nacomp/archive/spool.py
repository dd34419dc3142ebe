"""Streams as sources: standard input, pipes, devices, and files that are made as they are read.

    stream -> spool (memory, then a temporary file) -> Source

How much there is must be known before the first block, so a stream is read to its end first. Holding it in memory lost: it
takes as much as the stream is long, before the model asks for its own.
"""

import os
import stat
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from nacomp.archive.sources import Source
from nacomp.errors import FileProblem, NoFileOfBytes, file_problem
from nacomp.formats.entry import EntryKind
from nacomp.runtime.progress import CancelToken

SPOOL_MEMORY = 1 << 20
"""Bytes of a stream kept in memory; more go to a temporary file without a name."""
READ_BYTES = 1 << 20


def source_from_stream(stream: BinaryIO, name: str, cancel: CancelToken, mode: int = 0o644) -> Source:
    """All of a stream as one file. Raises Interrupted, FileProblem where it cannot be kept."""
    spool = spooled(stream, name, cancel)
    size = spool.seek(0, os.SEEK_END)
    # The time it came, to the second: a stream has none of its own, and the rest of it would be noise in the archive.
    return Source(name, EntryKind.FILE, size, mode, int(time.time()) * 10**9, spool=spool)


def spooled(stream: BinaryIO, name: str, cancel: CancelToken) -> BinaryIO:
    """All of a stream as a file that can seek. Raises Interrupted, FileProblem where it cannot be kept."""
    spool: BinaryIO = BytesIO()
    size = 0
    while piece := _read(stream, name, cancel):
        size += len(piece)
        try:
            if size > SPOOL_MEMORY and isinstance(spool, BytesIO):
                spool = _to_disk(spool)
            spool.write(piece)
            spool.flush()
        except OSError as problem:
            raise _full(problem) from problem
    return spool


def source_from_special(path: Path, name: str, cancel: CancelToken) -> Source:
    """What can be read at a path and is no plain file, read to its end. Raises as `source_from_stream` does."""
    with open_special(path, cancel) as file:
        found = os.fstat(file.fileno())
        # A pipe has no content of its own that its mode could be for.
        mode = found.st_mode & 0o777 if stat.S_ISREG(found.st_mode) else 0o644
        return source_from_stream(file, name, cancel, mode)


def open_special(path: Path, cancel: CancelToken) -> BinaryIO:
    """Open what may have nothing to read yet. Raises Interrupted, FileProblem."""
    try:
        with cancel.waiting():  # a pipe opens once somebody writes to it
            return path.open("rb")
    except OSError as problem:
        raise file_problem(path, problem) from problem


def _read(stream: BinaryIO, name: str, cancel: CancelToken) -> bytes:
    try:
        with cancel.waiting():
            piece: object = stream.read(READ_BYTES)
    except OSError as problem:
        raise file_problem("standard input" if name == "stdin" else name, problem) from problem
    if not isinstance(piece, bytes):
        raise NoFileOfBytes(reason=f"it gave {type(piece).__name__} where bytes were asked for")
    return piece


def _to_disk(spool: BytesIO) -> BinaryIO:
    file = tempfile.TemporaryFile(prefix="nacomp-")  # noqa: SIM115 - lives as long as its source
    file.write(spool.getbuffer())
    return cast(BinaryIO, file)


def _full(problem: OSError) -> FileProblem:
    """The folder for temporary files is what a person can do something about."""
    return file_problem(f"the folder for temporary files, {_folder()}", problem)


def _folder() -> str:
    return tempfile.tempdir or os.environ.get("TMPDIR") or "TMPDIR"
