"""SPEC.md, section 14: one short content in the compact form."""

import json
import struct
from dataclasses import dataclass
from typing import Any

from nac_decoder.errors import check, checksum
from nac_decoder.numbers import Numbers, signed
from nac_decoder.pages import quoted

MAGIC = bytes.fromhex("89 6E 61 63")


@dataclass(frozen=True)
class Compact:
    """The file's path, mode and time, and how its content is coded."""

    path: bytes
    mode: int
    mtime_ns: int
    size: int
    method: dict[str, Any]
    payload: bytes
    content_checksum: bytes


def parse(data: bytes) -> Compact:
    """A compact archive's fields, checked."""
    check(len(data) >= 21 and data.startswith(MAGIC), "compact archive is too short")
    size, preset = struct.unpack_from("<HB", data, 4)
    check(size == len(data), "compact archive has another size")
    check(checksum("nacomp compact", data[:-4])[:4] == data[-4:], "compact archive is damaged")
    presets = json.loads(quoted("SPEC.md", "### 14.1 Presets"))
    check(preset < len(presets), "preset of a later version")
    body = Numbers(data[7:-4])
    flags = body.take(1)[0]
    check(flags < 32 and flags & 3 < 3, "compact archive has a flag of a later version")
    original = body.varint()
    check(original <= 16_384, "content is too long for the compact form")
    path = _path(body, flags & 3)
    mode = _given(body, flags & 4, 0o644)
    seconds = signed(_given(body, flags & 8, 0))
    rest = _given(body, flags & 16, 0)
    check(mode < 4096 and rest < 10**9, "mode or time is malformed")
    content_checksum = body.take(8)
    payload = body.take(len(body.data) - body.at)
    check(bool(original) or (payload == b"" and preset == 0), "empty content has a payload")
    method = presets[preset]
    if method["kind"] == "neural":
        payload = _neural(payload)
    time = 10**9 * seconds + rest
    check(-(1 << 63) <= time < 1 << 63, "time does not fit")
    return Compact(path, mode, time, original, method, payload, content_checksum)


def _path(body: Numbers, source: int) -> bytes:
    if source < 2:
        return (b"data", b"stdin")[source]
    size = body.varint()
    check(1 <= size <= 4096, "path is malformed")
    path = body.take(size)
    check(path not in (b"data", b"stdin"), "path has a shorter form")
    return path


def _given(body: Numbers, there: int, usual: int) -> int:
    """A number that is there only where it is not as usual."""
    if not there:
        return usual
    value = body.varint()
    check(value != usual, "field has a shorter form")
    return value


def _neural(short: bytes) -> bytes:
    """The payload that a block would have: symbols, one stream, whole words."""
    given = Numbers(short)
    symbols = given.varint()
    words = given.take(len(short) - given.at)
    check(symbols <= 16_384 and not words.endswith(b"\0"), "neural payload has a shorter form")
    return struct.pack("<IHH", symbols, 1, 0) + words + bytes(-len(words) % 4)
