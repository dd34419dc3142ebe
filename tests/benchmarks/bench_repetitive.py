"""Repetitive data must fly: speed against prose and size against xz and zstd, through the command line and back.

    python -m tests.benchmarks.bench_repetitive PROSE [--model ID] [--level L] [--log-bytes 2000000]

Measures a generated server's log, 30 similar JSON records and a text repeated 20 times (`repetitive.py`) beside PROSE in one
run, tokens per second both ways, model loading apart. Every file is compared after its way back.
"""

import argparse
import lzma
import tempfile
from pathlib import Path

import zstandard
from rich.console import Console
from rich.table import Table

from nacomp.codecs.levels import DEFAULT_LEVEL, level_named
from nacomp.codecs.model_loader import ModelLoader
from tests.benchmarks import repetitive
from tests.benchmarks.throughput import nacomp

ROOT = Path(__file__).resolve().parents[2]
REPEATED = ROOT / "tests" / "data" / "corpus" / "prose.txt"
WINDOW_LOG = 27
"""What `zstd --long` sets."""


def xz(data: bytes) -> int:
    """Bytes of `xz -9e`."""
    return len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))


def zstd(data: bytes) -> int:
    """Bytes of `zstd -19 --long`."""
    settings = zstandard.ZstdCompressionParameters.from_level(19, enable_ldm=True, window_log=WINDOW_LOG)
    return len(zstandard.ZstdCompressor(compression_params=settings).compress(data))


def round_trip(path: Path, folder: Path, how: list[str]) -> tuple[int, float, float]:
    """Archive bytes, seconds there, seconds back."""
    archive, back = folder / "archive.nac", folder / "back"
    packed = nacomp("compress", str(path), "-o", str(archive), "-f", *how)
    found = nacomp("decompress", str(archive), "-o", str(back), "-f")
    if back.read_bytes() != path.read_bytes():
        raise SystemExit(f"{path.name} did not come back as it was")
    return packed["compressed_size"], packed["seconds"], found["seconds"]


def main() -> None:
    """Prose first, then each input beside it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("prose", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--level", default=DEFAULT_LEVEL)
    parser.add_argument("--log-bytes", type=int, default=2_000_000)
    chosen = parser.parse_args()
    how = ["--level", chosen.level] + (["--model", chosen.model] if chosen.model else [])
    tokenizer = ModelLoader().for_level(level_named(chosen.level), chosen.model).engine.tokenizer
    inputs = {
        "prose": chosen.prose.read_bytes(),
        "server.log": repetitive.server_log(chosen.log_bytes),
        "30 records.json": repetitive.records(30),
        "prose.txt x 20": repetitive.repeated(REPEATED.read_bytes(), 20),
    }
    table = Table(
        "input",
        "bytes",
        "archive",
        "xz -9e",
        "zstd -19 --long",
        "tokens",
        "tok/s",
        "back",
        "times prose",
        "back",
    )
    prose: tuple[float, float] | None = None
    with tempfile.TemporaryDirectory() as name:
        for title, data in inputs.items():
            path = Path(name) / "input"
            path.write_bytes(data)
            size, there, back = round_trip(path, Path(name), how)
            tokens = len(tokenizer.encode(data))
            speeds = tokens / there, tokens / back
            prose = prose or speeds
            sizes = (len(data), size, xz(data), zstd(data), tokens)
            ratios = (f"{speed / base:.1f}" for speed, base in zip(speeds, prose, strict=True))
            table.add_row(title, *(f"{n:,}" for n in sizes), *(f"{speed:,.0f}" for speed in speeds), *ratios)
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
