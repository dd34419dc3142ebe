"""How much memory a block's model will take, against what the machine has: told before, not found out after.

What a job is refused for is a lower bound (weights and ring of keys and values, nothing else), so it could not have
run; a job that is let through may still meet MemoryError, which is told in a sentence too. What a batch shares out
among files is an upper estimate.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Lock

from nacomp.errors import ExitCode, NacompError, Remedy

CGROUP = Path("/sys/fs/cgroup")
MEMINFO = Path("/proc/meminfo")
WAIT_SECONDS = 0.2


class NotEnoughMemory(NacompError):
    """This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}."""

    exit_code = ExitCode.IO
    remedy = Remedy.LIST_MODELS


class Budget:
    """Memory that jobs side by side share: first come, first served; one that asks for more than there is runs alone."""

    def __init__(self, total: int) -> None:
        """`total` bytes."""
        self.total = total
        self._used = 0
        self._turn = Lock()
        self._room = Condition()

    @contextmanager
    def share(self, needed: int, check: Callable[[], object]) -> Iterator[None]:
        """Hold `needed` bytes; waits until they are there, and calls `check` meanwhile, which may raise to give up."""
        # Only the first in the row looks for room: a large job is not overtaken by small ones until the end.
        with self._turn, self._room:
            while self._used and self._used + needed > self.total:
                self._room.wait(WAIT_SECONDS)
                check()
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
    machine = _free_of_machine()
    with suppress(OSError, ValueError):
        limit = int((CGROUP / "memory.max").read_text("ascii"))
        used = int((CGROUP / "memory.current").read_text("ascii"))
        statistics = dict(line.split() for line in (CGROUP / "memory.stat").read_text("ascii").splitlines())
        # Cached files count as used, and give way when memory is asked for.
        return min(machine, max(0, limit - used + int(statistics.get("inactive_file", 0))))
    return machine


def _free_of_machine() -> int:
    """What psutil says, whose import takes 10 ms: on Linux these two lines are all that it reads."""
    with suppress(OSError, ValueError, KeyError):
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text("ascii").splitlines())
        return sum(int(lines[name].removesuffix("kB")) << 10 for name in ("MemAvailable", "SwapFree"))
    import psutil

    with suppress(OSError):
        free: int = psutil.virtual_memory().available + psutil.swap_memory().free
        return free
    # Linux without /proc, as in some sandboxes: the kernel's own call, which does not count what caches would give way.
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
