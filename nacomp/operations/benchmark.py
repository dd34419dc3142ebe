"""Compressors side by side on the same files, for `nacomp bench` here and for `make bench` with its plots.

Every command runs in a process of its own, whose memory the system counts, and every file is decompressed and compared.
Times: of nacomp and of programs given by option, the whole command, starting and loading the model included. Of the
classical codecs, which run inside Python here, the call alone: their own programs start in a millisecond or two.
"""

import bz2
import gzip
import lzma
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nacomp.errors import ExitCode, Interrupted, UsageError
from nacomp.formats.records import dataclass

Transform = Callable[[bytes], bytes]
PPMD_ORDER, PPMD_MEMORY = 8, 256 << 20
POLL_SECONDS = 0.002


@dataclass(frozen=True)
class Contestant:
    """A compressor as two command lines with `{in}` and `{out}` in them; `<` and `>` in front of a word redirect.

    Attributes:
        weights: bytes of a model that both sides need and that no archive counts.
        ours: whether it is nacomp.
        tells_seconds: it prints the seconds that count.
    """

    name: str
    compress: tuple[str, ...]
    decompress: tuple[str, ...]
    weights: int = 0
    ours: bool = False
    tells_seconds: bool = False


@dataclass(frozen=True)
class Result:
    """One file, or all, through one compressor. Sizes in bytes, times in seconds, memory in MB (the larger of both ways)."""

    file: str
    codec: str
    size: int
    packed: int
    compress_seconds: float
    decompress_seconds: float
    memory: float
    weights: int
    ours: bool

    @property
    def bits_per_byte(self) -> float:
        """Archive bits per source byte."""
        return 8 * self.packed / max(self.size, 1)

    @property
    def ratio(self) -> float:
        """Times smaller."""
        return self.size / max(self.packed, 1)

    @property
    def compress_speed(self) -> float:
        """kB of source per second."""
        return self.size / 1000 / max(self.compress_seconds, 1e-9)

    @property
    def decompress_speed(self) -> float:
        """kB of source per second."""
        return self.size / 1000 / max(self.decompress_seconds, 1e-9)


def _zstd() -> tuple[Transform, Transform]:
    import zstandard

    return zstandard.ZstdCompressor(level=22).compress, zstandard.ZstdDecompressor().decompress


def _brotli() -> tuple[Transform, Transform]:
    import brotli

    return lambda data: brotli.compress(data, quality=11, lgwin=24), brotli.decompress


def _ppmd() -> tuple[Transform, Transform]:
    from nacomp.codecs import _ppmd as core  # none without a compiler, and the readable twin is no contestant

    def pack(data: bytes) -> bytes:
        return len(data).to_bytes(8, "little") + core.encode(data, PPMD_ORDER, PPMD_MEMORY)

    def unpack(data: bytes) -> bytes:
        return core.decode(data[8:], PPMD_ORDER, PPMD_MEMORY, int.from_bytes(data[:8], "little"))

    return pack, unpack


CODECS: dict[str, Callable[[], tuple[Transform, Transform]]] = {
    "gzip -9": lambda: (lambda d: gzip.compress(d, 9, mtime=0), gzip.decompress),
    "bzip2 -9": lambda: (bz2.compress, bz2.decompress),
    "zstd -22": _zstd,
    "brotli -q 11": _brotli,
    "xz -9e": lambda: (lambda d: lzma.compress(d, preset=9 | lzma.PRESET_EXTREME), lzma.decompress),
    "ppmd -o 8": _ppmd,
}


def run_classical(codec: str, direction: str, source: str, target: str) -> float:
    """One classical codec over one file, in this process; gives the seconds of the call alone."""
    pack, unpack = CODECS[codec]()
    data = Path(source).read_bytes()
    began = time.perf_counter()
    done = (pack if direction == "compress" else unpack)(data)
    seconds = time.perf_counter() - began
    Path(target).write_bytes(done)
    return seconds


def program() -> tuple[str, ...]:
    """The command line of this very nacomp."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "nacomp")


def classical_contestants() -> list[Contestant]:
    """The classical codecs that are installed: all but brotli and, without a native core, PPMd always."""
    found = []
    # The whole command would load numpy and more, and gzip would seem to need it; the frozen application has no other way.
    frozen = getattr(sys, "frozen", False)
    line = (
        (*program(), "bench", "--classical")
        if frozen
        else (sys.executable, "-m", "nacomp.operations.benchmark")
    )
    for name, load in CODECS.items():
        try:
            load()
        except ImportError:
            continue
        pack, unpack = ((*line, name, way, "{in}", "{out}") for way in ("compress", "decompress"))
        found.append(Contestant(name, pack, unpack, tells_seconds=True))
    return found


def own_contestant(name: str, arguments: Sequence[str], weights: int) -> Contestant:
    """nacomp, with these options of `compress`."""
    pack = (*program(), "compress", "{in}", "-o", "{out}", "-f", "-q", *arguments)
    unpack = (*program(), "decompress", "{in}", "-o", "{out}", "-f", "-q")
    return Contestant(name, pack, unpack, weights, True)


def compare(files: Iterable[Path], contestants: Sequence[Contestant]) -> Iterator[Result]:
    """Every file through every compressor. Raises UsageError where a command fails or a byte differs."""
    with TemporaryDirectory(prefix="nacomp-bench-") as folder:
        for path in files:
            for contestant in contestants:
                yield measure(path, contestant, Path(folder))


def measure(path: Path, codec: Contestant, folder: Path) -> Result:
    """Round-trip one file. Raises UsageError."""
    packed, back = folder / "packed", folder / "back"
    there, memory = _timed(codec.compress, path, packed, codec.tells_seconds)
    again, more = _timed(codec.decompress, packed, back, codec.tells_seconds)
    if back.read_bytes() != path.read_bytes():
        raise UsageError(reason=f"{codec.name} did not give {path} back")
    sizes = path.stat().st_size, packed.stat().st_size
    packed.unlink()
    back.unlink()
    return Result(path.name, codec.name, *sizes, there, again, max(memory, more), codec.weights, codec.ours)


def _timed(command: Sequence[str], source: Path, target: Path, told: bool) -> tuple[float, float]:
    """Seconds and peak memory in MB of one command."""
    words = [word.replace("{in}", str(source)).replace("{out}", str(target)) for word in command]
    with ExitStack() as stack:
        redirected: dict[str, Any] = {
            stream: stack.enter_context(Path(word[1:]).open("rb" if sign == "<" else "wb"))
            for sign, stream in (("<", "stdin"), (">", "stdout"))
            for word in words
            if word.startswith(sign)
        }
        plain = [word for word in words if word[:1] not in ("<", ">")]
        # A number is so short that nobody has to read along.
        redirected.setdefault("stdout", subprocess.PIPE if told else subprocess.DEVNULL)
        began = time.perf_counter()
        try:
            child = stack.enter_context(subprocess.Popen(plain, **redirected))
        except OSError as problem:
            raise UsageError(reason=f"{plain[0]} does not start ({problem.strerror})") from problem
        memory = _wait(child)
        seconds = time.perf_counter() - began
        if child.returncode in (ExitCode.INTERRUPTED, -signal.SIGINT):
            raise Interrupted
        if child.returncode:
            raise UsageError(reason=f"{shlex.join(words)} failed with exit code {child.returncode}")
        return (float(child.stdout.read()) if child.stdout is not None else seconds), memory


def _wait(child: "subprocess.Popen[bytes]") -> float:
    """Wait for the end of a command; its peak memory in MB.

    The system's own account of it begins with what this process had when it started the command, so it is right above that
    only; below, the peak is looked up while the command runs.
    """
    peak = 0
    if sys.platform == "win32":
        while child.poll() is None:
            peak = max(peak, _peak(child.pid))
            time.sleep(POLL_SECONDS)
        return peak / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    while True:
        found, status, usage = os.wait4(child.pid, os.WNOHANG)
        if found:
            break
        peak = max(peak, _peak(child.pid))
        time.sleep(POLL_SECONDS)
    child.returncode = os.waitstatus_to_exitcode(status)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (usage.ru_maxrss * unit if usage.ru_maxrss > own else peak) / 1e6


def _peak(pid: int) -> int:
    """Bytes a running process has held at most so far; what it holds now where the system does not tell."""
    with suppress(OSError):  # Linux
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    import psutil  # not above: every classical codec's process would load it

    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid).memory_info()
        return int(getattr(found, "peak_wset", found.rss))
    return 0


def summary(results: Sequence[Result]) -> list[Result]:
    """One row per compressor over all files: sizes and times summed, the highest memory."""
    rows = []
    for codec in dict.fromkeys(r.codec for r in results):
        mine = [r for r in results if r.codec == codec]
        rows.append(
            Result(
                "all files",
                codec,
                sum(r.size for r in mine),
                sum(r.packed for r in mine),
                sum(r.compress_seconds for r in mine),
                sum(r.decompress_seconds for r in mine),
                max(r.memory for r in mine),
                mine[0].weights,
                mine[0].ours,
            )
        )
    return rows


SUMMARY_HEADINGS = ("compressor", "bytes", "bits/byte", "kB/s in", "kB/s out", "peak MB", "weights MB")


def summary_cells(row: Result) -> tuple[str, ...]:
    """A row of the summary as text, under SUMMARY_HEADINGS."""
    return (
        row.codec,
        f"{row.packed:,}",
        f"{row.bits_per_byte:.3f}",
        _speed(row.compress_speed),
        _speed(row.decompress_speed),
        f"{row.memory:,.0f}",
        f"{row.weights / 1e6:.1f}" if row.weights else "",
    )


def _speed(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 100 else f"{speed:.1f}"


def files_below(folder: Path) -> list[Path]:
    """The files of a folder and below it that have content, or the file itself; no links. Raises UsageError for none."""
    paths = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    found = [path for path in paths if path.is_file() and not path.is_symlink() and path.stat().st_size]
    if not found:
        raise UsageError(reason=f"there is no file with content in {folder}")
    return found


if __name__ == "__main__":
    print(run_classical(*sys.argv[1:]))
