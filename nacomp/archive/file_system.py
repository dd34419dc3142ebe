"""An open archive as a file system asks for it: by path, in any order, a few bytes at a time.

    FUSE (operations/mount.py) -> ArchiveFileSystem -> ContentDecoder -> blocks

A plain class with the operations' usual names, so that each can be called without a kernel. It only reads. Only blocks that
are asked for are decoded, and those used last stay in memory, up to a bound.

Every block is checked before a byte of it goes out. What a view makes has no checksum of its own, so a file with a view in
it is first compared with its SHA-256, whole, where it is not too large to be made for a few bytes of it.
"""

import errno
import hashlib
import os
import stat
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Lock

from nacomp.archive.archive_reader import Archive
from nacomp.archive.decoding_work import LastGroups
from nacomp.errors import CorruptArchive, Interrupted, NacompError
from nacomp.formats.entry import ALONE, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.paths import display_name
from nacomp.formats.records import dataclass
from nacomp.runtime.file_properties import owner_here
from nacomp.runtime.progress import Job

CACHE_BYTES = 256 << 20
"""Decoded bytes that are kept: a text block is 1 MiB and takes seconds to a minute to decode again."""
COMPARED_WHOLE = 16 << 20
"""Files with views in them are compared with their SHA-256 up to this size; of larger ones the blocks' checksums hold."""
KINDS = {EntryKind.FILE: stat.S_IFREG, EntryKind.FOLDER: stat.S_IFDIR, EntryKind.SYMLINK: stat.S_IFLNK}
FOLDER_MODE = 0o755
"""Of folders that the archive holds no entry of."""
BLOCK = 512
Told = Callable[[str, str], object]
"""Hears of a path that cannot be read, and why."""


@dataclass(frozen=True)
class _Node:
    """One path: its inode, which hard links share, and its entry, or that of the file it is a name of.

    Attributes:
        entry: None for a folder without an entry of its own.
    """

    inode: int
    entry: Entry | None

    @property
    def kind(self) -> EntryKind:
        return self.entry.kind if self.entry is not None else EntryKind.FOLDER


@dataclass(frozen=True)
class _Map:
    """Where a file's bytes are: stretch i begins at `starts[i]`, and is an extent or, where that is None, a hole."""

    starts: list[int]
    stretches: list[Extent | None]
    size: int

    @classmethod
    def of(cls, entry: Entry) -> "_Map":
        starts, stretches, at = list[int](), list[Extent | None](), 0
        holes = iter(entry.holes)
        hole = next(holes, None)
        for whole in entry.extents:
            done = 0
            while done < whole.length:
                starts.append(at)
                if hole is not None and hole.offset == at:
                    stretches.append(None)
                    at, hole = at + hole.length, next(holes, None)
                    continue
                left = whole.length - done
                length = left if hole is None else min(left, hole.offset - at)
                stretches.append(Extent(whole.content, whole.offset + done, length))
                at, done = at + length, done + length
        if hole is not None:
            starts.append(at)
            stretches.append(None)
        return cls(starts, stretches, entry.size)

    def pieces(self, offset: int, size: int) -> Iterator[Extent | int]:
        """Extents, and numbers of zeros, that make up these bytes of the file."""
        end = min(offset + size, self.size)
        row = bisect_right(self.starts, offset) - 1
        while offset < end:
            behind = self.starts[row + 1] if row + 1 < len(self.starts) else self.size
            length = min(end, behind) - offset
            extent = self.stretches[row]
            if extent is None:
                yield length
            else:
                yield Extent(extent.content, extent.offset + offset - self.starts[row], length)
            offset, row = offset + length, row + 1


class ArchiveFileSystem:
    """What FUSE may ask of an archive. Paths begin with `/`; all raise OSError. Threads share it."""

    use_ns = True
    """Times are in nanoseconds: a question of the FUSE library."""

    def __init__(
        self, archive: Archive, job: Job, told: Told, mtime_ns: int = 0, memory_bytes: int = CACHE_BYTES
    ) -> None:
        """`mtime_ns` is the time of folders that have no entry, `memory_bytes` what is kept of decoded contents."""
        self._archive = archive
        self._told = told
        self._mtime_ns = mtime_ns
        self._decoder = archive.decoder(job, memory_bytes)
        self._lock = Lock()
        """Around all decoding; folders are listed meanwhile."""
        self._maps: LastGroups[_Map] = LastGroups()
        self._compared: set[int] = set()
        """Inodes of files that are right as wholes."""
        self._complained: set[str] = set()
        self._nodes, self._names = _tree(archive.entries)
        self._links = Counter(node.inode for node in self._nodes.values())
        self._is_root = hasattr(os, "geteuid") and os.geteuid() == 0

    def getattr(self, path: str, _fh: int | None = None) -> dict[str, int]:
        """What `stat` tells."""
        node = self._node(path)
        entry = node.entry
        uid, gid = self._owner(entry)
        time = self._mtime_ns if entry is None else entry.mtime_ns
        size, data = (entry.size, entry.data_size) if entry is not None else (0, 0)
        if entry is not None and entry.kind is EntryKind.SYMLINK:
            size = len(os.fsencode(entry.link_target))
        return {
            "st_ino": node.inode,
            "st_mode": KINDS[node.kind] | (FOLDER_MODE if entry is None else entry.mode),
            "st_nlink": 2 if node.kind is EntryKind.FOLDER else self._links[node.inode],
            "st_uid": uid,
            "st_gid": gid,
            "st_size": size,
            "st_blocks": -(-data // BLOCK),
            "st_atime": time,
            "st_mtime": time,
            "st_ctime": time,
        }

    def readdir(self, path: str, _fh: int = 0) -> Iterator[tuple[str, dict[str, int], int]]:
        """The names in a folder, each with its inode and kind."""
        here = self._node(path)
        if here.kind is not EntryKind.FOLDER:
            raise _problem(errno.ENOTDIR, path)
        below = path if path.endswith("/") else path + "/"
        for name in (".", ".."):
            yield name, {"st_ino": here.inode, "st_mode": stat.S_IFDIR}, 0
        for name in self._names.get(path.strip("/"), ()):
            node = self._node(below + name)
            yield name, {"st_ino": node.inode, "st_mode": KINDS[node.kind]}, 0

    def readlink(self, path: str) -> str:
        """What a symbolic link points to."""
        entry = self._node(path).entry
        if entry is None or entry.kind is not EntryKind.SYMLINK:
            raise _problem(errno.EINVAL, path)
        return entry.link_target

    def open(self, path: str, flags: int) -> int:
        """Nothing is kept of an open file."""
        self._file(path)
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise _problem(errno.EROFS, path)
        return 0

    def read(self, path: str, size: int, offset: int, _fh: int = 0) -> bytes:
        """Bytes of a file; fewer only at its end. What depends on a damaged block is EIO, and only that."""
        inode, entry = self._file(path)
        with self._lock:
            try:
                self._compare(inode, entry)
                where = self._maps.find(inode)
                if where is None:
                    where = _Map.of(entry)
                    self._maps.put(inode, where)
                return b"".join(self._bytes(piece) for piece in where.pieces(offset, size))
            except Interrupted as error:
                raise _problem(errno.EINTR, path) from error
            except NacompError as error:
                self._complain(path, str(error))
                raise _problem(errno.EIO, path) from error
            except MemoryError as error:
                raise _problem(errno.ENOMEM, path) from error

    def listxattr(self, path: str) -> list[str]:
        """The names of a path's extended attributes."""
        entry = self._node(path).entry
        return [os.fsdecode(name) for name, _ in entry.attributes] if entry is not None else []

    def getxattr(self, path: str, name: str, _position: int = 0) -> bytes:
        """One of them."""
        entry = self._node(path).entry
        for known, value in entry.attributes if entry is not None else ():
            if known == os.fsencode(name):
                return value
        raise _problem(getattr(errno, "ENOATTR", errno.ENODATA), path)

    def statfs(self, _path: str) -> dict[str, int]:
        """The size of all files together; there is no room for more."""
        total = sum(entry.size for entry in self._archive.entries)
        files = len(self._nodes)
        return {
            "f_bsize": BLOCK,
            "f_frsize": BLOCK,
            "f_blocks": -(-total // BLOCK),
            "f_files": files,
            "f_namemax": 255,
        }

    def close(self) -> None:
        """Give back what is kept. Idempotent."""
        with self._lock:
            self._decoder.close()

    def _node(self, path: str) -> _Node:
        node = self._nodes.get(path.strip("/"))
        if node is None:
            raise _problem(errno.ENOENT, path)
        return node

    def _file(self, path: str) -> tuple[int, Entry]:
        node = self._node(path)
        if node.entry is None or node.kind is not EntryKind.FILE:
            raise _problem(errno.EISDIR if node.kind is EntryKind.FOLDER else errno.EINVAL, path)
        return node.inode, node.entry

    def _owner(self, entry: Entry | None) -> tuple[int, int]:
        """Whoever mounts it; for root, whose the archive says it is."""
        if entry is not None and entry.owner is not None and self._is_root:
            return owner_here(entry.owner)
        return (os.getuid(), os.getgid()) if hasattr(os, "getuid") else (0, 0)

    def _bytes(self, piece: Extent | int) -> bytes | memoryview:
        return bytes(piece) if isinstance(piece, int) else self._decoder.read(piece)

    def _compare(self, inode: int, entry: Entry) -> None:
        """Compare a file that views make with its SHA-256, once. Raises CorruptArchive."""
        derived = self._archive.reader.derived_table
        if inode in self._compared or not any(extent.content in derived for extent in entry.extents):
            return
        together = [entry] if entry.group == ALONE else self._archive.groups[entry.group]
        digest = hashlib.sha256()
        if sum(one.data_size for one in together) <= COMPARED_WHOLE:
            try:
                for one in together:
                    for piece in self._decoder.bytes_of(one):
                        digest.update(piece)
            except CorruptArchive:
                if entry.group == ALONE:
                    raise
                # Of a group with a damaged file the hash tells nothing (SPEC.md, section 9).
            else:
                if not entry.is_content(digest.digest()):
                    raise CorruptArchive(
                        reason=f"{display_name(entry.path)} did not come back as it was (SHA-256)"
                    )
        self._compared.add(inode)

    def _complain(self, path: str, reason: str) -> None:
        if path not in self._complained:
            self._complained.add(path)
            self._told(display_name(path.strip("/")), reason)


def _tree(entries: tuple[Entry, ...]) -> tuple[dict[str, _Node], dict[str, list[str]]]:
    """Every path, the root as "", and the names in each folder, those without an entry too."""
    nodes = {"": _Node(1, None)}
    names: dict[str, list[str]] = {}
    files = {entry.path: entry for entry in entries if entry.kind is EntryKind.FILE}
    links = [entry for entry in entries if entry.kind is EntryKind.HARD_LINK]
    for entry in entries:
        if entry.kind is not EntryKind.HARD_LINK:
            nodes[entry.path] = _Node(len(nodes) + 1, entry)
    for link in links:
        nodes[link.path] = _Node(nodes[link.link_target].inode, files[link.link_target])
    for path in [entry.path for entry in entries]:
        here = path
        while here:
            folder, _, name = here.rpartition("/")
            names.setdefault(folder, []).append(name)
            if folder in nodes:
                break
            nodes[folder] = _Node(len(nodes) + 1, None)
            here = folder
    return nodes, names


def _problem(number: int, path: str) -> OSError:
    return OSError(number, os.strerror(number), path)
