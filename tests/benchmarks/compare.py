"""`make bench CORPUS=folder`: nacomp's levels beside classical compressors, on the same files in one run.

Every command runs in a process of its own, and every file is decompressed and compared. Writes tables (CSV, JSON), plots
(SVG) and a page that joins them to `bench-out/`. Model weights are not counted in the sizes; the page says how big they are.
Other compressors join by option: `--with NAME 'COMMAND {in} {out}' 'COMMAND {in} {out}'`.
"""

import argparse
import csv
import json
import os
import platform
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from classic import CODECS
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "bench-out"


@dataclass(frozen=True)
class Contestant:
    """A compressor as two command lines with `{in}` and `{out}` in them."""

    name: str
    compress: tuple[str, ...]
    decompress: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One file through one compressor. Sizes in bytes, speeds in kB of source per second, memory in MB."""

    file: str
    codec: str
    size: int
    packed: int
    bits_per_byte: float
    compress_speed: float
    decompress_speed: float
    memory: float


def contestants(levels: Sequence[str], extra: Sequence[Sequence[str]]) -> list[Contestant]:
    """The classical ones, nacomp's levels, and what `--with` named."""
    classic = [sys.executable, str(HERE / "classic.py")]
    found = [
        Contestant(
            name,
            (*classic, name, "compress", "{in}", "{out}"),
            (*classic, name, "decompress", "{in}", "{out}"),
        )
        for name in CODECS
    ]
    nacomp = (sys.executable, "-m", "nacomp")
    for level in levels:
        pack = (*nacomp, "compress", "{in}", "-o", "{out}", "-f", "-q", "--level", level)
        found.append(
            Contestant(f"nacomp {level}", pack, (*nacomp, "decompress", "{in}", "-o", "{out}", "-f", "-q"))
        )
    for name, pack_line, unpack_line in extra:
        found.append(Contestant(name, tuple(shlex.split(pack_line)), tuple(shlex.split(unpack_line))))
    return found


def timed(command: Sequence[str], source: Path, target: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of one command."""
    words = [word.replace("{in}", str(source)).replace("{out}", str(target)) for word in command]
    began = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{shlex.join(words)} failed with exit code {child.returncode}")
    return time.perf_counter() - began, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def measure(path: Path, codec: Contestant, folder: Path) -> Result:
    """Round-trip one file; raises if a byte differs."""
    packed, back = folder / "packed", folder / "back"
    packing, memory = timed(codec.compress, path, packed)
    unpacking, more = timed(codec.decompress, packed, back)
    if back.read_bytes() != path.read_bytes():
        raise SystemExit(f"{codec.name} did not give {path} back")
    size, small = path.stat().st_size, packed.stat().st_size
    speeds = (size / packing / 1000, size / unpacking / 1000)
    return Result(path.name, codec.name, size, small, 8 * small / max(size, 1), *speeds, max(memory, more))


def summary(results: Sequence[Result]) -> list[Result]:
    """One row per compressor over all files: sizes summed, speeds from total time, the highest memory."""
    rows = []
    for codec in dict.fromkeys(r.codec for r in results):
        mine = [r for r in results if r.codec == codec]
        size, packed = sum(r.size for r in mine), sum(r.packed for r in mine)
        there = size / sum(r.size / r.compress_speed for r in mine)
        back = size / sum(r.size / r.decompress_speed for r in mine)
        memory = max(r.memory for r in mine)
        rows.append(Result("all files", codec, size, packed, 8 * packed / max(size, 1), there, back, memory))
    return rows


def print_tables(results: Sequence[Result]) -> None:
    """Sizes by file, then the summary."""
    codecs = list(dict.fromkeys(r.codec for r in results))
    sizes = Table("file", "bytes", *codecs, title="bits per byte")
    for file in dict.fromkeys(r.file for r in results):
        mine = {r.codec: r for r in results if r.file == file}
        first = next(iter(mine.values()))
        sizes.add_row(file, f"{first.size:,}", *(f"{mine[c].bits_per_byte:.3f}" for c in codecs))
    total = Table("compressor", "bytes", "bits/byte", "kB/s there", "kB/s back", "peak MB", title="all files")
    for row in summary(results):
        speeds = (f"{row.compress_speed:,.1f}", f"{row.decompress_speed:,.1f}", f"{row.memory:,.0f}")
        total.add_row(row.codec, f"{row.packed:,}", f"{row.bits_per_byte:.3f}", *speeds)
    console = Console(width=max(100, 14 * (len(codecs) + 2)))
    console.print(sizes, total)


def plot(results: Sequence[Result]) -> None:
    """Ratio against speed, and size by file."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5))
    for row in summary(results):
        ours = row.codec.startswith("nacomp")
        axes.scatter(
            row.decompress_speed, row.size / row.packed, s=70, color="#c2410c" if ours else "#64748b"
        )
        axes.annotate(
            row.codec, (row.decompress_speed, row.size / row.packed), (6, 4), textcoords="offset points"
        )
    axes.set(
        xscale="log",
        xlabel="decompression, kB/s",
        ylabel="times smaller",
        title="Ratio against speed, all files",
    )
    figure.savefig(OUT / "ratio-speed.svg", bbox_inches="tight")
    codecs = list(dict.fromkeys(r.codec for r in results))
    files = list(dict.fromkeys(r.file for r in results))
    figure, axes = plt.subplots(figsize=(8, 0.8 * len(files) + 1.5))
    for place, codec in enumerate(codecs):
        rates = [next(r.bits_per_byte for r in results if (r.file, r.codec) == (f, codec)) for f in files]
        axes.barh(
            [i + place / (len(codecs) + 1) for i in range(len(files))],
            rates,
            1 / (len(codecs) + 1),
            label=codec,
        )
    axes.set(
        yticks=[i + 0.4 for i in range(len(files))],
        yticklabels=files,
        xlabel="bits per byte (less is better)",
    )
    axes.invert_yaxis()
    axes.legend(fontsize="small")
    figure.savefig(OUT / "bits-by-file.svg", bbox_inches="tight")


def write_out(results: Sequence[Result]) -> None:
    """CSV, JSON and the page."""
    rows = [asdict(r) for r in results]
    with (OUT / "results.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    document = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "results": rows}
    (OUT / "results.json").write_text(json.dumps(document, indent=1))
    cells = "".join(
        f"<tr><td>{r.codec}<td>{r.packed:,}<td>{r.bits_per_byte:.3f}<td>{r.compress_speed:,.1f}"
        f"<td>{r.decompress_speed:,.1f}<td>{r.memory:,.0f}"
        for r in summary(results)
    )
    (OUT / "index.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>nacomp: benchmark</title>'
        "<style>body{font:16px system-ui;max-width:60em;margin:2em auto}td,th{padding:.2em .8em;text-align:right}</style>"
        f"<h1>nacomp beside others</h1><p>{document['date']}, {machine}. Model weights are not counted.</p>"
        "<table><tr><th>compressor<th>bytes<th>bits/byte<th>kB/s there<th>kB/s back<th>peak MB"
        f'{cells}</table><p><img src="ratio-speed.svg"><p><img src="bits-by-file.svg">'
    )


def main() -> None:
    """Measure a folder's files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, help="a folder of files, or one file")
    parser.add_argument("--levels", nargs="+", default=["fast", "balanced"])
    parser.add_argument(
        "--with", dest="extra", nargs=3, action="append", default=[], metavar=("NAME", "PACK", "UNPACK")
    )
    chosen = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    files = (
        sorted(p for p in chosen.corpus.iterdir() if p.is_file())
        if chosen.corpus.is_dir()
        else [chosen.corpus]
    )
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            for codec in contestants(chosen.levels, chosen.extra):
                results.append(measure(path, codec, Path(folder)))
                print(f"{path.name:20} {codec.name:20} {results[-1].packed:>12,}", file=sys.stderr)
    print_tables(results)
    write_out(results)
    plot(results)
    print(f"tables and plots: {OUT}")


if __name__ == "__main__":
    main()
