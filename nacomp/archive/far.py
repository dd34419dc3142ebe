"""Large units coded as one where they have much in common that no chunk finds: a window as wide as `xz -9e`'s and wider.

    coded units -> runs of large ones -> does one window over all of them find more? -> one LZMA block, if that is smaller

Chunks find copies from 32 KiB on, at any distance. What changes every few kilobytes, as versions of a tar file or of a
database do, is found by a window alone, and a unit's is 16 MiB. Units of 128 MiB from the start lost: the context mixer
takes 16 MiB, and all of a block has to be decoded for a byte of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from nacomp.archive.units import SMALL_BYTES, Unit, side_by_side
from nacomp.codecs import classical
from nacomp.runtime.memory import free_memory

FAR_BYTES = 1 << 27
"""Bytes of units that are looked at together, and of a block then; twice that is held meanwhile. A decoder takes 256 MiB."""
WINDOWS = (1 << 27, 1 << 26, 1 << 25)
"""Bytes that LZMA may look back, the most that memory allows: its encoder takes 12 times as much."""
MEMORY_PER_BYTE = 12
WORTH_LOOKING = 0.98
"""Of what Zstandard makes of each unit: where its long matches over all of them leave more, nothing is far apart."""
AT_BEST = 0.7
"""Of what Zstandard makes of all, about the least that LZMA leaves: no trial where even that would not be smaller."""


class Coded(Protocol):
    """A block, as `BlockEncoder` makes it."""

    @property
    def archive_bytes(self) -> int:
        """What it takes in the archive."""
        ...


AnyBlock = TypeVar("AnyBlock", bound=Coded)


def joined_where_smaller(
    coded: Iterable[tuple[Unit, list[AnyBlock]]],
    as_one: Callable[[Unit, int], AnyBlock],
    check: Callable[[], object],
) -> Iterator[tuple[Unit, list[AnyBlock]]]:
    """The units with their blocks, or runs of them as one unit with one block, which `as_one` codes with a window."""
    run: list[tuple[Unit, list[AnyBlock]]] = []
    size = 0
    for unit, blocks in coded:
        large = len(unit.data) >= SMALL_BYTES
        if run and (not large or size + len(unit.data) > FAR_BYTES):
            yield from _smaller(run, as_one, check)
            run, size = [], 0
        if large:
            run.append((unit, blocks))
            size += len(unit.data)
        else:
            yield unit, blocks
    if run:
        yield from _smaller(run, as_one, check)


def _smaller(
    run: Sequence[tuple[Unit, list[AnyBlock]]],
    as_one: Callable[[Unit, int], AnyBlock],
    check: Callable[[], object],
) -> Iterator[tuple[Unit, list[AnyBlock]]]:
    size = sum(block.archive_bytes for _, blocks in run for block in blocks)
    window = window_for(sum(len(unit.data) for unit, _ in run))
    if len(run) > 1 and window and _is_promising([unit.data for unit, _ in run], size, check):
        whole = side_by_side([unit for unit, _ in run])
        block = as_one(whole, window)
        if block.archive_bytes < size:
            yield whole, [block]
            return
    yield from run


def window_for(size: int) -> int:
    """How far LZMA may look back in so many bytes, or 0 where there is no memory for more than a unit's window."""
    free = free_memory() // 2
    return next((min(w, size) for w in WINDOWS if min(w, size) * MEMORY_PER_BYTE <= free), 0)


def _is_promising(datas: Sequence[bytes], size: int, check: Callable[[], object]) -> bool:
    alone = 0
    for data in datas:
        check()
        alone += classical.probe(data)
    together = classical.probe(b"".join(datas))
    return together < WORTH_LOOKING * alone and together * AT_BEST < size
