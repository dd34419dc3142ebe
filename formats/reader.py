"""The one reader: footer, index and header first, then only the blocks that are asked for.

Damaged archives are for `scan`.
"""

import io
from dataclasses import replace
from functools import cached_property
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self, cast

from nacomp.formats.block import Block, BlockInfo, decode_block
from nacomp.formats.derived import Derived
from nacomp.formats.diagnosis import diagnose
from nacomp.formats.entry import Entry
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.file_access import make_seekable, read_at
from nacomp.formats.header import Header
from nacomp.formats.index import Before, Index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.members import Member, Members, read_members
from nacomp.formats.merge import Merged, merge
from nacomp.formats.methods import Method
from nacomp.formats.protection.recovery_layout import TRAILER_SIZE, RecoveryShape, decode_trailer
from nacomp.formats.protection.seal import SEAL_SIZE, Password, SealedFile, is_sealed


class ArchiveReader:
    """An archive that opened without a fault; blocks are checked when they are read. Threads may share it.

    Of several that stand one behind the other, all are read as one: what is newer counts.

    Attributes:
        members: each of them, the oldest first.
        size: of all in bytes as they are on the disk, without recovery data.
        end: behind the last member; what follows is an update that was not finished, and is passed over.
        sealed: whether it takes a password.
    """

    def __init__(
        self, file: BinaryIO, members: Members, merged: Merged, size: int, owner: BinaryIO | None
    ) -> None:
        """Use `open`."""
        self._file = file
        self._owner = owner
        self._lock = Lock()
        self._merged = merged
        self.members: tuple[Member, ...] = members.all
        self.end = members.end
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
            members = read_members(inside, inner_size, limits)
            merged = merge(members.all, limits)
        except BaseException as fault:
            try:
                if type(fault) is CorruptArchive and (reason := diagnose(seekable)):
                    raise CorruptArchive(reason=reason) from fault
            finally:
                if seekable is not file:
                    seekable.close()
            raise
        return cls(inside, members, merged, size, None if seekable is file else seekable)

    @property
    def header(self) -> Header:
        """The header of the first member."""
        return self.members[0].header

    @property
    def index(self) -> Index:
        """The index of the first member."""
        return self.members[0].index

    @property
    def compact(self) -> bool:
        """Whether it is a single archive in the compact form."""
        return len(self.members) == 1 and self.members[0].compact

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods tables, one behind the other."""
        return self._merged.methods

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Files, folders and links; a folder comes right before what lies in it."""
        return self._merged.entries

    @property
    def hashed(self) -> tuple[Entry, ...]:
        """The entries and those that do not count any more, which are under one hash with some that do."""
        return self._merged.files

    @cached_property
    def block_table(self) -> dict[int, BlockInfo]:
        """The blocks by number."""
        return {number: replace(info, number=number) for number, (_, info) in self._merged.blocks.items()}

    @property
    def derived_table(self) -> dict[int, Derived]:
        """The derived contents by number."""
        return self._merged.derived

    @cached_property
    def blocks(self) -> tuple[BlockInfo, ...]:
        """The block table, by number; offsets are those in their member."""
        return tuple(self.block_table.values())

    def block(self, number: int) -> Block:
        """Read one block; decode its payload, then give the result to the block's `check_decoded`.

        Raises:
            DamagedBlock: cut off, another block, or a checksum that does not match.
            OSError: the file cannot be read.
        """
        member_number, info = self._merged.blocks[number]
        member = self.members[member_number]
        if member.only is not None:
            return replace(member.only, info=self.block_table[number])
        own = member.index.blocks[info.number]
        with self._lock:
            data = read_at(self._file, member.start + own.offset, own.end - own.offset)
        return replace(decode_block(memoryview(data), own), info=self.block_table[number])

    def before_an_update(self) -> tuple[int, Before]:
        """What a further update goes on from: the number of the first content it can name, and of all from there on."""
        chain, blocks, derived = self._merged.chain, self._merged.blocks, self._merged.derived
        sizes = [
            derived[number].size if number in derived else blocks[number][1].original_size
            for number in range(chain, len(blocks) + len(derived))
        ]
        return chain, Before(sizes, list(self._merged.depths))

    def raw(self) -> BinaryIO:
        """The archive's bytes as they are without a seal, to be copied by whoever holds this reader."""
        return self._file

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
    shape = archive_shape(file)
    return shape.archive_size if shape else file.seek(0, io.SEEK_END)


def archive_shape(file: BinaryIO) -> RecoveryShape | None:
    """The sizes of the recovery data of a file, or None where it has none. Raises CorruptArchive."""
    size = file.seek(0, io.SEEK_END)
    return decode_trailer(read_at(file, max(0, size - TRAILER_SIZE), TRAILER_SIZE), size)
