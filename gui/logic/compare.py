"""A finished job against zip, zstd and xz at their strongest usual settings, on the same files.

The classical codecs run here, in the application, on the sources as they lie on disk: zip packs file by file, zstd
and xz one stream over all files in a fixed order, as `tar` would feed them (without tar's own headers).
"""

import lzma
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

from nacomp.gui.logic.measure import walk_files

PIECE = 1 << 18
LIMIT_BYTES = 256_000_000
"""Above this xz -9 alone takes minutes per comparison (about 2 MB/s here); the chart is then not offered."""


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: a codec and the bytes it needs."""

    label: str
    size: int


class Stopped(Exception):
    """The comparison is not wanted any more."""


def _pieces(path: Path, wanted: Callable[[], bool]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if not wanted():
                raise Stopped
            yield piece


def _zip_size(files: Sequence[Path], wanted: Callable[[], bool]) -> int:
    total = 22
    for file in files:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = sum(len(packer.compress(piece)) for piece in _pieces(file, wanted)) + len(packer.flush())
        total += body + 76 + 2 * len(file.name.encode())
    return total


def _zstd_size(files: Sequence[Path], wanted: Callable[[], bool]) -> int:
    packer = zstandard.ZstdCompressor(level=19).compressobj()
    body = sum(len(packer.compress(piece)) for file in files for piece in _pieces(file, wanted))
    return body + len(packer.flush())


def _xz_size(files: Sequence[Path], wanted: Callable[[], bool]) -> int:
    packer = lzma.LZMACompressor(preset=9 | lzma.PRESET_EXTREME)
    body = sum(len(packer.compress(piece)) for file in files for piece in _pieces(file, wanted))
    return body + len(packer.flush())


def classical_sizes(inputs: Sequence[Path], wanted: Callable[[], bool] = lambda: True) -> list[Bar] | None:
    """Sizes by zip -9, zstd -19 and xz -9e; None if a source is gone, unreadable, or `wanted` became false."""
    try:
        files = [file for file in walk_files(inputs) if file.is_file() and not file.is_symlink()]
        return [
            Bar("zip -9", _zip_size(files, wanted)),
            Bar("zstd -19", _zstd_size(files, wanted)),
            Bar("xz -9e", _xz_size(files, wanted)),
        ]
    except (OSError, Stopped):
        return None
