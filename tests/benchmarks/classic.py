"""Classical compressors behind one small command, so that each runs in a process of its own and its memory can be read.

python tests/benchmarks/classic.py CODEC compress|decompress IN OUT
"""

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from pathlib import Path

Transform = Callable[[bytes], bytes]


def _zstd() -> tuple[Transform, Transform]:
    import zstandard

    return zstandard.ZstdCompressor(level=22).compress, zstandard.ZstdDecompressor().decompress


def _brotli() -> tuple[Transform, Transform]:
    import brotli

    return lambda data: brotli.compress(data, quality=11, lgwin=24), brotli.decompress


def _ppmd() -> tuple[Transform, Transform]:
    import pyppmd

    def pack(data: bytes) -> bytes:
        encoder = pyppmd.Ppmd7Encoder(8, 256 << 20)
        return len(data).to_bytes(8, "little") + encoder.encode(data) + encoder.flush()

    def unpack(data: bytes) -> bytes:
        decoder = pyppmd.Ppmd7Decoder(8, 256 << 20)
        size = int.from_bytes(data[:8], "little")
        found: bytes = decoder.decode(data[8:], size)
        while len(found) < size:
            found += decoder.decode(b"\0", size - len(found))
        return found

    return pack, unpack


CODECS: dict[str, Callable[[], tuple[Transform, Transform]]] = {
    "gzip -9": lambda: (lambda d: gzip.compress(d, 9, mtime=0), gzip.decompress),
    "bzip2 -9": lambda: (bz2.compress, bz2.decompress),
    "xz -9e": lambda: (lambda d: lzma.compress(d, preset=9 | lzma.PRESET_EXTREME), lzma.decompress),
    "zstd -22 --ultra": _zstd,
    "brotli -q 11 -w 24": _brotli,
    "ppmd -o 8": _ppmd,
}


def main() -> None:
    """Do what the four arguments say."""
    codec, direction, source, target = sys.argv[1:]
    pack, unpack = CODECS[codec]()
    transform = pack if direction == "compress" else unpack
    Path(target).write_bytes(transform(Path(source).read_bytes()))


if __name__ == "__main__":
    main()
