"""TRANSFORMS.md, "The coder of decisions"."""

from collections.abc import Hashable

from nac_decoder.errors import check

Chance = list[int]
"""`p`, `n`."""


class Decisions:
    """Bits, trees and counts; a chance is made when it is first asked for, under its table's name and its indices."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 4
        self.low, self.high = 0, 2**32 - 1
        self.code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")
        self.chances: dict[Hashable, Chance] = {}
        self.begins: dict[str, tuple[int, int]] = {}

    def begin(self, table: str, share: int, seen: int) -> None:
        """Chances of this table begin with "`share` of 65,536, seen `seen`"."""
        self.begins[table] = (64 * share, seen)

    def bit(self, table: str, *indices: int) -> int:
        """A decision."""
        chance = self.chances.get((table, *indices))
        if chance is None:
            chance = self.chances[table, *indices] = list(self.begins.get(table, (2**21, 0)))
        p, n = chance
        middle = self.low + (((self.high - self.low) * max(p >> 6, 1)) >> 16)
        found = int(self.code <= middle)
        rate = 131072 // (2 * n + 3)
        if found:
            self.high = middle
            chance[0] = p + (((2**22 - 1 - p) * rate) >> 16)
        else:
            self.low = middle + 1
            chance[0] = p - ((p * rate) >> 16)
        chance[1] = min(n + 1, 255)
        while (self.low ^ self.high) >> 24 == 0:
            self.low = self.low << 8 & 0xFFFFFFFF
            self.high = self.high << 8 & 0xFFFFFFFF | 255
            following = self.data[self.at] if self.at < len(self.data) else 0
            self.code = self.code << 8 & 0xFFFFFFFF | following
            self.at += 1
        return found

    def tree(self, bits: int, table: str) -> int:
        """A number of so many bits."""
        node = 1
        for _ in range(bits):
            node = 2 * node + self.bit(table, node)
        return node - (1 << bits)

    def count(self, table: str, *indices: int) -> int:
        """A number of any size."""
        bits = 1
        while self.bit(f"{table}: bits", *indices, bits):
            bits += 1
            check(bits < 32, "count has too many bits")
        value = 1
        for place in range(bits - 2, -1, -1):
            value = 2 * value + self.bit(f"{table}: value", *indices, bits, place)
        return value - 1
