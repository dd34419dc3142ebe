"""Golden archives of files that are looked into: what they are made of, and how.

`python -m tests.nacomp.archive.golden_views` makes them again, with their rows in expected.json, only when the format
changes on purpose: they stand for archives that people already have.
"""

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from base64 import encodebytes
from contextlib import ExitStack
from unittest import mock

from nacomp.archive import units
from nacomp.archive.sources import Source
from nacomp.codecs import mixed
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import EntryKind
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job
from nacomp.transforms import deflate_view, opener
from tests.formats.make_archives import describe
from tests.nacomp.transforms.pictures import jpeg
from tests.nacomp.workbench import ROOT

GOLDEN = ROOT / "formats" / "golden"
Files = dict[str, bytes]
LINES = b"".join(b"Line %d: the sum is %d.\n" % (n, n * n) for n in range(12))
"""Numbers in words that repeat: many bytes in few symbols, as the second decoder takes milliseconds for each."""
MIXED = LINES + b"".join(b"%d, " % n for n in range(150))
NOISE = random.Random(1).randbytes(200)
MEASURED = b"".join(struct.pack("<HBB", n * n % 97, n % 7, n % 3) for n in range(2000))
SMALL = (
    (units, "UNIT_BYTES", 3000),
    (units, "SMALL_BYTES", 1000),
    (opener, "MAY_GO_ON", 2200),
    (opener, "MOST_BLOCK", 100),
    (deflate_view, "PIECE_BYTES", 2000),
)
FRENCH = "Le café près du théâtre est fermé jusqu’à l’été – « désolé », dit le garçon. "


def look_inside() -> Files:
    """One file for each kind of view that the second decoder closes, and a PNG's stream in two chunks."""
    digits = random.Random(2).randbytes(160)
    return {
        "a.gz": gzip.compress(LINES, mtime=0),
        "b.bin": NOISE[:100] + zlib.compress(LINES[::-1], 9) + NOISE[100:],
        "c.zip": _zip({"one.txt": LINES, "two.txt": LINES.upper()}),
        "d.png": _png(),
        "e.txt": (FRENCH * 4).encode("cp1252"),
        "f.eml": _mail(FRENCH * 3),
        "g.b64": encodebytes(digits),
        "h.hex": digits[::-1].hex().encode() + b"\n",
        "i.raw": NOISE[:40] + _mixed_stream() + NOISE[40:80],
        "j.jpg": jpeg("L", (96, 64)),
    }


def _zip(members: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _png() -> bytes:
    """Indexed colours: a stream that becomes no picture, in two chunks."""
    rows = b"".join(b"\0" + bytes((x * y + x) % 11 for x in range(40)) for y in range(24))
    stream = zlib.compress(rows, 9)
    half = len(stream) // 2
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 40, 24, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(range(33))),
        (b"IDAT", stream[:half]),
        (b"IDAT", stream[half:]),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _mail(text: str) -> bytes:
    """Words of a mail, lines broken by hand: one exception, as some encoders leave."""
    body, width = "", 0
    for byte in text.encode():
        piece = chr(byte) if 32 <= byte < 127 and byte != 61 else f"={byte:02X}"
        if width + len(piece) > 75:
            body, width = body + "=\r\n", 0
        body, width = body + piece, width + len(piece)
    head = "From: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n{body.rstrip()}\r\n".encode()


def _mixed_stream() -> bytes:
    """A zlib stream of stored, fixed and dynamic blocks: the work of an encoder that is not zlib's."""
    parts, stored, fixed = b"", MIXED[:60], MIXED[60:200]
    parts += struct.pack("<BHH", 0, len(stored), len(stored) ^ 0xFFFF) + stored
    coder = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FIXED, stored)
    parts += coder.compress(fixed) + coder.flush(zlib.Z_SYNC_FLUSH)
    coder = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, MIXED[:200])
    parts += coder.compress(MIXED[200:]) + coder.flush()
    return b"\x78\x9c" + parts + struct.pack(">I", zlib.adler32(MIXED))


def long_stream() -> Files:
    """A stream whose blocks are short, so that it can be cut into pieces; each begins within a byte."""
    return {"long.gz": NOISE + gzip_stream(MEASURED) + NOISE[::-1]}


def gzip_stream(content: bytes) -> bytes:
    """With a memory level of 1: blocks of 127 tokens."""
    coder = zlib.compressobj(6, zlib.DEFLATED, 31, 1)
    return coder.compress(content) + coder.flush()


ARCHIVES = {"look-inside": look_inside, "long-stream": long_stream}


def archive_of(name: str, files: Files) -> bytes:
    """As `nacomp compress --level fast` writes it, but without the context mixer, which takes the second decoder 40 seconds.

    A long stream's pieces are 2,000 bytes, not 8 MiB, in small units.
    """
    sources = [Source(path, EntryKind.FILE, len(data), 0o644, 0, data=data) for path, data in files.items()]
    out = io.BytesIO()
    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(mixed, "available", return_value=False))
        for module, attribute, value in SMALL if name == "long-stream" else ():
            patches.enter_context(mock.patch.object(module, attribute, value))
        compress(sources, out, ModelLoader(threads=1), CompressOptions("fast"), Job())
    return out.getvalue()


def main() -> None:
    """Make them again."""
    table = GOLDEN / "expected.json"
    rows = json.loads(table.read_text("utf-8"))
    for name, files in ARCHIVES.items():
        archive = archive_of(name, files())
        (GOLDEN / f"{name}.nac").write_bytes(archive)
        rows[name] = describe(archive)
    table.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
