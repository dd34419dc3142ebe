"""`make bench-ratio FOLDER=folder`: what the ensemble saves over the model alone, and what each part of it is worth.

    python -m tests.benchmarks.bench_ratio FOLDER|FILE... [--model ID] [--level L] [--first BYTES] [--try NAME=VALUE,...]

Sizes are neural payloads of the text in each file: the archive's own bookkeeping and binary runs are left out. The first
table holds bytes, the second what a file grows by when one part is switched off, in percent of the whole ensemble's
size. `--try` adds a column of other settings. The model runs once per file (`replay.py`).
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nacomp.archive.segments import SegmentKind, cut_blocks, split
from nacomp.codecs.levels import DEFAULT_LEVEL, Level, level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.models.predictors.ensemble import EnsembleParameters
from tests.benchmarks.replay import payloads

ALONE, WHOLE = "model alone", "ensemble"
WITHOUT = {
    "n-grams": EnsembleParameters(ngram_orders=0),
    "match": EnsembleParameters(match_minimum=0),
    "chain": EnsembleParameters(chain=0),
    "bias": EnsembleParameters(bias_rate=0),
    "pair": EnsembleParameters(pair_rate=0),
    "gap": EnsembleParameters(gap_rate=0),
    "column": EnsembleParameters(column_rate=0),
    "recency": EnsembleParameters(recency_rate=0),
    "skip": EnsembleParameters(skip=False),
}
"""`chain` takes n-grams, match model and mixer away together, and with them the skip."""
Sizes = dict[str, int]


def blocks_of(data: bytes, level: Level) -> list[bytes]:
    """The text of a file, as the pipeline cuts it into blocks."""
    text = [(s.start, s.end) for s in split(data) if s.kind is SegmentKind.TEXT]
    cuts = cut_blocks(data, text, level.block_bytes)
    return [b"".join(data[start:end] for start, end in ranges) for ranges in cuts]


def measure(
    codec: NeuralCodec, level: Level, data: bytes, settings: Mapping[str, EnsembleParameters]
) -> Sizes:
    """Bytes of a file's neural payloads under each of the settings; all 0 where it has no text."""
    sizes = dict.fromkeys(settings, 0)
    for block in blocks_of(data, level):
        symbols = codec.engine.tokenizer.encode(block)
        for name, payload in zip(
            settings, payloads(codec, symbols, level, list(settings.values())), strict=True
        ):
            sizes[name] += len(payload)
    return sizes


def files_below(paths: Sequence[Path]) -> list[Path]:
    """The files themselves and those directly in the folders."""
    return [f for path in paths for f in (sorted(path.iterdir()) if path.is_dir() else [path]) if f.is_file()]


def with_sum(results: Mapping[str, Sizes]) -> dict[str, Sizes]:
    """The same with a last row of sums."""
    total = {name: sum(sizes[name] for sizes in results.values()) for name in next(iter(results.values()))}
    return {**results, "sum": total}


def percent(size: int, base: int) -> str:
    """How much larger than `base`, signed."""
    return f"{100 * (size - base) / base:+.2f}"


def print_tables(results: Mapping[str, Sizes], text: Mapping[str, int], tried: Sequence[str]) -> None:
    """Bytes; then percent of the whole ensemble."""
    sizes = Table("file", "text bytes", ALONE, WHOLE, "change %", title="bytes of payload")
    parts = Table("file", *WITHOUT, *tried, title="larger without this part, %")
    for file, found in with_sum(results).items():
        alone, whole = found[ALONE], found[WHOLE]
        sizes.add_row(
            file, f"{text.get(file, sum(text.values())):,}", f"{alone:,}", f"{whole:,}", percent(whole, alone)
        )
        parts.add_row(file, *(percent(found[name], whole) for name in (*WITHOUT, *tried)))
    console = Console(width=120 + 14 * len(tried))
    console.print(sizes, parts)


def main() -> None:
    """Measure every file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, help="folders of files, or files")
    parser.add_argument("--model")
    parser.add_argument("--level", default=DEFAULT_LEVEL)
    parser.add_argument("--first", type=int, metavar="BYTES", help="no more than this of each file")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument(
        "--try", dest="tried", action="append", default=[], metavar="NAME=VALUE,...", help="other settings"
    )
    chosen = parser.parse_args()
    level = level_named(chosen.level)
    codec = ModelLoader(threads=chosen.threads).for_level(level, chosen.model)
    settings = {
        ALONE: EnsembleParameters.model_alone(),
        WHOLE: EnsembleParameters(),
        **WITHOUT,
        **{text: EnsembleParameters().changed(text) for text in chosen.tried},
    }
    results: dict[str, Sizes] = {}
    text: dict[str, int] = {}
    for path in files_below(chosen.paths):
        begin = time.perf_counter()
        data = path.read_bytes()[: chosen.first]
        size = sum(map(len, blocks_of(data, level)))
        if size:
            text[path.name], results[path.name] = size, measure(codec, level, data, settings)
        print(f"{path.name}: {size:,} bytes of text, {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    if not results:
        raise SystemExit("there is no text in these files")
    print(f"model {codec.settings.model_id}, level {level.name}, kernel {codec.engine.kernel}")
    print_tables(results, text, chosen.tried)


if __name__ == "__main__":
    main()
