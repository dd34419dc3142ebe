"""MIXING.md section 12: the contexts of one-bit pixels."""

from functools import reduce

from nac_decoder.mixing_contexts import Context
from nac_decoder.mixing_parts import combine

TEMPLATES = (
    *("4/2,2/1,1", "5/3,3/2,2", "6/4,4/3,3/1,1", "8/6,6/4,4/2,2", "11/8,8/6,6/4,4/2,2"),
    *("16/11,11/8,8/6,6/4,4/2,2", "2/1,2/1,3/0,4/0,5", "2/3,1/4,1/5,0/6,0", "1/1,1/1,1/1,1/1,1/1,1"),
    *("1/0,15", "20"),
)


class Bitmap(Context):
    by_bit = True

    def pixel(self, x: int, y: int) -> str:
        """So far to the right of the coming one, and so many rows up."""
        at = 8 * len(self.past) + self.done - 8 * self.width * y + x
        if 0 <= at < 8 * len(self.past):
            return str(self.past[at // 8] >> (7 - at % 8) & 1)
        return bin(self.row)[3:][at - 8 * len(self.past)] if y == 0 and at >= 0 else "0"

    def groups(self, template: str) -> list[str]:
        left, *rows = template.split("/")
        found = ["".join(self.pixel(x, 0) for x in range(-int(left), 0))]
        for y, row in enumerate(rows, 1):
            a, b = map(int, row.split(","))
            found.append("".join(self.pixel(x, y) for x in range(-a, b + 1)))
        return found

    def number(self, template: str) -> int:
        return int("".join(self.groups(template)), 2)

    def node(self) -> int:
        return self.number("1/0,1")

    def near(self) -> tuple[int, int, int]:
        most = combine(self.number("6/4,4/3,3/0,1"), 0) >> 16
        return self.number("3/1,2/0,0"), self.number("4/3,3/2,2"), most

    def rows(self) -> list[int]:
        return [self.number("2/2,2/0,1")]

    def values(self) -> list[int]:
        found = [
            reduce(combine, (int(group or "0", 2) for group in self.groups(one)), 0) for one in TEMPLATES
        ]
        column = 8 * self.column() + self.done
        return [*found, 0, combine(column, self.number("0/1,1")), self.match()]
