"""SPEC.md: from the bytes of an archive to its entries, and from a block's payload to its content."""

import hashlib
import json
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import pyppmd
import zstandard

from tests.second_decoder.errors import Refused, check, checksum
from tests.second_decoder.pages import quoted
from tests.second_decoder.seal import is_sealed, unsealed

Neural = Callable[[dict[str, Any], bytes, int], bytes]
"""Parameters of a neural method, a payload and the size of the content, to the content."""


@dataclass(frozen=True)
class Block:
    method: int
    original_size: int
    payload_size: int
    offset: int


@dataclass(frozen=True)
class Entry:
    kind: int
    path: bytes
    mode: int
    mtime_ns: int
    sha256: bytes = b""
    extents: tuple[tuple[int, int, int], ...] = ()
    target: bytes = b""


def unpack(packed: bytes, size: int, dictionary: bytes = b"") -> bytes:
    """A *packed* field (section 2)."""
    inflater = zlib.decompressobj(-15, zdict=dictionary)
    try:
        data = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise Refused("packed field does not unpack") from error
    check(len(data) == size and inflater.eof and not inflater.unused_data, "packed field has another size")
    return data


class Numbers:
    """Reads a run of fields one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        check(size <= len(self.data) - self.at, "field is cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def varint(self) -> int:
        value = 0
        for place in range(9):
            byte = self.take(1)[0]
            value |= (byte & 127) << (7 * place)
            if byte < 128:
                check(byte > 0 or place == 0, "varint is not in its shortest form")
                return value
        raise Refused("varint has more than 9 bytes")


class Archive:
    """An archive in memory: header, index and entries are read and checked at once, blocks on demand."""

    def __init__(self, data: bytes, neural: Neural, password: str = "") -> None:
        self.data = _without_recovery(data)
        if is_sealed(self.data):
            self.data = unsealed(self.data, password)
        self.neural = neural
        self.block = cache(self._block)  # several files may lie in one block
        check(len(self.data) >= 28 + 32 + 16, "file is too short")
        self.methods, header_size = self._header(self.data)
        offset, magic = struct.unpack("<Q8s", self.data[-16:])
        check(magic == bytes.fromhex("0A1A0A0D63616E89"), "no footer")
        self.blocks, self.entries = self._index(self.data[offset:-16], header_size, offset)

    @staticmethod
    def _header(data: bytes) -> tuple[list[dict[str, Any]], int]:
        magic, version, flags, packed, size, summed = struct.unpack_from("<8sHHII8s", data)
        check(magic == bytes.fromhex("89 4E 41 43 0D 0A 1A 0A"), "not a .nac archive")
        check(version == 1, f"container version {version}")
        check(flags & 0xFF == 0, "header has a flag of a later version")
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
        known = {"stored", "zstd", "ppmd", "lzma", "neural"}
        check({method["kind"] for method in methods} <= known, "archive has a method of a later version")
        return methods, 28 + packed

    def _index(self, data: bytes, header_size: int, end: int) -> tuple[list[Block], list[Entry]]:
        marker, flags, packed, size, summed = struct.unpack_from("<4sIQQ8s", data)
        check(marker == bytes.fromhex("F2 4E 49 8D"), "no index")
        check(flags & 0xFFFE == 0, "index has a flag of a later version")
        check(packed == len(data) - 32 and size <= 134217728, "index has another size")
        check(checksum("nacomp index", data[:24], data[32:]) == summed, "index is damaged")
        body = Numbers(unpack(data[32:], size))
        if flags & 1:
            copy = body.take(body.varint())
            check(self._header(copy) == (self.methods, len(copy)), "copy of the header differs")
        blocks, offset = [], header_size
        for _ in range(body.varint()):
            method, original, payload = body.varint(), body.varint(), body.varint()
            blocks.append(Block(method, original, payload, offset))
            offset += 48 + payload
        check(offset == end, "sizes do not add up")
        entries = [_entry(body) for _ in range(body.varint())]
        check(body.at == len(body.data), "index holds more than it should")
        order = [entry.path.replace(b"/", b"\0") for entry in entries]
        check(all(a < b for a, b in pairwise(order)), "entries are out of order")
        return blocks, entries

    def content(self, entry: Entry) -> bytes:
        """A file's content."""
        data = b"".join(self.block(number)[at : at + size] for number, at, size in entry.extents)
        check(hashlib.sha256(data).digest() == entry.sha256, "file is damaged")
        return data

    def _block(self, number: int) -> bytes:
        """A block's content (section 5)."""
        block = self.blocks[number]
        header = self.data[block.offset : block.offset + 48]
        payload = self.data[block.offset + 48 : block.offset + 48 + block.payload_size]
        fields = struct.unpack("<4sHHQQQ8s8s", header)
        check(fields[0] == bytes.fromhex("F1 4E 42 8B"), "no block")
        check(fields[2] & 0xFF == 0, "block has a flag of a later version")
        same = (fields[1], *fields[3:6]) == (block.method, number, block.original_size, block.payload_size)
        check(same, "block's header is not what the index says")
        check(checksum("nacomp block", header[:40], payload) == fields[7], "block is damaged")
        content = self._decode(self.methods[block.method], payload, block.original_size)
        check(len(content) == block.original_size, "block decodes to another size")
        check(checksum("nacomp content", content) == fields[6], "block decodes to something else")
        return content

    def _decode(self, method: dict[str, Any], payload: bytes, size: int) -> bytes:
        """The kinds of section 4.1."""
        given = method["parameters"]
        if method["kind"] == "stored":
            return payload
        if method["kind"] == "zstd":
            return zstandard.ZstdDecompressor().decompress(payload, max_output_size=size)
        if method["kind"] == "ppmd":
            return bytes(pyppmd.Ppmd7Decoder(given["order"], given["memory"]).decode(payload, size))
        if method["kind"] == "lzma":
            filters = [_filter(one, max(size, 4096)) for one in given["filters"]]
            return lzma.decompress(payload, lzma.FORMAT_RAW, filters=filters)
        return self.neural(given, payload, size)


def _filter(given: dict[str, Any], dictionary: int) -> dict[str, Any]:
    if given["id"] == "delta":
        return {"id": lzma.FILTER_DELTA, "dist": given["dist"]}
    if given["id"] == "x86":
        return {"id": lzma.FILTER_X86}
    return {"id": lzma.FILTER_LZMA2, "dict_size": dictionary}


def _entry(body: Numbers) -> Entry:
    kind, path, mode = body.take(1)[0], body.take(body.varint()), body.varint()
    check(kind <= 2 and 1 <= len(path) <= 4096 and mode < 4096, "entry is malformed")
    parts = path.split(b"/")
    check(all(part not in (b"", b".", b"..") and len(part) <= 255 for part in parts), "path is unsafe")
    check(not {0, 92} & set(path) and not (path[:1].isalpha() and path[1:2] == b":"), "path is unsafe")
    (mtime,) = struct.unpack("<q", body.take(8))
    if kind == 0:
        sha256, count = body.take(32), body.varint()
        extents = tuple((body.varint(), body.varint(), body.varint()) for _ in range(count))
        return Entry(kind, path, mode, mtime, sha256, extents)
    return Entry(kind, path, mode, mtime, target=body.take(body.varint()) if kind == 2 else b"")


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
