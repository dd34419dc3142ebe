"""Threads on a busy machine: the time of a text both ways while other processes hold processors.

    python -m tests.benchmarks.busy CORPUS [--loops 0 1 2] [--threads 1 2] [--runs 3] [--file alice29.txt]

CORPUS is a folder with the file, such as the Canterbury corpus. A competing loop is a process that does nothing else than
count. For each number of loops all numbers of threads run in turn, `--runs` times; wall time is what a person waits,
processor time what the machine pays, and both are medians. `--threads N` should never be more than a tenth slower than one
thread. The level is fast, and runs take the embedded model.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOP = "while True: pass"


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--file", default="alice29.txt")
    parser.add_argument("--loops", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    text = options.corpus / options.file
    print(
        f"{text.name}, {text.stat().st_size} bytes, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    )
    print("loops threads |  in: wall  processor | out: wall  processor   (seconds, medians)")
    for loops in options.loops:
        with competing(loops):
            table(text, loops, options.threads, options.runs)
    return 0


@contextmanager
def competing(loops: int) -> Iterator[None]:
    """So many processes that only count, while it lives."""
    processes = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def table(text: Path, loops: int, threads: list[int], runs: int) -> None:
    """The lines of one number of loops; each run takes all numbers of threads in turn."""
    found: dict[int, list[tuple[float, ...]]] = {count: [] for count in threads}
    for _ in range(runs):
        for count in threads:
            found[count].append(both_ways(text, count))
    for count in threads:
        into, into_cpu, out, out_cpu = (
            statistics.median(column) for column in zip(*found[count], strict=True)
        )
        print(f"{loops:5} {count:7} | {into:9.2f} {into_cpu:10.2f} | {out:9.2f} {out_cpu:10.2f}", flush=True)


def both_ways(text: Path, threads: int) -> tuple[float, ...]:
    """Wall and processor seconds of compressing, then of decompressing, which must give the text back."""
    with tempfile.TemporaryDirectory() as folder:
        archive, back = Path(folder) / "archive.nac", Path(folder) / "back"
        shared = ("--threads", str(threads), "-o")
        into = timed("compress", "--level", "fast", *shared, str(archive), str(text))
        out = timed("decompress", *shared, str(back), str(archive))
        if back.read_bytes() != text.read_bytes():
            raise SystemExit("the text did not come back")
    return (*into, *out)


def timed(*arguments: str) -> tuple[float, float]:
    """Wall and processor seconds of one command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "nacomp", *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
