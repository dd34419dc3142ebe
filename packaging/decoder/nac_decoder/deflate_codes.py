"""TRANSFORMS.md, "Codes": the code lengths that zlib would write, and those that the stream has."""

from dataclasses import dataclass

from nac_decoder.deflate_coder import Decisions
from nac_decoder.errors import check

LENGTH_EXTRA = (*(0,) * 8, *(n for n in range(1, 6) for _ in range(4)), 0)
LENGTH_BASE = (*tuple(3 + sum(1 << extra for extra in LENGTH_EXTRA[:n]) for n in range(28)), 258)
DISTANCE_EXTRA = (0, 0, *(n for n in range(14) for _ in range(2)))
DISTANCE_BASE = tuple(1 + sum(1 << extra for extra in DISTANCE_EXTRA[:n]) for n in range(30))
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
"""RFC 1951, sections 3.2.5 and 3.2.7."""
FIXED_LITERALS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
FIXED_DISTANCES = [5] * 30
REPEATS = {16: (3, 2), 17: (3, 3), 18: (11, 7)}
"""Symbol to the least repeat and its bits."""
Run = tuple[int, int]
"""Symbol, repeat."""


@dataclass
class Dynamic:
    """The codes of a dynamic block, and what its header has."""

    literals: list[int]
    distances: list[int]
    literal_count: int
    distance_count: int
    runs: list[Run]
    codes: list[int]
    code_count: int


def made_lengths(frequencies: list[int], most: int) -> list[int]:
    """The code lengths that zlib makes from these frequencies."""
    symbols = len(frequencies)
    frequency, depth, parent = dict(enumerate(frequencies)), dict.fromkeys(range(symbols), 0), {}
    heap = [-1, *(symbol for symbol in range(symbols) if frequencies[symbol])]
    last = heap[-1]
    while len(heap) < 3:
        added = last + 1 if last < 2 else 0
        last = added if last < 2 else last
        frequency[added] = 1
        heap.append(added)

    def not_above(a: int, b: int) -> bool:
        return (frequency[a], depth[a]) <= (frequency[b], depth[b])

    def sink(index: int) -> None:
        while 2 * index < len(heap):
            child = 2 * index
            if child + 1 < len(heap) and not_above(heap[child + 1], heap[child]):
                child += 1
            if not_above(heap[index], heap[child]):
                return
            heap[index], heap[child] = heap[child], heap[index]
            index = child

    for index in range((len(heap) - 1) // 2, 0, -1):
        sink(index)
    order: list[int] = []
    while len(heap) > 2:
        first, end = heap[1], heap.pop()
        heap[1] = end
        sink(1)
        second, node = heap[1], len(frequency)
        frequency[node] = frequency[first] + frequency[second]
        depth[node] = 1 + max(depth[first], depth[second])
        parent[first] = parent[second] = node
        order += [first, second]
        heap[1] = node
        sink(1)
    return _bounded(symbols, order, parent, most)


def _bounded(symbols: int, order: list[int], parent: dict[int, int], most: int) -> list[int]:
    """Points 4 and 5."""
    length, overflow = dict.fromkeys([heap_root(parent)], 0), 0
    for node in reversed(order):
        overflow += length[parent[node]] + 1 > most
        length[node] = min(length[parent[node]] + 1, most)
    found = [length.get(symbol, 0) for symbol in range(symbols)]
    if not overflow:
        return found
    counts = [found.count(size) for size in range(most + 1)]
    while overflow > 0:
        greatest = max(size for size in range(1, most) if counts[size])
        counts[greatest] -= 1
        counts[greatest + 1] += 2
        counts[most] -= 1
        overflow -= 2
    sizes = [size for size in range(most, 0, -1) for _ in range(counts[size])]
    for symbol, size in zip((node for node in order if node < symbols), sizes, strict=True):
        found[symbol] = size
    return found


def heap_root(parent: dict[int, int]) -> int:
    """The node that has no parent is the last that was made."""
    return max(parent.values())


def used(lengths: list[int]) -> int:
    """1 more than the last that has a length."""
    return max((n + 1 for n, length in enumerate(lengths) if length), default=0)


def expected_run(sequence: list[int], at: int) -> Run:
    """The word that zlib would write here; a repeat of 1 stands for a length itself."""
    length, repeat = sequence[at], 1
    while at + repeat < len(sequence) and sequence[at + repeat] == length:
        repeat += 1
    if length == 0 and repeat >= 3:
        return (17, repeat) if repeat <= 10 else (18, min(repeat, 138))
    if length and at and sequence[at - 1] == length and repeat >= 3:
        return 16, min(repeat, 6)
    return length, 1


def run_frequencies(runs: list[Run]) -> list[int]:
    found = [0] * 19
    for symbol, _ in runs:
        found[symbol] += 1
    return found


def fixed_expected(literals: list[int], distances: list[int]) -> bool:
    """From the block's frequencies."""
    own = made_lengths(literals, 15), made_lengths(distances, 15)
    runs: list[Run] = []
    for lengths in own:
        sequence, at = lengths[: used(lengths)], 0
        while at < len(sequence):
            runs.append(expected_run(sequence, at))
            at += runs[-1][1]
    counts = run_frequencies(runs)
    codes = made_lengths(counts, 7)
    needed = max(4, used([codes[symbol] for symbol in ORDER]))
    header = 3 + 14 + 3 * needed
    header += sum(codes[symbol] + REPEATS.get(symbol, (0, 0))[1] for symbol, _ in runs)
    extra = sum(n * bits for n, bits in zip(literals[257:], LENGTH_EXTRA, strict=True))
    extra += sum(n * bits for n, bits in zip(distances, DISTANCE_EXTRA, strict=True))

    def body(of_literals: list[int], of_distances: list[int]) -> int:
        bits = sum(n * length for n, length in zip(literals, of_literals, strict=False))
        return extra + bits + sum(n * length for n, length in zip(distances, of_distances, strict=True))

    return (body(FIXED_LITERALS, FIXED_DISTANCES) + 3 + 7) // 8 <= (header + body(*own) + 7) // 8


def read_codes(decisions: Decisions, literals: list[int], distances: list[int], joint: bool) -> Dynamic:
    """The codes of a dynamic block with these frequencies."""
    first = _lengths(decisions, "literal lengths", made_lengths(literals, 15))
    second = _lengths(decisions, "distance lengths", made_lengths(distances, 15))
    literal_count = _size(decisions, "literal count", max(257, used(first)), 257, 5, 286)
    distance_count = _size(decisions, "distance count", max(1, used(second)), 1, 5, 30)
    runs = _runs(decisions, first[:literal_count], second[:distance_count], joint)
    codes = _lengths(decisions, "code lengths", made_lengths(run_frequencies(runs), 7))
    check(max(codes) <= 7, "code of code lengths is too long")
    needed = max(4, used([codes[symbol] for symbol in ORDER]))
    code_count = _size(decisions, "code count", needed, 4, 4, 19)
    return Dynamic(first, second, literal_count, distance_count, runs, codes, code_count)


def _size(decisions: Decisions, table: str, needed: int, least: int, bits: int, most: int) -> int:
    if decisions.bit(table):
        return needed
    found = least + decisions.tree(bits, f"{table}: tree")
    check(needed <= found <= most, "number of lengths is impossible")
    return found


def _lengths(decisions: Decisions, table: str, expected: list[int]) -> list[int]:
    if decisions.bit(table):
        return expected
    found: list[int] = []
    differed = 0
    for one in expected:
        if decisions.bit(f"{table}: same", int(one != 0), differed):
            found.append(one)
        elif one == 0:
            found.append(decisions.tree(4, f"{table}: tree"))
        elif decisions.bit(f"{table}: gone"):
            found.append(0)
        else:
            longer = decisions.bit(f"{table}: longer")
            change = 1 + decisions.count(f"{table}: change")
            found.append(one + change if longer else one - change)
            check(1 <= found[-1] <= 15, "code length is impossible")
        differed = int(found[-1] != one)
    return found


def _runs(decisions: Decisions, literals: list[int], distances: list[int], joint: bool) -> list[Run]:
    together = literals + distances
    ends = [len(together)] if joint else [len(literals), len(together)]
    runs: list[Run] = []
    at = start = 0
    for end in ends:
        while at < end:
            runs.append(_run(decisions, together, at, (start, end)))
            at += runs[-1][1]
        start = end
    return runs


def _run(decisions: Decisions, together: list[int], at: int, bounds: tuple[int, int]) -> Run:
    start, end = bounds
    run = expected_run(together[start:end], at - start)
    kind = run[0] - 16 if run[0] >= 16 else 3
    if decisions.bit("run", kind):
        return run
    length = together[at]
    if not decisions.bit("repeats"):
        return length, 1
    symbol = 16 if length or decisions.bit("copies zero") else 17 if decisions.bit("short zeros") else 18
    least, bits = REPEATS[symbol]
    repeat = least + decisions.tree(bits, f"repeat {symbol}")
    same = together[at : at + repeat] == [length] * repeat
    check(same and (symbol != 16 or (at > 0 and together[at - 1] == length)), "run stands for other lengths")
    return symbol, repeat
