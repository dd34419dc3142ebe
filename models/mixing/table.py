"""The hash table of the contexts: a slot holds the 15 nodes of one nibble in one context (formats/MIXING.md, section 4)."""

from nacomp.models.mixing.counters import NEW_NODE


class Slot:
    """The nodes of one nibble: [the nibble's bits so far behind a leading 1, less 1]."""

    def __init__(self, check: int) -> None:
        self.check = check
        self.nodes = [NEW_NODE] * 15


class HashTable:
    """2^bits slots, made when they are first looked at. A slot that was replaced is wiped in place, whoever holds it."""

    def __init__(self, bits: int) -> None:
        self._slots: dict[int, Slot] = {}
        self._shift = 32 - bits

    def find(self, key: int) -> Slot:
        """The slot of a hash: at its place or beside it, or else the one of the two that has been seen less."""
        place, check = key >> self._shift, key & 0xFFFF
        first, second = self._at(place), self._at(place ^ 1)
        for slot in (first, second):
            if slot.check == check:
                return slot
        worse = first if first.nodes[0] & 15 <= second.nodes[0] & 15 else second
        worse.check = check
        worse.nodes[:] = [NEW_NODE] * 15
        return worse

    def _at(self, place: int) -> Slot:
        return self._slots.setdefault(place, Slot(0))
