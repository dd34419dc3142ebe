"""Where each token's keys and values lie, and which of them a row sees: the sliding window of NUMERICS section 8.

The reference engine's bookkeeping, free of arithmetic. The window is a ring of slots behind the sinks; moving the
whole cache along at every step lost, because the order of keys touches no bit.
"""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.exact.weights import Hyperparameters
from nacomp.models.protocol import ContextWindow, IntRow

Integers = NDArray[np.int64]

BATCH_SCORES = 1 << 19
"""Attention scores computed at a time, 2 MiB: the dozen passes over them stay in the cache of one core."""


@dataclass(frozen=True)
class Batch:
    """Streams that stand at the same position and take the same number of rows in this call.

    Attributes:
        streams: (stream,)
        rows: (stream, position) index into the call's rows.
        held: slots of these streams that are filled before the call.
        hidden: (position, key) whether a key is out of sight; keys are the held slots, then this call's rows.
        far: (position, key) likewise for the local layers of a model that has a window for them.
        past_window: (position,) whether the position is past the window: it scores the sinks as if it stood at W - 1.
        kept: (kept,) the call's positions that are still in the window after it.
        slots: (kept,) their slots.
    """

    streams: Integers
    rows: Integers
    held: int
    hidden: NDArray[np.bool_]
    far: NDArray[np.bool_]
    past_window: NDArray[np.bool_]
    kept: Integers
    slots: Integers


class Cache:
    """Quantised keys and values.

    Attributes:
        k, v: (layer, stream, kv head, slot, head size) int8.
        ks, vs: (layer, stream, kv head, slot) float32 scales.
    """

    def __init__(self, shape: Hyperparameters, streams: int, window: int) -> None:
        slots = (shape.layers, streams, shape.kv_heads, window)
        self.k, self.v = (np.zeros((*slots, shape.head_size), np.int8) for _ in range(2))
        self.ks, self.vs = (np.zeros(slots, np.float32) for _ in range(2))


class Plan:
    """One call's rows: the position of each, and the batches that attention handles at once."""

    def __init__(
        self, streams: IntRow, lengths: Integers, context: ContextWindow, heads: int, span: int = 0
    ) -> None:
        """`span` is how many tokens a local layer sees, 0 where there are none."""
        self._context = context
        self._span = min(span or context.window, context.window - context.sinks)
        self.positions = np.empty(len(streams), np.int64)
        members = []
        order = np.argsort(streams, kind="stable")
        names, begins, counts = np.unique(streams[order], return_index=True, return_counts=True)
        for stream, begin, count in zip(names.tolist(), begins.tolist(), counts.tolist(), strict=True):
            rows = order[begin : begin + count]
            length = int(lengths[stream])
            self.positions[rows] = length + np.arange(count)
            members.append((length, count, stream, rows))
        members.sort(key=lambda m: m[:3])
        self.batches = tuple(self._split(members, heads))

    def _split(self, members: list[tuple[int, int, int, Integers]], heads: int) -> Iterator[Batch]:
        for (length, count), group in groupby(members, key=lambda m: m[:2]):
            alike = list(group)
            scores = (min(length, self._context.window) + count) * count * heads
            size = max(1, BATCH_SCORES // scores)
            for i in range(0, len(alike), size):
                streams, rows = zip(*(m[2:] for m in alike[i : i + size]), strict=True)
                yield self._batch(length, count, np.array(streams), np.array(rows))

    def _batch(self, length: int, count: int, streams: Integers, rows: Integers) -> Batch:
        window, sinks = self._context.window, self._context.sinks
        held = min(length, window)
        queries = length + np.arange(count)
        keys = np.concatenate([self._held_positions(length), queries])
        seen = (keys <= queries[:, None]) & ((keys < sinks) | (keys > queries[:, None] - (window - sinks)))
        kept = np.flatnonzero((queries < sinks) | (queries >= length + count - (window - sinks)))
        slots = self._slots(queries[kept])
        far = (keys > queries[:, None]) | (keys <= queries[:, None] - self._span)
        return Batch(streams, rows, held, ~seen, far, queries >= window, kept, slots)

    def _slots(self, positions: Integers) -> Integers:
        window, sinks = self._context.window, self._context.sinks
        return np.where(positions < sinks, positions, sinks + (positions - sinks) % (window - sinks))

    def _held_positions(self, length: int) -> Integers:
        """(slot,) the most recent position below `length` that each filled slot holds."""
        window, sinks = self._context.window, self._context.sinks
        slots = np.arange(min(length, window))
        if length <= window:
            return slots
        last = length - 1
        return np.where(slots < sinks, slots, last - (last - slots) % (window - sinks))
