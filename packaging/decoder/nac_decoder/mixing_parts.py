"""MIXING.md sections 2 to 4 and the mixers of section 6."""

from collections.abc import Sequence

ONE = 2**22
EDGE = 3071
RATES = (43690, 26214, 18724, 14563, 11915, 10082, 8738, 7710, 6898, 6241, 5698, 5041, 4519, 4096, 3640, 3276)
Node = tuple[int, int, int]
NEW: Node = (1, 2048, 0)


def _powers() -> list[int]:
    e = [2**32]
    while len(e) <= EDGE:
        e.append((e[-1] * 4278222805 + 2**31) >> 32)
    return e


LOW = [(e << 22) // (2**32 + e) for e in _powers()]


def clamp(x: int) -> int:
    return max(-EDGE, min(EDGE, x))


def squash(x: int) -> int:
    x = clamp(x)
    return LOW[-x] if x <= 0 else ONE - LOW[x]


def _stretched() -> list[int]:
    table, x = [], -EDGE
    for q in range(4096):
        while x < EDGE and squash(x) < (2 * q + 1) << 9:
            x += 1
        table.append(x)
    return table


STRETCH = _stretched()


def stretch(p: int) -> int:
    return STRETCH[p >> 10]


def odds(p: int, bits: int) -> int:
    q = 2 * p + 1
    return (((line(q) - line(2 ** (bits + 1) - q)) >> 12) * 45426) >> 19


def line(q: int) -> int:
    k = q.bit_length() - 1
    return (k << 23) + ((q - (1 << k)) << (23 - k))


def combine(h: int, v: int) -> int:
    h = (h * 0x27D4EB2F ^ v) * 0x9E3779B1 % 2**32
    return h ^ (h >> 15)


def toward_zero(x: int) -> int:
    """Half of it."""
    return x >> 1 if x >= 0 else -(-x >> 1)


class Counter:
    def __init__(self, p: int = ONE // 2, n: int = 0) -> None:
        self.p, self.n = p, n

    def learn(self, bit: int, limit: int) -> None:
        wrong = ONE - 1 - self.p if bit else self.p
        step = ((wrong >> 7) * (2**17 // (2 * self.n + 3))) >> 9
        self.p += step if bit else -step
        self.n += self.n < limit


def learnt(node: Node, bit: int) -> Node:
    past, p, n = node
    wrong = 4095 - p if bit else p
    step = (wrong * RATES[n] + 2**15) >> 16
    n = 4 if wrong > 3072 and n > 4 else min(15, n + 1)
    past = 2 * past + bit
    return (past & 127 | 128 if past > 255 else past), (p + step if bit else p - step), n


class APM:
    def __init__(self, n: int = 0, limit: int = 255) -> None:
        self.rows: dict[int, list[Counter]] = {}
        self.n, self.limit = n, limit

    def refine(self, x: int, context: int) -> int:
        if context not in self.rows:
            self.rows[context] = [Counter(squash(256 * (i - 12)), self.n) for i in range(25)]
        row, a = self.rows[context], clamp(x) + 3072
        i, f = a // 256, a % 256
        self.chosen = row[i + (f >= 128)]
        return (row[i].p * (256 - f) + row[i + 1].p * f) // 256

    def learn(self, bit: int) -> None:
        self.chosen.learn(bit, self.limit)


class Contexts:
    """Section 6: the state and past counters of some contexts, and what they say of nodes."""

    def __init__(self) -> None:
        self.states: dict[tuple[int, int, int], Counter] = {}
        self.pasts: dict[tuple[int, int, int], Counter] = {}
        self.used: list[tuple[Counter, Counter]] = []

    def inputs(self, nodes: Sequence[Node]) -> list[list[int]]:
        """Four of each context's node."""
        self.used = []
        return [self._four(i, *node) for i, node in enumerate(nodes)]

    def _four(self, i: int, past: int, p: int, n: int) -> list[int]:
        x = odds(p, 12)
        level = max(0, min(4095, x + 2048)) >> 6
        state = self.states.setdefault((i, level, n), Counter(squash(64 * (level - 32) + 32)))
        other = self.pasts.setdefault((i, past, n >> 2), Counter())
        self.used.append((state, other))
        linear = toward_zero((state.p >> 10) - 2048)
        four = [x, odds(state.p >> 6, 16), linear, odds(other.p >> 6, 16)]
        return four if n else [0] * 4

    def learn(self, bit: int) -> None:
        for counters in self.used:
            for counter in counters:
                counter.learn(bit, 255)


class Slots:
    """By place: a check, and 15 nodes."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.checks: dict[int, int] = {}
        self.nodes: dict[int, list[Node]] = {}

    def find(self, key: int) -> int:
        first = key >> (32 - self.bits)
        both = (first, first ^ 1)
        for place in both:
            self.nodes.setdefault(place, [NEW] * 15)
            if self.checks.get(place, 0) == key % 65536:
                return place
        place = min(both, key=lambda at: self.nodes[at][0][2])
        self.nodes[place], self.checks[place] = [NEW] * 15, key % 65536
        return place


class Mixer:
    def __init__(self, first: list[int], sets: int, final: int, extra: int) -> None:
        self.first, self.final, self.extra = [w // 4 for w in first], final, extra
        self.weights: list[dict[int, list[int]]] = [{} for _ in range(sets)]
        self.uses: list[dict[int, int]] = [{} for _ in range(sets)]

    def mix(self, inputs: Sequence[int], rows: Sequence[int]) -> list[int]:
        self.inputs, self.rows, self.said = inputs, rows, []
        for weights, row in zip(self.weights, rows, strict=True):
            chosen = weights.setdefault(row, list(self.first))
            total = sum(x * w for x, w in zip(inputs, chosen, strict=True))
            self.said.append(clamp(((total + 2**31) % 2**32 - 2**31) >> 14))
        return self.said

    def learn(self, bit: int) -> None:
        for weights, uses, row, x in zip(self.weights, self.uses, self.rows, self.said, strict=True):
            wrong = (bit * ONE - squash(x)) >> 6
            rate = min(255, self.final + self.extra // (1 + (uses.get(row, 0) >> 5)))
            error = (wrong * rate) >> 9
            uses[row] = min(65535, uses.get(row, 0) + 1)
            for i, given in enumerate(self.inputs):
                moved = weights[row][i] + ((given * error + 2**14) >> 15)
                weights[row][i] = max(-32768, min(32767, moved))


class Network:
    """Both mixers."""

    def __init__(
        self,
        first: list[int],
        sets: int,
        rates: tuple[int, int],
        last_rates: tuple[int, int],
        last_sets: int = 2,
    ) -> None:
        self.first = Mixer(first, sets, *rates)
        self.second = Mixer([65536 // sets] * sets, last_sets, *last_rates)

    def mix(self, inputs: Sequence[int], rows: Sequence[int], last_rows: Sequence[int]) -> int:
        return sum(self.second.mix(self.first.mix(inputs, rows), last_rows)) // len(last_rows)

    def learn(self, bit: int) -> None:
        self.first.learn(bit)
        self.second.learn(bit)
