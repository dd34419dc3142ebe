"""`make demo`: the main job from end to end on the embedded model, offline, in a minute.

Compresses texts of the project's own (or the files given as arguments) through the command line, decompresses them in a new
process with another number of threads, compares every byte, and prints the sizes beside xz and zstd.
"""

import lzma
import shutil
import subprocess
import sys
import time
from pathlib import Path

import zstandard
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "demo-out"
SAMPLES = (
    "README.md",
    "formats/SPEC.md",
    "formats/NUMERICS.md",
    "nacomp/codecs/lockstep.py",
    "pyproject.toml",
)


def nacomp(*arguments: str) -> float:
    """Run one command in a process of its own; gives its seconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "nacomp", *arguments, "--quiet"], check=True)
    return time.perf_counter() - began


def round_trip(path: Path) -> tuple[int, float, float]:
    """Archive size in bytes, seconds to compress, seconds to decompress. Raises if a byte differs."""
    archive, back = OUT / (path.name + ".nac"), OUT / path.name
    packing = nacomp("compress", str(path), "-o", str(archive), "--level", "fast", "-T", "2")
    unpacking = nacomp("decompress", str(archive), "-o", str(back), "-T", "1")
    if back.read_bytes() != path.read_bytes():
        raise SystemExit(f"{path} did not come back as it was")
    return archive.stat().st_size, packing, unpacking


def main() -> None:
    """Round-trip every sample and print the table."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    paths = [Path(name) for name in sys.argv[1:]] or [ROOT / name for name in SAMPLES]
    # No lines between the columns: a terminal of 80 columns must show every digit.
    title = "level fast, weights not counted; every file came back byte for byte"
    table = Table(title=title, box=SIMPLE_HEAD, padding=0)
    for heading in ("file", "bytes", "xz -9e", "zstd -19", "nacomp", "bits/byte", "vs xz", "s in", "s out"):
        table.add_column(heading, justify="left" if heading == "file" else "right", no_wrap=True)
    for path in paths:
        data = path.read_bytes()
        xz = len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
        zstd = len(zstandard.ZstdCompressor(level=19).compress(data))
        size, packing, unpacking = round_trip(path)
        sizes = (f"{n:,}" for n in (len(data), xz, zstd, size))
        rate, gain = f"{8 * size / max(len(data), 1):.2f}", f"{size / xz - 1:+.0%}"
        table.add_row(path.name, *sizes, rate, gain, f"{packing:.1f}", f"{unpacking:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
