"""What goes in: one thing to archive, before it is an entry, and its bytes.

walk, spool, api -> Source -> units
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nacomp.archive.holes import DataReader
from nacomp.errors import FileChanged, file_problem
from nacomp.formats.entry import Attributes, EntryKind, Hole, Owner
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Source:
    """One thing to archive.

    Attributes:
        name: path in the archive, '/'-separated, relative.
        path: where its bytes are; None for bytes handed over in memory.
        data: the bytes, when they do not come from a file.
        spool: a file of our own that holds them, when they came from a stream.
        size: bytes to read: a file's without its holes, 0 for folders and links.
        mode: permission bits. mtime_ns: nanoseconds since 1970.
        link_target: of a symbolic link; the name of the source that a hard link is the same file as.
        holes: of a file. inode: which file it is, if that has several names.
        owner, attributes: where they are to be archived.
    """

    name: str
    kind: EntryKind
    size: int
    mode: int
    mtime_ns: int
    path: Path | None = None
    data: bytes | None = None
    link_target: str = ""
    spool: BinaryIO | None = None
    holes: tuple[Hole, ...] = ()
    inode: tuple[int, int] | None = None
    owner: Owner | None = None
    attributes: Attributes = ()

    @property
    def whole_size(self) -> int:
        """The file's size, holes included."""
        return self.size + sum(hole.length for hole in self.holes)

    def chunks(self, chunk_bytes: int) -> Iterator[bytes]:
        """The content without its holes, in pieces of `chunk_bytes`. Raises FileChanged or FileProblem."""
        if self.data is not None:
            for at in range(0, len(self.data), chunk_bytes):
                yield self.data[at : at + chunk_bytes]
            return
        if self.spool is not None:
            self.spool.seek(0)
            while piece := self.spool.read(chunk_bytes):
                yield piece
            return
        assert self.path is not None
        total = 0
        try:
            with self.path.open("rb") as file:
                data = self._data(file)
                while piece := data.read(chunk_bytes):
                    total += len(piece)
                    # Asked before the last piece leaves: what changed is not coded at all, if it is one piece.
                    if total >= self.size:
                        self._check_at_its_end(file, total)
                    yield piece
                if total < self.size or not self.size:
                    self._check_at_its_end(file, total)
        except OSError as problem:
            raise file_problem(self.path, problem) from problem

    def read_at(self, offset: int, length: int) -> bytes:
        """What is there now of so many bytes of the content without its holes, perhaps fewer or none.

        For comparing, as a file may have changed.

        A stream's place is kept: it may be read by `chunks` meanwhile.
        """
        if self.data is not None:
            return self.data[offset : offset + length]
        try:
            if self.spool is not None:
                place = self.spool.tell()
                self.spool.seek(offset)
                found = self.spool.read(length)
                self.spool.seek(place)
                return found
            assert self.path is not None
            with self.path.open("rb") as file:
                data = self._data(file)
                data.seek(offset)
                return data.read(length)
        except OSError:
            return b""

    def _data(self, file: BinaryIO) -> BinaryIO | DataReader:
        return DataReader(file, self.holes, self.whole_size) if self.holes else file

    def _check_at_its_end(self, file: BinaryIO, read: int) -> None:
        """Raise FileChanged unless the file ends here and is as it was when it was found. Raises OSError."""
        file.seek(self.whole_size)
        if read != self.size or file.read(1) or os.fstat(file.fileno()).st_mtime_ns != self.mtime_ns:
            raise FileChanged(path=self.path)
