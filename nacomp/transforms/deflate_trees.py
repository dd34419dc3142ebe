"""Code lengths as zlib makes them from frequencies, and the runs in which it writes them."""

from collections.abc import Sequence
from typing import NamedTuple

from nacomp.transforms.deflate_tables import (
    DISTANCE_CODES,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    FIXED_LENGTHS,
    LENGTH_CODES,
    LENGTH_EXTRA,
    LENGTH_ORDER,
    LITERAL_CODES,
    REPEAT_EXTRA,
)


class Run(NamedTuple):
    """One word of a dynamic block's header: a code length 0..15, or 16, 17, 18 with what they repeat."""

    symbol: int
    repeat: int


class _Heap:
    """zlib's heap of nodes by frequency, then by depth; places begin at 1."""

    def __init__(self, frequencies: Sequence[int]) -> None:
        count = len(frequencies)
        self._frequency = [*frequencies, *(0,) * (count + 1)]
        self._depth = [0] * (2 * count + 1)
        self._heap = [0, *(symbol for symbol in range(count) if frequencies[symbol])]
        last = self._heap[-1] if len(self._heap) > 1 else -1
        while len(self._heap) < 3:
            last += last < 2
            symbol = last if self._frequency[last] == 0 else 0
            self._heap.append(symbol)
            self._frequency[symbol] = 1
        for at in range(len(self) // 2, 0, -1):
            self._sink(at)

    def __len__(self) -> int:
        return len(self._heap) - 1

    @property
    def top(self) -> int:
        return self._heap[1]

    def pop(self) -> int:
        node, last = self._heap[1], self._heap.pop()
        self._heap[1] = last
        self._sink(1)
        return node

    def join(self, a: int, node: int) -> None:
        """`node` becomes the parent of `a` and of the top, whose place it takes."""
        b = self._heap[1]
        self._frequency[node] = self._frequency[a] + self._frequency[b]
        self._depth[node] = max(self._depth[a], self._depth[b]) + 1
        self._heap[1] = node
        self._sink(1)

    def _smaller(self, a: int, b: int) -> bool:
        return (self._frequency[a], self._depth[a]) <= (self._frequency[b], self._depth[b])

    def _sink(self, at: int) -> None:
        heap, node, child = self._heap, self._heap[at], 2 * at
        while child <= len(self):
            if child < len(self) and self._smaller(heap[child + 1], heap[child]):
                child += 1
            if self._smaller(node, heap[child]):
                break
            heap[at] = heap[child]
            at, child = child, 2 * child
        heap[at] = node


def build_lengths(frequencies: Sequence[int], longest: int) -> list[int]:
    """Lengths of at most `longest` bits for every symbol: Huffman's, with zlib's order among equals.

    And with zlib's rule for lengths beyond the longest. Two symbols at least get a length.
    """
    count = len(frequencies)
    heap, parent = _Heap(frequencies), [0] * (2 * count + 1)
    order: list[int] = []  # nodes, rarest first, two for every parent
    node = count
    while len(heap) >= 2:
        a, b = heap.pop(), heap.top
        order += (a, b)
        parent[a] = parent[b] = node
        heap.join(a, node)
        node += 1
    depth, counts, overflow = [0] * (2 * count + 1), [0] * (longest + 2), 0
    for node in reversed(order):
        depth[node] = min(depth[parent[node]] + 1, longest)
        overflow += depth[parent[node]] + 1 > longest
        if node < count:
            counts[depth[node]] += 1
    leaves = [node for node in order if node < count]
    lengths = [0] * count
    if not overflow:
        for leaf in leaves:
            lengths[leaf] = depth[leaf]
        return lengths
    _shorten(counts, longest, overflow)
    # The rarest leaves get the longest codes.
    for leaf in leaves:
        while counts[longest] == 0:
            longest -= 1
        counts[longest] -= 1
        lengths[leaf] = longest
    return lengths


def _shorten(counts: list[int], longest: int, overflow: int) -> None:
    """Takes back what exceeds the longest length: `counts` leaves by length, `overflow` nodes that were too deep."""
    while overflow > 0:
        bits = longest - 1
        while counts[bits] == 0:
            bits -= 1
        counts[bits] -= 1
        counts[bits + 1] += 2
        counts[longest] -= 1
        overflow -= 2


def expect_run(lengths: Sequence[int], at: int, start: int, end: int) -> Run:
    """The run that zlib would write for the lengths from `at` on, in a sequence from `start` to `end`."""
    length, run = lengths[at], 1
    while at + run < end and lengths[at + run] == length:
        run += 1
    if run >= 3 and length == 0:
        return Run(17, run) if run <= 10 else Run(18, min(run, 138))
    if run >= 3 and at > start and lengths[at - 1] == length:
        return Run(16, min(run, 6))
    return Run(length, 1)


def used(lengths: Sequence[int]) -> int:
    """The last symbol that has a length, + 1."""
    return max((i + 1 for i, length in enumerate(lengths) if length), default=0)


def needed(length_lengths: Sequence[int]) -> int:
    """How many codes of code lengths a header has to give: 4 to 19."""
    return max(4, used([length_lengths[symbol] for symbol in LENGTH_ORDER]))


class Frequencies:
    """How often what stands in a block's tokens, the end of the block counted once."""

    def __init__(self) -> None:
        self.literals = [0] * LITERAL_CODES
        self.distances = [0] * DISTANCE_CODES
        self.literals[END_OF_BLOCK] = 1


def expect_fixed(frequencies: Frequencies, literals: Sequence[int], distances: Sequence[int]) -> bool:
    """Whether zlib would take the fixed codes: where they need no more bytes than these lengths and their header."""
    extra = sum(f * e for f, e in zip(frequencies.literals[257:], LENGTH_EXTRA, strict=True))
    extra += sum(f * e for f, e in zip(frequencies.distances, DISTANCE_EXTRA, strict=True))
    fixed = 3 + extra + _dot(frequencies.literals, FIXED_LENGTHS) + 5 * sum(frequencies.distances)
    dynamic = 3 + extra + _dot(frequencies.literals, literals) + _dot(frequencies.distances, distances)
    dynamic += _header_bits(literals, distances)
    return (fixed + 7) // 8 <= (dynamic + 7) // 8


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=False))


def _header_bits(literals: Sequence[int], distances: Sequence[int]) -> int:
    frequencies = [0] * LENGTH_CODES
    for lengths in (literals, distances):
        at, count = 0, used(lengths)
        while at < count:
            run = expect_run(lengths, at, 0, count)
            frequencies[run.symbol] += 1
            at += run.repeat
    lengths = build_lengths(frequencies, 7)
    bits = 14 + 3 * needed(lengths)
    return bits + sum(f * (lengths[i] + REPEAT_EXTRA.get(i, 0)) for i, f in enumerate(frequencies))
