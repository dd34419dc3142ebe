"""Entries: what an archive knows of a file, folder or link, and where its bytes are (SPEC.md, section 6)."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from nacomp.formats.block import BlockInfo
from nacomp.formats.errors import CorruptArchive, UnsafePath
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.paths import (
    MAX_PATH,
    check_link,
    check_path,
    decode_path,
    display_name,
    encode_path,
    sort_key,
)
from nacomp.formats.varint import Cursor, encode_varint

MTIME = struct.Struct("<q")
SHA256_SIZE = 32
EMPTY_SHA256 = hashlib.sha256(b"").digest()
MAX_MODE = 0o7777
# kind, path size, path, mode, mtime: the smallest entry there can be, a folder.
SMALLEST_ENTRY = 4 + MTIME.size
SMALLEST_EXTENT = 3


class EntryKind(IntEnum):
    """What an entry is; the number is the one in the archive."""

    FILE = 0
    FOLDER = 1
    SYMLINK = 2


@dataclass(frozen=True, slots=True)
class Extent:
    """`length` bytes at `offset` of the content of block `block`."""

    block: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, folder or symbolic link.

    Attributes:
        path: relative, with `/`; bytes that are not UTF-8 are there as `surrogateescape` leaves them.
        mode: lower 12 POSIX permission bits.
        mtime_ns: nanoseconds since 1970 UTC; may be negative.
        size: bytes of a file; 0 for folders and links.
        sha256: 32 bytes of a file; empty for folders and links.
        link_target: of a link; empty for files and folders.
        extents: the file's content in order; their lengths sum to `size`.
    """

    path: str
    kind: EntryKind
    mode: int
    mtime_ns: int
    size: int = 0
    sha256: bytes = b""
    link_target: str = ""
    extents: tuple[Extent, ...] = ()


def encode_entry(entry: Entry) -> bytes:
    """The entry's bytes; ValueError if a field does not fit it. `decode_entries` judges the rest."""
    path = encode_path(entry.path)
    if entry.size != sum(extent.length for extent in entry.extents):
        raise ValueError(f"{entry.path!r}: the size {entry.size} is not the sum of its extents")
    if entry.kind is not EntryKind.FILE and (entry.extents or entry.sha256):
        raise ValueError(f"{entry.path!r}: only a file has content")
    if entry.kind is not EntryKind.SYMLINK and entry.link_target:
        raise ValueError(f"{entry.path!r}: only a link has a target")
    if not -(1 << 63) <= entry.mtime_ns < 1 << 63:
        raise ValueError(f"{entry.path!r}: the time {entry.mtime_ns} does not fit 64 bits")
    parts = [bytes([entry.kind]), encode_varint(len(path)), path]
    parts += [encode_varint(entry.mode), MTIME.pack(entry.mtime_ns)]
    if entry.kind is EntryKind.FILE:
        if len(entry.sha256) != SHA256_SIZE:
            raise ValueError(f"{entry.path!r}: expected a SHA-256 of 32 bytes, found {len(entry.sha256)}")
        parts += [entry.sha256, encode_varint(len(entry.extents))]
        parts += [encode_varint(n) for e in entry.extents for n in (e.block, e.offset, e.length)]
    elif entry.kind is EntryKind.SYMLINK:
        target = encode_path(entry.link_target)
        parts += [encode_varint(len(target)), target]
    return b"".join(parts)


def decode_entries(cursor: Cursor, blocks: Sequence[BlockInfo], limits: Limits) -> tuple[Entry, ...]:
    """Parse and judge the whole entry table.

    Raises:
        CorruptArchive, UnsafePath, LimitExceeded: as SPEC.md says.
    """
    count = cursor.count(SMALLEST_ENTRY)
    check_limit(count, limits.max_entries, "entries")
    entries: list[Entry] = []
    previous, leaf, extents, total = b"", False, 0, 0
    for _ in range(count):
        entry = _decode_entry(cursor, blocks, limits.max_extents - extents)
        extents += len(entry.extents)
        total += entry.size
        if limits.max_total_size is not None:
            check_limit(total, limits.max_total_size, "bytes in all files")
        raw = encode_path(entry.path)
        if sort_key(raw) <= sort_key(previous):
            raise UnsafePath(path=display_name(entry.path), reason="it is there twice or out of order")
        # In this order, what lies below a path comes right behind it.
        if leaf and raw.startswith(previous + b"/"):
            raise UnsafePath(path=display_name(entry.path), reason="it lies below a file or a link")
        previous, leaf = raw, entry.kind is not EntryKind.FOLDER
        entries.append(entry)
    return tuple(entries)


def _decode_entry(cursor: Cursor, blocks: Sequence[BlockInfo], max_extents: int) -> Entry:
    kind = cursor.bytes(1)[0]
    if kind > EntryKind.SYMLINK:
        raise CorruptArchive(reason=f"expected an entry of kind 0, 1 or 2, found {kind}")
    raw = _decode_name(cursor, "path")
    check_path(raw)
    mode = cursor.varint()
    if mode > MAX_MODE:
        raise CorruptArchive(reason=f"expected a mode up to {MAX_MODE:#o}, found {mode:#o}")
    (mtime_ns,) = MTIME.unpack(cursor.bytes(MTIME.size))
    path = decode_path(raw)
    if kind == EntryKind.FOLDER:
        return Entry(path, EntryKind.FOLDER, mode, mtime_ns)
    if kind == EntryKind.SYMLINK:
        target = _decode_name(cursor, "link target")
        check_link(raw, target)
        return Entry(path, EntryKind.SYMLINK, mode, mtime_ns, link_target=decode_path(target))
    sha256 = cursor.bytes(SHA256_SIZE)
    count = cursor.count(SMALLEST_EXTENT)
    check_limit(count, max_extents, "extents")
    if count == 0 and sha256 != EMPTY_SHA256:
        raise CorruptArchive(reason="an empty file has the SHA-256 of another content")
    extents = tuple(_decode_extent(cursor, blocks) for _ in range(count))
    size = sum(extent.length for extent in extents)
    return Entry(path, EntryKind.FILE, mode, mtime_ns, size, sha256, extents=extents)


def _decode_name(cursor: Cursor, what: str) -> bytes:
    size = cursor.varint()
    if not 1 <= size <= MAX_PATH:
        raise CorruptArchive(reason=f"expected a {what} of 1 to {MAX_PATH:,} bytes, found {size:,}")
    return cursor.bytes(size)


def _decode_extent(cursor: Cursor, blocks: Sequence[BlockInfo]) -> Extent:
    extent = Extent(cursor.varint(), cursor.varint(), cursor.varint())
    if extent.block >= len(blocks):
        raise CorruptArchive(reason=f"a file names block {extent.block}, and there are {len(blocks)}")
    size = blocks[extent.block].original_size
    if extent.length < 1 or extent.offset + extent.length > size:
        raise CorruptArchive(
            reason=f"a file names bytes {extent.offset:,} to {extent.offset + extent.length:,} "
            f"of block {extent.block}, which has {size:,}"
        )
    return extent
