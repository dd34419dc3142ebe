"""Every file of a folder with this installation and another: bytes of the archives, processor seconds both ways, in one run.

    python -m tests.benchmarks.against FOLDER --before PYTHON [--level fast] [--threads 2]

The commands of the two alternate, each in a process of its own, so that what else the machine does touches both alike; every
archive is decoded by the installation that wrote it, and compared. `many_kinds.py` writes 63 kinds of data to measure on.
A file that is larger than before by more than LARGER, or slower by more than SLOWER, is named at the end.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.start_up import Installation

LARGER = 1.003
SLOWER = 1.1
"""Single runs of a few seconds differ by as much as this."""


@dataclass(frozen=True)
class Pair:
    """A file with both installations: (now, before) of each figure; seconds are of the processor."""

    name: str
    size: tuple[int, int]
    there: tuple[float, float]
    back: tuple[float, float]

    def row(self) -> list[str]:
        """The pair as a line of the table."""
        (size, old_size), (there, old_there), (back, old_back) = self.size, self.there, self.back
        return [
            self.name,
            f"{old_size:,}",
            f"{size:,}",
            f"{size / old_size:.3f}",
            f"{there:.2f}",
            f"{there / old_there:.2f}",
            f"{back:.2f}",
            f"{back / old_back:.2f}",
        ]


def measure(path: Path, now: Installation, before: Installation) -> Pair:
    """Both ways with both. Raises ValueError when a file does not come back as it was."""
    content = path.read_bytes()
    costs = [
        [one.cost(command, content).processor for one in (now, before)]
        for command in ("compress", "decompress")
    ]
    for one in (now, before):
        if one.back() != content:
            raise ValueError(f"{path.name} did not come back as it was")
    now_size, old_size = (one.archive_bytes(content) for one in (now, before))
    return Pair(path.name, (now_size, old_size), (costs[0][0], costs[0][1]), (costs[1][0], costs[1][1]))


def summary(pairs: list[Pair]) -> str:
    """All of them in two lines, and which are worse."""
    total, old = sum(pair.size[0] for pair in pairs), sum(pair.size[1] for pair in pairs)
    there = statistics.median(pair.there[0] / pair.there[1] for pair in pairs)
    back = statistics.median(pair.back[0] / pair.back[1] for pair in pairs)
    larger = [pair.name for pair in pairs if pair.size[0] > LARGER * pair.size[1]]
    slower = [
        pair.name
        for pair in pairs
        if max(pair.there[0] / pair.there[1], pair.back[0] / pair.back[1]) > SLOWER
    ]
    return (
        f"{len(pairs)} files: {old:,} -> {total:,} bytes ({total / old:.3f}); "
        f"medians of the ratios of seconds: there {there:.2f}, back {back:.2f}\n"
        f"larger: {', '.join(larger) or 'none'}\nslower: {', '.join(slower) or 'none'}"
    )


def main() -> None:
    """Measure each file of the folder."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", required=True, help="the interpreter of another installation")
    parser.add_argument("--level", default="fast")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    table = Table("file", "before", "now", "ratio", "s there", "ratio", "s back", "ratio")
    with tempfile.TemporaryDirectory() as folder:
        now = Installation(sys.executable, Path(folder) / "now", chosen.level, chosen.threads)
        before = Installation(chosen.before, Path(folder) / "before", chosen.level, chosen.threads)
        pairs = [measure(path, now, before) for path in sorted(chosen.folder.iterdir()) if path.is_file()]
    for pair in pairs:
        table.add_row(*pair.row())
    Console().print(table)
    print(summary(pairs))


if __name__ == "__main__":
    main()
