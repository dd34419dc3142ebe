"""What a small job costs: processor and clock seconds of whole commands on short texts, beside another installation's.

    python -m tests.benchmarks.start_up [FILE] [--before PYTHON] [--runs 11] [--level fast]

Each command is a process of its own, as a person starts it; with `--before` the other interpreter's runs alternate with
these, and the ratios are between neighbours, so that what else the machine does touches both alike. Medians are shown.
Bytecode is kept as an installation keeps it, and each interpreter has a home of its own, so that neither finds what the
other has noted of devices.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

TEXT = Path(__file__).parents[1] / "data" / "corpus" / "prose.txt"
SIZES = (300, 7000)
COMMANDS = ("compress", "decompress", "test", "list")


class Cost(NamedTuple):
    """Seconds of one process."""

    processor: float
    clock: float


class Installation:
    """An interpreter that has nacomp, and a folder for its files."""

    def __init__(self, python: str, folder: Path, level: str, threads: int | None = None) -> None:
        folder.mkdir()
        self._python = python
        self._folder = folder
        self._level = level
        self._threads = [] if threads is None else ["-T", str(threads)]
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self._environment = {**kept, "NACOMP_HOME": str(folder)}

    def cost(self, command: str, text: bytes) -> Cost:
        """Run a command on this text or its archive, which `compress` makes and so comes first."""
        source, archive = self._folder / f"{len(text)}.txt", self._archive(text)
        source.write_bytes(text)
        arguments = {
            "compress": ["--level", self._level, *self._threads, "-f", "-o", str(archive), str(source)],
            "decompress": [*self._threads, "-f", "-o", str(self._folder / "back"), str(archive)],
        }.get(command, [str(archive)])
        before, began = os.times(), time.perf_counter()
        subprocess.run(
            [self._python, "-m", "nacomp", command, *arguments],
            env=self._environment,
            cwd=self._folder,  # where no checkout is found before what is installed
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        clock, after = time.perf_counter() - began, os.times()
        processor = (
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        return Cost(processor, clock)

    def archive_bytes(self, text: bytes) -> int:
        """Of the archive that `compress` made of this text."""
        return self._archive(text).stat().st_size

    def back(self) -> bytes:
        """What `decompress` wrote last."""
        return (self._folder / "back").read_bytes()

    def _archive(self, text: bytes) -> Path:
        return self._folder / f"{len(text)}.nac"


def row(name: str, text: bytes, runs: int, now: Installation, before: Installation | None) -> list[str]:
    """One line of the table, after a run of each that does not count."""
    pairs = [(now.cost(name, text), before.cost(name, text) if before else None) for _ in range(runs + 1)][1:]
    cells = [name, f"{len(text):,}"]
    for field in Cost._fields:
        cells.append(f"{statistics.median(getattr(mine, field) for mine, _ in pairs):.3f}")
        ratios = [getattr(mine, field) / getattr(other, field) for mine, other in pairs if other]
        cells.append(f"{statistics.median(ratios):.2f}" if ratios else "-")
    return cells


def main() -> None:
    """Measure each command on each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, default=TEXT, help="texts are cut from its beginning")
    parser.add_argument("--before", help="the interpreter of another installation")
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--level", default="fast")
    chosen = parser.parse_args()
    content = chosen.file.read_bytes()
    table = Table("command", "bytes", "processor s", "ratio", "clock s", "ratio")
    with tempfile.TemporaryDirectory() as folder:
        now = Installation(sys.executable, Path(folder) / "now", chosen.level)
        other = Installation(chosen.before, Path(folder) / "before", chosen.level) if chosen.before else None
        for size in SIZES:
            for command in COMMANDS:
                table.add_row(*row(command, content[:size], chosen.runs, now, other))
    Console().print(table)


if __name__ == "__main__":
    main()
