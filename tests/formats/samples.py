"""Small archives for the container's tests, with the codecs the standard library and zstandard have."""

import hashlib
import io
import lzma
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

import zstandard

from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import ALONE, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.protection.seal import Cost, Seal, SealingStream
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
from nacomp.transforms.table import close_view

PASSWORD = "correct horse"
CHEAP = Cost(log_n=2, r=1)
"""A key that costs next to nothing."""
MTIME = 1_700_000_000_123_456_789
STORED = Method(MethodKind.STORED)
LZMA = Method(MethodKind.LZMA, {"filters": [{"dict_size": 65536, "id": "lzma2", "lc": 3, "lp": 0, "pb": 2}]})
ZSTD = Method(MethodKind.ZSTD, {"level": 19})
METHODS = (STORED, LZMA, ZSTD)
_FILTERS = [{"id": lzma.FILTER_LZMA2, "dict_size": 65536, "lc": 3, "lp": 0, "pb": 2}]


def encode(method: Method, content: bytes) -> bytes:
    """Code a block's content."""
    if method.kind is MethodKind.LZMA:
        return lzma.compress(content, format=lzma.FORMAT_RAW, filters=_FILTERS)
    return zstandard.compress(content, 19) if method.kind is MethodKind.ZSTD else content


def decode(method: Method, payload: bytes) -> bytes:
    """Undo `encode`. Raises the codec's own errors."""
    if method.kind is MethodKind.LZMA:
        return lzma.decompress(payload, format=lzma.FORMAT_RAW, filters=_FILTERS)
    return zstandard.decompress(payload) if method.kind is MethodKind.ZSTD else payload


def file_entry(path: str, content: bytes, extents: Iterable[Extent]) -> Entry:
    """A file's entry."""
    sha256 = hashlib.sha256(content).digest()
    return Entry(path, EntryKind.FILE, 0o644, MTIME, len(content), sha256, extents=tuple(extents))


def write(
    stream: BinaryIO,
    files: Mapping[str, bytes],
    others: Iterable[Entry] = (),
    methods: tuple[Method, ...] = METHODS,
    block_size: int = 50,
) -> int:
    """Write an archive: all contents in a row, cut into blocks, the methods taking turns. Gives its size."""
    writer = ArchiveWriter(stream, methods)
    row = b"".join(files.values())
    for at in range(0, len(row), block_size):
        content, method = row[at : at + block_size], (at // block_size) % len(methods)
        payload = encode(methods[method], content)
        writer.add_block(method, payload, len(content), content_checksum(content))
    entries, at = list(others), 0
    for path, content in files.items():
        entries.append(file_entry(path, content, _extents(at, len(content), block_size)))
        at += len(content)
    return writer.finish(entries)


def build(
    files: Mapping[str, bytes],
    others: Iterable[Entry] = (),
    methods: tuple[Method, ...] = METHODS,
    block_size: int = 50,
) -> bytes:
    """As `write`, in memory."""
    stream = io.BytesIO()
    write(stream, files, others, methods, block_size)
    return stream.getvalue()


def _extents(start: int, length: int, block_size: int) -> Iterable[Extent]:
    while length:
        offset = start % block_size
        taken = min(length, block_size - offset)
        yield Extent(start // block_size, offset, taken)
        start, length = start + taken, length - taken


def read_block(reader: ArchiveReader, number: int) -> bytes:
    """Decode and check one block."""
    block = reader.block(number)
    content = decode(reader.methods[block.info.method], block.payload)
    block.check_decoded(content)
    return content


def read_files(
    archive: bytes | BinaryIO, limits: Limits = DEFAULT_LIMITS, password: str | None = None
) -> dict[str, bytes]:
    """Every file of an archive, checked against its SHA-256 or its group's."""
    file = io.BytesIO(archive) if isinstance(archive, bytes) else archive
    files = {}
    groups: dict[tuple[int, bytes], bytes] = {}
    with ArchiveReader.open(file, limits, password) as reader:
        contents = {info.number: read_block(reader, info.number) for info in reader.blocks}
        for number, one in reader.derived_table.items():
            parts = [joined(contents, part) for part in one.parts]
            contents[number] = close_view(reader.methods[one.method], one.parameters, parts, one.size)
        now = {id(entry) for entry in reader.entries}
        for entry in reader.hashed:
            if entry.kind is EntryKind.FILE:
                content = joined(contents, entry.extents)
                if id(entry) in now:
                    files[entry.path] = _with_holes(content, entry)
                if entry.group == ALONE:
                    assert entry.is_content(hashlib.sha256(content).digest())
                else:
                    key = (entry.group, entry.sha256)
                    groups[key] = groups.get(key, b"") + content
    for (_, digest), content in groups.items():
        assert hashlib.sha256(content).digest() == digest
    return {entry.path: files[entry.path] for entry in reader.entries if entry.kind is EntryKind.FILE}


def _with_holes(data: bytes, entry: Entry) -> bytes:
    """A file of its data; one that holds a hole of more than a MiB is given without its holes."""
    if entry.size - entry.data_size > 1 << 20:
        return data
    for hole in entry.holes:
        data = data[: hole.offset] + bytes(hole.length) + data[hole.offset :]
    return data


def joined(contents: Sequence[bytes] | Mapping[int, bytes], extents: Iterable[Extent]) -> bytes:
    """The bytes of these extents."""
    return b"".join(contents[e.content][e.offset : e.offset + e.length] for e in extents)


def sealed(archive: bytes, password: str = PASSWORD, cost: Cost = CHEAP) -> bytes:
    """An archive sealed, as a writer would do it, piece by piece."""
    out = io.BytesIO()
    stream = SealingStream(out, Seal(password, cost))
    for at in range(0, len(archive), 5000):
        stream.write(archive[at : at + 5000])
    assert stream.finish() == len(out.getvalue())
    return out.getvalue()


SMALL_FILES = {
    "empty": b"",
    "folder/one": b"1",
    "folder/text.txt": b"The quick brown fox jumps over the lazy dog. " * 3,
    "folder/\udcff not utf-8": bytes(range(256)),
}
SMALL_OTHERS = (
    Entry("folder", EntryKind.FOLDER, 0o755, MTIME),
    Entry("folder/bare", EntryKind.FOLDER, 0o700, -1),
    Entry("folder/link", EntryKind.SYMLINK, 0o777, MTIME, link_target="../empty"),
)
