"""What a limit on addresses (`ulimit -v`) leaves: asked before libraries that end the process where it is too little.

tokenizers aborts and OpenBLAS exits, both with a message of their own, where Python would raise MemoryError. Without a
limit, as nearly everywhere, this costs one call of the system.
"""

import sys
from contextlib import suppress
from pathlib import Path

FOR_NUMPY = 100 << 20
"""Bytes: importing numpy 2.4 takes 84 MB of addresses with one thread of OpenBLAS; the rest is for what says so."""
LEAST_FOR_TOKENS = 260 << 20
"""Bytes of all addresses, not of those left: glibc reserves 64 MB for each thread that allocates, or does without.

With limits from 90 to 300 MB in steps of 10 or 20, compressing 8 kB aborted in 5 of 16 jobs, all of them below this. Asking
for 64 or 80 MB that are left stopped four of them, and refused jobs that would have been done.
"""
STATISTICS = Path("/proc/self/statm")


def check_room(needed: int) -> None:
    """Raises MemoryError if a limit leaves fewer than `needed` bytes of addresses."""
    limit = _limit()
    if limit is None:
        return
    import resource

    with suppress(OSError, ValueError):
        used = int(STATISTICS.read_text("ascii").split()[0]) * resource.getpagesize()
        if limit - used < needed:
            raise MemoryError


def check_limit(least: int) -> None:
    """Raises MemoryError if there is a limit, of fewer than `least` bytes."""
    limit = _limit()
    if limit is not None and limit < least:
        raise MemoryError


def _limit() -> int | None:
    """The limit; None for none."""
    if sys.platform != "linux":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit
