"""SPEC.md, section 15: several archives in one file, read as one."""

import struct

from nac_decoder.archive import Archive, Entry, Neural, View, bare
from nac_decoder.compact import MAGIC as COMPACT_MAGIC
from nac_decoder.errors import check
from nac_decoder.views import close_view


class Several:
    """All members of a file, and the entries that count."""

    def __init__(self, data: bytes, neural: Neural, password: str = "", view: View = close_view) -> None:
        data = bare(data, password)
        found: list[Archive] = []
        for member in members(data) if _goes_on(data) else [data]:
            found.append(Archive(member, neural, view=view, before=found[-1] if found else None))
        self._take(found)

    @classmethod
    def of(cls, found: list[Archive]) -> "Several":
        """Of members that are read already."""
        self = cls.__new__(cls)
        self._take(found)
        return self

    def _take(self, found: list[Archive]) -> None:
        self.members = found
        self.newest: dict[bytes, tuple[Archive, Entry]] = {}
        for archive in self.members:
            self._overlay(archive)
        self.entries = [self.newest[path][1] for path in sorted(self.newest, key=_order)]

    def _overlay(self, archive: Archive) -> None:
        own = {entry.path: entry for entry in archive.entries}
        files = [path for path, entry in own.items() if entry.kind != 1]
        for path in archive.removed:
            self.newest.pop(path, None)
        for path in (*archive.removed, *files):
            below = path + b"/"
            self.newest = {other: one for other, one in self.newest.items() if not other.startswith(below)}
        leaves = [path for path, (_, entry) in self.newest.items() if entry.kind != 1]
        for leaf in leaves:
            if any(path.startswith(leaf + b"/") for path in own):
                del self.newest[leaf]
        self.newest |= {path: (archive, entry) for path, entry in own.items()}

    def data_of(self, entry: Entry) -> bytes:
        """A file's data, its hash compared."""
        archive, found = self.newest[entry.path]
        return archive.data_of(found)

    def content(self, entry: Entry) -> bytes:
        """A file's bytes, its hash compared."""
        archive, found = self.newest[entry.path]
        return archive.content(found)

    def linked(self, entry: Entry) -> tuple[Entry, bytes | None]:
        """The file of a hard link; and its data, if it does not count any more, so that the link is a file itself."""
        archive, found = self.newest[entry.path]
        file = next(one for one in archive.entries if one.kind == 0 and one.path == found.target)
        still = self.newest.get(file.path, (None, None))[1] is file
        return file, None if still else archive.data_of(file)


def _order(path: bytes) -> bytes:
    return path.replace(b"/", b"\0")


def _goes_on(data: bytes) -> bool:
    """Whether more than one whole archive is in the file."""
    end = _end_of_member(data, 0)
    return end is not None and end < len(data)


def members(data: bytes) -> list[bytes]:
    """Section 15, from the beginning: the archives of a file, without an update that was not finished."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        end = _end_of_member(data, at)
        if end is None:
            start = data[at : at + 12]
            begun = bytes.fromhex("89 4E 41 43 0D 0A 1A 0A 02 00 01 00")
            check(bool(found) and (begun.startswith(start) or start == bytes(12)), "bytes behind the archive")
            index = _index_at(data, at)
            check(index is None or _index_end(data, index) + 16 > len(data), "update is damaged")
            return found
        found.append(data[at:end])
        at = end
    return found


def _end_of_member(data: bytes, at: int) -> int | None:
    if data[at : at + 4] == COMPACT_MAGIC:
        end = at + int.from_bytes(data[at + 4 : at + 6], "little")
        return end if at < end <= len(data) else None
    if len(data) - at < 28 or data[at : at + 8] != bytes.fromhex("89 4E 41 43 0D 0A 1A 0A"):
        return None
    index = _index_at(data, at)
    if index is None:
        return None
    end = _index_end(data, index) + 16
    footer = struct.pack("<Q", index - at) + bytes.fromhex("0A1A0A0D63616E89")
    return end if data[end - 16 : end] == footer else None


def _index_at(data: bytes, at: int) -> int | None:
    """The index behind the blocks of the archive that begins here."""
    at += 28 + int.from_bytes(data[at + 12 : at + 16], "little")
    while data[at : at + 4] == bytes.fromhex("F1 4E 42 8B") and len(data) - at >= 48:
        at += 48 + int.from_bytes(data[at + 24 : at + 32], "little")
    return at if data[at : at + 4] == bytes.fromhex("F2 4E 49 8D") else None


def _index_end(data: bytes, index: int) -> int:
    return index + 32 + int.from_bytes(data[index + 8 : index + 16], "little")
