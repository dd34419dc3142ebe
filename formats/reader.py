"""The one reader: footer, index and header first, then only the blocks that are asked for.

Damaged archives are for `scan`.
"""

import io
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self, cast

from nacomp.formats.block import Block, BlockInfo, decode_block
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.file_access import make_seekable, read_at
from nacomp.formats.header import HEADER_SIZE, MAX_HEADER_SIZE, Header, decode_header
from nacomp.formats.index import (
    FOOTER,
    FOOTER_MAGIC,
    INDEX_HEADER_SIZE,
    Index,
    decode_index,
    decode_index_header,
)
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import Method
from nacomp.formats.protection.recovery_layout import TRAILER_SIZE, decode_trailer
from nacomp.formats.protection.seal import SEAL_SIZE, Password, SealedFile, is_sealed


class ArchiveReader:
    """An archive that opened without a fault; blocks are checked when they are read. Threads may share it.

    Attributes:
        header: version and methods.
        index: blocks and entries.
        size: of the archive in bytes as it is on the disk, without recovery data.
        sealed: whether it takes a password.
    """

    def __init__(
        self, file: BinaryIO, header: Header, index: Index, size: int, owner: BinaryIO | None
    ) -> None:
        """Use `open`."""
        self._file = file
        self._owner = owner
        self._lock = Lock()
        self.header = header
        self.index = index
        self.size = size
        self.sealed = isinstance(file, SealedFile)

    @classmethod
    def open(cls, file: BinaryIO, limits: Limits = DEFAULT_LIMITS, password: Password = None) -> Self:
        """Open an archive that takes up all of `file`, whatever its position; it stays the caller's to close.

        Raises:
            CorruptArchive, UnsafePath, UnsupportedArchive, LimitExceeded: as SPEC.md says.
            PasswordNeeded, WrongPassword: it is sealed.
            OSError: the file cannot be read.
        """
        seekable = make_seekable(file)
        try:
            size = archive_size(seekable)
            inside, inner_size = unsealed(seekable, size, password, limits)
            header = decode_header(read_at(inside, 0, MAX_HEADER_SIZE), limits)
            index = _read_index(inside, header, inner_size, limits)
        except BaseException:
            if seekable is not file:
                seekable.close()
            raise
        return cls(inside, header, index, size, None if seekable is file else seekable)

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods table."""
        return self.header.methods

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Files, folders and links; a folder comes right before what lies in it."""
        return self.index.entries

    @property
    def blocks(self) -> tuple[BlockInfo, ...]:
        """The block table, by number."""
        return self.index.blocks

    def block(self, number: int) -> Block:
        """Read one block; decode its payload, then give the result to the block's `check_decoded`.

        Raises:
            DamagedBlock: cut off, another block, or a checksum that does not match.
            OSError: the file cannot be read.
        """
        info = self.blocks[number]
        with self._lock:
            data = read_at(self._file, info.offset, info.end - info.offset)
        return decode_block(memoryview(data), info)

    def close(self) -> None:
        """Drop the temporary copy, if there is one. Idempotent."""
        if self._owner is not None:
            self._owner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def unsealed(
    file: BinaryIO, size: int, password: Password, limits: Limits, *, salvage: bool = False
) -> tuple[BinaryIO, int]:
    """The archive within a sealed one, and its size; the file itself where it is not sealed.

    Raises what `SealedFile` does.
    """
    if not is_sealed(file) and not (salvage and is_sealed(file, size - SEAL_SIZE)):
        return file, size
    opened = SealedFile(file, size, password, limits, salvage=salvage)
    return cast(BinaryIO, opened), opened.size


def archive_size(file: BinaryIO) -> int:
    """Bytes of the archive itself, without recovery data behind it."""
    size = file.seek(0, io.SEEK_END)
    shape = decode_trailer(read_at(file, max(0, size - TRAILER_SIZE), TRAILER_SIZE), size)
    return shape.archive_size if shape else size


def _read_index(file: BinaryIO, header: Header, size: int, limits: Limits) -> Index:
    """Find the index through the footer; the sizes must add up to the file's."""
    smallest = HEADER_SIZE + INDEX_HEADER_SIZE + FOOTER.size
    if size < smallest:
        raise CorruptArchive(reason=f"expected at least {smallest} bytes, found {size}")
    offset, magic = FOOTER.unpack(read_at(file, size - FOOTER.size, FOOTER.size))
    if magic != FOOTER_MAGIC:
        raise CorruptArchive(reason="its end is missing, or bytes were added behind it")
    room = size - FOOTER.size - offset
    if offset < header.size or room < INDEX_HEADER_SIZE:
        raise CorruptArchive(reason=f"the footer places the index at {offset:,} of {size:,} bytes")
    _, packed_size, _ = decode_index_header(read_at(file, offset, INDEX_HEADER_SIZE), limits)
    if INDEX_HEADER_SIZE + packed_size != room:
        raise CorruptArchive(
            reason=f"expected an index of {room:,} bytes, found one of {INDEX_HEADER_SIZE + packed_size:,}"
        )
    return decode_index(read_at(file, offset, room), header, offset, limits)
