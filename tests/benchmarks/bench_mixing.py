"""What the context mixer is worth: sizes and speeds both ways with it and without it, in one run.

    python -m tests.benchmarks.bench_mixing FILE|FOLDER... [--level fast] [--together] [--repeat 1]

`before` is the same program without its mixer: text goes through the model alone, the rest through LZMA, PPMd or zstd, as
they did before there was a mixer. `best` is the smallest payload of LZMA and PPMd; the mixer is to save 12% of it on binary
files. Times are processor seconds of this process, the shorter of `--repeat` runs; every archive is decoded and compared.
`--together` adds a row: all files as one archive. `kinds.py` writes eight kinds of structured text to measure on.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.table import Table

from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.codecs import classical, mixed
from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.reader import ArchiveReader
from nacomp.operations.benchmark import files_below
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job

COLUMNS = ("file", "bytes", "best", "before", "now", "saved", "in, kB/s", "before", "out, kB/s", "before")


@dataclass(frozen=True)
class Run:
    """One archive: its bytes, and processor seconds both ways."""

    size: int
    encode: float
    decode: float


@contextmanager
def without_mixer() -> Iterator[None]:
    """As if the native mixer had not been built, for the encoder."""
    with mock.patch.object(mixed, "_mixing", None):
        yield


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


class KeptCodecs:
    """A loader's codecs, each made once: loading a model is not what is measured."""

    def __init__(self, loader: ModelLoader) -> None:
        self.loader = loader
        self._made: dict[str, NeuralCodec] = {}

    def for_method(self, method: Method) -> NeuralCodec:
        """As `ModelLoader.for_method`."""
        key = str(method.parameters)
        if key not in self._made:
            self._made[key] = self.loader.for_method(method)
        return self._made[key]


def run(sources: Sequence[Source], codecs: KeptCodecs, level: str, repeat: int) -> Run:
    """Pack and unpack. Raises AssertionError if the bytes differ."""
    wanted = [source.path.read_bytes() for source in sources if source.path and source.path.is_file()]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "a.nac"

        def pack() -> None:
            compress(sources, out, codecs.loader, CompressOptions(level, None, overwrite=True), Job())

        def unpack() -> None:
            with out.open("rb") as file, Archive(file, codecs.for_method) as archive:
                found = [archive.read(entry) for entry in archive.entries if entry.size]
            assert sorted(found) == sorted(content for content in wanted if content)

        encode = min(timed(pack) for _ in range(repeat))
        with out.open("rb") as file, ArchiveReader.open(file) as reader:
            for method in reader.methods:
                if method.kind is MethodKind.NEURAL:
                    codecs.for_method(method)
        return Run(out.stat().st_size, encode, min(timed(unpack) for _ in range(repeat)))


def best_classical(data: bytes) -> int:
    """The smallest payload of LZMA and PPMd."""
    with without_mixer():
        return len(classical.pack(data).payload)


def row(name: str, data: bytes, now: Run, before: Run) -> tuple[str, ...]:
    """A table's row; a kB is 1,000 bytes."""
    speeds = [
        f"{len(data) / 1000 / seconds:,.0f}"
        for seconds in (now.encode, before.encode, now.decode, before.decode)
    ]
    best = best_classical(data)
    saved = f"{100 * (1 - now.size / before.size):.1f}%"
    return (name, f"{len(data):,}", f"{best:,}", f"{before.size:,}", f"{now.size:,}", saved, *speeds)


def main() -> None:
    """Print the table, with sums."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    chosen = parser.parse_args()
    codecs = KeptCodecs(ModelLoader(threads=1))
    codecs.loader.for_level(level_named(chosen.level), None)
    files = [path for given in chosen.paths for path in (files_below(given) if given.is_dir() else [given])]
    groups = {path.name: [path] for path in files} | ({"together": files} if chosen.together else {})
    table = Table(*COLUMNS, title=f"level {chosen.level}")
    sums = [0, 0]
    for name, paths in groups.items():
        sources = walk(paths)
        now = run(sources, codecs, chosen.level, chosen.repeat)
        with without_mixer():
            before = run(sources, codecs, chosen.level, chosen.repeat)
        if name != "together":
            sums = [sums[0] + before.size, sums[1] + now.size]
        table.add_row(*row(name, b"".join(path.read_bytes() for path in paths), now, before))
        print(table.row_count, "of", len(groups), name, before.size, now.size, flush=True)
    table.add_row("sum", "", "", f"{sums[0]:,}", f"{sums[1]:,}", f"{100 * (1 - sums[1] / sums[0]):.1f}%")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
