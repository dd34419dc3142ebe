"""The row of integer weights that a token is coded under: sums over ranges of places, and their logarithms."""

from collections.abc import Sequence
from itertools import accumulate

from nacomp.formats.records import dataclass
from nacomp.models.mixing.arithmetic import clamp

_LN2 = 45426
"""2^16 * ln 2, rounded."""


def _mantissa_log(i: int) -> int:
    """2^16 * ln(1 + (2 i + 1) / 2^11), by the series of atanh in units of 2^-30."""
    y = (2 * i + 1 << 30) // (4096 + 2 * i + 1)
    square, power, total = y * y >> 30, y, 0
    for k in range(1, 30, 2):
        total += power // k
        power = power * square >> 30
    return (2 * total + (1 << 13)) >> 14


_LOGS = [_mantissa_log(i) for i in range(1024)]


def log_weight(x: int) -> int:
    """2^16 * ln(x) of a positive integer below 2^64, from its 11 upper bits."""
    exponent = x.bit_length() - 1
    return exponent * _LN2 + _LOGS[((x << 63 - exponent) >> 53) & 1023]


def odds(zero: int, one: int) -> int:
    """The point of the logistic domain of a weight for 1 against one for 0."""
    return clamp((log_weight(one + 1) - log_weight(zero + 1) + 128) >> 8)


@dataclass(frozen=True)
class RowCandidate:
    """A place, its weight in the base row, and the mass that the chain gave it, 2^-44."""

    place: int
    weight: int
    mass: int


class TokenRow:
    """A base row over the tree's places, and the candidates' masses beside it."""

    def __init__(
        self, weights: Sequence[int], candidates: Sequence[RowCandidate], left: float, *, asked: bool
    ) -> None:
        """`weights`: (place,); `left`: the share of all but the candidates; `asked`: whether the base row is the model's."""
        self._sums = [0, *accumulate(weights)]
        self._candidates = candidates
        self.asked = asked
        rest = self._sums[-1] - sum(c.weight for c in candidates)
        self._scale = left * float(1 << 44) / float(rest) if rest else 0.0
        self.likeliest = max(range(len(weights)), key=weights.__getitem__)
        """The first place of the greatest weight, then of the greatest mass."""
        most = self.chained(self.likeliest, self.likeliest + 1)
        for candidate in candidates:
            if candidate.mass > most:
                most, self.likeliest = candidate.mass, candidate.place

    def base(self, low: int, high: int) -> int:
        """The base row's weight of a range of places."""
        return self._sums[high] - self._sums[low]

    def chained(self, low: int, high: int) -> int:
        """The same with the candidates' masses in place of their weights."""
        inside = [c for c in self._candidates if low <= c.place < high]
        rest = self.base(low, high) - sum(c.weight for c in inside)
        return int(float(rest) * self._scale) + sum(c.mass for c in inside)
