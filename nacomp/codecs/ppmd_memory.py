"""The memory of a PPMd model, in units of 12 bytes: what of it is in use, not what is in it.

Where memory ends is part of the format, as the model is begun anew there. So what is asked for and given back is laid out
exactly as PPMd var. H (D. Shkarin, 2001) does: text from below, contexts from above, states of symbols between them; free
blocks in a list for each size, the last freed first; and neighbours glued together once in 256 times that no list had one.
"""

UNIT = 12
MOST_GLUED = 0xFFFF
"""Units of one free block."""
STEPS = (1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, *[4] * 26)
SIZES = [sum(STEPS[: index + 1]) for index in range(len(STEPS))]
"""Of blocks in units, for each list of free ones: 1 to 4, then by twos, threes and fours up to 128."""
LISTS = [next(index for index, size in enumerate(SIZES) if size >= units) for units in range(SIZES[-1] + 1)]
"""The list for so many units."""


class Memory:
    """Places in it are bytes from where the text begins; 0 stands for none."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.text = bytearray()
        self._free: list[list[int]] = [[] for _ in SIZES]
        self._high = self._size
        self._low = self._start = self._size - self._size // 8 // UNIT * 7 * UNIT
        self._until_glued = 0

    def append(self, symbol: int) -> int:
        """The place behind it in the text, or 0 where that meets the units."""
        self.text.append(symbol)
        return len(self.text) if len(self.text) < self._start else 0

    def context(self) -> int:
        """One unit."""
        if self._high != self._low:
            self._high -= UNIT
            return self._high
        return self._free[0].pop() if self._free[0] else self._rare(0)

    def block(self, units: int) -> int:
        """At least so many units."""
        index = LISTS[units]
        if self._free[index]:
            return self._free[index].pop()
        size = UNIT * SIZES[index]
        if size > self._high - self._low:
            return self._rare(index)
        self._low += size
        return self._low - size

    def grow(self, block: int, units: int) -> int:
        """The same block if it has room for one more unit, else another in its place."""
        if LISTS[units] == LISTS[units + 1]:
            return block
        larger = self.block(units + 1)
        if larger:
            self.give_back(block, units)
        return larger

    def shrink(self, block: int, units: int, fewer: int) -> int:
        """Another block where one of the smaller size is free, else the same without its end."""
        old, new = LISTS[units], LISTS[fewer]
        if old == new:
            return block
        if self._free[new]:
            smaller = self._free[new].pop()
            self._free[old].append(block)
            return smaller
        self._give_any(block + UNIT * SIZES[new], SIZES[old] - SIZES[new])
        return block

    def give_back(self, block: int, units: int) -> None:
        """A block that was given for so many units."""
        self._free[LISTS[units]].append(block)

    def _rare(self, index: int) -> int:
        """Where neither the list nor the gap in the middle has one: a part of a larger one, else of what is for text."""
        if self._until_glued == 0:
            self._glue()
            if self._free[index]:
                return self._free[index].pop()
        for larger in range(index + 1, len(SIZES)):
            if self._free[larger]:
                block = self._free[larger].pop()
                self._give_any(block + UNIT * SIZES[index], SIZES[larger] - SIZES[index])
                return block
        self._until_glued -= 1
        size = UNIT * SIZES[index]
        if self._start - len(self.text) <= size:
            return 0
        self._start -= size
        return self._start

    def _give_any(self, block: int, units: int) -> None:
        """At most 128 units as one free block or two: there is not a list for every size, but one for each of 1 to 4."""
        index = LISTS[units]
        if SIZES[index] != units:
            index -= 1
            self.give_back(block + UNIT * SIZES[index], units - SIZES[index])
        self._free[index].append(block)

    def _glue(self) -> None:
        """Each free block takes in those behind it; then all go to the lists of their sizes."""
        self._until_glued = 255
        blocks = {
            block: size
            for size, free in zip(reversed(SIZES), reversed(self._free), strict=True)
            for block in free
        }
        for block, units in blocks.items():
            if units == 0:  # it was taken in before the walk came to it
                continue
            while (behind := block + UNIT * blocks[block]) in blocks:
                if blocks[block] + blocks[behind] > MOST_GLUED:
                    break
                blocks[block] += blocks[behind]
                blocks[behind] = 0
        self._free = [[] for _ in SIZES]
        for block, units in blocks.items():
            whole = max(0, units - 1) // SIZES[-1]
            for number in range(whole):
                self._free[-1].append(block + UNIT * SIZES[-1] * number)
            if units:
                self._give_any(block + UNIT * SIZES[-1] * whole, units - SIZES[-1] * whole)
