"""Deflate streams by the program that wrote them: how many are rebuilt bit for bit, what that costs, and how fast it is.

    python -m tests.benchmarks.streams NAME=FILE-OR-FOLDER... [--most BYTES]

NAME is what the rows are called, such as the encoder. Streams are taken out of zip files, gzip files, PNG pictures and PDF
documents by readers of their own, not by looking for them as nacomp does, so that those that stay closed are counted too.
A stream counts as opened where its corrections take no more than `MOST_CORRECTIONS` of it, as when archives are made.
`--most` leaves out what lies behind so many bytes of streams of a row.
"""

import argparse
import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nacomp.transforms.deflate_view import DeflatePiece, Trailer, close_view, pieces
from nacomp.transforms.opener import LEAST_STREAM, MOST_CORRECTIONS
from tests.benchmarks.documents import files_below

GZIP, PNG, PDF = b"\x1f\x8b\x08", b"\x89PNG\r\n\x1a\n", b"%PDF"


@dataclass
class Row:
    """The streams of one encoder; sizes in bytes, times in seconds of the processor."""

    name: str
    streams: int = 0
    size: int = 0
    opened: int = 0
    opened_size: int = 0
    content: int = 0
    corrections: int = 0
    opening: float = 0.0
    rebuilding: float = 0.0

    def take(self, stream: bytes) -> None:
        """Count one stream, a raw one without header and trailer. Ends the program where it is not rebuilt exactly."""
        began = time.process_time()
        found = list(pieces(memoryview(stream), 0, Trailer.NOTHING))
        self.opening += time.process_time() - began
        self.streams += 1
        self.size += len(stream)
        corrections = sum(len(piece.corrections) for piece in found)
        whole = bool(found) and found[-1].end_bit is None and found[-1].end == len(stream)
        if not whole or corrections > MOST_CORRECTIONS * len(stream):
            return
        began = time.process_time()
        for piece in found:
            rebuild(piece, stream)
        self.rebuilding += time.process_time() - began
        self.opened += 1
        self.opened_size += len(stream)
        self.content += sum(len(piece.content) for piece in found)
        self.corrections += corrections


def rebuild(piece: DeflatePiece, stream: bytes) -> None:
    """Close the view of a piece. Ends the program if it gives other bytes."""
    parts = [piece.content, piece.corrections]
    if piece.window:
        parts.insert(0, piece.window)
    if close_view(piece.parameters, parts, len(stream)) != stream[piece.start : piece.end]:
        raise SystemExit("a stream did not come back as it was")


def streams_in(data: bytes) -> Iterator[bytes]:
    """The raw deflate streams of a file whose form is known; none of any other."""
    if data.startswith(GZIP):
        yield from gzip_members(data)
    elif data.startswith(PNG):
        yield from unwrapped(b"".join(png_chunks(data)))
    elif data.startswith(PDF):
        for found in re.finditer(rb"stream\r?\n", data):
            yield from unwrapped(data[found.end() :])
    elif zipfile.is_zipfile(io.BytesIO(data)):
        yield from zip_members(data)


def gzip_members(data: bytes) -> Iterator[bytes]:
    """Each member of a gzip file (RFC 1952), as far as its header is plain or has a name."""
    while data.startswith(GZIP):
        start = data.index(0, 10) + 1 if data[3] & 8 else 10
        if data[3] & ~8:
            return
        (stream,) = whole(data[start:]) or (b"",)
        if not stream:
            return
        yield stream
        data = data[start + len(stream) + 8 :]


def png_chunks(data: bytes) -> Iterator[bytes]:
    """The contents of a picture's IDAT chunks."""
    at = len(PNG)
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT":
            yield data[at + 8 : at + 8 + size]
        at += size + 12


def zip_members(data: bytes) -> Iterator[bytes]:
    """Each member of a zip file that is deflated."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.compress_type == zipfile.ZIP_DEFLATED:
                name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
                start = member.header_offset + 30 + name + extra
                yield data[start : start + member.compress_size]


def unwrapped(data: bytes) -> list[bytes]:
    """The stream inside a zlib wrapper (RFC 1950) at the start of `data`, if it is one."""
    if len(data) < 6 or data[0] & 15 != 8 or int.from_bytes(data[:2], "big") % 31:
        return []
    return whole(data[2:])


def whole(data: bytes) -> list[bytes]:
    """The stream at the start of `data`, if there is one."""
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        reader.decompress(data)
    except zlib.error:
        return []
    return [data[: len(data) - len(reader.unused_data)]] if reader.eof else []


def measured(name: str, path: Path, most: int) -> Row:
    """All streams below `path`."""
    row = Row(name)
    for file in files_below([path]):
        for stream in streams_in(file.read_bytes()):
            if row.size > most:
                return row
            if len(stream) >= LEAST_STREAM:
                row.take(stream)
    return row


def main() -> None:
    """A row for each encoder."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--most", type=int, default=20_000_000)
    chosen = parser.parse_args()
    headings = ("encoder", "streams", "bytes", "opened", "of bytes", "corrections", "MB/s in", "MB/s out")
    table = Table(*headings)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in chosen.paths:
        name, _, path = one.partition("=")
        row = measured(name, Path(path), chosen.most)
        table.add_row(
            name,
            f"{row.streams:,}",
            f"{row.size:,}",
            f"{row.opened:,}",
            f"{100 * row.opened_size / max(row.size, 1):.1f}%",
            f"{100 * row.corrections / max(row.opened_size, 1):.2f}%",
            f"{row.content / max(row.opening, 1e-9) / 1e6:.1f}",
            f"{row.content / max(row.rebuilding, 1e-9) / 1e6:.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
