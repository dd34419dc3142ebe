"""SPEC.md: from the bytes of an archive to its entries, and from a block's payload to its content."""

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from typing import Any

from nac_decoder.classical import decode_classical
from nac_decoder.compact import MAGIC as COMPACT_MAGIC
from nac_decoder.compact import Compact, parse
from nac_decoder.errors import Refused, check, checksum
from nac_decoder.mixing import decode as decode_mixed
from nac_decoder.numbers import Numbers, signed
from nac_decoder.pages import quoted
from nac_decoder.properties import (
    columns_of_attributes,
    columns_of_holes,
    columns_of_owners,
    placed,
)
from nac_decoder.seal import is_sealed, unsealed
from nac_decoder.views import close_view

Neural = Callable[[dict[str, Any], bytes, int], bytes]
"""Parameters of a neural method, a payload and the size of the content, to the content."""
View = Callable[[dict[str, Any], bytes, list[bytes], int], bytes]
"""A view's row of the methods table, a content's parameters and parts and its size, to the content."""
Extents = tuple[tuple[int, int, int], ...]
"""Content, offset, length."""
CODECS = {"stored", "zstd", "ppmd", "lzma", "mixed", "neural"}
VIEWS = {"deflate", "utf", "charset", "base64", "hex", "quoted-printable", "jpeg", "png-rows"}


@dataclass(frozen=True)
class Block:
    method: int
    original_size: int
    payload_size: int
    offset: int


@dataclass(frozen=True)
class Derived:
    method: int
    size: int
    parameters: bytes
    parts: tuple[Extents, ...]


@dataclass(frozen=True)
class Entry:
    kind: int
    path: bytes
    mode: int
    mtime_ns: int
    extents: Extents = ()
    target: bytes = b""
    """Of a symbolic link; of a hard link, its file's path."""
    group: int = -1
    holes: tuple[tuple[int, int], ...] = ()
    """Offset and length."""
    owner: tuple[int, int, bytes, bytes] | None = None
    attributes: tuple[tuple[bytes, bytes], ...] = ()


def unpack(packed: bytes, size: int, dictionary: bytes = b"") -> bytes:
    """A *packed* field (section 2)."""
    inflater = zlib.decompressobj(-15, zdict=dictionary)
    try:
        data = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise Refused("packed field does not unpack") from error
    check(len(data) == size and inflater.eof and not inflater.unused_data, "packed field has another size")
    return data


def bare(data: bytes, password: str) -> bytes:
    """A file's archives without what is around them: recovery data and a seal."""
    data = _without_recovery(data)
    return unsealed(data, password) if is_sealed(data) else data


class Archive:
    """An archive in memory: header, index and entries are read and checked at once, blocks on demand."""

    def __init__(
        self,
        data: bytes,
        neural: Neural,
        password: str = "",
        view: View = close_view,
        before: "Archive | None" = None,
    ) -> None:
        """`before` is the member in front of it, if it is one of several (section 15)."""
        self.data = bare(data, password)
        self.neural = neural
        self.view = view
        self.bytes_of = cache(self._content)  # several files may lie in one content
        self.blocks: list[Block] = []
        self.derived: list[Derived] = []
        self.entries: list[Entry] = []
        self.hashes: list[bytes] = []
        self.compact: Compact | None = None
        self.removed: list[bytes] = []
        self.before: Archive | None = None
        self.sizes: list[int] = []
        self.depths: list[int] = []
        self.first = 0
        if self.data.startswith(COMPACT_MAGIC):
            self._take_compact(parse(self.data))
            return
        check(len(self.data) >= 28 + 32 + 16, "file is too short")
        self.methods, header_size = self._header(self.data)
        if self.data[10] & 1:
            self._go_on_from(before)
        offset, magic = struct.unpack("<Q8s", self.data[-16:])
        check(magic == bytes.fromhex("0A1A0A0D63616E89"), "no footer")
        self._index(self.data[offset:-16], header_size, offset)

    def _take_compact(self, found: Compact) -> None:
        """Section 14: one file, in block 0 if it is not empty."""
        _check_path(found.path)
        self.compact, self.methods = found, [found.method]
        extents = ((0, 0, found.size),) if found.size else ()
        self.entries = [Entry(0, found.path, found.mode, found.mtime_ns, extents)]
        self.blocks = [Block(0, found.size, len(found.payload), 0)] if found.size else []
        self.sizes, self.depths = [found.size][: len(self.blocks)], [0] * len(self.blocks)

    def _go_on_from(self, before: "Archive | None") -> None:
        """Section 15.1: contents are counted on."""
        check(before is not None, "update of nothing")
        assert before is not None
        self.before, self.first = before, len(before.sizes)
        self.sizes, self.depths = [*before.sizes], [*before.depths]

    @staticmethod
    def _header(data: bytes) -> tuple[list[dict[str, Any]], int]:
        magic, version, flags, packed, size, summed = struct.unpack_from("<8sHHII8s", data)
        check(magic == bytes.fromhex("89 4E 41 43 0D 0A 1A 0A"), "not a .nac archive")
        check(version == 2, f"container version {version}")
        check(flags & 0xFE == 0, "header has a flag of a later version")
        check(1 <= packed <= 65536 and 2 <= size <= 65536, "methods table has an impossible size")
        table = data[28 : 28 + packed]
        check(checksum("nacomp header", data[:20], table) == summed, "header is damaged")
        text = unpack(table, size, quoted("SPEC.md", "## 12. Preset dictionary"))
        try:
            methods = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Refused("methods table is no JSON") from error
        again = json.dumps(methods, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        check(again.encode() == text and isinstance(methods, list), "methods table is not canonical")
        check(all(set(method) == {"kind", "parameters"} for method in methods), "method is malformed")
        check(
            {method["kind"] for method in methods} <= CODECS | VIEWS,
            "archive has a method of a later version",
        )
        return methods, 28 + packed

    def _index(self, data: bytes, header_size: int, end: int) -> None:
        """Section 6."""
        marker, flags, packed, size, summed = struct.unpack_from("<4sIQQ8s", data)
        check(marker == bytes.fromhex("F2 4E 49 8D"), "no index")
        check(flags & 0xF8FE == 0, "index has a flag of a later version")
        check(packed == len(data) - 32 and size <= 134217728, "index has another size")
        check(checksum("nacomp index", data[:24], data[32:]) == summed, "index is damaged")
        body = Numbers(unpack(data[32:], size))
        if flags & 1:
            copy = body.take(body.varint())
            check(self._header(copy) == (self.methods, len(copy)), "copy of the header differs")
        if self.before is not None:
            count = body.varint()
            check(count <= 1_000_000, "too many removed paths")
            self.removed = _paths(body, b"\1" * count)
        check(self._blocks(body, header_size) == end, "sizes do not add up")
        self.depths += [0] * len(self.blocks)
        rows = self._derived(body)
        entries = _entries(body)
        holes = columns_of_holes(body, [e.kind for e in entries], flags)
        owners = columns_of_owners(body, [e.kind for e in entries], flags)
        attributes = columns_of_attributes(body, [e.kind for e in entries], flags)
        counts = [count for row in rows for count in row[3]] + [len(entry.extents) for entry in entries]
        self.sizes += [block.original_size for block in self.blocks] + [row[1] for row in rows]
        runs = _extents(body, counts, self.sizes)
        for method, size, parameters, parts in rows:
            self._add_derived(Derived(method, size, parameters, tuple(next(runs) for _ in parts)))
        self.entries = [replace(entry, extents=next(runs)) for entry in entries]
        self.entries = [
            replace(e, holes=placed(gaps, sum(n for _, _, n in e.extents)), owner=owner, attributes=those)
            for e, gaps, owner, those in zip(self.entries, holes, owners, attributes, strict=True)
        ]
        total = sum(counts) + sum(len(e.holes) for e in self.entries)
        check(total <= 4_000_000, "too many extents and holes")
        self.hashes = [body.take(32) for _ in range(1 + max((entry.group for entry in entries), default=-1))]
        check(body.at == len(body.data), "index holds more than it should")
        self._check_groups()

    def _kind(self, method: int) -> str:
        check(method < len(self.methods), "method is not there")
        return str(self.methods[method]["kind"])

    def _blocks(self, body: Numbers, offset: int) -> int:
        """Section 6.1; gives where the blocks end."""
        count = body.varint()
        for method, original, payload in zip(*(body.column(count) for _ in range(3)), strict=True):
            check(self._kind(method) in CODECS and 1 <= original <= 268_435_456, "block is malformed")
            check(self._kind(method) != "neural" or original <= 4_194_304, "neural block is too large")
            self.blocks.append(Block(method, original, payload, offset))
            offset += 48 + payload
        return offset

    def _derived(self, body: Numbers) -> list[tuple[int, int, bytes, list[int]]]:
        """Section 6.2: method, size, parameters and the number of extents of each part."""
        count = body.varint()
        methods, sizes, lengths, widths = (body.column(count) for _ in range(4))
        for method, size, length, width in zip(methods, sizes, lengths, widths, strict=True):
            check(self._kind(method) in VIEWS and 1 <= size <= 67_108_864, "derived content is malformed")
            check(length <= 4096 and 1 <= width <= 8, "derived content is malformed")
        parts = [body.column(width) for width in widths]
        return list(zip(methods, sizes, map(body.take, lengths), parts, strict=True))

    def _add_derived(self, one: Derived) -> None:
        """Section 6.2: what it is made of is there, not too deep and not too much."""
        extents = [extent for part in one.parts for extent in part]
        own = self.first + len(self.blocks) + len(self.derived)
        check(all(content < own for content, _, _ in extents), "content is made of a later one")
        check(sum(length for _, _, length in extents) <= 67_108_864, "content is made of too much")
        self.derived.append(one)
        self.depths.append(1 + max((self.depths[content] for content, _, _ in extents), default=0))
        check(self.depths[-1] <= 8, "views lie too deep in one another")

    def _check_groups(self) -> None:
        """Section 6.5."""
        for number in range(len(self.hashes)):
            group = self._group(number)
            size = sum(length for entry in group for _, _, length in entry.extents)
            check(len(group) == 1 or size <= 65_536, "too many bytes share a hash")

    def _group(self, number: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.group == number]

    def content(self, entry: Entry) -> bytes:
        """A file's bytes: its data, and zeros for its holes."""
        data, content = self.data_of(entry), b""
        for offset, length in entry.holes:
            taken, data = data[: offset - len(content)], data[offset - len(content) :]
            content += taken + bytes(length)
        return content + data

    def data_of(self, entry: Entry) -> bytes:
        """A file's data, once its group's hash is compared."""
        if entry.extents and self.compact is None:
            together = b"".join(self._joined(one.extents) for one in self._group(entry.group))
            check(hashlib.sha256(together).digest() == self.hashes[entry.group], "file is damaged")
        return self._joined(entry.extents)

    def _joined(self, extents: Extents) -> bytes:
        return b"".join(self.bytes_of(content)[at : at + length] for content, at, length in extents)

    def _content(self, number: int) -> bytes:
        """What a block decodes to, or a view makes (section 6.2)."""
        if number < self.first:
            assert self.before is not None
            return self.before.bytes_of(number)
        number -= self.first
        if number < len(self.blocks):
            return self._block(number)
        one = self.derived[number - len(self.blocks)]
        parts = [self._joined(part) for part in one.parts]
        made = self.view(self.methods[one.method], one.parameters, parts, one.size)
        check(len(made) == one.size, "view makes another size")
        return made

    def _block(self, number: int) -> bytes:
        """A block's content (section 5)."""
        block = self.blocks[number]
        if self.compact is not None:
            return self._checked(block, self.compact.payload, self.compact.content_checksum)
        header = self.data[block.offset : block.offset + 48]
        payload = self.data[block.offset + 48 : block.offset + 48 + block.payload_size]
        fields = struct.unpack("<4sHHQQQ8s8s", header)
        check(fields[0] == bytes.fromhex("F1 4E 42 8B"), "no block")
        check(fields[2] & 0xFF == 0, "block has a flag of a later version")
        same = (fields[1], *fields[3:6]) == (block.method, number, block.original_size, block.payload_size)
        check(same, "block's header is not what the index says")
        check(checksum("nacomp block", header[:40], payload) == fields[7], "block is damaged")
        return self._checked(block, payload, fields[6])

    def _checked(self, block: Block, payload: bytes, summed: bytes) -> bytes:
        content = self._decode(self.methods[block.method], payload, block.original_size)
        check(len(content) == block.original_size, "block decodes to another size")
        check(checksum("nacomp content", content) == summed, "block decodes to something else")
        return content

    def _decode(self, method: dict[str, Any], payload: bytes, size: int) -> bytes:
        """The kinds of section 4.1."""
        if method["kind"] == "mixed":
            return decode_mixed(method["parameters"], payload, size)
        if method["kind"] == "neural":
            return self.neural(method["parameters"], payload, size)
        return decode_classical(method, payload, size)


def _entries(body: Numbers) -> list[Entry]:
    """Section 6.4; the extents are as many as they will be, and all zero."""
    count = body.varint()
    kinds = body.take(count)
    check(max(kinds, default=0) <= 3, "entry is malformed")
    paths = _paths(body, kinds)
    modes, times = _modes_and_times(body, kinds)
    targets = map(body.take, body.column(kinds.count(2)))
    links = {number: next(targets) for number in range(count) if kinds[number] == 2}
    for number, target in links.items():
        _check_link(paths[number], target)
    for number, file in zip(_of_kind(kinds, 3), body.column(kinds.count(3)), strict=True):
        check(file < number and kinds[file] == 0, "hard link to what is no file before it")
        links[number] = paths[file]
        modes[number], times[number] = modes[file], times[file]
    extents = iter(body.column(kinds.count(0)))
    sizes = [next(extents) if kind == 0 else 0 for kind in kinds]
    groups = iter(_groups(body, sum(size > 0 for size in sizes)))
    check(sum(sizes) <= 4_000_000, "too many extents")
    return [
        Entry(
            kinds[n], paths[n], modes[n], times[n],
            ((0, 0, 0),) * sizes[n], links.get(n, b""), next(groups) if sizes[n] else -1,
        )
        for n in range(count)
    ]  # fmt: skip


def _of_kind(kinds: bytes, kind: int) -> list[int]:
    return [number for number in range(len(kinds)) if kinds[number] == kind]


def _modes_and_times(body: Numbers, kinds: bytes) -> tuple[dict[int, int], dict[int, int]]:
    """Of all entries but hard links, by position."""
    own = [number for number in range(len(kinds)) if kinds[number] != 3]
    modes = body.column(len(own))
    check(max(modes, default=0) < 4096, "entry is malformed")
    seconds = body.steps(len(own), -(1 << 34), 1 << 34)
    rests = _nanoseconds(body, len(own))
    times = [10**9 * whole + rest for whole, rest in zip(seconds, rests, strict=True)]
    check(all(-(1 << 63) <= time < 1 << 63 for time in times), "time does not fit")
    return dict(zip(own, modes, strict=True)), dict(zip(own, times, strict=True))


def _nanoseconds(body: Numbers, count: int) -> list[int]:
    rest = body.column(count)
    check(max(rest, default=0) < 10**9, "nanoseconds are a second")
    return rest


def _groups(body: Numbers, count: int) -> list[int]:
    """Section 6.5: a group is known or the next."""
    groups = body.steps(count, 0, count)
    following = 0
    for group in groups:
        check(group <= following, "group comes before its turn")
        following = max(following, group + 1)
    return groups


def _paths(body: Numbers, kinds: bytes) -> list[bytes]:
    """Section 6.4, shared and suffix; section 8."""
    shared, sizes = body.column(len(kinds)), body.column(len(kinds))
    paths = [b""]
    for known, size in zip(shared, sizes, strict=True):
        check(known <= len(paths[-1]) and known + size <= 4096, "path is malformed")
        path = paths[-1][:known] + body.take(size)
        check(path[known : known + 1] != paths[-1][known : known + 1], "path shares more than it says")
        _check_path(path)
        paths.append(path)
    order = [path.replace(b"/", b"\0") for path in paths[1:]]
    check(all(a < b for a, b in pairwise(order)), "entries are out of order")
    for (above, path), kind in zip(pairwise(paths[1:]), kinds, strict=False):
        check(kind == 1 or not path.startswith(above + b"/"), "entry is below a file or a link")
    return paths[1:]


def _check_path(path: bytes) -> None:
    """Section 8."""
    parts = path.split(b"/")
    check(all(part not in (b"", b".", b"..") and len(part) <= 255 for part in parts), "path is unsafe")
    check(not {0, 92} & set(path) and not (path[:1].isalpha() and path[1:2] == b":"), "path is unsafe")


def _check_link(path: bytes, target: bytes) -> None:
    """Section 8."""
    check(1 <= len(target) <= 4096, "link is malformed")
    rest = target.split(b"/")
    while rest[:1] == [b".."]:
        rest.pop(0)
    check(target.count(b"/") + 1 - len(rest) <= path.count(b"/"), "link leads out")
    if rest and target != b".":
        _check_path(b"/".join(rest))


def _extents(body: Numbers, counts: list[int], sizes: list[int]) -> Iterator[Extents]:
    """Section 6.3: runs of so many extents, in contents of these sizes."""
    contents = body.steps(sum(counts), 0, len(sizes) - 1)
    offsets, lengths = body.column(sum(counts)), body.column(sum(counts))
    ends = [0] * len(sizes)
    found = []
    for content, step, length in zip(contents, offsets, lengths, strict=True):
        offset = ends[content] + signed(step)
        check(offset >= 0 and 1 <= length <= sizes[content] - offset, "extent is not in its content")
        ends[content] = offset + length
        found.append((content, offset, length))
    rest = iter(found)
    return (tuple(islice(rest, count)) for count in counts)


def _without_recovery(data: bytes) -> bytes:
    """What section 10 lies behind."""
    if data[-8:] != bytes.fromhex("0A1A0A0D63657289"):
        return data
    size, sector, rows, parity, _flags, summed = struct.unpack("<QIBBH8s", data[-32:-8])
    check(checksum("nacomp trailer", data[-32:-16]) == summed, "recovery data is damaged")
    row = -(-size // rows)
    sectors = -(-size // sector) + -(-row * parity // sector)
    records = sectors * 4 + -(-sectors // 1024) * 36
    check(len(data) == size + 2 * records + row * parity + 32, "recovery data has another size")
    return data[:size]
