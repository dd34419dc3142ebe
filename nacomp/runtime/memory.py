"""How much memory a block's model will take, against what the machine has: told before, not found out after.

What a job is refused for is a lower bound (weights and ring of keys and values, nothing else), so it could not have
run; a job that is let through may still meet MemoryError, which is told in a sentence too. What a batch shares out
among files is an upper estimate.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Lock
from typing import Any

import psutil

from nacomp.archive.units import UNIT_BYTES
from nacomp.codecs.levels import Level
from nacomp.errors import ExitCode, NacompError
from nacomp.models.llama.devices import cache_bytes
from nacomp.runtime.progress import CancelToken

CGROUP = Path("/sys/fs/cgroup")
BATCH_ROWS = 256
"""Rows of one forward, which the ring has room for behind the window."""

CODING_BYTES = 64 << 20
"""What coding a block takes besides the session."""
CLASSICAL_SHARE, CLASSICAL_LEAST = 20, 96 << 20
"""What the classical codecs take, in sizes of their unit."""
BYTES_PER_SYMBOL = 2
"""Fewer than any text measured has (2.5 for code, 3.6 for prose): more streams, so more memory."""
WAIT_SECONDS = 0.2


class NotEnoughMemory(NacompError):
    """This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}."""

    exit_code = ExitCode.IO


def session_bytes(metadata: Mapping[str, Any], streams: int, window: int) -> int:
    """The least a session of the exact engine takes: int8 keys and values with a scale each, for every stream.

    Measured with SmolLM2 (30 layers, 3 heads of 64), 32 streams, window 1024: 519 MB, of which this names 501.
    """
    layers = int(metadata["llama.block_count"])
    heads = int(metadata["llama.attention.head_count"])
    kv_heads = int(metadata.get("llama.attention.head_count_kv", heads))
    size = int(metadata.get("llama.attention.key_length", int(metadata["llama.embedding_length"]) // heads))
    return streams * (window + BATCH_ROWS) * layers * 2 * kv_heads * (size + 4)


def compress_bytes(
    size: int, level: Level, metadata: Mapping[str, Any] | None, workers: int, engine: str = "exact"
) -> int:
    """About the most that compressing a file of `size` bytes takes besides the model, with `workers` blocks at a time.

    `metadata` are the model's where text is coded here, None where other machines do that; `engine` is what runs it. On a
    GPU the llama engine takes less here. Measured peaks beside it, level
    `fast`: 1 MB of text in one block 81 MB, named 187; 4 MB in two at a time 250 and 378; 1 MB of machine code 145 and
    187; 16 MB of noise 362 and 442.
    """
    blocks = min(workers, -(-size // level.block_bytes))
    # A unit being coded, and one behind it, for each worker the classical codecs' trials on its own.
    units = min(size, 2 * UNIT_BYTES) + blocks * max(CLASSICAL_LEAST, CLASSICAL_SHARE * min(size, UNIT_BYTES))
    if metadata is None:
        return units
    streams = level.streams(min(size, level.block_bytes) // BYTES_PER_SYMBOL)
    if engine == "llama":
        session = cache_bytes(metadata, streams, level.context.window)
    else:
        window = min(level.context.window, int(metadata["llama.context_length"]))
        session = session_bytes(metadata, streams, window)
    return units + blocks * (session + CODING_BYTES)


class Budget:
    """Memory that jobs side by side share: first come, first served; one that asks for more than there is runs alone."""

    def __init__(self, total: int) -> None:
        """`total` bytes."""
        self.total = total
        self._used = 0
        self._turn = Lock()
        self._room = Condition()

    @contextmanager
    def share(self, needed: int, cancel: CancelToken) -> Iterator[None]:
        """Hold `needed` bytes; waits until they are there. Raises Interrupted when cancelled."""
        # Only the first in the row looks for room: a large job is not overtaken by small ones until the end.
        with self._turn, self._room:
            while self._used and self._used + needed > self.total:
                self._room.wait(WAIT_SECONDS)
                cancel.check()
            self._used += needed
        try:
            yield
        finally:
            with self._room:
                self._used -= needed
                self._room.notify_all()


def check_memory(needed: int, advice: str, free: int | None = None) -> None:
    """Raise NotEnoughMemory if this many bytes cannot be had. `free` stands in for what the machine says."""
    free = free_memory() if free is None else free
    if needed > free:
        raise NotEnoughMemory(needed_mb=needed // 10**6 + 1, free_mb=free // 10**6, advice=advice)


def free_memory() -> int:
    """Bytes this process can still get: of the machine with its swap, or of its container if that has less."""
    machine: int = psutil.virtual_memory().available + psutil.swap_memory().free
    with suppress(OSError, ValueError):
        limit = int((CGROUP / "memory.max").read_text("ascii"))
        used = int((CGROUP / "memory.current").read_text("ascii"))
        statistics = dict(line.split() for line in (CGROUP / "memory.stat").read_text("ascii").splitlines())
        # Cached files count as used, and give way when memory is asked for.
        return min(machine, max(0, limit - used + int(statistics.get("inactive_file", 0))))
    return machine
