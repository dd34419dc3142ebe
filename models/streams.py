"""How a block's symbols are cut into streams: S contiguous runs that advance together, one symbol of each a step.

One token at a time through a 135M model is bound by reading the weights; S rows at a time read them once. Streams differ
in length by at most one symbol and the longer ones come first, so the live streams of a step are always 0..R-1.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass

Symbols = NDArray[np.int32]
Value = TypeVar("Value", np.int32, np.bool_)


@dataclass(frozen=True)
class Streams:
    """The cut of a block of `symbols` symbols into `streams` streams."""

    symbols: int
    streams: int

    @property
    def starts(self) -> list[int]:
        """(S + 1,) where each stream begins in the block; the last entry is the end."""
        short, longer = divmod(self.symbols, self.streams)
        return [s * short + min(s, longer) for s in range(self.streams + 1)]

    @property
    def steps(self) -> int:
        """Number of lockstep steps: the length of the longest stream."""
        return -(-self.symbols // self.streams)

    def live(self, step: int) -> int:
        """How many streams, from stream 0 on, have a symbol at this step."""
        short, longer = divmod(self.symbols, self.streams)
        return self.streams if step < short else longer

    def split(self, values: NDArray[Value]) -> list[NDArray[Value]]:
        """The block's symbols, or what is known of each (n,), as S arrays."""
        return [values[a:b] for a, b in pairwise(self.starts)]

    def rows(self, values: NDArray[Value]) -> Iterator[NDArray[Value]]:
        """What the block's symbols are, or what is known of each (n,), step by step: a row (live stream,) each."""
        table = np.zeros((self.steps, self.streams), values.dtype)
        for stream, (start, end) in enumerate(pairwise(self.starts)):
            table[: end - start, stream] = values[start:end]
        for step in range(self.steps):
            yield table[step, : self.live(step)]

    def join(self, rows: Sequence[Symbols]) -> Symbols:
        """The symbols (n,) behind their rows, one a step: what `rows` took apart."""
        table = np.zeros((self.steps, self.streams), np.int32)
        for step, row in enumerate(rows):
            table[step, : len(row)] = row
        return np.concatenate([table[: b - a, s] for s, (a, b) in enumerate(pairwise(self.starts))])
