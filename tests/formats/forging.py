"""Makes archives that are wrong on purpose: right checksums over whatever is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nacomp.formats import block, header, index
from nacomp.formats.block import BlockInfo
from nacomp.formats.checksums import BLOCK, HEADER, INDEX, checksum, content_checksum
from nacomp.formats.columns import encode_steps, zigzag
from nacomp.formats.entry_table import SECOND, common_prefix
from nacomp.formats.extent import Extent
from nacomp.formats.index import FOOTER, FOOTER_MAGIC
from nacomp.formats.packing import pack
from nacomp.formats.properties import ATTRIBUTES_FLAG, HOLES_FLAG, OWNERS_FLAG
from nacomp.formats.varint import encode_varint
from tests.formats.samples import MTIME, file_entry

STORED_TABLE = b'[{"kind":"stored","parameters":{}}]'
VIEW_TABLE = STORED_TABLE[:-1] + b',{"kind":"deflate","parameters":{"id":"deflate-1"}}]'


def forged_header(
    table: bytes = STORED_TABLE,
    version: int = header.VERSION,
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


Place = tuple[int, int, int]
"""Content, offset, length of an extent."""


@dataclass(frozen=True)
class RawEntry:
    """An entry as it is to stand in the columns, right or wrong."""

    path: bytes
    kind: int = 1
    mode: int = 0o755
    target: bytes = b""
    extents: tuple[Place, ...] = ()
    group: int | None = None
    """None: one of its own."""
    file: int = 0
    """Of a hard link."""


@dataclass(frozen=True)
class RawDerived:
    """A derived content as it is to stand in the columns, right or wrong."""

    parts: tuple[tuple[Place, ...], ...] = (((0, 0, 3),),)
    method: int = 1
    size: int = 3
    parameters: bytes = b""


def raw_file(path: bytes, *extents: Place, group: int | None = None) -> RawEntry:
    return RawEntry(path, 0, 0o644, extents=extents, group=group)


def raw_link(path: bytes, target: bytes) -> RawEntry:
    return RawEntry(path, 2, 0o777, target)


EMPTY_BODY = bytes(3)
"""The body of an index without blocks, derived contents and entries: all columns but the three counts are empty."""
EXAMPLE_BLOCK = (0, 3, 3)


def raw_body(
    entries: Sequence[RawEntry] = (),
    blocks: Sequence[tuple[int, int, int]] = (),
    derived: Sequence[RawDerived] = (),
    hashes: Sequence[bytes] | None = None,
    **columns: bytes,
) -> bytes:
    """An index body of these, every column of it replaced that is given by name."""
    made = columns_of(entries, blocks, derived, hashes)
    assert columns.keys() <= made.keys(), columns.keys() - made.keys()
    return b"".join((made | columns).values())


def columns_of(
    entries: Sequence[RawEntry] = (),
    blocks: Sequence[tuple[int, int, int]] = (),
    derived: Sequence[RawDerived] = (),
    hashes: Sequence[bytes] | None = None,
) -> dict[str, bytes]:
    """The columns of an index body in their order, by SPEC.md's names for them."""
    groups = _groups(entries)
    if hashes is None:
        hashes = [bytes(32)] * (max(groups, default=-1) + 1)
    extents = [place for one in derived for part in one.parts for place in part]
    extents += [place for entry in entries for place in entry.extents]
    return {
        "blocks_count": numbers(len(blocks)),
        "blocks_method": numbers(*(row[0] for row in blocks)),
        "blocks_original_size": numbers(*(row[1] for row in blocks)),
        "blocks_payload_size": numbers(*(row[2] for row in blocks)),
        "derived_count": numbers(len(derived)),
        "derived_method": numbers(*(one.method for one in derived)),
        "derived_size": numbers(*(one.size for one in derived)),
        "derived_parameters_size": numbers(*(len(one.parameters) for one in derived)),
        "derived_part_count": numbers(*(len(one.parts) for one in derived)),
        "derived_extent_count": numbers(*(len(part) for one in derived for part in one.parts)),
        "derived_parameters": b"".join(one.parameters for one in derived),
        "entries_count": numbers(len(entries)),
        **_entry_columns(entries),
        "entries_group": encode_steps(groups),
        "properties": b"",
        **_extent_columns(extents),
        "hashes": b"".join(hashes),
    }


def _groups(entries: Iterable[RawEntry]) -> list[int]:
    """(file with content,) its group."""
    groups: list[int] = []
    for entry in entries:
        if entry.extents:
            groups.append(max(groups, default=-1) + 1 if entry.group is None else entry.group)
    return groups


def _entry_columns(entries: Sequence[RawEntry]) -> dict[str, bytes]:
    paths = [entry.path for entry in entries]
    own = [entry for entry in entries if entry.kind != 3]
    shared = [common_prefix(*pair) for pair in zip([b"", *paths], paths, strict=False)]
    return {
        "entries_kind": bytes(entry.kind for entry in entries),
        "entries_shared": numbers(*shared),
        "entries_suffix_size": numbers(
            *(len(path) - known for path, known in zip(paths, shared, strict=True))
        ),
        "entries_suffix": b"".join(path[known:] for path, known in zip(paths, shared, strict=True)),
        "entries_mode": numbers(*(entry.mode for entry in own)),
        "entries_seconds": encode_steps([MTIME // SECOND] * len(own)),
        "entries_nanoseconds": numbers(*[MTIME % SECOND] * len(own)),
        "entries_target_size": numbers(*(len(entry.target) for entry in entries if entry.kind == 2)),
        "entries_target": b"".join(entry.target for entry in entries),
        "entries_file": numbers(*(entry.file for entry in entries if entry.kind == 3)),
        "entries_extent_count": numbers(*(len(entry.extents) for entry in entries if entry.kind == 0)),
    }


def _extent_columns(extents: Sequence[Place]) -> dict[str, bytes]:
    ends: dict[int, int] = {}
    offsets = []
    for content, offset, length in extents:
        offsets.append(zigzag(offset - ends.get(content, 0)))
        ends[content] = offset + length
    return {
        "extents_content": encode_steps([place[0] for place in extents]),
        "extents_offset": numbers(*offsets),
        "extents_length": numbers(*(place[2] for place in extents)),
    }


def around(body: bytes, between: bytes = b"", head: bytes | None = None, flags: int = 0) -> bytes:
    """An archive around an index body."""
    head = forged_header() if head is None else head
    offset = len(head) + len(between)
    return head + between + forged_index(body, flags) + FOOTER.pack(offset, FOOTER_MAGIC)


def assembled(
    *entries: RawEntry,
    blocks: Sequence[tuple[int, int, int]] = (),
    derived: Sequence[RawDerived] = (),
    hashes: Sequence[bytes] | None = None,
    between: bytes = b"",
    head: bytes | None = None,
    flags: int = 0,
    **columns: bytes,
) -> bytes:
    """An archive around a forged index body, with these columns of it replaced."""
    return around(raw_body(entries, blocks, derived, hashes, **columns), between, head, flags)


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
    section = index.encode_index(infos, (), entries, head if copy else b"")
    between = first + second
    return head + between + section + FOOTER.pack(len(head) + len(between), FOOTER_MAGIC)


def one_block(
    *entries: RawEntry, hashes: Sequence[bytes] | None = None, flags: int = 0, **columns: Any
) -> bytes:
    """An archive of the block `abc` and these entries."""
    return assembled(*entries, blocks=[EXAMPLE_BLOCK], between=ABC, hashes=hashes, flags=flags, **columns)


A_FILE = RawEntry(b"a", kind=0, extents=((0, 0, 3),))


def with_holes(counts: bytes, gaps: bytes = b"", lengths: bytes = b"") -> bytes:
    """An archive of the file `a` of 3 bytes, and these columns of holes."""
    return one_block(A_FILE, flags=HOLES_FLAG, properties=counts + gaps + lengths)


def with_owners(*columns: bytes, named: bytes, count: int = 1) -> bytes:
    """An archive of the file `a` and the folder `b`, and these columns of owners."""
    properties = numbers(count) + b"".join(columns) + named
    return one_block(A_FILE, RawEntry(b"b"), flags=OWNERS_FLAG, properties=properties)


def with_attributes(
    *sets: Sequence[tuple[bytes, bytes]],
    named: bytes,
    sizes: bytes | None = None,
    values: bytes | None = None,
    last: RawEntry | None = None,
) -> bytes:
    """An archive of the file `a` and the folder `b` (or another one), and these sets of attributes."""
    rows = [row for one in sets for row in one]
    properties = [
        numbers(len(sets)),
        numbers(*map(len, sets)) if sizes is None else sizes,
        numbers(*(len(name) for name, _ in rows)),
        numbers(*(len(value) for _, value in rows)) if values is None else values,
        *(name for name, _ in rows),
        *(value for _, value in rows),
        named,
    ]
    entries = (A_FILE, last or RawEntry(b"b"))
    return one_block(*entries, flags=ATTRIBUTES_FLAG, properties=b"".join(properties))


def with_views(
    derived: Sequence[RawDerived],
    *entries: RawEntry,
    blocks: Sequence[tuple[int, int, int]] = (EXAMPLE_BLOCK,),
    table: bytes = VIEW_TABLE,
    **columns: Any,
) -> bytes:
    """An archive of the block `abc` and of these derived contents, whose method 1 is a view."""
    return assembled(
        *entries, blocks=blocks, derived=derived, between=ABC, head=forged_header(table), **columns
    )
