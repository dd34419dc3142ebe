"""How fast devices are against this machine's processor: the model alone and end to end, in one run.

    make bench-gpu [OPTIONS="FILE --device gpu --levels fast,balanced --bytes 1000000"]

For each level and machine: the model's tokens per second as a decoder asks (the level's streams, a step at a time) and as an
encoder does (as many rows as a call takes), then kilobytes per second of `compress` and `decompress` by the library, of the
first bytes of the file, each after a run that warms up; in brackets per second of processor time, all threads added, which
other work on the machine changes less. The archives must be the same bytes, or this fails.
A block is a megabyte: fewer bytes keep one device and one processor busy. Without a GPU, `--device 1` measures pocl, which
says that it works, and nothing about speed. llama.cpp on the same GPU: `tests/benchmarks/llama_engine.py speed`.

No figure of a GPU is known yet. pocl 3.0 as the device, `--device 1 --bytes 2000`, embedded model, on two cores with
AVX-512-VNNI and AMX under three times their load, per second of processor time: decoding 1,168 tokens at fast and 1,096 at
balanced where the native kernels had 32,249 and 34,881; encoding 1,093 and 1,300 where they had 32,964 and 28,549; compress
1.9 KB and 1.9 where it was 25.6 and 34.0; decompress 0.42 and 0.43 where it was 9.2 and 11.2.
"""

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.codecs.levels import LEVELS, Level
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.models.float_rules import float_rules
from nacomp.models.protocol import ContextWindow, Engine
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job

TEXT = Path(__file__).parents[2] / "formats" / "PREDICTORS.md"
SECONDS = 2.0
HEADINGS = ("level", "machine", "decoding tok/s", "encoding tok/s", "compress KB/s", "decompress KB/s")


@dataclass(frozen=True)
class Rate:
    """An amount per second, and per second of processor time of all threads of this process."""

    clock: float
    processor: float

    def text(self, places: int) -> str:
        """As a cell of the table."""
        return f"{self.clock:,.{places}f} ({self.processor:,.{places}f})"


def rate(amount: float, work: Callable[[], object]) -> Rate:
    """Of the fastest repetition, and of the one that took the processor least, in about `SECONDS` after a first one."""
    work()
    clock, processor, end = float("inf"), float("inf"), time.perf_counter() + SECONDS
    while clock == float("inf") or time.perf_counter() < end:
        begin, spent = time.perf_counter(), time.process_time()
        work()
        clock = min(clock, time.perf_counter() - begin)
        processor = min(processor, time.process_time() - spent)
    return Rate(amount / clock, amount / max(processor, 1e-9))


def model_alone(engine: Engine, level: Level, context: ContextWindow) -> tuple[Rate, Rate]:
    """Tokens per second: a step of all streams at a time, and all rows of a call, with the logits of each."""
    found = []
    for rows in (level.max_streams, engine.max_rows):
        session = engine.open_session(level.max_streams, context)
        streams = (np.arange(rows) % level.max_streams).astype(np.int32)
        tokens = (np.arange(rows) % engine.vocabulary.size).astype(np.int32)
        want = np.ones(rows, np.bool_)
        found.append(rate(rows, partial(session.feed, streams, tokens, want)))
    return found[0], found[1]


def packed(loader: ModelLoader, level: str, text: bytes) -> bytes:
    """An archive of this text."""
    out = io.BytesIO()
    source = Source("text", EntryKind.FILE, len(text), 0o644, 0, data=text)
    compress([source], out, loader, CompressOptions(level, None), Job())
    return out.getvalue()


def unpacked(loader: ModelLoader, archive: bytes) -> bytes:
    """The text of an archive."""
    with Archive(io.BytesIO(archive), loader.for_method, DEFAULT_LIMITS, None, loader.threads) as opened:
        return opened.read(opened.entries[0], Job())


def measure(level: Level, device: str, text: bytes) -> tuple[tuple[str, ...], bytes]:
    """A row of the table, and the archive."""
    loader = ModelLoader(device=device, warn=lambda *said: print("warning:", *said))
    with float_rules():
        codec = loader.for_level(level, None)
        engine = codec.engine
        decoding, encoding = model_alone(engine, level, codec.settings.context)
    archive = packed(loader, level.name, text)
    assert unpacked(loader, archive) == text
    kilobytes = len(text) / 1000
    compressing = rate(kilobytes, lambda: packed(loader, level.name, text))
    decompressing = rate(kilobytes, lambda: unpacked(loader, archive))
    machine = f"{device} ({engine.kernel})"
    speeds = (decoding.text(0), encoding.text(0), compressing.text(2), decompressing.text(2))
    return (level.name, machine, *speeds), archive


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=TEXT)
    parser.add_argument("--device", default="gpu", help="as --device of the commands")
    parser.add_argument("--levels", default="fast,balanced")
    parser.add_argument("--bytes", type=int, default=1_000_000)
    chosen = parser.parse_args()
    text = chosen.file.read_bytes()[: chosen.bytes]
    print(f"{len(text):,} bytes of {chosen.file.name}\n")
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for name in chosen.levels.split(","):
        made = []
        for device in ("cpu", chosen.device):
            row, archive = measure(LEVELS[name], device, text)
            made.append(archive)
            print(f"| {' | '.join(row)} |", flush=True)
        assert made[0] == made[1], "the archives differ"


if __name__ == "__main__":
    main()
