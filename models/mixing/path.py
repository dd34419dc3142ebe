"""The paths of drawings: where the pen is, and what the coming number is near (formats/MIXING.md, section 7)."""

from dataclasses import field as made

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import MASK, combine

_DECIMALS, _MOST_DIGITS = 4, 8
_FARTHEST = 1 << 40
_UNLIKE = 3
_DIGITS = b"0123456789"
_ARITY = {"m": 2, "l": 2, "t": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "a": 7}
HERE, CLOSING, TWICE, HALF_MORE, ONWARD, ROUND = range(6)


def written(value: int) -> bytes:
    """A number of 10^-4, without zeros that say nothing."""
    whole, part = divmod(abs(value), 10**_DECIMALS)
    decimals = f"{part:04}".rstrip("0")
    text = f"{whole or ''}{'.' if decimals else ''}{decimals}" or "0"
    return (("-" if value < 0 else "") + text).encode()


def rough(value: int) -> int:
    """The highest three bits, how many are behind them, and the sign."""
    halved = max(0, abs(value).bit_length() - 3)
    return 16 * halved + 2 * (abs(value) >> halved) + (value < 0)


@dataclass
class NearNumber:
    """A number that the coming one is near, as it would be written, and how far the coming one is like it.

    Attributes:
        text: empty where there is none.
        lead: of the number so far over this one, -2 to 2; _UNLIKE once they differ in more than digits.
        agreed: bytes in a row, up to 3.
    """

    text: bytes = b""
    place: int = 0
    lead: int = 0
    agreed: int = 0

    def read(self, byte: int) -> None:
        """The next byte of the coming number."""
        if not self.text:
            return
        own = self.text[self.place] if self.place < len(self.text) else 0
        if self.lead != _UNLIKE:
            if byte in _DIGITS and own in _DIGITS:
                self.lead = max(-2, min(2, 10 * self.lead + byte - own))
            elif byte != own:
                self.lead = _UNLIKE
            if self.lead == 0:
                self.agreed = min(self.agreed + 1, 3)
        self.place = min(self.place + 1, len(self.text))

    @property
    def coming(self) -> int:
        """Its coming byte, 1 behind its last, and how much the number so far is like it."""
        byte = self.text[self.place] if self.place < len(self.text) else 1
        return byte | (self.lead + 2) << 8 | self.agreed << 11


@dataclass
class Path:
    """One path at a time.

    Attributes:
        quote: what ends the path, 0 outside.
        command: its last letter, 0 before the first.
        count: numbers behind the letter.
        at, start: the pen, and where it was set down, in 10^-4.
        last: four numbers, the newest first.
        sizes: a hash of the sizes of the command's numbers.
        value, hash, size, digits, decimals, minus, point: of the open number.
        kind: of what is near.
    """

    quote: int = 0
    command: int = 0
    count: int = 0
    at: list[int] = made(default_factory=lambda: [0, 0])
    start: list[int] = made(default_factory=lambda: [0, 0])
    last: list[int] = made(default_factory=lambda: [0] * 4)
    sizes: int = 0
    value: int = 0
    hash: int = 0
    size: int = 0
    digits: int = 0
    decimals: int = 0
    minus: bool = False
    point: bool = False
    near: NearNumber = made(default_factory=NearNumber)
    kind: int = HERE

    def read(self, last4: int) -> None:
        """After a byte: the last four, the newest lowest."""
        byte = last4 & 255
        if not self.quote:
            self.quote = byte if _begins(last4) else 0
            return
        if byte in _DIGITS or (byte == ord(".") and not self.point):
            self._read_number(byte)
            return
        if self.size:
            self._end_number()
            self._foresee()
        if byte == ord("."):
            self._read_number(byte)
        elif byte == ord("-"):
            self.minus = True
            self.near.read(byte)
        elif byte == self.quote:
            self.quote = self.command = 0
            self.near = NearNumber()
        elif 97 <= byte | 32 <= 122:
            self._take_command(byte)

    @property
    def is_curved(self) -> bool:
        """Behind a command of curves or arcs."""
        return self._arity > 2

    @property
    def coming(self) -> int:
        """What the coming byte is near; 0 for nothing."""
        return 524288 | self.near.coming | (self.size > 0) << 13 | self.kind << 14 if self.near.text else 0

    def so_far(self, c1: int) -> int:
        """The number so far, the last byte where there is none, and which of its command's it is."""
        own = self.minus << 8 | (0 if self.hash else c1)
        return combine(combine(self.command << 8 | self._index, self.hash), own)

    def same_axis(self, c1: int) -> int:
        """That behind the last number of this axis and the one before."""
        return combine(self.so_far(c1), rough(self.last[1]) << 12 | rough(self.last[3]))

    def all_sizes(self, c1: int) -> int:
        """How large the command's other numbers are, and how far this one is written."""
        return combine(combine(self.sizes, self.size), self.minus << 8 | c1)

    @property
    def _small(self) -> str:
        return chr(self.command | 32)

    @property
    def _arity(self) -> int:
        """Numbers of the command, 0 for none."""
        return _ARITY.get(self._small, 0)

    @property
    def _index(self) -> int:
        return self.count % self._arity if self._arity else 0

    def _read_number(self, byte: int) -> None:
        self.hash = combine((self.hash + 1) & MASK, byte)
        self.size += 1
        self.near.read(byte)
        if byte == ord("."):
            self.point = True
        elif self.digits < _MOST_DIGITS and self.decimals < _DECIMALS:
            self.value = 10 * self.value + byte - 48
            self.digits += 1
            self.decimals += self.point

    def _end_number(self) -> None:
        value = self.value * 10 ** (_DECIMALS - self.decimals) * (-1 if self.minus else 1)
        self.last = [value, *self.last[:3]]
        self.sizes = combine((self.sizes + 1) & MASK, rough(value) >> 3)
        if self._arity and self._index == self._arity - 1:
            self._move(value)
            self.sizes = 0
        self.count += 1
        self.value = self.hash = self.size = self.digits = self.decimals = 0
        self.minus = self.point = False

    def _move(self, value: int) -> None:
        """To the end of a command."""
        ends = {"h": {0: value}, "v": {1: value}}.get(self._small, {0: self.last[1], 1: value})
        for axis, to in ends.items():
            moved = to + self.at[axis] if self.command & 32 else to
            self.at[axis] = max(-_FARTHEST, min(_FARTHEST, moved))
        if self._small == "m" and self.count < 2:
            self.start = list(self.at)

    def _take_command(self, letter: int) -> None:
        if letter | 32 == ord("z"):
            self.at = list(self.start)
        self.command = letter
        self.count = self.sizes = 0
        self._foresee()

    def _foresee(self) -> None:
        self.near = NearNumber()
        of, number = self._arity, self._index
        if not of:
            return
        if self._small == "a" and number == 1:
            self._expect(ROUND, self.last[0])
        elif self.command & 32:
            self._foresee_relative(number)
        elif self._small != "a" or number >= of - 2:
            self._foresee_absolute(of, number)

    def _foresee_absolute(self, of: int, number: int) -> None:
        axis = int(self.command == ord("V") or (number == of - 1 and of > 1) or (number & 1 and of != 7))
        if of > 2 and number >= of - 2:
            self._expect(CLOSING, self.start[axis])
        elif self.command == ord("C") and number >= 2:
            self._expect(ONWARD, 2 * self.last[1] - self.at[axis])
        else:
            self._expect(HERE, self.at[axis])

    def _foresee_relative(self, number: int) -> None:
        """The points of a curve lie about its way: the second twice as far as the first, its end half as far again."""
        if number < 2 or self._arity not in (4, 6):
            return
        if self._small == "c" and number < 4:
            self._expect(TWICE, 2 * self.last[1])
        else:
            self._expect(HALF_MORE, 3 * self.last[1] >> 1)

    def _expect(self, kind: int, value: int) -> None:
        self.kind, self.near = kind, NearNumber(written(value))


def _begins(last4: int) -> bool:
    """A quote behind `d=` or `d:`, which no name ends with."""
    before, letter, sign, quote = last4.to_bytes(4, "big")
    return quote in b"\"'" and sign in b"=:" and letter == ord("d") and (before <= 44 or before == ord("{"))
