"""Makes archives that are wrong on purpose: right checksums over whatever is asked for."""

import struct

from nacomp.formats import block, header, index
from nacomp.formats.block import BlockInfo
from nacomp.formats.checksums import BLOCK, HEADER, INDEX, checksum, content_checksum
from nacomp.formats.entry import Extent
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.packing import pack
from nacomp.formats.varint import encode_varint
from tests.formats.samples import MTIME, file_entry

STORED_TABLE = b'[{"kind":"stored","parameters":{}}]'


def forged_header(
    table: bytes = STORED_TABLE,
    version: int = 1,
    flags: int = 0,
    packed: bytes | None = None,
    size: int | None = None,
) -> bytes:
    """A header with a right checksum over wrong content."""
    packed = pack(table, header.PRESET_DICTIONARY) if packed is None else packed
    size = len(table) if size is None else size
    fields = header.FIELDS.pack(header.MAGIC, version, flags, len(packed), size)
    return fields + checksum(HEADER, fields, packed) + packed


def forged_index(body: bytes, flags: int = 0, size: int | None = None, packed: bytes | None = None) -> bytes:
    """An index section with a right checksum over wrong content."""
    packed = pack(body) if packed is None else packed
    fields = index.FIELDS.pack(index.MARKER, flags, len(packed), len(body) if size is None else size)
    return fields + checksum(INDEX, fields, packed) + packed


def forged_block(payload: bytes, content: bytes, number: int = 0, method: int = 0, flags: int = 0) -> bytes:
    """A block with right checksums."""
    sizes = (len(content), len(payload))
    fields = block.FIELDS.pack(block.MARKER, method, flags, number, *sizes, content_checksum(content))
    return fields + checksum(BLOCK, fields, payload) + payload


def numbers(*values: int) -> bytes:
    return b"".join(map(encode_varint, values))


def raw_entry(path: bytes, kind: int = 1, mode: int = 0o755, rest: bytes = b"") -> bytes:
    return bytes([kind]) + numbers(len(path)) + path + numbers(mode) + struct.pack("<q", MTIME) + rest


def assembled(
    entries: bytes = b"\0", blocks: bytes = b"\0", between: bytes = b"", head: bytes | None = None
) -> bytes:
    """An archive around a forged index body."""
    head = forged_header() if head is None else head
    offset = len(head) + len(between)
    return head + between + forged_index(blocks + entries) + FOOTER.pack(offset, FOOTER_MAGIC)


ABC, XYZ = forged_block(b"abc", b"abc"), forged_block(b"xyz", b"xyz", 1)


def two_blocks(first: bytes, second: bytes, copy: bool = False) -> bytes:
    """An archive whose index describes two stored blocks of 3 bytes and two files, whatever the blocks are."""
    head = forged_header()
    infos, at = [], len(head)
    for number in range(2):
        infos.append(BlockInfo(number, 0, 3, 3, at))
        at = infos[-1].end
    entries = [
        file_entry(name, content, [Extent(number, 0, len(content))])
        for number, (name, content) in enumerate((("a", b"abc"), ("b", b"xyz")))
    ]
    section = index.encode_index(infos, entries, head if copy else b"")
    between = first + second
    return head + between + section + FOOTER.pack(len(head) + len(between), FOOTER_MAGIC)


FILE = bytes(32)


def one_block(entry: bytes, count: int = 1) -> bytes:
    return assembled(numbers(count) + entry, numbers(1, 0, 3, 3), ABC)
