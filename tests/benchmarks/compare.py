"""`make bench CORPUS=folder`: nacomp's levels beside other compressors, on the same files in one run.

Writes tables (CSV, JSON), plots (PNG, SVG) and a page that joins them to `bench-out/`. What is timed how, and that every
file is decompressed and compared, is `nacomp/operations/benchmark.py`'s business. Model weights are not counted in the
sizes; the tables say how big they are. Others join by option, with `make bench OPTIONS='...'`:

    --levels fast balanced max
    --cmix PATH  --paq8px PATH  --llama-zip PATH MODEL.gguf
    --with NAME 'COMMAND {in} {out}' 'COMMAND {in} {out}'     # or with <{in} and >{out}
    --merge results.json     # take over the results of an earlier run on the same files, to add a slow level
"""

import argparse
import csv
import json
import os
import platform
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nacomp.cli.bench import summary_table
from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.operations.benchmark import (
    Contestant,
    Result,
    classical_contestants,
    compare,
    files_below,
    own_contestant,
    summary,
)
from tests.benchmarks.report import write_pages

OUT = Path(__file__).resolve().parents[2] / "bench-out"


def contestants(chosen: argparse.Namespace) -> list[Contestant]:
    """The classical ones, nacomp's levels, and what was given by option."""
    found = [] if chosen.no_classical else classical_contestants()
    if chosen.cmix:
        found.append(program("cmix", f"{chosen.cmix} -c {{in}} {{out}}", f"{chosen.cmix} -d {{in}} {{out}}"))
    if chosen.paq8px:
        line = f"{chosen.paq8px} -8 {{in}} {{out}}", f"{chosen.paq8px} -d {{in}} {{out}}"
        found.append(program("paq8px -8", *line))
    if chosen.llama_zip:
        path, model = chosen.llama_zip
        line = f"{path} {model} -c <{{in}} >{{out}}", f"{path} {model} -d <{{in}} >{{out}}"
        found.append(program("llama-zip", *line, weights=Path(model).stat().st_size))
    found += [program(*given) for given in chosen.extra]
    loader = ModelLoader()
    for level in chosen.levels:
        model = loader.choose_aloud(level_named(level), None)
        found.append(own_contestant(f"nacomp {level}", ["--level", level], model.size))
    return found


def program(name: str, pack: str, unpack: str, weights: int = 0) -> Contestant:
    """A compressor given by its two command lines."""
    return Contestant(name, tuple(shlex.split(pack)), tuple(shlex.split(unpack)), weights)


def print_tables(results: Sequence[Result]) -> None:
    """The summary, then the sizes by file with a row for each compressor and a column for each file."""
    codecs = list(dict.fromkeys(r.codec for r in results))
    sizes = Table(title="bytes by file")
    for heading in ("file", "size", *codecs):
        sizes.add_column(
            heading, justify="left" if heading == "file" else "right", no_wrap=heading in ("file", "size")
        )
    for file in dict.fromkeys(r.file for r in results):
        mine = {r.codec: r for r in results if r.file == file}
        first = next(iter(mine.values()))
        sizes.add_row(file, f"{first.size:,}", *(f"{mine[c].packed:,}" for c in codecs))
    wide = max(80, 11 * (len(codecs) + 2))
    title = "all files; in = compress, out = decompress"
    Console(width=80).print(summary_table(summary(results), title))
    Console(width=wide).print(sizes)


def write_tables(results: Sequence[Result], about: dict[str, str]) -> None:
    """CSV of all results and their summary, and the same as JSON."""
    for name, rows in (("results", results), ("summary", summary(results))):
        lines = [document(r) for r in rows]
        with (OUT / f"{name}.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, list(lines[0]))
            table.writeheader()
            table.writerows(lines)
    whole = {**about, "results": [asdict(r) for r in results]}
    (OUT / "results.json").write_text(json.dumps(whole, indent=1))


def document(result: Result) -> dict[str, Any]:
    """A row with what follows from it."""
    speeds = {
        "compress_kb_per_second": round(result.compress_speed, 2),
        "decompress_kb_per_second": round(result.decompress_speed, 2),
    }
    return {**asdict(result), "bits_per_byte": round(result.bits_per_byte, 4), **speeds}


def merged(path: Path | None, results: Sequence[Result]) -> list[Result]:
    """With an earlier run's results in front, where this run has none. Raises SystemExit if the files differ."""
    earlier = [Result(**row) for row in json.loads(path.read_text())["results"]] if path else []
    now = {r.codec for r in results}
    files = {(r.file, r.size) for r in results}
    if earlier and files != {(r.file, r.size) for r in earlier}:
        raise SystemExit(f"{path} is about other files")
    return [r for r in earlier if r.codec not in now] + list(results)


def machine() -> str:
    """This machine in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    """Measure a folder's files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="a folder of files, or one file")
    parser.add_argument("--levels", nargs="*", default=["fast"])
    parser.add_argument(
        "--no-classical", action="store_true", help="only levels and programs given by option"
    )
    parser.add_argument("--cmix", metavar="PATH")
    parser.add_argument("--paq8px", metavar="PATH")
    parser.add_argument("--llama-zip", nargs=2, metavar=("PATH", "MODEL"))
    parser.add_argument(
        "--with", dest="extra", nargs=3, action="append", default=[], metavar=("NAME", "PACK", "UNPACK")
    )
    parser.add_argument("--merge", type=Path, metavar="RESULTS")
    chosen = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    results = []
    for result in compare(files_below(chosen.corpus), contestants(chosen)):
        results.append(result)
        print(f"{result.file:20} {result.codec:20} {result.packed:>12,}", file=sys.stderr)
    results = merged(chosen.merge, results)
    about = {"date": time.strftime("%Y-%m-%d"), "machine": machine(), "corpus": chosen.corpus.name}
    print_tables(results)
    write_tables(results, about)
    write_pages(results, about, OUT)
    print(f"tables, plots and page: {OUT}")


if __name__ == "__main__":
    main()
