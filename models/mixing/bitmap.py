"""The bitmap profile: one-bit pixels, predicted bit by bit from the pixels around (formats/MIXING.md, section 12)."""

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import combine

Shape = tuple[int, tuple[tuple[int, int], ...]]
"""How many of the last pixels, and of each row above, from the nearest, the pixels from x - a to x + b."""

NODE: Shape = (1, ((0, 1),))
"""Which node of a slot."""
NEAR: tuple[Shape, ...] = ((3, ((1, 2), (0, 0))), (4, ((3, 3), (2, 2))), (6, ((4, 4), (3, 3), (0, 1))))
"""Of 8, 16 and 24 pixels: rows of weights, and contexts of the APMs."""
CHOICE: Shape = (2, ((2, 2), (0, 1)))
"""The row of a set of weights of 512."""
CONTEXTS: tuple[Shape, ...] = (
    (4, ((2, 2), (1, 1))),
    (5, ((3, 3), (2, 2))),
    (6, ((4, 4), (3, 3), (1, 1))),
    (8, ((6, 6), (4, 4), (2, 2))),
    (11, ((8, 8), (6, 6), (4, 4), (2, 2))),
    (16, ((11, 11), (8, 8), (6, 6), (4, 4), (2, 2))),
    (2, ((1, 2), (1, 3), (0, 4), (0, 5))),
    (2, ((3, 1), (4, 1), (5, 0), (6, 0))),
    (1, ((1, 1), (1, 1), (1, 1), (1, 1), (1, 1))),
    (1, ((0, 15),)),
    (20, ()),
)
ABOVE: Shape = (0, ((1, 1),))


@dataclass
class Pixels:
    """What the coming pixel's surroundings choose: see the shapes above."""

    node: int = 0
    near: tuple[int, ...] = (0, 0, 0)
    choice: int = 0


class Around:
    """The pixels known when one is due."""

    def __init__(self, history: bytearray, bits: int, count: int, width: int) -> None:
        """`bits`: those of the coming byte behind a leading 1, `count` of them; `width`: bytes of a row."""
        self._history, self._width, self._count = history, width, count
        self._left = int.from_bytes(history[-3:], "big") << count | bits ^ 1 << count

    def parts(self, shape: Shape) -> list[int]:
        """The pixels of each row as a number, the last one lowest: this row's, then those above."""
        left, rows = shape
        found = [self._left & (1 << left) - 1]
        return found + [self._row(y, before, behind) for y, (before, behind) in enumerate(rows, 1)]

    def number(self, shape: Shape) -> int:
        """All pixels of a shape as one number."""
        number = 0
        for part, (before, behind) in zip(self.parts(shape), ((shape[0] - 1, 0), *shape[1]), strict=True):
            number = number << before + behind + 1 | part
        return number

    def hashed(self, shape: Shape) -> int:
        """The same as a hash."""
        value = 0
        for part in self.parts(shape):
            value = combine(value, part)
        return value

    def _row(self, y: int, before: int, behind: int) -> int:
        """Pixels so many rows up. What no whole byte holds yet, and what lies before the start, is 0."""
        here, number = 8 * (len(self._history) - y * self._width) + self._count, 0
        for at in range(here - before, here + behind + 1):
            known = 0 <= at < 8 * len(self._history)
            number = number << 1 | (self._history[at >> 3] >> (~at & 7) & 1 if known else 0)
        return number
