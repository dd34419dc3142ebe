"""Writes the kinds of structured text that context mixing is measured on: 100,000 bytes of each, from public files.

    python -m tests.benchmarks.kinds FOLDER [--root /]     # then: compare.py FOLDER, or mixing.py FOLDER

A table of language codes, a table of numbers, a list of files, a hex dump, a vector drawing, a package manager's log,
minified JavaScript and an XML catalogue. They come from Debian's iso-codes, dpkg and whatever packages are installed, so
that the files differ from machine to machine: compare within a run.
"""

import argparse
import csv
import io
import json
import os
import random
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy

BYTES = 100_000
CODES = "usr/share/iso-codes/json/iso_639-3.json"
CATALOGUE = "usr/share/xml/iso-codes/iso_639-3.xml"
LOG = "var/log/dpkg.log"


def middle(content: bytes) -> bytes:
    """BYTES from the middle, from a line's start on where there are lines."""
    start = max(0, (len(content) - BYTES) // 2)
    line = content.find(b"\n", start, start + 2000) + 1
    return content[line or start :][:BYTES]


def language_codes(root: Path) -> bytes:
    """A table of text: codes and names."""
    rows = json.loads((root / CODES).read_text("utf-8"))["639-3"]
    columns = ("alpha_3", "alpha_2", "scope", "type", "name")
    return table([columns, *([row.get(column, "") for column in columns] for row in rows)])


def numbers(_root: Path) -> bytes:
    """A table of measurements that wander, drawn from a seed."""
    rng, values, rows = random.Random(1), [20.0, 1013.0, 55.0, 3.0], []
    for i in range(6000):
        values = [v + rng.gauss(0, 0.01 * abs(v) + 0.01) for v in values]
        rows.append([1_700_000_000 + 60 * i, *(f"{v:.{k}f}" for k, v in enumerate(values, 1))])
    return table([("time", "temperature", "pressure", "humidity", "wind"), *rows])


def files(root: Path) -> bytes:
    """A table of paths, sizes and times."""
    rows: list[list[object]] = []
    for folder, below, names in os.walk(root / "usr" / "share"):
        below.sort()
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file():
                rows.append([path, path.stat().st_size, int(path.stat().st_mtime)])
        if len(rows) > 8000:
            break
    return table(rows)


def table(rows: Sequence[Sequence[object]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def hex_dump(_root: Path) -> bytes:
    """As `xxd` writes it, of an extension module."""
    library = Path(numpy.__file__).parent
    content = max(library.rglob("*.so"), key=lambda path: path.stat().st_size).read_bytes()
    lines = []
    for at in range(0, min(len(content), 1_000_000), 16):
        row = content[at : at + 16]
        pairs = " ".join(row[i : i + 2].hex() for i in range(0, 16, 2))
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}: {pairs}  {shown}\n")
    return "".join(lines).encode()


def drawing(root: Path) -> bytes:
    """The largest vector drawing of the installed packages."""
    return largest(root, "*.svg")


def javascript(root: Path) -> bytes:
    """The largest script of the installed packages that was minified: hardly any lines."""
    return largest(root, "*.js", lambda content: content.count(b"\n") * 500 < len(content))


def largest(root: Path, pattern: str, wanted: Callable[[bytes], bool] = lambda _: True) -> bytes:
    """The largest file of this name below the packages of Python and of the system."""
    bases = (Path(sysconfig.get_path("purelib")), root / "usr" / "share", root / "usr" / "lib")
    found = {path.stat().st_size: path for base in bases for path in base.rglob(pattern) if path.is_file()}
    for size in sorted(found, reverse=True):
        if size >= BYTES and wanted(content := found[size].read_bytes()):
            return content
    raise OSError(f"no {pattern} of {BYTES} bytes")


KINDS: dict[str, Callable[[Path], bytes]] = {
    "codes.csv": language_codes,
    "numbers.csv": numbers,
    "files.csv": files,
    "dump.hex": hex_dump,
    "plot.svg": drawing,
    "dpkg.log": lambda root: (root / LOG).read_bytes(),
    "script.js": javascript,
    "codes.xml": lambda root: (root / CATALOGUE).read_bytes(),
}


def main() -> None:
    """Write those that this machine has the sources of."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--root", type=Path, default=Path("/"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for name, make in KINDS.items():
        try:
            content = middle(make(chosen.root))
        except (OSError, ValueError) as missing:
            print(f"{name}: left out ({missing!r})")
            continue
        (chosen.folder / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
