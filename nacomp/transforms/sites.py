"""Places where something other than plain bytes may begin, found by what stands there, whatever file it is in.

Looking is cheap: each mark is searched for at the speed of memory, and only where one stands is anything tried. Containers
(zip, PDF, git packs, fonts) are not parsed: their streams are found by content, so that damaged or odd ones work too.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from heapq import merge
from typing import NamedTuple

from nacomp.formats.records import dataclass
from nacomp.transforms import base64, hexadecimal, quoted_printable

try:
    from nacomp.transforms._deflate import find_marks
except (
    ImportError
):  # installed without a compiler: nothing is looked into, as the readable twin takes minutes
    find_marks = None  # type: ignore[assignment]

CAN_LOOK = find_marks is not None


class Kind(IntEnum):
    """What may begin at a site; the numbers are the native core's."""

    ZIP = 0
    GZIP = 1
    ZLIB = 2
    PNG = 3
    JPEG = 4
    LETTERS = 5
    BASE64 = 6
    HEXADECIMAL = 7
    QUOTED_PRINTABLE = 8


class Site(NamedTuple):
    """`end` is known for runs of text alone, else 0."""

    start: int
    end: int
    kind: Kind


_END_OF_JPEG = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


def sites(data: bytes) -> Iterator[Site]:
    """All of them, in order."""
    quoted = (Site(*run, Kind.QUOTED_PRINTABLE) for run in quoted_printable.find_runs(data))
    return merge(_marked(data), quoted)


def _marked(data: bytes) -> Iterator[Site]:
    done = 0
    for start, number in find_marks(data):
        if number != Kind.LETTERS:
            yield Site(start, 0, Kind(number))
        elif start >= done and (site := _spelt(data, start)) is not None:
            done = site.end
            yield site


def _spelt(data: bytes, start: int) -> Site | None:
    """The run of letters and digits at `start`, if it spells bytes; digits are tried first, as they are base64 too."""
    for kind, module in ((Kind.HEXADECIMAL, hexadecimal), (Kind.BASE64, base64)):
        run = module.run_at(data, start)
        if run is not None:
            return Site(run[0], run[1], kind)
    return None


def zip_stream(data: bytes, start: int) -> int | None:
    """Where the deflate stream of a zip member with this local header begins (APPNOTE.TXT 4.3.7)."""
    header = data[start : start + 30]
    if len(header) < 30 or header[8:10] != b"\x08\x00":
        return None
    return start + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")


def gzip_stream(data: bytes, start: int) -> int | None:
    """Where the deflate stream of a gzip member begins (RFC 1952, 2.3)."""
    if len(data) < start + 10 or data[start + 3] & 0xE0:
        return None
    flags, at = data[start + 3], start + 10
    if flags & 4:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (8, 16):  # name and comment, each with a zero behind it
        if flags & flag:
            zero = data.find(b"\0", at, at + 4096)
            if zero < 0:
                return None
            at = zero + 1
    return at + (2 if flags & 2 else 0)


def jpeg_end(data: bytes, start: int) -> int | None:
    """The end of a JPEG (ITU T.81, annex B), its end mark counted, or None if that is not there."""
    at = start + 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xD9:
            return at + 2
        if mark in (0x00, 0xFF):
            return None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if mark == 0xDA:
            found = _END_OF_JPEG.search(data, at)
            if found is None:
                return None
            at = found.start()
    return None


@dataclass(frozen=True)
class Png:
    """The image data of a PNG: its chunks, as (start, end) of what they hold, and what the header says."""

    chunks: tuple[tuple[int, int], ...]
    width: int
    height: int
    bit_depth: int
    colour_type: int
    interlaced: bool


def png_data(data: bytes, start: int) -> Png | None:
    """The image chunks of the PNG at `start` (PNG specification, 5.3), or None if they are not all there."""
    header = data[start + 8 : start + 33]
    if len(header) < 25 or header[4:8] != b"IHDR":
        return None
    chunks: list[tuple[int, int]] = []
    at = start + 33
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name == b"IDAT":
            chunks.append((at + 8, at + 8 + size))
        elif chunks:
            width, height = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
            return Png(tuple(chunks), width, height, header[16], header[17], header[20] != 0)
        at += 12 + size
    return None


_DICTIONARY = re.compile(rb"<<((?:(?!endobj|stream).)*)>>\s*stream\r?\n$", re.DOTALL)
_WIDTH = re.compile(rb"/(?:Width|W|Columns)\s+(\d{1,6})\b")
_HEIGHT = re.compile(rb"/(?:Height|H)\s+(\d{1,6})\b")


def pdf_image(data: bytes, start: int) -> tuple[int, int] | None:
    """Width and height of the image whose stream begins at `start` of a PDF (ISO 32000-1, 8.9.5), if it is one."""
    found = _DICTIONARY.search(data[max(0, start - 1024) : start])
    if found is None:
        return None
    width, height = _WIDTH.search(found.group(1)), _HEIGHT.search(found.group(1))
    return (int(width.group(1)), int(height.group(1))) if width and height else None
