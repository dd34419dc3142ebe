"""Files that hold packed content (documents, packages, pictures, mails): what looking inside them saves, and what it takes.

    python -m tests.benchmarks.documents FILE-OR-FOLDER... [--level fast] [--model ID] [--before PYTHON] [--streams]

Every file goes alone through the command line and back, and is compared. `--before` names an interpreter with an older
nacomp, whose archive stands beside ours: where that is one without views, the difference is what looking inside saves. The
seconds are those that the commands report, which begin when the model is loaded. `--streams` lists the deflate streams that
were opened, a row for each piece: what they unpack to, and what the corrections take in % of the stream; streams that stayed
closed are not in the archive's index, so they are not listed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from nacomp.formats.extent import Extent
from nacomp.formats.methods import MethodKind
from nacomp.formats.reader import ArchiveReader


@dataclass(frozen=True)
class Stream:
    """A deflate stream, or a piece of one, in bytes: of the file, unpacked, and what its corrections are before coding."""

    size: int
    content: int
    corrections: int


@dataclass(frozen=True)
class Row:
    """One file; sizes in bytes."""

    name: str
    original: int
    before: int | None
    now: int
    seconds_in: float
    seconds_out: float
    views: dict[str, int]
    streams: tuple[Stream, ...]


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named or lie in a folder that is, sorted; empty ones are left out."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.stat().st_size:
                yield file


def nacomp(python: str, *arguments: str) -> dict[str, Any]:
    """Run a command of this interpreter's nacomp; gives its last JSON line."""
    # -P: the folder this is called in has packages that would hide those of another interpreter.
    done = subprocess.run(
        [python, "-P", "-m", "nacomp", *arguments, "--json"], stdout=subprocess.PIPE, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def round_trip(python: str, path: Path, folder: Path, how: Sequence[str]) -> tuple[Path, float, float]:
    """The archive, seconds in and out. Ends the program if a file does not come back as it was."""
    archive, back = folder / "archive.nac", folder / "back"
    packed = nacomp(python, "compress", str(path), "-o", str(archive), "-f", *how)
    found = nacomp(python, "decompress", str(archive), "-o", str(back), "-f")
    if back.read_bytes() != path.read_bytes():
        raise SystemExit(f"{path} did not come back as it was")
    return archive, packed["seconds"], found["seconds"]


def measured(path: Path, how: Sequence[str], before: str | None) -> Row:
    """One file, by the older nacomp too where there is one."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        older = round_trip(before, path, folder, how)[0].stat().st_size if before else None
        archive, seconds_in, seconds_out = round_trip(sys.executable, path, folder, how)
        views = nacomp(sys.executable, "info", str(archive))["views"]
        size, now = path.stat().st_size, archive.stat().st_size
        return Row(path.name, size, older, now, seconds_in, seconds_out, views, tuple(streams_of(archive)))


def streams_of(archive: Path) -> Iterator[Stream]:
    """The deflate streams that an archive's views make."""
    with archive.open("rb") as file, ArchiveReader.open(file) as reader:
        for one in reader.index.derived:
            if reader.methods[one.method].kind is MethodKind.DEFLATE:
                *_, content, corrections = map(_length, one.parts)
                yield Stream(one.size, content, corrections)


def _length(part: Iterable[Extent]) -> int:
    return sum(extent.length for extent in part)


def table_of(rows: Sequence[Row]) -> Table:
    """A row for each file, and their sum."""
    older = any(row.before is not None for row in rows)
    table = Table("file", "bytes", *(["before"] if older else []), "now", "share", "s in", "s out", "views")
    for column in table.columns[1:-1]:
        column.justify = "right"
    for row in [*rows, total(rows)]:
        table.add_row(
            row.name,
            f"{row.original:,}",
            *([f"{row.before:,}"] if row.before is not None else []),
            f"{row.now:,}",
            f"{100 * row.now / row.original:.1f}%",
            f"{row.seconds_in:.1f}",
            f"{row.seconds_out:.1f}",
            ", ".join(f"{kind} {count}" for kind, count in sorted(row.views.items())) or "-",
        )
    return table


def total(rows: Sequence[Row]) -> Row:
    """All files together."""
    views: dict[str, int] = {}
    for row in rows:
        for kind, count in row.views.items():
            views[kind] = views.get(kind, 0) + count
    before = [row.before for row in rows if row.before is not None]
    return Row(
        "all",
        sum(row.original for row in rows),
        sum(before) if before else None,
        sum(row.now for row in rows),
        sum(row.seconds_in for row in rows),
        sum(row.seconds_out for row in rows),
        views,
        (),
    )


def stream_table(rows: Sequence[Row]) -> Table:
    """A row for each deflate stream that was opened."""
    table = Table("file", "stream", "content", "corrections", "% of the stream")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        for one in row.streams:
            share = f"{100 * one.corrections / one.size:.2f}"
            table.add_row(row.name, f"{one.size:,}", f"{one.content:,}", f"{one.corrections:,}", share)
    return table


def main() -> None:
    """Measure each file alone."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--model")
    parser.add_argument("--before", metavar="PYTHON", help="an interpreter with an older nacomp")
    parser.add_argument("--streams", action="store_true", help="list the deflate streams that were opened")
    chosen = parser.parse_args()
    how = ["--level", chosen.level] + (["--model", chosen.model] if chosen.model else [])
    files = list(files_below(chosen.paths))
    if not files:
        parser.error("there is no file that is not empty")
    rows = [measured(path, how, chosen.before) for path in files]
    Console().print(table_of(rows))
    if chosen.streams:
        Console().print(stream_table(rows))


if __name__ == "__main__":
    main()
