"""Token n-grams of orders 1..6 with bounded memory, shared by the block's streams.

Each order has 2^table_bits slots addressed by a hash of the last k symbols. A slot holds the symbols that
followed its context most recently, newest first, with their counts. Memory is fixed when the block opens; a context whose
hash meets another context's slot takes it over at once (tables are sized for the block, so that is rare; keeping the richer
slot instead was not smaller).
"""

from dataclasses import field

from nacomp.formats.records import dataclass

ENTRIES = 6
"""Followers a slot remembers."""
COUNT_LIMIT = 255


@dataclass
class Slot:
    """The followers of one context, most recent first."""

    check: int
    symbols: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def learn(self, symbol: int) -> None:
        """Count one occurrence. Other followers' counts shrink, so that a change of follower is soon predicted."""
        count = 0
        if symbol in self.symbols:
            at = self.symbols.index(symbol)
            del self.symbols[at]
            count = self.counts.pop(at)
        elif len(self.symbols) == ENTRIES:
            self.symbols.pop()
            self.counts.pop()
        self.counts = [c - (c >> 2) if c > 3 else c for c in self.counts]
        self.symbols.insert(0, symbol)
        self.counts.insert(0, min(count + 1, COUNT_LIMIT))


class NgramTables:
    """The slots of every order, created when first learnt."""

    def __init__(self, orders: int, table_bits: int) -> None:
        self.orders = orders
        self._shift = 64 - table_bits
        self._tables: list[dict[int, Slot]] = [{} for _ in range(orders)]

    def find(self, hashes: list[int]) -> list[Slot | None]:
        """The slot of each order's context, or None where it is unknown. Index 0 is order 1."""
        found: list[Slot | None] = []
        for table, h in zip(self._tables, hashes, strict=False):
            slot = table.get(h >> self._shift)
            found.append(slot if slot is not None and slot.check == (h >> 16) & 0xFFFF else None)
        return found + [None] * (self.orders - len(found))

    def learn(self, hashes: list[int], symbol: int) -> None:
        """Count `symbol` after each context."""
        for table, h in zip(self._tables, hashes, strict=False):
            index, check = h >> self._shift, (h >> 16) & 0xFFFF
            slot = table.get(index)
            if slot is None or slot.check != check:
                slot = table[index] = Slot(check)
            slot.learn(symbol)
