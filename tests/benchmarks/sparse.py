"""A sparse file of a terabyte beside its data alone, and beside `tar -S`: seconds, peak memory, and whether holes came back.

python -m tests.benchmarks.sparse [TERABYTES]
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.nacomp.workbench import prose

PIECE = 20_000
"""Bytes of text at each of five places."""


def measured(command: Sequence[str | Path]) -> tuple[float, float]:
    """Seconds and megabytes at the peak of a command that must succeed."""
    began = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} ended with status {status}")
    return time.monotonic() - began, used.ru_maxrss / 1000


def main() -> None:
    """Print a line for each command, and the sizes."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else "1") * (1 << 40))
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "disk").open("wb") as file:
            file.truncate(size)
            for place in range(5):
                file.seek(size // 5 * place)
                file.write(prose(PIECE, place))
        (folder / "data").write_bytes(b"".join(prose(PIECE, place) for place in range(5)))
        nacomp, archive, tape = [sys.executable, "-m", "nacomp"], folder / "a.nac", folder / "a.tar"
        (folder / "by-tar").mkdir()
        commands: dict[str, list[str | Path]] = {
            "data, compress": [*nacomp, "compress", "-q", "--level", "fast", folder / "data"],
            "disk, compress": [*nacomp, "compress", "-q", "--level", "fast", folder / "disk", "-o", archive],
            "disk, decompress": [*nacomp, "decompress", "-q", archive, "-o", folder / "out"],
            "tar -S, in": ["tar", "-C", folder, "-S", "-cf", tape, "disk"],
            "tar, out": ["tar", "-C", folder / "by-tar", "-xf", tape],
        }
        for title, command in commands.items():
            seconds, megabytes = measured(command)
            print(f"{title:18} {seconds:7.2f} s {megabytes:7.0f} MB")
        for title, path in (("disk", folder / "disk"), ("out", folder / "out"), ("archive", archive)):
            found = path.stat()
            print(f"{title:18} {found.st_size:,} bytes, {found.st_blocks * 512:,} on the disk")


if __name__ == "__main__":
    main()
