"""Entries: what an archive knows of a file, folder or link, and where its bytes are (SPEC.md, section 6.4)."""

import hashlib
from enum import IntEnum

from nacomp.formats.extent import Extent
from nacomp.formats.records import dataclass

SHA256_SIZE = 32
EMPTY_SHA256 = hashlib.sha256(b"").digest()
MAX_MODE = 0o7777
MIN_TIME, MAX_TIME = -(1 << 63), (1 << 63) - 1
"""Nanoseconds since 1970: the years 1677 to 2262."""
ALONE = -1
"""The group of a file whose hash is its own."""


class EntryKind(IntEnum):
    """What an entry is; the number is the one in the archive."""

    FILE = 0
    FOLDER = 1
    SYMLINK = 2
    HARD_LINK = 3


@dataclass(frozen=True, slots=True)
class Hole:
    """`length` zeros at `offset` of a file that nobody wrote."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a file is: numbers, and the names they had, empty where they had none."""

    uid: int
    gid: int
    user: str = ""
    group: str = ""


Attributes = tuple[tuple[bytes, bytes], ...]
"""Names and values of extended attributes, sorted by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, folder, symbolic link or hard link.

    Attributes:
        path: relative, with `/`; bytes that are not UTF-8 are there as `surrogateescape` leaves them.
        mode: lower 12 POSIX permission bits.
        mtime_ns: nanoseconds since 1970 UTC; may be negative.
        size: bytes of a file, holes included; 0 for folders and links.
        sha256: 32 bytes of a file, of its data or of its group's; empty for folders and links, and for the file of a compact
            archive, whose one block's checksum holds for all of it.
        link_target: of a symbolic link, or the path of the entry that a hard link is the same file as; else empty.
        extents: the file's data in order.
        group: ALONE, or the number that it shares with the small files whose contents, joined in the order of the
            entries, the hash is of.
        holes: of a file, in order, data between them; a hard link has its file's.
        owner: whose it is, where the archive tells. attributes: its extended attributes.
    """

    path: str
    kind: EntryKind
    mode: int
    mtime_ns: int
    size: int = 0
    sha256: bytes = b""
    link_target: str = ""
    extents: tuple[Extent, ...] = ()
    group: int = ALONE
    holes: tuple[Hole, ...] = ()
    owner: Owner | None = None
    attributes: Attributes = ()

    def is_content(self, sha256: bytes) -> bool:
        """Whether bytes of this SHA-256 are what its hash is of; where it has none, its block's checksum has decided."""
        return self.sha256 in (b"", sha256)

    @property
    def own_sha256(self) -> bytes:
        """The SHA-256 of this file alone, where the archive has it; else nothing."""
        return self.sha256 if self.group == ALONE and not self.holes else b""

    @property
    def data_size(self) -> int:
        """Bytes of a file that are decoded: all but its holes."""
        return self.size - sum(hole.length for hole in self.holes)
