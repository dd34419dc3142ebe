"""How much memory a block's model will take, against what the machine has: told before, not found out after.

The estimates are lower bounds (weights and ring of keys and values, nothing else), so what is refused here could not
have run; a job that is let through may still meet MemoryError, which is told in a sentence too.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from nacomp.errors import ExitCode, NacompError

CGROUP = Path("/sys/fs/cgroup")
BATCH_ROWS = 256
"""Rows of one forward, which the ring has room for behind the window."""


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
