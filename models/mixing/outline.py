"""A text without its letters and digits: what kinds of runs follow, where numbers stand (formats/MIXING.md, 7)."""

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import MASK, combine

_LONGEST_RUN, _MOST_NUMBERS = 15, 7
_DIGITS_AND_POINT = b"0123456789."


@dataclass
class Outline:
    """The shapes of the last eight runs, of letters or digits of one kind or of any other byte, the newest lowest.

    Attributes:
        newest, older: four runs each.
        length: of the newest one, in bytes.
    """

    newest: int = 0
    older: int = 0
    length: int = 0

    def read(self, shape: int, *, may_run: bool) -> None:
        """The next byte; `may_run` for letters and digits."""
        if may_run and self.newest & 255 == shape:
            self.length += 1
            return
        self.older = (self.older << 8 | self.newest >> 24) & MASK
        self.newest = (self.newest << 8 | shape) & MASK
        self.length = 1

    @property
    def row(self) -> int:
        """For sets of 1,024 rows."""
        return combine(self.newest, min(self.length, _LONGEST_RUN)) >> 22


@dataclass
class Numbers:
    """Numbers of digits and points, as they follow a letter: the command of a path in a drawing, with its coordinates.

    Attributes:
        hash, size, beginning: of this number; the last is its first two bytes.
        last, before: the first two bytes of the last number, and of the one before it.
        letter, count: the last ASCII letter, and the numbers that ended behind it.
    """

    hash: int = 0
    size: int = 0
    beginning: int = 0
    last: int = 0
    before: int = 0
    letter: int = 0
    count: int = 0

    def read(self, byte: int, *, is_letter: bool) -> None:
        """The next byte; `is_letter` for those of ASCII."""
        if byte in _DIGITS_AND_POINT:
            self.hash = combine((self.hash + 1) & MASK, byte)
            if self.size < 2:
                self.beginning = self.beginning << 8 | byte
            self.size += 1
            return
        if self.size:
            self.before, self.last = self.last, self.beginning
            self.hash = self.size = self.beginning = 0
            self.count += 1
        if is_letter:
            self.letter, self.count = byte, 0

    @property
    def row(self) -> int:
        """For sets of 1,024 rows."""
        return combine(combine(self.letter, min(self.count, _MOST_NUMBERS)), self.size) >> 22
