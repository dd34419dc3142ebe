"""A few contexts of a decision that is no bit of a byte: the same four inputs a context that `Mixing` gives its mixer."""

from collections.abc import Sequence

from nacomp.models.mixing.arithmetic import GOLDEN, MASK, combine, odds, squash
from nacomp.models.mixing.counters import NEW_NODE, Counter, learnt_node

_LIMIT = 255


class ContextSet:
    """Contexts that share a table of 2^bits nodes."""

    def __init__(self, bits: int) -> None:
        self._shift = 32 - bits
        self._table: dict[int, tuple[int, int]] = {}
        self._by_state: dict[tuple[int, int, int], Counter] = {}
        self._by_past: dict[tuple[int, int, int], Counter] = {}
        self._open: list[tuple[int, int, Counter, Counter]] = []

    def predict(self, hashes: Sequence[int]) -> tuple[list[int], int]:
        """Four inputs for each context, and how many of them have been seen."""
        inputs: list[int] = []
        seen = 0
        self._open = []
        for i, value in enumerate(hashes):
            key = combine(value, i + 1) * GOLDEN & MASK
            at, check = key >> self._shift, key & 0xFFFF
            if self._table.setdefault(at, (0, NEW_NODE))[0] != check:
                self._table[at] = (check, NEW_NODE)
            node = self._table[at][1]
            x, times = odds(node >> 4 & 4095, 12), node & 15
            level = max(0, min(4095, x + 2048)) >> 6
            by_state = self._by_state.setdefault((i, level, times), Counter(squash((level - 32) * 64 + 32)))
            by_past = self._by_past.setdefault((i, node >> 16, times >> 2), Counter())
            self._open.append((at, check, by_state, by_past))
            half = abs((by_state.p >> 10) - 2048) // 2
            away = half if by_state.p >> 10 >= 2048 else -half
            said = [x, odds(by_state.p >> 6, 16), away, odds(by_past.p >> 6, 16)]
            inputs += said if times else [0, 0, 0, 0]
            seen += times > 0
        return inputs, seen

    def learn(self, bit: int) -> None:
        """The bit of the last `predict`."""
        for at, _, by_state, by_past in self._open:
            by_state.learn(bit, _LIMIT)
            by_past.learn(bit, _LIMIT)
            check, node = self._table[at]
            self._table[at] = (check, learnt_node(node, bit))
