"""Versions of the same beside each other: bytes, processor seconds and peak memory beside tar with xz and zstd, and borg.

    python -m tests.benchmarks.versions copies [--size MB] [--text MB] [--copies N]   # generated: a file and changed copies
    python -m tests.benchmarks.versions trees FOLDER...                               # such as two releases of a package
    python -m tests.benchmarks.versions tars FOLDER...                                # the same, each as a tar file
    python -m tests.benchmarks.versions notes TEXT... [--copies N] [--bytes N]        # small files, cut from texts

What is not installed is left out; `--borg PROGRAM` names a borg that is not on the PATH. The last line says how far the
archive is above the best of the others: at most 1% or 200 bytes is what is promised.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.nacomp.workbench import prose

RECORD_BYTES = 24
INSERTIONS = 20
MOST_INSERTED = 500


@dataclass(frozen=True)
class Figure:
    """What one program made of the inputs."""

    name: str
    size: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["copies", "trees", "tars", "notes"])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--size", type=float, default=30, metavar="MB")
    parser.add_argument("--text", type=float, default=10, metavar="MB")
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--bytes", type=int, default=200)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--borg", default=shutil.which("borg"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        inputs = work / "inputs"
        inputs.mkdir()
        fill(inputs, given)
        total = sum(
            path.stat().st_size for path in inputs.rglob("*") if path.is_file() and not path.is_symlink()
        )
        print(
            f"{total:,} bytes\n\n| | bytes | processor s | s | peak MB |\n|---|---|---|---|---|", flush=True
        )
        figures = [show(figure) for figure in contest(work, given.level, given.borg)]
        ours, best = figures[0].size, min(figure.size for figure in figures[1:])
        print(f"\n{ours - best:+,} bytes, {ours / best - 1:+.2%} of the best of the others")


def fill(inputs: Path, given: argparse.Namespace) -> None:
    """Put into an empty folder what is to be archived."""
    match given.what:
        case "copies":
            near_copies(inputs, int(given.size * 1e6), int(given.text * 1e6), given.copies)
        case "notes":
            text = b"".join(path.read_bytes() for path in given.folders)
            notes(inputs, text, given.copies, given.bytes)
        case "tars":
            for folder in given.folders:
                out = inputs / f"{folder.name}.tar"
                command = ["tar", "c", "--sort=name", "-f", out, "-C", folder.parent, folder.name]
                subprocess.run(command, check=True)
        case "trees":
            for folder in given.folders:
                shutil.copytree(folder, inputs / folder.name, symlinks=True)


def near_copies(folder: Path, size: int, text: int, copies: int) -> None:
    """A file of text, records and noise, and copies that each have some more insertions than the one before."""
    numbers = random.Random(21)
    written = bytearray(prose(text))
    while len(written) < text + (size - text) // 2:
        row = len(written) // RECORD_BYTES
        written += (
            row.to_bytes(8, "little") + numbers.randbytes(2) + bytes(6) + (row % 977).to_bytes(8, "big")
        )
    written += numbers.randbytes(size - len(written))
    for number in range(copies):
        (folder / f"copy-{number:02}.bin").write_bytes(written)
        for _ in range(INSERTIONS):
            at = numbers.randrange(len(written))
            written[at:at] = numbers.randbytes(numbers.randrange(1, MOST_INSERTED))


def notes(folder: Path, text: bytes, count: int, size: int) -> None:
    """Files of this size, cut from a text in its order, a hundred to a folder."""
    if len(text) < count * size:
        raise SystemExit(f"the texts have {len(text):,} bytes; {count * size:,} are needed")
    for number in range(count):
        place = folder / f"{number // 100:04}"
        place.mkdir(exist_ok=True)
        (place / f"note-{number:06}.txt").write_bytes(text[number * size : (number + 1) * size])


def contest(work: Path, level: str, borg: str | None) -> list[Callable[[], Figure]]:
    """One call for each program; nacomp is first."""
    archive = work / "a.nac"
    ours: list[str | Path] = [
        sys.executable,
        "-m",
        "nacomp",
        "compress",
        "-q",
        "--level",
        level,
        "inputs",
        "-o",
        archive,
    ]
    calls: list[Callable[[], Figure]] = [partial(_measured, "nacomp", ours, work, archive)]
    for name, command in {
        "tar, xz -9e": "xz -9e",
        "tar, zstd -19 --long=31": "zstd -q -19 --long=31",
    }.items():
        if shutil.which(command.split()[0]):
            out = work / f"{command.split()[0]}.out"
            shell = ["sh", "-c", f"tar c --sort=name inputs | {command} > {out}"]
            calls.append(partial(_measured, name, shell, work, out))
    if borg is not None:
        os.environ |= {
            "BORG_BASE_DIR": str(work / "borg"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        }
        repository = work / "repository"
        subprocess.run([borg, "init", "-e", "none", repository], check=True)
        create = [borg, "create", "--compression", "zstd,19", f"{repository}::all", "inputs"]
        calls.append(partial(_measured, "borg, zstd,19", create, work, repository))
    return calls


def _measured(name: str, command: Sequence[str | Path], folder: Path, made: Path) -> Figure:
    began = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), cwd=folder)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name} failed with {process.returncode}")
    files = [made] if made.is_file() else [path for path in made.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Figure(name, size, used.ru_utime + used.ru_stime, time.monotonic() - began, peak)


def show(call: Callable[[], Figure]) -> Figure:
    """Run one, and print its row at once."""
    one = call()
    print(
        f"| {one.name} | {one.size:,} | {one.cpu_seconds:.1f} | {one.wall_seconds:.1f} | {one.peak_bytes / 1e6:.0f} |",
        flush=True,
    )
    return one


if __name__ == "__main__":
    main()
