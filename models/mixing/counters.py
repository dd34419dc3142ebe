"""Adaptive probabilities: the nodes of the hash table, counters, and maps made of them (formats/MIXING.md, section 3)."""

from collections import defaultdict

from nacomp.models.mixing.arithmetic import ONE, clamp, squash

NEW_NODE = 1 << 16 | 2048 << 4
"""A node that was never seen: no past, one half, no times."""
_RATES = (
    43690,
    26214,
    18724,
    14563,
    11915,
    10082,
    8738,
    7710,
    6898,
    6241,
    5698,
    5041,
    4519,
    4096,
    3640,
    3276,
)
_SURPRISE, _AFTER_SURPRISE, _MOST_SEEN = 3072, 4, 15


def learnt_node(node: int, bit: int) -> int:
    """The node after a bit: `past << 16 | p << 4 | seen`."""
    p, seen, past = node >> 4 & 4095, node & 15, node >> 16
    wrong = 4095 - p if bit else p
    step = (wrong * _RATES[seen] + (1 << 15)) >> 16
    surprised = wrong > _SURPRISE and seen > _AFTER_SURPRISE
    times = _AFTER_SURPRISE if surprised else min(seen + 1, _MOST_SEEN)
    past = past << 1 | bit
    if past > 255:
        past = past & 127 | 128
    return past << 16 | (p + step if bit else p - step) << 4 | times


class Counter:
    """A probability of 22 bits, and how often it was asked for, up to a limit."""

    def __init__(self, p: int = ONE // 2, seen: int = 0) -> None:
        self.p = p
        self.seen = seen

    def learn(self, bit: int, limit: int) -> None:
        """Move towards the bit, by 1 / (times + 1.5) of the way."""
        wrong = ONE - 1 - self.p if bit else self.p
        step = ((wrong >> 7) * ((1 << 17) // (2 * self.seen + 3))) >> 9
        self.p += step if bit else -step
        self.seen = min(self.seen + 1, limit)


class Apm:
    """Secondary estimation: a better probability for a point of the logistic domain, given a context."""

    _STEP, _POINTS = 256, 25

    def __init__(self, limit: int = 255, confidence: int = 0) -> None:
        """`confidence`: how many observations the probability that comes in counts for."""
        self._limit, self._confidence = limit, confidence
        self._rows: defaultdict[int, list[Counter]] = defaultdict(self._new_row)
        self._last = Counter()

    def _new_row(self) -> list[Counter]:
        return [
            Counter(squash((i - self._POINTS // 2) * self._STEP), self._confidence)
            for i in range(self._POINTS)
        ]

    def refine(self, x: int, context: int) -> int:
        """Between the two points that x lies between; the nearer one will learn."""
        low, part = divmod(clamp(x) + self._POINTS // 2 * self._STEP, self._STEP)
        row = self._rows[context]
        self._last = row[low + (part >= self._STEP // 2)]
        return (row[low].p * (self._STEP - part) + row[low + 1].p * part) // self._STEP

    def learn(self, bit: int) -> None:
        """The bit of the last `refine`."""
        self._last.learn(bit, self._limit)
