"""Files read by position. An input that cannot seek is kept in a temporary file, in memory while it is small."""

import tempfile
from collections.abc import Callable
from typing import BinaryIO, cast

from nacomp.formats.errors import NoFileOfBytes

SPOOL_MEMORY = 16 << 20
"""Bytes of an unseekable input kept in memory before a temporary file takes over."""

Check = Callable[[], object]
"""Asked often by long work, at least once for each MiB: it raises if the work is to stop."""


def go_on() -> None:
    """The check of work that nobody can stop."""


def make_seekable(file: BinaryIO, check: Check = go_on) -> BinaryIO:
    """The file itself if it can seek, else a temporary copy, which the caller closes."""
    if file.seekable():
        return file
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_MEMORY)  # noqa: SIM115 - handed to the caller
    try:
        while part := read_some(file, 1 << 20):
            check()
            spool.write(part)
    except BaseException:
        spool.close()
        raise
    return cast(BinaryIO, spool)


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    """Up to `size` bytes at `offset`; fewer only at the end of the file. Raises NoFileOfBytes, OSError."""
    file.seek(offset)
    parts = []
    while size > 0 and (part := read_some(file, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_all(file: BinaryIO, data: bytes | memoryview) -> int:
    """Write all of it: an unbuffered pipe may take less than it is given. Gives its bytes. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]
    return len(data)


def read_some(file: BinaryIO, size: int) -> bytes:
    """What one `read` gives, up to `size` bytes, empty at the end. Raises NoFileOfBytes: callers hand over all sorts."""
    part: object = file.read(size)
    if not isinstance(part, bytes | bytearray | memoryview):
        raise NoFileOfBytes(reason=f"it gave {type(part).__name__} where bytes were asked for")
    if len(part) > size:
        raise NoFileOfBytes(reason=f"it gave {len(part):,} bytes where {size:,} were asked for")
    return bytes(part)
