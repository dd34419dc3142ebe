"""Numbers that stand below one another in a field: where the coming digit lies if the next is near the last, goes on by the
same step, or lies about their mean (formats/MIXING.md, section 7).
"""

from dataclasses import field as made

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import ONE, squash, stretch

_FIELDS = 32
_MOST_DIGITS = 12
_LEAST = 3
_MEMORY = 32
_STEEPNESS, _LEAST_ERROR = 45440, 64
_DIGIT = 0x13
"""The upper half of a digit's byte, behind a leading 1."""


@dataclass
class _Field:
    """The last numbers of a field, without their points.

    Attributes:
        mean: 2^-4.
        count: numbers in a row with so many decimals.
        digits, decimals: of the last one.
        errors: how far each guess was off lately, 2^-8.
    """

    last: int = 0
    before: int = 0
    mean: int = 0
    count: int = 0
    digits: int = 0
    decimals: int = 0
    errors: list[int] = made(default_factory=lambda: [0, 0, 0])

    @property
    def guesses(self) -> tuple[int, int, int]:
        return self.last, 2 * self.last - self.before, self.mean >> 4

    def learn(self, value: int, digits: int, decimals: int) -> None:
        if self.count and self.decimals == decimals:
            among = min(self.count, _MEMORY)
            self.errors = [
                error + (256 * abs(value - guess) - error) // among
                for error, guess in zip(self.errors, self.guesses, strict=True)
            ]
            self.mean += (16 * value - self.mean) >> 3
            self.count += 1
        else:
            self.errors = [0, 0, 0]
            self.mean, self.count, self.last = 16 * value, 1, value
        self.before, self.last, self.digits, self.decimals = self.last, value, digits, decimals


@dataclass
class _Number:
    """The open field as far as it is a number."""

    value: int = 0
    digits: int = 0
    decimals: int = 0
    begun: bool = False
    negative: bool = False
    point: bool = False
    good: bool = True

    def read(self, byte: int) -> None:
        if byte in b"0123456789" and self.digits < _MOST_DIGITS:
            self.value = 10 * self.value + byte - ord("0")
            self.digits += 1
            self.decimals += self.point
        elif byte == ord(".") and self.digits and not self.point:
            self.point = True
        elif byte == ord("-") and not self.begun:
            self.negative = True
        else:
            self.good = False
        self.begun = True


class Measures:
    """Of all fields of a line."""

    def __init__(self) -> None:
        self._fields = [_Field() for _ in range(_FIELDS)]
        self._number = _Number()

    def read(self, byte: int, field: int, *, ends: bool) -> None:
        """A byte of the field of this number; `ends`: it is the line feed or delimiter behind it."""
        number = self._number
        if not ends:
            number.read(byte)
            return
        if number.good and number.digits:
            value = -number.value if number.negative else number.value
            self._fields[field].learn(value, number.digits, number.decimals)
        self._number = _Number()

    def predict(self, field: int, bits: int, bit_count: int) -> int:
        """An input for the coming bit of a byte of this field, 0 for none; `bits`: the byte's so far behind a leading 1."""
        last, number = self._fields[field], self._number
        rest = last.digits - number.digits
        alike = number.good and last.count >= _LEAST and rest > 0 and number.point == (rest <= last.decimals)
        if bit_count < 4 or bits >> bit_count - 4 != _DIGIT or not alike:
            return 0
        half = 1 << 7 - bit_count
        first = (bits & (1 << bit_count - 4) - 1) * 2 * half
        if first + half >= 10:
            return 0
        error = min(last.errors)
        guess = last.guesses[last.errors.index(error)] * (-1 if number.negative else 1)
        below, middle, above = (
            self._share_below(10 * number.value + digit, rest, guess, error)
            for digit in (first, first + half, min(first + 2 * half, 10))
        )
        return stretch((above - middle + 1) * ONE // (above - below + 2))

    @staticmethod
    def _share_below(beginning: int, rest: int, guess: int, error: int) -> int:
        """Of the numbers below the first one that begins so, as if all lay about the guess in a logistic distribution."""
        edge = beginning * 10 ** (rest - 1)
        return squash((2 * (edge - guess) - 1) * _STEEPNESS // (error + _LEAST_ERROR))
